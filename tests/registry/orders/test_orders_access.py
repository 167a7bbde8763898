"""Keys, and who may see what: asked of the database itself, under the role of the services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from orders_shop import Shop, open_shop, order

from lingbao.registry.errors import Forbidden, Immutable, RegistryError
from lingbao.registry.orders import platforms
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.session import SYSTEM, Actor, run_as

TABLES = ("orders_fact", "orders_file", "orders_file_worker", "orders_file_day", "orders_worker", "orders_agreement",
          "orders_credential")
PERSONAL = ("orders_worker_link", "orders_exemption", "orders_turnover", "orders_settlement_carry")


def count(actor: Actor, table: str) -> int:
    found = run_as(actor, lambda: row(f"SELECT count(*) FROM {table}"))
    assert found is not None
    return int(found[0])


@pytest.fixture
def two(shop: Shop) -> tuple[Shop, Shop]:
    other = open_shop("ride")
    for place in (shop, other):
        platforms.issue_key(place.id)
        place.send([order("a1", "r1"), order("a2", "r2"), order("a3", "stranger")], "k1")
    return shop, other


def test_a_platform_sees_its_own_rows_and_no_persons(two: tuple[Shop, Shop]) -> None:
    mine = Actor(5, "platform", platform=two[0].id)
    for table in TABLES:
        assert count(SYSTEM, table) == 2 * count(mine, table) > 0, table
        assert {number for number, in run_as(mine, lambda table=table: rows(f"SELECT platform_id FROM {table}"))} == {two[0].id}
    for table in PERSONAL:
        assert count(mine, table) == 0


def test_a_worker_sees_the_orders_of_all_his_platforms_and_of_nobody_else(two: tuple[Shop, Shop]) -> None:
    rider = Actor(101, "worker", person=101)
    assert {number for number, in run_as(rider, lambda: rows("SELECT order_number FROM orders_fact"))} == {"a1"}
    assert count(rider, "orders_fact") == 2
    assert count(rider, "orders_file") == 0


@pytest.mark.parametrize(("role", "province", "seen"), [("clerk", "36", 6), ("clerk", "44", 0), ("supervisor", "36", 6),
                                                        ("auditor", None, 6), ("administrator", None, 0)])
def test_staff_see_their_province(two: tuple[Shop, Shop], role: str, province: str | None, seen: int) -> None:
    assert count(Actor(5, role, province=province), "orders_fact") == seen


NOT_THE_REGISTRY = ("platform", "worker", "clerk", "supervisor", "coordinator", "auditor", "administrator")
WRITES = (
    "INSERT INTO orders_fact VALUES ('2026-11-01', 1, 'x', 0, 1, 1, 0, 1, 1, false, 1)",
    "INSERT INTO orders_fact_20261101 VALUES ('2026-11-01', 1, 'x', 0, 1, 1, 0, 1, 1, false, 1)",
    "INSERT INTO orders_worker_link (worker_id, person_id, proof) VALUES (3, 666, 'mine')",
    "INSERT INTO orders_exemption (person_id, since, until, proof, approved_by) VALUES (101, '2026-01-01', '2026-12-31', 'x', 1)",
    "SELECT orders_partition('2027-01-01')")
CHANGES = (
    "UPDATE orders_fact SET withheld_fen = 0", "DELETE FROM orders_fact", "TRUNCATE orders_fact",
    "UPDATE orders_fact_20261101 SET withheld_fen = 0", "TRUNCATE orders_fact_20261101", "SELECT * FROM orders_fact_20261101",
    "UPDATE orders_file SET withheld_fen = 0", "DELETE FROM orders_conflict", "UPDATE orders_worker_link SET person_id = 1")
CHANGES_BY_THE_OWNER = ("UPDATE orders_fact SET withheld_fen = 0", "DELETE FROM orders_file",
                        "TRUNCATE orders_fact_20261101", "TRUNCATE orders_fact")


def test_only_the_registry_writes(two: tuple[Shop, Shop]) -> None:
    for role in NOT_THE_REGISTRY:
        actor = Actor(5, role, platform=two[0].id, person=101, province="36")
        for statement in WRITES:
            with pytest.raises(RegistryError):
                run_as(actor, lambda statement=statement: rows(statement))
    for statement in WRITES[:1]:
        run_as(SYSTEM, lambda statement=statement: rows(statement))  # the statement itself is sound


def test_facts_are_never_changed_under_the_role_of_the_services(two: tuple[Shop, Shop]) -> None:
    for statement in CHANGES:
        with pytest.raises(RegistryError):
            run_as(SYSTEM, lambda statement=statement: rows(statement))


def test_not_even_by_the_owner(two: tuple[Shop, Shop]) -> None:
    from django.db import DatabaseError

    from lingbao.registry.errors import translated

    for statement in CHANGES_BY_THE_OWNER:
        with pytest.raises(DatabaseError) as refusal:
            rows(statement)
        assert isinstance(translated(refusal.value), Immutable)


def test_a_key_opens_until_it_is_revoked(shop: Shop) -> None:
    key, other = platforms.issue_key(shop.id), platforms.issue_key(shop.id)
    assert platforms.authenticate(key.text).platform == shop.id
    platforms.revoke_key(key.key_id)
    for wrong in (key.text, other.text + "x", other.key_id, "", "a.b", f"{other.key_id}.{key.secret}", "x\0y.z"):
        with pytest.raises(Forbidden):
            platforms.authenticate(wrong)
    assert platforms.authenticate(other.text).platform == shop.id
    late = platforms.issue_key(shop.id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(Forbidden):
        platforms.authenticate(late.text)


def test_the_secret_is_not_in_the_database(shop: Shop) -> None:
    key = platforms.issue_key(shop.id)
    kept = row("SELECT key_id || encode(secret_sha256, 'escape') FROM orders_credential WHERE key_id = %s", [key.key_id])
    assert kept is not None and key.secret not in kept[0]


def test_a_sandbox_key_says_so(database: str) -> None:
    assert platforms.issue_key(open_shop("trial", sandbox=True).id).key_id.startswith("lb-sandbox-")
