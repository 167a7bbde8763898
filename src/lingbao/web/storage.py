"""Where a running site keeps its files: one data folder, made on first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lingbao.law.errors import InputError


def data_folder() -> Path:
    """Return the data folder: ``$LINGBAO_DATA``, or ``.lingbao`` in the current folder; it is made if absent.

    Raises
    ------
    InputError
        If the folder cannot be made or written.
    """
    folder = Path(os.environ.get("LINGBAO_DATA") or ".lingbao").expanduser().resolve()
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "site.data_folder", value=folder, where="LINGBAO_DATA",
            zh=f"无法建立数据目录 {folder}：{error.strerror}。请用 LINGBAO_DATA 指定一个可写的目录。",
            en=f"The data folder {folder} cannot be made: {error.strerror}. Name a writable one with LINGBAO_DATA.",
        ) from error
    return folder


def secret_key() -> str:
    """Return the site's secret key: ``$LINGBAO_SECRET_KEY``, or one made once and kept in the data folder."""
    given = os.environ.get("LINGBAO_SECRET_KEY")
    if given:
        return given
    file = data_folder() / "secret-key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as out:
        out.write(key)
    return key
