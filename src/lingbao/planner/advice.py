"""Advice in plain words: what the figures mean for this person, and under which conditions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lingbao.law.month import format_age

if TYPE_CHECKING:
    from lingbao.planner.compare import Comparison

HEAVY_SHARE = 0.2  # a payment above a fifth of income is called heavy: the employee's own share is 8%, this is 2.5 times it
WORTH_CLIMBING = 0.1  # least expected gain of a further yuan for which a dearer tier is suggested

Line = dict[str, str]


def _line(zh: str, en: str, conditions_zh: str = "", conditions_en: str = "") -> Line:
    return {"zh": zh, "en": en, "conditions_zh": conditions_zh, "conditions_en": conditions_en}


def advise(comparison: Comparison, rows: list[dict[str, Any]]) -> list[Line]:
    """Return the sentences of advice, the most important first.

    Parameters
    ----------
    comparison : Comparison
    rows : list of dict
        The options as plain data.

    Notes
    -----
    The suggestion is :func:`best_option` among the tiers whose payment is within the budget, or, without a budget,
    within a fifth of income. Figures are those of the base projection; the sentence names the age one must reach.
    """
    by_id = {row["id"]: row for row in rows}
    lines: list[Line] = []
    enough = comparison.dates.minimum_months <= comparison.person.months_paid + comparison.person.deemed_months
    lines.append(_suggestion(comparison, rows, by_id))
    lines.append(_months(comparison, enough))
    lines.extend(_join_or_not(by_id, enough))
    lines.extend(_waiting(by_id))
    return [line for line in lines if line["zh"]]


def _affordable(comparison: Comparison, row: dict[str, Any]) -> bool:
    monthly = float(row["first_payment"]["month"] or 0.0)
    budget = comparison.preferences.budget
    if budget is not None:
        return monthly <= budget
    return row["share_of_income"] is None or float(row["share_of_income"]) <= HEAVY_SHARE


def best_option(comparison: Comparison, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the tier to suggest, or None when none is affordable.

    Within each scheme one climbs from the cheapest tier as long as each further yuan (in today's money) adds at least
    ``WORTH_CLIMBING`` of expected present value; of the two schemes the one with the larger expected present value wins.
    """
    ends = []
    for scheme in ("employee", "resident"):
        ladder = sorted(
            (row for row in rows if row["kind"] == "tier" and row["scheme"] == scheme and row["feasible"] and _affordable(comparison, row)),
            key=lambda row: float(row["outlook"]["base"]["outlay_today"] or 0.0),
        )
        for lower, upper in pairwise(ladder):
            below, above = lower["outlook"]["base"], upper["outlook"]["base"]
            more = float(above["expected_present_value"] or 0.0) - float(below["expected_present_value"] or 0.0)
            if more < WORTH_CLIMBING * (float(above["outlay_today"]) - float(below["outlay_today"])):
                ladder = ladder[: ladder.index(upper)]
                break
        ends += ladder[-1:]
    return max(ends, key=lambda row: float(row["outlook"]["base"]["expected_present_value"] or 0.0), default=None)


def _suggestion(comparison: Comparison, rows: list[dict[str, Any]], by_id: dict[str, dict[str, Any]]) -> Line:
    best = best_option(comparison, rows)
    floor = by_id["employee-floor"]
    if best is None:
        monthly = float(floor["first_payment"]["month"] or 0.0)
        return _line(
            f"按您的预算或收入，连最低档每月 {monthly:,.0f} 元也偏重。可以先参加居民养老保险，收入好转后再转入职工养老保险。",
            f"Even the lowest base at {monthly:,.0f} yuan a month is heavy for your budget or income. Joining the resident scheme first and moving to the employee scheme later is possible.",
        )
    look = best["outlook"]["base"]
    monthly, pension = float(best["first_payment"]["month"] or 0.0), float(look["pension_today"] or 0.0)
    age_zh, age_en = format_age(look["claim_age_months"], "zh"), format_age(look["claim_age_months"], "en")
    low, high = (float(best["outlook"][name]["pension_today"] or 0.0) for name in ("low", "high"))
    back = look["payback_age_months"]
    zh = f"建议选“{best['label_zh']}”：现在每月约 {monthly:,.0f} 元，{age_zh}起每月领约 {pension:,.0f} 元（折成现在的钱，不同情景 {low:,.0f} 至 {high:,.0f} 元）。"
    en = f"We suggest “{best['label_en']}”: about {monthly:,.0f} yuan a month now, about {pension:,.0f} yuan a month from age {age_en} (in today's money; {low:,.0f} to {high:,.0f} by scenario)."
    conditions_zh = conditions_en = ""
    if back:
        conditions_zh = f"前提：活过 {format_age(back, 'zh')} 就回本；能一直缴到领取；工资和利率按中情景。"
        conditions_en = f"Provided that you live past {format_age(back, 'en')}, keep paying until the claim, and wages and rates follow the middle scenario."
    share = best["share_of_income"]
    if share is not None and float(share) > HEAVY_SHARE / 2:
        conditions_zh += f"这笔钱占收入的 {float(share):.0%}，单位职工自己只出 8%。"
        conditions_en += f" The payment is {float(share):.0%} of your income; an employee's own share is 8%."
    return _line(zh, en, conditions_zh, conditions_en.strip())


