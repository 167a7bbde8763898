"""Every table of the registry, found in the catalogue: no role reads, writes, changes or removes what is another's by direct SQL under its rights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from registry_tables import SIDES, Table, fill, tables
from registry_world import World, filled

# Granted without row policies, and why.
OPEN = {
    "dispute_step": "the steps of a procedure, as the rules have them", "transfer_step": "the steps of a procedure, as the rules have them",
    "ledger_account_kind": "the kinds of accounts, without any account", "monitoring_definition": "how figures are counted",
    "ledger_digest": "published each day", "ledger_tree": "hashes alone, for proofs that everybody may check", "ledger_tree_block": "hashes alone, for proofs that everybody may check",
    "people_reading_limit": "a number", "registry_retention": "the periods of retention, which each person is shown",
}
# Rows that all roles read, and why.
PUBLIC = {"benefit_adjustment": "rises are public notices", "orders_platform": "what a platform is called", "people_agency": "what an agency is called"}
# What a role sees beyond its side, or changes, and why.
MORE = {
    ("clerk", "benefit_chunk"): "sums of a block of payments, of nobody", ("supervisor", "benefit_chunk"): "sums of a block of payments, of nobody",
    ("worker", "orders_agreement"): "what his platform agreed holds for all who work by it",
    ("administrator", "people_actor"): "accounts of staff", ("administrator", "people_actor_event"): "accounts of staff",
}
# Rows that a role writes beyond its side, and why.
WRITES = {
    **{(role, "people_person"): "whoever comes to a counter is registered, wherever he lives" for role in ("clerk", "supervisor", "coordinator")},
    **{(role, "ledger_command"): "the answers to one's own commands" for role in ("worker", "clerk", "supervisor", "coordinator", "engineer")},
    ("administrator", "people_agency"): "what an agency is called",
}
OWN_HAND = {"enrolment_membership": "he ends it himself", "monitoring_first_job": "he said it himself"}
SEES = {"worker": {"own"}, "clerk": {"own", "neighbour"}, "supervisor": {"own", "neighbour"}, "engineer": {"own", "neighbour"}, "administrator": set(),
        "coordinator": set(SIDES), "auditor": set(SIDES)}


def says_who(column: str) -> bool:
    """Whether a column says who acts; ``kept_by`` is the province that keeps a month."""
    return column in ("actor", "by_actor") or (column.endswith("_by") and column != "kept_by")


class Undone(Exception):
    """What a role did is taken back."""


def touched(actor: Any, text: str, row: tuple[int, str]) -> bool:
    """Whether a statement touches a row; what it did is undone."""
    from made_up import as_owner

    from lingbao.registry.errors import RegistryError
    from lingbao.registry.session import acting_as

    found: list[Any] = []
    try:
        with acting_as(actor):
            found = as_owner(text, list(row))
            raise Undone
    except (Undone, RegistryError):
        return bool(found)


def let_in(world: World, table: Table, role: str) -> set[str]:
    """Sides of which a role may write another row as there is one, in its own name; what it did is undone.

    The policies alone are asked: triggers rest meanwhile, and what another rule says of the row comes after them.
    """
    from django.db import IntegrityError
    from made_up import as_owner

    from lingbao.registry.errors import Forbidden, RegistryError
    from lingbao.registry.session import acting_as

    actor, found = world.actors[role], set()
    for side in SIDES:
        row = {column: actor.id if says_who(column) else value for column, value in table.values[side].items() if column in table.written}
        columns, places = ", ".join(f'"{column}"' for column in row), ", ".join(["%s"] * len(row))
        as_owner("SET session_replication_role = replica")
        try:
            with acting_as(actor):
                as_owner(f'INSERT INTO "{table.name}" ({columns}) OVERRIDING SYSTEM VALUE VALUES ({places})', list(row.values()))
                raise Undone
        except Forbidden:
            continue
        except (Undone, IntegrityError, RegistryError):  # a key that is taken, by its own name too: the policies let it in
            found.add(side)
        finally:
            as_owner("SET session_replication_role = DEFAULT")
    return found


@pytest.fixture(scope="module")
def crossed(migrated: None) -> Iterator[tuple[World, list[Table]]]:
    """A world of its own with three rows in each table."""
    from made_up import as_owner

    with filled() as made:
        yield made, fill(made, as_owner)


def test_no_table_is_granted_without_row_policies_but_those_of_nobody(world: World) -> None:
    from made_up import as_owner

    assert {each.name for each in tables(as_owner) if not each.secured} == set(OPEN)
    assert not [each for each in tables(as_owner) if each.name in OPEN and each.granted != {"select"}]


def seen(world: World, table: Table, role: str) -> set[str]:
    column = "1" if table.name != "people_person" else "id"
    return {side for side in SIDES if touched(world.actors[role], f'SELECT {column} FROM "{table.name}" WHERE {table.one}', table.rows[side])}


def beyond(world: World, table: Table, role: str) -> set[str]:
    """Sides whose row a role sees though it should not."""
    if table.name in PUBLIC or (role, table.name) in MORE:
        return set()
    return seen(world, table, role) - SEES[role]


@pytest.mark.parametrize("role", SEES)
def test_nobody_sees_a_row_of_another(crossed: tuple[World, list[Table]], role: str) -> None:
    world, found = crossed
    assert len(found) > 75
    assert {each.name: sides for each in found if (sides := beyond(world, each, role))} == {}


def test_the_auditor_sees_every_row_that_is_there(crossed: tuple[World, list[Table]]) -> None:
    """The control of the rows themselves: none of them is missing."""
    world, found = crossed
    assert {each.name for each in found if seen(world, each, "auditor") != set(SIDES)} == set()


def test_platforms_and_administrators_see_nobody(crossed: tuple[World, list[Table]]) -> None:
    from made_up import as_owner

    world, found = crossed
    named = {name for name, in as_owner("SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'person_id'")}
    for role in ("engineer", "administrator"):
        assert {each.name for each in found if each.name in named and (role, each.name) not in MORE and seen(world, each, role)} == set()


@pytest.mark.parametrize("role", SEES)
def test_nobody_changes_or_removes_a_row_of_another(crossed: tuple[World, list[Table]], role: str) -> None:
    world, found = crossed
    allowed = {"worker": {"own"}, "clerk": {"own", "neighbour"}, "supervisor": {"own", "neighbour"}}.get(role, set())
    for table in found:
        if (role, table.name) in MORE:
            continue
        statements = [f'UPDATE "{table.name}" SET "{column}" = "{column}" WHERE {table.one} RETURNING 1' for column in table.changed]
        statements += [f'DELETE FROM "{table.name}" WHERE {table.one} RETURNING 1'] if "delete" in table.granted else []
        did = {side for side in SIDES for each in statements if touched(world.actors[role], each, table.rows[side])}
        assert did <= (allowed if role != "worker" or table.name in OWN_HAND else set()), table.name


@pytest.mark.parametrize("role", SEES)
def test_nobody_writes_a_row_for_another(crossed: tuple[World, list[Table]], role: str) -> None:
    world, found = crossed
    allowed = {"worker": {"own"}, "clerk": {"own", "neighbour"}, "supervisor": {"own", "neighbour"}, "coordinator": set(SIDES)}.get(role, set())
    open_to = [each for each in found if "insert" in each.granted and (role, each.name) not in {**MORE, **WRITES}]
    assert len(open_to) > 45
    assert {each.name: sides for each in open_to if (sides := let_in(world, each, role) - allowed)} == {}


@pytest.mark.parametrize(("role", "names"), [
    ("worker", {"people_consent", "people_correction", "dispute_case", "enrolment_membership"}), ("clerk", {"people_correction", "bank_line", "record_month", "dispute_case"}),
    ("supervisor", {"record_month", "benefit_run", "notice_message"}), ("coordinator", {"people_merge_proposal", "dispute_event"})])
def test_what_is_ones_own_is_let_in(crossed: tuple[World, list[Table]], role: str, names: set[str]) -> None:
    """The control of the rows themselves: they are refused for whose they are, not for what is in them."""
    world, found = crossed
    assert {each.name for each in found if each.name in names and "own" in let_in(world, each, role)} == names


@pytest.mark.parametrize("name", ["people_correction", "bank_line", "record_month", "dispute_case"])
def test_without_its_policies_a_row_for_another_is_noticed(crossed: tuple[World, list[Table]], name: str) -> None:
    from made_up import as_owner

    world, found = crossed
    table = next(each for each in found if each.name == name)
    assert "foreign" not in let_in(world, table, "clerk") and not let_in(world, table, "auditor")
    as_owner(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    try:
        assert "foreign" in let_in(world, table, "clerk") and let_in(world, table, "auditor") == set(SIDES)
    finally:
        as_owner(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize("name", ["record_month", "notice_message", "orders_fact", "bank_line", "people_person"])
def test_without_its_policies_a_table_is_noticed(crossed: tuple[World, list[Table]], name: str) -> None:
    from made_up import as_owner

    world, found = crossed
    table = next(each for each in found if each.name == name)
    as_owner(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    try:
        assert beyond(world, table, "clerk") == {"foreign"}
    finally:
        as_owner(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize("name", ["record_month", "collection_subsidy_request", "people_actor"])
def test_without_its_policies_a_change_is_noticed(crossed: tuple[World, list[Table]], name: str) -> None:
    from made_up import as_owner

    world, found = crossed
    table = next(each for each in found if each.name == name)
    statement = f'UPDATE "{name}" SET "{table.changed[0]}" = "{table.changed[0]}" WHERE {table.one} RETURNING 1'
    assert not touched(world.actors["auditor"], statement, table.rows["foreign"])
    as_owner(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    try:
        assert touched(world.actors["auditor"], statement, table.rows["foreign"])
    finally:
        as_owner(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
