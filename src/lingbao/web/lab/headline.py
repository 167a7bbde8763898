"""The few figures of a result that lists show, kept in its row."""

from __future__ import annotations

from typing import Any

import polars as pl

from lingbao.law.reform import Reform
from lingbao.web.lab import engine, folder, words
from lingbao.web.lab.models import Run

# Figure, unit, words; a reform shows differences, the law as it is shows levels.
SHOWN = (
    ("employee_members", "persons", "职工养老保险参保", "in the employee scheme"),
    ("stopped_share", "share", "中断缴费", "stopped paying"),
    ("balance", "money", "当年收支差", "balance of the year"),
    ("winners", "share", "受益", "gain"),
    ("losers", "share", "受损", "lose"),
)


def figures_of(key: str, alone: bool) -> dict[str, float]:
    """Return the headline figures of a result whose tables are written: of the last year, the rest over the run."""
    years, accounts = folder.table(key, "years"), folder.table(key, "accounts")
    column = "baseline" if alone else "difference"
    found: dict[str, float] = {"last": float(years["year"].max())}  # type: ignore[arg-type]
    for table, names in ((years, ("employee_members", "stopped_share")), (accounts, ("balance",))):
        last = table.filter((pl.col("year") == pl.col("year").max()) & pl.col("measure").is_in(names))
        found |= {row["measure"]: row[column] for row in last.to_dicts() if row[column] is not None}
    if not alone:
        whole = folder.table(key, "winners").filter(pl.col("grouping") == "all").to_dicts()[0]
        found |= {"winners": whole["winners"], "losers": whole["losers"]}
    return {name: value for name, value in found.items() if value == value}


def by_reform(lang: str) -> dict[str, dict[str, Any]]:
    """Return the best result of each reform under the law and program of today: the longest, then the largest."""
    rows = Run.objects.filter(state=Run.State.DONE, law_hash=engine.law().hash, program=engine.program())
    found: dict[str, dict[str, Any]] = {}
    for run in rows.order_by("years", "size").defer("reform"):
        if folder.complete(run.key):
            found[run.reform_hash] = line(run, lang)
    return found


def of_reform(reform: Reform, lang: str) -> list[dict[str, Any]]:
    """Return every result of a reform under the law and program of today, the largest first."""
    rows = Run.objects.filter(state=Run.State.DONE, law_hash=engine.law().hash, program=engine.program(), reform_hash=reform.hash)
    return [line(run, lang) for run in rows.order_by("-years", "-size").defer("reform") if folder.complete(run.key)]


def line(run: Run, lang: str) -> dict[str, Any]:
    """Return a run as a line of a list."""
    alone = run.reform_hash == ""
    shown = [
        {"name": zh if lang == "zh" else en,
         "value": words.written(run.headline[name], unit, lang, signed=not alone and name not in ("winners", "losers"))}
        for name, unit, zh, en in SHOWN if name in run.headline
    ]
    return {"key": run.key, "size": run.size, "years": run.years, "seed": run.seed, "state": run.state, "name": run.reform_name,
            "last": int(run.headline.get("last", 0)), "figures": shown}
