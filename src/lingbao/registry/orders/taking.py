"""Take a file of orders: read, check, record, post and report in one transaction, or nothing at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from lingbao.law.store import Law
from lingbao.registry.calendar.clock import china_day
from lingbao.registry.errors import Conflict
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.orders import limits
from lingbao.registry.orders.clock import now
from lingbao.registry.orders.facts import Recorded, exempt_as_ordered, make_partitions, record
from lingbao.registry.orders.platforms import Platform, agreements, platform
from lingbao.registry.orders.reading import read
from lingbao.registry.orders.tables import insert, row, rows
from lingbao.registry.orders.unpacking import FileRefused, refused
from lingbao.registry.orders.validation import Checked, validate
from lingbao.registry.orders.webhooks import announce
from lingbao.registry.orders.withholding import with_agreement, with_exemption, with_withheld
from lingbao.registry.orders.workers import exemptions, lock_links, resolve
from lingbao.registry.session import SYSTEM, acting_as, retried, run_as


@dataclass(frozen=True)
class Declaration:
    """What a platform says of a file; what the file holds must agree with it.

    Parameters
    ----------
    key : str
        Chosen by the platform, once for each file.
    format : str
        One of `reading.FORMATS`.
    rows : int
        Rows of the file.
    income_fen : int
        Sum of the incomes [fen].
    """

    key: str
    format: str
    rows: int
    income_fen: int


@dataclass(frozen=True)
class Answer:
    """What became of a file; ``rows = posted + duplicates + conflicts + rejected``, unknown and exempt are posted ones."""

    file: int
    key: str
    rows: int
    posted: int
    duplicates: int
    conflicts: int
    rejected: int
    unknown: int
    exempt: int
    income_fen: int
    withheld_fen: int
    entry: int | None


_ANSWER = ("id, key, rows, posted, duplicates, conflicts, rejected, unknown, exempt, income_fen, withheld_fen, entry_id")


def known(platform_id: int, key: str, sha256: bytes) -> Answer | None:
    """Return the answer given when this very content was taken, or None if it is new.

    Raises
    ------
    Conflict
        If the key was used for other content.
    """
    return run_as(SYSTEM, lambda: _known(platform_id, key, sha256))


def take(platform_id: int, declaration: Declaration, content: bytes, *, today: date | None = None, oldest: date | None = None) -> Answer:
    """Take a file and return its answer; the same content again gives the same answer and changes nothing.

    When this returns, the file, its orders, its postings and its report are durable together.

    Parameters
    ----------
    platform_id : int
        Whose file it is.
    declaration : Declaration
        What the platform says of it.
    content : bytes
        The file as it was sent.
    today : datetime.date, optional
        The day in China on which it came; default is today.
    oldest : datetime.date, optional
        Earliest business date (see `validation.validate`).

    Raises
    ------
    FileRefused
        If it cannot be read, or its rows or sum differ from the declaration. Nothing of it is kept but the refusal.
    Conflict
        If the key was used for other content.
    """
    digest = hashlib.sha256(content).digest()
    before = known(platform_id, declaration.key, digest)
    if before is not None:
        return before
    today = today or china_day(now())
    place = platform(platform_id)
    try:
        checked = validate(read(content, declaration.format), today, oldest=oldest)
        _check_declaration(declaration, checked)
        orders, lacking = with_agreement(checked.taken, run_as(SYSTEM, lambda: agreements(platform_id)))
        days = orders["business_date"].unique().sort().to_list()
        if len(days) > limits.DATES:
            raise refused("dates", f"一个文件至多包含 {limits.DATES} 个业务日期。",
                          f"a file holds at most {limits.DATES} business dates.", len(days))
    except FileRefused as refusal:
        _note_refusal(platform_id, declaration.key, digest, refusal)
        raise
    make_partitions(days)
    faults = pl.concat([checked.faults, lacking])

    def once() -> Answer:
        with acting_as(SYSTEM):
            return _take(place, declaration, digest, checked, orders, faults, today)

    return retried(once, lost_connection=True)


def _take(place: Platform, declaration: Declaration, digest: bytes, checked: Checked, orders: pl.DataFrame,
          faults: pl.DataFrame, today: date) -> Answer:
    """Write everything a file means, in the order in which locks are taken: content, links, workers, orders, accounts."""
    rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [digest.hex(), place.id])
    before = _known(place.id, declaration.key, digest)
    if before is not None:
        return before
    (file,) = rows("SELECT nextval('orders_file_number')")[0]
    lock_links(place.id, change=False)
    workers = resolve(place.id, orders["worker"])
    orders = orders.join(workers, on="worker", how="left", maintain_order="left").with_columns(
        platform_id=pl.lit(place.id, pl.Int64), file_id=pl.lit(file, pl.Int64))
    if orders.height:
        first, last = orders["business_date"].min(), orders["business_date"].max()
        orders = with_withheld(exempt_as_ordered(with_exemption(orders, exemptions(workers, first, last))))  # type: ignore[arg-type]
    else:
        orders = orders.with_columns(exempt=pl.lit(False), withheld_fen=pl.lit(0, pl.Int64))
    recorded = record(orders)
    entry = None if place.sandbox else _post(place, file, recorded.fresh, today)
    answer = _answer(file, declaration.key, checked, recorded, faults["row"].n_unique(), entry)
    _write(place, declaration, digest, answer, recorded, faults)
    announce(place.id, "file.posted", json.dumps(asdict(answer)))
    return answer


def _answer(file: int, key: str, checked: Checked, recorded: Recorded, rejected: int, entry: int | None) -> Answer:
    fresh = recorded.fresh
    return Answer(
        file=file, key=key, rows=checked.rows, posted=fresh.height, duplicates=recorded.duplicates + checked.repeated,
        conflicts=recorded.conflicts.height, rejected=rejected, unknown=fresh["person_id"].null_count(),
        exempt=int(fresh["exempt"].sum()), income_fen=int(fresh["income_fen"].sum()),
        withheld_fen=int(fresh["withheld_fen"].sum()), entry=entry)


def _post(place: Platform, file: int, fresh: pl.DataFrame, today: date) -> int | None:
    """Post one entry: the platform owes the sum, each person is owed a part, workers nobody knows are owed the rest."""
    sums = fresh.group_by("person_id").agg(pl.col("withheld_fen").sum()).filter(pl.col("withheld_fen") != 0)
    if sums.height == 0:
        return None
    persons = sums.drop_nulls("person_id").sort("person_id")
    accounts = pending_accounts(persons["person_id"].to_list(), place.province)
    legs = [Leg(accounts[person], fen) for person, fen in persons.iter_rows()]
    unknown = int(sums.filter(pl.col("person_id").is_null())["withheld_fen"].sum())
    receivable, nobody = open_accounts([
        AccountName("platform_receivable", "platform", place.id, place.province),
        AccountName("pending", "platform", place.id, place.province)])
    legs += [Leg(receivable, -int(sums["withheld_fen"].sum())), Leg(nobody, unknown)]
    return post([Draft("orders.file", legs, source=f"file:{file}")], actor=SYSTEM.id, law_hash=Law.load().hash,
                reason=f"{place.name_zh}代扣 · withheld by {place.name_en}", value_date=today)[0]


def pending_accounts(persons: list[int], province: str) -> dict[int, int]:
    """Return the account of each person for money withheld and not yet received, opening those that lack one."""
    found = dict(rows("SELECT owner_id, id FROM ledger_account WHERE kind = 'pending' AND owner_kind = 'person'"
                      " AND province = %s AND owner_id = ANY(%s)", [province, persons]))
    new = [person for person in persons if person not in found]
    if new:
        found |= dict(zip(new, open_accounts(AccountName("pending", "person", p, province) for p in new), strict=True))
    return found


def _write(place: Platform, declaration: Declaration, digest: bytes, answer: Answer, recorded: Recorded,
           faults: pl.DataFrame) -> None:
    """Write the file, its sums by worker and day, and its report."""
    rows(f"INSERT INTO orders_file (platform_id, sha256, format, declared_fen, law_hash, {_ANSWER})"
         " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
         [place.id, digest, declaration.format, declaration.income_fen, Law.load().hash, *asdict(answer).values()])
    marks = pl.lit(answer.file, pl.Int64).alias("file_id"), pl.lit(place.id, pl.Int64).alias("platform_id")
    sums = pl.col("income_fen").sum(), pl.col("withheld_fen").sum()
    insert("orders_file_worker", recorded.fresh.group_by("worker_id").agg(
        pl.len().cast(pl.Int64).alias("orders"), pl.col("exempt").sum().cast(pl.Int64), *sums,
        pl.col("person_id").is_not_null().first().alias("identified")).with_columns(marks).sort("worker_id"))
    insert("orders_file_day", recorded.fresh.group_by("business_date").agg(
        pl.len().cast(pl.Int64).alias("orders"), *sums, pl.col("order_number").first().alias("first_number"),
        pl.col("order_number").last().alias("last_number")).with_columns(marks))
    insert("orders_rejection", faults.with_columns(marks))
    insert("orders_conflict", recorded.conflicts.with_columns(marks))


def _known(platform_id: int, key: str, sha256: bytes) -> Answer | None:
    by_key = row(f"SELECT sha256, {_ANSWER} FROM orders_file WHERE platform_id = %s AND key = %s", [platform_id, key])
    if by_key is not None and bytes(by_key[0]) != sha256:
        raise Conflict("orders.key_used", value=key, zh=f"文件编号 {key} 已用于另一份内容。换一个编号，或重发原文件。",
                       en=f"The file key {key} was used for other content. Use another key, or send the first file again.")
    found = by_key or row(
        f"SELECT sha256, {_ANSWER} FROM orders_file WHERE platform_id = %s AND sha256 = %s", [platform_id, sha256])
    return None if found is None else Answer(*found[1:])


def _check_declaration(declaration: Declaration, checked: Checked) -> None:
    if declaration.rows != checked.rows:
        raise refused("count", f"申报 {declaration.rows} 行，文件有 {checked.rows} 行。",
                      f"{declaration.rows} rows were declared, the file has {checked.rows}.", checked.rows)
    if declaration.income_fen != checked.income_fen:
        raise refused("sum", f"申报收入合计 {declaration.income_fen} 分，文件合计 {checked.income_fen} 分。",
                      f"the declared income is {declaration.income_fen} fen, the file sums to {checked.income_fen}.",
                      checked.income_fen)


def _note_refusal(platform_id: int, key: str, digest: bytes, refusal: FileRefused) -> None:
    """Keep that a file was refused, and tell the platform; nothing else of it stays."""
    def work() -> None:
        rows("INSERT INTO orders_refusal (platform_id, key, sha256, code, zh, en) VALUES (%s, %s, %s, %s, %s, %s)",
             [platform_id, key, digest, refusal.code, refusal.zh, refusal.en])
        announce(platform_id, "file.refused", json.dumps({"key": key, **refusal.to_dict()}, ensure_ascii=False))

    run_as(SYSTEM, work)
