"""Advice in plain words: what the figures mean for this person, and under which conditions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lingbao.career.outcome import LATE_CLAIM
from lingbao.career.place import future_of
from lingbao.law.month import MONTHS_PER_YEAR, format_age, format_month

if TYPE_CHECKING:
    from lingbao.planner.compare import Comparison

HEAVY_SHARE = 0.2  # a payment above a fifth of income is called heavy
WORTH_CLIMBING = 0.1  # least expected gain of a further yuan for which a dearer tier is suggested
NEAR = 0.9  # a resident option worth this share of an employee pension that starts very late is preferred to it

Line = dict[str, str]


def _line(zh: str, en: str, conditions_zh: str = "", conditions_en: str = "") -> Line:
    return {"zh": zh, "en": en, "conditions_zh": conditions_zh, "conditions_en": conditions_en}


def age_in_words(months: int) -> str:
    """Write an age in English words, such as ``63 years 2 months``."""
    years, rest = divmod(int(months), 12)
    return f"{years} years" + (f" {rest} month{'' if rest == 1 else 's'}" if rest else "")


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
    lines.extend(_subsidy(by_id))
    lines.extend(_join_or_not(by_id, enough))
    lines.extend(_waiting(by_id))
    lines.extend(_personal_pension(by_id))
    return [line for line in lines if line["zh"]]


def average_wage_now(comparison: Comparison) -> float:
    """Average wage of the province now [yuan/month]."""
    person = comparison.person
    future = future_of(comparison.law, "base", comparison.as_of, person.residence, person.area)
    return float(future.average_wage[future.row(person.residence), 0])


def _affordable(comparison: Comparison, row: dict[str, Any]) -> bool:
    rest = _rest_a_month(comparison, row)
    monthly = float(row["first_payment"]["month"] or 0.0) + rest
    budget, income = comparison.preferences.budget, comparison.person.income
    if budget is not None:
        return monthly <= budget
    if income == 0.0:  # without income of one's own only the resident scheme is within reach
        return bool(row["scheme"] != "employee")
    # without an income the local average wage, from which contributions are counted, stands in for it
    return monthly <= HEAVY_SHARE * (income or average_wage_now(comparison))


def _rest_a_month(comparison: Comparison, row: dict[str, Any]) -> float:
    """What must be put aside in a month, for a year at least, for a sum that is due at once with the claim."""
    outcome = comparison.outcome(row["id"])
    timing = outcome.schedule
    if not timing.one_off_months:
        return 0.0
    ahead = timing.claim - outcome.first
    return float(outcome.outlay[ahead]) / max(ahead, MONTHS_PER_YEAR)


def best_option(comparison: Comparison, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the tier to suggest, or None when none is open and affordable.

    Within each scheme one climbs from the cheapest tier as long as each further yuan (in today's money) adds at least
    ``WORTH_CLIMBING`` of expected present value; of the two schemes the one with the larger expected present value wins,
    but an employee pension that starts very late (flag ``late_claim``) gives way to a resident one worth nearly as much.
    Someone who has a pension already without paying on begins at paying nothing.
    """
    ends = _ends(comparison, rows)
    best = max(ends, key=_worth, default=None)
    if best is not None and _late(best):
        near = [row for row in ends if row["scheme"] == "resident" and _worth(row) >= NEAR * _worth(best)]
        return max(near, key=_worth, default=best)
    return best


def _worth(row: dict[str, Any]) -> float:
    return float(row["outlook"]["base"]["expected_present_value"] or 0.0)


def _late(row: dict[str, Any]) -> bool:
    """Whether a row's employee pension starts very late."""
    return any(flag["code"] == LATE_CLAIM.code for flag in row["outlook"]["base"]["flags"])


