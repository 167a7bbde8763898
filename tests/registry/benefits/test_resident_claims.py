"""Claims of the resident scheme: age and years, account over payout months, basic pension and additions of the place, paid by the run."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month
from lingbao.registry.errors import Conflict

_keys = itertools.count()
CLAIM, TODAY = month(2026, 6), date(2026, 6, 10)
BIRTH = month(1966, 6)
OPENING = 1_000_000
PLACE = "34"


def key() -> str:
    return f"r{next(_keys)}"


def owner(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def paid_years(person: int, count: int, *, last: int = 2025, province: str = PLACE) -> None:
    """So many years on record; the account opens with 10 000.00 on the first day of 2025, when its books were brought over."""
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, run_as

    def work() -> None:
        bank, account = open_accounts([AccountName("bank", "province", int(province), province), AccountName("resident_account", "person", person, province)])
        entry = post([Draft("opening", [Leg(bank, -OPENING), Leg(account, OPENING)], source=f"opening:{person}:{province}")], actor=0, law_hash="law",
                     reason="建账", value_date=date(2025, 1, 1))[0]
        credit_years([PaidYear(person, year, province, 20_000, 6_000, 0, entry, date(2025, 1, 1)) for year in range(last - count + 1, last + 1)])

    run_as(SYSTEM, work)


def actors(province: str = PLACE) -> tuple[Any, Any, Any]:
    from lingbao.registry.session import Actor

    return Actor(1, "worker", person=7), Actor(2, "clerk", province=province), Actor(3, "supervisor", province=province)


def claimed(birth: int = BIRTH, claim_month: int = CLAIM, *, province: str = PLACE, **changes: Any) -> int:
    from lingbao.registry.benefits.claims import claim_resident
    from lingbao.registry.benefits.resident import ResidentClaimant

    done = claim_resident(actors()[0], key(), 7, ResidentClaimant(birth, **changes), province=province, claim_month=claim_month, today=TODAY)
    return int(done["claim"])


def granted(number: int, province: str = PLACE) -> dict[str, Any]:
    from lingbao.registry.benefits.claims import grant

    return grant(actors(province)[2], key(), number, today=TODAY)


def interest() -> None:
    from lingbao.law.store import Law
    from lingbao.registry.collection.interest import credit_interest

    assert credit_interest(Law.load(), PLACE, 2025, known=month(2026, 6), scheme="resident").fen == 35_900  # 10 000.00 at 3.59%


@pytest.mark.usefixtures("database")
def test_the_pension_is_basic_part_additions_and_account_over_payout_months() -> None:
    """Anhui in June 2026: 195 basic, 2 for each of two years above fifteen, and the account with half a year's interest over 139 months."""
    paid_years(7, 17)
    interest()
    number = claimed()
    answer = granted(number)
    account = round(1_035_900 * (1 + 0.0359 * 6 / 12))
    assert owner("SELECT account_start_fen, scheme, months FROM benefit_claim") == [(account, "resident", 17 * 12)]
    expected = 19_500 + 2 * 200 + round(account / 139)
    assert answer["pension_fen"] == expected and answer["state"] == "final" and answer["first_payment"] == "2026-07"
    from lingbao.registry.benefits.claims import recompute

    assert recompute(number) == (expected, expected)  # it can be run again from what is kept with it


@pytest.mark.usefixtures("database")
def test_age_and_years_are_asked_for_and_what_is_missing_is_said() -> None:
    """Born in June 1966, one had 12 1/3 years to go when the scheme began: so many are required, and those missing may be bought."""
    paid_years(7, 12)
    with pytest.raises(InputError, match="too early") as early:
        claimed(claim_month=month(2026, 5))
    assert "2026-06" in early.value.zh
    with pytest.raises(InputError, match=r"so 1 are missing.*may buy"):
        claimed()
    with pytest.raises(InputError, match=r"15 are required.*year by year"):
        claimed(birth=month(1970, 1), claim_month=month(2030, 1))
    with pytest.raises(InputError, match="Another basic pension"):
        claimed(draws_other=True)


