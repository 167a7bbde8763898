"""What all commands share: languages, plain JSON, tables and trees for people, and errors said in words."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.tree import Tree

    from lingbao.law.store import Law
    from lingbao.law.trace import Node

Lang = Annotated[str, typer.Option("--lang", help="zh / en")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]

FINE, DISAGREES, WRONG_INPUT = 0, 1, 2
DEEPEST = 8
NOTHING = "—"


def word(pair: Sequence[str], lang: str) -> str:
    """Return the Chinese or the English one of a pair."""
    return pair[1 if lang == "en" else 0]


@contextmanager
def edge(lang: str, as_json: bool) -> Iterator[None]:
    """Say every error a user can cause in words, or as JSON, and leave with exit code 2."""
    from lingbao.law.errors import InputError, LingbaoError

    try:
        if lang not in ("zh", "en"):
            raise InputError("lang", value=lang, where="--lang", zh=f"语言“{lang}”无效，请用 zh 或 en。",
                             en=f"'{lang}' is not a language here; use zh or en.")
        yield
    except LingbaoError as error:
        if as_json:
            print_json({"error": error.to_dict()})
        else:
            print(error.message("en" if lang == "en" else "zh"), file=sys.stderr)
        raise typer.Exit(WRONG_INPUT) from None


def print_json(data: Any) -> None:
    """Print plain data as JSON."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def show(*things: Any) -> None:
    """Print texts, tables and trees for people; text is never read as markup."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    for thing in things:
        console.print(thing)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[int] = ()) -> Any:
    """Return a table; columns of ``figures`` are set to the right and never broken."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    made = Table(title=Text(title), title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for position, heading in enumerate(headings):
        made.add_column(Text(heading), justify="right" if position in figures else "left", overflow="fold",
                        no_wrap=position in figures)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def yuan(amount: float | None) -> str:
    """Write an amount [yuan] with fen."""
    return NOTHING if amount is None else f"{amount:,.2f}"


def share(value: float | None, decimals: int = 0) -> str:
    """Write a fraction as percent."""
    return NOTHING if value is None else f"{value * 100:.{decimals}f}%"


def age(months: int | None, lang: str) -> str:
    """Write an age [months] as people say it."""
    from lingbao.law.month import format_age

    return NOTHING if months is None else format_age(int(months), lang)


def tree(node: Node, lang: str, law: Law) -> Tree:
    """Return the reasons behind a figure as a tree; what appears twice is written out once."""
    from rich.text import Text
    from rich.tree import Tree

    from lingbao.law.explain import render

    def said(each: Node) -> Text:
        return Text(render(each, lang, law, depth=0)[0].text)

    seen = {id(node)}
    root = Tree(said(node))

    def grow(branch: Tree, parent: Node, depth: int) -> None:
        for child in (*parent.arguments.values(), *parent.steps):
            if id(child) in seen or depth > DEEPEST:
                continue
            seen.add(id(child))
            grow(branch if child.kind == "number" else branch.add(said(child)), child, depth + 1)

    grow(root, node, 1)
    return root


def sentences(node: Node, lang: str, law: Law) -> list[dict[str, Any]]:
    """Return the sentences behind a figure as plain data."""
    from lingbao.law.explain import render

    return [sentence.to_dict() for sentence in render(node, lang, law)]


def chosen(values: Mapping[str, Any], when: Callable[[Any], bool] = lambda value: value is not None) -> dict[str, Any]:
    """Return the options that were really given."""
    return {name: value for name, value in values.items() if when(value)}
