"""``lingbao retire``: when someone may retire and how many months they must have paid."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lingbao.commands.person import Birth, Class, MonthsPaid, class_of, sex_of
from lingbao.commands.show import AsJson, Lang, edge, print_json, sentences, show, table, tree, word

Sex = Annotated[str | None, typer.Option("--sex", help="male / female，男 / 女")]
Residence = Annotated[str | None, typer.Option("--province", help="参保省份，代码或名称 / province, code or name")]


def retire(birth: Birth, sex: Sex = None, worker_class: Class = None, province: Residence = None,
           months_paid: MonthsPaid = None, as_json: AsJson = False, lang: Lang = "zh") -> None:
    """退休时间、弹性窗口和最低缴费年限。 Retirement dates, the early window and the minimum months."""
    with edge(lang, as_json):
        from lingbao.career.retirement import missing_months, retirement_of
        from lingbao.law.month import format_month, parse_month
        from lingbao.law.store import Law
        from lingbao.law.trace import node_of, traced

        law = Law.load()
        chosen = _class(law, sex, worker_class, province)
        born = parse_month(birth)
        dates = retirement_of(law, chosen, born, traced)
        short = None
        if months_paid is not None:
            short = missing_months(law, dates.statutory, dates.statutory, _count(months_paid))
        nodes = {name: node_of(name, value) for name, value in (
            ("statutory_month", dates.statutory), ("earliest_month", dates.earliest),
            ("minimum_months", dates.minimum_months), ("resident_month", dates.resident_month))}
        found: dict[str, Any] = {
            "worker_class": chosen, "birth": format_month(born), "statutory_month": format_month(dates.statutory),
            "statutory_age_months": int(dates.statutory) - born, "delay_months": int(dates.delay),
            "earliest_month": format_month(dates.earliest), "earliest_age_months": int(dates.earliest) - born,
            "minimum_months": int(dates.minimum_months), "months_paid": months_paid, "months_needed": short,
            "resident_month": format_month(dates.resident_month), "law_hash": law.hash,
        }
        if as_json:
            print_json(found | {"reasons": {name: sentences(node, lang, law) for name, node in nodes.items()}})
            return
        show(_table(found, lang), *(tree(nodes[name], lang, law) for name in ("statutory_month", "earliest_month", "minimum_months")))


def _class(law: Any, sex: str | None, worker_class: str | None, province: str | None) -> str:
    """Return the retirement class from what was given; for women without one, the province's rule for flexible workers."""
    from lingbao.career.person import CLASSES, class_of_flexible_women
    from lingbao.law.errors import InputError

    chosen = class_of(worker_class)
    if chosen is None and sex is None:
        raise InputError("retire.sex", where="--sex", zh="请写 --sex 男 或 女（或用 --class 指定退休类别）。",
                         en="Give --sex male or female (or the retirement class with --class).")
    said = None if sex is None else sex_of(sex)
    code = law.find_province(province)[0] if province else ""
    if chosen is None:
        return "male" if said == "male" else class_of_flexible_women(law, code)
    if said is not None and chosen not in CLASSES[said]:
        raise InputError("person.worker_class", value=worker_class, where="--class",
                         zh=f"退休类别“{worker_class}”与性别“{sex}”不符，可选：{'、'.join(CLASSES[said])}。",
                         en=f"Retirement class '{worker_class}' does not fit sex '{sex}'; allowed: {', '.join(CLASSES[said])}.")
    return chosen


def _count(months: int) -> int:
    from lingbao.law.errors import InputError

    if not 0 <= months <= 720:
        raise InputError("person.months_paid", value=months, where="--months-paid",
                         zh=f"已缴月数“{months}”超出范围，应在 0 到 720 之间。", en=f"{months} months paid are out of range; use 0 to 720.")
    return months


def _table(found: dict[str, Any], lang: str) -> Any:
    from lingbao.commands.show import NOTHING, age

    months = word(("个月", "months"), lang)
    rows = [
        (word(("退休类别", "Retirement class"), lang), found["worker_class"], ""),
        (word(("法定退休年月", "Statutory month"), lang), found["statutory_month"], age(found["statutory_age_months"], lang)),
        (word(("延迟", "Delay"), lang), f"{found['delay_months']} {months}", ""),
        (word(("最早可选", "Earliest choice"), lang), found["earliest_month"], age(found["earliest_age_months"], lang)),
        (word(("最低缴费", "Minimum to pay"), lang), f"{found['minimum_months']} {months}", ""),
        (word(("已缴", "Paid"), lang), NOTHING if found["months_paid"] is None else f"{found['months_paid']} {months}", ""),
        (word(("还差", "Still missing"), lang), NOTHING if found["months_needed"] is None else f"{found['months_needed']} {months}", ""),
        (word(("居民养老领取年月", "Resident pension from"), lang), found["resident_month"], ""),
    ]
    return table(word(("退休时间", "Retirement"), lang), ("", "", word(("年龄", "Age"), lang)), rows)
