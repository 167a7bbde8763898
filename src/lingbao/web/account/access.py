"""Who is on the page: a visitor, someone signed in, or a worker whose person is known."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from lingbao.law.month import month
from lingbao.registry.asking import asked_as
from lingbao.registry.calendar.clock import china_day
from lingbao.registry.errors import Forbidden
from lingbao.registry.people.persons import Masked, masked_worker
from lingbao.registry.session import SYSTEM, Actor
from lingbao.web.account.models import Holder

SIGN_IN = "/account/sign-in/"
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Me:
    """The worker on the page."""

    actor: Actor
    person: Masked

    @property
    def number(self) -> int:
        """Number of the person."""
        return self.person.id

    @property
    def birth(self) -> int:
        """Birth month."""
        return month(self.person.birth.year, self.person.birth.month)


def today() -> date:
    """Return the day in China."""
    return china_day(timezone.now())


def this_month() -> int:
    """Return the month in China."""
    day = today()
    return month(day.year, day.month)


def china(instant: datetime) -> datetime:
    """Return an instant on China's clock."""
    return instant.astimezone(ZoneInfo("Asia/Shanghai"))


def me_of(request: HttpRequest) -> Me | None:
    """Return the worker who is signed in, or None while no person stands behind the login.

    Raises
    ------
    Forbidden
        If the login is one of staff.
    """
    found = asked_as(SYSTEM, lambda: masked_worker(request.user.get_username(), purpose="本人查询"))
    if found is None:
        return None
    actor, person = found
    if person is None:
        raise _staff(actor.role)
    return Me(actor, person)


def _staff(role: str) -> Forbidden:
    return Forbidden("account.staff", value=role, zh="这里是参保人的页面，工作人员请进入工作台。",
                     en="These pages are for insured persons; staff have a desk of their own.")


def signed_in_only(view: View) -> View:
    """Send visitors to the sign-in and back."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(f"{SIGN_IN}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else SIGN_IN)
        return view(request, *args, **kwargs)

    return guarded


def no_staff(view: View) -> View:
    """Refuse staff at a page about passwords and second factors: theirs end by two administrators alone, also after a dismissal.

    A login of an insured person has a telephone behind it, before any person stands behind it (`Holder`).
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated and me_of(request) is None and not Holder.objects.filter(user=request.user).exists():
            raise _staff("")
        return view(request, *args, **kwargs)

    return guarded


def worker_only(view: View) -> View:
    """Hand the view the worker (`request.me`); who has not said who he is yet is asked first."""

    @functools.wraps(view)
    @signed_in_only
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        me = me_of(request)
        if me is None:
            return redirect("/account/identity/")
        request.me = me  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded
