"""Checking an official award form (养老金核定表): every part recomputed by the law, and why it may differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from lingbao.law.award import Award
from lingbao.law.award_law import Flag, award_law, bases
from lingbao.law.errors import MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, format_month, year_of
from lingbao.law.store import Law
from lingbao.law.trace import Node, node_of, traced
from lingbao.planner import award_hypotheses as hypotheses
from lingbao.planner.award_causes import FEN, HALF_FEN, Cause, cause, matching, same, texts
from lingbao.planner.award_conditions import Condition, conditions
from lingbao.planner.award_file import read_award_file
from lingbao.planner.award_form import AwardForm, label, read_form
from lingbao.planner.award_recompute import Facts, facts_of, recompute, rerun
from lingbao.planner.award_total import check_additions, check_total

__all__ = ["AwardCheck", "Cause", "Condition", "Line", "check_award", "read_award_file"]

HALF_YUAN = 0.5  # some forms print the base with its fen, the notices without
Status = Literal["agrees", "rounding", "provisional", "differs", "unknown"]
STATUS_WORDS: dict[str, tuple[str, str]] = {
    "agrees": ("一致", "agrees"), "rounding": ("尾差", "printed decimals"), "provisional": ("预发基数", "provisional base"),
    "differs": ("不一致", "differs"), "unknown": ("无法判断", "cannot be judged"),
}


@dataclass(frozen=True)
class Line:
    """One amount of the form beside the amount recomputed.

    Attributes
    ----------
    name : str
        ``benefit_base``, ``basic``, ``account``, ``transitional``, ``additions`` or ``total``.
    official, computed : float or None
        Amount on the form, and by the law [yuan/month]; None where not given or not known.
    status : {"agrees", "rounding", "provisional", "differs", "unknown"}
        ``rounding``: the printed decimals of index and years explain the difference. ``provisional``: an earlier
        year's base was used, and the award will be recomputed. ``unknown``: the form or the store lacks one side.
    causes : tuple of Cause
        Those found to the fen first, else hints.
    node : Node or None
        How the amount was computed, for :func:`lingbao.law.explain.render`.
    """

    name: str
    official: float | None
    computed: float | None
    status: Status
    causes: tuple[Cause, ...] = ()
    node: Node | None = None

    @property
    def zh(self) -> str:
        """What the amount is called in Chinese."""
        return label(self.name, "zh")

    @property
    def en(self) -> str:
        """What the amount is called in English."""
        return label(self.name, "en")

    @property
    def agrees(self) -> bool:
        """Whether the two amounts are the same to the fen."""
        return self.status == "agrees"

    @property
    def difference(self) -> float | None:
        """Official minus computed [yuan/month]."""
        return None if self.official is None or self.computed is None else round(self.official - self.computed, 2)

    def to_dict(self) -> dict[str, Any]:
        """Return the line as plain data."""
        return {
            "name": self.name, "label_zh": self.zh, "label_en": self.en, "official": self.official,
            "computed": None if self.computed is None else float(self.computed), "difference": self.difference,
            "agrees": self.agrees, "status": self.status, "causes": [each.to_dict() for each in self.causes],
        }


@dataclass(frozen=True)
class AwardCheck:
    """The check of one form.

    Attributes
    ----------
    form : AwardForm
        The figures as read.
    lines : tuple of Line
        Amounts, part by part.
    conditions : tuple of Condition
        Month of the claim, months paid, payout months.
    flags : tuple of Flag
        What a reader must know about the recomputed figures.
    """

    form: AwardForm
    lines: tuple[Line, ...]
    conditions: tuple[Condition, ...]
    flags: tuple[Flag, ...]

    @property
    def ok(self) -> bool:
        """True when no amount and no condition differs."""
        return not any(line.status == "differs" for line in self.lines) and not any(
            each.status == "differs" for each in self.conditions)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Causes of all lines, each text once."""
        every = [each for line in self.lines for each in line.causes] + [each for one in self.conditions for each in one.causes]
        return tuple({each.zh: each for each in every}.values())

    def line(self, name: str) -> Line | None:
        """Return the line of a part, or None."""
        return next((line for line in self.lines if line.name == name), None)

    def conclusion(self, lang: str = "zh") -> str:
        """Return the finding in a plain sentence or two."""
        zh = lang == "zh"
        wrong = [line for line in self.lines if line.status == "differs"]
        checked = [line for line in self.lines if line.status in ("agrees", "rounding", "provisional")]
        unfit = [each for each in self.conditions if each.status == "differs"]
        said: list[str] = []
        if wrong:
            for line in wrong:
                name, amount = (line.zh if zh else line.en), abs(line.difference or 0.0)
                more = (line.difference or 0.0) > 0
                text = (f"{name}比重算的{'多' if more else '少'} {amount:,.2f} 元" if zh
                        else f"{name} is {amount:,.2f} yuan {'more' if more else 'less'} than recomputed")
                found = [each for each in line.causes if each.found]
                if found:
                    text += (f"，与这种情况分毫不差：{found[0].zh}" if zh else f", which fits to the fen if {found[0].en}")
                said.append(text + ("。" if zh else "."))
        elif checked:
            names = ("、" if zh else ", ").join(line.zh if zh else line.en for line in checked)
            said.append(f"{names}与按规定重算的结果一致。" if zh else f"{names}: as recomputed by the law.")
        if any(line.status == "provisional" for line in self.lines):
            said.append("这份核定使用了预发基数，公布新基数后会重算并补差。" if zh
                        else "This award rests on a provisional base; it will be recomputed and the balance paid.")
        said += [each.zh if zh else each.en for each in unfit]
        return ("" if zh else " ").join(said) or ("没有可核对的金额。" if zh else "There is no amount to check.")

    def to_dict(self) -> dict[str, Any]:
        """Return the check as plain data."""
        return {
            "province": self.form.province, "area": self.form.area, "claim": format_month(self.form.claim), "ok": self.ok,
            "conclusion_zh": self.conclusion("zh"), "conclusion_en": self.conclusion("en"),
            "lines": [line.to_dict() for line in self.lines],
            "conditions": [each.to_dict() for each in self.conditions],
            "causes": [each.to_dict() for each in self.causes], "flags": [flag.to_dict() for flag in self.flags],
        }


