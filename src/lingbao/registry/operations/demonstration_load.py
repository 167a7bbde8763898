"""Loading the demonstration: people and memberships by COPY, money by the ledger's own posting, one block a transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date
from multiprocessing import get_context
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from lingbao.career.resident import tiers_of
from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules.account import posting_product, statement_interest
from lingbao.law.store import Law
from lingbao.registry.collection.interest import post_interest, published_rate
from lingbao.registry.enrolment.choice import Choice, MonthDue, check_choice, fen, month_due
from lingbao.registry.enrolment.terms import terms_of
from lingbao.registry.errors import Conflict
from lingbao.registry.keys import blind_index, seal
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.operations.connection import database_address
from lingbao.registry.operations.demonstration import Block, blocks, month_end, payments, persons, shares
from lingbao.registry.operations.demonstration_affairs import do, waves
from lingbao.registry.operations.demonstration_careers import career_months, careers
from lingbao.registry.operations.demonstration_staff import open_offices
from lingbao.registry.people.identity import masked_name
from lingbao.registry.session import SYSTEM, acting_as, retried

MARK = "示例数据 · demonstration data"
RETIRED = "办理退休"
FEN = 100


@dataclass(frozen=True)
class Loaded:
    """What was made.

    Parameters
    ----------
    people, months, years : int
        People, months and years paid.
    fen : int
        Money paid into accounts [fen].
    orders, transfers, claims, matters, messages : int
        Orders taken from platforms, transfers begun, pensions claimed, matters lodged, messages queued.
    """

    people: int = 0
    months: int = 0
    years: int = 0
    fen: int = 0
    orders: int = 0
    transfers: int = 0
    claims: int = 0
    matters: int = 0
    messages: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        """Add what another part made."""
        return Loaded(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Offer:
    """What a province offers, and what each offer costs in each month known.

    Parameters
    ----------
    choices : tuple of Choice
        Of flexible workers, the floor first.
    rhythms : tuple of int
        Months that one payment may cover.
    dues : dict of int to tuple of MonthDue
        By month, in the order of the choices; without a gap up to the month before now.
    fees : tuple of (int, int)
        Yearly fee and subsidy of the resident scheme [fen], where the subsidy is on record.
    """

    choices: tuple[Choice, ...]
    rhythms: tuple[int, ...]
    dues: dict[int, tuple[MonthDue, ...]]
    fees: tuple[tuple[int, int], ...]


def load(people: int, seed: int, today: date, *, jobs: int = 1, progress: Callable[[int], None] = lambda people: None,
         affairs: bool = True) -> Loaded:
    """Fill an empty registry with so many people who do not exist; return what was made.

    The same people, seed and day make the same registry, however many processes share the work; only random parts of
    the sealing, numbers of entries and cases and times of recording differ. Each block of `BLOCK` people is one
    transaction.

    Parameters
    ----------
    people : int
    seed : int
    today : datetime.date
    jobs : int
        Processes that share the work.
    progress : callable
        Told how many more people are loaded.
    affairs : bool
        Also let them work for platforms, move, claim, complain and be written to.

    Raises
    ------
    Conflict
        If anybody is registered: demonstration data never stand beside real people.
    InputError
        If there are to be too many.
    """
    _refuse_unless_empty()
    law = Law.load()
    work = blocks(people, tuple(province.code for province in law.provinces()))
    open_offices(law)
    total = Loaded()
    with _shared(jobs) as each:
        for done in each(load_block, [(block, seed, today) for block in work]):
            total += done
            progress(done.people)
        _count_on()
        for wave in waves(work, seed, today) if affairs else []:
            for made in each(do, [(task,) for task in wave]):
                total += Loaded(**made)
    if affairs:
        _count_on()
    return total


@contextmanager
def _shared(jobs: int) -> Iterator[Callable[[Callable[..., Any], list[tuple[Any, ...]]], Iterator[Any]]]:
    """Yield the function that calls another with each of many arguments, here or in so many processes, in any order."""
    if jobs == 1:
        yield lambda work, arguments: (work(*each) for each in arguments)
        return
    from django.conf import settings

    address = database_address()
    connection.close()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(address, str(settings.LINGBAO_KEYS))) as pool:
        yield lambda work, arguments: (done.result() for done in as_completed([pool.submit(work, *each) for each in arguments]))


def load_block(block: Block, seed: int, today: date) -> Loaded:
    """Load one block in one transaction; again if another block was in the way."""
    return retried(lambda: _load_block(block, seed, today))


def _load_block(block: Block, seed: int, today: date) -> Loaded:
    law = Law.load()
    as_of = today.year * MONTHS_PER_YEAR + today.month - 1
    offer = offer_of(law, block.province, as_of)
    retired = careers(law, block, seed, as_of)
    who = persons(block, seed, today, tuple(province.code for province in law.provinces()), retired)
    born = (who["birth"].dt.year().cast(pl.Int64) * MONTHS_PER_YEAR + who["birth"].dt.month() - 1).to_numpy()
    joined = born + int(law.number("national.retirement.joining_age"))
    possible = np.clip(as_of - joined, 0, len(offer.dues))
    paid = _with_retired(payments(block, seed, as_of, len(offer.choices), len(offer.fees), possible), retired)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        # COPY passes no row policies, so the owner copies; postings below go through the services' own functions.
        cursor.execute("RESET ROLE")
        cursor.execute("SET LOCAL synchronous_commit = off")  # may be made again
        _copy(cursor, "people_person", _person_rows(who))
        _copy(cursor, "enrolment_membership", _membership_rows(paid, block))
        _copy(cursor, "enrolment_choice", _choice_rows(paid, offer, law.hash))
        _copy(cursor, "enrolment_event", paid.select(
            membership_id="id", kind=pl.lit("joined"), month="first", recorded_by=pl.lit(0)))
        _copy(cursor, "enrolment_event", retired.select(
            membership_id="id", kind=pl.lit("left"), month="claim_month", said=pl.lit(RETIRED), recorded_by=pl.lit(0)))
        cursor.execute("SET LOCAL ROLE lingbao_app")
        employee, resident = paid.filter(~pl.col("resident") & (pl.col("months") > 0)), paid.filter("resident")
        months = pl.concat([_months(employee, offer, as_of), career_months(law, block.province, retired)], how="vertical_relaxed")
        paid_fen = _post_months(cursor, months, retired, block, law, today, as_of) + _post_years(cursor, resident, offer, block, law, today)
    return Loaded(block.size, months.height, resident.height, paid_fen)


def _with_retired(paid: pl.DataFrame, retired: pl.DataFrame) -> pl.DataFrame:
    """Replace what was drawn for the retired: they were flexible workers at the floor from their first month to the claim."""
    ended = paid.join(retired.select("id", since="first", until="claim_month"), on="id", how="left", maintain_order="left")
    gone = pl.col("until").is_not_null()

    def instead(value: int | bool, column: str) -> pl.Expr:
        return pl.when(gone).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)

    return ended.with_columns(instead(False, "resident"), instead(0, "choice"), instead(1, "rhythm"), instead(0, "months"),
                              pl.coalesce("since", "first").alias("first")).drop("since")


_offers: dict[tuple[str, str, int], Offer] = {}


def offer_of(law: Law, province: str, as_of: int) -> Offer:
    """Return what a province offers, as far back as its bounds are on record and the longest made-up career goes."""
    key = (law.hash, province, as_of)
    if key not in _offers:
        latest = terms_of(law, province, None, as_of - 1)
        named = [Choice("base", base) for base in latest.bases] if latest.choice == "yuan" else [Choice("tier", t) for t in latest.tiers]
        choices = (Choice("floor"), *(choice for choice in named if _offered(choice, latest)))
        dues: dict[int, tuple[MonthDue, ...]] = {}
        for month in range(as_of - 1, as_of - 1 - shares()["longest"], -1):
            try:
                terms = terms_of(law, province, None, month)
            except MissingLaw:
                break
            dues[month] = tuple(month_due(choice, terms) for choice in choices)
        fees = tuple((round(fee * FEN), round(subsidy * FEN)) for fee, subsidy in tiers_of(law, province) if subsidy is not None)
        _offers[key] = Offer(choices, latest.rhythms, dues, fees)
    return _offers[key]


def _offered(choice: Choice, terms: Any) -> bool:
    try:
        check_choice(Choice(choice.kind, choice.value, terms.rhythms[0]), terms)
    except InputError:
        return False
    return True


def _person_rows(who: pl.DataFrame) -> pl.DataFrame:
    public = [str(uuid.UUID(bytes=bits, version=4)) for bits in who["bits"]]
    identities, names = who["identity_number"].to_list(), who["name"].to_list()
    sealed = pl.DataFrame({
        "id": who["id"], "public_id": public,
        "identity_sealed": ["\\x" + seal(each, f"people_person.identity_number:{of}").hex() for each, of in zip(identities, public, strict=True)],
        "identity_index": ["\\x" + blind_index(each, "identity_number").hex() for each in identities],
        "identity_masked": [each[0] + "*" * 16 + each[-1] for each in identities],
        "name_sealed": ["\\x" + seal(each, f"people_person.name:{of}").hex() for each, of in zip(names, public, strict=True)],
        "name_index": ["\\x" + blind_index(each, "name").hex() for each in names],
        "name_masked": list(map(masked_name, names))})
    return sealed.with_columns(
        who["sex"], who["birth"], who["hukou_kind"], who["hukou_province"], who["residence_province"],
        changed_by=pl.lit(0), change_reason=pl.lit(MARK))


def _membership_rows(paid: pl.DataFrame, block: Block) -> pl.DataFrame:
    resident = pl.col("resident")
    return paid.select(
        "id", person_id="id", scheme=pl.when(resident).then(pl.lit("resident")).otherwise(pl.lit("employee")),
        standing=pl.when(resident).then(pl.lit("resident")).otherwise(pl.lit("flexible")),
        province=pl.lit(block.province), since="first", until="until",
        end_reason=pl.when(pl.col("until").is_not_null()).then(pl.lit(RETIRED)), recorded_by=pl.lit(0))


def _choice_rows(paid: pl.DataFrame, offer: Offer, law_hash: str) -> pl.DataFrame:
    kinds, values = [choice.kind for choice in offer.choices], [choice.value for choice in offer.choices]
    fees = [fee / FEN for fee, _ in offer.fees] or [0.0]
    place, resident = paid["choice"].to_numpy(), paid["resident"].to_numpy()
    own, fee = np.where(resident, 0, place), np.where(resident, place, 0)
    rhythm = paid["rhythm"].to_numpy()
    usual = np.where(resident | np.isin(rhythm, offer.rhythms), rhythm, offer.rhythms[0])
    return pl.DataFrame({
        "membership_id": paid["id"], "since": paid["first"], "kind": np.where(resident, "fee", np.array(kinds)[own]),
        "value": np.where(resident, np.array(fees)[fee], np.array(values)[own]), "rhythm": usual,
    }).with_columns(law_hash=pl.lit(law_hash), recorded_by=pl.lit(0))


def _months(employee: pl.DataFrame, offer: Offer, as_of: int) -> pl.DataFrame:
    """Return one row for each month paid, with base and parts [fen] by the rules, and the calendar year of its posting."""
    count = employee["months"].to_numpy()
    start = np.repeat(np.cumsum(count) - count, count)
    month = np.repeat(employee["first"].to_numpy(), count) + np.arange(int(count.sum())) - start
    costs = np.array([[(d.base_fen, d.account_fen, d.pooled_fen) for d in offer.dues[m]] for m in sorted(offer.dues)], dtype=np.int64)
    cost = costs[month - (as_of - len(offer.dues)), np.repeat(employee["choice"].to_numpy(), count)] if month.size else np.empty((0, 3), np.int64)
    return pl.DataFrame({
        "person_id": np.repeat(employee["id"].to_numpy(), count), "month": month, "base_fen": cost[:, 0], "account_fen": cost[:, 1],
        "pooled_fen": cost[:, 2], "year": month // MONTHS_PER_YEAR})


def _post_months(cursor: Any, months: pl.DataFrame, retired: pl.DataFrame, block: Block, law: Law, today: date, as_of: int) -> int:
    """Post the months year by year, one entry for the block and year, with the interest of the years gone by; record them; return what was paid [fen]."""
    pooled, bank = _province_accounts("pooled", "bank", province=block.province)
    drawn, total = months["person_id"].unique(maintain_order=True).to_list(), 0
    account = dict(zip(drawn, open_accounts([AccountName("individual", "person", p, block.province) for p in drawn]), strict=True))
    claims = dict(retired.select("id", pl.col("claim_month") // MONTHS_PER_YEAR).iter_rows())
    held: dict[int, int] = {}
    rows = []
    for year in range(months["year"].min() or today.year, today.year + 1):  # type: ignore[operator, arg-type]
        part, paid, paid_on = months.filter(pl.col("year") == year), {}, date(year, MONTHS_PER_YEAR, 1)
        if part.height:
            paid_on = min(month_end(int(part["month"].max())), today)  # type: ignore[arg-type]
            paid = dict(part.group_by("person_id", maintain_order=True).agg(pl.col("account_fen").sum()).iter_rows())
            own, shared = int(part["account_fen"].sum()), int(part["pooled_fen"].sum())
            legs = [Leg(account[person], amount) for person, amount in paid.items()]
            draft = Draft("contribution", [*legs, Leg(pooled, shared), Leg(bank, -own - shared)], source=f"demonstration:{block.number}:{year}")
            entry, = post([draft], actor=SYSTEM.id, law_hash=law.hash, reason=f"{MARK} {year}", value_date=paid_on)
            rows.append(part.drop("year").with_columns(
                province=pl.lit(block.province), kept_by=pl.lit(block.province), kind=pl.lit("paid"), entry_id=pl.lit(entry), paid_on=pl.lit(paid_on)))
            total += own
        if year < today.year:
            held, paid = ({person: amount for person, amount in of.items() if year < claims.get(person, today.year)} for of in (held, paid))
            post_interest(law, block.province, year, *_interest(law, block.province, year, as_of, held, paid, paid_on.month, account))
    if rows:
        cursor.execute("RESET ROLE")
        _copy(cursor, "record_month", pl.concat(rows).sort("person_id", "month"))
        cursor.execute("SET LOCAL ROLE lingbao_app")
    return total


def _interest(law: Law, province: str, year: int, as_of: int, held: dict[int, int], paid: dict[int, int], paid_in: int,
              account: dict[int, int]) -> tuple[float, list[Leg]]:
    """Return the published rate and what it brings each account, as the run of the year would credit it; ``held`` goes on to the year's end.

    What was paid in the year [fen] was all booked in one month. Without a published rate nothing is credited.
    """
    try:
        rate = published_rate(law, "employee", province, year, as_of)
    except MissingLaw:
        rate = 0.0
    legs = []
    for person in held.keys() | paid.keys():
        before, added = held.get(person, 0), paid.get(person, 0)
        interest = fen(float(statement_interest(before / FEN, posting_product(added / FEN, paid_in), rate)))
        held[person] = before + added + interest
        if interest:
            legs.append(Leg(account[person], interest))
    return rate, legs


def _post_years(cursor: Any, resident: pl.DataFrame, offer: Offer, block: Block, law: Law, today: date) -> int:
    """Post this year's fee and subsidy of the residents of a block in one entry, and record them."""
    if not resident.height:
        return 0
    bank, subsidies = _province_accounts("bank", "subsidy_receivable", province=block.province)
    parts = np.array(offer.fees, dtype=np.int64)[resident["choice"].to_numpy()]
    persons_ = resident["id"].to_list()
    accounts = open_accounts([AccountName("resident_account", "person", p, block.province) for p in persons_])
    own, aid = int(parts[:, 0].sum()), int(parts[:, 1].sum())
    legs = [Leg(account, int(amount)) for account, amount in zip(accounts, parts.sum(axis=1), strict=True)]
    legs += [Leg(bank, -own), *([Leg(subsidies, -aid)] if aid else [])]
    entry, = post([Draft("contribution", legs, source=f"demonstration:{block.number}:resident")], actor=SYSTEM.id, law_hash=law.hash,
                  reason=f"{MARK} {today.year}", value_date=today)
    cursor.execute("RESET ROLE")
    _copy(cursor, "record_year", pl.DataFrame({
        "person_id": persons_, "fee_fen": parts[:, 0], "subsidy_fen": parts[:, 1]}).with_columns(
        year=pl.lit(today.year), province=pl.lit(block.province), kept_by=pl.lit(block.province), entry_id=pl.lit(entry),
        paid_on=pl.lit(today)))
    cursor.execute("SET LOCAL ROLE lingbao_app")
    return own + aid


