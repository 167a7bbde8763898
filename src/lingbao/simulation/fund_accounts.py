"""The fund's accounts by year: what came in and from whom, what went out, what is owed, and present values."""

from __future__ import annotations

import polars as pl

from lingbao.simulation.run_tables import added, column, national

# Who pays a contribution to the employee scheme; a person's own part is what is left after the others' parts.
CONTRIBUTIONS = ("own_contributions", "job_contributions", "employer_contributions", "subsidy_state", "subsidy_province", "subsidy_platform",
                 "loans_lent", "turned_over")
PENSIONS = ("basic_benefits", "account_benefits")
BENEFITS = (*PENSIONS, "death_benefits", "lump_sums")
RESIDENT_INCOME = ("resident_fees", "resident_subsidy", "resident_turned_over", "converted")
RESIDENT_BENEFITS = ("resident_basic_benefits", "resident_account_benefits")

EMPLOYEE_BALANCE: dict[str, float] = (
    dict.fromkeys(CONTRIBUTIONS, 1.0) | dict.fromkeys(BENEFITS, -1.0)
    | {"transfer_in": 1.0, "transfer_out": -1.0, "converted": -1.0}
)
POOL_BALANCE: dict[str, float] = dict.fromkeys(CONTRIBUTIONS, 1.0) | {
    "to_account": -1.0, "basic_benefits": -1.0, "transfer_in": 1.0, "transfer_out": -1.0}
RESIDENT_BALANCE: dict[str, float] = dict.fromkeys(RESIDENT_INCOME, 1.0) | dict.fromkeys(RESIDENT_BENEFITS, -1.0)


def accounts(fund: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts of the simulated people for the whole country, one row a year [yuan].

    Returns
    -------
    DataFrame
        ``contributions`` (everyone's parts), ``benefits``, ``balance`` (all money of the employee scheme in less out),
        ``pool_balance`` (contributions not credited to accounts, less basic pensions, with the net of what moved between
        provinces), ``resident_balance``, ``account_liability`` and ``resident_account_liability`` (stocks), ``implicit_debt``
        (present value of pool pensions earned so far, a stock), ``coverage_of_benefits`` (contributions over benefits).
    """
    wide = national(fund)
    paid, drawn = added(wide, CONTRIBUTIONS), added(wide, BENEFITS)
    return wide.select(
        "year", paid.alias("contributions"), drawn.alias("benefits"),
        added(wide, EMPLOYEE_BALANCE).alias("balance"), added(wide, POOL_BALANCE).alias("pool_balance"),
        added(wide, RESIDENT_BALANCE).alias("resident_balance"),
        column(wide, "account_stock").alias("account_liability"),
        column(wide, "resident_account_stock").alias("resident_account_liability"),
        column(wide, "accrued_rights_stock").alias("implicit_debt"),
        pl.when(drawn > 0.0).then(paid / drawn).otherwise(None).alias("coverage_of_benefits"),
    )


def sources(fund: pl.DataFrame) -> pl.DataFrame:
    """Return contributions to the employee scheme by who paid them, one row a year and source [yuan]."""
    wide = national(fund)
    return wide.select("year", *(column(wide, name).alias(name) for name in CONTRIBUTIONS)).unpivot(
        index="year", variable_name="item", value_name="value")


def present_value(flows: pl.DataFrame, name: str, rate: float) -> float:
    """Return the value at the start of the first year of a yearly flow, paid in the middle of each year.

        PV = Σ flow(y) / (1 + rate)^(y − first + ½)

    Parameters
    ----------
    flows : DataFrame
        ``year`` and the flow.
    name : str
        Column of the flow [yuan/year].
    rate : float
        Yearly rate of discount in the same terms as the flow (nominal for yuan of the day) [fraction].
    """
    first = int(flows["year"].min())  # type: ignore[arg-type]
    return float(sum(value / (1.0 + rate) ** (year - first + 0.5) for year, value in zip(flows["year"], flows[name], strict=True)))
