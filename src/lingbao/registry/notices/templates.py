"""Filling a message in: every field is checked, so that no sender can put anything else into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from lingbao.law.errors import InputError

FILE = Path(__file__).with_name("templates.yaml")
SHAPES = {
    "month": r"\d{4}-(0[1-9]|1[0-2])", "date": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "yuan": r"\d{1,9}\.\d{2}",
    "number": r"\d{1,18}", "words": r"[\w 　·、，。；：（）()〔〕%.—-]{0,60}",
}
LINK = re.compile(r"//|www\.|\.(com|cn|net|org|top|xyz)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Template:
    """A message in both languages, and the type of each field."""

    name: str
    zh: str
    en: str
    fields: Mapping[str, str]


@cache
def templates() -> Mapping[str, Template]:
    """Return the templates by name."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))["templates"]
    return {name: Template(name, each["zh"], each["en"], each["fields"]) for name, each in content.items()}


def text_of(name: str, fields: Mapping[str, object], lang: str = "zh") -> str:
    """Fill a template in.

    Raises
    ------
    InputError
        If there is no such template, a field is missing or too much, or a value does not have the field's shape.
    """
    template = templates().get(name)
    if template is None:
        raise InputError("notice.template", value=name, zh=f"没有“{name}”这个模板。", en=f"There is no template '{name}'.")
    if set(fields) != set(template.fields):
        raise InputError("notice.fields", value=", ".join(sorted(fields)), where=name, zh=f"应填：{'、'.join(template.fields)}。",
                         en=f"The fields are: {', '.join(template.fields)}.")
    for field, kind in template.fields.items():
        value = str(fields[field])
        if re.fullmatch(SHAPES[kind], value) is None or LINK.search(value):
            raise InputError("notice.value", value=value, where=f"{name}.{field}", zh=f"“{value}”不能用在短信的“{field}”处。",
                             en=f"'{value}' cannot stand for '{field}' in a message.")
    return (template.zh if lang == "zh" else template.en).format(**fields)
