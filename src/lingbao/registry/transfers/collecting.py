"""What of a person lies in other provinces, and its collection by the place that pays the pension (国办发〔2009〕66号 第五条、第六条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.month import parse_month
from lingbao.law.store import Law
from lingbao.registry.errors import NotFound
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.transfers.openness import Applicant
from lingbao.registry.transfers.services import apply


@dataclass(frozen=True)
class Elsewhere:
    """What a province keeps of a person in the employee scheme: months, those of a temporary account among them, and money [fen]."""

    province: str
    months: int
    temporary: int
    fen: int

    @property
    def kind(self) -> str:
        """The kind of transfer that collects it."""
        return "temporary" if self.months and self.months == self.temporary else "relation"


def kept_elsewhere(person: int, province: str) -> list[Elsewhere]:
    """Return what provinces other than ``province`` keep of a person, in order of their codes.

    The accounts of other provinces are not the actor's to see; that there are some, and how much, is what a claim turns on.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT place, coalesce(sum(months), 0)::int, coalesce(sum(temporary), 0)::int, coalesce(sum(fen), 0)::bigint FROM (
                SELECT kept_by::text AS place, count(*) AS months, count(*) FILTER (WHERE temporary) AS temporary, 0 AS fen
                FROM record_month WHERE person_id = %(p)s AND voided_by IS NULL AND kind = 'paid' GROUP BY 1
                UNION ALL
                SELECT province::text, 0, 0, balance_fen FROM ledger_account
                WHERE owner_kind = 'person' AND owner_id = %(p)s AND kind = 'individual' AND balance_fen > 0) kept
            WHERE place <> %(here)s GROUP BY 1 ORDER BY 1
            """, {"p": person, "here": province})
        return [Elsewhere(*row) for row in cursor.fetchall()]


def collect(actor: Actor, key: str, person: int, province: str, *, today: date, law: Law | None = None) -> dict[str, Any]:
    """Ask, as the place of benefit, for the transfer of what another province keeps; one province after another.

    Returns
    -------
    dict
        As :func:`lingbao.registry.transfers.services.apply`, with the province it comes from.

    Raises
    ------
    InputError
        If nothing is kept elsewhere, or the law does not open the transfer.
    Conflict
        If a transfer is under way.
    """
    kept = kept_elsewhere(person, province)
    if not kept:
        raise InputError("transfer.nothing_elsewhere", value=person, zh="其他省份没有该人的缴费记录或账户余额，不用归集。",
                         en="No other province keeps months or money of the person; there is nothing to collect.")
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT sex, birth, hukou_province::text FROM people_person WHERE id = %s", [person])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("person.unknown", value=person, zh=f"没有编号为 {person} 的人员。", en=f"There is no person {person}.")
    sex, birth, home = row
    from_ = kept[0]
    done = apply(actor, key, Applicant(person, sex, parse_month(birth), home), from_province=from_.province, to_province=province,
                 today=today, law=law, kind=from_.kind)
    return {**done, "from": from_.province}
