"""Accounts of staff and platforms: appoint, end, reset; what is done is kept, and no password passes through another's hands."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import transaction

from lingbao.law.errors import InputError
from lingbao.registry.errors import NotFound
from lingbao.registry.orders.platforms import platform as platform_of
from lingbao.registry.orders.tables import rows
from lingbao.registry.people import actor_events
from lingbao.registry.people.actors import appoint, dismiss
from lingbao.registry.session import Actor, acting_as, run_as
from lingbao.web.account import lockout
from lingbao.web.credentials.invitations import Invited, invite

ROLES = ("clerk", "supervisor", "coordinator", "platform", "auditor", "administrator")
RESETS = ("password", "authenticator")
_GRANTED = {"appointed": "confirmed", "reinstated": "confirmed", "password_asked": "password_reset", "authenticator_asked": "authenticator_reset"}
_REFUSED = {"password_asked": "password_refused", "authenticator_asked": "authenticator_refused"}
_LOGIN = re.compile(r"[A-Za-z0-9._-]{3,60}")


def appointment(actor: Actor, role: str, name: str, login: str, *, agency: int | None, platform: int | None) -> tuple[int, Invited | None]:
    """Appoint someone; return the number of the account and the one-time code of the first sign-in.

    Staff waits for a second administrator, and only that one gets the code; a platform's engineer does not wait.

    Raises
    ------
    InputError
        If the role is not one to appoint, or the limits do not belong to it, or the login is taken.
    NotFound
        If there is no such agency or platform.
    """
    limits = {"clerk": (agency is not None, platform is None), "supervisor": (agency is not None, platform is None),
              "platform": (agency is None, platform is not None)}
    if role not in ROLES or not all(limits.get(role, (agency is None, platform is None))):
        raise InputError("desk.role", value=role, where="role", zh="身份与所属机构或平台不符：经办人和审核人须有机构，平台人员须有平台，其他身份都不填。",
                         en="Role and limits do not agree: clerks and supervisors have an agency, platform staff a platform, others neither.")
    login, name = login.strip(), name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InputError("desk.name", where="name", zh="请填写姓名，最多 100 个字。", en="Give the name, at most 100 characters.")
    users: Any = get_user_model().objects
    if not _LOGIN.fullmatch(login) or users.filter(username=login).exists():
        raise InputError("desk.login", value=login[:60], where="login", zh="登录名应为 3 至 60 个字母、数字或 . _ -，且未被使用。",
                         en="A login has 3 to 60 letters, digits or . _ -, and is not taken.")
    if agency is not None and not run_as(actor, lambda: rows("SELECT 1 FROM people_agency WHERE id = %s", [agency])):
        raise NotFound("desk.agency", value=agency, where="agency", zh=f"没有编号为 {agency} 的机构。", en=f"There is no agency {agency}.")
    if platform is not None:
        platform_of(platform)
    with transaction.atomic():
        with acting_as(actor):
            number = appoint(role, name, login=login, agency=agency, platform=platform)
            waits = actor_events.waiting(number) is not None
        user = users.create_user(username=login)
        return number, None if waits else invite(user)


def dismissal(actor: Actor, number: int, *, reason: str) -> dict[str, Any]:
    """End an actor's right to act, at once; the reason stays on record.

    Raises
    ------
    NotFound
    InputError
        If it is oneself, or without a reason.
    """
    if number == actor.id:
        raise InputError("desk.oneself", zh="不能停用自己，请由另一位管理员办理。", en="Nobody dismisses himself; another administrator must.")

    def work() -> dict[str, Any]:
        _staff_login(number)
        dismiss(number, reason=reason)
        return {"actor": number, "active": False}

    return run_as(actor, work)


def reset_password(actor: Actor, number: int, *, reason: str) -> Invited | None:
    """End someone's password and sessions and return a one-time code for a new one; the authenticator is still asked for.

    For staff it is asked only, and another administrator grants it (`answer`).

    Raises
    ------
    NotFound
    InputError
        Without a reason.
    """
    with transaction.atomic():
        with acting_as(actor):
            login = _staff_login(number, active=True)
            asked = actor_events.needs_two(number)
            actor_events.note(actor, number, "password_asked" if asked else "password_reset", reason=reason)
        return None if asked else _invited(login)


def ask_authenticator_reset(actor: Actor, number: int, *, reason: str) -> int:
    """Ask that someone's authenticator be reset and return the number of the request; another administrator grants it."""
    with acting_as(actor):
        _staff_login(number, active=True)
        return actor_events.note(actor, number, "authenticator_asked", reason=reason)


