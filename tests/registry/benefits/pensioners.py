"""A province full of pensioners, made in the database at once: accounts with money in them and granted claims."""

from __future__ import annotations

from django.db import connection

FIRST = 24303  # 2025-04


def make(count: int, province: str = "36", *, block: int = 50_000) -> None:
    """Make ``count`` pensioners from number 1 on: pension 3000.00 + n fen, of it 500.00 from an account of 1200.00 or 60000.00."""
    owner = int(province)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_open_accounts(ARRAY['bank'], ARRAY['province'], ARRAY[%s]::bigint[], ARRAY[%s])", [owner, province])
        bank = cursor.fetchone()[0][0]
        for first in range(1, count + 1, block):
            last = min(first + block - 1, count)
            cursor.execute(
                "WITH people AS (SELECT array_agg(n::bigint ORDER BY n) AS n FROM generate_series(%s, %s) n)"
                " SELECT ledger_open_accounts(array_fill('individual'::text, ARRAY[cardinality(n)]), array_fill('person'::text, ARRAY[cardinality(n)]),"
                " n, array_fill(%s::text, ARRAY[cardinality(n)])) FROM people", [first, last, province])
            accounts = cursor.fetchone()[0]
            amounts = [120_000 if n % 3 == 0 else 6_000_000 for n in range(first, last + 1)]
            cursor.execute(
                "SELECT ledger_post_drafts(ARRAY['opening'], ARRAY[%s], ARRAY['开户'], ARRAY[NULL]::bigint[], array_fill(1, ARRAY[%s]),"
                " %s::bigint[], %s::bigint[], 0, 'law', '2025-01-01', NULL)",
                [f"opening:{province}:{first}", len(accounts) + 1, [*accounts, bank], [*amounts, -sum(amounts)]])
        cursor.execute(
            "INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, state, first_payment, months,"
            " awarded_fen, pension_fen, account_pension_fen, account_start_fen, prepared_by, granted_by, granted_at)"
            " SELECT n, %s, %s, '{\"birth\": 23544}', '2025-03-01', '2025-03-28', false, 'final', %s, 180 + n %% 120, 300000 + n %% 1000, 300000 + n %% 1000,"
            " 50000, 0, 1, 2, clock_timestamp() FROM generate_series(1, %s) n", [province, FIRST - 1, FIRST, count])
        cursor.execute("ANALYZE benefit_claim; ANALYZE ledger_account")


def run(month: int, province: str = "36", *, from_month: int | None = None) -> int:
    """Prepare and approve a run; return its number."""
    from lingbao.registry.benefits.payment import approve, prepare
    from lingbao.registry.session import Actor

    number = prepare(Actor(2, "clerk", province=province), f"run:{month}:{from_month}", province, month, from_month=from_month)["run"]
    approve(Actor(3, "supervisor", province=province), f"run:{month}:{from_month}", number)
    return int(number)


def paid() -> tuple[int, int, int]:
    """Number and sum of payments on record, and the balance payable to pensioners [fen]."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(amount_fen), 0)::bigint FROM benefit_payment")
        count, fen = cursor.fetchone()
        cursor.execute("SELECT coalesce(sum(balance_fen), 0)::bigint FROM ledger_account WHERE kind = 'pension_payable'")
        return int(count), int(fen), int(cursor.fetchone()[0])
