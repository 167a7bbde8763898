"""The rights of a person under the personal information law: consent, correction, who read my data, a copy of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from lingbao.registry.errors import Conflict, Forbidden, NotFound
from lingbao.registry.keys import seal, unseal
from lingbao.registry.people.persons import SEALED, change, masked, read
from lingbao.registry.session import Actor

# What the other apps hold of a person, each under its name: `export_own` asks them all.
EXPORTS: dict[str, Callable[[int], Any]] = {}


@dataclass(frozen=True)
class Access:
    """One line of the access log as the person sees it."""

    at: datetime
    role: str
    agency: str | None
    action: str
    fields: tuple[str, ...]
    purpose: str


def consent(actor: Actor, person: int, purpose: str, *, version: str, given: bool = True) -> None:
    """Record that a person gives or withdraws consent to a purpose, under a version of its text."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO people_consent (person_id, purpose, version, given, actor) VALUES (%s, %s, %s, %s, %s)",
                       [person, purpose, version, given, actor.id])


def consents(person: int) -> dict[str, str]:
    """Return the purposes to which consent holds now, with the version of the text consented to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT ON (purpose) purpose, version, given FROM people_consent WHERE person_id = %s"
                       " ORDER BY purpose, id DESC", [person])
        return {purpose: version for purpose, version, given in cursor.fetchall() if given}


def accesses(person: int) -> list[Access]:
    """Return who read or changed a person's data, the latest first; to the person it is all of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT l.at, l.role, a.name, l.action, l.fields, l.purpose FROM people_access l"
                       " LEFT JOIN people_agency a ON a.id = l.agency WHERE l.person_id = %s ORDER BY l.id DESC", [person])
        return [Access(at, role, agency, action, tuple(fields), purpose)
                for at, role, agency, action, fields, purpose in cursor.fetchall()]


def ask_correction(actor: Actor, person: int, field: str, value: str, *, reason: str) -> int:
    """Ask that a field be corrected; return the number of the request. A clerk decides it."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO people_correction (person_id, field, sealed, reason, asked_by) VALUES (%s, %s, %s, %s, %s)"
                       " RETURNING id", [person, field, seal(value, f"people_correction:{person}:{field}"), reason, actor.id])
        return int(cursor.fetchone()[0])


def asked_by(person: int, correction: int) -> bool:
    """Tell whether a request for correction is one about this person, as far as the acting role may see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM people_correction WHERE id = %s AND person_id = %s", [correction, person])
        return cursor.fetchone() is not None


def no_correction(correction: int) -> NotFound:
    """The refusal for a correction that is not there for who asks."""
    return NotFound("person.no_correction", value=correction, zh=f"没有第 {correction} 号更正申请。",
                    en=f"There is no request for correction {correction}.")


def correction_values(correction: int, *, purpose: str) -> tuple[str | None, str]:
    """Return what a correction would change, as it is and as it is asked for, in clear; a look at what is sealed is written down.

    Raises
    ------
    NotFound
        If there is no such request for this actor.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, field, sealed FROM people_correction WHERE id = %s", [correction])
        row = cursor.fetchone()
    if row is None:
        raise no_correction(correction)
    person, field, sealed = row
    shown = masked([person])
    if not shown:
        raise no_correction(correction)
    now = read([person], [field], purpose=purpose)[person][field] if field in SEALED else getattr(shown[0], field)
    return now, unseal(sealed, f"people_correction:{person}:{field}")


def decide_correction(actor: Actor, correction: int, *, accepted: bool, reason: str) -> None:
    """Accept or refuse a correction; accepting changes the person in the same transaction.

    Raises
    ------
    NotFound
        If there is no such request for this actor.
    Conflict
        If it was decided before.
    Forbidden
        If the actor asked for it himself.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, field, sealed, asked_by FROM people_correction WHERE id = %s", [correction])
        row = cursor.fetchone()
    if row is None:
        raise no_correction(correction)
    person, field, sealed, asked_by = row
    if asked_by == actor.id:
        raise Forbidden("person.own_correction", value=correction, zh="不能审批自己提出的更正申请，请由同事办理。",
                        en="Nobody decides a request of his own; a colleague must.")
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO people_correction_decision (correction_id, accepted, reason, actor)"
                               " VALUES (%s, %s, %s, %s)", [correction, accepted, reason, actor.id])
            if accepted:
                change(actor, person, {field: unseal(sealed, f"people_correction:{person}:{field}")}, reason=reason)
    except IntegrityError as error:
        if "people_correction_decision_pkey" not in str(error):
            raise
        raise Conflict("person.correction_decided", value=correction, zh="该更正申请已经办结。",
                       en="This request was decided before.") from error


def export_own(actor: Actor) -> dict[str, Any]:
    """Return everything the registry holds of the acting worker, as plain data for a file.

    Raises
    ------
    Forbidden
        If the actor is no worker: only the person has this right.
    """
    if actor.role != "worker" or actor.person is None:
        raise Forbidden("person.export", value=actor.role, zh="只有本人可以导出自己的全部个人信息。",
                        en="Only the person may export all that is held of him.")
    person = actor.person
    record = asdict(masked([person])[0])
    record.update(read([person], SEALED, purpose="本人导出")[person])
    return {
        "person": record,
        "consents": consents(person),
        "accesses": [asdict(line) for line in accesses(person)],
        **{name: of(person) for name, of in sorted(EXPORTS.items())},
    }
