"""Commands of a matter: lodge, accept or refuse, refer, extend once, answer, object, withdraw, close."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.registry.calendar import Deadline, not_before
from lingbao.registry.disputes.periods import kind_of
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.registry.keys import seal, unseal
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import Actor
from lingbao.registry.statements import returning

COORDINATOR = "00"
LONGEST = 5000
# Who may take a step: the person, the agency that has the matter, the coordinating body.
BY = {"accept": "office", "refuse": "office", "refer": "office", "extend": "office", "answer": "office", "object": "person",
      "withdraw": "person", "close": "office"}
WORDS_NEEDED = ("refuse", "refer", "extend", "answer", "object")


@dataclass(frozen=True)
class Matter:
    """A matter on record."""

    id: int
    person: int
    kind: str
    handler: str
    about: str
    against: int | None
    state: str
    last_day: date
    due: date | None
    due_provisional: bool
    extended: bool
    level: int
    steps: int


@dataclass(frozen=True)
class Step:
    """A step as the person's page shows it, with the words opened."""

    number: int
    action: str
    role: str
    day: date
    due: date | None
    words: str


COLUMNS = "id, person_id, kind, handler, about, against, state, last_day, due, due_provisional, extended, level, steps"


def lodge(actor: Actor, key: str, person: int, kind: str, words: str, *, province: str, today: date, about: str = "general",
          against: int | None = None, known_on: date | None = None) -> dict[str, Any]:
    """Lodge a matter.

    Parameters
    ----------
    actor : Actor
        The person, or a clerk for the person.
    kind : str
        ``advice``, ``complaint``, ``review`` or ``transfer``; a dispute about a transfer goes to the coordinating body.
    words : str
        What it is about, in the person's words.
    province : str
        Agency that is to answer.
    about : str
        What it concerns, such as ``transfer:12``.
    against : int, optional
        Actor complained of, who will not decide it.
    known_on : date, optional
        Day on which the person learned of the act complained of; needed for a review.

    Raises
    ------
    InputError
        If the words are missing, or the legal period for a review has passed.
    Conflict
        If a matter of this kind about the same thing is under way.
    """
    rules = kind_of(kind)
    handler = COORDINATOR if kind == "transfer" else province
    content = {"person": person, "kind": kind, "words": words, "province": province, "about": about, "against": against, "known": str(known_on)}

    def work() -> dict[str, Any]:
        _check_words(words)
        if "lodge" in rules.periods:
            if known_on is None:
                raise InputError("dispute.known_on", zh="请填写知道该行为的日期。", en="Say on which day you learned of the act.")
            last = rules.due("lodge", known_on)
            if last is not None and last.overdue(today):
                raise InputError("dispute.too_late", value=str(today), zh=f"申请{rules.zh}的期限到 {last.due} 为止，已过期；可改为投诉。",
                                 en=f"The period for a {rules.en} ended on {last.due}; a complaint is still open.")
        due = rules.due("accept", today)
        number = returning(
            "INSERT INTO dispute_case (person_id, kind, handler, handlers, about, against, lodged_on, last_day, due, due_provisional)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [person, kind, handler, [handler], about, against, today, today, due and due.due, bool(due and due.provisional)])
        _event(number, 1, "lodge", actor, today, due, words)
        return {"matter": number, "handler": handler, "due": str(due.due) if due else None}

    return execute(actor, Command("disputes.lodge", key, content), work)


def step(actor: Actor, key: str, number: int, action: str, *, today: date, words: str = "", to: str | None = None) -> dict[str, Any]:
    """Take a step in a matter.

    Parameters
    ----------
    action : {"accept", "refuse", "refer", "extend", "answer", "object", "withdraw", "close"}
    words : str
        Reasons or the answer; needed for all but accepting, withdrawing and closing.
    to : str, optional
        Province that a matter is referred to; ``00`` is the coordinating body.

    Raises
    ------
    InputError
        If the step is not open, its words are missing, or a period is to be extended twice.
    Forbidden
        If the actor is complained of, answered the matter before an objection, or is not the one to take the step.
    """
    def work() -> dict[str, Any]:
        matter = _locked(number)
        _check_actor(matter, action, actor)
        if action in WORDS_NEEDED:
            _check_words(words)
        target = _target(action, matter.state)
        day = not_before(today, matter.last_day)
        due = _due(matter, action, day)
        handler = _referred_to(matter, to) if action == "refer" else matter.handler
        level = matter.level + (action == "object")
        _event(number, matter.steps + 1, action, actor, day, due, words)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE dispute_case SET handler = %s, handlers = CASE WHEN %s = ANY (handlers) THEN handlers ELSE handlers || %s::text END, state = %s, last_day = %s, due = %s, due_provisional = %s, extended = %s,"
                           " level = %s, steps = steps + 1 WHERE id = %s",
                           [handler, handler, handler, target, day, due and due.due, bool(due and due.provisional),
                            action == "extend" or (matter.extended and action not in ("object", "refer")), level, number])
        return {"matter": number, "state": target, "handler": handler, "due": str(due.due) if due else None}

    return execute(actor, Command(f"disputes.{action}", key, {"matter": number, "words": words, "to": to}), work)


