"""What agencies and calculators do differently: other bases, indices, lengths, formulas, divisors and roundings, tried."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lingbao.law.award import Award
from lingbao.law.award_law import award_law, divisor_law
from lingbao.law.month import MONTHS_PER_YEAR, format_age, month, year_of
from lingbao.law.rounding import NUDGE
from lingbao.law.rules import benefit, index, provincial
from lingbao.law.store import Law, Value
from lingbao.law.trace import Node, node_of
from lingbao.planner.award_causes import Tried, roundings, texts
from lingbao.planner.award_recompute import Facts, innermost, recompute, rerun

YEARS_AROUND = (-1, 0, 1, -2)
STEP = 1.1  # far enough that roundings to the fen do not matter


def basic(law: Law, facts: Facts, found: Award, official: float) -> Iterator[Tried]:
    """Try what may lie behind an official basic pension."""
    node = node_of("basic", found.basic)
    for code, words, changed in _bases(law, facts):
        yield Tried(code, words, recompute(law, changed).basic)
    for code, words, value in _indices(law, facts):
        yield Tried(code, words, recompute(law, replace(facts, mean_index=value)).basic)
    yield from _lengths(law, facts, node)
    yield from _formulas(law, facts, node)
    yield from roundings(innermost(node).unrounded)
    yield from _gaps(law, facts, found.basic, official)


def transitional(law: Law, facts: Facts, found: Award) -> Iterator[Tried]:
    """Try what may lie behind an official transitional pension."""
    yield Tried("left_out", {}, 0.0)
    if facts.deemed_months <= 0:
        return
    node = node_of("transitional", found.transitional)
    for code, words, changed in _bases(law, facts):
        yield Tried(code, words, recompute(law, changed).transitional)
    if facts.transitional_index is not None:
        yield Tried("index_mean", {"index": facts.mean_index},
                    recompute(law, replace(facts, transitional_index=None)).transitional)
    own = facts.mean_index if facts.transitional_index is None else facts.transitional_index
    for code, words, value in (*_decimals(own), *(("index_fixed", {"index": v}, v) for v in _in_store(law, "deemed_index", facts.claim))):
        yield Tried(code, words, recompute(law, replace(facts, transitional_index=value)).transitional)
    coefficient = innermost(node).arguments["transitional_coefficient"].value
    for other in _in_store(law, "transitional_coefficient", facts.claim):
        yield Tried("coefficient", {"coefficient": f"{other:.2%}", "own": f"{coefficient:.2%}"},
                    rerun(node, transitional_coefficient=other))
    for code, words, value in _months_around(law, facts.deemed_months, facts.claim):
        yield Tried(code, words, rerun(node, transitional_months=value))
    inside = innermost(node)
    arguments = {name: child.value for name, child in inside.arguments.items()}
    if arguments["transitional_index"] != own:
        yield Tried("index_as_printed", {"index": own, "used": arguments["transitional_index"]}, rerun(node, transitional_index=own))
    for code, other_form in (("formula_usual", provincial.transitional_pension), ("formula_mean", provincial.transitional_pension_mean)):
        if inside.name != other_form.__name__:
            yield Tried(code, {}, other_form(**arguments))
    yield from roundings(innermost(node).unrounded)


def account(law: Law, facts: Facts, found: Award, divisor: float, age: int | None) -> Iterator[Tried]:
    """Try what may lie behind an official account pension; ``divisor`` is the one it was checked with."""
    node = node_of("account", found.account)

    def by(months: float) -> float:
        return rerun(node, payout_months=months)

    for code, words, value in divisors(law, facts.claim, age):
        yield Tried(code, {**words, "divisor": value}, by(value))
    yield from roundings(facts.account_balance / divisor)


def divisors(law: Law, claim: int, age: int | None) -> Iterator[tuple[str, dict[str, Any], float]]:
    """Yield payout months that may have been used in place of the right ones: code, words, months."""
    law_of = divisor_law(law, claim)
    table = {whole: float(value) for whole, value in law_of.payout_table.items()}
    if age is not None:
        whole, past = divmod(age, MONTHS_PER_YEAR)
        if whole in table and whole + 1 in table:
            yield "divisor_printed", {}, float(law_of.divisor_rule(table[whole], table[whole + 1], past))
            yield "divisor_whole_age", {"age": whole}, table[whole]
            yield "divisor_by_month", {}, benefit.payout_months(table[whole], table[whole + 1], past)
        for step in (1, -1, MONTHS_PER_YEAR, -MONTHS_PER_YEAR):
            near, rest = divmod(age + step, MONTHS_PER_YEAR)
            if near in table and near + 1 in table:
                words = {"age": (format_age(age + step, "zh"), format_age(age + step))}
                yield "divisor_one_step", words, float(law_of.divisor_rule(table[near], table[near + 1], rest))
    for whole, value in table.items():
        yield "divisor_other_age", {"age": whole}, value
    old = law.history("national.benefit.law1997_divisor")
    if old:
        yield "divisor_old", {}, float(old[-1].value)


def _bases(law: Law, facts: Facts) -> Iterator[tuple[str, dict[str, Any], Facts]]:
    """Yield the facts with every other base the store knows for the place and the years around the claim."""
    path, year = f"provinces.{facts.province}.benefit_base", year_of(facts.claim)
    used = {round(float(facts.benefit_base), 2)} if facts.benefit_base == facts.local_base else set()
    for code, place, value in known_bases(law, facts, path, year):
        base = float(value.value)
        if round(base, 2) in used:
            continue
        used.add(round(base, 2))
        words = {"base": base, "year": year_of(value.since) if value.since is not None else year, "area": place}
        yield code, words, replace(facts, benefit_base=base, local_base=base)
        if facts.benefit_base != facts.local_base or place:
            yield "base_two", words, replace(facts, local_base=base)


def known_bases(law: Law, facts: Facts, path: str, year: int) -> Iterator[tuple[str, str, Value]]:
    for difference in YEARS_AROUND:
        code = {0: "base_of_law", 1: "base_later"}.get(difference, "base_earlier")
        if difference == 0 and facts.benefit_base != facts.local_base:
            code = "base_of_province"
        for value in _in_year(law, path, year + difference):
            yield code, "", value
    areas = [each for each in law.paths() if each.startswith(f"{path}@")]
    for area in sorted(areas, key=lambda each: each != f"{path}@{facts.area}"):
        for difference in (0, -1):
            for value in _in_year(law, area, year + difference):
                yield "base_of_area", area.partition("@")[2], value
    for name in ("average_wage", "contribution_average_wage"):
        for difference in (-1, 0):
            for value in _in_year(law, f"provinces.{facts.province}.{name}", year + difference):
                yield "base_wage", "", value
    for value in _in_year(law, f"{path}_prepay", year):
        yield "base_prepay", "", value


def _in_year(law: Law, path: str, year: int) -> list[Value]:
    """Return the values of a parameter that hold at the end of a year."""
    if not law.has(path):
        return []
    return [value for value in law.history(path) if value.covers(month(year, MONTHS_PER_YEAR))]


def _in_store(law: Law, name: str, on: int) -> list[float]:
    """Return the different values that provinces give a parameter in a month, smallest first."""
    found = set()
    for province in law.provinces():
        path = f"provinces.{province.code}.{name}"
        if law.has(path):
            found |= {float(value.value) for value in law.history(path)
                      if value.covers(on) and isinstance(value.value, int | float)}
    return sorted(found)


def _decimals(value: float) -> Iterator[tuple[str, dict[str, Any], float]]:
    """Yield an index rounded, and cut, to the decimals that agencies keep."""
    for decimals in texts()["conventions"]["kept_of_index"]:
        scale = 10.0**decimals
        rounded = math.floor(value * scale + 0.5 + NUDGE) / scale
        yield "index_decimals", {"decimals": decimals, "index": rounded}, rounded
        cut = math.floor(value * scale + NUDGE) / scale
        if cut != rounded:
            yield "index_truncated", {"decimals": decimals, "index": cut}, cut


def _indices(law: Law, facts: Facts) -> Iterator[tuple[str, dict[str, Any], float]]:
    """Yield the mean index under other conventions."""
    own, deemed = float(facts.mean_index), float(facts.deemed_months)
    paid = facts.months - deemed
    yield from _decimals(own)
    for code, name, bound in (("index_floor", "min_ratio", max), ("index_cap", "max_ratio", min)):
        for value in _in_year(law, f"national.contribution.{name}", year_of(facts.claim)):
            held = bound(own, float(value.value))
            yield code, {"index": held}, held
    if facts.transitional_index is not None:
        yield "index_transitional", {"index": facts.transitional_index}, float(facts.transitional_index)
    if deemed > 0 and paid > 0:
        values = [*_in_store(law, "deemed_index", facts.claim), *([float(facts.transitional_index)] if facts.transitional_index else [])]
        for credited in dict.fromkeys(values):
            joined = float(index.mean_index_with_deemed(own * paid, paid, credited, deemed))
            yield "index_with_deemed", {"deemed": credited, "index": joined}, joined
            parted = float(index.mean_index(own * facts.months - credited * deemed, paid))
            yield "index_without_deemed", {"deemed": credited, "index": parted}, parted


def _lengths(law: Law, facts: Facts, node: Node) -> Iterator[Tried]:
    """Try other lengths of contribution in the basic pension."""
    if "months" not in innermost(node).arguments:  # full years and odd months apart: only the whole form can be rerun
        for code, words, value in _months_around(law, facts.months, facts.claim):
            yield Tried(code, words, recompute(law, replace(facts, months=max(value, facts.deemed_months))).basic)
        return
    yield Tried("months_exact", {"months": facts.months}, rerun(node, months=facts.months))
    for code, words, value in _months_around(law, facts.months, facts.claim):
        yield Tried(code, words, rerun(node, months=value))
        if code.startswith("months_one"):
            yield Tried(code, words, recompute(law, replace(facts, months=max(value, facts.deemed_months))).basic)
    if facts.deemed_months > 0:
        for code, value in (("months_paid_only", facts.months - facts.deemed_months), ("months_deemed_twice", facts.months + facts.deemed_months)):
            yield Tried(code, {"months": value}, rerun(node, months=value))


def _months_around(law: Law, months: float, on: int) -> Iterator[tuple[str, dict[str, Any], float]]:
    """Yield a length miscounted by a month, and rounded as years in the ways known."""
    whole = float(round(months))
    yield "months_one_less", {"months": whole - 1}, whole - 1
    yield "months_one_more", {"months": whole + 1}, whole + 1
    if whole != months:
        yield "months_exact", {"months": whole}, whole
    years = months / MONTHS_PER_YEAR
    for step in (*_in_store(law, "years_step", on), 1.0):
        up = provincial.months_in_year_steps(months, step)
        yield "years_up", {"step": step, "years": up / MONTHS_PER_YEAR}, up
    for decimals in texts()["conventions"]["kept_of_years"]:
        rounded = math.floor(years * 10**decimals + 0.5 + NUDGE) / 10**decimals
        yield "years_rounded", {"decimals": decimals, "years": rounded}, rounded * MONTHS_PER_YEAR
    full = float(math.floor(years + NUDGE))
    yield "years_whole", {"years": full}, full * MONTHS_PER_YEAR


def _formulas(law: Law, facts: Facts, node: Node) -> Iterator[Tried]:
    """Try the national formula where the province has its own, and Guangdong's factor where it has not."""
    rate = award_law(law, facts.province, facts.claim).accrual_rate
    used = innermost(node).rule
    if used is not None and used.name != benefit.basic_pension.__name__:
        for base in (facts.benefit_base, facts.local_base):
            yield Tried("formula_national", {"difference": (used.label_zh, used.label_en)},
                        benefit.basic_pension(base, facts.mean_index, facts.months, rate))
        return
    for threshold in _in_store(law, "index_threshold", facts.claim):
        if facts.mean_index >= threshold:
            continue
        factor = provincial.low_index_factor(facts.mean_index, threshold)
        yield Tried("formula_low_index", {"threshold": threshold},
                    provincial.basic_pension_low_index(facts.local_base, factor, facts.mean_index, facts.months, rate))


