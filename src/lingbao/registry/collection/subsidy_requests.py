"""Asking for a subsidy of contributions, and the answer: granted within the law's limits, or refused in writing (N10, B8)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.registry import requests
from lingbao.registry.collection.subsidies import Grant, grant, longest
from lingbao.registry.errors import Conflict, Forbidden, NotFound, name_constraint
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.requests import LONGEST
from lingbao.registry.session import Actor
from lingbao.registry.statements import returning

name_constraint("collection_subsidy_request_open", Conflict, "collection.subsidy_asked",
                "这项补贴已经申请，正在审核。", "This subsidy is asked for already and under review.")
AGENCY = ("clerk", "supervisor")


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Attributes
    ----------
    person, province : int, str
    programme : str
        ``hard_to_employ``, ``graduate`` or ``shared``; ``youth`` is a proposal and cannot be asked for.
    payer_kind, payer_id : str, int
        Who is to pay: the province for the first two; ``platform``, ``province`` or ``state`` of a shared one.
    words : str
        The ground, in the person's words; kept sealed.
    months_to_retirement : int
        To the statutory month, for ``hard_to_employ``.
    months_since_school : int
        For ``graduate``.
    """

    person: int
    province: str
    programme: str
    payer_kind: str
    payer_id: int
    words: str
    months_to_retirement: int = 0
    months_since_school: int = 0


@dataclass(frozen=True)
class Request:
    """A request on record."""

    id: int
    person: int
    province: str
    programme: str
    payer_kind: str
    payer_id: int
    stated: dict[str, int]
    asked_on: date
    state: str
    reason: str
    answered_on: date | None
    answered_by: int | None
    subsidy: int | None


def months_open(law: Law, wish: Wish) -> int | None:
    """Return for how many months the law lets the subsidy last; None where an agreement sets it.

    Raises
    ------
    InputError
        If the law in force knows no such subsidy, or leaves no month.
    """
    if wish.programme == "shared":
        return None
    if wish.programme == "youth":
        raise InputError("collection.programme", value="youth", where="programme", zh="青年缴费补贴还只是建议，现行规定没有，不能申请。高校毕业生可以申请毕业生补贴。",
                         en="The subsidy for the young is a proposal and not law, so it cannot be asked for. Graduates may ask for theirs.")
    months = longest(law, wish.programme, months_to_retirement=wish.months_to_retirement, months_since_school=wish.months_since_school)
    if months <= 0:
        raise InputError("collection.subsidy_closed", value=wish.programme, where="programme",
                         zh="按现行规定已超过可享受的期限，不能再申请这项补贴。", en="By the law in force the time for this subsidy is over.")
    return months


