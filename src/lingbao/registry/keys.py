"""Keys of personal data: sealing by AES-256-GCM, blind indexes by HMAC, both from a folder outside the database."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from lingbao.law.errors import LingbaoError

_VERSION = b"\x01"
_NONCE = 12  # bytes, the length AES-GCM is specified for


class Unreadable(LingbaoError):
    """Sealed data do not open with this key, or were moved or changed."""


def seal(text: str, about: str) -> bytes:
    """Return `text` sealed for one place.

    Parameters
    ----------
    text : str
        What nobody reads without the key.
    about : str
        Where it belongs, such as ``people_person.name:<uuid>``; it opens there only, so that a cell copied onto
        another row does not pass for that row's own.
    """
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + _cipher().encrypt(nonce, text.encode(), about.encode())


def unseal(sealed: bytes, about: str) -> str:
    """Return the text that `seal` put away for the same place.

    Raises
    ------
    Unreadable
        If it was sealed with another key, for another place, or was changed.
    """
    sealed = bytes(sealed)
    try:
        if sealed[:1] != _VERSION:
            raise InvalidTag
        opened = _cipher().decrypt(sealed[1:1 + _NONCE], sealed[1 + _NONCE:], about.encode())
    except InvalidTag as error:
        raise Unreadable(
            "registry.unreadable", where=about,
            zh="加密的个人信息无法解开：密钥不同，或数据被移动、改动过。请核对密钥目录后再试。",
            en="Sealed personal data do not open: another key, or the data were moved or changed. Check the key folder.",
        ) from error
    return opened.decode()


def blind_index(text: str, about: str) -> bytes:
    """Return a keyed hash by which equal values are found without being read; `about` keeps kinds apart."""
    return hmac.digest(_key("index"), f"{about}\0{text}".encode(), "sha256")


def derived_key(name: str) -> bytes:
    """Return a 32-byte key for another use (such as signing webhooks or certificates), bound to its name."""
    return hmac.digest(_key("derivation"), name.encode(), hashlib.sha256)


@functools.lru_cache(maxsize=16)
def _key_in(folder: str, name: str) -> bytes:
    place = Path(folder)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = place / name
    if not file.exists():
        # Written aside and linked, so that nobody ever reads half a key and two makers end with one.
        draft = place / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return _complete(file)


def _complete(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) != 32:
        raise Unreadable(
            "registry.key_file", value=len(key), where=str(file.name),
            zh="密钥文件不完整（应为 32 字节）。请从备份恢复该文件，不要另建：另建后原有数据无法解开。",
            en="The key file is not complete (32 bytes). Restore it from the backup; a new one would not open what is stored.",
        )
    return key


def _key(name: str) -> bytes:
    return _key_in(str(settings.LINGBAO_KEYS), name)


def _cipher() -> AESGCM:
    return _cipher_of(_key("sealing"))


@functools.lru_cache(maxsize=16)
def _cipher_of(key: bytes) -> AESGCM:
    return AESGCM(key)
