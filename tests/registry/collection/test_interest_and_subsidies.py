"""Interest of a year by the rule and the rate, posted once; subsidies within the law's limits, for months truly paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_up import Office, accounts, as_owner, moved, registered, worker
from test_bills import LAW, MAY, billed, member
from test_payments import COST, IN_MAY, asked, delivered, holds, in_order

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month


def credited(year: int, law: Any = LAW, **known: Any) -> tuple[int, int]:
    from lingbao.registry.collection.interest import credit_interest

    done = credit_interest(law, "36", year, **known)
    return done.accounts, done.fen


@pytest.mark.usefixtures("database")
def test_interest_by_month_products_and_no_fen_twice() -> None:
    """2024 at 2.62%: 10 000 yuan over the year earn 262.00; 1200 of March earn 10 months: 26.20; together 288.20."""
    bank, account = accounts("bank", "individual")
    moved((bank, -1_000_000), (account, 1_000_000), value_date=date(2023, 12, 31))
    moved((bank, -120_000), (account, 120_000), value_date=date(2024, 3, 31))
    moved((bank, -777), (account, 777), value_date=date(2025, 1, 1))
    assert credited(2024) == (1, 28_820)
    assert credited(2024) == (0, 0)
    assert holds(1, "individual") == 1_000_000 + 120_000 + 777 + 28_820
    assert as_owner("SELECT value_date, law_hash FROM ledger_entry WHERE kind = 'interest'") == [(date(2024, 12, 31), LAW.hash)]
    in_order()


@pytest.mark.usefixtures("database")
def test_a_correction_of_the_year_brings_the_difference_only() -> None:
    from lingbao.registry.ledger.posting import reverse
    from lingbao.registry.session import SYSTEM, run_as

    bank, account = accounts("bank", "individual")
    moved((bank, -1_000_000), (account, 1_000_000), value_date=date(2023, 12, 31))
    march = moved((bank, -120_000), (account, 120_000), value_date=date(2024, 3, 31))
    credited(2024)
    run_as(SYSTEM, lambda: reverse(march, actor=0, reason="误缴"))
    assert credited(2024) == (1, -2_620)
    in_order()


@pytest.mark.usefixtures("database")
def test_interest_earns_interest_the_year_after() -> None:
    """2023 at 3.97%, 2024 at 2.62%: 10 000 → 10 397.00 → interest 272.40."""
    bank, account = accounts("bank", "individual")
    moved((bank, -1_000_000), (account, 1_000_000), value_date=date(2022, 12, 31))
    assert credited(2023) == (1, 39_700)
    assert credited(2024) == (1, 27_240)


@pytest.mark.usefixtures("database")
def test_no_rate_no_interest() -> None:
    with pytest.raises(MissingLaw):
        credited(2026)
    with pytest.raises(MissingLaw):
        credited(2024, known=month(2024, 12))  # published the year after
    assert as_owner("SELECT count(*) FROM ledger_entry") == [(0,)]


@pytest.mark.usefixtures("database")
def test_runs_at_the_same_moment_and_in_blocks_credit_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from django.db import connection

    from lingbao.registry.collection import interest

    monkeypatch.setattr(interest, "BLOCK", 2)
    bank, = accounts("bank", owner=99)
    for owner in range(1, 8):
        account, = accounts("individual", owner=owner)
        moved((bank, -1_000_000), (account, 1_000_000), value_date=date(2023, 12, 31))
    sums: list[int] = []

    def run() -> None:
        try:
            sums.append(credited(2024)[1])
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(sums) == 7 * 26_200
    assert as_owner("SELECT sum(balance_fen) FROM ledger_account WHERE kind = 'interest'") == [(-7 * 26_200,)]
    in_order()


def granted(office: Office, person: int, **changes: Any) -> int:
    from lingbao.registry.collection.subsidies import Grant, grant
    from lingbao.registry.session import run_as

    allowed = changes.pop("months_allowed", 36)
    wish = Grant(**{"person": person, "province": "36", "programme": "hard_to_employ", "payer_kind": "state", "payer_id": 0,
                    "share": 2 / 3, "since": MAY, "until": MAY + 36, **changes})
    return run_as(office.supervisor, lambda: grant(office.supervisor, LAW, wish, months_allowed=allowed))


def paying_out(office: Office, by: Any, person: int, fen: int, channel: str) -> str:
    """What is owed, proposed by one and approved by the supervisor: the number under which the bank is asked."""
    from lingbao.registry.collection.proposals import propose_refund
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.session import run_as

    wish = run_as(by, lambda: propose_refund(by, person, "36", fen, channel=channel, reason="补贴", kind="owed"))
    return str(run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish)))


def test_a_subsidy_follows_the_payment_and_only_once(office: Office) -> None:
    """财社〔2023〕181号: at most two thirds of what was truly paid; 767.80 → 511.87."""
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.subsidies import post_subsidies
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(office.clerk))
    membership = member(himself, himself.person)
    billed(himself, membership, MAY)
    granted(office, himself.person)

    def posted() -> int:
        return len(run_as(SYSTEM, lambda: post_subsidies(LAW, "36", MAY, on=date(2024, 6, 10))))

    assert posted() == 0  # nothing paid, nothing subsidised
    bank = StandInBank()
    asked(himself, COST, bank, on=IN_MAY)
    delivered(bank)
    assert (posted(), posted()) == (1, 0)
    assert holds(himself.person, "refund_payable") == 51_187
    assert as_owner("SELECT owner_kind, balance_fen FROM ledger_account WHERE kind = 'subsidy_receivable'") == [("state", -51_187)]
    in_order()


def test_a_subsidy_reaches_the_person_when_its_payer_has_paid(office: Office) -> None:
    from lingbao.registry.collection.bank import Manners, StandInBank
    from lingbao.registry.collection.subsidies import post_subsidies, subsidy_received
    from lingbao.registry.errors import Conflict, Overdrawn
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(office.clerk))
    billed(himself, member(himself, himself.person), MAY)
    granted(office, himself.person)
    bank = StandInBank()
    asked(himself, COST, bank, on=IN_MAY)
    delivered(bank)
    run_as(SYSTEM, lambda: post_subsidies(LAW, "36", MAY, on=IN_MAY))

    def out(fen: int, by: Any = office.clerk) -> str:
        return paying_out(office, by, himself.person, fen, bank.channel)

    with pytest.raises(Conflict):
        out(51_187, office.supervisor)
    with pytest.raises(Overdrawn):
        out(51_188)
    number = out(51_187)
    with pytest.raises(Overdrawn):
        out(1)  # all of it has been asked for
    failing = StandInBank(manners=Manners(fails=1.0), seed=4)
    failing.pay_back(number, 51_187, IN_MAY)
    delivered(failing)
    assert holds(himself.person, "refund_payable") == 51_187
    again = out(51_187)
    with pytest.raises(Overdrawn):
        run_as(SYSTEM, lambda: subsidy_received(LAW, "state", 0, "36", 51_188, reference="T1", on=IN_MAY))
    run_as(SYSTEM, lambda: subsidy_received(LAW, "state", 0, "36", 51_187, reference="T1", on=IN_MAY))
    with pytest.raises(Conflict):
        run_as(SYSTEM, lambda: subsidy_received(LAW, "state", 0, "36", 51_187, reference="T1", on=IN_MAY))
    bank.pay_back(again, 51_187, IN_MAY)
    delivered(bank)
    assert holds(himself.person, "refund_payable") == 0
    in_order()


def test_all_subsidies_of_a_month_are_at_most_what_was_paid(office: Office) -> None:
    """Three grants of two thirds each: in turn 511.87, the rest of 767.80, and nothing; a payer bears one part of a shared one."""
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.subsidies import post_subsidies
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(office.clerk))
    billed(himself, member(himself, himself.person), MAY)
    granted(office, himself.person, programme="shared", payer_kind="state", payer_id=0)
    granted(office, himself.person, programme="shared", payer_kind="province", payer_id=36)
    with pytest.raises(Conflict) as refused:
        granted(office, himself.person, programme="shared", payer_kind="state", payer_id=0, since=MAY + 35, until=MAY + 40)
    assert refused.value.code == "collection.payer_shares"
    granted(office, himself.person, programme="shared", payer_kind="state", payer_id=0, since=MAY + 36, until=MAY + 40)
    granted(office, himself.person, payer_kind="province", payer_id=36)
    bank = StandInBank()
    asked(himself, COST, bank, on=IN_MAY)
    delivered(bank)
    run_as(SYSTEM, lambda: post_subsidies(LAW, "36", MAY, on=IN_MAY))
    assert holds(himself.person, "refund_payable") == COST
    assert as_owner("SELECT owner_kind, balance_fen FROM ledger_account WHERE kind = 'subsidy_receivable'") == [("province", -COST)]
    granted(office, himself.person, programme="shared", payer_kind="platform", payer_id=5)  # found out later: nothing is left
    assert run_as(SYSTEM, lambda: post_subsidies(LAW, "36", MAY, on=IN_MAY)) == []
    in_order()


@pytest.mark.parametrize("paid_out", [False, True])
def test_a_subsidy_goes_back_with_the_contribution(office: Office, paid_out: bool) -> None:
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.proposals import propose_take_back
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.collection.subsidies import owed_by_payers, post_subsidies, subsidy_received
    from lingbao.registry.enrolment.membership import memberships
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(office.clerk))
    billed(himself, member(himself, himself.person), MAY)
    granted(office, himself.person)
    bank = StandInBank()
    asked(himself, COST, bank, on=IN_MAY)
    delivered(bank)
    run_as(SYSTEM, lambda: post_subsidies(LAW, "36", MAY, on=IN_MAY))
    if paid_out:
        run_as(SYSTEM, lambda: subsidy_received(LAW, "state", 0, "36", 51_187, reference="T1", on=IN_MAY))
        bank.pay_back(paying_out(office, office.clerk, himself.person, 51_187, bank.channel), 51_187, IN_MAY)
        delivered(bank)
    entry = as_owner("SELECT entry_id FROM collection_part")[0][0]
    wish = run_as(office.clerk, lambda: propose_take_back(office.clerk, entry, reason="误缴"))
    with pytest.raises(Conflict):
        run_as(office.clerk, lambda: propose_take_back(office.clerk, entry, reason="误缴"))
    assert run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish)) is None
    assert (holds(himself.person, "refund_payable"), holds(himself.person, "individual")) == (0, 0)
    assert holds(himself.person, "suspense") == (COST - 51_187 if paid_out else COST)
    assert run_as(SYSTEM, lambda: owed_by_payers("36")) == ([("36", "state", 0, -51_187)] if paid_out else [])
    assert run_as(SYSTEM, lambda: post_subsidies(LAW, "36", MAY, on=IN_MAY)) == []
    in_order()
    # Paid again, the month is subsidised again, and the payer's credit is used up first.
    asked(himself, COST, bank, on=IN_MAY)
    delivered(bank)
    billed(himself, run_as(himself, lambda: memberships(himself.person))[0].id, MAY)
    assert len(run_as(SYSTEM, lambda: post_subsidies(LAW, "36", MAY, on=IN_MAY))) == 1
    assert run_as(SYSTEM, lambda: owed_by_payers("36")) == ([] if paid_out else [("36", "state", 0, 51_187)])
    in_order()


def test_the_limits_of_the_law_hold(office: Office) -> None:
    from lingbao.registry.collection.subsidies import longest
    from lingbao.registry.errors import Conflict, Forbidden

    person = registered(office.clerk)
    assert longest(LAW, "hard_to_employ", months_to_retirement=40) == 40
    assert longest(LAW, "hard_to_employ", months_to_retirement=100) == 36
    assert longest(LAW, "graduate", months_since_school=25) == 0
    for changes, code in (({"share": 0.7}, "collection.share"), ({"until": MAY + 37}, "collection.months"),
                          ({"programme": "gift"}, "collection.programme")):
        with pytest.raises(InputError) as refused:
            granted(office, person, **changes)
        assert refused.value.code == code
    granted(office, person)
    with pytest.raises(Conflict):
        granted(office, person, programme="graduate", since=MAY + 35, until=MAY + 40)
    granted(office, person, programme="shared", payer_kind="platform", payer_id=5, share=0.2)
    office.supervisor = office.clerk
    with pytest.raises(Forbidden):
        granted(office, person, since=MAY + 60, until=MAY + 61)