def check_award(form: Mapping[str, Any], law: Law) -> AwardCheck:
    """Check an award form part by part.

    Each part is recomputed from the figures that the form prints, so that a part agrees or differs on its own; the
    printed base is compared with the law's, the printed payout months with the age. Where an amount differs, every
    known practice that may explain it is recomputed too, and those that give the official figure to the fen are named.

    Parameters
    ----------
    form : mapping
        Figures by name; ``province``, ``claim`` and at least one official amount are needed, and for each amount what
        it is computed from. ``province`` (code or name), ``area``, ``claim`` and ``birth`` (month integers or
        ``YYYY-MM``), ``sex``, ``worker_class``, ``benefit_base``, ``local_base``, ``mean_index``, ``months`` or
        ``years``, ``deemed_months`` or ``deemed_years``, ``transitional_index``, ``account_balance``,
        ``payout_months``, ``one_child``; official amounts ``basic``, ``account``, ``transitional``, ``additions``,
        ``total`` [yuan/month].
    law : Law

    Returns
    -------
    AwardCheck

    Raises
    ------
    InputError, ErrorList
        Naming every figure that is missing, unreadable, out of range or contradictory.
    MissingLaw
        If the law of that place and month is not known.
    """
    read = read_form(form, law)
    facts, flags = facts_of(read, law)
    found = recompute(law, facts, traced)
    lines = [line for line in (
        _base(read, facts, law), _basic(read, facts, found, law), _account(read, facts, found, law),
        _transitional(read, facts, found, law),
    ) if line is not None]
    complete = read.mean_index is not None and read.months is not None
    computed_additions = sum(found.additions.values()) if complete else 0.0
    additions = check_additions(read, computed_additions)
    lines += [Line("additions", *additions)] if additions is not None else []
    if "total" in read.official:
        by_name = {line.name: line for line in lines}
        lines.append(Line("total", *check_total(read, law, by_name, found, computed_additions)))
    award_flags = (*flags, *(flag for flag in found.flags if read.age is not None or flag.code != "age_outside_table"))
    return AwardCheck(read, tuple(lines), conditions(read, law), tuple(dict.fromkeys(award_flags)))


def _compared(name: str, official: float | None, computed: float, causes: list[Cause], hints: list[Cause],
              span: float = 0.0, node: Node | None = None) -> Line:
    """Put an official amount beside the computed one, with what explains a difference."""
    if official is None:
        return Line(name, None, computed, "unknown", node=node)
    if same(official, computed):
        return Line(name, official, computed, "agrees", node=node)
    if abs(official - computed) <= max(span, 1.0 / FEN) + HALF_FEN:
        precision = cause("printed_precision", {"amount": f"{span:.2f}"}, False)
        return Line(name, official, computed, "rounding", (precision, *causes), node)
    return Line(name, official, computed, "differs", tuple(causes or hints), node)


