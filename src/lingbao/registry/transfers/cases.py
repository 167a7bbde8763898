"""A case on record: reading it, locking it, and writing down one more step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.registry.calendar import Deadline
from lingbao.registry.errors import NotFound
from lingbao.registry.keys import seal, unseal
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.statements import returning
from lingbao.registry.transfers.documents import Document, exported, imported
from lingbao.registry.transfers.progress import Progress

COLUMNS = ("id, person_id, kind, from_province, to_province, from_agency, to_agency, applied_on, state, step_due, step_provisional, old_due,"
           " old_provisional, total_due, total_provisional, total_confidence, last_day, escalated, steps, account_fen,"
           " pooled_fen, out_entry, in_entry")


@dataclass(frozen=True)
class Case:
    """A transfer on record.

    Attributes
    ----------
    id, person : int
    kind : {"relation", "temporary"}
        The whole relation, or the months of a temporary account that the place of benefit collects.
    from_province, to_province : str
    from_agency, to_agency : int or None
    applied_on : date
    progress : Progress
    account_fen, pooled_fen : int or None
        Money by the information form, once it is sent [fen].
    out_entry, in_entry : int or None
        Entries of the two halves, while they stand.
    """

    id: int
    person: int
    kind: str
    from_province: str
    to_province: str
    from_agency: int | None
    to_agency: int | None
    applied_on: date
    progress: Progress
    account_fen: int | None = None
    pooled_fen: int | None = None
    out_entry: int | None = None
    in_entry: int | None = None


@dataclass(frozen=True)
class Step:
    """One step taken, as the progress line shows it."""

    number: int
    action: str
    party: str
    actor: int
    day: date
    due: date | None
    reason: str
    entry: int | None


def case_of(number: int, *, lock: bool = False) -> Case:
    """Return a case, locked until the transaction ends if asked.

    Raises
    ------
    NotFound
        If there is none, or none that the actor may see.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM transfer_case WHERE id = %s{' FOR NO KEY UPDATE' if lock else ''}", [number])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("transfer.no_case", value=number, zh=f"没有第 {number} 号转移，或您无权查看。",
                       en=f"There is no transfer {number}, or you may not see it.")
    return _case(row)


def queue(province: str, limit: int = 200) -> list[Case]:
    """Open cases in which an agency of ``province`` has the next step, the most urgent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM transfer_case WHERE"
            " (to_province = %(p)s AND state IN ('applied', 'returned', 'money_sent', 'received')"
            "  OR from_province = %(p)s AND state IN ('letter_sent', 'form_sent'))"
            " ORDER BY least(coalesce(step_due, total_due), total_due), id LIMIT %(limit)s", {"p": province, "limit": limit})
        return [_case(row) for row in cursor.fetchall()]


def overdue(today: date) -> list[Case]:
    """Open cases past a legal period that the coordinating body does not have yet, in order of number."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM transfer_case WHERE NOT escalated AND state IN ('applied', 'letter_sent', 'returned', 'form_sent',"
            " 'money_sent', 'received') AND least(coalesce(step_due, total_due), total_due) < %s ORDER BY id", [today])
        return [_case(row) for row in cursor.fetchall()]