def _gaps(law: Law, facts: Facts, computed: float, official: float) -> Iterator[Tried]:
    """Try how many months without payment, counted in the mean index, would explain a smaller figure."""
    implied = implied_value(law, facts, computed, official, "mean_index")
    if implied is None or not 0 < implied < facts.mean_index:
        return
    gaps = round(facts.months * (facts.mean_index / implied - 1))
    for candidate in (gaps - 1, gaps, gaps + 1):
        if 1 <= candidate <= facts.months:
            value = float(index.mean_index_over_months_due(facts.mean_index * facts.months, facts.months, candidate))
            yield Tried("index_gaps", {"gaps": candidate, "index": value},
                        recompute(law, replace(facts, mean_index=value)).basic)


def implied_value(law: Law, facts: Facts, computed: float, official: float, name: str) -> float | None:
    """Return the value of one fact at which the basic pension would be the official one, on a straight line.

    Parameters
    ----------
    name : {"mean_index", "months", "benefit_base"}
    """
    own = float(getattr(facts, name))
    if own <= 0:
        return None
    if name == "mean_index":
        changed = replace(facts, mean_index=own * STEP)
    elif name == "months":
        changed = replace(facts, months=own * STEP)
    else:
        changed = replace(facts, benefit_base=own * STEP, local_base=facts.local_base * STEP)
    slope = (float(recompute(law, changed).basic) - computed) / (own * (STEP - 1.0))
    return None if slope <= 0 else own + (official - computed) / slope
