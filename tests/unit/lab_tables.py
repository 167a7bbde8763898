"""Small tables of a run, made by hand or by a plain formula, in the shape a simulation leaves behind."""

from __future__ import annotations

import numpy as np
import polars as pl

from lingbao.law.month import month
from lingbao.simulation.run_tables import StoredRun

FIRST = month(2025, 1)
YEARS = 40
LAST = FIRST + YEARS * 12 - 1


def persons(people: int = 400, fixed: bool = False, seed: int = 5) -> pl.DataFrame:
    """People with a pension that follows from what they paid; with ``fixed`` the poor pay 24 months by fixed amount more.

    The same seed is the same people, whatever they choose.
    """
    luck = np.random.default_rng(seed)
    income = np.round(np.exp(luck.normal(8.5, 0.5, people)), 2)
    birth = month(1970, 1) + luck.integers(0, 480, people)
    months = np.where(luck.random(people) < 0.6, luck.integers(12, 300, people), 0)
    stopped = np.where(luck.random(people) < 0.3, luck.integers(1, 60, people), 0) * (months > 0)
    claim = np.where(birth + 60 * 12 <= LAST, birth + 60 * 12, 0)
    takes = np.zeros(people, bool)
    own = months * 0.2 * 4800.0
    if fixed:
        takes = income < np.quantile(income, 0.4)
        months = months + np.where(takes, 24, 0)
        own = own + np.where(takes, 24 * 500.0, 0.0)
        down = (~takes) & (months > 200)                       # some who could pay more switch down
        takes = takes | down
        own = np.where(down, own * 0.7, own)
    pension = np.where(claim > 0, months * 4.5, 0.0)
    member = months > 0
    pv_own = own * 0.9
    pv_benefits = np.where(claim > 0, pension * 12 * 14, 0.0)
    return pl.DataFrame({
        "id": np.arange(people), "weight": luck.uniform(400.0, 600.0, people), "birth": birth,
        "sex": np.where(luck.random(people) < 0.6, "male", "female"),
        "residence": luck.choice(["local_urban", "local_rural", "urban_to_urban", "rural_to_urban"], people),
        "kind": luck.choice(["casual", "labour_service", "self_employed", "new_form"], people),
        "province": luck.choice(["11", "36", "44"], people), "income": income,
        "income_fifth": np.minimum(np.argsort(np.argsort(income)) * 5 // people, 4) + 1,
        "scheme_last": np.where(member, "employee", np.where(luck.random(people) < 0.5, "resident", "none")),
        "months_paid": months, "fixed_months": np.where(takes, 24, 0), "stopped_months": stopped,
        "ever_stopped": stopped > 0, "spells_stopped": (stopped > 0).astype(int), "own_paid": own,
        "subsidies": np.zeros(people), "employer_paid": np.zeros(people), "resident_paid": np.where(member, 0.0, 2000.0),
        "claim_month": claim, "pension_scheme": np.where(claim == 0, "none", np.where(member, "employee", "resident")),
        "pension_first": pension, "wage_at_claim": np.where(claim > 0, 9000.0, 0.0),
        "death_month": np.where((claim > 0) & (luck.random(people) < 0.2), claim + 60, 0),
        "benefits": pension * 60.0, "rights_left": np.zeros(people), "pv_own": pv_own, "pv_benefits": pv_benefits,
        "irr": np.where((pv_own > 0) & (pv_benefits > 0), 0.03 + 0.002 * luck.normal(size=people), np.nan),
        "replacement_rate": np.where((claim > 0) & member, pension / income, np.nan),
    })


def fund(scale: float = 1.0, years: tuple[int, ...] = (2025, 2026, 2027)) -> pl.DataFrame:
    """Fund of two provinces and of the country; contributions are base × rate, and everything grows by four percent."""
    rows = []
    for year in years:
        grown = 1.04 ** (year - years[0])
        for province, part in (("11", 0.25), ("36", 0.75), ("CN", 1.0)):
            payers, pensioners = 30e6 * scale * part, 5e6 * part
            paid_months = payers * 9.0
            wage_months = paid_months * 8_000.0 * grown
            base = wage_months * 0.62
            items = {
                "own_contributions": base * 0.19, "employer_contributions": base * 0.01, "to_account": base * 0.08,
                "subsidy_state": base * 0.002, "subsidy_province": 0.0, "subsidy_platform": 0.0,
                "basic_benefits": pensioners * 12 * 1_500.0 * grown, "account_benefits": pensioners * 12 * 500.0 * grown,
                "death_benefits": pensioners * 30.0, "lump_sums": 0.0, "transfer_out": 0.0, "transfer_in": 0.0,
                "base_paid": base, "wage_months": wage_months, "paid_months": paid_months, "payers": payers,
                "members": payers * 1.5, "population": 200e6 * part, "pensioners": pensioners,
                "pension_months": pensioners * 12.0, "account_stock": base, "accrued_rights_stock": 20.0 * base,
                "fixed_payers": 0.0 if scale == 1.0 else payers * 0.2, "joined": payers * 0.05,
            }
            rows += [{"year": year, "province": province, "item": item, "value": value} for item, value in items.items()]
    return pl.DataFrame(rows)


def people(scale: float = 1.0, years: tuple[int, ...] = (2025, 2026)) -> pl.DataFrame:
    """People by sex and fifth; the share that pays rises with income."""
    rows = []
    for year in years:
        for sex in ("male", "female"):
            for fifth in range(1, 6):
                number = 20e6
                payers = number * 0.05 * fifth * scale
                measures = {
                    "population": number, "employee_members": payers * 1.5, "resident_members": number * 0.4,
                    "none": number * 0.6 - payers * 1.5, "payers": payers, "stopped": payers * 0.25, "ever_stopped": payers * 0.5,
                    "stopped_months": payers * 0.5 * 24, "exposure_months": payers * 120.0, "income": number * 12 * 2_000.0 * fifth,
                    "own_contributions": payers * 9_000.0, "months_paid": payers * 9.0, "fixed_payers": payers * 0.1 * (scale != 1.0),
                    "floor_payers": payers * 0.5, "pensioners": 1e5 * fifth, "pension": 1e5 * fifth * 1_800.0,
                    "resident_pensioners": 3e5, "resident_pension": 3e5 * 230.0, "poor_pensioners": 3e5, "platform_workers": number * 0.3,
                }
                rows += [{"year": year, "sex": sex, "residence": "local_urban", "kind": "casual", "income_fifth": fifth,
                          "age_band": "25-34", "measure": name, "value": value} for name, value in measures.items()]
    return pl.DataFrame(rows)


def choices(years: tuple[int, ...] = (2025, 2026)) -> pl.DataFrame:
    """Choices of three schemes."""
    rows = [("none", "", 0, 80e6), ("resident", "fee 1", 12, 60e6), ("employee", "lowest", 12, 30e6),
            ("employee", "lowest", 1, 10e6), ("employee", "1", 1, 20e6)]
    return pl.DataFrame([{"year": year, "scheme": scheme, "tier": tier, "rhythm": rhythm, "persons": number}
                         for year in years for scheme, tier, rhythm, number in rows])


def run(reform: bool = False, number: int = 400, seed: int = 5) -> StoredRun:
    """A whole run: the baseline, or a reform with a fixed amount."""
    manifest = {"law": "a" * 64, "reform": "fixed" if reform else "", "reform_hash": "b" * 64 if reform else "", "projection": "base",
                "first_year": 2025, "years": YEARS, "people": number, "cohorts_to_come": 0, "seed": seed}
    scale = 1.1 if reform else 1.0
    return StoredRun(manifest, fund(scale), people(scale), choices(), persons(number, reform, seed))
