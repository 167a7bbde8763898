"""The record of what was paid: each month once, taken back with its entry, never changed or removed, read as a career."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lingbao.law.month import month

pytestmark = pytest.mark.usefixtures("database")
FIRST = month(2025, 1)
DAY = date(2025, 6, 3)


def credit(person: int, *months: int, entry: int = 1, base: int = 400_000, province: str = "36", **more: Any) -> int:
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        return credit_months(PaidMonth(person, m, province, base, base * 8 // 100, base * 12 // 100, entry, DAY, **more) for m in months)


def test_a_month_is_credited_once_and_again_only_after_it_was_taken_back() -> None:
    from lingbao.registry.errors import Conflict
    from lingbao.registry.record.crediting import void
    from lingbao.registry.record.queries import months_of
    from lingbao.registry.session import SYSTEM, acting_as

    assert credit(7, FIRST, FIRST + 1) == 2
    with pytest.raises(Conflict, match="credited twice"):
        credit(7, FIRST + 2, FIRST + 1, entry=2)
    with acting_as(SYSTEM):
        assert len(months_of(7)) == 2  # nothing of the refused batch
        assert void(7, 1, 9) == 2
    assert credit(7, FIRST + 1, entry=3) == 1


def test_a_resident_year_is_credited_once() -> None:
    from lingbao.registry.errors import Conflict
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, acting_as

    for again in (False, True):
        with acting_as(SYSTEM):
            year = PaidYear(7, 2025, "36", 50_000, 6_000, 0, 1, DAY)
            if again:
                with pytest.raises(Conflict):
                    credit_years([year])
                break
            assert credit_years([year]) == 1


def test_nobody_changes_or_removes_a_payment_on_record() -> None:
    """Neither under the role of the services nor as the owner of the table."""
    from django.db import DatabaseError, connection, transaction
    from made_up import under_role

    from lingbao.registry.errors import RegistryError
    from lingbao.registry.session import SYSTEM

    credit(7, FIRST)
    for sql in ("UPDATE record_month SET base_fen = 1", "DELETE FROM record_month", "TRUNCATE record_month"):
        with pytest.raises(RegistryError):
            under_role(SYSTEM, sql)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE record_month SET voided_by = 5")
        cursor.execute("UPDATE record_month SET voided_by = NULL")  # what was taken back stays taken back


@pytest.mark.parametrize(("role", "province", "person", "rows"), [
    ("worker", None, 7, 2), ("worker", None, 8, 0), ("clerk", "36", None, 2), ("clerk", "44", None, 0), ("platform", None, None, 0),
    ("administrator", None, None, 0), ("auditor", None, None, 2)])
def test_who_sees_a_record_by_direct_sql(role: str, province: str | None, person: int | None, rows: int) -> None:
    from made_up import under_role

    from lingbao.registry.session import Actor

    credit(7, FIRST, FIRST + 1)
    assert len(under_role(Actor(5, role, province=province, person=person), "SELECT * FROM record_month")) == rows


def test_an_agency_credits_in_its_own_province_only() -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import Actor, acting_as

    for province, refused in (("36", False), ("44", True)):
        try:
            with acting_as(Actor(5, "clerk", province="36")):
                credit_months([PaidMonth(7, FIRST, province, 1, 1, 1, 1, DAY)])
        except Forbidden:
            assert refused
        else:
            assert not refused


def test_months_that_are_alike_make_one_run_of_the_career() -> None:
    from lingbao.registry.record.queries import career, months_of
    from lingbao.registry.session import SYSTEM, acting_as

    credit(7, *range(FIRST, FIRST + 12))
    credit(7, *range(FIRST + 12, FIRST + 15), entry=2, base=500_000)
    credit(7, FIRST + 20, entry=3, base=500_000)
    with acting_as(SYSTEM):
        runs = career(months_of(7))
        assert len(months_of(7, before=FIRST + 12)) == 12
    assert [(run.first, run.last, run.base) for run in runs] == [
        (FIRST, FIRST + 11, 4000.0), (FIRST + 12, FIRST + 14, 5000.0), (FIRST + 20, FIRST + 20, 5000.0)]
    assert runs[0].account == 12 * 320.0
