"""Which provincial rules are known, computed from the data and set beside what ``coverage.yaml`` claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from lingbao.law.loader import read_yaml
from lingbao.law.month import month, year_of
from lingbao.law.store import Law
from lingbao.law.values import Value

# From here on every province can be planned and checked without derived or provisional figures.
FIRST_YEAR = 2020
LAST_YEAR = 2025


class Entry(NamedTuple):
    """Coverage of one rule in one province: ``complete``, ``partial`` or ``missing``, and the years on record."""

    status: str
    years: str = ""


def coverage(law: Law) -> dict[str, dict[str, Entry]]:
    """Return the coverage of every province and rule, computed from the data.

    Returns
    -------
    dict
        ``{code: {rule: Entry}}``; ``complete`` means every year from 2020 to 2025 for dated rules, and every field that
        a computation needs for the others.
    """
    return {
        province.code: {name: check(law, province.code) for name, check in CHECKS.items()}
        for province in law.provinces()
    }


def claimed(law: Law) -> dict[str, dict[str, Entry]]:
    """Return the coverage that ``coverage.yaml`` states."""
    stated = read_yaml(law.directory / "coverage.yaml")["provinces"]
    return {
        code: {name: Entry(entry["status"], entry.get("years", "")) for name, entry in rules.items()}
        for code, rules in stated.items()
    }


def as_yaml(found: Mapping[str, Mapping[str, Entry]]) -> str:
    """Write a coverage as the text of ``coverage.yaml``."""
    lines = ["# Claimed coverage of provincial rules; a test compares it with the data. `lingbao law coverage` shows it.",
             "provinces:"]
    for code, rules in found.items():
        lines.append(f'  "{code}":')
        for name, entry in rules.items():
            years = f', years: "{entry.years}"' if entry.years else ""
            lines.append(f"    {name}: {{status: {entry.status}{years}}}")
    return "\n".join(lines) + "\n"


def _values(law: Law, path: str) -> tuple[Value, ...]:
    return law.history(path) if law.has(path) else ()


def _spans(years: Iterable[int]) -> str:
    """Write years with runs joined: ``2010–2018, 2020–2025``."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def _years_of(values: Iterable[Value]) -> set[int]:
    found: set[int] = set()
    for value in values:
        if value.since is not None:
            last = LAST_YEAR + 1 if value.until is None else year_of(value.until)
            found |= set(range(year_of(value.since), last + 1))
    return found


def _dated(years: set[int]) -> Entry:
    if not years:
        return Entry("missing")
    wanted = set(range(FIRST_YEAR, LAST_YEAR + 1))
    return Entry("complete" if wanted <= years else "partial", _spans(years))


def _benefit_base(law: Law, code: str) -> Entry:
    values = [v for v in _values(law, f"provinces.{code}.benefit_base") if v.basis != "derived"]
    return _dated(_years_of(values))


def _contribution_base(law: Law, code: str) -> Entry:
    floors, caps = (_values(law, f"provinces.{code}.contribution_{name}") for name in ("floor", "cap"))
    entry = _dated(_years_of(floors) & _years_of(caps))
    months = range(month(FIRST_YEAR, 1), month(LAST_YEAR, 12) + 1)
    covered = all(any(v.covers(m) for v in floors) and any(v.covers(m) for v in caps) for m in months)
    return Entry("partial", entry.years) if entry.status == "complete" and not covered else entry


def _transitional(law: Law, code: str) -> Entry:
    values = _values(law, f"provinces.{code}.transitional")
    if not values:
        return Entry("missing")
    table = values[-1].value
    needed = ("account_start", "deemed_cutoff", "transitional_coefficient", "form", "index_rule", "gap_counts")
    known = all(table[name] is not None for name in needed) and table["form"] not in ("weighted", "guangdong")
    return Entry("complete" if known else "partial")


def _flexible(law: Law, code: str) -> Entry:
    values = _values(law, f"provinces.{code}.flexible")
    table = values[-1].value if values else {"choice": None, "payment_periods": None}
    known = [table["choice"] is not None, table["payment_periods"] is not None]
    return Entry("complete" if all(known) else "partial" if any(known) else "missing")


def _women_class(law: Law, code: str) -> Entry:
    values = _values(law, f"provinces.{code}.women_class")
    if not values:
        return Entry("missing")
    return Entry("partial" if values[-1].confidence == "low" or values[-1].value == "own" else "complete")


def _subsidies(law: Law, code: str) -> Entry:
    if law.has(f"provinces.{code}.subsidies"):
        values = law.history(f"provinces.{code}.subsidies")
        return Entry("partial" if values[-1].confidence == "low" else "complete")
    some = any(path.startswith(f"provinces.{code}.subsidies@") for path in law.paths())
    return Entry("partial" if some else "missing")


def _resident_basic(law: Law, code: str) -> Entry:
    return _dated(_years_of(_values(law, f"provinces.{code}.resident_basic")))


def _resident_tiers(law: Law, code: str) -> Entry:
    return Entry("complete" if law.has(f"provinces.{code}.resident_tiers") else "missing")


def _medical(law: Law, code: str) -> Entry:
    items = {row["item"] for row in law.rows("medical") if row["province"] == code}
    paid = any(item.startswith(("flexible_rate", "flexible_fee")) for item in items)
    lifetime = any(item.startswith("lifetime_years") for item in items)
    return Entry("complete" if paid and lifetime else "partial" if paid or lifetime else "missing")


CHECKS: dict[str, Callable[[Law, str], Entry]] = {
    "benefit_base": _benefit_base,
    "contribution_base": _contribution_base,
    "transitional": _transitional,
    "flexible": _flexible,
    "women_class": _women_class,
    "subsidies": _subsidies,
    "resident_basic": _resident_basic,
    "resident_tiers": _resident_tiers,
    "medical": _medical,
}
