"""Made-up advice, complaints, reviews and disputes about transfers, in every state."""

from __future__ import annotations

from datetime import date, timedelta

from lingbao.registry.disputes.services import COORDINATOR, lodge, step
from lingbao.registry.operations.demonstration_staff import Office, asked, coordinator, worker
from lingbao.registry.session import Actor

# Kind, days ago, and the steps after it was lodged.
COURSES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("advice", 3, ()), ("complaint", 30, ("accept", "answer")), ("complaint", 6, ()), ("review", 20, ("accept",)), ("advice", 12, ("accept", "answer")),
    ("complaint", 40, ("accept", "answer", "object")), ("complaint", 25, ("accept", "extend")), ("review", 5, ()), ("complaint", 15, ("accept", "withdraw")),
    ("advice", 20, ("accept", "answer", "close")), ("complaint", 35, ("refuse",)), ("complaint", 10, ("refer",)), ("review", 50, ("accept", "answer")),
    ("complaint", 60, ("accept", "answer", "object", "accept")), ("complaint", 100, ()),
)
ABOUT_TRANSFERS: tuple[str, int, tuple[str, ...]] = ("transfer", 10, ("accept",))
WORDS = {"advice": "想问一下中断几个月还能不能补缴（示例）", "complaint": "窗口等了很久还没有办好（示例）", "review": "对核定结果有异议，请重新审查（示例）",
         "transfer": "转移超过期限还没有办结（示例）", "refuse": "不属于本机构职责（示例）", "refer": "转请有关机构办理（示例）", "extend": "情况复杂，需要延长（示例）",
         "answer": "已核对并告知结果（示例）", "object": "对答复不满意，请复核（示例）"}
DAYS_BETWEEN = 2


def make_matters(office: Office, others: list[str], count: int, first: int, today: date) -> int:
    """Lodge matters of people of a province and take the steps of each; return how many were lodged.

    Parameters
    ----------
    office : Office
    others : list of str
        Provinces that a matter may be referred to.
    count : int
        How many, if there are so many people.
    first : int
        Number of the first one among all provinces.
    today : date
    """
    people = asked("SELECT person_id FROM enrolment_membership WHERE province = %s AND until IS NULL ORDER BY person_id DESC LIMIT %s",
                   office.province, count)
    for place, (person,) in enumerate(people):
        kind, ago, actions = COURSES[(first + place) % len(COURSES)]
        _one(office, others, person, kind, ago, actions, "general", today)  # type: ignore[arg-type]
    late = asked("SELECT id, person_id FROM transfer_case WHERE to_province = %s AND escalated AND state IN ('applied', 'letter_sent') ORDER BY id",
                 office.province)
    for case, person in late:
        kind, ago, actions = ABOUT_TRANSFERS
        _one(office, others, person, kind, ago, actions, f"transfer:{case}", today)  # type: ignore[arg-type]
    return len(people) + len(late)


def _one(office: Office, others: list[str], person: int, kind: str, ago: int, actions: tuple[str, ...], about: str, today: date) -> None:
    day, key = today - timedelta(days=ago), f"demonstration:{person}:{kind}"
    found = lodge(worker(person), key, person, kind, WORDS[kind], province=office.province, today=day, about=about,
                  known_on=day if kind == "review" else None)
    number, handler, again = int(found["matter"]), str(found["handler"]), False
    for place, action in enumerate(actions):
        day += timedelta(days=DAYS_BETWEEN)
        actor = _actor(office, handler, action, person, again)
        again = again or action == "object"
        step(actor, f"{key}:{place}", number, action, today=day, words=WORDS.get(action, ""),
             to=next(each for each in others if each != handler) if action == "refer" else None)


def _actor(office: Office, handler: str, action: str, person: int, again: bool) -> Actor:
    """Return who takes a step: after an objection someone else decides."""
    if action in ("object", "withdraw"):
        return worker(person)
    if handler == COORDINATOR:
        return coordinator()
    return office.supervisor if again else office.clerk
