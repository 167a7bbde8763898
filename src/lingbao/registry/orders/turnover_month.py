"""The turn-over of a month: who has received money, what each may pay with it by membership and choice, and why others wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, format_month, parse_month
from lingbao.law.rules.contribution import posting_month
from lingbao.law.store import Law
from lingbao.registry.collection.bills import fee_part
from lingbao.registry.collection.parts import Part
from lingbao.registry.enrolment.choice import Choice, month_due
from lingbao.registry.enrolment.membership import Membership, choices_of, members_on
from lingbao.registry.enrolment.terms import terms_of
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.turnover import (
    TOGETHER,
    Plan,
    TurnedOver,
    held_by,
    lock_persons,
    turn_over_held,
)
from lingbao.registry.orders.turnover_look import Added, added, changed_since, last_look, note_look
from lingbao.registry.session import SYSTEM, run_as

# Why a person's money waits: the money stays the person's, and the next month is another try.
REASONS: dict[str, tuple[str, str]] = {
    "too_little": ("不够缴一个月（或一年）", "too little for a whole month (or year)"),
    "died": ("本人已去世，归继承人", "the person has died; it goes to the heirs"),
    "no_member": ("当月没有参保", "no membership in the month"),
    "employed": ("单位缴费", "an employer pays"),
    "stopped": ("已暂停缴费", "payment rests"),
    "no_choice": ("没有选缴费档次", "no tier, base or amount chosen"),
    "paid": ("当期已缴清，或缴了又退回", "everything open is paid, or was paid and taken back"),
    "late": ("已过缴费期限，当地不能补缴或规定未收录", "too late, and the place lets nothing be caught up, or its rule is not on record"),
    "law": ("缺少当地规定，算不出应缴数", "the law of the place is not on record, so nothing can be reckoned"),
}


@dataclass
class Report:
    """What a run turned over, and whose money waits and why: ``reason -> (persons, fen)``.

    Attributes
    ----------
    month : int
    before : int
        Persons turned over for this month by earlier runs.
    persons, months, years : int
        Persons turned over now, and what was paid for them.
    turned_fen, subsidy_fen : int
        Money turned over, and what the government adds to resident years [fen].
    """

    month: int
    before: int = 0
    persons: int = 0
    months: int = 0
    years: int = 0
    turned_fen: int = 0
    subsidy_fen: int = 0
    waiting: dict[str, tuple[int, int]] = field(default_factory=dict)

    def wait(self, reason: str, fen: int) -> None:
        """Count one more person whose money waits."""
        persons, before = self.waiting.get(reason, (0, 0))
        self.waiting[reason] = (persons + 1, before + fen)


def turn_over_month(month: int, *, on: date, province: str | None = None, law: Law | None = None,
                    progress: Callable[[int, int], object] = lambda done, total: None) -> Report:
    """Turn over what has been received for every person, once a month; broken off, it goes on with who is left.

    Parameters
    ----------
    month : int
        The month that ends (``year*12 + month-1``).
    on : datetime.date
        Day from which the contributions count: what was received by then pays, and months whose time has passed by then are paid only
        where the place lets them be caught up.
    province : str, optional
        Only of persons whose money stands in its books.
    progress : callable
        Told how many persons are done, and how many there are.

    Raises
    ------
    InputError
        If the month has not begun.
    """
    law = law or Law.load()
    if month > parse_month(on):
        raise InputError("orders.turnover_month", value=format_month(month), where="month", zh=f"{format_month(month)} 还没有开始，不能转入缴费。",
                         en=f"{format_month(month)} has not begun.")
    waiting = run_as(SYSTEM, lambda: _holders(month, province))
    counted = run_as(SYSTEM, lambda: row("SELECT count(*) FROM orders_turnover WHERE month = %s", [month]))
    report = Report(month, before=int(counted[0]) if counted else 0)
    _turn_over(report, waiting, on, law, progress)
    return report


def turn_over_closed(today: date, *, law: Law | None = None) -> Report:
    """Turn the month over that closed last, as of its last day: what had been received by then pays, on whichever night it is booked.

    The first night looks at everyone who holds received money, and so does the first one under another law; the others look at those alone for
    whom something has changed since (see `turnover_look`). The report counts who was looked at.
    """
    law, month = law or Law.load(), parse_month(today) - 1
    report = Report(month)

    def find() -> tuple[Added, list[int]]:
        last, now = last_look(month), added()
        return now, _holders(month, None) if last is None or last.law_hash != law.hash else changed_since(month, last.added)

    now, waiting = run_as(SYSTEM, find)
    _turn_over(report, waiting, end_of(month), law, lambda done, total: None)
    run_as(SYSTEM, lambda: note_look(month, law.hash, now))
    return report


def _holders(month: int, province: str | None) -> list[int]:
    """Return everyone whose received money (in the books of a province, if one is named) was not turned over for the month."""
    return [person for person, in rows(
        "SELECT DISTINCT a.owner_id FROM ledger_account a WHERE a.kind = 'withheld' AND a.owner_kind = 'person' AND a.balance_fen > 0"
        " AND a.province = coalesce(%s, a.province) AND NOT EXISTS (SELECT FROM orders_turnover t WHERE t.month = %s AND t.person_id = a.owner_id)"
        " ORDER BY 1", [province, month])]


def _turn_over(report: Report, waiting: list[int], on: date, law: Law, progress: Callable[[int, int], object]) -> None:
    for start in range(0, len(waiting), TOGETHER):
        some = waiting[start:start + TOGETHER]
        progress(start, len(waiting))
        found, done, why = run_as(SYSTEM, lambda some=some: _together(report.month, some, on, law))  # type: ignore[misc]
        _count(report, found, done, why)


def _together(month: int, persons: list[int], on: date, law: Law) -> tuple[dict[int, int], list[tuple[Plan, TurnedOver]], dict[int, str]]:
    """Plan and turn over some persons in one transaction; return their money, what was done, and why others wait."""
    lock_persons(persons)
    held = held_by(persons, on)
    chosen, why = plans(month, sorted(held), on, law)
    done = {each.person: each for each in turn_over_held(month, chosen, held, on, law)}
    why |= {plan.person: "too_little" for plan in chosen if plan.person not in done}
    money = {person: sum(each.fen for each in accounts) for person, accounts in held.items()}
    return money, [(plan, done[plan.person]) for plan in chosen if plan.person in done], why


def _count(report: Report, money: dict[int, int], done: Iterable[tuple[Plan, TurnedOver]], why: dict[int, str]) -> None:
    for plan, each in done:
        report.persons += 1
        report.months += each.units if plan.scheme == "employee" else 0
        report.years += each.units if plan.scheme == "resident" else 0
        report.turned_fen += each.turned_fen
        report.subsidy_fen += each.subsidy_fen
    for person, reason in why.items():
        report.wait(reason, money[person])


def plans(month: int, persons: Sequence[int], on: date, law: Law) -> tuple[list[Plan], dict[int, str]]:
    """Return what each person's money may pay, as a bill would ask for it, and why it may pay nothing (one of `REASONS`).

    Of the employee scheme these are the unpaid months of the year up to `month`, the oldest first; of the resident scheme
    the unpaid fee of the year. Inside a transaction of the registry.
    """
    members = members_on(persons, month)
    choices = choices_of([each.id for each in members.values()])
    paid = _paid(persons, month)
    found: list[Plan] = []
    why = {person: "died" for person, in rows("SELECT person_id FROM benefit_death WHERE person_id = ANY(%s) AND undone_by IS NULL", [list(persons)])}
    for person in persons:
        if person in why:
            continue
        try:
            parts, reason = _parts(members.get(person), choices, month, on, paid.get(person, frozenset()), law)
        except MissingLaw:
            parts, reason = [], "law"
        if parts:
            member = members[person]
            found.append(Plan(person, member.province, member.scheme, parts))
        else:
            why[person] = reason
    return found, why


Chosen = dict[int, list[tuple[int, Choice]]]
"""Choices of memberships: from which month each counts, in the order in which they were made."""


def _parts(member: Membership | None, choices: Chosen, month: int, on: date, paid: frozenset[int], law: Law) -> tuple[list[Part], str]:
    """Return what is open to be paid, and why nothing is."""
    if member is None:
        return [], "no_member"
    if member.standing == "employed":
        return [], "employed"
    if member.stopped:
        return [], "stopped"
    made = choices.get(member.id, [])
    return _year(member, made, month, on, paid, law) if member.scheme == "resident" else _months(member, made, month, on, paid, law)


def _months(member: Membership, made: list[tuple[int, Choice]], month: int, on: date, paid: frozenset[int], law: Law) -> tuple[list[Part], str]:
    """Unpaid months of the year, each at what it costs under the choice and the terms of its own month."""
    first = max(member.since, month // MONTHS_PER_YEAR * MONTHS_PER_YEAR)
    unpaid = [each for each in range(first, month + 1) if each not in paid]
    if not unpaid:
        return [], "paid"
    chosen = [(each, choice) for each in unpaid if (choice := _choice(made, each)) is not None]
    if not chosen:
        return [], "no_choice"
    parts = []
    for each, choice in chosen:
        terms = terms_of(law, member.province, member.area, each)
        in_time = on <= end_of(int(posting_month(each, choice.rhythm))) or (each // MONTHS_PER_YEAR == on.year and terms.catch_up is True)
        if in_time:
            due = month_due(choice, terms)
            parts.append(Part(each, due.base_fen, due.amount_fen, due.account_fen, due.pooled_fen))
    return parts, "late"


def _year(member: Membership, made: list[tuple[int, Choice]], month: int, on: date, paid: frozenset[int], law: Law) -> tuple[list[Part], str]:
    """The fee of the year, with the subsidy that a bill would bring."""
    year = month // MONTHS_PER_YEAR
    choice = _choice(made, year * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1)
    if -year in paid:
        return [], "paid"
    if choice is None:
        return [], "no_choice"
    if on.year > year:
        return [], "late"
    part, _ = fee_part(law, member.province, choice.value, year)
    return [part], ""


def _choice(made: list[tuple[int, Choice]], month: int) -> Choice | None:
    """The choice that counts for a month: of those from then or before, the latest; of one month, the last made."""
    counting = [(since, place, choice) for place, (since, choice) in enumerate(made) if since <= month]
    return max(counting, key=lambda each: each[:2])[2] if counting else None


def _paid(persons: Sequence[int], month: int) -> dict[int, frozenset[int]]:
    """Return the months of the year that each person has paid, and the resident year below nought.

    What a turn-over paid and was taken back counts too: the next one would pay it again, which two persons have found to be wrong.
    """
    year = month // MONTHS_PER_YEAR
    found: dict[int, set[int]] = {}
    for person, each in rows(
            "SELECT person_id, month FROM record_month r WHERE person_id = ANY(%s) AND month BETWEEN %s AND %s AND (voided_by IS NULL"
            " OR EXISTS (SELECT FROM ledger_entry e WHERE e.id = r.entry_id AND e.kind = 'orders.turnover'))"
            " UNION ALL SELECT person_id, -year FROM record_year r WHERE person_id = ANY(%s) AND year = %s AND (voided_by IS NULL"
            " OR EXISTS (SELECT FROM ledger_entry e WHERE e.id = r.entry_id AND e.kind = 'orders.turnover'))",
            [list(persons), year * MONTHS_PER_YEAR, month, list(persons), year]):
        found.setdefault(person, set()).add(each)
    return {person: frozenset(months) for person, months in found.items()}


def end_of(month: int) -> date:
    """Return the last day of a month."""
    following = month + 1
    return date(following // MONTHS_PER_YEAR, following % MONTHS_PER_YEAR + 1, 1) - timedelta(1)
