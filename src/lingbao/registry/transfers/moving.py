"""What a finished transfer does to the membership: it ends where the relation left and begins where it went (S6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import LingbaoError
from lingbao.law.store import Law
from lingbao.registry.enrolment.choice import Choice
from lingbao.registry.enrolment.leaving import depart
from lingbao.registry.enrolment.membership import Membership, join, memberships, stop
from lingbao.registry.enrolment.terms import terms_of
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.transfers.cases import Case

REASON = "跨省转移"


def move_membership(actor: Actor, case: Case, law: Law, today: date) -> dict[str, Any]:
    """End the membership in the old place and, for who pays alone and draws no pension, begin one in the new place.

    The new one is paid at the floor of the place, as the applicant agreed; it may be changed at any time. Where the law of the
    new place is not on record, the person enrols there later.

    Returns
    -------
    dict
        ``ended`` and ``begun``: numbers of the memberships, or None; ``missing``: why none began, where the law is not known.
    """
    with acting_as(SYSTEM):
        old = next((each for each in memberships(case.person) if each.until is None and each.scheme == "employee"
                    and each.province == case.from_province), None)
        if old is None:
            return {"ended": None, "begun": None, "missing": None}
        until = depart(SYSTEM, old, reason=REASON, today=today)
        claims = _claims(case.person)
    if old.standing != "flexible" or claims:
        return {"ended": old.id, "begun": None, "missing": None}
    try:
        with acting_as(SYSTEM if actor.role == "system" else actor):
            return {"ended": old.id, "begun": _begin(actor, case, law, old, until), "missing": None}
    except LingbaoError as error:
        return {"ended": old.id, "begun": None, "missing": error.code}


def _begin(actor: Actor, case: Case, law: Law, old: Membership, until: int) -> int:
    """Begin the membership in the new place where the old one ended; payment that rested there rests on."""
    rhythm = terms_of(law, case.to_province, None, until).rhythms[0]
    number = join(actor, law, case.person, standing=old.standing, province=case.to_province, since=until, choice=Choice("floor", rhythm=rhythm))
    if old.stopped:
        stop(actor, number, month=until)
    return number


def _claims(person: int) -> bool:
    """Whether a pension is claimed or drawn: who does pays no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM benefit_claim WHERE person_id = %s AND state <> 'refused')", [person])
        return bool(cursor.fetchone()[0])
