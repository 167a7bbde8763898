"""Claims by the law on the recorded career: conditions, place, provisional and final pension, death and heirs."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.errors import InputError
from lingbao.law.month import month

_keys = itertools.count()
CLAIM = month(2025, 2)
TODAY = date(2025, 2, 20)


def key() -> str:
    return f"b{next(_keys)}"


@pytest.fixture
def office(database: str) -> Any:
    """The worker 7 and two clerks of Jiangxi; 180 months paid there on 4000 yuan up to January 2025."""
    from paying import pay

    from lingbao.registry.session import Actor

    pay(7, "36", CLAIM - 180, 179, 400_000, on=date(2024, 12, 10))
    pay(7, "36", CLAIM - 1, 1, 400_000, on=date(2025, 1, 10))

    class Office:
        worker = Actor(1, "worker", person=7)
        clerk = Actor(2, "clerk", province="36")
        supervisor = Actor(3, "supervisor", province="36")
        elsewhere = Actor(4, "clerk", province="44")

    return Office


def claimant(birth: int = month(1965, 1), **changes: Any) -> Any:
    from lingbao.registry.benefits.working_out import Claimant

    return Claimant(**{"birth": birth, "worker_class": "male", "home": "36", **changes})


def claimed(office: Any, month_: int = CLAIM, today: date = TODAY, **changes: Any) -> int:
    from lingbao.registry.benefits.claims import claim

    return int(claim(office.clerk, key(), 7, claimant(**changes), relation="36", claim_month=month_, today=today)["claim"])


def test_a_claim_comes_with_its_legal_deadline(office: Any) -> None:
    """Twenty working days after Thursday 20 February 2025: Thursday 20 March."""
    from lingbao.registry.benefits.claims import claim

    answer = claim(office.worker, key(), 7, claimant(), relation="36", claim_month=CLAIM, today=TODAY)
    assert (answer["due"], answer["province"], answer["months"], answer["minimum_months"]) == ("2025-03-20", "36", 180, 180)


def interest(year: int) -> None:
    from lingbao.law.store import Law
    from lingbao.registry.collection.interest import credit_interest

    credit_interest(Law.load(), "36", year)


def paid_out(office: Any, first: int, last: int, today: date) -> None:
    from lingbao.registry.benefits.payment import approve, pay, prepare

    run = prepare(office.clerk, key(), "36", last, from_month=first)["run"]
    approve(office.supervisor, key(), run)
    pay(run, actor=3, today=today)


def owner(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def test_too_early_and_too_few_months_are_refused_with_what_is_missing(office: Any) -> None:
    with pytest.raises(InputError, match="too early"):
        claimed(office, birth=month(1966, 6))
    with pytest.raises(InputError, match="so 12 are missing"):
        claimed(office, birth=month(1963, 1), month_=CLAIM - 12)


def test_the_pension_is_that_of_the_rules_on_the_record(office: Any) -> None:
    """The account at the claim, and the account part of the pension, worked out here once more from the law's numbers."""
    from django.db import connection
    from paying import balances

    from lingbao.law.store import Law
    from lingbao.registry.benefits.claims import grant

    number = claimed(office)
    answer = grant(office.supervisor, key(), number, today=date(2025, 12, 10))
    with connection.cursor() as cursor:
        cursor.execute("SELECT lines, inputs->>'account_fen' FROM benefit_calculation WHERE claim_id = %s", [number])
        lines, account = cursor.fetchone()
    lines = json.loads(lines) if isinstance(lines, str) else lines
    law = Law.load()
    divisor = {int(k): v for k, v in law.table("national.account.payout_months", CLAIM).items()}
    age, past = divmod(CLAIM - month(1965, 1), 12)
    between = round(divisor[age] + (divisor[age + 1] - divisor[age]) * past / 12 + 1e-9, 1)
    assert lines["account"] == pytest.approx(int(account) / 100 / between, abs=0.011)
    # Two months on the old balance and on January's posting; in December 2025 the rate of 2024 is the last one out.
    december = 179 * 32_000 + round(179 * 32_000 * 0.0262 / 12)  # with its month of 2024, credited with the grant
    assert int(account) == december + 32_000 + round((december + 32_000) * 0.0262 * 2 / 12)
    assert balances(7)[("individual", "36")] == int(account)
    assert answer["pension_fen"] == round((lines["basic"] + lines["account"] + sum(lines["additions"].values())) * 100)
    assert answer["first_payment"] == "2025-03"


