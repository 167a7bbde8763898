"""Words of the desk's pages alone: who of the staff did something."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lingbao.registry.people.actor_events import OPERATOR
from lingbao.web.desk import oversight

register = template.Library()


@register.simple_tag(takes_context=True)
def colleague(context: Any, number: int, name: str | None = None) -> SafeString:
    """Name and number of who acted; the name is looked up unless it is given."""
    zh = context.get("lang", "zh") == "zh"
    if number == OPERATOR:
        return format_html("{}", "系统" if zh else "the registry")
    found = name or oversight.names([number]).get(number, "")
    return format_html("{}（{} 号）" if zh else "{} (no. {})", found, number) if found else format_html("{} 号人员" if zh else "actor {}", number)
