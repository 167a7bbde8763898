"""The first sign-in of staff: a code handed over once, with which its owner chooses a password nobody else knows."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden
from lingbao.registry.keys import blind_index
from lingbao.web.credentials.models import Invitation

VALID = timedelta(days=3)
ADDRESS = "/desk/first/"
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without signs that are taken for one another
_GROUPS, _GROUP = 4, 5  # 31 signs to the power 20: 99 bits

WRONG = Forbidden("desk.code_wrong", zh="登录名或一次性代码不对，或代码已用过、已过期。请向管理员索取新的代码。",
                  en="The login or the one-time code is wrong, or the code was used or has expired. Ask the administrator for a new one.")
WEAK = InputError("desk.password", where="password", zh="密码过弱：至少 10 位，不能是常见密码或全为数字。",
                  en="The password is weak: ten characters at least, no common one, not only digits.")


@dataclass(frozen=True)
class Invited:
    """A one-time code as it is shown, once, to who hands it over."""

    login: str
    code: str
    expires_at: datetime


def invite(user: Any) -> Invited:
    """Make a one-time code for a login; an older code ends, and so does the password with every session under it."""
    code = "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    expires = timezone.now() + VALID
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        Invitation.objects.update_or_create(user=user, defaults={"code_hash": _hashed(user, code), "expires_at": expires})
    return Invited(user.get_username(), code, expires)


def accept(login: str, code: str, password: str) -> Any:
    """Give a login its new password and return it; the code is used up.

    Raises
    ------
    Forbidden
        If login and code do not fit, or the code was used or has expired; the message does not say which.
    InputError
        If the password is weak; the code can still be used.
    """
    with transaction.atomic():
        user: Any = None if "\x00" in login else get_user_model().objects.filter(username=login, is_active=True).first()
        kept = None if user is None else Invitation.objects.select_for_update().filter(user=user, expires_at__gt=timezone.now()).first()
        if kept is None or not hmac.compare_digest(bytes(kept.code_hash), _hashed(user, code)):
            raise WRONG
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise WEAK from error
        user.set_password(password)
        user.save(update_fields=["password"])
        kept.delete()
    return user


def _hashed(user: Any, code: str) -> bytes:
    signs = "".join(each for each in code.upper() if each.isalnum())
    return blind_index(f"{user.pk}:{signs}", "invitation")
