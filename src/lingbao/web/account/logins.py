"""Logins of workers: a keyed hash of the telephone number, which itself is kept sealed."""

from __future__ import annotations

import re

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from lingbao.law.errors import InputError
from lingbao.registry.keys import blind_index, seal, unseal
from lingbao.web.account.models import Holder

_PHONE = re.compile(r"1[0-9]{10}")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


def phone_in(text: str) -> str | None:
    """Return the mobile number in a text, or None if it is none."""
    digits = re.sub(r"[\s-]", "", text.translate(_WIDE)).removeprefix("+86")
    return digits if _PHONE.fullmatch(digits) else None


def login_of(phone: str) -> str:
    """Return the login of a telephone number: a keyed hash, so that the table of logins names nobody."""
    return f"w{blind_index(phone, 'login').hex()}"


def open_login(phone: str, password: str) -> AbstractBaseUser:
    """Make a login for a telephone number.

    Raises
    ------
    InputError
        If there is one already.
    """
    try:
        with transaction.atomic():
            user = get_user_model().objects.create_user(username=login_of(phone), password=password)
            Holder.objects.create(user=user, phone_sealed=seal(phone, f"holder:{user.pk}"))
            return user
    except IntegrityError as error:
        raise InputError("account.phone_taken", where="phone", zh="这个手机号已经开过账户，请直接登录。忘记密码可带身份证到经办窗口重设。",
                         en="There is an account with this number already; sign in. If the password is lost, it is reset at a counter with your identity card.") from error


def phone_of(user: AbstractBaseUser) -> str:
    """Return the telephone number a login was opened with."""
    return unseal(bytes(Holder.objects.get(user=user).phone_sealed), f"holder:{user.pk}")
