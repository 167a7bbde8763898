"""Whom a new rule concerns (B9): members of a province by scheme, age, sex, standing, months paid, what and how they pay, platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.store import Law
from lingbao.registry.enrolment.choice import KINDS
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.monitoring.reasons import dates
from lingbao.registry.monitoring.standing import STATUS, thresholds

SCHEMES = ("all", "employee", "resident")
RHYTHMS = (1, 3, 6, 12)  # months between payments, as enrolment takes them
MOST_AGE, MOST_MONTHS = 120, 720


@dataclass(frozen=True)
class Concerned:
    """Conditions that all have to hold; one left out holds for everybody.

    Attributes
    ----------
    scheme : {"all", "employee", "resident"}
        ``employee`` are those who pay it by themselves or through an employer.
    age_from, age_to : int or None
        Whole years of age now, both included.
    sex : {"male", "female"} or None
    status : str or None
        Standing of a flexible member in monitoring, such as ``stopped``.
    months_from, months_to : int or None
        Months on record in the employee scheme, both included.
    short : bool
        Fewer months than the person's own minimum.
    rhythm : int or None
        Months between two payments of a flexible or resident member.
    choice : str or None
        Kind of what is chosen: ``floor``, ``tier``, ``base``, ``amount`` or ``fee``.
    platform : bool
        Known to a platform as its worker.
    """

    scheme: str = "all"
    age_from: int | None = None
    age_to: int | None = None
    sex: str | None = None
    status: str | None = None
    months_from: int | None = None
    months_to: int | None = None
    short: bool = False
    rhythm: int | None = None
    choice: str | None = None
    platform: bool = False

    def __post_init__(self) -> None:
        for name, known in (("scheme", SCHEMES), ("sex", (None, "male", "female")), ("status", (None, *definitions().statuses)),
                            ("rhythm", (None, *RHYTHMS)), ("choice", (None, *KINDS))):
            if getattr(self, name) not in known:
                raise InputError("notice.concerned", value=getattr(self, name), where=name, zh="请从所列各项中选择。", en="Choose one of those listed.")
        for low, high, most in (("age_from", "age_to", MOST_AGE), ("months_from", "months_to", MOST_MONTHS)):
            ends = [value for value in (getattr(self, low), getattr(self, high)) if value is not None]
            if any(not 0 <= value <= most for value in ends) or ends != sorted(ends):
                raise InputError("notice.concerned", value=ends, where=low, zh=f"应在 0 到 {most} 之间，起在前、止在后。",
                                 en=f"Both must lie between 0 and {most}, the first not above the second.")

    @property
    def narrowed(self) -> dict[str, Any]:
        """The conditions that leave somebody out, by name."""
        return {name: value for name, value in asdict(self).items() if value not in (None, False, "all")}


def conditions(content: Mapping[str, Any]) -> Concerned:
    """Return the conditions among what is stored or sent; names that are none are left out."""
    return Concerned(**{each.name: content[each.name] for each in fields(Concerned) if content.get(each.name) is not None})


_SQL = f"""
    SELECT DISTINCT e.person_id, p.sex, extract(year FROM p.birth)::integer * 12 + extract(month FROM p.birth)::integer - 1, coalesce(r.months, 0)
    FROM enrolment_membership e JOIN people_person p ON p.id = e.person_id LEFT JOIN monitoring_paid r ON r.person_id = e.person_id
        LEFT JOIN LATERAL (SELECT c.kind, c.rhythm FROM enrolment_choice c WHERE c.membership_id = e.id ORDER BY c.since DESC, c.id DESC LIMIT 1) c ON true
    WHERE e.until IS NULL AND e.province = %(province)s AND (%(scheme)s = 'all' OR e.scheme = %(scheme)s)
        AND p.sex = coalesce(%(sex)s, p.sex)
        AND extract(year FROM age(%(today)s::date, p.birth)) BETWEEN coalesce(%(age_from)s, 0) AND coalesce(%(age_to)s, {MOST_AGE})
        AND coalesce(r.months, 0) BETWEEN coalesce(%(months_from)s, 0) AND coalesce(%(months_to)s, {MOST_MONTHS})
        AND (%(rhythm)s::integer IS NULL OR c.rhythm = %(rhythm)s) AND (%(choice)s::text IS NULL OR c.kind = %(choice)s)
        AND (%(status)s::text IS NULL OR EXISTS (SELECT FROM monitoring_member WHERE membership_id = e.id AND {STATUS} = %(status)s))
        AND (NOT %(platform)s OR EXISTS (SELECT FROM orders_worker_person w WHERE w.person_id = e.person_id))
    ORDER BY 1
"""


def concerned(province: str, who: Concerned, today: Any, law: Law | None = None) -> list[int]:
    """Return the members of a province whom a rule concerns (inside a transaction of who may see them).

    Parameters
    ----------
    province : str
    who : Concerned
    today : datetime.date
    law : Law, optional
        Tells each person's minimum, where ``who.short`` asks for it.
    """
    as_of = today.year * MONTHS_PER_YEAR + today.month - 1
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {**asdict(who), "province": province, "today": today, "as_of": as_of, **thresholds()})
        rows = cursor.fetchall()
    if not who.short:
        return [person for person, *_ in rows]
    book = law or Law.load()
    return [person for person, sex, birth, months in rows if months < dates(book, sex, birth, province)[1]]
