"""Messages as a page shows them: in the reader's language where they can be said in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lingbao.registry.notices.reading import text_for
from lingbao.registry.notices.sending import Message


@dataclass(frozen=True)
class Shown:
    """A message on a page: its text, the language of the text, and whether that is not the reader's."""

    text: str
    lang: str
    foreign: bool
    queued_at: datetime


def shown(messages: Iterable[Message], lang: str) -> list[Shown]:
    """Return messages for a reader of a language."""
    found = []
    for each in messages:
        text, own = text_for(each.template, each.text, lang)
        found.append(Shown(text, "zh-Hans" if own == "zh" else own, own != lang, each.queued_at))
    return found
