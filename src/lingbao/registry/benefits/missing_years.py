"""Years that are missing at the pension age of the resident scheme and may be bought (补缴, 国发〔2014〕8号 七), and the bill for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.law.errors import InputError, LingbaoError, MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, parse_month, year_of
from lingbao.law.rules.resident import may_buy_missing_years, resident_claim_month, resident_years_to_buy
from lingbao.law.store import Law
from lingbao.registry.benefits.schemes import years_of_claimant
from lingbao.registry.collection.bills import drop, paying_member, write_bill
from lingbao.registry.collection.parts import YEARLY, Part, bills
from lingbao.registry.enrolment.choice import Choice, check_fee, fen
from lingbao.registry.enrolment.membership import Membership, memberships
from lingbao.registry.enrolment.terms import resident_fees
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.record.queries import months_of, years_of
from lingbao.registry.session import Actor


@dataclass(frozen=True)
class MissingYears:
    """What may be bought.

    Attributes
    ----------
    counted : float
        Years that count already, those on open bills among them.
    still : int
        Years that are left to be paid in turn before the year in which the pension age is reached.
    years : tuple of int
        Calendar years that the bought ones stand for, in the order in which they are bought: the latest one not paid first.
    fees : tuple of float
        Fees of the province, one of which is paid for each year [yuan/year].
    """

    counted: float
    still: int
    years: tuple[int, ...]
    fees: tuple[float, ...]


@dataclass(frozen=True)
class Buyable:
    """The membership of today, if there is one, and what may be bought, or why nothing may be."""

    member: Membership | None
    missing: MissingYears | None
    fault: LingbaoError | None


def buyable(law: Law, person: int, today: date) -> Buyable:
    """Return what a person may buy on a day (inside a transaction of an actor who sees the person)."""
    member = next(iter(memberships(person, on=parse_month(today))), None)
    if member is None:
        return Buyable(None, None, NotFound("collection.no_membership", value=person, zh="现在没有参保关系，不能补缴。",
                                            en="There is no membership now; nothing can be bought."))
    try:
        return Buyable(member, missing_years(law, member, today), None)
    except LingbaoError as fault:
        return Buyable(member, None, fault)


def missing_years(law: Law, member: Membership, today: date) -> MissingYears:
    """Return the years that a member of the resident scheme may buy on a day (inside a transaction of an actor who sees the person).

    Whoever had fewer years than the minimum left to the pension age when the scheme began may buy up to the minimum. Years that
    can still be paid in turn are not bought.

    Raises
    ------
    InputError
        For another scheme, or who needs no years since the age was reached when the scheme began, or if none are missing.
    MissingLaw
        For all others: whether years of an interruption may be made up is left to each province and not on record.
    Conflict
        If a pension is drawn already.
    """
    now = parse_month(today)
    if member.scheme != "resident":
        raise InputError("collection.buy_scheme", value=member.scheme, zh="只有城乡居民养老保险可以补缴所缺年限。",
                         en="Only the resident scheme lets missing years be bought.")
    minimum = law.number("national.resident.minimum_months", now)
    start = int(law.number("national.resident.scheme_start", now))
    claim = int(resident_claim_month(_birth(member.person), int(law.number("national.resident.pension_age", now))))
    if claim < start:
        raise InputError("collection.buy_exempt", value=member.person, zh="制度实施时已满领取年龄的人不用缴费，不需要补缴。",
                         en="Who had reached the pension age when the scheme began pays nothing and needs no years.")
    if not may_buy_missing_years(claim, start, minimum):
        path = f"provinces.{member.province}.resident_catch_up"
        place = next(each for each in law.provinces() if each.code == member.province)
        raise MissingLaw("collection.buy_rule", value=path, where=path,
                         zh=f"国家只规定：制度实施时距领取年龄不足 {minimum / MONTHS_PER_YEAR:g} 年的人可以补缴。其他人断缴的年份能否补缴由各省规定，"
                            f"还没有收录{place.name_zh}的规定，请向当地经办机构确认。",
                         en=f"National law lets those buy years who had fewer than {minimum / MONTHS_PER_YEAR:g} years to go when the scheme began. Whether"
                            f" others may make up an interruption is left to each province; the rule of {place.name_en} is not on record; ask the local agency.")
    if _draws(member.person):
        raise Conflict("collection.buy_drawing", value=member.person, zh="已经领取养老金，不能再补缴。", en="A pension is drawn already; no years can be bought.")
    taken, employee = _taken(member.person, today), {year_of(each.month) for each in months_of(member.person)}
    counted = years_of_claimant(member.person, max(now, claim)) + len(taken - {each.year for each in years_of(member.person)})
    ahead = range(year_of(now), year_of(claim))  # the fee of a year is paid towards its end: the year of the age itself needs none
    still = [year for year in ahead if year not in taken]
    most = math.ceil(resident_years_to_buy(counted, float(len(still)), minimum))
    if not most:
        raise InputError("collection.buy_none", value=counted,
                         zh=f"不需要补缴：已有 {counted:g} 年" + (f"，到领取年龄前还可以逐年缴 {len(still)} 年。" if still else "，年限已够。"),
                         en=f"Nothing is to be bought: {counted:g} years count" + (f" and {len(still)} more can be paid in turn." if still else "."))
    free = _before(min(year_of(now), year_of(claim)), taken | employee | set(still))
    return MissingYears(counted, len(still), tuple(next(free) for _ in range(most)), resident_fees(law, member.province))


def bill_missing_years(actor: Actor, law: Law, membership: int, count: int, fee: float, *, today: date) -> int:
    """Bill so many missing years at one fee of the province each, to be paid within the year; return the number of the bill.

    No subsidy is noted: whether a bought year brings one is left to each place. Bills of earlier years that were never paid
    are dropped, so that their years can be bought.

    Raises
    ------
    InputError
        For more years than may be bought, or a fee not on offer; and as `missing_years` does.
    """
    member = paying_member(membership, parse_month(today))
    found = missing_years(law, member, today)
    check_fee(Choice("fee", fee, MONTHS_PER_YEAR), found.fees)
    if not 0 < count <= len(found.years):
        raise InputError("collection.buy_count", value=count, where="years", zh=f"最多可补缴 {len(found.years)} 年。",
                         en=f"At most {len(found.years)} years may be bought.")
    for bill in bills(member.person):
        if bill.kind in YEARLY and bill.due_on < today and bill.open_fen:
            drop(actor, bill.id, reason="已过期，改为补缴")
    amount = fen(fee)
    parts = [Part(year * MONTHS_PER_YEAR, 0, amount, amount, 0) for year in sorted(found.years[:count])]
    return write_bill(actor, law, member, "missing_years", parts, date(today.year, 12, 31), provisional=False)


def _birth(person: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT birth FROM people_person WHERE id = %s", [person])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("person.unknown", value=person, zh=f"没有编号为 {person} 的人员，或不在您的管辖范围内。",
                       en=f"There is no person {person}, or not within your province.")
    return parse_month(row[0])


def _draws(person: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM benefit_claim WHERE person_id = %s AND state IN ('provisional', 'final'))", [person])
        return bool(cursor.fetchone()[0])


def _taken(person: int, today: date) -> set[int]:
    """Years that are paid, or on a bill that can still be paid."""
    billed = {part.month // MONTHS_PER_YEAR for bill in bills(person) if bill.kind in YEARLY and bill.due_on >= today
              for part in bill.parts if part.dropped is None}
    return billed | {each.year for each in years_of(person)}


def _before(year: int, without: set[int]) -> Iterator[int]:
    """Years backwards from one, some left out."""
    while True:
        if year not in without:
            yield year
        year -= 1
