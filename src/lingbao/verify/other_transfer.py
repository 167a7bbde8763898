"""Golden cases on moving: money between provinces, place of benefit, and between the two schemes."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lingbao.law.errors import MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, parse_month
from lingbao.law.rules import contribution, conversion, transfer
from lingbao.law.store import Law
from lingbao.verify.other_reading import Inputs, first_month_of, first_of, given, unknown_kind

TEMPORARY = re.compile(r"[（(]\s*临时[^）)]*[）)]\s*$")


def transfer_amount(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Money that moves: rows of ``[first month, last month, base]``, a fourth entry being the months paid."""
    rows = [_row(row) for row in inputs["rows"]]
    rate = law.number("national.transfer.pooled_transfer_rate")
    counted_from = law.table("national.transfer.counted_from")
    pooled = 0.0
    months_counted = 0
    for first, last, base, paid in rows:
        counted = transfer.pooled_transfer_months(first, last, counted_from)
        months = counted if paid is None else min(counted, paid)
        months_counted += months
        pooled += transfer.pooled_transfer(base, months, rate)
    # The resident scheme has no pooled money: neither from it nor to it does any move.
    if any("resident" in str(inputs.get(side, "")) for side in ("from_scheme", "to_scheme")):
        pooled = conversion.conversion_pooled_money(pooled, law.number("national.conversion.pooled_share_to_resident"))
    answer: dict[str, Any] = {"pooled": pooled, "pooled_months": months_counted}
    if given(inputs, "scheme") or not given(inputs, "account_balance", "account"):
        answer |= _paid_in(law, rows)
    account = first_of(inputs, "account_balance", "account", default=answer.get("account_principal"))
    before = float(first_of(inputs, "own_before_1998", "pre_1998_own", "personal_before_1998", default=0.0))
    answer["account"] = account
    answer["total"] = transfer.transfer_total(before, account, pooled)
    return answer


def _row(row: Any) -> tuple[int, int, float, int | None]:
    """First month, last month, base and months paid where stated."""
    if isinstance(row, Mapping):
        row = [row["from"], row["to"], row["base"], row.get("months")]
    first, last, base, *paid = row
    return parse_month(first), parse_month(last), float(base), int(paid[0]) if paid and paid[0] is not None else None


def _paid_in(law: Law, rows: list[tuple[int, int, float, int | None]]) -> dict[str, float]:
    """Principal credited and contributions paid by a flexible worker; left out where a month's rate is not known."""
    answer: dict[str, float] = {}
    try:
        parts = [part for row in rows for part in _by_rate(law, "national.contribution.account_rate", row)]
        answer["account_principal"] = math.fsum(
            transfer.account_principal(base, months, rate) for base, months, rate in parts)
        parts = [part for row in rows for part in _by_rate(law, "national.contribution.total_rate", row)]
        answer["contributed"] = math.fsum(
            contribution.period_amount(contribution.monthly_contribution(base, rate), months) for base, months, rate in parts)
    except MissingLaw:
        pass
    return answer


def _by_rate(
    law: Law, path: str, row: tuple[int, int, float, int | None]
) -> Iterator[tuple[float, int, float]]:
    """Split a row into base, months and rate of each stretch in which one rate held."""
    first, last, base, paid = row
    for rate, months in itertools.groupby(range(first, last + 1), key=lambda month: float(law.number(path, on=month))):
        count = len(list(months))
        yield base, count if paid is None else min(count, paid), rate


