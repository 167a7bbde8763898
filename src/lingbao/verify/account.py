"""Adapters for cases on the individual account and on the contribution index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.law.rules import account as rules
from lingbao.law.rules import benefit
from lingbao.law.rules import contribution as contributions
from lingbao.law.rules import index as indices
from lingbao.law.store import Law
from lingbao.verify.reading import Inputs, first, month_of, needed, number, place

Adapter = Callable[[Law, Inputs], dict[str, Any]]

# The names under which cases give one thing.
YEARLY = ("year_contribution", "year_contributions", "yearly_contribution", "annual_contribution")
MONTHLY = ("contributions", "monthly_credits", "monthly_credit", "monthly_contribution", "monthly")
CREDITS = YEARLY + MONTHLY
SPELLS = ("segments", "paid", "rows", "yearly", "indices", "indexes")
GAPS = ("gap_months", "gap")
LOWER = ("lower", "lower_base", "floor")
WAGES = ("avg_wage_month", "avg_wage", "wage", "reference_wage", "wage_prev", "prior_year_wage", "average_wage")


def account(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Answer a case on the account by its kind."""
    return _by_kind(inputs, {
        "rate": _rate, "month_method": _month_method, "monthly": _month_method, "monthly_product": _month_method,
        "year_method": _year_method, "yearly": _year_method, "no_contribution": _no_contribution,
        "stopped": _no_contribution, "sum_of_statement": _sum_of_statement, "part_year": _claim_year,
        "claim_year": _claim_year, "drawing": _drawing, "after_retirement": _drawing, "inherit": _inherit,
        "inheritance": _inherit, "split": _split, "credit": _split, "pension": _account_pension,
    }, _account_by_inputs(inputs))(law, inputs)


def _account_by_inputs(inputs: Inputs) -> Adapter | None:
    """Return what the inputs alone ask for, where a case has no kind or a kind of its own wording."""
    if first(inputs, *CREDITS) is not None:
        return _month_method
    if first(inputs, "opening", "opening_balance") is not None:
        return _no_contribution
    return _rate if set(inputs) <= {"kind", "year"} and "year" in inputs else None


