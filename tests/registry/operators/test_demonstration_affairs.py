"""What happens in the demonstration: every state of a transfer, claim and matter is met, and the books hold."""

from __future__ import annotations

from typing import Any

import pytest
from made_up import as_owner
from operators_place import TODAY

from lingbao.registry.transfers.machine import ENDED, OPEN

PEOPLE = 1550  # fifty in each province, so that one of each has retired


def busy_nation(jobs: int = 1) -> Any:
    from lingbao.registry.operations.demonstration_load import load

    return load(PEOPLE, 1, TODAY, jobs=jobs)


def summary() -> list[Any]:
    """Whatever does not depend on the order in which tasks were done."""
    return [as_owner(sql) for sql in (
        "SELECT person_id, from_province, to_province, applied_on, state, last_day, steps, account_fen, pooled_fen FROM transfer_case ORDER BY person_id, applied_on",
        "SELECT person_id, province, claim_month, state, first_payment, pension_fen, account_start_fen FROM benefit_claim ORDER BY person_id",
        "SELECT c.person_id, p.month, p.kind, p.amount_fen, p.account_fen FROM benefit_payment p JOIN benefit_claim c ON c.id = p.claim_id ORDER BY 1, 2, 3",
        "SELECT person_id, kind, handler, state, last_day, due, level FROM dispute_case ORDER BY person_id, kind, lodged_on",
        "SELECT p.code, f.key, f.posted, f.duplicates, f.rejected, f.unknown, f.exempt, f.withheld_fen FROM orders_file f"
        " JOIN orders_platform p ON p.id = f.platform_id ORDER BY 1, 2",
        "SELECT person_id, scheme, province, since, until FROM enrolment_membership ORDER BY person_id, since",
        "SELECT kind, owner_kind, CASE WHEN owner_kind <> 'platform' THEN owner_id END, province, balance_fen FROM ledger_account ORDER BY 1, 2, 3, 4, 5",
    )]


@pytest.mark.slow
def test_every_state_is_met_and_the_audit_is_clean(database: str) -> None:
    from lingbao.registry.audit import audit

    made = busy_nation()
    assert audit() == []
    assert {state for state, in as_owner("SELECT DISTINCT state FROM transfer_case")} == {*OPEN, *ENDED}
    assert {state for state, in as_owner("SELECT DISTINCT state FROM benefit_claim")} == {"applied", "refused", "provisional", "final"}
    assert {kind for kind, in as_owner("SELECT DISTINCT kind FROM benefit_payment")} == {"monthly", "final"}
    assert {state for state, in as_owner("SELECT DISTINCT state FROM dispute_case")} == {
        "lodged", "accepted", "referred", "answered", "refused", "withdrawn", "closed"}
    assert {kind for kind, in as_owner("SELECT DISTINCT kind FROM dispute_case")} == {"advice", "complaint", "review", "transfer"}
    assert {code for code, in as_owner("SELECT DISTINCT template FROM notice_message")} >= {
        "transfer_step", "transfer_done", "pension_granted", "complaint_answered", "payment_missed"}
    counts = as_owner("SELECT (SELECT count(*) FROM transfer_case), (SELECT count(*) FROM benefit_claim), (SELECT count(*) FROM dispute_case),"
                      " (SELECT count(*) FROM notice_message), (SELECT sum(posted) FROM orders_file)")
    assert counts == [(made.transfers, made.claims, made.matters, made.messages, made.orders)]
    pending, withheld = as_owner("SELECT sum(balance_fen) FILTER (WHERE kind = 'pending'), sum(balance_fen) FILTER (WHERE kind = 'withheld') FROM ledger_account")[0]
    assert pending > 0 and withheld > 0, "some of the platforms' money has arrived and some has not"
    assert as_owner("SELECT count(*) FROM people_actor WHERE login IS NOT NULL") == [(0,)], "nobody of a demonstration can sign in"


@pytest.mark.slow
def test_the_run_of_the_year_finds_the_interest_of_the_loading_complete(database: str) -> None:
    from lingbao.law.month import month
    from lingbao.law.store import Law
    from lingbao.registry.collection.interest import Credited, credit_interest
    from lingbao.registry.operations.demonstration_load import load

    load(PEOPLE, 1, TODAY, affairs=False)
    law, known, year = Law.load(), month(TODAY.year, TODAY.month), TODAY.year - 2  # before the first claims
    (accounts, before), = as_owner("SELECT count(*), sum(amount_fen) FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE e.kind = 'interest'"
                                   f" AND amount_fen > 0 AND value_date = '{year}-12-31'")
    assert accounts and before > 0
    for province in law.provinces():
        for past in range(year - 7, year + 1):
            assert credit_interest(law, province.code, past, known=known) == Credited(0, 0)


@pytest.mark.slow
def test_processes_that_share_the_work_make_the_same_affairs(server: str) -> None:
    from conftest_database import fresh

    with fresh(server):
        alone, one = busy_nation(), summary()
    with fresh(server):
        together, two = busy_nation(jobs=2), summary()
    assert alone == together
    assert one == two


@pytest.mark.slow
def test_what_a_superuser_changes_in_the_affairs_is_found(database: str) -> None:
    from lingbao.registry.audit import audit

    harms = {
        "benefits.chunks": "DELETE FROM benefit_payment WHERE (claim_id, month) = (SELECT claim_id, month FROM benefit_payment LIMIT 1)",
        "transfers.on_the_way": "UPDATE transfer_case SET state = 'closed', out_entry = NULL"
                                " WHERE id = (SELECT min(id) FROM transfer_case WHERE state = 'money_sent')",
        "orders.file_facts": "UPDATE orders_fact SET withheld_fen = withheld_fen + 1 WHERE order_number = (SELECT min(order_number) FROM orders_fact)",
    }
    busy_nation(jobs=2)
    assert audit() == []
    as_owner(f"SET session_replication_role = replica; {'; '.join(harms.values())}; SET session_replication_role = origin")
    assert set(harms) <= {finding.code for finding in audit()}