def test_who_takes_a_claim_in_does_not_grant_it(office: Any) -> None:
    from lingbao.registry.benefits.claims import grant
    from lingbao.registry.errors import Forbidden, NotFound

    number = claimed(office)
    with pytest.raises(Forbidden, match="second person"):
        grant(office.clerk, key(), number, today=TODAY)
    with pytest.raises(NotFound):
        grant(office.elsewhere, key(), number, today=TODAY)


def test_a_provisional_pension_is_settled_to_the_fen_once_the_base_is_out(office: Any) -> None:
    from lingbao.registry.benefits.claims import finalise, grant
    from lingbao.registry.benefits.payment import approve, pay, payments_of, prepare

    number = claimed(office)
    first = grant(office.supervisor, key(), number, today=TODAY)
    assert first["state"] == "provisional"
    for month_ in range(CLAIM + 1, CLAIM + 4):
        run = prepare(office.clerk, key(), "36", month_)["run"]
        approve(office.supervisor, key(), run)
        pay(run, actor=3, today=date(2025, 5, 10))
    assert finalise(office.supervisor, key(), number, today=date(2025, 2, 25))["settled"] is False
    settled = finalise(office.supervisor, key(), number, today=date(2026, 3, 1))
    assert settled["settled"] is True
    assert settled["difference_fen"] == 3 * (settled["pension_fen"] - first["pension_fen"]) > 0
    assert [(kind, fen) for _, kind, fen, _ in payments_of(number) if kind == "final"] == [("final", settled["difference_fen"])]


def test_interest_of_the_year_before_that_comes_after_the_grant_is_in_the_pension(office: Any) -> None:
    """Granted in February 2025, when the rate of 2024 is not out: provisional; then as if the interest of 2024 had been there."""
    from paying import balances, pay

    from lingbao.registry.benefits.claims import finalise, grant
    from lingbao.registry.benefits.interest import account_at_claim

    pay(8, "36", CLAIM - 180, 180, 400_000, on=date(2023, 12, 10))
    number = int(claim_of(office, 8)["claim"])
    first = grant(office.supervisor, key(), number, today=TODAY)
    assert (first["state"], first["interest_missing"]) == ("provisional", [2024])
    opening = 180 * 32_000 + round(180 * 32_000 * 0.0397 / 12)  # the rate of 2023 is out, so its interest was credited with the grant
    assert owner("SELECT account_start_fen FROM benefit_claim") == [(round(opening * (1 + 0.0397 * 2 / 12)),)]
    paid_out(office, CLAIM + 1, CLAIM + 3, date(2025, 6, 1))
    settled = finalise(office.supervisor, key(), number, today=date(2026, 3, 1))
    opening += round(opening * 0.0262)
    account, part = owner("SELECT account_start_fen, account_pension_fen FROM benefit_claim")[0]
    assert account == round(opening * (1 + 0.0397 * 2 / 12)), "up to the claim it bears the rate known at the grant"
    lines = [json.loads(each) for each, in owner("SELECT lines::text FROM benefit_calculation ORDER BY id")]
    assert lines[1]["account"] == pytest.approx(account / 100 / lines[1]["payout_months"], abs=0.011) and part == round(lines[1]["account"] * 100)
    assert lines[1]["account"] > lines[0]["account"]
    assert settled["difference_fen"] == 3 * (settled["pension_fen"] - first["pension_fen"])
    before = balances(8)
    interest(2024)
    assert balances(8) == before, "the run of the year finds nothing left"
    assert account_at_claim(8, "36", CLAIM, law=law(), known=CLAIM).fen == account, "drawings since do not change it"


