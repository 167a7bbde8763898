"""Security keys of staff, beside the authenticator: a key signs for this site's name alone, so that a false site gets nothing from it.

What is signed and checked is allauth's (WebAuthn); which key there is, and when one may be added, is said here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder

from lingbao.law.errors import InputError
from lingbao.registry.errors import NotFound

MOST = 5
LONGEST = 60  # characters of a name
LARGEST = 20_000  # characters of an answer
T = TypeVar("T")


def keys(user: Any) -> list[Authenticator]:
    """Return the keys of a user, the oldest first."""
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def listed(user: Any) -> list[dict[str, Any]]:
    """Return the keys as a page shows them: number, name, since when, last used."""
    return [{"number": each.pk, "name": each.wrap().name, "since": each.created_at, "used": each.last_used_at} for each in keys(user)]


def to_sign_in(user: Any) -> str:
    """Return what a browser asks the key at the sign-in, as JSON; empty where there is no key. The challenge stays in the session."""
    return _json({"request_options": auth.begin_authentication(user)}) if keys(user) else ""


def to_add(user: Any) -> str:
    """Return what a browser asks a new key, as JSON. The challenge stays in the session."""
    return _json({"creation_options": auth.begin_registration(user, False)})


def holds(user: Any, answer: str) -> bool:
    """Tell whether an answer is that of one of the user's keys to the challenge of this session, which is then used up."""
    found = _read(answer, lambda said: _signed(user, said)) if keys(user) else None
    if found is None:
        return False
    found.record_usage()
    return True


def add(user: Any, name: str, answer: str) -> None:
    """Keep a new key under a name.

    Raises
    ------
    InputError
        If there are too many, the name is none, or the answer is not that of a new key to the challenge of this session.
    """
    if len(keys(user)) >= MOST:
        raise InputError("desk.keys", value=MOST, zh=f"最多 {MOST} 把安全密钥，请先删去一把。", en=f"At most {MOST} security keys; remove one first.")
    if not name or len(name) > LONGEST or not name.isprintable():
        raise InputError("desk.key_name", where="name", zh=f"请给密钥起个名字，最多 {LONGEST} 个字。", en=f"Give the key a name, at most {LONGEST} characters.")
    said = _read(answer, _new)
    if said is None:
        raise InputError("desk.key_wrong", zh="没有收到密钥的应答，或者已经过时。请重新插入或触碰密钥再试。",
                         en="The key did not answer, or too late. Insert or touch it again and try once more.")
    auth.WebAuthn.add(user, name, said)


def remove(user: Any, number: int) -> None:
    """Forget a key.

    Raises
    ------
    NotFound
        If it is none of the user's.
    """
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN, pk=number).delete()[0]:
        raise NotFound("desk.no_key", value=number, zh="没有这把密钥。", en="There is no such key.")


def _signed(user: Any, said: dict[str, Any]) -> Authenticator:
    auth.parse_authentication_response(said)  # which refuses what the next one fails at
    found: Authenticator = auth.complete_authentication(user, said)
    return found


def _new(said: dict[str, Any]) -> dict[str, Any]:
    auth.parse_registration_response(said)
    auth.complete_registration(said)
    return said


def _read(answer: str, work: Callable[[dict[str, Any]], T]) -> T | None:
    """Return what an answer leads to; None for one that is no answer of a key, whatever it is."""
    try:
        said = json.loads(answer) if len(answer) <= LARGEST else None
        return work(said) if isinstance(said, dict) else None
    except (ValidationError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, struct.error):
        return None


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, cls=DjangoJSONEncoder)