@pytest.mark.usefixtures("database")
def test_employee_months_count_only_after_a_move_into_the_scheme() -> None:
    """Three years and two months count with ten resident years once moved, a month paid in both only once."""
    from lingbao.registry.benefits.resident import years_counted

    months = [month(2010, 1) + n for n in range(36)] + [month(2016, 1), month(2016, 2)]
    years = range(2016, 2026)
    assert years_counted(years, months, False) == 10
    assert years_counted(years, months, True) == pytest.approx(10 + 38 / 12 - 2 / 12)


@pytest.mark.usefixtures("database")
def test_what_is_not_on_record_is_said_and_not_made_up() -> None:
    """Jiangxi: no addition on record for more than fifteen years; and no crediting rate for the account of the year."""
    from lingbao.law.store import Law
    from lingbao.registry.benefits.resident import ResidentClaimant, resident_award

    who, law = ResidentClaimant(BIRTH), Law.load()
    assert resident_award(law, who, 15, 139_000, "36", CLAIM, CLAIM).total == 173 + 10
    with pytest.raises(MissingLaw, match=r"that of Jiangxi is not on record"):
        resident_award(law, who, 16, 139_000, "36", CLAIM, CLAIM)
    with pytest.raises(MissingLaw):
        resident_award(law, who, 15, 139_000, "99", CLAIM, CLAIM)
    paid_years(7, 15, province="36")
    with pytest.raises((Conflict, MissingLaw)):
        granted(claimed(province="36"), "36")


@pytest.mark.usefixtures("database")
def test_the_interest_that_an_account_lacks_is_credited_with_the_grant() -> None:
    """Nobody has run the interest of 2025 yet; its rate is out, so the pension rests on the whole account, and the run finds nothing left."""
    from lingbao.law.store import Law
    from lingbao.registry.collection.interest import credit_interest

    paid_years(7, 17)
    first = granted(claimed())
    account = round(1_035_900 * (1 + 0.0359 * 6 / 12))
    assert (first["state"], first["pension_fen"]) == ("final", 19_500 + 2 * 200 + round(account / 139))
    assert credit_interest(Law.load(), PLACE, 2025, known=month(2026, 6), scheme="resident").fen == 0


@pytest.mark.usefixtures("database")
def test_stepped_additions_and_additions_by_share_and_by_age() -> None:
    """Hubei counts 1 up to fifteen years, 2 up to twenty-five, then 3; Jiangsu 1% of the basic part a year; Liaoning 5 from 65, 10 from 80."""
    from lingbao.law.store import Law
    from lingbao.registry.benefits.resident import ResidentClaimant, resident_award

    law = Law.load()
    for years, expected in ((15, 15), (20, 25), (30, 50)):
        assert resident_award(law, ResidentClaimant(BIRTH), years, 0, "42", CLAIM, CLAIM).long_payment == expected
    jiangsu = resident_award(law, ResidentClaimant(BIRTH), 20, 0, "32", CLAIM, CLAIM)
    assert jiangsu.long_payment == pytest.approx(jiangsu.basic * 0.05, abs=0.005)
    for age, expected in ((64, 0), (65, 5), (79, 5), (80, 10)):
        assert resident_award(law, ResidentClaimant(CLAIM - age * 12), 15, 0, "21", CLAIM, CLAIM).age_addition == expected


@pytest.mark.usefixtures("database")
def test_an_earlier_amount_makes_it_provisional_and_the_difference_is_paid_later() -> None:
    """Beijing in March 2025: the 961 of 2024 stand in until the 998 of 2025 are out; 37 for each of the two months paid are made up."""
    from lingbao.registry.benefits.claims import claim_resident, finalise, grant
    from lingbao.registry.benefits.payment import approve, pay, prepare
    from lingbao.registry.benefits.resident import ResidentClaimant
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, run_as

    run_as(SYSTEM, lambda: credit_years([PaidYear(7, year, "11", 100_000, 6_000, 0, 1, date(2024, 12, 1)) for year in range(2012, 2025)]))
    worker, clerk, supervisor = actors("11")
    march = date(2025, 3, 10)
    number = claim_resident(worker, key(), 7, ResidentClaimant(month(1965, 3)), province="11", claim_month=month(2025, 3), today=march)["claim"]
    first = grant(supervisor, key(), number, today=march)
    assert first["state"] == "provisional" and first["pension_fen"] == 96_100
    run = prepare(clerk, key(), "11", month(2025, 5), from_month=month(2025, 4))["run"]
    approve(supervisor, key(), run)
    pay(run, actor=3, today=date(2025, 5, 15))
    assert finalise(supervisor, key(), number, today=date(2025, 5, 20))["settled"] is False
    done = finalise(supervisor, key(), number, today=date(2025, 8, 10))
    assert done["difference_fen"] == 2 * 3_700 and done["pension_fen"] == 99_800
    assert owner("SELECT a.kind, sum(l.amount_fen)::bigint FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_account a ON a.id = l.account_id"
                 " WHERE e.kind = 'pension_difference' GROUP BY 1 ORDER BY 1") == [("pension_payable", 7_400), ("resident_pool", -7_400)]


