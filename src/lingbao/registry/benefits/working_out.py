"""A pension from the recorded career: whether it may be claimed, and how much it is by the law as known in a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lingbao.career.records import history
from lingbao.career.retirement import minimum_for_claim, retirement_of
from lingbao.law.award import Award, award
from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.law.rules.index import mean_index_over_months_due
from lingbao.law.rules.retirement import within_window
from lingbao.law.store import Law
from lingbao.registry.record.queries import RecordedMonth, career
from lingbao.registry.transfers.money import FEN_PER_YUAN
from lingbao.registry.transfers.place import place_by_record


@dataclass(frozen=True)
class Claimant:
    """What is stated of someone who claims.

    Attributes
    ----------
    birth : int
        Birth month.
    worker_class : {"male", "female55", "female50"}
    home : str
        Province of household registration.
    area : str or None
        City with a base of its own.
    deemed_index : float or None
        Index of deemed months where the province uses one of its own.
    """

    birth: int
    worker_class: str
    home: str
    area: str | None = None
    deemed_index: float | None = None


@dataclass(frozen=True)
class Conditions:
    """Whether a claim in a month is open (渐进式延迟法定退休年龄的办法 第二条、第三条, 社会保险法 第十六条).

    Attributes
    ----------
    statutory, earliest : int
        Statutory month, and the first month that may be chosen.
    minimum_months, months : int
        Months needed for a claim in that month, and months recorded.
    """

    statutory: int
    earliest: int
    minimum_months: int
    months: int


def conditions(law: Law, who: Claimant, months: Sequence[RecordedMonth], claim_month: int) -> Conditions:
    """Check that a claim is open.

    Raises
    ------
    InputError
        If the month comes before the earliest one, or too few months are recorded; says how many are missing.
    """
    dates = retirement_of(law, who.worker_class, who.birth)
    minimum = minimum_for_claim(law, claim_month, dates.statutory)
    found = Conditions(dates.statutory, dates.earliest, minimum, len(months))
    if claim_month < dates.statutory and not within_window(claim_month, dates.earliest, dates.statutory):
        raise InputError("benefit.early", value=format_month(claim_month),
                         zh=f"{format_month(claim_month)} 还不能领取：最早可选 {format_month(dates.earliest)}，法定退休时间为 {format_month(dates.statutory)}。",
                         en=f"A claim in {format_month(claim_month)} is too early: from {format_month(dates.earliest)} on it may be chosen, {format_month(dates.statutory)} is statutory.")
    if len(months) < minimum:
        raise InputError("benefit.short", value=len(months),
                         zh=f"缴费（含视同）{len(months)} 个月，按 {format_month(claim_month)} 领取须满 {minimum} 个月，还差 {minimum - len(months)} 个月。",
                         en=f"{len(months)} months are recorded; a claim in {format_month(claim_month)} needs {minimum}, so {minimum - len(months)} are missing.")
    return found


def where_claimed(law: Law, who: Claimant, months: Sequence[RecordedMonth], relation: str, claim_month: int) -> str:
    """Province that works out and pays the pension, by the recorded months."""
    return place_by_record(law, who.home, months, relation, claim_month)


def pension(law: Law, who: Claimant, months: Sequence[RecordedMonth], account_fen: int, province: str, claim_month: int,
            known: int) -> Award:
    """Work out the pension by the rules of the place of benefit as known in month ``known``.

    Past indices are counted on the wages of the place of benefit (国办发〔2009〕66号 第七条).

    Raises
    ------
    MissingLaw
        If a wage or base is not known.
    InputError
        If the province's own index over gaps or the record cannot give a mean index.
    """
    before = [each for each in months if each.month < claim_month]
    records = [replace(record, province=province) for record in career(before)]
    past = history(law, records, province, claim_month)
    index = past.mean_index or 0.0
    forms = law.table(law.provincial(province, "transitional", who.area), claim_month)
    if forms["gap_counts"] and past.months_paid:
        statutory = retirement_of(law, who.worker_class, who.birth).statutory
        paid = [each.month for each in before if each.kind == "paid"]
        due = min(claim_month, statutory + 1) - min(paid)
        index = mean_index_over_months_due(index * len(paid), float(len(paid)), float(max(due - len(paid), 0)))
    deemed = sum(each.kind == "deemed" for each in before)
    return award(law, province, who.area, claim_month, claim_month - who.birth, index, float(len(before)),
                 account_fen / FEN_PER_YUAN, float(deemed), who.deemed_index, known)


def lines_of(found: Award) -> dict[str, Any]:
    """Parts of a pension as plain data, for the calculation on record."""
    return {"benefit_base": float(found.benefit_base), "payout_months": float(found.payout_months), "basic": float(found.basic),
            "account": float(found.account), "transitional": float(found.transitional),
            "additions": {name: float(value) for name, value in found.additions.items()}, "total": float(found.total),
            "flags": [flag.code for flag in found.flags]}
