"""One row in every table that the services may touch, for an own person, a neighbour in the same province and one elsewhere.

The rows are of no sense: in a clone that is thrown away the checks and triggers of the tables are taken off first, the policies stay. What
a row belongs to stands in its columns (person, province, platform, agency) or in the row it refers to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from registry_world import World

SIDES = ("own", "neighbour", "foreign")
# Columns that refer to a table without saying so to the database.
REFERS = {"claim_id": "benefit_claim", "worker_id": "orders_worker", "file_id": "orders_file", "statement_id": "bank_statement", "entry_id": "ledger_entry",
          "account_id": "ledger_account", "membership_id": "enrolment_membership", "death_id": "benefit_death", "request_id": "collection_request"}


@dataclass
class Table:
    """A table as the catalogue knows it: the columns that may be changed or written anew, and the place and the values of its rows by side."""

    name: str
    view: bool
    secured: bool
    granted: frozenset[str]
    changed: tuple[str, ...]
    written: tuple[str, ...]
    rows: dict[str, tuple[int, str]] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def one(self) -> str:
        """The condition that finds one of `rows`."""
        return "id = %s AND id::text = %s" if self.name == "people_person" else "tableoid = %s AND ctid = %s::tid"  # whose columns are granted one by one


def tables(rows: Any) -> list[Table]:
    """Every table, partitioned table and view on which the services' role has a right."""
    found = rows(
        "SELECT c.relname, c.relkind IN ('v', 'm'), c.relrowsecurity OR c.relkind = 'v' AND 'security_invoker=true' = ANY (c.reloptions),"
        " array_remove(ARRAY[CASE WHEN has_any_column_privilege('lingbao_app', c.oid, 'select') THEN 'select' END,"
        " CASE WHEN has_any_column_privilege('lingbao_app', c.oid, 'insert') THEN 'insert' END,"
        " CASE WHEN has_any_column_privilege('lingbao_app', c.oid, 'update') THEN 'update' END,"
        " CASE WHEN has_table_privilege('lingbao_app', c.oid, 'delete') THEN 'delete' END], NULL),"
        " ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        "       AND has_column_privilege('lingbao_app', c.oid, a.attnum, 'update')),"
        " ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        "       AND has_column_privilege('lingbao_app', c.oid, a.attnum, 'insert'))"
        " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition ORDER BY c.relname")
    return [Table(name, view, secured, frozenset(granted), tuple(changed), tuple(written)) for name, view, secured, granted, changed, written in found if granted]


def fill(world: World, rows: Any) -> list[Table]:
    """Put three rows into every secured table and return the tables; as the owner, in a clone of one's own."""
    found = [each for each in tables(rows) if each.secured and not each.view]
    refers = {(table, column): other for table, column, other in rows(
        "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f' AND cardinality(c.conkey) = 1"
        " AND c.connamespace = 'public'::regnamespace AND c.conparentid = 0")}
    for name, constraint in rows("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'x', 'u') AND connamespace = 'public'::regnamespace"
                                 " AND conislocal AND conrelid <> 0"):
        rows(f'ALTER TABLE {name} DROP CONSTRAINT IF EXISTS "{constraint}" CASCADE')
    for name, in rows("SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indisunique AND NOT i.indisprimary"
                      " AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition"):
        rows(f"DROP INDEX {name}")
    columns: dict[str, list[tuple[Any, ...]]] = {}
    for table, *column in rows(
            "SELECT table_name, column_name, udt_name, is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES',"
            " EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
            "         WHERE i.indrelid = format('public.%I', table_name)::regclass AND i.indisunique AND a.attname = column_name)"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY ordinal_position"):
        columns.setdefault(table, []).append(tuple(column))
    keys: dict[tuple[str, str], Any] = {}
    rows("SET session_replication_role = replica")
    try:
        for side in SIDES:
            for table in _in_order(found, refers, columns):
                _put(world, rows, table, side, columns[table.name], refers, keys)
    finally:
        rows("SET session_replication_role = DEFAULT")
    return found


def _in_order(found: list[Table], refers: dict[tuple[str, str], str], columns: dict[str, list[tuple[Any, ...]]]) -> list[Table]:
    """Tables after those they refer to, as far as there is such an order."""
    done: list[Table] = []
    waiting = list(found)
    while waiting:
        names = {each.name for each in waiting}
        ready = [each for each in waiting if not {refers.get((each.name, column), REFERS.get(column)) for column, *_ in columns[each.name]} & (names - {each.name})]
        done += ready or waiting[:1]
        waiting = [each for each in waiting if each not in done]
    return done


def _put(world: World, rows: Any, table: Table, side: str, columns: list[tuple[Any, ...]], refers: dict[tuple[str, str], str], keys: dict[tuple[str, str], Any]) -> None:
    place = world.foreign if side == "foreign" else world.own
    serial = 900_000 + SIDES.index(side)
    province = "44" if side == "foreign" else "36"
    agency = rows("SELECT min(id) FROM people_agency WHERE province = %s", [province])[0][0]
    belongs: dict[str, Any] = {"person_id": place.double if side == "neighbour" else place.person, "province": province, "agency": agency, "agency_id": agency,
                               "platform_id": place.platform, "from_province": province, "to_province": province, "residence_province": province,
                               "settled_in": province, "kept_by": province, "owner_kind": "person", "owner_id": place.double if side == "neighbour" else place.person}
    if table.name == "people_person":  # those of the world
        table.rows[side] = belongs["person_id"], str(belongs["person_id"])
        table.values[side] = {column: belongs.get(column) if column in belongs else _value(kind, serial, unique)
                              for column, kind, optional, unique in columns if column in belongs or (not optional and column != "id")}
        keys[(table.name, side)] = belongs["person_id"]
        return
    row: dict[str, Any] = {}
    for column, kind, optional, unique in columns:
        other = refers.get((table.name, column)) or REFERS.get(column)
        if column in belongs:
            row[column] = belongs[column]
        elif other and (other, side) in keys:
            row[column] = keys[(other, side)]
        elif not optional or (unique and column != "id"):
            row[column] = _value(kind, serial, unique)
    listed = ", ".join(f'"{column}"' for column in row)
    found = rows(f'INSERT INTO "{table.name}" ({listed}) OVERRIDING SYSTEM VALUE VALUES ({", ".join(["%s"] * len(row))}) RETURNING tableoid, ctid::text, to_jsonb("{table.name}")::text',
                 list(row.values()))[0]
    table.rows[side], table.values[side], kept = (found[0], found[1]), row, json.loads(found[2])
    keys[(table.name, side)] = next((kept[name] for name in ("id", "number", "key") if name in kept), serial)


def _value(kind: str, serial: int, unique: bool) -> Any:
    number = serial if unique else 0
    values: dict[str, Any] = {"int2": number % 30_000, "int4": number, "int8": number, "numeric": number, "float8": 0.0, "bool": False, "date": "2026-11-01",
                              "timestamptz": "2026-11-01 00:00+08", "text": f"x{number}", "varchar": f"x{number}", "bpchar": "36", "bytea": str(number).encode(),
                              "uuid": f"00000000-0000-0000-0000-{serial:012d}", "jsonb": "{}", "interval": "1 day", "time": "00:00"}
    return "{}" if kind.startswith("_") else values[kind]