def _months(comparison: Comparison, enough: bool) -> Line:
    dates, person = comparison.dates, comparison.person
    paid, minimum = person.months_paid + person.deemed_months, dates.minimum_months
    if enough:
        return _line(
            f"您已缴 {paid} 个月，够到龄时要求的 {minimum} 个月。多缴一年，养老金还会增加。",
            f"You have {paid} months, enough for the {minimum} months required. Each further year still raises the pension.",
        )
    return _line(
        f"到 {dates.statutory // 12} 年退休时要求缴满 {minimum} 个月（{minimum / 12:g} 年），您还差 {minimum - paid} 个月。最低年限只是门槛，不是缴到这里最划算。",
        f"Retiring in {dates.statutory // 12} takes {minimum} months ({minimum / 12:g} years); you still need {minimum - paid}. The minimum is a threshold, not the best place to stop.",
    )


def _join_or_not(by_id: dict[str, dict[str, Any]], enough: bool) -> list[Line]:
    """Join or not, side by side (S8, N12)."""
    floor, none = by_id["employee-floor"], by_id["none"]
    if not floor["feasible"] or enough:
        return []
    joined, left = floor["outlook"]["base"], none["outlook"]["base"]
    resident = [row for row in by_id.values() if row["scheme"] == "resident" and row["kind"] == "tier" and row["feasible"]]
    top = max(resident, key=lambda row: float(row["outlook"]["base"]["pension_today"] or 0.0), default=None)
    zh = f"参加与不参加：职工最低档每月领约 {joined['pension_today']:,.0f} 元；"
    en = f"Joining or not: the lowest employee base brings about {joined['pension_today']:,.0f} yuan a month; "
    if top is not None:
        zh += f"居民最高档约 {top['outlook']['base']['pension_today']:,.0f} 元；"
        en += f"the top resident tier about {top['outlook']['base']['pension_today']:,.0f}; "
    lump = float(left["lump_sum"] or 0.0)
    zh += f"什么都不缴约 {left['pension_today']:,.0f} 元" + (f"，账户里的 {lump:,.0f} 元一次退还。" if lump else "。")
    en += f"paying nothing about {left['pension_today']:,.0f}" + (f", with {lump:,.0f} yuan of the account paid back once." if lump else ".")
    return [_line(zh, en, "都已折成现在的钱，中情景。", "All in today's money, middle scenario.")]


def _waiting(by_id: dict[str, dict[str, Any]]) -> list[Line]:
    wait, floor = by_id.get("employee-floor-wait"), by_id["employee-floor"]
    if wait is None or not wait["feasible"] or not floor["feasible"]:
        return []
    less = float(floor["outlook"]["base"]["pension_today"]) - float(wait["outlook"]["base"]["pension_today"])
    if less <= 0:
        return []
    return [_line(
        f"等到最后几年才缴，每月会少领约 {less:,.0f} 元，而且其间没有保障：不能补缴过去的年份，身故、病残待遇也按已缴年限算。",
        f"Waiting and paying only the last years brings about {less:,.0f} yuan a month less, with no cover in between: past years cannot be bought, and death or disability benefits follow the years paid.",
    )]