@pytest.mark.usefixtures("database")
def test_the_run_pays_it_from_the_resident_account_and_pool_beside_employees() -> None:
    from pensioners import make

    from lingbao.registry.audit import audit
    from lingbao.registry.benefits.payment import approve, pay, prepare

    make(2, PLACE)
    paid_years(7, 17)
    interest()
    pension = granted(claimed())["pension_fen"]
    _, clerk, supervisor = actors()
    july = month(2026, 7)
    number = prepare(clerk, key(), PLACE, july, from_month=july)["run"]
    approve(supervisor, key(), number)
    for _ in range(2):  # run again, it pays nobody twice
        pay(number, actor=3, today=date(2026, 7, 15))
    (start, fen, part), = owner("SELECT c.account_start_fen, p.amount_fen, p.account_fen FROM benefit_payment p JOIN benefit_claim c ON c.id = p.claim_id"
                                " WHERE c.scheme = 'resident'")
    assert fen == pension and part == round(start / 139)
    balances = dict(owner("SELECT kind, sum(balance_fen)::bigint FROM ledger_account GROUP BY kind"))
    assert balances["resident_account"] == start - part and balances["resident_pool"] == -(pension - part)
    assert balances["pooled"] == -(300_001 + 300_002 - 2 * 50_000)
    assert list(audit(["benefits.chunks", "benefits.account_part", "ledger.balances"])) == []


@pytest.mark.usefixtures("database")
def test_a_rise_of_employees_leaves_resident_pensions_alone() -> None:
    from lingbao.registry.benefits.rises import Rise, apply, enter
    from lingbao.registry.benefits.rises import approve as agree

    paid_years(7, 17)
    interest()
    pension = granted(claimed())["pension_fen"]
    _, clerk, supervisor = actors()
    rise = enter(clerk, key(), Rise(PLACE, 2027, "调整通知（测试）", 5_000, 100, 0.01))["rise"]
    agree(supervisor, key(), rise)
    assert apply(rise, actor=3, today=date(2027, 6, 1)) == 0
    assert owner("SELECT pension_fen FROM benefit_claim") == [(pension,)]


@pytest.mark.usefixtures("database")
def test_after_a_death_the_account_left_goes_to_the_heirs_and_months_beyond_are_owed() -> None:
    """Anhui records no grant at death, so heirs share the account alone; Hubei's is ten months of its basic pension."""
    from lingbao.law.store import Law
    from lingbao.registry.benefits.death import Heir, resident_grant, settle
    from lingbao.registry.benefits.payment import approve, pay, prepare

    paid_years(7, 17)
    interest()
    pension = granted(claimed())["pension_fen"]
    _, clerk, supervisor = actors()
    run = prepare(clerk, key(), PLACE, month(2026, 8), from_month=month(2026, 7))["run"]
    approve(supervisor, key(), run)
    pay(run, actor=3, today=date(2026, 8, 15))
    (left,), = owner("SELECT balance_fen + (SELECT account_fen FROM benefit_payment WHERE month = %s) FROM ledger_account WHERE kind = 'resident_account'", month(2026, 8))
    done = settle(supervisor, key(), 7, died_on=date(2026, 7, 20), heirs=[Heir("甲", "2/3"), Heir("乙", "1/3")], province=PLACE,
                  disposable_income_fen=400_000, today=date(2026, 8, 20))
    assert (done["account_fen"], done["funeral_fen"], done["condolence_fen"]) == (left, 0, 0)
    assert sum(each["fen"] for each in done["heirs"]) == left
    assert owner("SELECT cause, fen FROM benefit_recovery") == [("death", pension)]
    assert owner("SELECT kind, balance_fen FROM ledger_account WHERE owner_kind = 'person' AND kind IN ('resident_account', 'refund_payable') ORDER BY kind") == [
        ("refund_payable", left), ("resident_account", 0)]
    assert resident_grant(Law.load(), "42", on=CLAIM) == 10 * 18_000


