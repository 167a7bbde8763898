"""Reading the inputs of golden cases: numbers under several names, months, ages, places and periods."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.month import month, parse_month
from lingbao.law.store import Law

Inputs = dict[str, Any]

# What a case writes in place of a province when it means the whole country.
NATIONWIDE = {"全国", "国家", "中国", "national", "China"}

# A year alone names the benefit year, which starts in January or July by province; in July both are running.
MIDDLE_OF_YEAR = 7


def first(inputs: Inputs, *names: str, default: Any = None) -> Any:
    """Return the first input that is given under one of several names."""
    for name in names:
        if inputs.get(name) is not None:
            return inputs[name]
    return default


def needed(inputs: Inputs, *names: str) -> Any:
    """Return an input that must be there.

    Raises
    ------
    InputError
        If none of the names is given.
    """
    value = first(inputs, *names)
    if value is None:
        raise InputError("case.input", value=names[0], where=names[0], zh=f"算例缺少输入：{' / '.join(names)}。",
                         en=f"The case lacks the input {' or '.join(names)}.")
    return value


def number(inputs: Inputs, *names: str) -> float:
    """Return a numeric input that must be there."""
    value = needed(inputs, *names)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("case.number", value=value, where=names[0], zh=f"“{value}”应为数字。",
                         en=f"'{value}' must be a number.")
    return float(value)


def share(value: Any) -> float:
    """Read a rate written as a fraction, as a percentage (``20%``, ``2/3``) or as a number of percent (``20``)."""
    written = str(value).strip()
    if written.endswith("%"):
        return float(Fraction(written[:-1])) / 100
    number_read = float(Fraction(written))
    return number_read / 100 if number_read > 1 else number_read


def age_in_months(text: Any) -> int:
    """Read an age such as ``63y0m``, ``63`` or ``60岁3个月`` as months."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return round(float(text) * 12)
    match = re.fullmatch(r"\s*(\d+)\s*(?:y|岁)?\s*(?:(\d+)\s*(?:m|个月|月)?)?\s*", str(text))
    if match is None:
        raise InputError("case.age", value=text, where="age", zh=f"“{text}”不是年龄，请写成 60y3m。",
                         en=f"'{text}' is not an age; write it like 60y3m.")
    return int(match.group(1)) * 12 + int(match.group(2) or 0)


def worker_class(inputs: Inputs) -> str:
    """Return the retirement class: male, female55 or female50."""
    written = str(needed(inputs, "worker_class", "class")).lower().replace("_", "")
    known = {
        "male": "male", "male60": "male", "m": "male", "男": "male", "男职工": "male",
        "female55": "female55", "cadre": "female55", "femalecadre": "female55", "女干部": "female55",
        "female50": "female50", "worker": "female50", "femaleworker": "female50", "女工人": "female50",
    }
    if written not in known:
        raise InputError("case.worker_class", value=written, where="worker_class",
                         zh=f"“{written}”不是退休类别，应为 male、female55 或 female50。",
                         en=f"'{written}' is not a class; it must be male, female55 or female50.")
    return known[written]


def place(law: Law, inputs: Inputs) -> tuple[str, str | None] | None:
    """Return code and area of the place a case names, or None."""
    text = first(inputs, "province", "place", "province_code")
    if text is None:
        return None
    if str(text).strip() in NATIONWIDE:
        return None
    code, area = law.find_province(str(text))
    city = first(inputs, "area", "city")
    if area is None and city is not None:
        short = next(province.short_zh for province in law.provinces() if province.code == code)
        area = law.find_province(f"{short}{city}")[1] or str(city)
    return code, area


def month_of(inputs: Inputs) -> int | None:
    """Return the month a case is about, from a month, a period or a year; None when it names none."""
    text = first(inputs, "month", "claim_month", "on", "period", "year", "claim_year", "retire_year", "retire_month")
    if text is None:
        return None
    written = str(text).strip()
    dated = re.match(r"(\d{4})\s*[-./年]\s*(\d{1,2})(?!\d)", written)
    if dated is not None:
        return month(int(dated.group(1)), int(dated.group(2)))
    year = re.match(r"(\d{4})\s*(?:年|年度)?\s*(.*)$", written)
    if year is None:
        return parse_month(written)
    rest = year.group(2).lower()
    if "first half" in rest or "h1" in rest or "上半年" in rest:
        return month(int(year.group(1)), 1)
    if not rest or "second half" in rest or "h2" in rest or "下半年" in rest:
        return month(int(year.group(1)), MIDDLE_OF_YEAR)
    return parse_month(written)
