"""The agencies of a demonstration and those who work there: a clerk and a supervisor in each province, one coordinator."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from lingbao.law.store import Law
from lingbao.registry.people.actors import Agency, actor_numbered, appoint, open_agency
from lingbao.registry.session import SYSTEM, Actor, acting_as, run_as

PURPOSE = "示例数据"
CLERK, SUPERVISOR, COORDINATOR, WORKER = "示例经办员", "示例复核员", "示例协调员", "示例参保人"


@dataclass(frozen=True)
class Office:
    """The agency of a province: its clerk and its supervisor."""

    province: str
    name: str
    clerk: Actor
    supervisor: Actor

    @property
    def division(self) -> str:
        """Division code of the agency."""
        return f"{self.province}0000"


def open_offices(law: Law) -> None:
    """Open the agency of every province and appoint its staff and the coordinator, none of whom can sign in."""

    def work() -> None:
        for province in law.provinces():
            agency = open_agency(Agency(f"{province.code}0000", province.code, f"{province.name_zh}社会保险经办机构（示例）"))
            appoint("clerk", CLERK, agency=agency)
            appoint("supervisor", SUPERVISOR, agency=agency)
        appoint("coordinator", COORDINATOR)

    run_as(SYSTEM, work)


def offices() -> dict[str, Office]:
    """Return the offices by province."""

    def work() -> dict[str, Office]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT g.province, g.name, min(a.id) FILTER (WHERE a.name = %s), min(a.id) FILTER (WHERE a.name = %s)"
                           " FROM people_actor a JOIN people_agency g ON g.id = a.agency_id GROUP BY 1, 2 ORDER BY 1", [CLERK, SUPERVISOR])
            rows = cursor.fetchall()
        return {province: Office(province, name, actor_numbered(clerk, purpose=PURPOSE), actor_numbered(supervisor, purpose=PURPOSE))
                for province, name, clerk, supervisor in rows}

    return run_as(SYSTEM, work)


def coordinator() -> Actor:
    """Return the coordinator."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM people_actor WHERE name = %s", [COORDINATOR])
        return actor_numbered(cursor.fetchone()[0], purpose=PURPOSE)


def worker(person: int) -> Actor:
    """Return a person as the worker who acts for himself and cannot sign in."""

    def work() -> Actor:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM people_actor WHERE person_id = %s", [person])
            row = cursor.fetchone()
        return actor_numbered(appoint("worker", WORKER, person=person) if row is None else row[0], purpose=PURPOSE)

    return run_as(SYSTEM, work)


def asked(sql: str, *values: object) -> list[tuple[object, ...]]:
    """Return what the registry itself finds."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def share_of(total: int, part: int, parts: int) -> int:
    """Return how many of a total fall to one part, the first parts getting the rest."""
    return total // parts + (part < total % parts)
