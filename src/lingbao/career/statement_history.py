"""What a contribution history amounts to under the law: months, mean index, and the account rebuilt year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lingbao.career.statement_record import Record, by_month
from lingbao.career.statement_words import province_name
from lingbao.law.errors import ErrorList, LingbaoError, MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, format_month, month, month_of_year, year_of
from lingbao.law.rule import in_force
from lingbao.law.rules.account import balance_shown, posting_product, statement_interest
from lingbao.law.rules.contribution import account_credit
from lingbao.law.rules.index import mean_index, month_index
from lingbao.law.store import Law, Value

WAGES = ("contribution_average_wage", "average_wage", "average_wage_before_2019")


@dataclass(frozen=True)
class AccountYear:
    """One year of the individual account.

    Attributes
    ----------
    year : int
    opening, postings, interest, closing : float
        Balance at the end of the year before, principal of the year, interest credited at its end, balance [yuan].
    rate : float or None
        Crediting rate used; None where the statement itself states the interest, or the year has not ended.
    basis : {"law", "provisional", "proxy", "stated", "running"}
        Where the interest comes from: the national rate; last year's rate standing in for one not yet published;
        the deposit rate as a proxy before there was a national rate; the statement; or none yet, the year runs.
    """

    year: int
    opening: float
    postings: float
    interest: float
    closing: float
    rate: float | None
    basis: str


@dataclass(frozen=True)
class History:
    """A contribution history summed up.

    Attributes
    ----------
    months_paid, deemed_months, resident_months : int
        Months paid and deemed in the employee scheme, months paid in the resident scheme.
    mean_index : float or None
        Mean contribution index (平均缴费指数) of the months paid; None where it cannot be known, see ``flags``.
    account_balance : float or None
        Individual account [yuan] at the end of the month before ``as_of``: last year's closing balance and this
        year's postings, on which interest comes at the end of the year.
    account_years : tuple of AccountYear
    flags : tuple of (str, str)
        What rests on stand-ins or is missing, in Chinese and English.
    missing : tuple of LingbaoError
        With ``strict=False``: what the law or the statement lacks.
    """

    months_paid: int
    deemed_months: int
    resident_months: int
    mean_index: float | None
    account_balance: float | None
    account_years: tuple[AccountYear, ...]
    flags: tuple[tuple[str, str], ...]
    missing: tuple[LingbaoError, ...] = ()


def history(law: Law, records: Sequence[Record], province: str, as_of: int, *, strict: bool = True) -> History:
    """Sum up contribution records under the law.

    Parameters
    ----------
    law : Law
    records : sequence of Record
    province : str
        Province for records that name none.
    as_of : int
        Month in which one looks; records from then on do not count, and values published later are not used.
    strict : bool
        False: a figure that cannot be known is None, and the reason stands in ``missing``.

    Returns
    -------
    History

    Raises
    ------
    MissingLaw
        If a wage or rate is not known; names the province and the year.
    ErrorList
        If several are missing.
    """
    months = [record for record in by_month(records) if record.first < as_of]
    employee = [record for record in months if record.scheme == "employee"]
    paid = [record for record in employee if record.kind == "paid"]
    flags: dict[str, str] = {}
    missing: dict[str, LingbaoError] = {}
    index = _mean_index(law, paid, province, as_of, flags, missing)
    years = _account_years(law, paid, as_of, flags, missing)
    if strict and missing:
        errors = list(missing.values())
        raise errors[0] if len(errors) == 1 else ErrorList(errors)
    return History(
        months_paid=len(paid), deemed_months=sum(r.kind == "deemed" for r in employee),
        resident_months=sum(r.scheme == "resident" and r.kind == "paid" for r in months),
        mean_index=index, account_balance=None if years is None else balance_shown(years[-1].closing if years else 0.0),
        account_years=tuple(years or ()), flags=tuple(flags.items()), missing=tuple(missing.values()),
    )


def reference_wage(law: Law, province: str, on: int, as_of: int | None = None) -> Value:
    """Return the average wage against which a base of month ``on`` is measured [yuan/month].

    The wage that governs the contributions of the month where it is recorded; else the average wage of the year
    before, in the series of that time. The period just ended stands in while the next is not yet published.

    Raises
    ------
    MissingLaw
        Naming province and year.
    """
    before = on - MONTHS_PER_YEAR
    standing_in: Value | None = None
    for name, when in zip(WAGES, (on, before, before), strict=True):
        path = f"provinces.{province}.{name}"
        try:
            value = law.look_up(path, when, as_of)
        except MissingLaw:
            continue
        if not value.provisional:
            return value
        if standing_in is None and value.since is not None and value.until is not None \
                and when <= 2 * value.until - value.since + 1:
            standing_in = value
    if standing_in is not None:
        return standing_in
    raise MissingLaw(
        "history.wage", value=format_month(on), where=f"provinces.{province}",
        zh=f"{province_name(province, 'zh')}（{province}）{year_of(on)} 年没有已知的平均工资，无法计算当年的缴费指数；可在明细中补上“缴费指数”一列。",
        en=f"{province_name(province, 'en')} ({province}) has no known average wage for {year_of(on)}, so the index of that year cannot be computed; add a column 'Contribution index' to the statement.",
    )


def _mean_index(law: Law, paid: list[Record], province: str, as_of: int, flags: dict[str, str],
                missing: dict[str, LingbaoError]) -> float | None:
    """Month-weighted mean of the stated indices, or of base over reference wage."""
    total = 0.0
    complete = True
    for record in paid:
        if record.index is not None:
            total += record.index
            continue
        if record.base is None:
            complete = False
            flags[f"{format_month(record.first)} 起有月份缺缴费基数，平均缴费指数无法计算。"] = \
                f"From {format_month(record.first)} some months have no base, so the mean index cannot be computed."
            break
        try:
            wage = reference_wage(law, record.province or province, record.first, as_of)
        except MissingLaw as error:
            complete = False
            missing.setdefault(error.zh, error)
            continue
        if wage.provisional:
            flags[f"{year_of(record.first)} 年平均工资尚未公布，暂用上一期，公布后指数会略有变化。"] = \
                f"The average wage for {year_of(record.first)} is not yet published; the last one stands in and the index will change a little."
        total += month_index(record.base, wage.value)
    return float(mean_index(total, float(len(paid)))) if paid and complete else None


def _account_years(law: Law, paid: list[Record], as_of: int, flags: dict[str, str],
                   missing: dict[str, LingbaoError]) -> list[AccountYear] | None:
    """Rebuild the account from the first year paid to the month before ``as_of``; None where it cannot be."""
    years: list[AccountYear] = []
    if not paid:
        return years
    balance = 0.0
    for year in range(year_of(paid[0].first), year_of(as_of - 1) + 1):
        own = [record for record in paid if year_of(record.first) == year]
        try:
            credits = [_credit(law, record) for record in own]
            entry = _account_year(law, year, balance, own, credits, as_of)
        except LingbaoError as error:
            missing.setdefault(error.zh, error)
            return None
        years.append(entry)
        balance = entry.closing
    proxies = [entry.year for entry in years if entry.basis == "proxy"]
    if proxies:
        flags[f"{proxies[0]} 至 {proxies[-1]} 年各省自定记账利率，这里用一年期存款利率代替，余额只是近似；请以对账单为准。"] = \
            f"From {proxies[0]} to {proxies[-1]} each province set its own crediting rate; the deposit rate stands in, so the balance is approximate. The official statement prevails."
    for entry in years:
        if entry.basis == "provisional":
            flags[f"{entry.year} 年记账利率尚未公布，暂用上一年的利率。"] = \
                f"The crediting rate of {entry.year} is not yet published; the year before stands in."
    return years


def _credit(law: Law, record: Record) -> float:
    """Principal of one month: as stated, else by the rule in force from the base."""
    if record.account is not None:
        return record.account
    when = format_month(record.first)
    if record.base is None:
        raise LingbaoError("history.base", value=when,
                           zh=f"{when} 既没有缴费基数，也没有个人账户记账额，无法重建个人账户；请补上其中一项。",
                           en=f"{when} has neither a base nor an amount credited, so the account cannot be rebuilt; add one of them.")
    rate = law.number("national.contribution.account_rate", on=record.first)
    return float(in_force(account_credit.__name__, when)(record.base, rate))


def _account_year(law: Law, year: int, opening: float, own: list[Record], credits: list[float],
                  as_of: int) -> AccountYear:
    """Close one year: interest as stated, else by the month products at the rate of the year."""
    postings = sum(credits)
    if month(year, MONTHS_PER_YEAR) >= as_of:
        return AccountYear(year, opening, postings, 0.0, opening + postings, None, "running")
    stated = [record.interest for record in own if record.interest is not None]
    if stated:
        interest = sum(stated)
        return AccountYear(year, opening, postings, interest, opening + postings + interest, None, "stated")
    unified = year >= law.number("national.account.first_unified_year")
    path = "national.account.crediting_rate" if unified else "national.account.deposit_rate_proxy"
    value = law.look_up(path, month(year, 1), as_of if unified else None)
    basis = "proxy" if not unified else "provisional" if value.provisional else "law"
    product = sum(posting_product(credit, month_of_year(record.first))
                  for record, credit in zip(own, credits, strict=True))
    interest = float(statement_interest(opening, product, value.value))
    return AccountYear(year, opening, postings, interest, opening + postings + interest, float(value.value), basis)
