"""A stored result as the page shows it: key figures, sections of tables, charts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from lingbao.web.charts import Table
from lingbao.web.lab import folder, sections, words
from lingbao.web.lab.models import Run
from lingbao.web.lab.tables import ALL

FACTS = ("employee_members", "stopped_share", "paid_by_payer", "mean_pension")
JOINING, STOPPING = ("employee_share", "resident_share", "none_share"), ("stopped_share", "ever_stopped_share", "density_stopped")
PAYING = ("paid_by_payer", "burden", "mean_pension", "poverty_share")
WHOLE_LIVES = ("months_paid_mean", "pension_first_mean", "replacement_rate_mean", "benefit_cost_employee", "irr_employee_median")
FUND = ("contributions", "benefits", "balance", "pool_balance", "resident_balance", "account_liability", "implicit_debt")
EVERY = 5  # years between the rows of the table by year


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is, the law as it is, the reform, the difference."""

    name: str
    baseline: str
    reform: str = ""
    difference: str = ""
    note: str = ""
    grouping: str = ""


@dataclass(frozen=True)
class Block:
    """One table of the page.

    Attributes
    ----------
    title : str
    rows : list of Row
    open : bool
        Shown at once, or behind a line that opens it.
    """

    title: str
    rows: list[Row]
    open: bool = True


