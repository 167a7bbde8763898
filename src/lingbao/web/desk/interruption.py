"""Figures of interruption for reports and the public page: by what stopped people, and how long, by the survey's and the laboratory's definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

from lingbao.registry.monitoring import figures
from lingbao.registry.monitoring import interruption as measured
from lingbao.registry.monitoring.definitions import definitions
from lingbao.web.desk.queues import this_month
from lingbao.web.places import name_of

CELLS = {"male": {"zh": "男", "en": "men"}, "female": {"zh": "女", "en": "women"}, "urban": {"zh": "城镇", "en": "urban"}, "rural": {"zh": "农村", "en": "rural"},
         measured.EVERYBODY: {"zh": "全部", "en": "everybody"}, "<20": {"zh": "不满20岁", "en": "under 20"}, "60+": {"zh": "60岁及以上", "en": "60 and over"},
         **{ages: {"zh": f"{ages}岁", "en": f"aged {ages}"} for ages in figures.AGES.values() if "-" in ages}}
ASKED_NOT = {"not_asked": {"zh": "没有答复", "en": "no answer"}, "unknown": {"zh": "记录里看不出", "en": "the records do not tell"}}
STOPPED = ("late", "stopped")


KEPT = 10 * 60  # seconds a figure of the whole nation stands; it is the same for everyone who may see it
T = TypeVar("T")


def kept(name: str, work: Callable[[], T]) -> T:
    """Return a figure that was computed a short while ago, or compute it."""
    key = f"monitoring.{name}.{this_month()}"
    found: T | None = cache.get(key)
    if found is None:
        found = work()
        cache.set(key, found, KEPT)
    return found


def figures_of_interruption() -> dict[str, Any]:
    """Return causes, the survey's figures, the laboratory's and what they mean, as reports and the API show them."""
    return kept("interruption", lambda: {"causes": causes(), "interruption": interruption(), "simulated": simulated(), "meanings": meanings()})


def pair(words: tuple[str, str]) -> dict[str, str]:
    """Return words in both languages as data."""
    return {"zh": words[0], "en": words[1]}


def name_of_cell(name: str) -> dict[str, str]:
    """Return what a cell of a group is called."""
    return CELLS.get(name) or {lang: name_of(name, lang) for lang in ("zh", "en")}


def causes() -> list[dict[str, Any]]:
    """Return who is late or has stopped, by what they said and by what the records show, in two tables; small cells are None."""
    words = definitions()
    stated, inferred = figures.by_reason(this_month())
    tables = []
    for heading, cells, known in (({"zh": "本人说的原因", "en": "What they say"}, stated, words.reasons), ({"zh": "记录显示的原因", "en": "What the records show"}, inferred, words.causes)):
        codes = sorted({code for code, _ in cells}, key=lambda code: ([*known, *ASKED_NOT].index(code)))
        tables.append({"heading": heading, "statuses": [pair(words.statuses[status]) for status in STOPPED], "lines": [
            {"code": code, "name": ASKED_NOT.get(code) or pair(known[code]), "cells": [cells.get((code, status), 0) for status in STOPPED]} for code in codes]})
    return tables


def interruption() -> list[dict[str, Any]]:
    """Return the survey's figures for everybody and by province, sex, hukou and age; what is too small is None."""
    found = []
    for group, cells in measured.by_every_group(this_month()).items():
        if group == "age":
            cells.sort(key=lambda each: list(figures.AGES.values()).index(each.cell))
        found += [{"group": each.group, "cell": each.cell, "name": name_of_cell(each.cell), "members": each.members, "ever": each.ever,
                   "mean_years": each.mean_years, "density": each.density, "first_job_known": each.first_job_known} for each in cells]
    return found


def simulated() -> dict[str, float | None]:
    """Return the same by the laboratory's own function on the registry's counts; all None where a count is too small to publish."""
    import polars as pl

    from lingbao.simulation import indicators

    counted = measured.counts(this_month())
    smallest = definitions().numbers["smallest_cell"]
    names = list(indicators.INTERRUPTION)
    small = any(0 < count < smallest for count in (counted["stopped"], counted["ever_stopped"], counted["population"] - counted["ever_stopped"]))
    if small or counted["population"] == 0:
        return dict.fromkeys(names)
    people = pl.DataFrame({"year": [this_month() // 12] * len(counted), "measure": list(counted), "value": [float(count) for count in counted.values()]})
    row = indicators.interruption(people).row(0, named=True)
    return {name: row[name] for name in names}


def meanings() -> dict[str, dict[str, str]]:
    """Return what each figure of interruption means, by name."""
    return {name: pair(words) for name, words in definitions().measures.items()}
