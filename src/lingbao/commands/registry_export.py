"""The anonymised person file: people of the registry as the laboratory reads them, and nobody to be found in it.

How it is done, and why, stands in ``docs/registry/export.md``. In short: no identifier leaves; people are described
only as finely as at least `smallest` of them share the description; figures of one's own are rounded; what the registry
does not record (schooling, income, kind of work, knowledge, views) is drawn from the laboratory's synthetic people.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

CELL = ("born", "sex", "residence", "home", "work")
DRAWN = ("schooling", "kind", "log_income", "volatility", "knowledge", "old_age_view")
BANDS = (1, 5, 10)  # years of birth told apart, tried in turn
MONTHS_STEP, INDEX_STEP, ACCOUNT_DIGITS = 3, 0.05, 2
DONORS = 200_000
PIECE = 50_000  # people read in one query


@dataclass(frozen=True)
class Exported:
    """What was written: rows, the people they stand for, people described more broadly, people left out, smallest group."""

    rows: int
    people: int
    widened: int
    withheld: int
    smallest: int


def export(file: Path, *, seed: int = 1, progress: Callable[[int], None] = lambda done: None) -> Exported:
    """Write the people of the registry, made unrecognisable, as a person file, and check it by the laboratory's own rules.

    Raises
    ------
    InputError
        If the registry holds no member, or so few that every group is too small.
    LingbaoError
        If the law of a place lacks the wage by which an index is measured.
    """
    import polars as pl

    from lingbao.law.errors import InputError
    from lingbao.registry.monitoring.definitions import definitions
    from lingbao.simulation.person_file import check_people
    from lingbao.simulation.schema import SCHEMA

    smallest = definitions().numbers["smallest_cell"]
    people = _recorded(progress)
    grouped, widened = described(people, smallest)
    kept = grouped.filter(pl.col("cell_size") >= smallest)
    if not kept.height:
        raise InputError("export.too_few", value=people.height, where="lingbao registry export-people",
                         zh=f"登记的参保人太少：没有一组达到 {smallest} 人，无法在不暴露个人的情况下导出。",
                         en=f"Too few members: no group reaches {smallest} people, so nobody can be exported unrecognised.")
    frame = _weighed(_filled(_rounded(kept), seed), people)
    frame = frame.sample(fraction=1.0, shuffle=True, seed=secrets.randbits(32)).with_row_index("id").select(
        [pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()])
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        frame.write_parquet(unfinished, metadata={"lingbao": json.dumps(_origin(people.height, kept.height, smallest))})
        checked = check_people(unfinished)  # as the laboratory will; a fault here leaves nothing behind
        unfinished.replace(file)
    except OSError as error:
        raise InputError("export.file", value=str(file), where=str(file), zh=f"无法写入文件：{error.strerror or error}。",
                         en=f"The file cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(checked.rows, people.height, widened, people.height - kept.height, smallest)


def described(people: pl.DataFrame, smallest: int) -> tuple[pl.DataFrame, int]:
    """Describe each person as finely as `smallest` people share it; return everybody with the size of the own group.

    Groups are birth band, sex, residence, home and place of work. Who stands in a group that is too small is described
    by five, then ten years of birth, and at last with the place of work for the home (as if locally registered).

    Returns
    -------
    (DataFrame, int)
        With ``band`` (years), ``born`` (first year of the band) and ``cell_size``; how many are described more broadly.
    """
    import polars as pl

    def grouped(frame: pl.DataFrame, band: int) -> pl.DataFrame:
        return frame.with_columns(band=pl.lit(band), born=pl.col("year") // band * band).with_columns(
            cell_size=pl.len().over("band", *CELL))

    done: list[pl.DataFrame] = []
    left = people
    for band in BANDS:
        tried = grouped(left, band)
        done.append(tried.filter(pl.col("cell_size") >= smallest))
        left = tried.filter(pl.col("cell_size") < smallest).drop("band", "born", "cell_size")
    local = left.with_columns(home=pl.col("work"), residence=pl.when(pl.col("residence").is_in(["local_rural", "rural_to_urban"]))
                              .then(pl.lit("local_rural")).otherwise(pl.lit("local_urban")))
    done.append(grouped(local, BANDS[-1]))
    # Those brought together last may fill a group that stood before: sizes are counted anew over the whole file.
    everyone = pl.concat(done).with_columns(cell_size=pl.len().over("band", *CELL))
    widened = everyone.filter((pl.col("band") > 1) & (pl.col("cell_size") >= smallest)).height
    return everyone, widened


def _rounded(people: pl.DataFrame) -> pl.DataFrame:
    """Round what is a person's own, so that no sum of money or number of months points to one person."""
    import polars as pl

    paid = pl.col("months_paid") > 0
    months = ((pl.col("months_paid") / MONTHS_STEP).round() * MONTHS_STEP).clip(lower_bound=MONTHS_STEP)
    index = ((pl.col("mean_index") / INDEX_STEP).round() * INDEX_STEP).clip(0.05, 5.0)
    return people.with_columns(
        months_paid=pl.when(paid).then(months).otherwise(0), mean_index=pl.when(paid).then(index),
        account=pl.when(paid).then(pl.col("account").round_sig_figs(ACCOUNT_DIGITS)).otherwise(0.0))


