"""Claims by the law on the recorded career: conditions, place, provisional and final pension, death and heirs."""

from __future__ import annotations

import itertools
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
    import json

    lines = json.loads(lines) if isinstance(lines, str) else lines
    law = Law.load()
    divisor = {int(k): v for k, v in law.table("national.account.payout_months", CLAIM).items()}
    age, past = divmod(CLAIM - month(1965, 1), 12)
    between = round(divisor[age] + (divisor[age + 1] - divisor[age]) * past / 12 + 1e-9, 1)
    assert lines["account"] == pytest.approx(int(account) / 100 / between, abs=0.011)
    # Two months on the old balance and on January's posting; in December 2025 the rate of 2024 is the last one out.
    assert int(account) == 180 * 32_000 + round(180 * 32_000 * 0.0262 * 2 / 12)
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


def test_the_queue_shows_what_waits_and_until_when(office: Any) -> None:
    from lingbao.registry.benefits.claims import grant, queue
    from lingbao.registry.session import acting_as

    number = claimed(office)
    with acting_as(office.clerk):
        assert [(each["claim"], each["state"], str(each["due"])) for each in queue("36")] == [(number, "applied", "2025-03-20")]
    with acting_as(office.elsewhere):
        assert queue("36") == []
    grant(office.supervisor, key(), number, today=TODAY)
    with acting_as(office.clerk):
        assert [each["state"] for each in queue("36")] == ["provisional"]


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
    answer = settle(office.clerk, key(), 7, died_on=date(2025, 3, 31), heirs=[Heir("甲", "1/3"), Heir("乙", "2/3")], province="36",
                    disposable_income_fen=400_001, today=date(2025, 4, 20))
    # Fifteen years paid: nine months of condolence; drawn for one month, no whole year to take off; two months for the funeral.
    assert (answer["funeral_fen"], answer["condolence_fen"], answer["account_fen"]) == (800_002, 9 * 400_001, left)
    whole = left + 11 * 400_001
    assert sum(heir["fen"] for heir in answer["heirs"]) == whole == balances(7)[("refund_payable", "36")]
    assert books() == {}
    from django.db import connection

    with connection.cursor() as cursor:  # April was paid after the death
        cursor.execute("SELECT fen FROM benefit_recovery WHERE claim_id = %s", [number])
        assert cursor.fetchone()[0] == payments_of(number)[-1][2]
    run = prepare(office.clerk, key(), "36", CLAIM + 3)["run"]
    approve(office.supervisor, key(), run)
    assert pay(run, actor=3, today=date(2025, 5, 10)).payments == 0


@given(st.integers(0, 10**10), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_inheritance_loses_no_fen(total: int, weights: list[int]) -> None:
    from lingbao.registry.benefits.death import divide

    parts = divide(total, [f"{weight}/{sum(weights)}" for weight in weights])
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1.001 for part, weight in zip(parts, weights, strict=True))


def test_shares_that_make_no_whole_are_refused() -> None:
    from lingbao.registry.benefits.death import divide

    with pytest.raises(InputError, match="make one"):
        divide(100, ["1/2", "1/3"])
