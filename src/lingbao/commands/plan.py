"""``lingbao plan``: what one person can pay, what it brings, and what to consider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands import person as who
from lingbao.commands.show import (
    NOTHING,
    AsJson,
    Lang,
    age,
    chosen,
    edge,
    print_json,
    share,
    show,
    table,
    word,
    yuan,
)

if TYPE_CHECKING:
    from lingbao.law.store import Law
    from lingbao.planner.optimise import Least


def plan(
    birth: who.Birth, sex: who.Sex, province: who.Residence, home: who.Home = None, area: who.Area = None,
    worker_class: who.Class = None, income: who.Income = None, months_paid: who.MonthsPaid = None,
    mean_index: who.MeanIndex = None, account_balance: who.AccountBalance = None,
    deemed_months: who.DeemedMonths = None, deemed_index: who.DeemedIndex = None, first_paid: who.FirstPaid = None,
    resident_years: who.ResidentYears = None, resident_balance: who.ResidentBalance = None,
    in_difficulty: who.InDifficulty = False, statement: who.StatementFile = None, as_of: who.AsOf = None,
    budget: Annotated[float | None, typer.Option("--budget", help="每月最多能缴（元） / most you can pay a month [yuan]")] = None,
    base: Annotated[float | None, typer.Option("--base", help="自选缴费基数（元/月） / a base of your choice")] = None,
    gap_months: Annotated[int, typer.Option("--gap-months", help="中断缴费的月数 / months of an interruption")] = 24,
    saving: Annotated[float, typer.Option("--saving", help="另外每年存多少（元） / saved on top in a year")] = 12000.0,
    move_to: Annotated[str | None, typer.Option("--move-to", help="可能转去缴费的省 / province to which payment might move")] = None,
    reform: Annotated[str | None, typer.Option("--reform", help="改革编号或文件，见 lingbao reform list / reform id or file")] = None,
    target: Annotated[float | None, typer.Option("--target", help="想要的每月养老金，现在的钱（元） / wished pension a month, today's money [yuan]")] = None,
    every: Annotated[bool, typer.Option("--all", help="列出所有方案 / list every option")] = False,
    as_json: AsJson = False, lang: Lang = "zh",
) -> None:
    """比较参保方案：缴多少、领多少、何时回本。 Compare what to pay, what it brings and when it pays back."""
    given = chosen({
        "birth": birth, "sex": sex, "province": province, "home": home, "area": area, "class": worker_class,
        "income": income, "months_paid": months_paid, "mean_index": mean_index, "account_balance": account_balance,
        "deemed_months": deemed_months, "deemed_index": deemed_index, "first_paid": first_paid, "resident_years": resident_years,
        "resident_balance": resident_balance, "in_difficulty": in_difficulty,
    })
    with edge(lang, as_json):
        from lingbao.law.store import Law
        from lingbao.planner import Preferences
        from lingbao.planner import plan as compare
        from lingbao.planner.optimise import least_for_target

        law = Law.load() if reform is None else _reformed(reform)
        now = who.month_looked_from(as_of)
        _check_wish("--budget", budget)
        _check_wish("--target", target)
        person, notes = who.person_of(law, given, statement, now)
        wishes = Preferences(budget=budget, base=base, gap_months=gap_months, saving=saving,
                             move_to=None if move_to is None else law.find_province(move_to)[0])
        found = compare(person, law, lang, as_of=now, preferences=wishes).to_dict()
        least = None if target is None else least_for_target(law, person, target, now)
        if as_json:
            print_json(found | {"statement_notes": [{"zh": zh, "en": en} for zh, en in notes],
                                "target": None if least is None else {"wanted": target, **asdict(least)}})
            return
        shown = found["options"] if every else _main(found["options"])
        show(*_report(found | {"options": shown}, notes, budget, target, least, lang))


def _reformed(name: str) -> Law:
    """Return the law under a reform that the planner can carry out."""
    from lingbao.law.errors import InputError
    from lingbao.law.reform_library import find_reform
    from lingbao.law.store import Law

    law = Law.load()
    found = find_reform(name, law)
    if "planner" not in found.runs_in:
        raise InputError("plan.reform", value=name, where="--reform",
                         zh=f"改革“{found.title_zh}”需要全国模拟，不能用在一个人的测算上。",
                         en=f"The reform '{found.title_en}' needs the laboratory; it cannot be run for one person.")
    return found.apply(law)


def _check_wish(name: str, amount: float | None) -> None:
    """Refuse an amount that is not a number of at least 0."""
    from lingbao.career.person import MOST_INCOME
    from lingbao.law.errors import InputError

    if amount is not None and not 0 <= amount <= MOST_INCOME:
        raise InputError("plan.wish", value=amount, where=name, zh=f"“{amount}”应在 0 到 {MOST_INCOME:g} 之间。",
                         en=f"'{amount}' must lie between 0 and {MOST_INCOME:g}.")


def _main(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the options to show first: every employee tier, the budget's own, the ends of the resident tiers, and none."""
    resident = [option["id"] for option in options if option["scheme"] == "resident" and option["kind"] == "tier"]
    ends = {resident[0], resident[-1]} if resident else set()
    return [option for option in options if option["id"] in ends or option["id"] == "employee-budget"
            or (option["kind"] in ("tier", "none") and option["scheme"] != "resident")]