@pytest.mark.usefixtures("database")
def test_the_basic_pension_rises_from_its_month_out_of_the_resident_pool_and_only_in_the_scheme() -> None:
    """20 yuan for all and 5 more from sixty-five, from August 2026 on; one month was paid before; a city's own rise is the city's alone."""
    from pensioners import make, run

    from lingbao.registry.audit import audit
    from lingbao.registry.benefits import rises
    from lingbao.registry.benefits.figures import rise_figures
    from lingbao.registry.benefits.payment import pay

    make(3, PLACE)
    owner("UPDATE benefit_claim SET person_id = person_id + 100, first_payment = 24400")
    paid_years(7, 17)
    interest()
    old = granted(claimed())["pension_fen"]
    start = month(2026, 8)
    pay(run(start, PLACE, from_month=start - 1), actor=9, today=date(2026, 8, 15))
    _, clerk, supervisor = actors()
    wrong = rises.Rise(PLACE, 2026, "皖人社发〔2026〕9号", 2_000, 100, 0.0, [], "resident", start, None, "省公报")
    with pytest.raises(InputError, match="no part by years"):
        rises.enter(clerk, key(), wrong)
    with pytest.raises(InputError, match="can be read"):
        rises.enter(clerk, key(), rises.Rise(PLACE, 2026, "皖人社发〔2026〕9号", 2_000, 0, 0.0, [], "resident", start))
    for area, raised in (("Hefei", 0), (None, 1)):  # born in June 1966: sixty, not sixty-five
        decision = rises.Rise(PLACE, 2026, "皖人社发〔2026〕9号", 2_000, 0, 0.0, [(65 * 12, 500)], "resident", start, area, "省公报 2026 年第 9 期")
        number = rises.enter(clerk, key(), decision)["rise"]
        with pytest.raises(Conflict, match="entered already"):
            rises.enter(clerk, key(), decision)
        rises.approve(supervisor, key(), number)
        assert [rises.apply(number, actor=9, today=date(2026, 8, 20)) for _ in range(2)] == [raised, 0]
        assert (rise_figures(number).concerned, rise_figures(number).raised) == (raised, raised)
    assert owner("SELECT pension_fen FROM benefit_claim WHERE person_id = 7") == [(old + 2_000,)]
    assert owner("SELECT kind, amount_fen FROM benefit_payment WHERE kind <> 'monthly'") == [(f"rise:{number}", 2_000)]
    legs = owner("SELECT a.kind, l.amount_fen FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id"
                 " WHERE e.kind = 'pension_rise' ORDER BY 1")
    assert legs == [("pension_payable", 2_000), ("resident_pool", -2_000)]
    assert owner("SELECT DISTINCT pension_fen - awarded_fen FROM benefit_claim WHERE scheme = 'employee'") == [(0,)]
    assert audit(["benefits.chunks", "benefits.account_part"]) == []


@pytest.mark.usefixtures("database")
def test_a_rise_refused_with_its_reason_may_be_entered_anew() -> None:
    """A wrong entry would otherwise stand in the way of the right one; the database refuses an answer to an answer."""
    from lingbao.registry.benefits import rises

    _, clerk, supervisor = actors()
    decision = rises.Rise(PLACE, 2026, "皖人社发〔2026〕9号", 200_000, 0, 0.0, [], "resident", month(2026, 8), None, "省公报")
    number = rises.enter(clerk, key(), decision)["rise"]
    with pytest.raises(InputError, match="reason"):
        rises.refuse(clerk, key(), number, reason=" ")
    rises.refuse(clerk, key(), number, reason="多写了两个零")
    again = rises.enter(clerk, key(), rises.Rise(**{**vars(decision), "fixed_fen": 2_000}))["rise"]
    rises.approve(supervisor, key(), again)
    with pytest.raises(Conflict):
        rises.refuse(supervisor, key(), again, reason="改变主意")
    with pytest.raises(Exception, match="benefit_adjustment_answered"):
        owner("UPDATE benefit_adjustment SET refused_by = 1, refusal = 'x' WHERE id = %s", again)