def queue(province: str, limit: int = 200) -> list[Matter]:
    """Matters that an agency (or ``00``) has to take the next step in, the most urgent first."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM dispute_case WHERE handler = %s AND state IN ('lodged', 'referred', 'accepted')"
                       " ORDER BY due NULLS LAST, id LIMIT %s", [province, limit])
        return [Matter(*row) for row in cursor.fetchall()]


def steps_of(matter: int) -> list[Step]:
    """Steps of a matter with their words, for those who may see it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, action, role, day, due, words, about FROM dispute_event WHERE case_id = %s ORDER BY number", [matter])
        return [Step(number, action, role, day, due, unseal(words, about))
                for number, action, role, day, due, words, about in cursor.fetchall()]


def _due(matter: Matter, action: str, day: date) -> Deadline | None:
    """Last day of what comes next after a step."""
    rules = kind_of(matter.kind)
    if action in ("refer", "object"):
        return rules.due("accept", day)
    if action == "accept":
        return rules.due("answer", day)
    if action == "extend":
        if matter.extended:
            raise InputError("dispute.extended", zh="期限只能延长一次。", en="The period can be extended only once.")
        if "extend" not in rules.periods or matter.due is None:
            raise InputError("dispute.no_extension", zh="此类事项没有可延长的法定期限。", en="There is no legal period to extend in such a matter.")
        return rules.due("extend", matter.due)
    return None


def _check_actor(matter: Matter, action: str, actor: Actor) -> None:
    wanted = BY.get(action)
    if wanted is None:
        raise InputError("dispute.action", value=action, zh=f"没有“{action}”这一步骤。", en=f"There is no step '{action}'.")
    is_person = actor.role == "worker" and actor.person == matter.person
    in_office = actor.role == "coordinator" if matter.handler == COORDINATOR else (
        actor.role in ("clerk", "supervisor") and actor.province == matter.handler)
    if not (is_person if wanted == "person" else in_office):
        raise Forbidden("dispute.not_yours", value=action, zh="此步骤不由您办理。", en="This step is not yours to take.")
    if action in ("answer", "refuse", "extend"):
        if actor.id == matter.against:
            raise Forbidden("dispute.against", zh="被投诉人不得办理对自己的投诉。", en="Who is complained of does not decide the complaint.")
        if matter.level > 1 and actor.id in _deciders(matter.id):
            raise Forbidden("dispute.same_person", zh="复核须由原承办人以外的人办理。", en="After an objection someone else must decide.")


def _deciders(number: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor FROM dispute_event WHERE case_id = %s AND action IN ('answer', 'refuse')", [number])
        return {row[0] for row in cursor.fetchall()}


def _target(action: str, state: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT target FROM dispute_step WHERE action = %s AND source = %s", [action, state])
        row = cursor.fetchone()
    if row is None:
        raise InputError("dispute.state", value=state, zh=f"当前状态为“{state}”，不能办理“{action}”。", en=f"In state '{state}' the step '{action}' is not open.")
    return str(row[0])


def _referred_to(matter: Matter, to: str | None) -> str:
    if to is None or len(to) != 2 or not to.isdigit() or to == matter.handler:
        raise InputError("dispute.to", value=to, zh="请写明转交的另一省份代码（00 为协调机构）。", en="Name another province to refer it to (00 is the coordinating body).")
    return to


def _check_words(words: str) -> None:
    if not words.strip() or len(words) > LONGEST or "\x00" in words:
        raise InputError("dispute.words", value=len(words), zh=f"请写明内容，不超过 {LONGEST} 字。", en=f"Say what it is about, in at most {LONGEST} characters.")


def _locked(number: int) -> Matter:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM dispute_case WHERE id = %s FOR NO KEY UPDATE", [number])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("dispute.none", value=number, zh=f"没有第 {number} 号事项，或您无权查看。", en=f"There is no matter {number}, or you may not see it.")
    return Matter(*row)


def _event(number: int, place: int, action: str, actor: Actor, day: date, due: Deadline | None, words: str) -> None:
    about = f"dispute_event:{uuid.uuid4()}"
    returning("INSERT INTO dispute_event (case_id, number, action, actor, role, day, due, about, words)"
               " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING number",
               [number, place, action, actor.id, actor.role, day, due and due.due, about, seal(words, about)])


def history(person: int) -> list[dict[str, Any]]:
    """Return the matters of a person with their steps as plain data, for the person's own export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, kind, about, state FROM dispute_case WHERE person_id = %s ORDER BY id", [person])
        rows = cursor.fetchall()
    return [{"matter": number, "kind": kind, "about": about, "state": state, "steps": [vars(step) for step in steps_of(number)]}
            for number, kind, about, state in rows]