def _report(found: Mapping[str, Any], notes: list[tuple[str, str]], budget: float | None, target: float | None,
            least: Least | None, lang: str) -> list[Any]:
    """Return the comparison for people: advice on top, then retirement and the table of options."""
    said: list[Any] = []
    for item in found["advice"]:
        under = item.get(f"conditions_{lang}")
        said.append(f"• {item[lang]}" + (f"（{under}）" if under and lang == "zh" else f" ({under})" if under else ""))
    if target is not None and least is not None:
        said.append(_on_target(target, least, lang))
    dates = found["retirement"]
    said.append(word((
        f"法定退休年月 {dates['statutory_month']}（{age(dates['statutory_age_months'], 'zh')}），最早 {dates['earliest_month']}；最低缴费 {dates['minimum_months']} 个月，还差 {dates['months_needed']} 个月。",
        f"Statutory month {dates['statutory_month']} ({age(dates['statutory_age_months'], 'en')}), earliest {dates['earliest_month']}; at least {dates['minimum_months']} months, {dates['months_needed']} still missing."), lang))
    said.append(_table(found["options"], budget, lang))
    closed = [option for option in found["options"] if not option["feasible"]]
    said += [f"✗ {option[f'label_{lang}']}: {option[f'reason_{lang}']}" for option in closed if option[f"reason_{lang}"]]
    said += [f"※ {flag[lang]}" for flag in found["flags"]]
    said += [f"※ {zh if lang == 'zh' else en}" for zh, en in notes]
    said.append(word(("金额为现在的钱，“中”情景，下面是低到高情景；69-4 即 69岁4个月；“缴1领”是每缴 1 元领回几元，已计入活到各岁的概率。--all 列出所有方案，--json 给出全部数字，lingbao explain 可查依据。",
                      "Amounts are in today's money under the base projection, low to high below; 69-4 is 69 years 4 months; 'Per 1' is drawn per yuan paid, weighted with the chance of being alive. --all lists every option, --json every figure; 'lingbao explain' shows the law behind each."), lang))
    return said


def _on_target(target: float, least: Least, lang: str) -> str:
    """Say what the wished pension costs in the employee scheme."""
    if not least.reached:
        return word((f"职工养老保险按最高基数缴也只能领约每月 {yuan(least.pension_today)} 元（现在的钱），达不到 {yuan(target)} 元。",
                     f"Even the highest base in the employee scheme brings about {yuan(least.pension_today)} yuan a month in today's money, short of {yuan(target)}."), lang)
    return word((f"要每月领 {yuan(target)} 元（现在的钱），职工养老保险最少每月缴 {yuan(least.monthly)} 元，缴到法定退休年龄（届时约 {yuan(least.pension_today)} 元）。",
                 f"For {yuan(target)} yuan a month in today's money, pay at least {yuan(least.monthly)} a month into the employee scheme until the statutory age (it then brings about {yuan(least.pension_today)})."), lang)


def _table(options: list[dict[str, Any]], budget: float | None, lang: str) -> Any:
    """Return the table of feasible options, narrow enough for a screen of eighty columns."""
    headings = [word(pair, lang) for pair in (
        ("方案（编号）", "Option (id)"), ("每月缴", "A month"), ("领取", "Claim"), ("月养老金", "Pension"), ("回本", "Back"),
        ("缴1领", "Per 1"))]
    rows = []
    for option in options:
        if not option["feasible"]:
            continue
        base = option["outlook"]["base"]
        low, high = (option["outlook"][name]["pension_today"] for name in ("low", "high"))
        month, part = option["first_payment"]["month"], option["share_of_income"]
        over = budget is not None and month is not None and month > budget + 0.005
        note = word(("超预算", "over budget"), lang) if over else share(part) + word(("收入", " income"), lang) if part else ""
        ratio = base["benefit_cost_ratio"]
        rows.append((
            f"{option[f'label_{lang}']}\n{option['id']}", f"{yuan(month)}\n{note}", _age(base["claim_age_months"]),
            f"{_whole(base['pension_today'])}\n{_whole(low)}–{_whole(high)}", _age(base["payback_age_months"]),
            NOTHING if ratio is None else f"{ratio:.2f}",
        ))
    return table(word(("可选方案", "Options"), lang), headings, rows, figures=(1, 2, 3, 4, 5))


def _age(months: int | None) -> str:
    """Write an age as years and months, such as ``69-4``, to keep the table narrow."""
    return NOTHING if months is None else f"{months // 12}" + (f"-{months % 12}" if months % 12 else "")


def _whole(amount: float | None) -> str:
    """Write an amount in whole yuan, as fine as a projection deserves."""
    return NOTHING if amount is None else f"{amount:,.0f}"
