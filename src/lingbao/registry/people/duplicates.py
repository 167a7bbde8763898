"""One human being, one record: who holds accounts in two places, who may stand under two numbers, and merging (S6)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from lingbao.registry.errors import Conflict, name_constraint
from lingbao.registry.session import SYSTEM, Actor, acting_as

name_constraint("people_merge_two_actors", Conflict, "person.merge_two_actors",
                "合并须由两人办理：提出人与批准人不能是同一人。", "A merge takes two: who proposes it cannot approve it.")


@dataclass(frozen=True)
class TwoPlaces:
    """A person with accounts of one kind in several provinces."""

    person: int
    kind: str
    provinces: tuple[str, ...]
    fen: int


@dataclass(frozen=True)
class Candidate:
    """Two numbers that may be one human being, and what they share: ``name`` or ``phone``, with birth date and sex."""

    first: int
    second: int
    shared: tuple[str, ...]


def accounts_in_two_places(province: str | None = None, most: int | None = None) -> list[TwoPlaces]:
    """Return those with money in personal accounts of one kind in more than one province, under the number kept.

    Parameters
    ----------
    province : str, optional
        One of the provinces must be this one.
    most : int, optional
        At most so many.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_kept(owner_id) AS person, kind, array_agg(DISTINCT province ORDER BY province), sum(balance_fen)"
            " FROM ledger_account WHERE owner_kind = 'person' AND kind IN ('individual', 'resident_account') AND balance_fen > 0"
            " GROUP BY 1, 2 HAVING count(DISTINCT province) > 1 AND (%(at)s::text IS NULL OR bool_or(province = %(at)s))"
            " ORDER BY 1, 2 LIMIT %(most)s", {"at": province, "most": most})
        return [TwoPlaces(person, kind, tuple(provinces), int(fen)) for person, kind, provinces, fen in cursor.fetchall()]


def candidates() -> list[Candidate]:
    """Return pairs with the same birth date and sex and the same name or telephone, not merged yet.

    The keyed hashes are compared, so nobody's name is read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id, b.id, array_remove(ARRAY[
                CASE WHEN a.name_index = b.name_index THEN 'name' END,
                CASE WHEN a.phone_index = b.phone_index THEN 'phone' END], NULL)
            FROM (SELECT id, name_index AS key FROM people_person
                  UNION ALL SELECT id, phone_index FROM people_person WHERE phone_index IS NOT NULL) x
            JOIN (SELECT id, name_index AS key FROM people_person
                  UNION ALL SELECT id, phone_index FROM people_person WHERE phone_index IS NOT NULL) y
                ON x.key = y.key AND x.id < y.id
            JOIN people_person a ON a.id = x.id
            JOIN people_person b ON b.id = y.id AND b.birth = a.birth AND b.sex = a.sex
            WHERE NOT EXISTS (SELECT FROM people_merge m WHERE (m.kept_id, m.other_id) IN ((a.id, b.id), (b.id, a.id)))
            GROUP BY a.id, b.id ORDER BY a.id, b.id
            """)
        return [Candidate(first, second, tuple(shared)) for first, second, shared in cursor.fetchall()]


def merge(approver: Actor, *, kept: int, other: int, proposed_by: int, reason: str) -> None:
    """Record that `other` is the same human being as `kept`; what stands under it is carried over by `uniting.unite`.

    Raises
    ------
    Conflict
        If proposer and approver are one, or either of the two was merged before.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('people merge', 2))")
            cursor.execute("SELECT 1 FROM people_merge WHERE other_id IN (%s, %s) OR kept_id = %s", [kept, other, other])
            if cursor.fetchone() is not None:
                raise _merged_before(other)
            cursor.execute(
                "INSERT INTO people_merge (other_id, kept_id, proposed_by, approved_by, reason) VALUES (%s, %s, %s, %s, %s)",
                [other, kept, proposed_by, approver.id, reason])
    except IntegrityError as error:
        if "people_merge_pkey" not in str(error):
            raise
        raise _merged_before(other) from error


def _merged_before(other: int) -> Conflict:
    return Conflict("person.merged_before", value=other, zh="其中一人已经合并过。请先查看合并记录。",
                    en="One of the two was merged before. Look at the record of merges first.")
