"""What the desk does with contributions and subsidies, for pages and API alike: taking back what was paid in error, and money of payers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.collection.banks import check_reference
from lingbao.registry.collection.contributions import Contribution, turned_over_for
from lingbao.registry.collection.parts import YEARLY, Bill, bills
from lingbao.registry.collection.proposals import Proposal, owed_to_persons, proposals_of, propose_take_back
from lingbao.registry.collection.subsidies import PAYERS, owed_by_payers, subsidy_received
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.orders.tables import rows
from lingbao.registry.people.persons import masked
from lingbao.registry.people.uniting import numbers_of
from lingbao.registry.session import Actor, run_as
from lingbao.web.desk.queues import today
from lingbao.web.places import name_of


def paid(actor: Actor, person: int) -> list[dict[str, Any]]:
    """Return the contributions of a person that stand, the latest month first; each may be taken back that nobody proposed (``asked``).

    Those paid under a number that was merged into this one are among them. A bill asked for one month (or year) each; what platforms had withheld paid, without a bill, all months of an entry from the first named on.
    """
    def work() -> tuple[list[Proposal], list[Bill], list[Contribution]]:
        numbers = numbers_of(person)
        return ([each for number in numbers for each in proposals_of(number)], [each for number in numbers for each in bills(number)], turned_over_for(person))

    proposals, asked_for, turned_over = run_as(actor, work)
    asked = {each.contribution for each in proposals if each.state == "waiting"}
    found = [{"entry": part.entry, "bill": bill.id, "month": part.month, "first": part.month, "by_year": bill.kind in YEARLY, "fen": part.amount_fen,
              "asked": part.entry in asked} for bill in asked_for for part in bill.parts if part.entry is not None and part.dropped is None]
    found += [{"entry": each.entry, "bill": None, "month": each.months[-1], "first": each.months[0], "by_year": each.by_year, "fen": each.amount_fen,
               "asked": each.entry in asked} for each in turned_over]
    return sorted(found, key=lambda each: -each["month"])


def taking_back(actor: Actor, key: str, entry: int, *, reason: str) -> dict[str, Any]:
    """Propose that a contribution paid in error be taken back; another person approves it among the refunds.

    Raises
    ------
    NotFound
        If the actor sees no such contribution.
    InputError
        If no reason is given.
    """
    if not reason.strip():
        raise InputError("desk.reason", where="reason", zh="请写明误缴的原因，本人可以看到。", en="Say why it was paid in error; the person will see it.")
    return dict(execute(actor, Command("collection.propose_take_back", key, [entry, reason]),
                        lambda: {"proposal": propose_take_back(actor, entry, reason=reason.strip())}))


def subsidies(actor: Actor) -> dict[str, Any]:
    """Return which payers owe subsidies and how much, and to whom something may be paid out [fen]."""
    def work() -> dict[str, Any]:
        payers = owed_by_payers(actor.province)
        platforms = {number: (zh, en) for number, zh, en in rows("SELECT id, name_zh, name_en FROM orders_platform WHERE id = ANY(%s)",
                                                                 [[number for _, kind, number, _ in payers if kind == "platform"]])}
        persons = owed_to_persons(actor.province)
        names = {each.id: each.name_masked for each in masked([each.person for each in persons])}
        return {"payers": [{"province": province, "payer": f"{kind}:{number}", "name": _name(kind, number, platforms), "owes_fen": fen}
                           for province, kind, number, fen in payers],
                "persons": [{**asdict(each), "name": names.get(each.person, "")} for each in persons]}

    return run_as(actor, work)


def _name(kind: str, number: int, platforms: dict[int, tuple[str, str]]) -> dict[str, str]:
    if kind == "state":
        return {"zh": "国家", "en": "the state"}
    if kind == "province":
        return {lang: name_of(f"{number:02d}", lang) for lang in ("zh", "en")}
    zh, en = platforms.get(number, (f"第 {number} 号平台", f"platform {number}"))
    return {"zh": zh, "en": en}


def subsidy_money(actor: Actor, key: str, payer: str, amount_fen: int, reference: str, on: date) -> dict[str, Any]:
    """Book the money that a payer of subsidies has sent to the actor's province.

    Parameters
    ----------
    payer : str
        Kind and number, such as ``state:0`` or ``platform:12``.
    reference : str
        The bank's, under which a statement finds the entry.

    Raises
    ------
    InputError
        If there is no such payer, or reference, day or amount is none.
    Overdrawn
        If the payer owes less.
    Conflict
        If the reference is booked already.
    """
    kind, _, number = payer.partition(":")
    if kind not in PAYERS or not (number.isascii() and number.isdigit()) or len(number) > 18:
        raise InputError("desk.payer", value=payer, where="payer", zh="请选择补贴方。", en="Choose the payer.")
    check_reference(reference)
    if amount_fen <= 0:
        raise InputError("desk.yuan", value=amount_fen, where="fen", zh="金额应大于零。", en="The amount must be above nought.")
    if on > today():
        raise InputError("desk.date", value=on.isoformat(), where="on", zh="到账日期不能晚于今天。", en="The day of receipt cannot lie ahead.")
    province = actor.province or ""

    def work() -> dict[str, Any]:
        return {"entry": subsidy_received(Law.load(), kind, int(number), province, amount_fen, reference=f"bank:{province}:{reference}", on=on, actor=actor)}

    return dict(execute(actor, Command("collection.subsidy_received", key, [payer, amount_fen, reference, on.isoformat()]), work))
