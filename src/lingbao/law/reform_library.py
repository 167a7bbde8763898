"""The reforms that are shipped: proposals of the papers, laws of earlier years, and the 324 fixed-amount designs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.fixed_amount_design import FixedAmountDesign, designs
from lingbao.law.loader import read_yaml
from lingbao.law.month import parse_month
from lingbao.law.reform import Option, Reform, compose
from lingbao.law.reform_place import LIBRARY
from lingbao.law.reform_read import read_reform
from lingbao.law.store import Law
from lingbao.law.values import freeze

DESIGN_PREFIX = "F2-"


@cache
def library() -> tuple[Reform, ...]:
    """Return the shipped reforms that stand in files, in the order of their ids."""
    return tuple(sorted((read_reform(file) for file in LIBRARY.glob("*.yaml")), key=lambda reform: reform.id))


def fixed_amount_reforms() -> Iterator[Reform]:
    """Yield the 324 designs of a fixed-amount contribution as reforms ``F2-001`` to ``F2-324`` (F2)."""
    for number, design in enumerate(designs(), start=1):
        yield _of_design(number, design)


def find_reform(name: str, law: Law | None = None) -> Reform:
    """Return a reform by its id in the library, read it from a file, or compose several.

    Parameters
    ----------
    name : str
        Id (capitals do not matter), path of a YAML file, or several of them joined by ``+``, the later over the earlier.
    law : Law, optional
        Check a file against this law.

    Raises
    ------
    InputError
        If there is no such reform; the message names similar ids.
    """
    known = {reform.id.lower(): reform for reform in library()}
    wanted = name.lower()
    if wanted in known:
        return known[wanted]
    if wanted.startswith(DESIGN_PREFIX.lower()):
        for reform in fixed_amount_reforms():
            if reform.id.lower() == wanted:
                return reform
    if Path(name).is_file():
        return read_reform(name, law)
    if "+" in name:
        return compose(*(find_reform(part.strip(), law) for part in name.split("+")))
    if Path(name).suffix in (".yaml", ".yml"):
        return read_reform(name, law)
    ids = [reform.id for reform in library()]
    like = [id for id in ids if id.lower().startswith(wanted)] or [
        id for id in ids if id.lower() in difflib.get_close_matches(wanted, list(known), n=3, cutoff=0.4)
    ]
    near = ", ".join(like or [*ids, "F2-001 … F2-324"])
    raise InputError(
        "reform.unknown", value=name, zh=f"没有名为“{name}”的改革，也没有这个文件；可用：{near}。",
        en=f"There is no reform '{name}' and no such file; available: {near}.",
    )


def _of_design(number: int, design: FixedAmountDesign) -> Reform:
    """One design as a reform; the sums that a design needs come from ``schema/fixed_amount.yaml``."""
    frame = _frame()
    choices = asdict(design)
    sums = {
        field: entry["value"] for field, entry in frame["sums"].items()
        if all(choices[key] == wanted for key, wanted in entry["when"].items())
    }
    words = [frame["words"][key][value] for key, value in choices.items()]
    assumed = tuple(sorted(field for field in sums if frame["sums"][field].get("assumed")))
    option = Option("fixed_amount", freeze(choices | sums), frame["source"], assumed)
    return Reform(
        id=f"{DESIGN_PREFIX}{number:03d}",
        title_zh="定额缴费：" + "、".join(zh for zh, _ in words),
        title_en="Fixed amount: " + ", ".join(en for _, en in words),
        author=frame["author"], citation=frame["citation"], mechanisms=("F2",), expected_zh=frame["expected_zh"],
        expected_en=frame["expected_en"], since=parse_month(frame["since"]), runs_in=("laboratory",),
        options=freeze({"fixed_amount": option}),
    )


@cache
def _frame() -> Mapping[str, Any]:
    """What the designs have in common: author, sums, words."""
    found: Mapping[str, Any] = freeze(read_yaml(LIBRARY / "schema" / "fixed_amount.yaml"))
    return found
