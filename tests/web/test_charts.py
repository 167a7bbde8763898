"""The chart of a parameter is drawn where the law is, and nowhere else."""

from __future__ import annotations

import itertools
import re


def test_the_line_is_broken_where_the_law_is_blank() -> None:
    from lingbao.law.month import month
    from lingbao.law.store import Law
    from lingbao.web import charts

    law = Law.load()
    parameter = law.describe("provinces.36.benefit_base")
    blank = [year for year in range(2010, 2026) if not any(each.covers(month(year, 6)) for each in parameter.values)]
    assert blank == [2019]
    table = charts.history_table(parameter, "zh")
    assert table is not None
    drawn = [(one[0], other[0]) for one, other in itertools.pairwise(table.rows) if one[1] is not None and other[1] is not None]
    assert not any(start < 2019.5 < end for start, end in drawn) and any(start <= 2018.5 < end for start, end in drawn)
    picture = charts.svg(table, "narrow").decode()
    lines = [path for path in re.findall(r'<path[^>]* d="([^"]+)"', picture) if path.count("L") > 8]
    assert len(lines) == 1 and lines[0].count("M") == 2


def test_a_value_without_an_end_is_drawn_to_this_month() -> None:
    from lingbao.law.store import Law
    from lingbao.web import charts
    from lingbao.web.engine import today

    law = Law.load()
    open_ended = next(
        each for each in map(law.describe, law.paths())
        if charts.history_table(each, "en") and each.values[-1].until is None and (each.values[-1].since or 0) < today() - 12
    )
    table = charts.history_table(open_ended, "en")
    assert table is not None
    last = [x for x, y, _ in table.rows if y is not None][-1]
    assert last == today() / 12


def test_a_note_in_two_languages_is_shown_in_one() -> None:
    from lingbao.web.lawbook import note_in

    assert note_in("公布月份未记录（publication month not recorded）", "zh") == "公布月份未记录"
    assert note_in("公布月份未记录（publication month not recorded）", "en") == "publication month not recorded"
    assert note_in("English alone", "zh") == "English alone" and note_in("中文（补充）", "en") == "中文（补充）"
