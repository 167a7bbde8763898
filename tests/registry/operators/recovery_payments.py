"""A process of its own that pays into the registry of ``LINGBAO_DATA`` or looks at it, and prints what it finds as JSON.

``begin`` enrols a worker with two bills and closes yesterday's books; ``pay N`` pays the N-th bill; ``look`` tells what stands there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

here = Path(__file__).parent
sys.path[:0] = [str(here.parent), str(here.parent / "collection")]
os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"


def begin() -> dict[str, Any]:
    from datetime import timedelta

    from made_up import accounts, as_owner, moved, open_office, registered, worker
    from test_bills import MAY, billed, member

    from lingbao.registry.ledger.digests import close_days
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(open_office().clerk))
    membership = member(himself, himself.person)
    for on in (MAY, MAY + 1):
        billed(himself, membership, on)
    bank, suspense = accounts("bank", "suspense", owner=999)
    moved((bank, -100), (suspense, 100))
    as_owner("SET session_replication_role = replica; UPDATE ledger_entry SET book_date = book_date - 1; SET session_replication_role = origin")
    today = as_owner("SELECT registry_day(clock_timestamp())")[0][0]
    return {"closed": run_as(SYSTEM, lambda: close_days(today - timedelta(days=1)))}


def pay(nth: int) -> dict[str, Any]:
    from made_up import as_owner
    from test_payments import COST, asked, delivered

    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.people.actors import actor_numbered
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        himself = actor_numbered(as_owner("SELECT id FROM people_actor WHERE role = 'worker'")[0][0])
    bank = StandInBank(seed=nth)
    asked(himself, COST, bank)
    done = delivered(bank)
    return {"months": len(done[0].months), "at": as_owner("SELECT clock_timestamp() AT TIME ZONE 'Asia/Shanghai'")[0][0].isoformat(" ")}


def look() -> dict[str, Any]:
    from made_up import as_owner

    from lingbao.registry.audit import AUDITOR
    from lingbao.registry.ledger.digests import digests, verify_digests
    from lingbao.registry.session import run_as

    return {"paid": as_owner("SELECT count(*) FROM record_month WHERE voided_by IS NULL")[0][0],
            "fen": as_owner("SELECT coalesce(sum(balance_fen), 0)::int FROM ledger_account WHERE kind = 'individual'")[0][0],
            "chain": [each.chain for each in run_as(AUDITOR, digests)], "broken": len(run_as(AUDITOR, verify_digests))}


if __name__ == "__main__":
    import django

    django.setup()
    from lingbao.web.database import stop_embedded

    what, *words = sys.argv[1:]
    try:
        print(json.dumps({"begin": begin, "pay": pay, "look": look}[what](*map(int, words))))
    finally:
        from django.db import connection

        connection.close()
        stop_embedded()
