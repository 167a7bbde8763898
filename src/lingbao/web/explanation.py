"""The reasons behind a figure, arranged for a page: sentences in order, and the tree they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lingbao.law.explain import Sentence, render
from lingbao.law.trace import Node
from lingbao.web.engine import law
from lingbao.web.lawbook import note_in

# A tree deeper than this is a loop over years; the page shows the sentences instead.
DEEPEST = 6
MOST_SENTENCES = 120


def steps(node: Node, lang: str) -> list[Sentence]:
    """Return the sentences that lead to a figure, the figure first."""
    return [replace(said, notes=_notes(said, lang)) for said in render(node, lang, law())[:MOST_SENTENCES]]


def _notes(said: Sentence, lang: str) -> tuple[str, ...]:
    """Return the notes in the language of the page, without those that only go on with the sentence."""
    return tuple(note_in(note, lang) for note in said.notes if not note.startswith(("；", ";")))


def tree(node: Node, lang: str, level: int = 0) -> dict[str, Any]:
    """Return the tree of a figure as plain data: what was computed from what.

    Whole tables, such as the brackets of the income tax, are left to the page of their parameter.
    """
    head = render(node, lang, law(), depth=0)[0]
    children = [child for child in (*node.arguments.values(), *node.steps) if not isinstance(child.value, tuple | list | Mapping)]
    below = [] if level >= DEEPEST else [tree(child, lang, level + 1) for child in children]
    return {"label": head.label, "shown": head.shown, "article": head.article, "path": head.path, "children": below}
