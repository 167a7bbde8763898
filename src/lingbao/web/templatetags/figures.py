"""Figures as people read them: money, months, ages, shares, in the page's language."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from django import template
from django.template.defaultfilters import date as written
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
def said(context: Any, error: Any) -> str:
    """What an error says to a reader, its months in words."""
    return figures.months_said(error.zh if _lang(context) == "zh" else error.en, _lang(context))


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


@register.simple_tag
def count(number: int | None) -> str:
    """A number of things, thousands apart."""
    return figures.UNKNOWN if number is None else f"{number:,}"


@register.filter(expects_localtime=True)
def day(value: date | datetime | None) -> SafeString | str:
    """A day in China, never broken over two lines."""
    return "" if value is None else format_html('<time class="whole">{}</time>', written(value, "Y-m-d"))


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> SafeString | str:
    """A day and the time of day in China, never broken over two lines."""
    return "" if value is None else format_html('<time class="whole">{}</time>', written(value, "Y-m-d H:i"))