def test_years_before_the_first_rate_on_record_are_named_and_not_waited_for(office: Any) -> None:
    """Provinces set the rate before 2016; none is on record and none is to come."""
    from paying import pay

    from lingbao.registry.benefits.claims import grant

    pay(8, "36", CLAIM - 180, 180, 400_000, on=date(2014, 12, 10))
    assert grant(office.supervisor, key(), int(claim_of(office, 8)["claim"]), today=date(2025, 12, 10))["interest_missing"] == []
    lines, = owner("SELECT lines::text FROM benefit_calculation")[0]
    assert json.loads(lines)["interest_not_on_record"] == [2014, 2015]
    assert owner("SELECT count(*) FROM ledger_entry WHERE kind = 'interest' AND source IS NULL") == [(2024 - 2016 + 1,)]


def law() -> Any:
    from lingbao.law.store import Law

    return Law.load()


def claim_of(office: Any, person: int) -> Any:
    from lingbao.registry.benefits.claims import claim

    return claim(office.clerk, key(), person, claimant(), relation="36", claim_month=CLAIM, today=TODAY)


def test_a_share_comes_anew_on_the_pension_that_was_settled(office: Any) -> None:
    """Granted for the time being, raised by 100 yuan and 10% from January, then settled: the share is one of the settled pension."""
    from lingbao.registry.benefits.claims import finalise, grant
    from lingbao.registry.benefits.payment import payments_of
    from lingbao.registry.benefits.rises import Rise, apply, approve, enter

    number = claimed(office)
    first = grant(office.supervisor, key(), number, today=TODAY)["pension_fen"]
    january = month(2026, 1)
    paid_out(office, january - 1, january + 2, date(2026, 3, 15))
    rise = enter(office.clerk, key(), Rise("36", 2026, "调整通知（测试）", 10_000, 0, 0.1))["rise"]
    approve(office.supervisor, key(), rise)
    assert apply(rise, actor=3, today=date(2026, 4, 1)) == 1
    paid_out(office, january + 3, january + 3, date(2026, 4, 15))
    interest(2024)
    settled = finalise(office.supervisor, key(), number, today=date(2026, 5, 1))
    final, = owner("SELECT awarded_fen FROM benefit_claim")[0]
    assert settled["pension_fen"] == int(final * 1.1 + 0.5) + 10_000
    due = final + 4 * settled["pension_fen"]
    assert sum(amount for _, _, amount, _ in payments_of(number)) == due and final > first
    lines, = owner("SELECT lines->'rises' FROM benefit_calculation ORDER BY id DESC LIMIT 1")[0]
    assert f'"after_fen": {settled["pension_fen"]}' in str(lines).replace("'", '"')


def test_who_retired_in_december_is_raised_with_the_new_year_and_who_died_since_to_the_month_of_death(office: Any) -> None:
    """人社部发〔2024〕48号: retired by 31 December of the year before, though first paid in January. A retirement of January is not raised."""
    from pensioners import make

    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.figures import rise_figures
    from lingbao.registry.benefits.payment import payments_of
    from lingbao.registry.benefits.rises import Rise, apply, approve, enter
    from lingbao.registry.session import SYSTEM, run_as

    make(4)
    january = month(2026, 1)
    owner("UPDATE benefit_claim SET claim_month = %s - 1, first_payment = %s WHERE person_id <= 3", january, january)
    owner("UPDATE benefit_claim SET claim_month = %s, first_payment = %s + 1 WHERE person_id = 4", january, january)
    paid_out(office, january, january + 3, date(2026, 4, 15))
    for person, died_on in ((2, date(2026, 2, 10)), (3, date(2025, 12, 30))):
        settle(office.clerk, key(), person, died_on=died_on, heirs=[Heir("甲", "1")], province="36", disposable_income_fen=400_000, today=date(2026, 5, 1))
    rise = enter(office.clerk, key(), Rise("36", 2026, "调整通知（测试）", 5_000, 0, 0.0))["rise"]
    approve(office.supervisor, key(), rise)
    assert apply(rise, actor=0, today=date(2026, 7, 1)) == 2
    assert (figures := run_as(SYSTEM, lambda: rise_figures(rise))).concerned == figures.raised == 2
    assert [[(kind, amount) for _, kind, amount, _ in payments_of(claim) if kind != "monthly"] for claim in (1, 2, 3, 4)] == [
        [(f"rise:{rise}", 4 * 5_000)], [(f"rise:{rise}", 2 * 5_000)], [], []]