def _base(form: AwardForm, facts: Facts, law: Law) -> Line | None:
    """Compare the printed base with the law's; last year's base makes the award provisional."""
    printed = form.benefit_base
    if printed is None:
        return None
    try:
        known = bases(law, form.province, form.area, form.claim)
    except MissingLaw:
        return Line("benefit_base", printed, None, "unknown")
    computed = known.province if same(printed, known.province) else known.local
    node = node_of("benefit_base", computed)
    if same(printed, computed):
        return Line("benefit_base", printed, computed, "agrees", node=node)
    if abs(printed - computed) <= HALF_YUAN:
        return Line("benefit_base", printed, computed, "rounding", node=node)
    year = year_of(form.claim)
    for code, place, value in hypotheses.known_bases(law, facts, f"provinces.{form.province}.benefit_base", year):
        if same(float(value.value), printed) and value.since is not None:
            since = year_of(value.since)
            causes = [cause(code, {"year": since, "base": printed, "area": place}, True, printed)]
            if form.mean_index is not None and form.months is not None:
                anew = recompute(law, replace(facts, benefit_base=float(computed), local_base=float(known.local)))
                causes.append(cause("base_new", {"year": year, "base": float(computed), "amount": f"{anew.basic:.2f}"}, False, anew.basic))
            last_year = code in ("base_earlier", "base_prepay") and year - since <= 1
            return Line("benefit_base", printed, computed, "provisional" if last_year else "differs", tuple(causes), node)
    return Line("benefit_base", printed, computed, "differs", node=node)


def _basic(form: AwardForm, facts: Facts, found: Award, law: Law) -> Line | None:
    if form.mean_index is None or form.months is None:
        return None
    official = form.official.get("basic")
    causes: list[Cause] = []
    hints: list[Cause] = []
    if official is not None and not same(official, found.basic):
        causes = matching(official, found.basic, hypotheses.basic(law, facts, found, official))
        hints = _implied(law, facts, found, official)
    return _compared("basic", official, found.basic, causes, hints, _span(law, facts, "basic"), node_of("basic", found.basic))


def _implied(law: Law, facts: Facts, found: Award, official: float) -> list[Cause]:
    """Say which index, length or base the official figure corresponds to."""
    hints = []
    for code, name, word in (("implied_index", "mean_index", "index"), ("implied_months", "months", "months"),
                             ("implied_base", "benefit_base", "base")):
        value = hypotheses.implied_value(law, facts, found.basic, official, name)
        if value is not None and value > 0:
            digits = 4 if name == "mean_index" else 1 if name == "months" else 2
            hints.append(cause(code, {word: round(value, digits), "own": float(getattr(facts, name))}, False))
    return hints


def _account(form: AwardForm, facts: Facts, found: Award, law: Law) -> Line | None:
    if form.account_balance is None or (form.payout_months is None and form.age is None):
        return None
    divisor = float(found.payout_months if form.payout_months is None else form.payout_months)
    node = node_of("account", found.account)
    computed = rerun(node, payout_months=divisor)
    official = form.official.get("account")
    causes: list[Cause] = []
    hints: list[Cause] = []
    if official is not None and not same(official, computed):
        causes = matching(official, computed, hypotheses.account(law, facts, found, divisor, form.age))
        if official > 0:
            hints = [cause("implied_divisor", {"divisor": round(form.account_balance / official, 2), "own": divisor}, False)]
    return _compared("account", official, computed, causes, hints, node=node)


def _transitional(form: AwardForm, facts: Facts, found: Award, law: Law) -> Line | None:
    official = form.official.get("transitional")
    if not facts.deemed_months and official in (None, 0.0):
        return None
    if facts.transitional_index is None and form.mean_index is None:
        return Line("transitional", official, None, "unknown")
    causes: list[Cause] = []
    if official is not None and not same(official, found.transitional):
        causes = matching(official, found.transitional, hypotheses.transitional(law, facts, found))
    return _compared("transitional", official, found.transitional, causes, [], _span(law, facts, "transitional"),
                     node_of("transitional", found.transitional))


def _span(law: Law, facts: Facts, part: str) -> float:
    """Return how far a part moves within the printed decimals of index and years [yuan/month]."""
    half = 0.5 * 10.0 ** -texts()["conventions"]["printed_of_index"]
    years_half = 0.5 * 10.0 ** -texts()["conventions"]["kept_of_years"][0] * MONTHS_PER_YEAR
    lengths = {name: years_half for name in ("months", "deemed_months") if not float(getattr(facts, name)).is_integer()}
    middle = float(getattr(recompute(law, facts), part))
    moved = partial(replace, facts, transitional_index=None if facts.transitional_index is None
                    else facts.transitional_index + half)
    highest = moved(mean_index=facts.mean_index + half, **{name: getattr(facts, name) + by for name, by in lengths.items()})
    if award_law(law, facts.province, facts.claim).own.get("years_step") is not None:
        highest = moved(mean_index=facts.mean_index + half)
    return abs(float(getattr(recompute(law, highest), part)) - middle)
