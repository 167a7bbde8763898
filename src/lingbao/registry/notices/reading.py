"""A message in the language of whoever reads it: what it was filled in with is read back out of the words that were sent.

Messages are sent in Chinese, and what was sent is all that is kept. Every field has a shape, so the template tells field from words again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter

from lingbao.registry.notices.following import PROVISIONAL
from lingbao.registry.notices.templates import SHAPES, templates
from lingbao.registry.transfers.machine import TRANSITIONS

PHRASES = {"": "", PROVISIONAL: "For now it rests on last year's base; once the new one is published it is worked out again and the difference paid.",
           **{step.zh: step.en for step in TRANSITIONS.values()}}  # words that a template may have been filled in with


def fields_of(template: str, text: str) -> Mapping[str, str] | None:
    """Return what a message in Chinese was filled in with; None where it does not fit the template as it is worded today."""
    found = None if template not in templates() else _shape(template).fullmatch(text)
    return None if found is None else found.groupdict()


def text_for(template: str, text: str, lang: str) -> tuple[str, str]:
    """Return a message for its reader, and the language it is in: as it was sent where it cannot be said in the reader's own.

    Parameters
    ----------
    template : str
        Its template.
    text : str
        What was sent.
    lang : {"zh", "en"}
        Language of the reader.
    """
    values = None if lang == "zh" else fields_of(template, text)
    if values is None:
        return text, "zh"
    wanted = templates()[template]
    words = {field for field, kind in wanted.fields.items() if kind == "words"}
    if any(values[field] not in PHRASES for field in words):  # written by hand, such as what a new rule changes
        return text, "zh"
    return wanted.en.format(**{field: PHRASES[value] if field in words else value for field, value in values.items()}).replace("  ", " "), "en"


@cache
def _shape(template: str) -> re.Pattern[str]:
    """The template as a pattern with a group for each field; a field that stands twice has the same value."""
    wanted, parts, seen = templates()[template], [], set()
    for words, field, _, _ in Formatter().parse(wanted.zh):
        parts.append(re.escape(words))
        if field is not None:
            parts.append(f"(?P={field})" if field in seen else f"(?P<{field}>{SHAPES[wanted.fields[field]]})")
            seen.add(field)
    return re.compile("".join(parts))
