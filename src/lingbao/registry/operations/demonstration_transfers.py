"""Made-up transfers between provinces, taken step by step by the services: some in every state, some late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from lingbao.law.month import parse_month
from lingbao.law.store import Law
from lingbao.registry.operations.demonstration_staff import PURPOSE, Office, asked, coordinator, worker
from lingbao.registry.people.persons import read
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.registry.transfers.machine import TRANSITIONS
from lingbao.registry.transfers.services import Applicant, apply, send_form, send_letter, step

FORM = ("send_letter", "send_form")
SENT = (*FORM, "send_money")
BOOKED = (*SENT, "receive_money")
# What happens after the application, and how many days ago the application was made.
COURSES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (40, (*BOOKED, "finish")), (50, (*BOOKED, "finish")), (4, ()), (45, (*BOOKED, "finish")), (9, ("send_letter",)),
    (15, FORM), (20, SENT), (24, BOOKED), (12, ("send_letter", "return_letter")), (44, (*BOOKED, "finish")), (10, ("refuse",)),
    (30, (*SENT, "fail_money")), (8, ("send_letter", "withdraw")), (35, (*BOOKED, "undo_receipt")), (120, ("send_letter", "escalate")),
    (130, ("send_letter", "escalate", "direct")), (140, ("send_letter", "escalate", "close")), (36, (*BOOKED, "undo_receipt", "receive_money", "finish")),
    (150, (*SENT, "escalate", "recall_money")), (110, ()),
)
LATE = 100  # days after which every legal period has run out
DAYS_BETWEEN = 3
REASONS = {"refuse": "不符合转移条件（示例）", "return_letter": "缴费记录待核对（示例）", "fail_money": "收款账号有误，资金退回（示例）",
           "undo_receipt": "入账科目有误，冲销重记（示例）", "direct": "请在限期内办结（示例）", "close": "双方协商一致终止（示例）",
           "recall_money": "转入地撤销，资金退回（示例）"}
DIRECTED_DAYS = 10  # working days set by the coordinator


def make_transfers(law: Law, office: Office, others: dict[str, Office], count: int, first: int, today: date) -> int:
    """Let people who live in a province but come from another move there; return how many asked.

    Parameters
    ----------
    law : Law
    office : Office
        Of the province that they leave.
    others : dict of str to Office
    count : int
        How many, if so many paid here and come from elsewhere.
    first : int
        Number of the first one among all provinces, so that all courses are met even when each has few.
    today : date
    """
    people = asked(
        "SELECT p.id, p.sex, p.birth, p.hukou_province::text FROM people_person p JOIN enrolment_membership m ON m.person_id = p.id"
        " JOIN monitoring_paid d ON d.person_id = p.id WHERE m.province = %s AND m.scheme = 'employee' AND m.until IS NULL"
        " AND p.hukou_province <> m.province ORDER BY p.id LIMIT %s", office.province, count)
    names = run_as(SYSTEM, lambda: read([row[0] for row in people], ["identity_number", "name"], purpose=PURPOSE)) if people else {}  # type: ignore[misc]
    for place, (person, sex, birth, home) in enumerate(people):
        course = COURSES[(first + place) % len(COURSES)]
        applicant = Applicant(person, sex, parse_month(birth), home)  # type: ignore[arg-type]
        run_course(law, office, others[home], applicant, names[person], course, today)  # type: ignore[arg-type, index]
    return len(people)


def run_course(law: Law, old: Office, new: Office, who: Applicant, named: dict[str, Any], course: tuple[int, tuple[str, ...]],
               today: date) -> None:
    """Take one transfer through its course.

    Parameters
    ----------
    law : Law
    old, new : Office
        Whom the person leaves, and where the person goes.
    who : Applicant
    named : dict
        Identity number and name, for the papers.
    course : tuple of (int, tuple of str)
        How many days ago it was asked for, and the steps after that.
    today : datetime.date
    """
    ago, actions = course
    day, key = today - timedelta(days=ago), f"demonstration:{who.person}"
    case = int(apply(new.clerk, key, who, from_province=old.province, to_province=new.province, today=day, law=law)["case"])
    values = {"letter_number": f"示例{case}", "person_number": str(who.person), "identity_number": named["identity_number"], "name": named["name"]}
    for place, action in enumerate(actions):
        late = TRANSITIONS[action].only_overdue
        day = max(day + timedelta(days=DAYS_BETWEEN), today - timedelta(days=ago - LATE)) if late else day + timedelta(days=DAYS_BETWEEN)
        actor, step_key = _actor(action, old, new, who.person), f"{key}:{place}"
        if action == "send_letter":
            places = {"new_division": new.division, "new_agency": new.name, "old_division": old.division, "old_agency": old.name}
            send_letter(actor, step_key, case, {**values, **places}, today=day, law=law)
        elif action == "send_form":
            send_form(actor, step_key, case, values, today=day, law=law)
        else:
            step(actor, step_key, case, action, today=day, reason=REASONS.get(action, ""),
                 days=DIRECTED_DAYS if action == "direct" else None, law=law)


def _actor(action: str, old: Office, new: Office, person: int) -> Actor:
    """Return who takes a step; money leaves with another person than the form."""
    by = TRANSITIONS[action].by
    if action == "send_money":
        return old.supervisor
    if "coordinator" in by:
        return coordinator()
    if by == ("worker",):
        return worker(person)
    return new.clerk if "new_place" in by else old.clerk
