"""What an official award form (养老金核定表) says: read from a mapping of its figures, checked, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from lingbao.career.person import CLASSES, class_of_flexible_women
from lingbao.career.statement_cells import is_blank, month_from, number_of, text_of
from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.month import FIRST_MONTH, LAST_MONTH, MONTHS_PER_YEAR, format_month
from lingbao.law.store import Law

PARTS = ("basic", "account", "transitional", "additions", "total")
NEEDS: dict[str, tuple[str, ...]] = {
    "basic": ("mean_index", "months"), "account": ("account_balance",), "transitional": ("deemed_months",),
    "additions": (), "total": (),
}
# Years printed with four decimals stand for whole months; those with two decimals are taken as printed.
WHOLE_MONTH = 0.005
_SPAN = re.compile(r"(\d{1,2})年(?:零)?(?:(\d{1,2})个?月)?")


@lru_cache(maxsize=1)
def columns() -> Mapping[str, Any]:
    """Return the figures of a form: what they are called, their headings and bounds."""
    text = (Path(__file__).parent / "award_columns.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def label(name: str, lang: str) -> str:
    """Return what a figure is called."""
    return str(columns()["figures"][name]["label"][lang])


@dataclass(frozen=True)
class AwardForm:
    """The figures of one award form.

    Attributes
    ----------
    province, area : str
        Two-digit code of the province, and the city with a base of its own or None.
    claim : int
        Month of the claim.
    birth : int or None
        Birth month.
    worker_class : str or None
        Retirement class; None when neither it nor the sex was given.
    class_given : bool
        Whether the class itself was given, and not only the sex.
    benefit_base, local_base : float or None
        Base printed (计发基数), and the local one where the form prints two [yuan/month].
    mean_index, transitional_index : float or None
        Mean contribution index, and the index of the transitional part where it has its own.
    months, deemed_months : float or None
        Months in all (deemed months included), and deemed months; years printed with two decimals are kept as printed.
    account_balance : float or None
        Individual account [yuan].
    payout_months : float or None
        Divisor printed.
    one_child : bool
        Parent of an only child.
    official : dict of str to float
        Amounts awarded, by part: basic, account, transitional, additions, total [yuan/month].
    """

    province: str
    area: str | None
    claim: int
    birth: int | None = None
    worker_class: str | None = None
    class_given: bool = False
    benefit_base: float | None = None
    local_base: float | None = None
    mean_index: float | None = None
    transitional_index: float | None = None
    months: float | None = None
    deemed_months: float | None = None
    account_balance: float | None = None
    payout_months: float | None = None
    one_child: bool = False
    official: Mapping[str, float] = field(default_factory=dict)

    @property
    def age(self) -> int | None:
        """Age at the claim [months]."""
        return None if self.birth is None else self.claim - self.birth


def read_form(form: Mapping[str, Any], law: Law) -> AwardForm:
    """Read the figures of a form; every fault is named at once.

    Raises
    ------
    InputError, ErrorList
        Naming each figure that is missing, cannot be read, is out of range, or is not known.
    """
    faults: list[LingbaoError] = []

    def take(name: str, reader: Callable[[Any], Any]) -> Any:
        raw = form.get(name)
        if is_blank(raw):
            return None
        try:
            return reader(raw)
        except LingbaoError as error:
            faults.append(InputError(f"award.{name}", value=raw, where=name,
                                     zh=f"{label(name, 'zh')}：{error.zh}", en=f"{label(name, 'en')}: {error.en}"))
            return None

    known = columns()["figures"]
    faults += [_unknown(name) for name in form if name not in known]
    place = take("province", lambda raw: law.find_province(str(raw)))
    named = take("area", lambda raw: area_of(law, place[0], str(raw)) if place else None)
    claim, birth = take("claim", _month), take("birth", _month)
    numbers = {name: take(name, _bounded(name)) for name, about in known.items() if "most" in about}
    sex, worker_class = take("sex", _one_of("male", "female")), take("worker_class", _one_of(*sum(CLASSES.values(), ())))
    one_child = take("one_child", _yes_or_no)
    official = {name: numbers.pop(name) for name in PARTS if numbers.get(name) is not None}
    numbers = {name: value for name, value in numbers.items() if name not in PARTS}
    for whole, years in (("months", "years"), ("deemed_months", "deemed_years")):
        numbers[whole] = _months(numbers.get(whole), numbers.pop(years, None))
    unread = any(fault.where in PARTS for fault in faults)
    faults += [_missing(name) for name in _lacking(form, numbers, official, birth, unread)]
    faults += _contradictions(numbers, claim, birth, sex, worker_class)
    if faults:
        raise faults[0] if len(faults) == 1 else ErrorList(faults)
    province, area = place
    if worker_class is None and sex is not None:
        chosen: str | None = "male" if sex == "male" else class_of_flexible_women(law, province)
    else:
        chosen = worker_class
    return AwardForm(province, named or area, claim, birth, chosen, worker_class is not None,
                     one_child=bool(one_child), official=official, **numbers)


def _lacking(form: Mapping[str, Any], numbers: Mapping[str, float | None], official: Mapping[str, float],
             birth: int | None, unread: bool) -> list[str]:
    """Name the figures that are needed for the amounts given and were left blank."""
    lacking = [name for name in ("province", "claim") if is_blank(form.get(name))]
    for part in official:
        if part == "transitional" and official[part] == 0:
            continue
        lacking += [need for need in NEEDS[part] if numbers.get(need) is None and is_blank(form.get(need))
                    and is_blank(form.get(need.replace("months", "years")))]
    if not official and not unread:
        lacking.append("total")
    if "account" in official and birth is None and is_blank(form.get("payout_months")):
        lacking.append("payout_months")
    return list(dict.fromkeys(lacking))


def _month(raw: Any) -> int:
    """Read a month, or take a month integer as it is."""
    if isinstance(raw, int) and not isinstance(raw, bool) and FIRST_MONTH <= raw <= LAST_MONTH:
        return raw
    return month_from(raw)


def _months(months: float | None, years: float | None) -> float | None:
    """Return months from months or years; a length within a hair of a whole month is that month."""
    length = months if months is not None else None if years is None else years * MONTHS_PER_YEAR
    if length is None:
        return None
    return float(round(length)) if abs(length - round(length)) < WHOLE_MONTH else length


def _bounded(name: str) -> Callable[[Any], float | None]:
    low, most = float(columns()["figures"][name].get("low", 0)), float(columns()["figures"][name]["most"])

    def read(raw: Any) -> float | None:
        value = _number(raw, name)
        if value is not None and not low <= value <= most:
            raise InputError("award.range", value=raw, zh=f"“{text_of(raw)}”超出范围，应在 {low:g} 到 {most:g} 之间。",
                             en=f"'{text_of(raw)}' is out of range; it must lie between {low:g} and {most:g}.")
        return value

    return read


def _number(raw: Any, name: str) -> float | None:
    """Read a number with its unit, or a length such as ``41年8个月``."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    written = text_of(raw).replace(" ", "")
    span = _SPAN.fullmatch(written)
    if span and name in ("months", "deemed_months", "years", "deemed_years"):
        months = int(span.group(1)) * MONTHS_PER_YEAR + int(span.group(2) or 0)
        return float(months) if name.endswith("months") else months / MONTHS_PER_YEAR
    counted_in_months = name.endswith("years") and written.endswith("月")
    number = number_of(written.removesuffix("个月").removesuffix("月").removesuffix("年"))
    return number / MONTHS_PER_YEAR if counted_in_months and number is not None else number


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(raw: Any) -> str:
        written = str(columns()["words"].get(str(raw).strip(), str(raw).strip()))
        if written not in words:
            raise InputError("award.word", value=raw, zh=f"“{raw}”无效，应为 {'、'.join(words)} 之一。",
                             en=f"'{raw}' is not valid; use one of {', '.join(words)}.")
        return written

    return read


