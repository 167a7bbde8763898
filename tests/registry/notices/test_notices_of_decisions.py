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
