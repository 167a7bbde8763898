"""Bills: what the rules ask for, each month once, in the period of the rhythm; catching up only where it is allowed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_up import Office, as_owner, registered, under_role, worker

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law

LAW = Law.load()
MAY = month(2024, 5)


def member(actor: Any, person: int, rhythm: int = 1, since: int = month(2024, 1), province: str = "36", **changes: Any) -> int:
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.session import run_as

    fields: dict[str, Any] = {"standing": "flexible", "choice": Choice("tier", 0.6, rhythm), **changes}
    return run_as(actor, lambda: join(actor, LAW, person, province=province, since=since, **fields))


def billed(actor: Any, membership: int, on: int) -> Any:
    from lingbao.registry.collection.bills import bill_of, bill_period
    from lingbao.registry.session import run_as

    return run_as(actor, lambda: bill_of(bill_period(actor, LAW, membership, on)))


@pytest.mark.parametrize(("rhythm", "first", "last", "due"), [
    (1, MAY, MAY, date(2024, 5, 31)), (6, month(2024, 1), month(2024, 6), date(2024, 6, 30)),
    (12, month(2024, 1), month(2024, 12), date(2024, 12, 31))])
def test_a_bill_covers_the_period_of_the_rhythm(office: Office, rhythm: int, first: int, last: int, due: date) -> None:
    """Jiangxi 2024, 60%: 3839 × 20% = 767.80 a month (N2, N3)."""
    himself = worker(registered(office.clerk))
    bill = billed(himself, member(himself, himself.person, rhythm), MAY)
    assert [part.month for part in bill.parts] == list(range(first, last + 1))
    assert bill.due_on == due
    assert bill.open_fen == 76780 * (last - first + 1)
    assert not bill.provisional


def test_a_bill_before_the_figures_are_published_says_so(office: Office) -> None:
    himself = worker(registered(office.clerk))
    assert billed(himself, member(himself, himself.person), month(2026, 5)).provisional


def test_a_month_is_asked_for_once(office: Office) -> None:
    from lingbao.registry.collection.bills import drop
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import choose
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import acting_as, run_as

    himself = worker(registered(office.clerk))
    membership = member(himself, himself.person)
    may = billed(himself, membership, MAY)
    with pytest.raises(Conflict):
        billed(himself, membership, MAY)
    with acting_as(himself):
        choose(himself, LAW, membership, Choice("tier", 1.0, 6), since=MAY + 1)
    half = billed(himself, membership, MAY + 1)
    assert [part.month for part in half.parts] == [m for m in range(month(2024, 1), month(2024, 7)) if m != MAY]
    assert [part.base_fen for part in half.parts] == [383900] * 4 + [639700]  # the choice of each month
    assert run_as(himself, lambda: drop(himself, may.id, reason="改档")) == 1
    assert [part.month for part in billed(himself, membership, MAY).parts] == [MAY]
    with pytest.raises(Exception, match="collection_part_once"):
        as_owner("INSERT INTO collection_part SELECT bill_id + 1, person_id, month, base_fen, amount_fen, account_fen, pooled_fen"
                 f" FROM collection_part WHERE bill_id = {may.id + 2}")


def test_nobody_bills_while_payment_rests_or_outside_the_membership(office: Office) -> None:
    from lingbao.registry.enrolment.membership import stop
    from lingbao.registry.session import acting_as

    himself = worker(registered(office.clerk))
    membership = member(himself, himself.person)
    with pytest.raises(InputError) as refused:
        billed(himself, membership, month(2023, 12))
    assert refused.value.code == "collection.month"
    with acting_as(himself):
        stop(himself, membership, month=MAY)
    with pytest.raises(InputError) as refused:
        billed(himself, membership, MAY)
    assert refused.value.code == "collection.stopped"


@pytest.mark.parametrize(("province", "months", "error", "code"), [
    ("36", [month(2026, 2)], MissingLaw, "collection.catch_up"), ("44", [month(2026, 2)], InputError, "collection.catch_up"),
    ("36", [month(2025, 12)], InputError, "collection.month"), ("36", [month(2026, 12)], InputError, "collection.month"),
    ("36", [], InputError, "collection.month")])
def test_catching_up_is_a_matter_of_the_place(
    office: Office, province: str, months: list[int], error: type[Exception], code: str
) -> None:
    """Guangdong forbids it; whether Jiangxi allows it is not on record and is not guessed."""
    from lingbao.registry.collection.bills import bill_catch_up
    from lingbao.registry.session import SYSTEM, run_as

    membership = member(SYSTEM, registered(office.clerk), since=month(2025, 1), province=province,
                        **({} if province == "36" else {"choice": floor()}))
    with pytest.raises(error) as refused:
        run_as(SYSTEM, lambda: bill_catch_up(SYSTEM, LAW, membership, months, today=date(2026, 11, 2)))
    assert refused.value.code == code


def floor() -> Any:
    from lingbao.registry.enrolment.choice import Choice

    return Choice("floor")


def allowing_catch_up(province: str = "36") -> Law:
    """The law with one entry added: the province lets months of the year be caught up."""
    path = f"provinces.{province}.flexible"
    return LAW.overlay({path: [{"since": "2024-01", "value": {**LAW.table(path), "catch_up": True}}]})


def test_months_of_the_year_are_caught_up_where_allowed(office: Office) -> None:
    from lingbao.registry.collection.bills import bill_catch_up, bill_of
    from lingbao.registry.session import SYSTEM, run_as

    membership = member(SYSTEM, registered(office.clerk))
    law = allowing_catch_up()
    months = [month(2024, 2), month(2024, 3)]
    bill = run_as(SYSTEM, lambda: bill_of(bill_catch_up(SYSTEM, law, membership, months, today=date(2024, 11, 2))))
    assert [part.month for part in bill.parts] == months
    assert bill.due_on == date(2024, 11, 30)
    assert bill.law_hash == law.hash


def test_whose_bills_one_sees_and_makes(office: Office) -> None:
    from lingbao.registry.errors import Forbidden, NotFound

    mine, other = worker(registered(office.clerk, 1)), worker(registered(office.clerk, 2))
    membership = member(mine, mine.person)
    with pytest.raises(NotFound):
        billed(other, membership, MAY)
    bill = billed(mine, membership, MAY)
    seen = {name: len(under_role(actor, "SELECT 1 FROM collection_part")) for name, actor in vars(office).items()}
    assert seen == {"clerk": 1, "colleague": 1, "supervisor": 1, "elsewhere": 0, "auditor": 1, "administrator": 0}
    assert under_role(other, "SELECT 1 FROM collection_bill") == []
    for attempt in (f"UPDATE collection_part SET entry_id = 1 WHERE bill_id = {bill.id}",
                    f"UPDATE collection_part SET amount_fen = 1 WHERE bill_id = {bill.id}", "DELETE FROM collection_part"):
        with pytest.raises(Forbidden):
            under_role(mine, attempt)
