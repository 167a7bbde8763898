"""Proof of employee insurance: asked for by the person or at the counter, checked by one, approved by another, ended when it is over."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from lingbao.law.errors import InputError
from lingbao.registry import requests
from lingbao.registry.errors import Conflict, Forbidden, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.workers import exempt
from lingbao.registry.requests import LONGEST
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning

AGENCY = ("clerk", "supervisor")


@dataclass(frozen=True)
class Wish:
    """What is asked for: nothing withheld from `since` to `until`, both included, and what proves it.

    Attributes
    ----------
    person, province : int, str
        Who, and which province's agency answers.
    since, until : datetime.date
        First and last day that the proof covers.
    words : str
        What proves it, such as the number of the insurance record; kept sealed.
    """

    person: int
    province: str
    since: date
    until: date
    words: str


@dataclass(frozen=True)
class Request:
    """A request on record."""

    id: int
    person: int
    province: str
    since: date
    until: date
    asked_on: date
    asked_by: int
    state: str
    checked: str
    checked_on: date | None
    checked_by: int | None
    reason: str
    answered_on: date | None
    answered_by: int | None
    exemption: int | None


@dataclass(frozen=True)
class Exemption:
    """Days on which nothing is withheld of a person; `end_reason` where it was ended before the proof."""

    id: int
    person: int
    since: date
    until: date
    proof: str
    end_reason: str | None


def ask(actor: Actor, key: str, wish: Wish, *, today: date, checked: str | None = None) -> dict[str, Any]:
    """Ask for an exemption.

    Parameters
    ----------
    checked : str, optional
        Which papers were compared, where a clerk takes the request at the counter: it then waits for the approval alone.

    Raises
    ------
    InputError
        If the days are none, have all passed, or nothing is said to prove it.
    Conflict
        If a request of the person is under way.
    """
    def work() -> dict[str, Any]:
        if wish.until < wish.since or wish.until < today:
            raise InputError("orders.exemption_days", value=wish.until, where="until", zh="末日不能早于首日，也不能早于今天。",
                             en="The last day is neither before the first nor before today.")
        if not requests.fits(wish.words):
            raise InputError("orders.exemption_proof", value=len(wish.words), where="words", zh=f"请写明参保证明（单位名称、证明编号等），不超过 {LONGEST} 字。",
                             en=f"Say what proves it (the employer, the number of the record), in at most {LONGEST} characters.")
        if checked is not None:
            _check_agency(actor, AGENCY)
            _check_said(checked)
        about, words = requests.sealed("orders_exemption_request", wish.words)
        by = None if checked is None else actor.id
        number = returning(
            "INSERT INTO orders_exemption_request (person_id, province, since, until, about, words, asked_on, asked_by, state, checked, checked_on, checked_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [wish.person, wish.province, wish.since, wish.until, about, words, today, actor.id,
             "asked" if by is None else "checked", (checked or "").strip(), None if by is None else today, by])
        return {"request": number, "state": "asked" if by is None else "checked"}

    return dict(execute(actor, Command("orders.ask_exemption", key, [asdict(wish), checked]), work))


def check(actor: Actor, key: str, number: int, *, checked: str, today: date) -> dict[str, Any]:
    """Record that the proof was checked, and with which papers; another person approves.

    Raises
    ------
    InputError
        If it is not said what was compared.
    Conflict
        If it was checked or answered before.
    """
    def work() -> dict[str, Any]:
        _check_agency(actor, AGENCY)
        _check_said(checked)
        if _open(number).state != "asked":
            raise Conflict("orders.exemption_checked", value=number, zh="证明已经核对，等待批准。", en="The proof is checked already; the approval is awaited.")
        returning("UPDATE orders_exemption_request SET state = 'checked', checked = %s, checked_on = %s, checked_by = %s WHERE id = %s RETURNING id",
                  [checked.strip(), today, actor.id, number])
        return {"request": number, "state": "checked"}

    return dict(execute(actor, Command("orders.check_exemption", key, [number, checked]), work))


def approve(actor: Actor, key: str, number: int, *, today: date) -> dict[str, Any]:
    """Approve a request whose proof another person has checked; from then on files find the person exempt on those days.

    What files withheld before stays the person's money and is not given back.

    Raises
    ------
    Forbidden
        If the actor is no supervisor, or checked the proof.
    Conflict
        If the proof is not checked, it is answered, or an exemption covers one of these days.
    """
    def work() -> dict[str, Any]:
        _check_agency(actor, ("supervisor",))
        found = _open(number)
        if found.state != "checked":
            raise Conflict("orders.exemption_unchecked", value=number, zh="证明还没有核对，不能批准。", en="The proof is not checked yet.")
        if found.checked_by == actor.id:
            raise Forbidden("orders.exemption_two_persons", value=number, zh="豁免须由两人办理：核对证明的人不能自己批准。",
                            en="An exemption takes two: who checked the proof does not approve it.")
        exemption = exempt(found.person, found.since, found.until, proof=found.checked, approved_by=actor.id)
        _answered(actor, number, "approved", "", today, exemption)
        return {"request": number, "state": "approved", "exemption": exemption}

    return dict(execute(actor, Command("orders.approve_exemption", key, number), work))


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
    unsaid = InputError("orders.reason", where="reason", zh="不予豁免必须书面说明理由。", en="A refusal needs its reason in writing.")
    return requests.refuse(actor, Command("orders.refuse_exemption", key, [number, reason]), number, reason, _answer(actor, number, today), unsaid=unsaid)


def withdraw(actor: Actor, key: str, number: int, *, today: date) -> dict[str, Any]:
    """Take a request back, as the person who asked."""
    return requests.withdraw(actor, Command("orders.withdraw_exemption", key, number), number, _answer(actor, number, today))


def end(actor: Actor, key: str, exemption: int, *, last: date, reason: str, today: date) -> dict[str, Any]:
    """End an exemption before its proof does: the person himself, or the agency when the employment is over.

    Parameters
    ----------
    last : datetime.date
        The last day on which nothing is withheld: today or later, since the files of earlier days have gone by it.
    reason : str
        Why; the person reads it.

    Raises
    ------
    InputError
        If the day has passed or lies after its end, or no reason is given.
    Conflict
        If it was ended before.
    NotFound
        If the actor may not know of it.
    """
    def work() -> dict[str, Any]:
        if actor.role != "worker":
            _check_agency(actor, AGENCY)
        found = row("SELECT since, until, ended_by FROM orders_exemption WHERE id = %s", [exemption])
        if found is None:
            raise NotFound("orders.no_exemption", value=exemption, zh=f"没有第 {exemption} 号豁免，或您无权办理。", en=f"There is no exemption {exemption}, or you may not handle it.")
        since, until, ended_by = found
        if ended_by is not None:
            raise Conflict("orders.exemption_ended", value=exemption, zh="这项豁免已经终止。", en="This exemption was ended before.")
        if not max(since, today) <= last <= until:
            raise InputError("orders.exemption_last", value=last, where="last", zh=f"最后一日应在 {max(since, today)} 至 {until} 之间。",
                             en=f"The last day lies between {max(since, today)} and {until}.")
        if not reason.strip():
            raise InputError("orders.reason", where="reason", zh="请写明终止的理由。", en="Say why it ends.")
        with acting_as(SYSTEM):
            returning("UPDATE orders_exemption SET until = %s, ended_by = %s, ended_at = clock_timestamp(), end_reason = %s WHERE id = %s RETURNING id",
                      [last, actor.id, reason.strip(), exemption])
        return {"exemption": exemption, "until": str(last)}

    return dict(execute(actor, Command("orders.end_exemption", key, [exemption, last, reason]), work))


_REQUEST = ("SELECT id, person_id, province, since, until, asked_on, asked_by, state, checked, checked_on, checked_by, reason, answered_on, answered_by,"
            " exemption_id FROM orders_exemption_request")


def queue(province: str | None, limit: int = 200, after: int = 0) -> list[Request]:
    """Return the requests of a province (None: of all one may see) that wait, the oldest first; the law sets no day for the answer."""
    return [Request(*found) for found in rows(
        f"{_REQUEST} WHERE province = coalesce(%s, province) AND state IN ('asked', 'checked') ORDER BY asked_on, id LIMIT %s OFFSET %s",
        [province, limit, after])]


def request_of(number: int) -> Request:
    """Return a request; `NotFound` if the actor may not know of it."""
    found = row(f"{_REQUEST} WHERE id = %s", [number])
    if found is None:
        raise NotFound("orders.no_request", value=number, zh=f"没有第 {number} 号豁免申请，或您无权查看。",
                       en=f"There is no request {number} for an exemption, or you may not see it.")
    return Request(*found)


def requests_of(person: int) -> list[Request]:
    """Return the requests of a person, the latest first."""
    return [Request(*found) for found in rows(f"{_REQUEST} WHERE person_id = %s ORDER BY id DESC", [person])]


def words_of(number: int) -> str:
    """Return what was said to prove it, for those who may see the request."""
    return requests.words_of("orders_exemption_request", number)


def exemptions_of(person: int) -> list[Exemption]:
    """Return the exemptions of a person, the latest first."""
    return [Exemption(*found) for found in rows(
        "SELECT id, person_id, since, until, proof, end_reason FROM orders_exemption WHERE person_id = ANY(people_numbers(%s)) ORDER BY since DESC", [person])]


def history(person: int) -> list[dict[str, Any]]:
    """Return requests and exemptions of a person as plain data, for the person's own export."""
    return [*({**asdict(each), "words": words_of(each.id)} for each in requests_of(person)), *(asdict(each) for each in exemptions_of(person))]


