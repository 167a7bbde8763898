"""A pension award by the law of one province and month: which rules apply, with which numbers, and what they give.

The rules are pure; this module only chooses. What a province does is data (``provinces.<code>.transitional`` and the province's own numbers). The same
choice runs plainly, or through any runner of rules such as :func:`lingbao.law.trace.traced`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lingbao.law.award_law import FLAGS, AwardLaw, Bases, DivisorLaw, Flag, award_law, bases
from lingbao.law.errors import InputError
from lingbao.law.rule import plain
from lingbao.law.rules import benefit, index, provincial
from lingbao.law.store import Law

Run = Callable[[Callable[..., Any]], Callable[..., Any]]

__all__ = ["Award", "Flag", "award", "payout_months", "plain"]

PARTS: dict[str, Callable[..., Any] | None] = {
    "fen half_up": None, "jiao up": provincial.part_jiao_up, "jiao up from fen": provincial.part_jiao_up_from_fen,
}
ACCOUNTS: dict[str, Callable[..., Any]] = {
    "fen half_up": benefit.account_pension, "jiao up": benefit.account_pension,
    "jiao up from fen": provincial.account_pension_jiao_up,
}
TOTALS: dict[str, Callable[..., Any]] = {
    "fen half_up": benefit.pension_total, "jiao up": provincial.pension_total_jiao_up,
}


@dataclass(frozen=True)
class Award:
    """A pension, part by part.

    Attributes
    ----------
    benefit_base : float
        Base of the basic pension [yuan/month].
    payout_months : float
        Divisor of the account.
    basic, account, transitional : float
        The three parts, rounded as the province rounds parts [yuan/month].
    additions : dict of str to float
        Provincial additions by name [yuan/month].
    total : float
        The pension, rounded as the province rounds it [yuan/month].
    provisional : bool
        True when last year's base stands in and the pension will be recomputed.
    flags : tuple of Flag
        What to know about the figures.
    """

    benefit_base: float
    payout_months: float
    basic: float
    account: float
    transitional: float
    additions: dict[str, float]
    total: float
    provisional: bool
    flags: tuple[Flag, ...]


def award(law: Law, province: str, area: str | None, claim_month: int, age_months: int, mean_index: float,
          months: float, account_balance: float, deemed_months: float = 0, transitional_index: float | None = None,
          known: int | None = None, run: Run = plain, *, benefit_base: float | None = None,
          local_base: float | None = None, one_child: bool = False) -> Award:
    """Compute a pension by the rules of the province and month of the claim.

    Parameters
    ----------
    law : Law
        The parameter store.
    province, area : str
        Place of benefit: two-digit code, and a city with a base of its own or None.
    claim_month, age_months : int
        Month of the claim and age in it [months].
    mean_index : float
        Mean contribution index of the career, by the province's own way of counting.
    months : float
        Contribution months, deemed months included.
    account_balance : float
        Balance of the individual account [yuan].
    deemed_months : float
        Months before the account started that count for the transitional pension.
    transitional_index : float, optional
        Index of those months where the province uses one of its own; ``mean_index`` when not given.
    known : int, optional
        Month from which one looks; None knows everything in the store.
    run : callable
        Maps a rule to what is called in its place, such as ``lingbao.law.trace.traced``; the rule itself by default.
    benefit_base, local_base : float, optional
        Projected bases for a claim in the future; looked up when not given [yuan/month].
    one_child : bool
        Parent of an only child, where the province adds for it.

    Raises
    ------
    MissingLaw
        If the province has no known base for the month and none is given.
    InputError
        If index, months or balance are negative, or more months are deemed than there are in all.
    """
    _check(mean_index, months, account_balance, deemed_months)
    terms = award_law(law, province, claim_month, area)
    if benefit_base is None:
        found = bases(law, province, area, claim_month, known)
    else:
        found = Bases(benefit_base, benefit_base if local_base is None else local_base, False, ())
    flags = [*terms.flags, *found.flags]
    credited = _credited_months(terms, months, run)
    payout = payout_months(terms.divisor, age_months, run, flags)
    own_index = mean_index if transitional_index is None else transitional_index
    parts = (
        _rounded(terms, _basic(terms, found, mean_index, credited, run), run),
        _rounded(terms, run(ACCOUNTS[terms.forms["amount_rounding"]])(account_balance, payout), run),
        _rounded(terms, _transitional(terms, found, own_index, deemed_months, months, run, flags), run),
    )
    additions = _additions(terms, found, mean_index, credited, deemed_months, parts, one_child, run, flags)
    rounding = terms.forms["amount_rounding"] if terms.forms["rounding_applies_to"] == "total" else "fen half_up"
    total = run(TOTALS[rounding])(*parts, sum(additions.values()))
    return Award(_basic_base(terms, found), payout, *parts, additions, total, found.provisional,
                 tuple(FLAGS[code] for code in dict.fromkeys(flags)))


def payout_months(terms: DivisorLaw, age_months: int, run: Run, flags: list[str]) -> float:
    """Return the payout months of an age, by the table and the rule in force in the month of the claim."""
    age, past = divmod(int(age_months), 12)
    inside = run(benefit.age_in_table)(age, terms.youngest, terms.oldest)
    following = run(benefit.age_in_table)(age + 1, terms.youngest, terms.oldest)
    if inside != age:
        flags.append("age_outside_table")
    table = terms.payout_table
    return float(run(terms.divisor_rule)(table[int(inside)], table[int(following)], past))


def _check(mean_index: float, months: float, account_balance: float, deemed_months: float) -> None:
    """Refuse histories that cannot be."""
    for name, value in (("mean_index", mean_index), ("months", months), ("account_balance", account_balance),
                        ("deemed_months", deemed_months)):
        if not 0 <= value < float("inf"):
            raise InputError(f"award.{name}", value=value, where=name, zh=f"“{value}”应为不小于 0 的数。",
                             en=f"'{value}' must be a number of at least 0.")
    if deemed_months > months:
        raise InputError("award.deemed_months", value=deemed_months, where="deemed_months",
                         zh=f"视同缴费 {deemed_months} 个月多于累计的 {months} 个月；累计月数应含视同月数。",
                         en=f"{deemed_months} deemed months exceed the {months} months in all, which must include them.")


def _credited_months(terms: AwardLaw, months: float, run: Run) -> float:
    """Return the months that count, years rounded up to the province's step where it has one."""
    if "years_step" not in terms.own:
        return months
    return float(run(provincial.months_in_year_steps)(months, terms.own["years_step"]))


