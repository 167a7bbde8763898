"""Reading the inputs of golden cases: one of several spellings of a key, months, ages, and refusals that say why."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.month import parse_month

Inputs = Mapping[str, Any]

MISSING = object()


def first_of(inputs: Inputs, *names: str, default: Any = MISSING) -> Any:
    """Return the value of the first key that is there and not null.

    Raises
    ------
    InputError
        If none is there and no default was given; the message lists the keys that would do.
    """
    for name in names:
        if inputs.get(name) is not None:
            return inputs[name]
    if default is MISSING:
        raise InputError(
            "case.input", value=", ".join(inputs), where=names[0],
            zh=f"算例缺少输入：需要 {'、'.join(names)} 之一。", en=f"The case lacks an input: one of {', '.join(names)} is needed.",
        )
    return default


def given(inputs: Inputs, *names: str) -> bool:
    """Whether any of the keys is there and not null."""
    return any(inputs.get(name) is not None for name in names)


def unknown_kind(topic: str, inputs: Inputs) -> InputError:
    """Return the refusal of inputs that no branch of an adapter understands."""
    kind = inputs.get("kind", "")
    listed = ", ".join(inputs)
    return InputError(
        "case.kind", value=kind or listed, where=topic,
        zh=f"“{topic}”的这种算例无法识别：kind “{kind}”，输入 {listed}。",
        en=f"This kind of '{topic}' case is not known: kind '{kind}', inputs {listed}.",
    )


def last_month_of(value: Any) -> int:
    """Return the month of a date, or December of a bare year."""
    return parse_month(f"{value}-12") if isinstance(value, int) else parse_month(_first_written(value, "-12"))


def first_month_of(value: Any) -> int:
    """Return the month of a date, or January of a bare year."""
    return parse_month(f"{value}-01") if isinstance(value, int) else parse_month(_first_written(value, "-01"))


def _first_written(value: Any, month: str) -> str:
    """Return the first month of a period such as ``2025-07..2026-06``; a bare year gets the month named."""
    written = str(value).strip()
    dated = re.match(r"\d{4}-\d{2}", written)
    return dated.group() if dated else written + month if re.fullmatch(r"\d{4}", written) else written


def numbers_like(inputs: Inputs, pattern: str, without: Collection[str] = ()) -> dict[str, float]:
    """Return the numeric inputs whose key matches a pattern, in order, for cases that name one thing in many ways."""
    return {
        name: float(value) for name, value in inputs.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name not in without and re.search(pattern, name)
    }


def fraction(value: Any) -> float:
    """Return a share written as a number, as ``2/3`` or as ``50%``."""
    text = str(value).strip()
    return float(Fraction(text[:-1]) / 100) if text.endswith("%") else float(Fraction(text))
