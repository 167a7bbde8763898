"""Wrong passwords are counted in the database, so that the limit holds across processes and restarts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from lingbao.law.errors import InputError
from lingbao.registry.keys import blind_index
from lingbao.web.account.models import SignInFailure

MOST = 5
SPAN = timedelta(minutes=15)


def check(login: str) -> None:
    """Refuse a login that was tried with too many wrong passwords.

    Raises
    ------
    InputError
        Says after how many minutes to try again; the right password does not help before.
    """
    since = timezone.now() - SPAN
    tries = list(SignInFailure.objects.filter(login_index=_index(login), at__gt=since).order_by("-at").values_list("at", flat=True)[:MOST])
    if len(tries) == MOST:
        minutes = max(1, -(-int((tries[-1] + SPAN - timezone.now()).total_seconds()) // 60))
        raise InputError("account.locked", zh=f"密码连续输错 {MOST} 次，为保护您的账户，请 {minutes} 分钟后再试。",
                         en=f"The password was wrong {MOST} times. To protect the account, try again in {minutes} minutes.")


def failed(login: str) -> None:
    """Count a wrong password; those that no longer count are removed."""
    SignInFailure.objects.filter(at__lt=timezone.now() - SPAN).delete()
    SignInFailure.objects.create(login_index=_index(login))


def forget(login: str) -> None:
    """Forget the wrong ones after a right one."""
    SignInFailure.objects.filter(login_index=_index(login)).delete()


def _index(login: str) -> bytes:
    return blind_index(login, "sign-in")
