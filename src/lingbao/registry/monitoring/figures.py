"""Figures for the public: members by place, group and status, and by what stopped them, with small cells left out."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.monitoring.standing import STATUS, thresholds
from lingbao.registry.session import SYSTEM, acting_as

GROUPS = {
    "province": "m.province", "sex": "p.sex", "hukou": "p.hukou_kind",
    "age": "width_bucket(%(as_of)s / 12 - extract(year FROM p.birth), 20, 60, 4)::text",
}
AGES = {"0": "<20", "1": "20-29", "2": "30-39", "3": "40-49", "4": "50-59", "5": "60+"}
Cells = dict[tuple[str, str], int | None]


def by_group(as_of: int, group: str) -> Cells:
    """Count members by a group and status, small cells left out (None).

    Parameters
    ----------
    as_of : int
        Month at whose beginning one looks.
    group : {"province", "sex", "hukou", "age"}
    """
    sql = (f"SELECT {GROUPS[group]}, {STATUS}, count(*) FROM monitoring_member m JOIN people_person p ON p.id = m.person_id GROUP BY 1, 2")
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, {"as_of": as_of, **thresholds()})
        counted = {(AGES[place] if group == "age" else place, status): count for place, status, count in cursor.fetchall()}
    return suppressed(counted, definitions().numbers["smallest_cell"])


def by_reason(as_of: int) -> tuple[Cells, Cells]:
    """Members who are late or stopped, by the reason they last stated and by the causes found for the month; never mixed."""
    base = f"FROM monitoring_member m WHERE {STATUS} IN ('late', 'stopped')"
    stated = ("SELECT coalesce((SELECT code FROM monitoring_reason r WHERE r.person_id = m.person_id ORDER BY id DESC LIMIT 1), 'not_asked'),"
              f" {STATUS}, count(*) {base} GROUP BY 1, 2")
    inferred = ("SELECT coalesce((SELECT code FROM monitoring_cause c WHERE c.person_id = m.person_id AND c.month = %(as_of)s ORDER BY id LIMIT 1),"
                f" 'unknown'), {STATUS}, count(*) {base} GROUP BY 1, 2")
    found = []
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for sql in (stated, inferred):
            cursor.execute(sql, {"as_of": as_of, **thresholds()})
            found.append(suppressed({(code, status): count for code, status, count in cursor.fetchall()}, definitions().numbers["smallest_cell"]))
    return found[0], found[1]


def suppressed(cells: Mapping[tuple[str, str], int], smallest: int) -> Cells:
    """Leave out cells below ``smallest``, and where that alone would let a reader work one out, the next smallest too.

    A row or column whose total is known must lose at least two cells or none. Cells that nobody is in say nothing and
    are shown as they are.
    """
    out: Cells = dict(cells)
    for key, count in cells.items():
        if 0 < count < smallest:
            out[key] = None
    changed = True
    while changed:
        changed = False
        for axis in (0, 1):
            for name in {key[axis] for key in out}:
                line = [key for key in out if key[axis] == name]
                hidden = [key for key in line if out[key] is None]
                shown = sorted((key for key in line if out[key]), key=lambda key: (cells[key], key))
                if len(hidden) == 1 and shown:
                    out[shown[0]] = None
                    changed = True
    return out
