"""Checking a proof against what is published: of the page, the API, and nobody's account."""

from __future__ import annotations

import json
from typing import Any

from lingbao.law.errors import InputError
from lingbao.registry.ledger.proofs import root_of, trees
from lingbao.registry.session import SYSTEM, run_as

LARGEST = 64 * 1024


def checked(content: Any) -> dict[str, Any]:
    """Return what a proof shows: the line, and the published root of its day that it leads to.

    Raises
    ------
    InputError
        If it is no proof, or leads to another root than the published one.
    """
    day, root = root_of(content)
    published = next((each.root for each in run_as(SYSTEM, trees) if str(each.date) == day), None)
    if published != root:
        raise InputError("ledger.not_published", value=day, where="proof", zh=f"证明算出的根与 {day} 公布的不同：这一行不在公布的账里。",
                         en=f"The proof leads to another root than the one published for {day}: the line is not in the published books.")
    return {"stands": True, "date": day, "root": root, "line": content["line"]}


def read(file: bytes) -> Any:
    """Return the content of a proof's file.

    Raises
    ------
    InputError
    """
    try:
        return json.loads(file.decode()) if len(file) <= LARGEST else None
    except (ValueError, RecursionError):
        return None