def _province_accounts(*kinds: str, province: str) -> list[int]:
    return open_accounts([AccountName(kind, "province", int(province), province) for kind in kinds])


def _copy(cursor: Any, table: str, rows: pl.DataFrame) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)") as stream:
        stream.write(rows.write_csv(include_header=False).encode())


def _refuse_unless_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM people_person LIMIT 1) anyone")
        if cursor.fetchone()[0]:
            raise Conflict("demo.not_empty", zh="登记库中已有人员，不能装入示例数据。请换一个空数据库（另设 LINGBAO_DATA 或 DATABASE_URL）。",
                           en="Somebody is registered here; demonstration data go into an empty registry only. Use another database"
                              " (set LINGBAO_DATA or DATABASE_URL).")


def _count_on() -> None:
    """Let the numbers given by the database go on after those of the demonstration, and its plans know the new sizes."""
    with connection.cursor() as cursor:
        for table in ("people_person", "enrolment_membership"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute("ANALYZE (SKIP_LOCKED)")  # what the server is at itself is not waited for


def _begin(address: str, keys: str) -> None:
    """Set up a process of the pool on the same database, with the same keys."""
    import os

    os.environ["DATABASE_URL"] = address
    os.environ["LINGBAO_KEYS"] = keys
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingbao.web.settings")
    import django

    django.setup()

