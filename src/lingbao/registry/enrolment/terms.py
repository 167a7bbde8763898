"""What the law of a place offers a flexible worker in a month: bounds, tiers, rates and rhythms of payment."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from lingbao.career.place import area_path
from lingbao.career.resident import tiers_of
from lingbao.law.errors import MissingLaw
from lingbao.law.loader import read_yaml
from lingbao.law.rules.contribution import base_in_bounds, tier_base
from lingbao.law.store import Law


@dataclass(frozen=True)
class Terms:
    """The law of one place in one month, as far as it is known.

    Parameters
    ----------
    wage, floor, cap : float
        Average wage that governs the month, and the bounds of the base [yuan/month].
    choice : str
        ``free`` (any base within the bounds), ``tiers`` (shares of the wage) or ``yuan`` (bases in yuan).
    tiers : tuple of float
        Shares of the wage that may be chosen; with ``free`` they are suggestions.
    bases : tuple of float
        Bases in yuan that may be chosen, with ``yuan`` [yuan/month].
    rhythms : tuple of int
        Months that one payment may cover.
    total_rate, account_rate : float
        Rate of the contribution, and its part for the account.
    catch_up : bool or None
        Whether unpaid months of the same year may still be paid; None where it is not on record.
    provisional : bool
        An earlier year's figure stands in for one not published yet.
    law_hash : str
        Content hash of the law.
    """

    wage: float
    floor: float
    cap: float
    choice: str
    tiers: tuple[float, ...]
    bases: tuple[float, ...]
    rhythms: tuple[int, ...]
    total_rate: float
    account_rate: float
    catch_up: bool | None
    provisional: bool
    law_hash: str


@functools.lru_cache(maxsize=4096)
def terms_of(law: Law, province: str, area: str | None, month: int, known: int | None = None) -> Terms:
    """Return the law of a place in a month; national rules where the province has none of its own.

    Parameters
    ----------
    law : Law
    province, area : str, str or None
        Two digits, and a city with figures of its own.
    month : int
        The month paid for.
    known : int, optional
        Month from which one looks: figures published later do not exist.

    Raises
    ------
    lingbao.law.errors.MissingLaw
        If bounds or rates of the place are not on record, with the periods that are.
    """

    def figure(name: str) -> tuple[float, bool]:
        path = area_path(law, province, name, area) or f"provinces.{province}.{name}"
        value = law.look_up(path, month, known, provisional=True)
        return float(value.value), value.provisional

    def rate(name: str) -> float:
        own = f"provinces.{province}.{name}"
        path = own if law.has(own) else f"national.contribution.{name}"
        return float(law.number(path, month, known, provisional=True))

    (wage, w), (floor, f), (cap, c) = (
        figure(name) for name in ("contribution_average_wage", "contribution_floor", "contribution_cap"))
    # A lower bound for flexible workers counts only in the months for which it was granted.
    lower = _if_known(law, f"provinces.{province}.contribution_floor_flexible", month, known, provisional=False)
    own = _if_known(law, f"provinces.{province}.flexible", month, known, provisional=True) or {}
    choice = own.get("choice") or "free"
    tiers = tuple(float(t) for t in own.get("tiers") or law.table("national.contribution.usual_tiers"))
    return Terms(
        wage=wage, floor=floor if lower is None else min(floor, float(lower)), cap=cap, choice=choice,
        tiers=tiers, bases=tuple(float(b) for b in own.get("bases") or ()),
        rhythms=tuple(int(m) for m in own.get("payment_periods") or law.table("national.contribution.payment_periods")),
        total_rate=rate("total_rate"), account_rate=rate("account_rate"), catch_up=own.get("catch_up"),
        provisional=w or f or c, law_hash=law.hash,
    )


def tier_bases(terms: Terms) -> tuple[float, ...]:
    """Return the bases on offer [yuan/month], ascending: those in yuan, or the tiers, none outside the bounds."""
    offered = terms.bases if terms.choice == "yuan" else tuple(float(tier_base(terms.wage, t)) for t in terms.tiers)
    return tuple(sorted({float(base_in_bounds(base, terms.floor, terms.cap)) for base in offered}))


@functools.lru_cache(maxsize=256)
def areas(law: Law, province: str) -> dict[str, str]:
    """Return the cities of a province whose bounds or wages of the contribution are their own, each with its Chinese name."""
    entries = read_yaml(law.directory / "provinces" / "provinces.yaml")["provinces"]
    listed = next((each.get("areas", {}) for each in entries if each["code"] == province), {})
    return {city: name for name, city in listed.items() if any(
        area_path(law, province, figure, city) for figure in ("contribution_average_wage", "contribution_floor", "contribution_cap"))}


@functools.lru_cache(maxsize=256)
def resident_fees(law: Law, province: str) -> tuple[float, ...]:
    """Return the yearly fees of the resident scheme that a province offers [yuan/year]."""
    return tuple(fee for fee, _ in tiers_of(law, province))


def _if_known(law: Law, path: str, month: int, known: int | None, *, provisional: bool) -> Any:
    if not law.has(path):  # spares the search for similar names that an unknown path sets off
        return None
    try:
        return law.table(path, month, known, provisional=provisional)
    except MissingLaw:
        return None