def _ends(comparison: Comparison, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tier of each scheme to which it is worth climbing, as far as one is open and affordable."""
    ends = []
    for scheme in ("employee", "resident"):
        ladder = sorted(
            (row for row in rows if _on_ladder(row, scheme) and _affordable(comparison, row)),
            key=lambda row: float(row["outlook"]["base"]["outlay_today"] or 0.0),
        )
        for lower, upper in pairwise(ladder):
            below, above = lower["outlook"]["base"], upper["outlook"]["base"]
            more = float(above["expected_present_value"] or 0.0) - float(below["expected_present_value"] or 0.0)
            if more < WORTH_CLIMBING * (float(above["outlay_today"]) - float(below["outlay_today"])):
                ladder = ladder[: ladder.index(upper)]
                break
        ends += ladder[-1:]
    return ends


def _on_ladder(row: dict[str, Any], scheme: str) -> bool:
    """Whether a row is a step of a scheme's ladder of tiers; an employee pension without further payment is its foot."""
    if row["kind"] == "none":
        return scheme == "employee" and "transitional" in row["outlook"]["base"]["parts"]
    return bool(row["kind"] == "tier" and row["scheme"] == scheme and row["feasible"])


def _suggestion(comparison: Comparison, rows: list[dict[str, Any]], by_id: dict[str, dict[str, Any]]) -> Line:
    best = best_option(comparison, rows)
    if best is None:
        return _nothing_fits(rows, by_id, format_month(comparison.as_of))
    look = best["outlook"]["base"]
    age_zh, age_en = format_age(look["claim_age_months"], "zh"), age_in_words(look["claim_age_months"])
    pension = float(look["pension_today"] or 0.0)
    low, high = (float(best["outlook"][name]["pension_today"] or 0.0) for name in ("low", "high"))
    brings_zh = f"{age_zh}起每月领约 {pension:,.0f} 元（折成现在的钱，不同情景 {low:,.0f} 至 {high:,.0f} 元）"
    brings_en = f"about {pension:,.0f} yuan a month from the age of {age_en} (in today's money; {low:,.0f} to {high:,.0f} by scenario)"
    if best["kind"] == "none":
        if comparison.as_of > comparison.dates.statutory:
            return _line(
                f"您已过法定退休时间，年限也够，请尽快申请领取：每月约 {pension:,.0f} 元。不能再缴费。",
                f"You are past the statutory month with enough months: claim the pension soon, about {pension:,.0f} yuan a month. Nothing more can be paid.",
            )
        return _line(f"您的年限已够，不再缴费也能领：{brings_zh}。", f"You have enough months and draw a pension without paying on: {brings_en}.")
    cost_zh, cost_en = _cost(best, format_month(comparison.as_of))
    zh = f"建议选“{best['label_zh']}”：{cost_zh}，{brings_zh}。"
    en = f"We suggest “{best['label_en']}”: {cost_en}, {brings_en}."
    conditions_zh, conditions_en = [], []
    back = look["payback_age_months"]
    if back:
        conditions_zh.append(f"前提：活过 {format_age(back, 'zh')}就回本；能一直缴到领取；工资和利率按中情景。")
        conditions_en.append(f"Provided that you live past {age_in_words(back)}, keep paying until the claim, and wages and rates follow the middle scenario.")
    share = best["share_of_income"]
    own = float(comparison.law.number("national.contribution.employee_rate"))
    if share is not None and float(share) > HEAVY_SHARE / 2:
        conditions_zh.append(f"这笔钱占收入的 {float(share):.0%}，单位职工自己只出 {own:.0%}。")
        conditions_en.append(f"The payment is {float(share):.0%} of your income; an employee's own share is {own:.0%}.")
    if best["reason_zh"]:
        conditions_zh.append(best["reason_zh"])
        conditions_en.append(best["reason_en"])
    at_once = comparison.outcome(best["id"])
    if best["scheme"] == "employee" and at_once.schedule.one_off_months:
        rest = float(at_once.outlay[at_once.schedule.claim - at_once.first])
        conditions_zh.append(f"一次缴清那个月共约 {rest:,.0f} 元（当时的钱）；按什么基数缴、能否办理，请先问当地经办机构。")
        conditions_en.append(f"About {rest:,.0f} yuan are due in that month (money of then); ask the local agency first at what base, and whether it is open to you.")
    if _late(best):
        beside_zh, beside_en = _beside_late(comparison, rows)
        conditions_zh.append(beside_zh)
        conditions_en.append(beside_en)
    return _line(zh, en, "".join(conditions_zh), " ".join(conditions_en))


def _beside_late(comparison: Comparison, rows: list[dict[str, Any]]) -> tuple[str, str]:
    """Name the resident scheme beside an employee pension that starts very late."""
    other = next((row for row in _ends(comparison, rows) if row["scheme"] == "resident"), None)
    if other is None:
        return LATE_CLAIM.zh, LATE_CLAIM.en
    look = other["outlook"]["base"]
    age, pension = look["claim_age_months"], float(look["pension_today"] or 0.0)
    cost_zh, cost_en = _cost(other, format_month(comparison.as_of))
    return (
        f"这份职工养老金要比法定退休时间晚五年以上才领，其间一直缴费；若等不了这么久，可选“{other['label_zh']}”：{cost_zh}，{format_age(age, 'zh')}起每月约 {pension:,.0f} 元。{other['reason_zh']}",
        f"This employee pension starts more than five years after the statutory month, with payments until then; if that is too long, take “{other['label_en']}”: {cost_en}, about {pension:,.0f} yuan a month from the age of {age_in_words(age)}. {other['reason_en']}".strip(),
    )


def _cost(row: dict[str, Any], as_of: str) -> tuple[str, str]:
    """Write the first payment: by the year in the resident scheme or as one sum, by the month in the other."""
    if row["scheme"] == "resident":
        amount, total = float(row["first_payment"]["year"] or 0.0), float(row["outlook"]["base"]["outlay_total"] or 0.0)
        if row["outlook"]["base"]["months_to_pay"] == 1 and total > amount:  # every year is bought at once
            return f"一次补缴 {total:,.0f} 元", f"{total:,.0f} yuan at once"
        return f"每年 {amount:,.0f} 元", f"{amount:,.0f} yuan a year"
    begins = row["first_payment"]["from"] if row["first_payment"]["from"] != as_of else None
    amount = float(row["first_payment"]["month"] or 0.0)
    zh, en = f"每月约 {amount:,.0f} 元", f"about {amount:,.0f} yuan a month"
    return (f"从 {begins} 起{zh}", f"{en} from {begins}") if begins else (f"现在{zh}", f"{en} now")


def _nothing_fits(rows: list[dict[str, Any]], by_id: dict[str, dict[str, Any]], as_of: str) -> Line:
    """No tier is open, or none is affordable."""
    open_tiers = [row for row in rows if row["kind"] == "tier" and row["feasible"]]
    if not open_tiers:
        resident = next((row for row in rows if row["scheme"] == "resident" and row["kind"] == "tier"), by_id["none"])
        floor = by_id["employee-floor"]
        return _line(
            f"目前没有可缴费的方案。职工养老保险：{floor['reason_zh']}居民养老保险：{resident['reason_zh']}",
            f"No option to pay is open now. Employee scheme: {floor['reason_en']} Resident scheme: {resident['reason_en']}",
        )
    cheapest = min(open_tiers, key=lambda row: float(row["first_payment"]["month"] or 0.0))
    cost_zh, cost_en = _cost(cheapest, as_of)
    return _line(
        f"按您的预算或收入，连最便宜的“{cheapest['label_zh']}”（{cost_zh}）也偏重。收入好转后再参保仍然可以，但以前的年份不能补缴。",
        f"Even the cheapest option, “{cheapest['label_en']}” ({cost_en}), is heavy for your budget or income. Joining later is possible, but past years cannot be bought.",
    )


def _months(comparison: Comparison, enough: bool) -> Line:
    dates, person = comparison.dates, comparison.person
    paid, minimum = person.months_paid + person.deemed_months, dates.minimum_months
    past = comparison.as_of > dates.statutory
    year = dates.statutory // 12
    if enough and past:
        return _line(f"您有 {paid} 个月，够 {year} 年到龄时要求的 {minimum} 个月。",
                     f"You have {paid} months, enough for the {minimum} months required at the statutory month in {year}.")
    if enough:
        return _line(
            f"您已缴 {paid} 个月，够到龄时要求的 {minimum} 个月。多缴一年，养老金还会增加。",
            f"You have {paid} months, enough for the {minimum} months required. Each further year still raises the pension.",
        )
    years_zh, years_en = f"{minimum} 个月（{minimum / 12:g} 年）", f"{minimum} months ({minimum / 12:g} years)"
    if past:
        return _line(
            f"您 {year} 年到龄，要求缴满 {years_zh}，还差 {minimum - paid} 个月。到龄后不足的可以继续缴到满，也可以转入居民养老保险。",
            f"You reached the statutory month in {year}, which takes {years_en}; {minimum - paid} are still missing. Those who were insured before may pay on until they are complete, or move to the resident scheme.",
        )
    return _line(
        f"到 {year} 年退休时要求缴满 {years_zh}，您还差 {minimum - paid} 个月。最低年限只是门槛，缴到这里就停未必划算。",
        f"Retiring in {year} takes {years_en}; you still need {minimum - paid}. The minimum is a threshold, not necessarily the best place to stop.",
    )


def _subsidy(by_id: dict[str, dict[str, Any]]) -> list[Line]:
    """What recognition as hard to employ saves (N10)."""
    with_it, floor = by_id.get("employee-floor-subsidy"), by_id["employee-floor"]
    if with_it is None or not with_it["feasible"]:
        return []
    less = float(floor["first_payment"]["month"] or 0.0) - float(with_it["first_payment"]["month"] or 0.0)
    total = float(floor["outlook"]["base"]["outlay_total"] or 0.0) - float(with_it["outlook"]["base"]["outlay_total"] or 0.0)
    if total <= 0.0:
        return []
    return [_line(
        f"享受就业困难人员社保补贴，最低档每月实际少负担约 {less:,.0f} 元，前后共约 {total:,.0f} 元，年限和养老金不减。",
        f"With the subsidy for those hard to employ the lowest base costs about {less:,.0f} yuan a month less, about {total:,.0f} yuan in all; months and pension stay the same.",
        "须先到街道或人社部门认定，补贴有期限，一般先缴后补。",
        "Recognition comes first, the time is limited, and the money is usually repaid after payment.",
    )]


def _personal_pension(by_id: dict[str, dict[str, Any]]) -> list[Line]:
    """Whether a personal pension saves tax at this income (B2)."""
    row = by_id.get("employee-floor+personal")
    if row is None or not any(flag["code"] == "no_tax_saved" for flag in row["outlook"]["base"]["flags"]):
        return []
    return [_line(
        "按您的收入基本不缴个人所得税，缴个人养老金省不了税，领取时却仍要缴税，不必为节税开户。",
        "At your income hardly any income tax is due: a personal pension saves no tax now and its payout is taxed all the same, so there is no tax reason to open one.",
    )]


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
    lump, pension = float(left["lump_sum"] or 0.0), float(left["pension_today"] or 0.0)
    if pension:
        zh += f"什么都不缴约 {pension:,.0f} 元。"
        en += f"paying nothing about {pension:,.0f}."
    else:
        zh += "什么都不缴就没有养老金" + (f"，账户里的 {lump:,.0f} 元到龄时一次退还。" if lump else "。")
        en += "paying nothing brings no pension" + (f", only the account of {lump:,.0f} yuan paid back once at the pension age." if lump else ".")
    return [_line(zh, en, "养老金都已折成现在的钱，中情景。", "Pensions in today's money, middle scenario.")]


def _waiting(by_id: dict[str, dict[str, Any]]) -> list[Line]:
    wait, floor = by_id.get("employee-floor-wait"), by_id["employee-floor"]
    if wait is None or not wait["feasible"] or not floor["feasible"]:
        return []
    less = float(floor["outlook"]["base"]["pension_today"]) - float(wait["outlook"]["base"]["pension_today"])
    if round(less) <= 0:
        return []
    return [_line(
        f"等到最后几年才缴，每月会少领约 {less:,.0f} 元，而且其间没有保障：不能补缴过去的年份，身故、病残待遇也按已缴年限算。",
        f"Waiting and paying only the last years brings about {less:,.0f} yuan a month less, with no cover in between: past years cannot be bought, and death or disability benefits follow the years paid.",
    )]
