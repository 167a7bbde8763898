"""Wrong passwords are counted in the database, so that the limit holds across processes and restarts.

A try is counted before the password is looked at and taken back when it was right: however many come at once, no more are tried
than the limit allows.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from lingbao.law.errors import InputError
from lingbao.registry.keys import blind_index
from lingbao.web.account.models import SignInFailure

MOST = 5
SPAN = timedelta(minutes=15)


def attempt(login: str) -> int:
    """Count a try at a login and return its number, for `passed`.

    Raises
    ------
    InputError
        If the login was tried with too many wrong passwords: it says after how many minutes to try again; the right password
        does not help before.
    """
    index, now = _index(login), timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:  # tries at one login are counted one after another
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [index.hex()])
        SignInFailure.objects.filter(at__lt=now - SPAN).delete()
        tries = list(SignInFailure.objects.filter(login_index=index).order_by("-at").values_list("at", flat=True)[:MOST])
        if len(tries) < MOST:
            return int(SignInFailure.objects.create(login_index=index).pk)
    minutes = min(max(1, -(-int((tries[-1] + SPAN - now).total_seconds()) // 60)), int(SPAN.total_seconds()) // 60)
    raise InputError("account.locked", zh=f"密码连续输错 {MOST} 次，为保护您的账户，请 {minutes} 分钟后再试。",
                     en=f"The password was wrong {MOST} times. To protect the account, try again in {minutes} minutes.")


def passed(number: int) -> None:
    """Take a try back that was right, while something else is still to be shown; those before it stand."""
    SignInFailure.objects.filter(pk=number).delete()


def forget(login: str) -> None:
    """Forget the wrong ones after all was right."""
    SignInFailure.objects.filter(login_index=_index(login)).delete()


def _index(login: str) -> bytes:
    """Return what a login is counted under: the name on record, which the sign-in finds whatever the case of its letters."""
    found = None if "\x00" in login else get_user_model().objects.filter(username__iexact=login).order_by("pk").values_list("username", flat=True).first()
    return blind_index(found or login.lower(), "sign-in")
