"""Logins of workers: a keyed hash of the telephone number, which itself is kept sealed."""

from __future__ import annotations

import contextlib
import re
import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, connection, transaction

from lingbao.law.errors import InputError
from lingbao.registry.keys import blind_index, seal, unseal
from lingbao.registry.notices.gateway import GatewayError
from lingbao.registry.people.persons import change, read
from lingbao.registry.session import SYSTEM, run_as
from lingbao.web.account.models import Holder
from lingbao.web.credentials.gateways import configured

_PHONE = re.compile(r"1[0-9]{10}")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


TAKEN = InputError("account.phone_taken", where="phone", zh="这个手机号已经开过账户，请直接登录；忘记密码可以凭短信验证码重设。如果账户不是您的，请带身份证到经办窗口办理。",
                   en="There is an account with this number already. Sign in, or choose a new password by a code. If the account is not yours, take your"
                      " identity card to a counter.")


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
        raise TAKEN from error


def login_with(phone: str) -> Any:
    """Return the login of a telephone number, or None if no account was opened with it."""
    return get_user_model().objects.filter(username=login_of(phone)).first()


def move_login(user: Any, phone: str) -> None:
    """Give a login another telephone number, within a transaction; who acts by it and the register go along.

    Raises
    ------
    InputError
        If there is an account with that number.
    """
    person = _rename(user, phone)
    if person is not None:
        run_as(SYSTEM, lambda: change(SYSTEM, person, {"phone": phone}, reason="本人更换手机号（短信验证码）"))


def follow_correction(person: int) -> None:
    """Give the login of a person the number that a correction put into the register; its password and sessions end.

    Whoever lost number and password comes back by the new number and the identity number (`views.reset`). Done twice it is done once.

    Raises
    ------
    InputError
        If there is another account with that number.
    """
    def registry() -> tuple[str | None, str | None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT login FROM people_actor WHERE person_id = %s AND active", [person])
            login = cursor.fetchone()
        return (login[0] if login else None), read([person], ["phone"], purpose="更换手机号")[person]["phone"]

    login, phone = run_as(SYSTEM, registry)
    user: Any = get_user_model().objects.filter(username=login).first() if login else None
    if user is None or not phone or login == login_of(phone) or not Holder.objects.filter(user=user).exists():
        return
    with transaction.atomic():
        _rename(user, phone)
        user.set_unusable_password()
        user.save(update_fields=["password"])


def _rename(user: Any, phone: str) -> int | None:
    """Give a login another number, within a transaction, and return the person who acts by it."""
    before, user.username = user.get_username(), login_of(phone)
    try:
        with transaction.atomic():
            user.save(update_fields=["username"])
    except IntegrityError as error:
        raise TAKEN from error
    Holder.objects.filter(user=user).update(phone_sealed=seal(phone, f"holder:{user.pk}"))

    def registry() -> int | None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE people_actor SET login = %s WHERE login = %s RETURNING person_id", [user.username, before])
            found = cursor.fetchone()
        return None if found is None else int(found[0])

    return run_as(SYSTEM, registry)


def tell_old_number(phone: str, text: str) -> None:
    """Tell the number before that another took its place; what changed stands, also while no message can be sent."""
    gateway = configured()
    if gateway is not None:
        with contextlib.suppress(GatewayError):  # it is on the page and in the access log too
            gateway.send(f"moved:{secrets.token_hex(12)}", phone, text)


def phone_of(user: AbstractBaseUser) -> str:
    """Return the telephone number a login was opened with."""
    return unseal(bytes(Holder.objects.get(user=user).phone_sealed), f"holder:{user.pk}")