def _weighed(kept: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
    """Let those who are kept stand for those who are not, scheme by scheme and sex by sex, and all for everyone."""
    import polars as pl

    keys = ["scheme", "sex"]
    factors = kept.group_by(keys).agg(kept=pl.len()).join(everyone.group_by(keys).agg(all=pl.len()), on=keys)
    weighed = kept.join(factors, on=keys).with_columns(weight=pl.col("all") / pl.col("kept"))
    return weighed.with_columns(weight=pl.col("weight") * (everyone.height / float(weighed["weight"].sum())))


def _filled(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Draw a birth month within the band, and from synthetic people what the registry does not record.

    A person gets all drawn columns from one synthetic person of the same sex, residence and ten years of birth.
    """
    import numpy as np
    import polars as pl

    from lingbao.law.month import MONTHS_PER_YEAR
    from lingbao.law.store import Law
    from lingbao.simulation.population import Population

    draw = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, people.height])))
    donors = Population.of(DONORS, seed).frame(0, DONORS).with_columns(
        decade=pl.col("birth") // MONTHS_PER_YEAR // BANDS[-1], sex=pl.col("sex").cast(pl.String), residence=pl.col("residence").cast(pl.String))
    latest = pl.lit(_this_month() - int(Law.load().number("national.retirement.joining_age"))) - pl.col("months_paid")
    month = pl.col("born") * MONTHS_PER_YEAR + (pl.Series(draw.random(people.height)) * pl.col("band") * MONTHS_PER_YEAR).floor().cast(pl.Int64)
    filled = people.with_columns(
        birth=pl.min_horizontal(month, latest.cast(pl.Int64)), decade=pl.col("year") // BANDS[-1], ticket=pl.Series(draw.random(people.height)))
    keys = ["sex", "residence", "decade"]
    donors = donors.sort(keys, maintain_order=True).with_row_index("place")
    range_of = {"start": pl.col("place").min().cast(pl.Int64), "count": pl.len().cast(pl.Int64)}
    # No synthetic person of that residence and age: one of the same sex.
    chosen = filled.join(donors.group_by(keys).agg(**range_of), on=keys, how="left").join(
        donors.group_by("sex").agg(wide_start=range_of["start"], wide_count=range_of["count"]), on="sex", how="left")
    place = chosen.select(pl.coalesce("start", "wide_start") + (pl.col("ticket") * pl.coalesce("count", "wide_count")).floor().cast(pl.Int64))
    return chosen.with_columns(donors[place.to_series()].select(DRAWN))


def _this_month() -> int:
    from datetime import datetime

    from lingbao.law.month import parse_month
    from lingbao.registry.calendar.clock import CHINA

    return parse_month(datetime.now(CHINA).date())


def _recorded(progress: Callable[[int], None]) -> pl.DataFrame:
    """Return the members as the record has them, without number, name or anything sealed."""
    import polars as pl
    from django.db import connection

    from lingbao.registry.audit import AUDITOR
    from lingbao.registry.session import acting_as

    parts = []
    with acting_as(AUDITOR), connection.cursor() as cursor:
        wages = _wages(cursor)
        cursor.execute("SELECT coalesce(max(id), 0) FROM people_person")
        last, = cursor.fetchone()
        for first in range(1, last + 1, PIECE):
            cursor.execute(_RECORDED, {"first": first, "last": first + PIECE - 1, **wages})
            rows = cursor.fetchall()
            parts.append(pl.DataFrame(rows, orient="row", schema=_COLUMNS))
            progress(len(rows))
    return pl.concat(parts) if parts else pl.DataFrame(schema=_COLUMNS)


def _wages(cursor: Any) -> dict[str, list[Any]]:
    """Return the wage against which a base of each province and month on record is measured."""
    from lingbao.law.store import Law
    from lingbao.registry.record.wages import index_wage

    law = Law.load()
    cursor.execute("SELECT DISTINCT province, month FROM record_month WHERE voided_by IS NULL AND kind = 'paid' ORDER BY 1, 2")
    places = cursor.fetchall()
    return {"provinces": [place for place, _ in places], "months": [month for _, month in places],
            "wages": [index_wage(law, place, month) for place, month in places]}


def _origin(people: int, kept: int, smallest: int) -> dict[str, object]:
    return {"made_by": "lingbao registry export-people", "people": people, "kept": kept, "smallest_group": smallest,
            "birth_bands_years": BANDS, "rounded": {"months_paid": MONTHS_STEP, "mean_index": INDEX_STEP, "account_digits": ACCOUNT_DIGITS},
            "drawn_from_synthetic_people": DRAWN, "method": "docs/registry/export.md"}


_COLUMNS = {"year": int, "sex": str, "residence": str, "home": str, "work": str, "months_paid": int,
            "mean_index": float, "account": float, "scheme": str, "resident_years": int}
# Somebody whose household is registered in the province of membership is local. Months count once, whoever keeps them.
_RECORDED = """
    WITH wage AS MATERIALIZED (
        SELECT * FROM unnest(%(provinces)s::text[], %(months)s::int[], %(wages)s::float8[]) AS w (province, month, wage)
    ), paid AS (
        SELECT r.person_id, count(*) AS months, avg(r.base_fen / 100.0 / w.wage) AS mean_index
        FROM record_month r JOIN wage w ON w.province = r.province AND w.month = r.month
        WHERE r.voided_by IS NULL AND r.kind = 'paid' AND r.person_id BETWEEN %(first)s AND %(last)s GROUP BY 1
    ), held AS (
        SELECT owner_id, sum(balance_fen) / 100.0 AS yuan FROM ledger_account
        WHERE kind = 'individual' AND owner_kind = 'person' AND owner_id BETWEEN %(first)s AND %(last)s GROUP BY 1
    ), years AS (
        SELECT person_id, count(*) AS years FROM record_year
        WHERE voided_by IS NULL AND person_id BETWEEN %(first)s AND %(last)s GROUP BY 1
    ), member AS (
        SELECT DISTINCT ON (person_id) person_id, province, CASE WHEN until IS NULL THEN scheme ELSE 'none' END AS scheme
        FROM enrolment_membership WHERE person_id BETWEEN %(first)s AND %(last)s ORDER BY person_id, since DESC
    )
    SELECT extract(year FROM p.birth)::int, p.sex,
        CASE WHEN p.hukou_province = m.province THEN 'local_' || p.hukou_kind
             WHEN p.hukou_kind = 'rural' THEN 'rural_to_urban' ELSE 'urban_to_urban' END,
        p.hukou_province, m.province, coalesce(paid.months, 0)::int, paid.mean_index::float8, coalesce(held.yuan, 0)::float8,
        m.scheme, coalesce(years.years, 0)::int
    FROM member m JOIN people_person p ON p.id = m.person_id
    LEFT JOIN paid ON paid.person_id = p.id LEFT JOIN held ON held.owner_id = p.id LEFT JOIN years ON years.person_id = p.id
    WHERE NOT EXISTS (SELECT FROM people_merge g WHERE g.other_id = p.id)
"""
