"""Years missing for the resident pension: who may buy them, which ones, that they count once paid, and what is refused (国发〔2014〕8号 七)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_up import Office, as_owner, registered, under_role, worker
from test_bills import LAW, member
from test_payments import asked, delivered, holds, in_order

from lingbao.law.errors import InputError, LingbaoError, MissingLaw
from lingbao.law.month import month
from lingbao.registry.errors import Conflict, NotFound

TODAY = date(2026, 11, 20)
SIXTY = "19661101"  # sixty this month; twelve years and nine months were left when the scheme began


def resident(office: Office, birth: str = SIXTY, *, since: int = month(2016, 1), paid: range = range(2016, 2021), serial: int = 1) -> tuple[Any, int]:
    """A member of the resident scheme with some years paid elsewhere in the books."""
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(office.clerk, serial, birth=birth))
    number = member(himself, himself.person, standing="resident", choice=Choice("fee", 500.0, 12), since=since)
    run_as(SYSTEM, lambda: credit_years([PaidYear(himself.person, year, "36", 50_000, 6_000, 0, None, TODAY) for year in paid]))
    return himself, number


def found(actor: Any, number: int, today: date = TODAY) -> Any:
    from lingbao.registry.benefits.missing_years import missing_years
    from lingbao.registry.enrolment.membership import membership_of
    from lingbao.registry.session import run_as

    return run_as(actor, lambda: missing_years(LAW, membership_of(number), today))


def bought(actor: Any, number: int, count: int, fee: float = 500.0, today: date = TODAY) -> Any:
    from lingbao.registry.benefits.missing_years import bill_missing_years
    from lingbao.registry.collection.bills import bill_of
    from lingbao.registry.session import run_as

    return run_as(actor, lambda: bill_of(bill_missing_years(actor, LAW, number, count, fee, today=today)))


def test_the_missing_years_are_billed_paid_and_counted_without_a_subsidy(office: Office) -> None:
    """Five of fifteen years are paid at sixty: ten may be bought, the latest not paid first, and then the pension is open."""
    from lingbao.registry.benefits.resident import ResidentClaimant, resident_conditions
    from lingbao.registry.benefits.schemes import years_of_claimant
    from lingbao.registry.collection.bank import StandInBank

    himself, number = resident(office)
    missing = found(himself, number)
    assert (missing.counted, missing.still) == (5.0, 0)
    assert missing.years == (2026, 2025, 2024, 2023, 2022, 2021, 2015, 2014, 2013, 2012)
    who, claim = ResidentClaimant(month(1966, 11)), month(2026, 11)
    with pytest.raises(InputError) as short:
        resident_conditions(LAW, who, years_of_claimant(himself.person, claim), claim)
    assert short.value.code == "benefit.short"
    bill = bought(himself, number, 10)
    assert [part.month // 12 for part in bill.parts] == sorted(missing.years)
    assert (bill.kind, bill.due_on, bill.open_fen) == ("missing_years", date(2026, 12, 31), 500_000)
    assert all(part.subsidy_fen == 0 and part.pooled_fen == 0 for part in bill.parts)
    bank = StandInBank()
    asked(himself, 500_000, bank, TODAY)
    delivered(bank, TODAY)
    assert holds(himself.person, "resident_account") == 500_000
    assert as_owner("SELECT count(*), min(year), sum(subsidy_fen)::int FROM record_year WHERE kind = 'bought'") == [(10, 2012, 0)]
    assert as_owner("SELECT DISTINCT split_part(reason, ' ', 1) FROM ledger_entry WHERE kind = 'contribution'") == [("补缴",)]
    assert resident_conditions(LAW, who, years_of_claimant(himself.person, claim), claim).years == 15.0
    in_order()


def test_years_are_bought_bit_by_bit_and_never_beyond_fifteen(office: Office) -> None:
    himself, number = resident(office)
    assert [part.month // 12 for part in bought(himself, number, 4).parts] == [2023, 2024, 2025, 2026]
    assert found(himself, number).counted == 9.0
    with pytest.raises(InputError) as many:
        bought(himself, number, 7)
    assert many.value.code == "collection.buy_count" and "6" in many.value.zh
    bought(himself, number, 6)
    with pytest.raises(InputError) as refused:
        bought(himself, number, 1)
    assert refused.value.code == "collection.buy_none"
    assert as_owner("SELECT count(*) FROM collection_part WHERE dropped IS NULL") == [(10,)]


def test_years_that_can_still_be_paid_in_turn_are_not_bought(office: Office) -> None:
    """Sixty in July 2028: 2026 and 2027 are still to come, so of the ten missing eight may be bought."""
    himself, number = resident(office, "19680701")
    missing = found(himself, number)
    assert (missing.still, len(missing.years), max(missing.years)) == (2, 8, 2025)


def test_a_year_that_was_paid_as_an_employee_is_not_bought(office: Office) -> None:
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, run_as

    himself, number = resident(office)
    run_as(SYSTEM, lambda: credit_months([PaidMonth(himself.person, month(2025, 3), "36", 380_000, 30_400, 45_600, None, TODAY, kind="deemed")]))
    assert 2025 not in found(himself, number).years


@pytest.mark.parametrize(("birth", "kind", "code"), [
    ("19800101", MissingLaw, "collection.buy_rule"),  # more than fifteen years were left: the province's own rule decides
    ("19690301", MissingLaw, "collection.buy_rule"),  # fifteen years and a month
    ("19530101", InputError, "collection.buy_exempt"),  # sixty before the scheme began
])
def test_who_may_not_buy_is_told_why(office: Office, birth: str, kind: type[LingbaoError], code: str) -> None:
    himself, number = resident(office, birth, since=month(2013, 1) if birth < "1954" else month(2016, 1), paid=range(0))
    with pytest.raises(kind) as refused:
        found(himself, number)
    assert refused.value.code == code and refused.value.zh and refused.value.en
    if kind is MissingLaw:
        assert refused.value.where == "provinces.36.resident_catch_up"


def test_a_fee_that_is_not_on_offer_is_refused(office: Office) -> None:
    himself, number = resident(office)
    with pytest.raises(InputError) as refused:
        bought(himself, number, 1, 123.0)
    assert refused.value.code == "enrolment.fee"


def test_a_bill_not_paid_within_its_year_lapses_and_the_year_is_free_again(office: Office) -> None:
    from lingbao.registry.collection.bank import StandInBank

    himself, number = resident(office)
    late = bought(himself, number, 3)
    following = date(2027, 2, 1)
    bank = StandInBank()
    asked(himself, late.open_fen, bank, following)
    delivered(bank, following)
    assert as_owner("SELECT count(*) FROM record_year WHERE kind = 'bought'") == [(0,)]  # too late: the money waits
    assert holds(himself.person, "suspense") == late.open_fen
    again = bought(himself, number, 3, today=following)
    assert [part.month for part in again.parts] == [part.month for part in late.parts]
    assert as_owner("SELECT count(*) FROM collection_part WHERE dropped LIKE '已过期，改为补缴%%'") == [(3,)]


def test_who_draws_a_pension_buys_nothing(office: Office) -> None:
    himself, number = resident(office)
    as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, prepared_by, state, pension_fen,"
             " granted_at, scheme)"
             " VALUES (%s, '36', %s, '{}', '2026-11-01', '2026-12-01', false, 1, 'provisional', 20000, now(), 'resident')", [himself.person, month(2026, 11)])
    with pytest.raises(Conflict) as refused:
        found(himself, number)
    assert refused.value.code == "collection.buy_drawing"


def test_an_agency_buys_for_its_own_people_alone(office: Office) -> None:
    _, number = resident(office)
    with pytest.raises(NotFound):
        bought(office.elsewhere, number, 1)
    assert bought(office.clerk, number, 1).open_fen == 50_000


def test_a_year_before_the_scheme_is_a_bought_one_or_none(office: Office) -> None:
    from django.db import IntegrityError

    sql = "INSERT INTO record_year (person_id, year, province, kept_by, fee_fen, paid_on, kind) VALUES (7, 2005, '36', '36', 1, '2026-01-01', %s)"
    under_role(office.clerk, sql, ["bought"])
    with pytest.raises(IntegrityError, match="record_year"):
        under_role(office.clerk, sql, ["paid"])