class Result:
    """The tables of one run, read when they are asked for.

    Parameters
    ----------
    run : Run
        A run that is done.
    lang : {"zh", "en"}
    """

    def __init__(self, run: Run, lang: str) -> None:
        self.run, self.lang = run, lang
        self.alone = run.reform is None
        self._read: dict[str, pl.DataFrame] = {}
        self._sections = sections.read(folder.folder_of(run.key))

    def table(self, name: str) -> pl.DataFrame:
        """Return one of the tables."""
        if name not in self._read:
            self._read[name] = folder.table(self.run.key, name)
        return self._read[name]

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        return name in folder.tables(self.run.key)

    @property
    def shown(self) -> dict[str, sections.Shown]:
        """What the page shows of the simulation's reports, by name."""
        return {name: sections.shown(section, self.lang) for name, section in self._sections.items()}

    @property
    def last(self) -> int:
        """Last simulated year."""
        return int(self.table("years")["year"].max())  # type: ignore[arg-type]

    @property
    def first(self) -> int:
        """First simulated year."""
        return int(self.table("years")["year"].min())  # type: ignore[arg-type]

    def row(self, values: dict[str, Any], measure: str, label: str | None = None, kind: str = "measures") -> Row:
        """Return a line from the columns ``baseline``, ``reform`` and ``difference``."""
        unit, lang = words.unit(measure, kind), self.lang
        head = label or words.name(kind, measure, lang)
        if self.alone:
            return Row(head, words.written(values["baseline"], unit, lang))
        note = "" if unit in ("share", "rate") else words.relative(values["baseline"], values["reform"])
        return Row(head, words.written(values["baseline"], unit, lang), words.written(values["reform"], unit, lang),
                   words.written(values["difference"], unit, lang, signed=True), note)

    def facts(self) -> list[Row]:
        """The key figures of the last year."""
        rows = {row["measure"]: row for row in self.table("years").filter(pl.col("year") == self.last).to_dicts()}
        found = [self.row(rows[name], name) for name in FACTS if name in rows]
        accounts = self.table("accounts").filter((pl.col("year") == self.last) & (pl.col("measure") == "balance")).to_dicts()
        found += [self.row(row, "balance") for row in accounts]
        if self.alone:
            return [*found, *(self.row(rows[name], name) for name in ("burden",) if name in rows)]
        whole = self.table("winners").filter(pl.col("grouping") == ALL).to_dicts()[0]
        gain, lose = (words.written(whole[name], "share", self.lang) for name in ("winners", "losers"))
        zh = self.lang == "zh"
        return [*found, Row("受益和受损的人" if zh else "People who gain and who lose", "", "", f"{gain} / {lose}",
                            "平均得失 " + words.written(whole["mean_gain"], "yuan", "zh", signed=True) if zh
                            else "mean gain " + words.written(whole["mean_gain"], "yuan", "en", signed=True))]

    def by_group(self, measures: tuple[str, ...]) -> list[Block]:
        """Tables of shares in the last year: the first measure by fifth of income at once, the rest behind a line."""
        found = []
        for place, measure in enumerate(measures):
            chosen = self.table("groups").filter(pl.col("measure") == measure).to_dicts()
            rows = [replace(self.row(row, measure, self.group(row)), grouping=self.grouping(row)) for row in chosen if _known(row["baseline"])]
            name, fifths = words.name("measures", measure, self.lang), words.name("groupings", "income_fifth", self.lang)
            if place == 0:
                found.append(Block(name, [row for row in rows if row.grouping in ("", fifths)]))
                rows = [row for row in rows if row.grouping not in ("", fifths)]
                name = f"{name}：其他分组" if self.lang == "zh" else f"{name}, other groups"
            found.append(Block(name, rows, False))
        return [block for block in found if block.rows]

    def group(self, row: dict[str, Any]) -> str:
        """Return what the group of a line is called."""
        return words.name("groups", row["group"], self.lang)

    def grouping(self, row: dict[str, Any]) -> str:
        """Return what the grouping of a line is called; nothing for everyone."""
        return "" if row["grouping"] == ALL else words.name("groupings", row["grouping"], self.lang)

    def lives(self) -> list[Block]:
        """Figures of whole lives, by fifth of income."""
        found = []
        for measure in WHOLE_LIVES:
            chosen = self.table("lives").filter((pl.col("figure") == measure) & pl.col("grouping").is_in([ALL, "income_fifth"]))
            rows = [self.row(row, measure, self.group(row)) for row in chosen.sort("grouping", "group").to_dicts() if _known(row["baseline"])]
            found.append(Block(words.name("measures", measure, self.lang), rows, False))
        return [block for block in found if block.rows]

    def winners(self) -> list[dict[str, Any]]:
        """Who gains and who loses, by group: shares with the mean gain."""
        if self.alone:
            return []
        lang = self.lang
        return [{
            "grouping": self.grouping(row), "name": self.group(row), "winners": words.written(row["winners"], "share", lang),
            "losers": words.written(row["losers"], "share", lang), "unchanged": words.written(row["unchanged"], "share", lang),
            "mean_gain": words.written(row["mean_gain"], "yuan", lang, signed=True),
            "error": words.written(row["mean_gain_error"], "yuan", lang),
        } for row in self.table("winners").to_dicts()]

    def moves(self) -> list[dict[str, str]]:
        """How many people behave differently, with the error of the sample."""
        if self.alone:
            return []
        whole = self.table("moves").filter((pl.col("grouping") == ALL) & (pl.col("persons") > 0))
        return [{"name": words.name("moves", row["move"], self.lang), "persons": words.written(row["persons"], "persons", self.lang),
                 "error": words.written(row["persons_error"], "persons", self.lang), "share": words.written(row["share"], "share", self.lang)}
                for row in whole.to_dicts()]

    def joiners(self) -> list[dict[str, str]]:
        """What the reform gives those who join by it."""
        if self.alone:
            return []
        rows = self.table("joiners").to_dicts()
        if not any(row["figure"] == "persons" and row["value"] > 0 for row in rows):
            return []
        return [{"name": words.name("joiners", row["figure"], self.lang), "value": words.written(row["value"], words.unit(row["figure"], "joiners"), self.lang),
                 "error": words.written(row["standard_error"], words.unit(row["figure"], "joiners"), self.lang) if row["standard_error"] else ""}
                for row in rows if _known(row["value"])]

    def effects(self) -> list[dict[str, str]]:
        """The side effects of a fixed amount; empty where the reform has none."""
        if self.alone or "fixed_amount" not in (self.run.reform or {}).get("options", {}):
            return []
        return [{"name": words.name("effects", row["effect"], self.lang), "persons": words.written(row["persons"], "persons", self.lang),
                 "share": words.written(row["share"], "share", self.lang), "yuan": words.written(row["yuan"], "money", self.lang)}
                for row in self.table("switching_down").to_dicts()]

    def chosen(self) -> list[Block]:
        """Schemes, and tiers and rhythms within each, in the last year."""
        lang, found = self.lang, []
        titles = {"scheme": ("参加哪一种", "Scheme"), "tier": ("选哪一档", "tier"), "rhythm": ("多久交一次", "payment rhythm")}
        for (of, scheme), part in self.table("chosen").group_by("of", "scheme", maintain_order=True):
            rows = [self._choice(row, str(of)) for row in part.to_dicts() if (row["baseline"] or 0) + (row.get("reform") or 0) > 0]
            name = words.name("schemes", scheme, lang)
            title = titles[str(of)][lang == "en"]
            found.append(Block(title if of == "scheme" else f"{name}：{title}" if lang == "zh" else f"{name.capitalize()}: {title}", rows, of == "scheme"))
        return [block for block in found if len(block.rows) > 1]

    def _choice(self, row: dict[str, Any], of: str) -> Row:
        kind = {"scheme": "schemes", "rhythm": "rhythms", "tier": "tiers"}[of]
        name = words.name(kind, row["choice"], self.lang)
        if of == "tier" and name == row["choice"] and _number(name) is not None:
            share = f"{100 * float(name):g}%"
            name = f"社会平均工资的 {share}" if self.lang == "zh" else f"{share} of the average wage"
        values = {key: row.get(key) or 0.0 for key in ("baseline", "reform")}
        return self.row(values | {"difference": values["reform"] - values["baseline"]}, "employee_share", name)

    def fund(self) -> list[Block]:
        """The fund by year, one table an account; every fifth year and the last."""
        found = []
        for place, measure in enumerate(FUND):
            rows = self.table("accounts").filter(pl.col("measure") == measure).sort("year").to_dicts()
            shown = [row for row in rows if (row["year"] - self.first) % EVERY == 0 or row["year"] == self.last]
            found.append(Block(words.name("measures", measure, self.lang), [self.row(row, measure, str(row["year"])) for row in shown], place == 2))
        return found

    def charts(self) -> dict[str, Table]:
        """The charts that have something to show, those of the reports included."""
        found = {name: build(self) for name, build in CHARTS.items() if not (self.alone and name in OF_DIFFERENCES)}
        drawn = {name: sections.chart_of(section, self.lang) for name, section in self._sections.items()}
        return {name: table for name, table in (found | drawn).items() if table is not None and table.rows}


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _series(result: Result, table: str, measures: tuple[str, ...], by: float, difference: bool = False) -> tuple[tuple[Any, float | None, str], ...]:
    """Rows of a line chart: one measure under the law and under the reform, or the difference of both for several."""
    lang = result.lang
    law, reform = ("现行法律", "改革") if lang == "zh" else ("Law in force", "Reform")
    rows: list[tuple[Any, float | None, str]] = []
    for measure in measures:
        label = words.name("measures", measure, lang)
        chosen = result.table(table).filter(pl.col("measure") == measure).sort("year")
        sides = [("difference", label)] if difference else [("baseline", law)]
        if not difference and not result.alone:
            sides.append(("reform", reform))
        for column, name in sides:
            rows += [(row["year"], row[column] / by, name) for row in chosen.to_dicts() if _known(row[column])]
    return tuple(rows)