def test_a_death_ends_the_pension_and_not_what_is_still_to_be_settled(office: Any) -> None:
    """Provisional at the death: the months up to it are made up once the base is out; the months beyond stay owed as they were paid."""
    from lingbao.registry.benefits.claims import finalise, grant
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.payment import payments_of
    from lingbao.registry.errors import Conflict

    number = claimed(office)
    first = grant(office.supervisor, key(), number, today=TODAY)["pension_fen"]
    interest(2024)
    paid_out(office, CLAIM + 1, CLAIM + 4, date(2025, 6, 15))
    settle(office.clerk, key(), 7, died_on=date(2025, 5, 20), heirs=[Heir("甲", "1")], province="36", disposable_income_fen=400_000, today=date(2025, 6, 20))
    settled = finalise(office.supervisor, key(), number, today=date(2026, 3, 1))
    assert settled["difference_fen"] == 3 * (settled["pension_fen"] - first) > 0
    assert owner("SELECT state, last_payment FROM benefit_claim") == [("ended", month(2025, 5))]
    assert owner("SELECT cause, fen FROM benefit_recovery") == [("death", first)]
    assert [fen for _, kind, fen, _ in payments_of(number) if kind == "final"] == [settled["difference_fen"]]
    with pytest.raises(Conflict, match="only for 'provisional'"):
        finalise(office.supervisor, key(), number, today=date(2026, 3, 1))


def test_provisional_pensions_wait_by_month_and_are_settled_together_once_they_can_be(office: Any) -> None:
    """Two of February 2025: they wait for the base and the rate; then both are settled, one of them after a death."""
    from paying import pay

    from lingbao.registry.benefits.claims import grant
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.settling import settle_all, waiting

    def seen(today: date) -> list[tuple[int, int, bool, int]]:
        return [(each.claims, each.without_interest, each.base_out, each.ready) for each in waiting("36", today=today)]

    pay(8, "36", CLAIM - 180, 180, 300_000, on=date(2024, 12, 10))
    for person in (7, 8):
        grant(office.supervisor, key(), int(claim_of(office, person)["claim"]), today=TODAY)
    paid_out(office, CLAIM + 1, CLAIM + 1, date(2025, 3, 15))
    assert seen(TODAY) == [(2, 2, False, 0)] and waiting("44", today=TODAY) == []
    out = date(2026, 3, 1)
    assert (early := settle_all(office.supervisor, "36", today=TODAY)).settled == 0 and early.left == 2
    settle(office.clerk, key(), 8, died_on=date(2025, 3, 20), heirs=[Heir("甲", "1")], province="36", disposable_income_fen=400_000, today=out)
    assert seen(out) == [(2, 1, True, 2)]
    told: list[int] = []
    done = settle_all(office.supervisor, "36", today=out, progress=told.append)
    assert (done.settled, done.left, done.owed_fen, done.faults, told) == (2, 0, 0, (), [1, 2])
    assert owner("SELECT sum(amount_fen)::bigint FROM benefit_payment WHERE kind = 'final'") == [(done.paid_fen,)] and done.paid_fen > 0
    assert seen(out) == [] and settle_all(office.supervisor, "36", today=out).settled == 0


