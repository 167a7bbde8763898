"""The additions and the sum on an award form, and why a sum may differ from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from lingbao.law.award import Award
from lingbao.law.store import Law
from lingbao.law.trace import Node, node_of
from lingbao.planner.award_causes import (
    FEN,
    ROUNDED,
    Cause,
    Tried,
    cause,
    matching,
    rounding_words,
    roundings,
    same,
)
from lingbao.planner.award_form import AwardForm, label
from lingbao.planner.award_recompute import innermost, rerun

Status = Literal["agrees", "rounding", "differs", "unknown"]
Found = tuple[float | None, float | None, Status, tuple[Cause, ...]]
ONE_FEN = 1.5 / FEN  # half a fen more, for the noise of a sum in binary
SUMMANDS = ("basic", "account", "transitional", "additions")


def check_additions(form: AwardForm, computed: float) -> Found | None:
    """Compare the additions with those the store can compute; None where there are none on either side.

    Additions differ by place and many are not in the store, so a difference is not judged.
    """
    official = form.official.get("additions")
    if not official and not computed:
        return None
    if official is not None and same(official, computed):
        return official, computed, "agrees", ()
    return official, computed, "unknown", (cause("local_additions", {}, False),)


def check_total(form: AwardForm, law: Law, lines: Mapping[str, Any], found: Award, computed_additions: float
                ) -> tuple[float | None, float | None, Status, tuple[Cause, ...], Node]:
    """Compare the sum with the parts that the form prints, added and rounded as the province does.

    A part that the form does not print enters as recomputed.
    """
    official = form.official["total"]
    node = node_of("total", found.total)
    parts = {name: _part(form, lines, name) for name in SUMMANDS}
    if form.official.get("additions") is None:
        parts["additions"] = computed_additions
    if any(parts[name] is None for name in ("basic", "account")):
        return official, None, "unknown", (), node
    given = {name: value or 0.0 for name, value in parts.items()}
    computed = rerun(node, **given)
    if same(official, computed):
        return official, computed, "agrees", (), node
    causes = matching(official, computed, _tried(form, node, given, lines, found, computed_additions))
    if not causes:
        over = round(official - computed, 2)
        causes = [cause("total_extra" if over > 0 else "total_short", {"amount": f"{abs(over):.2f}"}, False)]
    return official, computed, "rounding" if abs(official - computed) < ONE_FEN else "differs", tuple(causes), node


def _part(form: AwardForm, lines: Mapping[str, Any], name: str) -> float | None:
    printed = form.official.get(name)
    line = lines.get(name)
    return printed if printed is not None else None if line is None else line.computed


def _tried(form: AwardForm, node: Node, given: Mapping[str, float], lines: Mapping[str, Any], found: Award,
           computed_additions: float) -> Iterator[Tried]:
    """Try what may lie behind the sum: a rounding, a part left out or doubled, additions in or out."""
    plain_sum = sum(given.values())
    yield from roundings(plain_sum)
    unrounded = sum(innermost(node_of(name, getattr(found, name))).unrounded if name in lines else given[name]
                    for name in SUMMANDS[:3]) + given["additions"]
    if "account" in lines and form.account_balance is not None and form.payout_months is not None:
        exact = form.account_balance / form.payout_months
        unrounded += exact - innermost(node_of("account", found.account)).unrounded
    for name, rounding in ROUNDED.items():
        yield Tried("total_unrounded", {"rounding": rounding_words(name)}, rounding(unrounded))
    if given["additions"]:
        yield Tried("total_without_additions", {"amount": f"{given['additions']:.2f}"}, rerun(node, **{**given, "additions": 0.0}))
    elif computed_additions:
        yield Tried("total_with_additions", {"amount": f"{computed_additions:.2f}"}, rerun(node, **{**given, "additions": computed_additions}))
    for name in SUMMANDS[:3]:
        if given[name]:
            words = {"part": (label(name, "zh"), label(name, "en").lower())}
            yield Tried("total_without_part", words, rerun(node, **{**given, name: 0.0}))
            yield Tried("total_twice", words, rerun(node, **{**given, name: 2 * given[name]}))
    recomputed = {name: lines[name].computed if name in lines and lines[name].computed is not None else value
                  for name, value in given.items()}
    yield Tried("total_recomputed", {}, rerun(node, **recomputed))