def _rounded(terms: AwardLaw, part: float, run: Run) -> float:
    """Round a part of the pension where the province rounds parts."""
    rounding = PARTS[terms.forms["amount_rounding"]] if terms.forms["rounding_applies_to"] == "part" else None
    rounded: float = part if rounding is None else run(rounding)(part)
    return rounded


def _basic_base(terms: AwardLaw, found: Bases) -> float:
    """Return the base of the basic pension: a city's own, unless its base is for the transitional part alone."""
    return found.province if terms.forms["base"] == "local" else found.local


def _basic(terms: AwardLaw, found: Bases, mean_index: float, months: float, run: Run) -> float:
    """Compute the basic pension in the province's form."""
    form = terms.forms["basic_form"]
    base = _basic_base(terms, found)
    rate = terms.accrual_rate
    amount: float
    if form == "two_bases":
        amount = run(provincial.basic_pension_two_bases)(found.local, found.province, mean_index, months, rate)
    elif form == "local_index":
        amount = run(provincial.basic_pension_local_index)(found.province, found.local, mean_index, months, rate)
    elif form == "low_index":
        factor = run(provincial.low_index_factor)(mean_index, terms.own["index_threshold"])
        amount = run(provincial.basic_pension_low_index)(base, factor, mean_index, months, rate)
    elif form == "odd_months":
        amount = run(provincial.basic_pension_odd_months)(base, mean_index, months // 12, months % 12, rate,
                                                          terms.own["odd_month_rate"])
    else:
        amount = run(benefit.basic_pension)(base, mean_index, months, rate)
    return amount


def _transitional(terms: AwardLaw, found: Bases, own_index: float, deemed_months: float, months: float, run: Run,
                  flags: list[str]) -> float:
    """Compute the transitional pension in the province's form; nothing without months before the account."""
    if deemed_months <= 0:
        return 0.0
    forms = terms.forms
    form = forms["form"]
    base = found.province if forms["base"] == "province" else found.local
    counted = _credited_months(terms, deemed_months, run)
    coefficient = forms["transitional_coefficient"]
    if "threshold_years" in terms.own:
        years = run(benefit.years_from_months)(months)
        coefficient = run(provincial.coefficient_by_years)(years, *(terms.own[name] for name in (
            "threshold_years", "higher_coefficient", "lower_coefficient")))
    if forms["index_floor"] is not None:
        own_index = run(index.index_at_least)(own_index, forms["index_floor"])
    amount: float
    if form in ("half_base_index", "weighted"):
        amount = run(provincial.transitional_pension_mean)(base, own_index, counted, coefficient)
    else:
        if form == "two_part_beijing":
            flags.append("early_paid_not_told_apart")
            own_index = forms["deemed_index"]
        elif form == "notional_account_shanghai":
            flags.append("notional_account_left_out")
            own_index = forms["deemed_index"]
        elif form == "guangdong":
            flags.append("deemed_index_table")
        amount = run(provincial.transitional_pension)(base, own_index, counted, coefficient)
    return amount


def _additions(terms: AwardLaw, found: Bases, mean_index: float, months: float, deemed_months: float,
               parts: tuple[float, float, float], one_child: bool, run: Run, flags: list[str]) -> dict[str, float]:
    """Compute the province's additions; uncertain ones, and those that need facts not given, are flagged instead."""
    own = terms.own
    added: dict[str, float] = {}
    left_out = {"first_years", "heating_addition", "fixed_sum" if deemed_months <= 0 else ""} & own.keys()
    if "fixed_addition" in own and "fixed_addition" in terms.uncertain:
        left_out.add("fixed_addition")
    elif "fixed_addition" in own:
        added["fixed_addition"] = own["fixed_addition"]
    if "fixed_sum" in own and deemed_months > 0:
        added["supplement"] = own["supplement"]
        added["regulator"] = run(provincial.transitional_regulator)(
            own["fixed_sum"], mean_index, months, own["sum_per_index_year"])
    if "first_step" in own:
        years = run(benefit.years_from_months)(months)
        added["long_payment"] = run(provincial.long_payment_extra)(
            found.local, found.province, mean_index, years, *(own[name] for name in (
                "first_step", "second_step", "third_step", "first_share", "second_share", "third_share")))
    if one_child and "addition_share" in own:
        added["one_child"] = run(provincial.one_child_addition)(*parts, own["addition_share"])
    if one_child and "addition_per_year" in own:
        added["one_child"] = run(provincial.one_child_addition_by_years)(
            _basic_base(terms, found), mean_index, months, own["addition_per_year"])
    if left_out:
        flags.append("additions_left_out")
    return {name: amount for name, amount in added.items() if amount}