def test_a_calculation_run_again_gives_the_same_fen(office: Any) -> None:
    from lingbao.registry.benefits.claims import grant, recompute

    number = claimed(office)
    grant(office.supervisor, key(), number, today=TODAY)
    stored, again = recompute(number)
    assert stored == again


def test_one_pension_for_a_person_and_no_transfer_for_a_pensioner(office: Any) -> None:
    from lingbao.registry.benefits.claims import grant
    from lingbao.registry.errors import Conflict, RegistryError
    from lingbao.registry.transfers.services import Applicant, apply

    number = claimed(office)
    with pytest.raises(Conflict, match="twice"):
        claimed(office)
    grant(office.supervisor, key(), number, today=TODAY)
    with pytest.raises(RegistryError, match="does not move"):
        apply(office.worker, key(), Applicant(7, "male", month(1965, 1), "44"), from_province="36", to_province="44", today=TODAY)


def test_money_left_elsewhere_is_collected_first(office: Any) -> None:
    from paying import pay

    from lingbao.registry.benefits.claims import grant
    from lingbao.registry.errors import Conflict

    pay(7, "44", CLAIM - 200, 3, 500_000, temporary=True)
    number = claimed(office)
    with pytest.raises(Conflict, match="another province"):
        grant(office.supervisor, key(), number, today=TODAY)


def test_after_a_death_heirs_receive_the_account_and_the_grants_to_the_fen(office: Any) -> None:
    from paying import balances, books

    from lingbao.registry.benefits.claims import grant
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.payment import approve, pay, payments_of, prepare

    number = claimed(office)
    grant(office.supervisor, key(), number, today=TODAY)
    for month_ in (CLAIM + 1, CLAIM + 2):
        run = prepare(office.clerk, key(), "36", month_)["run"]
        approve(office.supervisor, key(), run)
        pay(run, actor=3, today=date(2025, 4, 10))
    left = balances(7)[("individual", "36")]
    interest = round(180 * 32_000 * 0.0397 * 2 / 12)  # in February 2025 the rate of 2023 is the last one out
    assert left == 180 * 32_000 + interest - sum(account for *_, account in payments_of(number))
    beyond, from_account = payments_of(number)[-1][2:]  # April was paid after the death; what the account gave for it goes back to it
    left += from_account
    answer = settle(office.clerk, key(), 7, died_on=date(2025, 3, 31), heirs=[Heir("甲", "1/3"), Heir("乙", "2/3")], province="36",
                    disposable_income_fen=400_001, today=date(2025, 4, 20))
    # Fifteen years paid: nine months of condolence; drawn for one month, no whole year to take off; two months for the funeral.
    assert (answer["funeral_fen"], answer["condolence_fen"], answer["account_fen"]) == (800_002, 9 * 400_001, left)
    whole = left + 11 * 400_001
    assert sum(heir["fen"] for heir in answer["heirs"]) == whole == balances(7)[("refund_payable", "36")]
    assert books() == {}
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT fen FROM benefit_recovery WHERE claim_id = %s", [number])
        assert cursor.fetchone()[0] == beyond
    run = prepare(office.clerk, key(), "36", CLAIM + 3)["run"]
    approve(office.supervisor, key(), run)
    assert pay(run, actor=3, today=date(2025, 5, 10)).payments == 0


@given(st.integers(0, 10**10), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_inheritance_loses_no_fen(total: int, weights: list[int]) -> None:
    from lingbao.registry.benefits.inheritance import divide

    parts = divide(total, [f"{weight}/{sum(weights)}" for weight in weights])
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1.001 for part, weight in zip(parts, weights, strict=True))


def test_shares_that_make_no_whole_are_refused() -> None:
    from lingbao.registry.benefits.inheritance import divide

    with pytest.raises(InputError, match="make one"):
        divide(100, ["1/2", "1/3"])