def _open(number: int) -> Request:
    found = row(f"{_REQUEST} WHERE id = %s FOR NO KEY UPDATE", [number])
    if found is None:
        raise NotFound("orders.no_request", value=number, zh=f"没有第 {number} 号豁免申请，或您无权办理。",
                       en=f"There is no request {number} for an exemption, or you may not handle it.")
    request = Request(*found)
    if request.state not in ("asked", "checked"):
        raise Conflict("orders.exemption_answered", value=request.state, zh="这项申请已经办结。", en="This request is answered already.")
    return request


def _answer(actor: Actor, number: int, on: date) -> requests.Answer:
    """Return what writes an answer down, if the request waits."""
    def answer(state: str, reason: str) -> None:
        _open(number)
        _answered(actor, number, state, reason, on, None)

    return answer


def _answered(actor: Actor, number: int, state: str, reason: str, on: date, exemption: int | None) -> None:
    returning("UPDATE orders_exemption_request SET state = %s, reason = %s, answered_on = %s, answered_by = %s, exemption_id = %s WHERE id = %s RETURNING id",
              [state, reason, on, actor.id, exemption, number])


def _check_agency(actor: Actor, roles: tuple[str, ...]) -> None:
    if actor.role not in roles:
        raise Forbidden("registry.role", value=actor.role, zh="豁免由经办机构核对证明，由审核人批准。", en="The agency checks the proof; a supervisor approves.")


def _check_said(checked: str) -> None:
    if not requests.fits(checked):
        raise InputError("orders.exemption_checked_what", where="reason", zh="请写明核对了哪些参保证明。", en="Say which papers were compared.")
