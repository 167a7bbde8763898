"""Fills the registry of a running site for the walk through the desk: ``python desk_world.py``, with the site's data folder.

Prints the numbers of what it made as JSON. Passwords are those of tests/web/registry_world.py; every authenticator is
still to be set up.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

MONTH = 24310  # 2025-11


def fill() -> dict[str, object]:
    """Make two provinces with their people, a pensioner, books of closed days, a bank's statement, doubled persons."""
    from made_up import accounts, as_owner, moved, registered
    from registry_world import build

    from lingbao.registry.banking import statements
    from lingbao.registry.benefits import rises
    from lingbao.registry.ledger.digests import close_days
    from lingbao.registry.people import merges
    from lingbao.registry.session import SYSTEM, run_as

    world = build()
    clerk = world.actors["clerk"]
    today = date.fromisoformat(str(as_owner("SELECT registry_day(clock_timestamp())")[0][0]))
    bank, pool = accounts("bank", "pooled", owner=36, owner_kind="province")
    pensioner, doubled = registered(clerk, 301, name="李三"), registered(clerk, 303, name="李三")
    payer = registered(clerk, 305, name="周五")
    account, = accounts("individual", owner=pensioner)
    suspense, = accounts("suspense", owner=payer)
    moved((bank, -100_000_000), (pool, 94_000_000), (account, 6_000_000))
    moved((bank, -12_345), (suspense, 12_345), source="b-1", value_date=today - timedelta(3))
    as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, state, first_payment, months, awarded_fen,"
             " pension_fen, account_pension_fen, account_start_fen, prepared_by, granted_by, granted_at) VALUES (%s, '36', %s, '{\"birth\": 23544}', %s, %s, false,"
             " 'final', %s, 180, 300000, 300000, 50000, 6000000, 0, 0, clock_timestamp())", [pensioner, MONTH - 1, today, today, MONTH])
    as_owner("UPDATE benefit_claim SET facts = '{\"birth\": 23544}' WHERE facts = '{}'")
    as_owner("ALTER TABLE ledger_entry DISABLE TRIGGER ALL; UPDATE ledger_entry SET book_date = book_date - 2, kind = CASE WHEN source = 'b-1'"
             " THEN 'subsidy_received' ELSE kind END; ALTER TABLE ledger_entry ENABLE TRIGGER ALL")
    run_as(SYSTEM, lambda: close_days(today - timedelta(1)))
    text = (f"日期,流水号,金额,业务编号,摘要\n{today - timedelta(3)},b-1,123.45,,缴费\n{today - timedelta(3)},b-2,-8.00,,手续费\n"
            f"{today - timedelta(3)},b-3,1.234,,金额有误\n{today - timedelta(3)},b-4,5.00,,=HYPERLINK(1)\n")
    statement = statements.take(clerk, "stand-in", text.encode(), today=today).number
    rise = rises.enter(clerk, "e2e", rises.Rise("36", today.year, "赣人社发（示例）1号", 3_000, 150, 0.012, [(840, 2_000)]))["rise"]
    merge = merges.propose(clerk, "e2e", pensioner, doubled, reason="两次登记，核对身份证和户口本，系同一人")["proposal"]
    return {**asdict(world.own), "pensioner": pensioner, "payer": payer, "own_statement": statement, "own_rise": rise, "own_merge": merge}


if __name__ == "__main__":
    tests = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(tests / "web"), str(tests / "registry")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
    import django

    django.setup()
    print(json.dumps(fill(), default=str))