def transfer_place(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Place of benefit, or whether a newcomer's account is temporary."""
    if given(inputs, "months_by_place"):
        stays = inputs["months_by_place"]
        pairs = list(stays.items()) if isinstance(stays, Mapping) else [(place, months) for place, months in stays]
        deemed = inputs.get("deemed_months") or {}
        pairs += list(deemed.items()) if isinstance(deemed, Mapping) else [(inputs["home"], deemed)]
        named = {str(place) for place in inputs.get("temporary", ())}
        temporary = named | {place for place, _ in pairs if TEMPORARY.search(place)}
        current = inputs["current"]
        if current not in dict(pairs) and any(TEMPORARY.sub("", place) == current for place in temporary):
            temporary |= {current}
        threshold = law.number("national.transfer.place_of_benefit_months")
        place = transfer.place_of_benefit(inputs["home"], pairs, current, temporary, threshold)
        return {"benefit_place": place, "place": place}
    if given(inputs, "sex") and given(inputs, "age", "age_years", "age_months"):
        months = first_of(inputs, "age_months", default=None)
        age = int(months) if months is not None else int(first_of(inputs, "age", "age_years")) * MONTHS_PER_YEAR
        new = first_of(inputs, "new_place", "place", "to", default=None)
        result = transfer.temporary_account(
            age, int(law.number(f"national.transfer.temporary_account_age_{inputs['sex']}")),
            bool(first_of(inputs, "in_home_province", default=new is not None and new == inputs.get("home"))),
            bool(first_of(inputs, "approved_transfer", "approved", default=False)),
        )
        return {"temporary": result, "temporary_account": result}
    raise unknown_kind("transfer_place", inputs)


def scheme_link(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Conversion between the employee and the resident scheme, and double payment."""
    if given(inputs, "overlap_months"):
        return _overlap(inputs)
    if given(inputs, "months_both_drawn", "double_benefit_months"):
        return _double_benefit(inputs)
    if not given(inputs, "employee_months", "employee_years"):
        raise unknown_kind("scheme_link", inputs)
    months = int(first_of(inputs, "employee_months", default=0)
                 or round(first_of(inputs, "employee_years", default=0) * MONTHS_PER_YEAR))
    years = float(first_of(inputs, "resident_years", default=0))
    on = first_month_of(first_of(inputs, "claim_year", "claim_month", "year"))
    minimum = int(law.number("national.retirement.minimum_months", on=on))
    resident_minimum = int(law.number("national.resident.minimum_months", on=on))
    counted = law.number("national.conversion.resident_years_counted_share", on=on)
    employee_total = conversion.employee_months_after_conversion(months, years, counted)
    resident_total = conversion.resident_years_after_conversion(months, years)
    employee_open = conversion.may_convert_to_employee(int(employee_total), minimum)
    resident_short = conversion.conversion_shortfall_months(round(resident_total * MONTHS_PER_YEAR), resident_minimum)
    resident_open = conversion.may_convert_to_resident(months, minimum) and resident_short == 0
    shortfall = conversion.conversion_shortfall_months(int(employee_total), minimum)
    pooled_share = law.number("national.conversion.pooled_share_to_resident", on=on)
    balances = [float(first_of(inputs, *names, default=0.0)) for names in
                (("employee_balance", "employee_account"), ("resident_balance", "resident_account"))]
    pooled = conversion.conversion_pooled_money(float(first_of(inputs, "pooled", "pooled_money", default=0.0)), pooled_share)
    answer: dict[str, Any] = {
        "min_months": minimum, "minimum_months": minimum, "account": conversion.merged_account(*balances),
        "pooled": pooled, "pooled_money": pooled, "pooled_transferred": pooled, "pooled_moves": pooled_share > 0, "resident_years_count_as_employee": counted > 0,
        "counted_employee_months": int(employee_total), "employee_months_counted": int(employee_total),
        "counted_resident_years": resident_total, "resident_years_total": resident_total, "resident_years_counted": resident_total,
        "employee_years_counted": months / MONTHS_PER_YEAR, "eligible_employee": employee_open, "eligible_resident": resident_open,
    }
    choose = str(first_of(inputs, "choose", "to_scheme", "to", default="employee" if employee_open else "resident"))
    if choose == "resident":
        return answer | {
            "eligible": resident_open, "shortfall_months": resident_short, "scheme": "resident",
            "counted_years": resident_total, "years": resident_total, "resident_years": resident_total, "total_years": resident_total,
            "claim_age": int(law.number("national.resident.pension_age", on=on)) // MONTHS_PER_YEAR,
        }
    if choose == "employee":
        return answer | {
            "eligible": employee_open, "shortfall_months": shortfall, "scheme": "employee", "resident_years_counted": years * counted,
            "counted_months": int(employee_total), "counted_years": employee_total / MONTHS_PER_YEAR,
        }
    raise unknown_kind("scheme_link", inputs)


def _double_benefit(inputs: Inputs) -> dict[str, Any]:
    """What is repaid by someone who drew both basic pensions at once."""
    months = int(first_of(inputs, "months_both_drawn", "double_benefit_months"))
    repay = conversion.double_benefit_repayment(float(first_of(inputs, "resident_basic", "base", "basic")), months)
    return {"keep": "employee", "repay": repay}


def _overlap(inputs: Inputs) -> dict[str, Any]:
    """What stays and what is given back for months paid into both schemes."""
    answer: dict[str, Any] = {
        "keep": "employee", "refund": "resident personal contributions", "overlap_months": inputs["overlap_months"],
    }
    if given(inputs, "resident_fee", "resident_yearly", "resident_contribution_year"):
        answer["refund_amount"] = conversion.overlap_refund(
            float(first_of(inputs, "resident_fee", "resident_yearly", "resident_contribution_year")),
            float(first_of(inputs, "collective_aid", default=0.0)), int(inputs["overlap_months"]),
        )
    return answer
