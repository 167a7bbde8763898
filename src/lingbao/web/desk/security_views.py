"""The page of one's own security keys; each change asks for a code of the authenticator once more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError, LingbaoError
from lingbao.registry.errors import Forbidden
from lingbao.web.account import lockout
from lingbao.web.desk import factors, second_factor, security_keys
from lingbao.web.desk.access import STAFF, for_roles
from lingbao.web.desk.views import _number, _text, page
from lingbao.web.errors import status_of

PAGE = "/desk/security/"


@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "POST"])
@for_roles(*STAFF, "platform")
def security(request: HttpRequest) -> HttpResponse:
    """The keys, a form for another, and a button for each that removes it."""
    faults: dict[str, LingbaoError] = {}
    if request.method == "POST":
        try:
            _change(request)
            return redirect(PAGE)
        except (InputError, Forbidden) as fault:
            faults = {"code" if fault is factors.WRONG_CODE else fault.where or "": fault}
    return page(request, "security", max(map(status_of, faults.values()), default=200), faults=faults, keys=security_keys.listed(request.user),
                options=security_keys.to_add(request.user), given={"name": _text(request, "name", security_keys.LONGEST)} if faults else {}, most=security_keys.MOST)


def _change(request: HttpRequest) -> None:
    user: Any = request.user
    number = _number(request, "remove")
    tried = lockout.attempt(user.get_username())
    if not second_factor.holds(user, _text(request, "code", 20)):
        raise factors.WRONG_CODE
    lockout.passed(tried)
    if number is not None:
        security_keys.remove(user, number)
    else:
        security_keys.add(user, _text(request, "name", security_keys.LONGEST + 1), request.POST.get("credential", ""))