def ask(actor: Actor, key: str, wish: Wish, *, today: date, law: Law) -> dict[str, Any]:
    """Ask for a subsidy.

    Raises
    ------
    InputError
        If the law does not know it, its time is over, or the ground is missing or too long.
    Conflict
        If it is asked for already.
    """
    def work() -> dict[str, Any]:
        if not requests.fits(wish.words):
            raise InputError("collection.ground", value=len(wish.words), where="words", zh=f"请写明申请的理由，不超过 {LONGEST} 字。",
                             en=f"Say on what ground, in at most {LONGEST} characters.")
        months = months_open(law, wish)
        about, words = requests.sealed("collection_subsidy_request", wish.words)
        stated = json.dumps({"months_to_retirement": wish.months_to_retirement, "months_since_school": wish.months_since_school})
        number = returning(
            "INSERT INTO collection_subsidy_request (person_id, province, programme, payer_kind, payer_id, stated, about, words, asked_on)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [wish.person, wish.province, wish.programme, wish.payer_kind, wish.payer_id, stated, about, words, today])
        return {"request": number, "months": months}

    return dict(execute(actor, Command("collection.ask_subsidy", key, asdict(wish)), work))


def withdraw(actor: Actor, key: str, number: int, *, today: date) -> dict[str, Any]:
    """Take a request back, as the person who asked."""
    return requests.withdraw(actor, Command("collection.withdraw_subsidy", key, number), number, _answer(actor, number, today))


def refuse(actor: Actor, key: str, number: int, *, reason: str, today: date) -> dict[str, Any]:
    """Refuse a request in writing.

    Raises
    ------
    InputError
        If no reason is given.
    Conflict
        If it is answered already.
    """
    _check_agency(actor, AGENCY)
    unsaid = InputError("collection.reason", where="reason", zh="不予补贴必须书面说明理由。", en="A refusal needs its reason in writing.")
    return requests.refuse(actor, Command("collection.refuse_subsidy", key, [number, reason]), number, reason, _answer(actor, number, today), unsaid=unsaid)


def agree(actor: Actor, key: str, number: int, *, share: float, since: int, until: int, document: str = "", today: date, law: Law) -> dict[str, Any]:
    """Grant a request: a share of what is paid, from a month up to the month before ``until``.

    Parameters
    ----------
    document : str
        The recognition or the notice the grant rests on; for a shared subsidy the agreement, which sets its length.

    Raises
    ------
    InputError
        If share or months are above the law's limit, or a shared subsidy names no agreement.
    Forbidden
        If the actor is not a supervisor of the place: money is promised.
    Conflict
        If it is answered, or another subsidy covers these months.
    """
    def work() -> dict[str, Any]:
        _check_agency(actor, ("supervisor",))
        found = _waiting(number)
        wish = Wish(found.person, found.province, found.programme, found.payer_kind, found.payer_id, "-", **found.stated)
        months = months_open(law, wish)
        if not document.strip():
            raise InputError("collection.document", where="document", zh="请写明依据的认定或文件；多方分担的补贴写明协议。",
                             en="Name the recognition or notice it rests on; for a shared subsidy, the agreement.")
        subsidy = grant(actor, law, Grant(found.person, found.province, found.programme, found.payer_kind, found.payer_id, share, since, until),
                        months_allowed=until - since if months is None else months)
        _answered(number, "granted", document, today, actor.id, subsidy)
        return {"request": number, "state": "granted", "subsidy": subsidy, "since": format_month(since), "until": format_month(until)}

    return dict(execute(actor, Command("collection.grant_subsidy", key, [number, share, since, until, document]), work))


_REQUEST = ("SELECT id, person_id, province, programme, payer_kind, payer_id, stated, asked_on, state, reason, answered_on, answered_by, subsidy_id"
            " FROM collection_subsidy_request")


def queue(province: str | None, limit: int = 200, after: int = 0) -> list[Request]:
    """Return the requests of a province (None: of all one may see) that wait, the oldest first; the law sets no day for the answer."""
    return _requests(f"{_REQUEST} WHERE province = coalesce(%s, province) AND state = 'asked' ORDER BY asked_on, id LIMIT %s OFFSET %s",
                     [province, limit, after])


def request_of(number: int) -> Request:
    """Return a request; `NotFound` if the actor may not know of it."""
    found = _requests(f"{_REQUEST} WHERE id = %s", [number])
    if not found:
        raise NotFound("collection.no_request", value=number, zh=f"没有第 {number} 号补贴申请，或您无权查看。",
                       en=f"There is no request {number} for a subsidy, or you may not see it.")
    return found[0]


def requests_of(person: int) -> list[Request]:
    """Return the requests of a person, the latest first."""
    return _requests(f"{_REQUEST} WHERE person_id = %s ORDER BY id DESC", [person])


def words_of(number: int) -> str:
    """Return the ground in the person's words, for those who may see the request."""
    return requests.words_of("collection_subsidy_request", number)


def history(person: int) -> list[dict[str, Any]]:
    """Return the requests of a person as plain data, for the person's own export."""
    return [{**asdict(each), "words": words_of(each.id)} for each in requests_of(person)]


def _requests(sql: str, values: list[Any]) -> list[Request]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [Request(*row[:6], json.loads(row[6]) if isinstance(row[6], str) else row[6], *row[7:]) for row in rows]


def _waiting(number: int) -> Request:
    found = _requests(f"{_REQUEST} WHERE id = %s FOR NO KEY UPDATE", [number])
    if not found:
        raise NotFound("collection.no_request", value=number, zh=f"没有第 {number} 号补贴申请，或您无权办理。",
                       en=f"There is no request {number} for a subsidy, or you may not handle it.")
    if found[0].state != "asked":
        raise Conflict("collection.answered", value=found[0].state, zh="这项申请已经办结。", en="This request is answered already.")
    return found[0]


def _answer(actor: Actor, number: int, on: date) -> requests.Answer:
    """Return what writes an answer down, if the request waits."""
    def answer(state: str, reason: str) -> None:
        _waiting(number)
        _answered(number, state, reason, on, actor.id, None)

    return answer


def _answered(number: int, state: str, reason: str, on: date, actor: int, subsidy: int | None) -> None:
    returning("UPDATE collection_subsidy_request SET state = %s, reason = %s, answered_on = %s, answered_by = %s, subsidy_id = %s"
               " WHERE id = %s RETURNING id", [state, reason, on, actor, subsidy, number])


def _check_agency(actor: Actor, roles: tuple[str, ...]) -> None:
    if actor.role not in roles:
        raise Forbidden("collection.agency", value=actor.role, zh="补贴由经办机构审核，批准须由审核人办理。",
                        en="The agency answers; a supervisor grants.")
