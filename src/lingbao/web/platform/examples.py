"""The examples of the documentation page: one shell session each, which a test runs as they are shown."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

import yaml


@dataclass(frozen=True)
class Example:
    """One example: what it shows and the commands, with the site's own address in them."""

    name: str
    zh: str
    en: str
    text: str


@functools.cache
def _stored() -> tuple[Example, ...]:
    read = yaml.safe_load(resources.files("lingbao.web.platform").joinpath("examples.yaml").read_text(encoding="utf-8"))
    return tuple(Example(**each) for each in read["examples"])


def examples(address: str) -> list[Example]:
    """Return the examples for a site at `address` (without a slash at its end)."""
    return [Example(each.name, each.zh, each.en, each.text.replace("{address}", address)) for each in _stored()]
