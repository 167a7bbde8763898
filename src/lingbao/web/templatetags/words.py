"""Words in two languages: ``{% t "中文" "English" %}`` and ``{% pick thing "label" %}``."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def t(context: Any, zh: str, en: str, *values: Any) -> str:
    """Return the text in the page's language; ``{}`` places take ``values``, which are escaped."""
    return format_html(zh if context.get("lang", "zh") == "zh" else en, *values) if values else mark_safe(
        zh if context.get("lang", "zh") == "zh" else en
    )


@register.simple_tag(takes_context=True)
def pick(context: Any, thing: Any, name: str = "") -> Any:
    """Return ``name_zh`` or ``name_en`` (or ``zh``/``en``) of a mapping or object; empty when there is none."""
    lang = context.get("lang", "zh")
    key = f"{name}_{lang}" if name else lang
    value = thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)
    return "" if value is None else value


@functools.cache
def _version(path: str) -> str:
    file = finders.find(path)
    if not isinstance(file, str):
        raise template.TemplateSyntaxError(f"no static file {path}")
    with open(file, "rb") as content:  # noqa: PTH123 - finders give a plain string
        return hashlib.sha256(content.read()).hexdigest()[:10]


@register.simple_tag
def asset(path: str) -> SafeString:
    """Return the address of a static file, with a version that changes when the file does."""
    return mark_safe(f"{static(path)}?v={_version(path)}")
