"""Interruption by the survey's definition (C2), and the counts from which the laboratory works out its own; see definitions.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.monitoring.figures import AGES, GROUPS, suppressed
from lingbao.registry.monitoring.standing import thresholds
from lingbao.registry.session import SYSTEM, acting_as

EVERYBODY = "all"
# One line a member. `ends`: until when months are looked at: now, the end of the membership, or the first month of a pension.
# `due`: the end of the last period of payment that is over; what is unpaid of a running one is not missed yet.
LIVES = """
    WITH life AS (
        SELECT {cells}, first_month, last_month, months, longest_gap, rhythm, j.month AS first_job,
               (m.until IS NULL OR m.until > %(as_of)s) AND d.month IS NULL AS present,
               least(%(as_of)s, m.until, d.month) AS ends
        FROM monitoring_member m JOIN people_person p ON p.id = m.person_id LEFT JOIN monitoring_first_job j USING (person_id)
            LEFT JOIN LATERAL (SELECT min(c.claim_month) AS month FROM benefit_claim c
                               WHERE c.person_id = m.person_id AND c.state IN ('provisional', 'final', 'ended') AND c.claim_month <= %(as_of)s) d ON true
    ), missed AS (
        SELECT *, greatest(least(%(as_of)s / rhythm * rhythm, ends) - 1 - last_month, 0) AS tail FROM life
    ), counted AS (
        SELECT *, last_month - first_month + 1 - months + tail AS stopped, greatest(longest_gap, tail) >= %(stopped_after)s AS ever,
               ends - least(first_job, first_month) AS since_first_job
        FROM missed
    )
"""


@dataclass(frozen=True)
class Interruption:
    """Interruption in one group by the survey's definition.

    Attributes
    ----------
    group, cell : str
        ``all``, or a group and the cell of it.
    members : int or None
        Members with at least one month paid. Where those who stopped, or those who never did, are too few to publish, this
        and all figures are None.
    ever : float or None
        Share of them with a stop, past or present [fraction].
    mean_years : float or None
        Mean years not paid of those [years].
    density : float or None
        Mean of years not paid over years since the first job, of those [fraction].
    first_job_known : float or None
        Share of those whose first job is stated; for the others the first month paid stands in.
    """

    group: str
    cell: str
    members: int | None
    ever: float | None
    mean_years: float | None
    density: float | None
    first_job_known: float | None


def interruption(as_of: int, group: str = EVERYBODY) -> list[Interruption]:
    """Work out the interruption figures of everybody or of the cells of a group; see `by_every_group`."""
    return by_every_group(as_of)[group]


def by_every_group(as_of: int) -> dict[str, list[Interruption]]:
    """Work out the interruption figures at the beginning of a month, in one pass: for ``all`` and by the cells of each group.

    Parameters
    ----------
    as_of : int
        Month at whose beginning one looks.

    Returns
    -------
    dict
        A list by name of the group: ``all``, ``province``, ``sex``, ``hukou``, ``age``.
    """
    names = tuple(GROUPS)
    sql = _lives() + f"""
        SELECT {", ".join(f"grouping({name})" for name in names)}, {", ".join(names)}, count(*), count(*) FILTER (WHERE ever), avg(stopped) FILTER (WHERE ever),
               avg(stopped::float / since_first_job) FILTER (WHERE ever AND since_first_job > 0), avg((first_job IS NOT NULL)::int) FILTER (WHERE ever)
        FROM counted WHERE months > 0 GROUP BY GROUPING SETS ((), {", ".join(f"({name})" for name in names)})"""
    found: dict[str, dict[str, tuple[Any, ...]]] = {group: {} for group in (EVERYBODY, *names)}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, {"as_of": as_of, **thresholds()})
        for line in cursor.fetchall():
            left_out, cells, figures = line[:len(names)], line[len(names):2 * len(names)], line[2 * len(names):]
            group = next((name for name, out in zip(names, left_out, strict=True) if not out), EVERYBODY)
            cell = EVERYBODY if group == EVERYBODY else str(cells[names.index(group)])
            if figures[0]:
                found[group][AGES[cell] if group == "age" else cell] = figures
    return {group: _shown(group, cells) for group, cells in found.items()}


def _lives() -> str:
    return LIVES.format(cells=", ".join(f"{column} AS {name}" for name, column in GROUPS.items()))


def _shown(group: str, cells: dict[str, tuple[Any, ...]]) -> list[Interruption]:
    """Return the figures of a group without those of cells where those who stopped, or never did, are too few."""
    split = {(cell, part): count for cell, (members, ever, *_) in cells.items() for part, count in (("ever", ever), ("never", members - ever))}
    shown = suppressed(split, definitions().numbers["smallest_cell"])
    found = []
    for cell, (members, ever, months, density, known) in sorted(cells.items()):
        if shown[cell, "ever"] is None or shown[cell, "never"] is None:
            found.append(Interruption(group, cell, None, None, None, None, None))
        else:
            found.append(Interruption(group, cell, members, ever / members, float(months or 0) / MONTHS_PER_YEAR, float(density or 0), float(known or 0)))
    return found


def counts(as_of: int) -> dict[str, int]:
    """Count members as a run of the laboratory counts its people, under the same names, at the beginning of a month.

    ``population``: present members; ``stopped``: paid before, no month of the last twelve, and something is missed;
    ``ever_stopped``: missed a month since the first payment; ``stopped_months``: months missed since then; ``exposure_months``:
    months since the one first paid.
    """
    names = ("population", "stopped", "ever_stopped", "stopped_months", "exposure_months")
    sql = _lives() + """
        SELECT count(*), count(*) FILTER (WHERE last_month < %(as_of)s - 12 AND tail > 0), count(*) FILTER (WHERE stopped > 0),
               coalesce(sum(stopped), 0), coalesce(sum(ends - 1 - first_month), 0) FROM counted WHERE present"""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, {"as_of": as_of, **thresholds()})
        return dict(zip(names, map(int, cursor.fetchone()), strict=True))
