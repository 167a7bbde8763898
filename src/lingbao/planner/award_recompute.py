"""Recomputing an award from the figures of a form, by the law or under one changed assumption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lingbao.law.award import Award, award
from lingbao.law.award_law import FLAGS, LOCAL_FORMS, Flag, award_law, bases
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rounding import ROUNDINGS
from lingbao.law.rule import plain
from lingbao.law.store import Law
from lingbao.law.trace import Node, given
from lingbao.planner.award_form import AwardForm

Run = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True)
class Facts:
    """What the parts of an award are computed from; figures that a form lacks are 0 and their part is not checked.

    Attributes
    ----------
    province, area : str
        Place of the award.
    claim, age : int
        Month of the claim and age in it [months].
    benefit_base, local_base : float
        Provincial and local base [yuan/month]; the same where the place has one.
    mean_index, months, deemed_months : float
        Mean contribution index; months in all; deemed months among them.
    transitional_index : float or None
        Index of the transitional part; the mean index when None.
    account_balance : float
        Individual account [yuan].
    one_child : bool
        Parent of an only child.
    """

    province: str
    area: str | None
    claim: int
    age: int
    benefit_base: float
    local_base: float
    mean_index: float
    months: float
    deemed_months: float
    transitional_index: float | None
    account_balance: float
    one_child: bool


def facts_of(form: AwardForm, law: Law) -> tuple[Facts, tuple[Flag, ...]]:
    """Return the facts of a form, the law's base where the form prints none, and what to know about that base.

    Raises
    ------
    MissingLaw
        If neither the form nor the law has a base for the month.
    """
    flags: tuple[Flag, ...] = ()
    if form.benefit_base is None:
        found = bases(law, form.province, form.area, form.claim)
        province_base, local_base = found.province, found.local if form.local_base is None else form.local_base
        flags = tuple(FLAGS[code] for code in found.flags)
    else:
        province_base = given("benefit_base", form.benefit_base)
        local_base = province_base
        if form.local_base is not None:
            local_base = given("local_base", form.local_base)
        elif award_law(law, form.province, form.claim).forms["basic_form"] in LOCAL_FORMS and form.area:
            local_base = bases(law, form.province, form.area, form.claim).local
    age = form.age
    if age is None:  # only the divisor depends on it, and then the one printed is used
        age = int(law.number("national.account.payout_months_oldest", form.claim)) * MONTHS_PER_YEAR
    return Facts(
        form.province, form.area, form.claim, age, province_base, local_base,
        _given("mean_index", form.mean_index), _given("months", form.months),
        _given("deemed_months", form.deemed_months),
        None if form.transitional_index is None else given("transitional_index", form.transitional_index),
        _given("account_balance", form.account_balance), form.one_child,
    ), flags


def _given(name: str, value: float | None) -> float:
    number: float = given(name, value or 0.0)
    return number


def recompute(law: Law, facts: Facts, run: Run = plain) -> Award:
    """Return the award by the rules of its province and month."""
    return award(
        law, facts.province, facts.area, facts.claim, facts.age, facts.mean_index, facts.months, facts.account_balance,
        facts.deemed_months, facts.transitional_index, run=run, benefit_base=facts.benefit_base,
        local_base=facts.local_base, one_child=facts.one_child,
    )


def rerun(node: Node, **changes: float) -> float:
    """Apply the rules of a traced part again with some arguments changed, roundings included."""
    if node.rule is None:
        return node.value
    if "part" in node.arguments:
        arguments = {"part": rerun(node.arguments["part"], **changes)}
    else:
        arguments = {name: child.value for name, child in node.arguments.items()} | changes
    value = float(node.rule.source(**arguments))
    return value if node.rule.rounding is None else ROUNDINGS[node.rule.rounding](value)


def innermost(node: Node) -> Node:
    """Return the rule that computed a part, below the province's rounding of parts."""
    while "part" in node.arguments:
        node = node.arguments["part"]
    return node
