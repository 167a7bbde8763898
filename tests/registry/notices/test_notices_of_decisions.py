"""Whoever asked for something is told once that it is decided."""

from __future__ import annotations

from typing import Any

import pytest
from made_up import TODAY, as_owner, open_office, registered

pytestmark = pytest.mark.usefixtures("database")


def decided(person: int) -> None:
    """A subsidy refused, a move refused, a claim refused, and a plan to set off, all about one person; and one that still waits."""
    as_owner("INSERT INTO collection_subsidy_request (person_id, province, programme, payer_kind, payer_id, stated, about, words, asked_on, state, reason,"
             " answered_on, answered_by) VALUES (%s, '36', 'graduate', 'province', 36, '{}', 'a', '', %s, 'refused', '不符', %s, 0),"
             " (%s, '36', 'shared', 'state', 0, '{}', 'b', '', %s, 'asked', '', NULL, NULL)", [person, TODAY, TODAY, person, TODAY])
    as_owner("INSERT INTO transfer_conversion (person_id, province, direction, applied_on, due, due_provisional, law_hash, state, reason, answered_on, answered_by)"
             " VALUES (%s, '36', 'to_resident', %s, %s, false, 'law', 'refused', '材料不全', %s, 0)", [person, TODAY, TODAY, TODAY])
    as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, prepared_by, state, reason)"
             " VALUES (%s, '36', 24300, '{}', %s, %s, false, 0, 'refused', '年限不足')", [person, TODAY, TODAY])
    claim: Any = as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, prepared_by, state, first_payment,"
                          " months, awarded_fen, pension_fen, account_pension_fen, account_start_fen, granted_by, granted_at) VALUES"
                          " (%s, '36', 24300, '{}', %s, %s, false, 0, 'final', 24301, 180, 1000, 1000, 0, 0, 0, now()) RETURNING id", [person, TODAY, TODAY])[0][0]
    owed = as_owner("INSERT INTO benefit_recovery (claim_id, cause, fen) VALUES (%s, 'final', 100) RETURNING id", [claim])[0][0]
    as_owner("INSERT INTO benefit_set_off_plan (recovery_id, claim_id, monthly_fen, from_month, said, proposed_by, proposed_on, state, decided_by, decided_on)"
             " VALUES (%s, %s, 1050, 24310, '约定', 1, %s, 'approved', 2, %s)", [owed, claim, TODAY, TODAY])


def test_each_decision_is_told_once_and_what_waits_is_not() -> None:
    from lingbao.registry.notices.decisions import tell_decisions

    person = registered(open_office().clerk, 1, phone="13800000001")
    decided(person)
    assert tell_decisions() == 4 and tell_decisions() == 0
    texts = [text for text, in as_owner("SELECT text FROM notice_message WHERE person_id = %s ORDER BY template", [person])]
    assert len(texts) == 4 and any("每月最多10.50元" in text for text in texts) and all("行政复议" in text for text in texts)


def refund(person: int, by: int, kind: str, answer: str, said: str | None = None) -> int:
    """A refund of 12.50 proposed by somebody, with its answer and what the bank said of it."""
    contribution = as_owner("SELECT max(id) FROM ledger_entry")[0][0] if kind == "contribution" else None
    number = int(as_owner("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by, kind, contribution)"
                          " VALUES (%s, '36', 'bank', 1250, '多缴', %s, %s, %s) RETURNING id", [person, by, kind, contribution])[0][0])
    request = None
    if said is not None:
        request = f"R-refund-{number}"
        as_owner("INSERT INTO collection_request (number, kind, person_id, province, channel, amount_fen, entry_id, proposed_by, approved_by)"
                 " VALUES (%s, 'refund', %s, '36', 'bank', 1250, 1, 1, 2)", [request, person])
        if said:
            as_owner("INSERT INTO collection_message (channel, reference, kind, number, amount_fen, paid_on) VALUES ('bank', %s, %s, %s, 1250, %s)",
                     [f"b-{number}", said, request, TODAY])
    if answer:
        as_owner("INSERT INTO collection_refund_decision (proposal_id, accepted, withdrawn, reason, request, decided_by) VALUES (%s, %s, %s, %s, %s, 2)",
                 [number, answer == "accepted", answer == "withdrawn", "不符" if answer == "refused" else "", request])
    return number


def test_how_a_refund_ended_is_told_once_in_both_languages_and_what_the_person_did_is_not() -> None:
    from made_up import accounts, moved, worker

    from lingbao.registry.notices.decisions import tell_decisions
    from lingbao.registry.notices.reading import text_for

    office = open_office()
    person = registered(office.clerk, 1, phone="13800000001")
    himself = worker(person)
    bank, suspense = accounts("bank", owner=36, owner_kind="province")[0], accounts("suspense", owner=person)[0]
    moved((bank, -1), (suspense, 1))
    paid, failed, refused, back = (refund(person, himself.id, "suspense", "accepted", "refunded"), refund(person, office.clerk.id, "owed", "accepted", "refund_failed"),
                                   refund(person, himself.id, "suspense", "refused"), refund(person, office.clerk.id, "contribution", "accepted"))
    for quiet in (("suspense", "withdrawn", None), ("suspense", "", None), ("suspense", "accepted", "")):
        refund(person, himself.id, *quiet)
    refund(person, office.clerk.id, "owed", "refused")  # the agency's own wish: no news to the person
    assert tell_decisions() == 4 and tell_decisions() == 0
    told = dict(as_owner("SELECT template, text FROM notice_message WHERE person_id = %s", [person]))
    assert {name: (f"（{number}）" in told[name], f"{number}" in text_for(name, told[name], "en")[0]) for name, number in (
        ("refund_paid", paid), ("refund_failed", failed), ("refund_refused", refused), ("contribution_returned", back))} == dict.fromkeys(told, (True, True))
    assert all("12.50" in told[name] for name in told if name != "refund_refused")