def _yes_or_no(raw: Any) -> bool:
    return raw if isinstance(raw, bool) else _one_of("yes", "no")(raw) == "yes"


def area_of(law: Law, province: str, text: str) -> str | None:
    """Return the name of a city with rules of its own, or None for another city of the province.

    Raises
    ------
    InputError
        If the city lies in another province.
    """
    if law.has(f"provinces.{province}.benefit_base@{text}"):
        return text
    try:
        found, area = law.find_province(text)
    except LingbaoError:
        return None
    if found != province:
        raise InputError("place.area", value=text, zh=f"“{text}”不在所选的省份内。", en=f"'{text}' does not lie in that province.")
    return area


def _unknown(name: str) -> LingbaoError:
    listed = ", ".join(columns()["figures"])
    return InputError("award.unknown", value=name, where=name, zh=f"不认识的项目“{name}”；可用：{listed}。",
                      en=f"'{name}' is not a figure of the form; there are: {listed}.")


def _missing(name: str) -> LingbaoError:
    return InputError(f"award.{name}", where=name, zh=f"缺少“{label(name, 'zh')}”，无法核对；请照核定表填写。",
                      en=f"'{label(name, 'en')}' is missing and is needed for the check; copy it from the form.")


def _contradictions(numbers: Mapping[str, float | None], claim: int | None, birth: int | None, sex: str | None,
                    worker_class: str | None) -> list[LingbaoError]:
    """Find figures that cannot stand beside each other."""
    faults: list[LingbaoError] = []
    months, deemed = numbers.get("months"), numbers.get("deemed_months")
    if months is not None and deemed is not None and deemed > months:
        faults.append(InputError("award.deemed_months", value=deemed, where="deemed_months",
                                 zh=f"视同缴费 {deemed:g} 个月多于累计的 {months:g} 个月；累计应含视同。",
                                 en=f"{deemed:g} deemed months exceed the {months:g} months in all, which include them."))
    if claim is not None and birth is not None and birth >= claim:
        faults.append(InputError("award.birth", value=format_month(birth), where="birth",
                                 zh=f"出生年月 {format_month(birth)} 不早于领取年月 {format_month(claim)}，请更正。",
                                 en=f"Birth month {format_month(birth)} does not lie before the claim in {format_month(claim)}; correct it."))
    if sex is not None and worker_class is not None and worker_class not in CLASSES[sex]:
        faults.append(InputError("award.worker_class", value=worker_class, where="worker_class",
                                 zh=f"退休类别“{worker_class}”与性别“{sex}”不符。",
                                 en=f"Retirement class '{worker_class}' does not fit sex '{sex}'."))
    return faults
