"""Figures as people read them: money, months, ages, shares, in the page's language."""

from __future__ import annotations

import math
from typing import Any

from django import template

from lingbao.web import figures

register = template.Library()


def _lang(context: Any) -> str:
    return str(context.get("lang", "zh"))


@register.simple_tag(takes_context=True)
def yuan(context: Any, amount: float | None, decimals: int = 0) -> str:
    """Money [yuan]."""
    return figures.yuan(amount, _lang(context), decimals)


@register.simple_tag(takes_context=True)
def month(context: Any, value: int | str | None) -> str:
    """A calendar month."""
    return figures.month(value, _lang(context))


@register.simple_tag(takes_context=True)
def age(context: Any, months: float | None) -> str:
    """An age or a span [months]."""
    return figures.age(months, _lang(context))


@register.simple_tag(takes_context=True)
def span(context: Any, months: float | None) -> str:
    """A length of time [months]."""
    return figures.span(months, _lang(context))


@register.simple_tag
def share(value: float | None, decimals: int = 0) -> str:
    """A fraction as percent."""
    return figures.share(value, decimals)


@register.filter
def known(value: Any) -> bool:
    """Tell whether there is a figure at all."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """Return ``mapping[key]`` or None."""
    return mapping.get(key) if mapping is not None else None


@register.simple_tag(takes_context=True)
def people(context: Any, number: float | None) -> str:
    """A number of people."""
    return figures.people(number, _lang(context))


@register.simple_tag(takes_context=True)
def lasts(context: Any, seconds: float | None) -> str:
    """A short time [seconds]."""
    return figures.lasts(seconds, _lang(context))


@register.simple_tag
def fen(amount: int | None) -> str:
    """Money kept in fen, as yuan with two decimals, exactly."""
    return figures.exact_yuan(amount)