def answer(actor: Actor, request: int, *, granted: bool, reason: str) -> Invited | None:
    """Grant or refuse an appointment or a reset as the second administrator; granted, a one-time code is returned.

    With a reset the password and sessions end, and so does the authenticator if it was that. An appointment refused ends the account.

    Raises
    ------
    NotFound
        If no such request is open.
    Forbidden
        If the one who grants is the one who asked, or the person himself.
    """
    with transaction.atomic():
        with acting_as(actor):
            asked = actor_events.open_request(request)
            login = _staff_login(asked.actor, active=granted)
            action = (_GRANTED if granted else _REFUSED).get(asked.action)
            if action is None:
                dismiss(asked.actor, reason=reason)
            else:
                actor_events.note(actor, asked.actor, action, reason=reason, answers=request)
        if not granted:
            return None
        return _without_authenticator(login) if action == "authenticator_reset" else _invited(login)


def reset_at_the_machine(actor: Actor, login: str, what: str, *, reason: str) -> Invited:
    """Reset a password or an authenticator as the operator of the machine, where no second administrator stands.

    Raises
    ------
    InputError
        If `what` is not one of `RESETS`, or without a reason.
    NotFound
        If no active account of staff has this login.
    """
    if what not in RESETS:
        raise InputError("actor.reset", value=what, where="--what", zh=f"可重置的是 {'、'.join(RESETS)}。", en=f"What can be reset: {', '.join(RESETS)}.")
    with transaction.atomic():
        with acting_as(actor):
            found = rows("SELECT id FROM people_actor WHERE login = %s AND active AND role <> 'worker'", [login])
            if not found:
                raise _no_login(login)
            actor_events.note(actor, found[0][0], f"{what}_reset", reason=reason)
        return _invited(login) if what == "password" else _without_authenticator(login)


def dismissal_at_the_machine(actor: Actor, login: str, *, reason: str) -> dict[str, Any]:
    """End the right to act of an account as the operator of the machine, where no administrator can.

    Raises
    ------
    NotFound
        If no active account of staff has this login.
    InputError
        Without a reason.
    """
    found = run_as(actor, lambda: rows("SELECT id FROM people_actor WHERE login = %s AND active AND role <> 'worker'", [login]))
    if not found:
        raise _no_login(login)
    return dismissal(actor, found[0][0], reason=reason)


def _no_login(login: str) -> NotFound:
    return NotFound("actor.login", value=login, zh=f"没有登录名为“{login}”的在用账号。", en=f"There is no active account '{login}'.")


def _staff_login(number: int, *, active: bool = False) -> str:
    """Return the login of an account of staff, within a transaction of the one who acts."""
    found = rows("SELECT login, active FROM people_actor WHERE id = %s AND role <> 'worker'", [number])
    if not found or (active and not (found[0][0] and found[0][1])):
        raise NotFound("desk.no_actor", value=number, zh=f"没有编号为 {number} 的在用账号。" if active else f"没有编号为 {number} 的身份。",
                       en=f"There is no active account {number}." if active else f"There is no actor {number}.")
    return str(found[0][0] or "")


def _invited(login: str) -> Invited:
    lockout.forget(login)
    users: Any = get_user_model().objects
    return invite(users.select_for_update().filter(username=login).first() or users.create_user(username=login))


def _without_authenticator(login: str) -> Invited:
    invited = _invited(login)
    Authenticator.objects.filter(user__username=login).delete()
    return invited
