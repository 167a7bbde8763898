"""What the auditor reads and the administrator keeps: findings, digests, the access log; actors without personal data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from lingbao.law.errors import InputError
from lingbao.registry.audit import audit, checks
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.digests import digests, verify_digests
from lingbao.registry.orders.platforms import platform as platform_of
from lingbao.registry.orders.tables import rows
from lingbao.registry.people.actors import appoint, dismiss
from lingbao.registry.session import Actor, acting_as, run_as

HEAVY = ("order numbers",)  # for the night; the others answer while one waits
MOST = 200


def findings() -> list[dict[str, str]]:
    """Recompute the promises that can be recomputed while one waits; an empty answer means that all hold."""
    return [asdict(each) for each in audit([name for name in checks() if name not in HEAVY])]


def chain(actor: Actor) -> dict[str, Any]:
    """Return the digests of the closed days and whether they hold, recomputed from the books."""
    return run_as(actor, lambda: {"days": [asdict(each) for each in digests()][-MOST:], "broken": [asdict(each) for each in verify_digests()]})


def accesses(actor: Actor, person: int | None = None) -> list[dict[str, Any]]:
    """Return who read or changed whose data, the latest first, of one person or of all."""
    names = ("id", "at", "actor", "role", "agency", "person", "action", "fields", "purpose")
    return [dict(zip(names, line, strict=True)) for line in run_as(actor, lambda: rows(
        "SELECT id, at, actor, role, agency, person_id, action, fields, purpose FROM people_access WHERE coalesce(%s, person_id) = person_id"
        f" ORDER BY id DESC LIMIT {MOST}", [person]))]


def actors(actor: Actor) -> list[dict[str, Any]]:
    """Return staff and platform accounts; workers are no business of the administrator."""
    names = ("id", "role", "login", "name", "agency", "platform", "active")
    return [dict(zip(names, line, strict=True)) for line in run_as(actor, lambda: rows(
        "SELECT id, role, login, name, agency_id, platform_id, active FROM people_actor WHERE role <> 'worker' ORDER BY id LIMIT 1000"))]


def appointment(actor: Actor, role: str, name: str, login: str, password: str, *, agency: int | None, platform: int | None) -> int:
    """Appoint someone and open the login; the authenticator is set up at the first sign-in.

    Raises
    ------
    InputError
        If the role is not one to appoint, the password is weak, or the limits do not belong to the role.
    """
    limits = {"clerk": (agency is not None, platform is None), "supervisor": (agency is not None, platform is None),
              "platform": (agency is None, platform is not None)}
    if role not in ("clerk", "supervisor", "coordinator", "platform", "auditor", "administrator") or not all(
            limits.get(role, (agency is None, platform is None))):
        raise InputError("desk.role", value=role, where="role", zh="身份与所属机构或平台不符：经办人和审核人须有机构，平台人员须有平台，其他身份都不填。",
                         en="Role and limits do not agree: clerks and supervisors have an agency, platform staff a platform, others neither.")
    users: Any = get_user_model().objects
    try:
        validate_password(password)
    except ValidationError as error:
        raise InputError("desk.password", where="password", zh="密码过弱：至少 10 位，不能是常见密码或全为数字。",
                         en="The password is weak: ten characters at least, no common one, not only digits.") from error
    if not login.strip() or users.filter(username=login).exists():
        raise InputError("desk.login", where="login", zh="登录名为空或已被使用。", en="The login is empty or taken.")
    if agency is not None and not run_as(actor, lambda: rows("SELECT 1 FROM people_agency WHERE id = %s", [agency])):
        raise NotFound("desk.agency", value=agency, where="agency", zh=f"没有编号为 {agency} 的机构。", en=f"There is no agency {agency}.")
    if platform is not None:
        platform_of(platform)
    with transaction.atomic():
        with acting_as(actor):
            number = appoint(role, name, login=login, agency=agency, platform=platform)
        users.create_user(username=login, password=password)
    return number


def dismissal(actor: Actor, number: int) -> dict[str, Any]:
    """End an actor's right to act, at once.

    Raises
    ------
    NotFound
    InputError
        If it is oneself.
    """
    if number == actor.id:
        raise InputError("desk.oneself", zh="不能停用自己，请由另一位管理员办理。", en="Nobody dismisses himself; another administrator must.")

    def work() -> dict[str, Any]:
        if not rows("SELECT 1 FROM people_actor WHERE id = %s AND role <> 'worker'", [number]):
            raise NotFound("desk.no_actor", value=number, zh=f"没有编号为 {number} 的身份。", en=f"There is no actor {number}.")
        dismiss(number)
        return {"actor": number, "active": False}

    return run_as(actor, work)