def _members(result: Result) -> Table:
    zh = result.lang == "zh"
    rows = _series(result, "years", ("employee_members",), words.TEN_THOUSAND if zh else words.MILLION)
    return Table("lines", "职工养老保险参保人数" if zh else "Members of the employee scheme", "年" if zh else "year", "万人" if zh else "million people", "", rows)


def _joining(result: Result) -> Table:
    zh = result.lang == "zh"
    rows = _series(result, "years", ("employee_members", "resident_members", "none"), words.TEN_THOUSAND if zh else words.MILLION, difference=True)
    return Table("lines", "改革带来的人数变化" if zh else "Change of numbers by the reform", "年" if zh else "year", "万人" if zh else "million people", "", rows)


def _stopped(result: Result) -> Table:
    zh = result.lang == "zh"
    rows = _series(result, "years", ("stopped",), words.TEN_THOUSAND if zh else words.MILLION)
    return Table("lines", "缴过费、当年没有缴的人" if zh else "People who had paid before and paid nothing that year", "年" if zh else "year",
                 "万人" if zh else "million people", "", rows)


def _balance(result: Result) -> Table:
    zh = result.lang == "zh"
    rows = _series(result, "accounts", ("balance",), words.HUNDRED_MILLION if zh else words.BILLION)
    return Table("lines", "职工养老保险当年收支差" if zh else "Balance of the employee scheme by year", "年" if zh else "year", "亿元" if zh else "billion yuan", "", rows)


def _money(result: Result) -> Table:
    zh = result.lang == "zh"
    rows = _series(result, "accounts", ("contributions", "benefits"), words.HUNDRED_MILLION if zh else words.BILLION, difference=True)
    return Table("lines", "改革带来的收支变化" if zh else "Change of contributions and benefits by the reform", "年" if zh else "year",
                 "亿元" if zh else "billion yuan", "", rows)


def _gains(result: Result) -> Table:
    zh = result.lang == "zh"
    named = (("winners", "受益", "gain"), ("losers", "受损", "lose"))
    fifths = result.table("winners").filter(pl.col("grouping").is_in([ALL, "income_fifth"])).to_dicts()
    rows = tuple((result.group(row), 100 * row[column], zh_name if zh else en_name) for row in fifths for column, zh_name, en_name in named)
    return Table("bars", "各收入组受益和受损的人" if zh else "Who gains and who loses, by fifth of income", "", "占该组的百分比" if zh else "percent of the group", "", rows)


CHARTS: dict[str, Callable[[Result], Table]] = {
    "members": _members, "joining": _joining, "stopped": _stopped, "gains": _gains, "balance": _balance, "money": _money,
}
OF_DIFFERENCES = ("joining", "gains", "money")