def index(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Answer a case on the index by its kind."""
    return _by_kind(inputs, {
        "year": _year_index, "month": _month_index, "average": _average, "mean": _average, "clamp": _clamp, "gap": _gap,
        "deemed": _average,
    }, _index_by_inputs(inputs))(law, inputs)


def _index_by_inputs(inputs: Inputs) -> Adapter | None:
    """Return what the inputs alone ask for, where a case has no kind or a kind of its own wording."""
    if first(inputs, *SPELLS) is not None:
        return _average if first(inputs, *GAPS) is None else _gap
    if first(inputs, *LOWER) is not None:
        return _clamp
    return _year_index if first(inputs, *WAGES) is not None else None


def _by_kind(inputs: Inputs, kinds: dict[str, Adapter], otherwise: Adapter | None) -> Adapter:
    kind = str(first(inputs, "kind", default=""))
    if kind not in kinds and otherwise is not None:
        return otherwise
    if kind not in kinds:
        raise InputError("case.kind", value=kind, where="kind", zh=f"未知的种类“{kind}”；已知：{'、'.join(kinds)}。",
                         en=f"Unknown kind '{kind}'; known: {', '.join(kinds)}.")
    return kinds[kind]


def _rate(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Crediting rate of a year; null for a year whose rate is not published."""
    try:
        rate = _crediting_rate(law, int(number(inputs, "year")))
    except MissingLaw:
        return dict.fromkeys(("annual_rate_percent", "rate", "annual_rate"))
    return {"annual_rate_percent": round(rate * 100, 6), "rate": rate, "annual_rate": rate}


def _crediting_rate(law: Law, year: int) -> float:
    return float(law.number("national.account.crediting_rate", month(year, 1)))


def _rates(law: Law, inputs: Inputs, years: int) -> list[float]:
    """Return the rate of each year: as given, or published for the years named."""
    given = first(inputs, "rates", "rate", "annual_rate")
    if given is None and (percent := first(inputs, "rates_percent", "rate_percent")) is not None:
        given = [one / 100 for one in percent] if isinstance(percent, list) else percent / 100
    if given is None:
        named = first(inputs, "years", "year")
        named = named if isinstance(named, list) else [int(named) + position for position in range(years)]
        given = [_crediting_rate(law, int(year)) for year in named]
    return [float(one) for one in given] if isinstance(given, list) else [float(given)] * years


def _years_of_postings(inputs: Inputs) -> list[list[tuple[int, float]]]:
    """Return each year's postings as pairs of month of the year and amount."""
    if (yearly := first(inputs, *YEARLY)) is not None:
        amounts = yearly if isinstance(yearly, list) else [yearly]
        return [[(n, amount / MONTHS_PER_YEAR) for n in range(1, MONTHS_PER_YEAR + 1)] for amount in amounts]
    begin = int(first(inputs, "first_month", "start_month", default=1))
    monthly = needed(inputs, *MONTHLY)
    if isinstance(monthly, dict):
        return [[(int(n), float(amount)) for n, amount in monthly.items()]]
    if isinstance(monthly, list) and monthly and isinstance(monthly[0], list):
        return [[(n, float(amount)) for n, amount in enumerate(year, start=1)] for year in monthly]
    if isinstance(monthly, list):
        amounts = [float(amount) for amount in monthly]
    else:
        default = MONTHS_PER_YEAR - begin + 1
        amounts = [float(monthly)] * int(first(inputs, "months_paid", "months", default=default))
    years: list[list[tuple[int, float]]] = [[]]
    for position, amount in enumerate(amounts, start=begin - 1):
        if position % MONTHS_PER_YEAR == 0 and years[-1]:
            years.append([])
        years[-1].append((position % MONTHS_PER_YEAR + 1, amount))
    return years


def _month_method(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Balance after one or several years by the month-product method."""
    years = _years_of_postings(inputs)
    given = first(inputs, "rates", "rate")
    if isinstance(given, list):
        years += [[] for _ in range(len(given) - len(years))]
    rates = _rates(law, inputs, len(years))
    balance = float(first(inputs, "opening", "opening_balance", default=0.0))
    opening, principal = balance, 0.0
    closings = []
    for postings, rate in zip(years, rates, strict=True):
        paid = sum(amount for _, amount in postings)
        product = sum(rules.posting_product(amount, n) for n, amount in postings)
        balance = rules.year_end_balance(balance, paid, product, rate)
        principal += paid
        closings.append(rules.balance_shown(balance))
    return _balance(opening, principal, balance) | {"closings": closings}


def _year_method(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Balance after one or several years by the year method with the factor of the article."""
    amounts = [sum(amount for _, amount in year) for year in _years_of_postings(inputs)]
    rates = _rates(law, inputs, len(amounts))
    factor = first(inputs, "factor", "year_factor")
    if factor is None:
        factor = law.number("national.account.year_factor", month_of(inputs))
    balance = float(first(inputs, "opening", "opening_balance", default=0.0))
    opening = balance
    for paid, rate in zip(amounts, rates, strict=True):
        balance = rules.year_end_balance_by_year(balance, paid, rate, float(factor))
    return _balance(opening, sum(amounts), balance)


def _no_contribution(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Balance of an account to which nothing is paid."""
    named = first(inputs, "years")
    count = len(named) if isinstance(named, list) else int(named or 1)
    given = first(inputs, "rates", "rate")
    balance = opening = number(inputs, "opening", "opening_balance", "balance")
    for rate in _rates(law, inputs, len(given) if isinstance(given, list) else count):
        balance = rules.stopped_balance(balance, rate)
    return _balance(opening, 0.0, balance)


def _claim_year(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Balance inside a year, at the month of the claim."""
    months = int(number(inputs, "claim_month_number", "months_in_year", "months_elapsed", "months", "claim_month"))
    if first(inputs, "monthly_credit", "contributions", "monthly_contribution", "monthly_credits", "monthly") is None:
        postings: list[tuple[int, float]] = []
    else:
        postings = [pair for pair in _years_of_postings({"months_paid": months} | inputs)[0] if pair[0] <= months]
    rate = _rates(law, inputs, 1)[0]
    opening = float(first(inputs, "opening", "opening_balance", default=0.0))
    paid = sum(amount for _, amount in postings)
    product = sum(rules.posting_product_to_claim(amount, n, months) for n, amount in postings)
    return _balance(opening, paid, rules.balance_at_claim(opening, paid, product, rate, months))


def _drawing(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Balance after a year in which the account paid out."""
    opening = number(inputs, "opening", "opening_balance", "balance")
    monthly = number(inputs, "monthly_payment", "payment", "account_pension")
    begin = int(first(inputs, "first_month", default=1))
    last = begin + int(first(inputs, "months", "months_paid", default=MONTHS_PER_YEAR - begin + 1))
    product = sum(rules.posting_product(monthly, n) for n in range(begin, last))
    paid = contributions.period_amount(monthly, last - begin)
    closing = rules.year_end_balance_drawing(opening, paid, product, _rates(law, inputs, 1)[0])
    return {"closing": closing, "paid": paid, "interest": rules.balance_shown(closing - opening + paid)}


def _inherit(law: Law, inputs: Inputs) -> dict[str, Any]:
    """What heirs receive of the account; the pooled share is never part of it."""
    left = rules.inheritable_balance(number(inputs, "balance", "account", "account_balance", "opening"))
    return {"inheritable": left, "total": left, "inherited": left, "pooled": 0.0}


def _split(law: Law, inputs: Inputs) -> dict[str, Any]:
    """How one month's contribution divides into account and pool."""
    on = month_of(inputs)
    base = number(inputs, "base")
    rate = float(first(inputs, "rate") or law.number("national.contribution.total_rate", on))
    account_rate = float(first(inputs, "account_rate") or law.number("national.contribution.account_rate", on))
    total = contributions.monthly_contribution(base, rate)
    credit = contributions.account_credit(base, account_rate)
    pool = contributions.pooled_share(total, credit)
    return {"contribution": total, "account": credit, "pooled": pool, "account_credit": credit}


def _account_pension(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Account pension from balance and divisor."""
    pension = benefit.account_pension(number(inputs, "balance", "account"), number(inputs, "divisor", "payout_months"))
    return {"account_pension": pension}


def _sum_of_statement(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Total of a statement: every block of principal and every block of interest."""
    blocks = {name: float(value) for name, value in inputs.items() if name != "kind"}
    unknown = [name for name in blocks if not name.endswith(("principal", "interest"))]
    if unknown:
        raise InputError("case.statement", value=unknown, where="inputs", zh=f"不认识的栏目：{unknown}。",
                         en=f"Unknown blocks: {unknown}; each must end in principal or interest.")
    principal = sum(value for name, value in blocks.items() if name.endswith("principal"))
    interest = sum(value for name, value in blocks.items() if name.endswith("interest"))
    return {"total": rules.statement_total(principal, interest), "principal": principal, "interest": interest}


def _balance(opening: float, principal: float, closing: float) -> dict[str, Any]:
    """Show a balance with the money paid in and the interest between."""
    return {"closing": closing, "balance": closing, "principal": principal,
            "interest": rules.balance_shown(closing - opening - principal), "opening": opening}


def _base_and_wage(inputs: Inputs) -> tuple[float, float]:
    if first(inputs, "base_year", "year_base") is not None:
        return number(inputs, "base_year", "year_base"), number(inputs, "avg_wage_year", "wage_year")
    return number(inputs, "base_month", "base"), number(inputs, *WAGES)


def _year_index(law: Law, inputs: Inputs) -> dict[str, Any]:
    value = indices.year_index(*_base_and_wage(inputs))
    return {"index": value, "year_index": value}


def _month_index(law: Law, inputs: Inputs) -> dict[str, Any]:
    value = indices.month_index(*_base_and_wage(inputs))
    return {"index": value, "month_index": value}


def _segments(inputs: Inputs) -> list[tuple[float, float]]:
    """Return spells as pairs of index and months, from indices or from rows of base, wage and months."""
    rows = needed(inputs, *SPELLS)
    if not isinstance(rows[0], list):
        return [(float(row), float(MONTHS_PER_YEAR)) for row in rows]
    return [(float(row[0]), float(row[1])) if len(row) == 2 else (indices.month_index(row[0], row[1]), float(row[2]))
            for row in rows]


def _average(law: Law, inputs: Inputs) -> dict[str, Any]:
    spells = _segments(inputs)
    months = sum(length for _, length in spells)
    total = sum(value * length for value, length in spells)
    deemed = float(first(inputs, "deemed_months", default=0))
    if deemed:
        mean = indices.mean_index_with_deemed(total, months, _deemed_index(law, inputs), deemed)
    else:
        mean = indices.mean_index(total, months)
    return {"avg_index": mean, "months": months + deemed, "years": benefit.years_from_months(months + deemed)}


def _deemed_index(law: Law, inputs: Inputs) -> float:
    """Return the index of deemed months: as given, else as the case's province sets it."""
    where = place(law, inputs)
    if first(inputs, "deemed_index") is None and where is not None:
        path = law.provincial(where[0], "transitional", where[1])
        return number({"deemed_index": law.table(path, month_of(inputs))["deemed_index"]}, "deemed_index")
    return number(inputs, "deemed_index")


def _clamp(law: Law, inputs: Inputs) -> dict[str, Any]:
    lower, upper = number(inputs, *LOWER), number(inputs, "upper", "upper_base", "cap")
    if first(inputs, "index") is not None:
        return {"index": indices.bounded_index(number(inputs, "index"), lower, upper)}
    base = contributions.base_in_bounds(number(inputs, "wage", "base", "income"), lower, upper)
    return {"base": base, "base_used": base}


def _gap(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Mean index with a gap, by months paid or, where the province says so, by months due."""
    spells = _segments(inputs)
    months = sum(length for _, length in spells)
    total = sum(value * length for value, length in spells)
    gap = number(inputs, *GAPS)
    if _gap_counts(law, inputs):
        mean = indices.mean_index_over_months_due(total, months, gap)
    else:
        mean = indices.mean_index(total, months)
    return {"avg_index": mean, "months": months, "years": benefit.years_from_months(months)}


def _gap_counts(law: Law, inputs: Inputs) -> bool:
    """Whether gaps lower the index: as the case says, else as its province does, else the national rule."""
    said = first(inputs, "count_gap", "gap_counts", "count_months_due", "months_due")
    if said is not None:
        return bool(said)
    written = str(first(inputs, "rule", "convention", "denominator", "formula", default=""))
    if any(word in written for word in ("due", "should", "应缴")):
        return True
    where = place(law, inputs)
    if where is None:
        named = [one for one in law.provinces() if one.name_en in written or one.short_zh in written]
        where = (named[0].code, None) if named else None
    if where is None:
        return False
    return bool(law.table(f"provinces.{where[0]}.transitional", month_of(inputs))["gap_counts"])
