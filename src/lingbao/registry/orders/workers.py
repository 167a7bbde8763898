"""Workers of a platform: references that mean nothing elsewhere, the persons behind them, and who is exempt."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from lingbao.law.store import Law
from lingbao.registry.calendar.clock import china_day
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.orders.clock import now
from lingbao.registry.orders.platforms import platform
from lingbao.registry.orders.tables import insert, row, rows
from lingbao.registry.orders.webhooks import announce
from lingbao.registry.session import SYSTEM, run_as
from lingbao.registry.statements import returning


def lock_links(platform_id: int, *, change: bool) -> None:
    """Let files of a platform run side by side, and a change of its links alone (until the transaction ends)."""
    shared = "" if change else "_shared"
    rows(f"SELECT pg_advisory_xact_lock{shared}(hashtextextended('orders links', %s))", [platform_id])


def resolve(platform_id: int, references: pl.Series) -> pl.DataFrame:
    """Return ``worker, worker_id, person_id`` for each reference, noting references never seen (inside a transaction)."""
    wanted = sorted(references.unique().to_list())
    found = _found(platform_id, wanted)
    new = sorted(set(wanted) - set(found["worker"]))
    if new:
        rows("INSERT INTO orders_worker (platform_id, reference) SELECT %s, unnest(%s::text[])"
             " ON CONFLICT ON CONSTRAINT orders_worker_reference DO NOTHING", [platform_id, new])
        found = pl.concat([found, _found(platform_id, new)])
    return found


def _found(platform_id: int, references: list[str]) -> pl.DataFrame:
    known = rows("SELECT w.reference, w.id, l.person_id FROM orders_worker w LEFT JOIN orders_worker_person l"
                 " ON l.worker_id = w.id WHERE w.platform_id = %s AND w.reference = ANY(%s)", [platform_id, references])
    return pl.DataFrame(known, orient="row", schema={"worker": pl.String, "worker_id": pl.Int64, "person_id": pl.Int64})


def link(platform_id: int, reference: str, person_id: int, *, proof: str) -> int:
    """Say which person a reference means; what was withheld before goes to that person in the same transaction.

    Returns
    -------
    int
        Fen that moved from the platform's unknown workers to the person.

    Raises
    ------
    Conflict
        If the reference is linked already.
    """
    place = platform(platform_id)

    def work() -> int:
        lock_links(platform_id, change=True)
        worker = int(resolve(platform_id, pl.Series([reference]))["worker_id"][0])
        sums = row("SELECT coalesce(sum(w.withheld_fen) FILTER (WHERE s.file_id IS NULL), 0)::bigint,"
                   " coalesce(sum(w.withheld_fen) FILTER (WHERE s.file_id IS NOT NULL), 0)::bigint"
                   " FROM orders_file_worker w LEFT JOIN orders_settlement_file s USING (file_id)"
                   " WHERE w.worker_id = %s AND NOT w.identified", [worker])
        moves = [(kind, fen) for kind, fen in zip(("pending", "withheld"), sums or (0, 0), strict=True) if fen]
        entry = None
        if moves and not place.sandbox:
            names = [AccountName(kind, owner, number, place.province) for kind, _ in moves
                     for owner, number in (("platform", platform_id), ("person", person_id))]
            accounts = open_accounts(names)
            legs = [Leg(accounts[2 * k + side], fen * sign) for k, (_, fen) in enumerate(moves)
                    for side, sign in ((0, -1), (1, 1))]
            entry = post([Draft("orders.identified", legs, source=f"worker:{worker}")], actor=SYSTEM.id,
                         law_hash=Law.load().hash, reason="平台劳动者身份确认 · worker of a platform identified",
                         value_date=china_day(now()))[0]
        rows("INSERT INTO orders_worker_link (worker_id, person_id, proof, entry_id) VALUES (%s, %s, %s, %s)",
             [worker, person_id, proof, entry])
        announce(platform_id, "worker.linked", json.dumps({"worker": reference}))
        return sum(fen for _, fen in moves)

    return run_as(SYSTEM, work)


def link_many(platform_id: int, persons: dict[str, int], *, proof: str) -> None:
    """Say which persons many references mean, as when a platform signs on its workers.

    References that no file has named are linked together; the others one by one, since their money moves (see `link`).

    Raises
    ------
    Conflict
        If one of them is linked already.
    """
    def work() -> list[str]:
        lock_links(platform_id, change=True)
        found = resolve(platform_id, pl.Series(list(persons), dtype=pl.String))
        named = [worker for worker, in rows(
            "SELECT DISTINCT worker_id FROM orders_file_worker WHERE worker_id = ANY(%s)", [found["worker_id"].to_list()])]
        new, waiting = found.filter(~pl.col("worker_id").is_in(named)), found.filter(pl.col("worker_id").is_in(named))
        insert("orders_worker_link", new.select(
            "worker_id", pl.col("worker").replace_strict(persons, return_dtype=pl.Int64).alias("person_id"),
            pl.lit(proof).alias("proof")).sort("worker_id"))
        return waiting["worker"].to_list()

    for reference in run_as(SYSTEM, work):
        link(platform_id, reference, persons[reference], proof=proof)


def exempt(person_id: int, since: date, until: date, *, proof: str, approved_by: int) -> int:
    """Exempt a person from `since` to `until`, both included, on proof of employee insurance; return the number of the exemption.

    Raises
    ------
    Conflict
        If the person is exempt on one of these days already.
    """
    return run_as(SYSTEM, lambda: returning(
        "INSERT INTO orders_exemption (person_id, since, until, proof, approved_by) VALUES (%s, %s, %s, %s, %s) RETURNING id",
        [person_id, since, until, proof, approved_by]))


def exemptions(persons: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return ``worker_id, since, until`` of exemptions that touch the days `first` to `last` (inside a transaction)."""
    known = persons.drop_nulls("person_id")
    numbers = known["person_id"].unique().to_list()
    found = rows("SELECT people_kept(person_id), since, until FROM orders_exemption WHERE since <= %s AND until >= %s"
                 " AND person_id = ANY(%s || ARRAY(SELECT other_id FROM people_merge WHERE kept_id = ANY(%s)))", [last, first, numbers, numbers])
    table = pl.DataFrame(found, orient="row", schema={"person_id": pl.Int64, "since": pl.Date, "until": pl.Date})
    return known.join(table, on="person_id").select("worker_id", "since", "until")