def steps_of(case: int) -> list[Step]:
    """Steps of a case in order, for the worker's progress line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, action, party, actor, day, due, reason, entry_id FROM transfer_event WHERE case_id = %s"
                       " ORDER BY number", [case])
        return [Step(*row) for row in cursor.fetchall()]


def open_case(person: int, kind: str, from_province: str, to_province: str, progress: Progress, *, party: str, actor: int, law_hash: str,
              from_agency: int | None = None, to_agency: int | None = None) -> int:
    """Write down a new case with its first step and return its number.

    Raises
    ------
    Conflict
        If the person has a transfer under way.
    """
    values = {"person": person, "kind": kind, "from": from_province, "to": to_province, "from_agency": from_agency, "to_agency": to_agency,
              **_columns(progress)}
    number = returning(
        "INSERT INTO transfer_case (person_id, kind, from_province, to_province, from_agency, to_agency, applied_on, state, step_due,"
        " step_provisional, total_due, total_provisional, total_confidence, last_day, steps) VALUES (%(person)s, %(kind)s, %(from)s, %(to)s,"
        " %(from_agency)s, %(to_agency)s, %(last_day)s, %(state)s, %(step_due)s, %(step_provisional)s, %(total_due)s,"
        " %(total_provisional)s, %(total_confidence)s, %(last_day)s, 1) RETURNING id", values)
    _event(number, progress, "apply", party, actor, law_hash, "", None)
    return number


def record_step(case: Case, progress: Progress, action: str, party: str, *, actor: int, law_hash: str, reason: str = "",
                entry: int | None = None) -> None:
    """Write down a step of a locked case; ``case`` holds the money as it is after the step.

    Raises
    ------
    Conflict
        If someone else took a step meanwhile.
    """
    _event(case.id, progress, action, party, actor, law_hash, reason, entry)
    returning(
        "UPDATE transfer_case SET state = %(state)s, step_due = %(step_due)s, step_provisional = %(step_provisional)s,"
        " old_due = %(old_due)s, old_provisional = %(old_provisional)s, last_day = %(last_day)s, escalated = %(escalated)s,"
        " steps = %(steps)s, account_fen = %(account)s, pooled_fen = %(pooled)s, out_entry = %(out)s, in_entry = %(in)s"
        " WHERE id = %(id)s RETURNING id",
        {**_columns(progress), "account": case.account_fen, "pooled": case.pooled_fen, "out": case.out_entry, "in": case.in_entry,
         "id": case.id}, missing=NotFound("transfer.no_case", zh="没有这件转移，或您无权办理。", en="There is no such transfer, or you may not act in it."))


def file_document(case: int, number: int, document: Document) -> None:
    """Keep a paper of a case, sealed."""
    about = f"transfer_document:{uuid.uuid4()}"
    returning("INSERT INTO transfer_document (case_id, number, kind, about, content, digest) VALUES (%s, %s, %s, %s, %s, %s)"
              " RETURNING id", [case, number, document.kind, about, seal(exported(document), about), document.digest])


def documents_of(case: int) -> list[Document]:
    """Papers of a case in order, opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, about FROM transfer_document WHERE case_id = %s ORDER BY id", [case])
        return [imported(unseal(content, about)) for content, about in cursor.fetchall()]


def handled(person: int, province: str, case: int, *, ends: bool) -> None:
    """Let the new place see the person's file while the case is open; who is not in the people's register has none."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT people_handle(id, %s, %s, %s) FROM people_person WHERE id = %s",
                       [province, f"transfer:{case}", ends, person])


def _event(case: int, progress: Progress, action: str, party: str, actor: int, law_hash: str, reason: str, entry: int | None) -> None:
    due = progress.step_due.due if progress.step_due else None
    returning("INSERT INTO transfer_event (case_id, number, action, party, actor, day, due, reason, entry_id, law_hash)"
              " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING number",
              [case, progress.steps, action, party, actor, progress.last_day, due, reason, entry, law_hash])


def _columns(progress: Progress) -> dict[str, object]:
    step, old = progress.step_due, progress.old_place_due
    return {
        "state": progress.state, "step_due": step and step.due, "step_provisional": bool(step and step.provisional),
        "old_due": old and old.due, "old_provisional": bool(old and old.provisional), "total_due": progress.total_due.due,
        "total_provisional": progress.total_due.provisional, "total_confidence": progress.total_confidence,
        "last_day": progress.last_day, "escalated": progress.escalated, "steps": progress.steps,
    }


def _case(row: tuple[object, ...]) -> Case:
    read = dict(zip(COLUMNS.replace("\n", "").split(", "), row, strict=True))

    def deadline(name: str) -> Deadline | None:
        due = read[f"{name}_due"]
        return Deadline(due, read[f"{name}_provisional"]) if isinstance(due, date) else None  # type: ignore[arg-type]

    progress = Progress(read["state"], deadline("step"), deadline("old"), deadline("total"), read["total_confidence"],  # type: ignore[arg-type]
                        read["last_day"], read["escalated"], read["steps"])  # type: ignore[arg-type]
    return Case(read["id"], read["person_id"], read["kind"], read["from_province"], read["to_province"], read["from_agency"],  # type: ignore[arg-type]
                read["to_agency"], read["applied_on"], progress, read["account_fen"], read["pooled_fen"],  # type: ignore[arg-type]
                read["out_entry"], read["in_entry"])  # type: ignore[arg-type]


def history(person: int) -> list[dict[str, object]]:
    """Return the transfers of a person with their steps as plain data, for the person's own export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, from_province, to_province, state FROM transfer_case WHERE person_id = %s ORDER BY id", [person])
        rows = cursor.fetchall()
    return [{"case": case, "from": old, "to": new, "state": state, "steps": [vars(step) for step in steps_of(case)]}
            for case, old, new, state in rows]
