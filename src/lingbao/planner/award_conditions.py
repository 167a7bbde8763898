"""Whether the claim itself was due: the month by class, the months paid, and the divisor by age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from lingbao.career.person import CLASSES
from lingbao.career.retirement import Retirement, minimum_for_claim, retirement_of
from lingbao.law.award import payout_months
from lingbao.law.award_law import divisor_law
from lingbao.law.errors import MissingLaw
from lingbao.law.month import format_age, format_month
from lingbao.law.rule import plain
from lingbao.law.store import Law
from lingbao.planner.award_causes import Cause, cause, written
from lingbao.planner.award_form import AwardForm, label
from lingbao.planner.award_hypotheses import divisors

Status = Literal["agrees", "differs", "note"]
HALF_MONTH = 0.5  # years printed with two decimals miss a whole month by less
PRINTED = 0.05  # payout months are printed with one decimal
CLASS_WORDS = {
    "male": ("男", "men"), "female55": ("女（原 55 周岁类）", "women, formerly 55"),
    "female50": ("女（原 50 周岁类）", "women, formerly 50"),
}


@dataclass(frozen=True)
class Condition:
    """One condition of the award: what the form says, what the law says, and whether they fit.

    Attributes
    ----------
    name : {"claim", "months", "payout_months"}
    official, computed : float or None
        Month, months or divisor on the form and by the law.
    status : {"agrees", "differs", "note"}
        ``note``: nothing wrong, but worth knowing.
    zh, en : str
        The finding in words.
    causes : tuple of Cause
    """

    name: str
    official: float | None
    computed: float | None
    status: Status
    zh: str
    en: str
    causes: tuple[Cause, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the condition as plain data, months written ``YYYY-MM``."""
        def shown(value: float | None) -> Any:
            return format_month(int(value)) if self.name == "claim" and value is not None else value

        return {
            "name": self.name, "label_zh": label(self.name, "zh"), "label_en": label(self.name, "en"),
            "official": shown(self.official), "computed": shown(self.computed), "status": self.status,
            "zh": self.zh, "en": self.en, "causes": [each.to_dict() for each in self.causes],
        }


def conditions(form: AwardForm, law: Law) -> tuple[Condition, ...]:
    """Check the conditions for which the form gives what is needed."""
    found: list[Condition] = []
    dates = None
    if form.worker_class is not None and form.birth is not None:
        dates = retirement_of(law, form.worker_class, form.birth)
        found.append(_claim(form, dates, law))
    if form.months is not None:
        minimum = _minimum(form, dates, law)
        found += [minimum] if minimum is not None else []
    if form.age is not None and form.payout_months is not None:
        found.append(_divisor(form, form.age, form.payout_months, law))
    return tuple(found)


def _claim(form: AwardForm, dates: Retirement, law: Law) -> Condition:
    """Compare the claim with the earliest and the statutory month of the class."""
    word = CLASS_WORDS[dates.worker_class]
    window_zh = f"{word[0]}，{format_month(dates.birth)} 出生：法定退休年月 {format_month(dates.statutory)}，最早可选 {format_month(dates.earliest)}"
    window_en = f"{word[1]}, born {format_month(dates.birth)}: statutory month {format_month(dates.statutory)}, earliest choice {format_month(dates.earliest)}"
    when = format_month(form.claim)
    status: Status
    if dates.earliest <= form.claim <= dates.statutory + 1:
        status, zh, en = "agrees", f"领取年月 {when} 符合规定。{window_zh}。", f"The claim in {when} fits. {window_en}."
    elif form.claim > dates.statutory:
        late = form.claim - dates.statutory
        status = "note"
        zh = f"领取年月 {when} 比法定退休年月晚 {late} 个月（可能是延长缴费、弹性延迟或补办）。{window_zh}。"
        en = f"The claim in {when} lies {late} months after the statutory month (extended payment, an agreed delay, or a late application). {window_en}."
    else:
        others = [other for other in CLASSES["female"] if dates.worker_class != "male" and other != dates.worker_class]
        fitting = [other for other in others if (o := retirement_of(law, other, dates.birth)).earliest <= form.claim <= o.statutory + 1]
        if fitting and not form.class_given:
            other = CLASS_WORDS[fitting[0]]
            return Condition("claim", form.claim, dates.statutory, "note",
                             f"领取年月 {when} 符合“{other[0]}”，不符合按性别推定的“{word[0]}”。{window_zh}。",
                             f"The claim in {when} fits the class '{other[1]}', not '{word[1]}' as assumed from the sex. {window_en}.")
        status = "differs"
        zh = f"领取年月 {when} 早于最早可选的年月（可能属于特殊工种、病退或另一退休类别）。{window_zh}。"
        en = f"The claim in {when} lies before the earliest month (special work, invalidity, or another class). {window_en}."
    return Condition("claim", form.claim, dates.statutory, status, zh, en)


def _minimum(form: AwardForm, dates: Retirement | None, law: Law) -> Condition | None:
    """Compare the months with the minimum of the year that governs; None where that minimum is not in the store."""
    months = form.months or 0.0
    statutory = form.claim if dates is None else dates.statutory
    try:
        minimum = minimum_for_claim(law, form.claim, statutory)
    except MissingLaw:
        return None
    zh, en = f"累计缴费 {written(months)} 个月，最低需 {minimum} 个月", f"{written(months)} months in all; at least {minimum} are needed"
    if months + HALF_MONTH >= minimum:
        return Condition("months", months, minimum, "agrees", f"{zh}，已达到。", f"{en}: reached.")
    return Condition("months", months, minimum, "differs", f"{zh}，差 {written(minimum - months)} 个月，按月领取的条件不足。",
                     f"{en}: {written(minimum - months)} short of a monthly pension.")


def _divisor(form: AwardForm, age: int, printed: float, law: Law) -> Condition:
    """Compare the printed payout months with those of the age."""
    flags: list[Any] = []
    right = payout_months(divisor_law(law, form.claim), age, plain, flags)
    shown_zh, shown_en = format_age(age, "zh"), format_age(age)
    if abs(right - printed) < PRINTED:
        return Condition("payout_months", printed, right, "agrees", f"{shown_zh}领取，计发月数 {written(right)}，一致。",
                         f"Claim at {shown_en}: {written(right)} payout months, as printed.")
    causes = [cause(code, {**words, "divisor": value}, True, value) for code, words, value in divisors(law, form.claim, age)
              if abs(value - printed) < PRINTED and code != "divisor_printed"]
    return Condition("payout_months", printed, right, "differs",
                     f"{shown_zh}领取，计发月数应为 {written(right)}，表上为 {written(printed)}。",
                     f"Claim at {shown_en}: the payout months should be {written(right)}; the form says {written(printed)}.",
                     tuple(causes[:1]))
