"""What is over its period goes and nothing else: the books never, the log of readings not a day early, not even for the owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from made_up import accounts, as_owner, moved, registered, under_role

from lingbao.registry.errors import RegistryError
from lingbao.registry.notices.outbox import FolderGateway
from lingbao.registry.retention import REGISTRY, due, erase, table

OLD, YOUNG = "interval '3 years 2 days'", "interval '2 years 300 days'"


def count(of: str) -> int:
    return int(as_owner(f"SELECT count(*) FROM {of}")[0][0])


def looked(person: int, age: str) -> None:
    """Write a look at a person of a certain age into the log."""
    as_owner(f"INSERT INTO people_access (at, actor, role, person_id, action, fields, purpose)"
             f" VALUES (now() - {age}, 0, 'clerk', %s, 'read', '{{name}}', 'test')", [person])


def told(person: int, about: str, age: str) -> None:
    as_owner(f"INSERT INTO notice_message (person_id, template, about, text, queued_by, queued_at, state)"
             f" VALUES (%s, 'transfer_done', %s, '办结', 0, now() - {age}, 'sent')", [person, about])


def test_every_table_of_the_database_stands_in_one_row(database: str) -> None:
    held = {name for (name,) in as_owner("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                                         " AND relkind IN ('r', 'p') AND NOT relispartition")}
    said = [name for row in table() for name in row.tables]
    assert sorted(said) == sorted(held)
    assert len({row.name for row in table()}) == len(table())


def test_what_the_table_says_the_database_does(database: str) -> None:
    said = {name: row.keep for row in table() for name, by in row.erase.items() if by == REGISTRY}
    done = as_owner("SELECT table_name, period = ANY (%s::interval[]) FROM registry_retention", [list(said.values())])
    assert {name for name, _ in done} == set(said)
    for name, period in said.items():
        assert as_owner("SELECT period = %s::interval FROM registry_retention WHERE table_name = %s", [period, name]) == [(True,)], name


def test_what_is_over_goes_and_what_is_not_stays(office: Any) -> None:
    person = registered(office.clerk, 1)
    for age in (OLD, OLD, OLD, YOUNG):
        looked(person, age)
    before = count("people_access")
    told(person, "old", OLD)
    told(person, "young", YOUNG)
    as_owner("INSERT INTO worker_signinfailure (login_index, at) VALUES ('a', now() - interval '2 days'), ('a', now())")
    as_owner("INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('over', '', now() - interval '1 minute'), ('runs', '', now() + interval '1 hour')")
    found = {each.kept.name: each.rows for each in due()}
    assert (found["access"], found["messages"], found["sign_in"], found["sessions"]) == (3, 1, 1, 1)
    assert count("people_access") == before
    gone = erase(batch=2)
    assert (gone["access"], gone["messages"], gone["sign_in"], gone["sessions"]) == (3, 1, 1, 1)
    assert count("people_access") == before - 3
    assert as_owner("SELECT about, text FROM notice_message WHERE person_id = %s ORDER BY about", [person]) == [("old", ""), ("young", "办结")]
    assert as_owner("SELECT session_key FROM django_session") == [("runs",)]
    assert not any(erase().values())


def test_a_run_is_bounded_and_the_next_goes_on(office: Any) -> None:
    person = registered(office.clerk, 1)
    for _ in range(5):
        looked(person, OLD)
    assert [erase(batch=2, batches=1)["access"] for _ in range(4)] == [2, 2, 1, 0]


def test_the_books_are_as_they_were(office: Any) -> None:
    own, pool = accounts("individual", "pooled")
    moved((pool, -100), (own, 100))
    looked(registered(office.clerk, 1), OLD)
    books = ("ledger_entry", "ledger_leg", "ledger_account", "ledger_command", "record_month")
    before = [as_owner(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t") for name in books]
    erase()
    assert [as_owner(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t") for name in books] == before
    for name in ("ledger_entry", "ledger_leg", "ledger_account"):
        with pytest.raises(DatabaseError, match="refused"):
            as_owner(f"DELETE FROM {name}")
    with pytest.raises(DatabaseError, match="check"):
        as_owner("INSERT INTO registry_retention VALUES ('ledger_entry', 't.recorded_at', '1 day', NULL)")


def test_not_even_the_owner_erases_what_is_not_over(office: Any) -> None:
    person = registered(office.clerk, 1)
    looked(person, YOUNG)
    told(person, "young", YOUNG)
    for statement in ("DELETE FROM people_access", "UPDATE people_access SET purpose = 'x'", "UPDATE notice_message SET text = ''",
                      "DELETE FROM notice_message", "UPDATE registry_retention SET period = '1 day'"):
        with pytest.raises(DatabaseError, match="refused"):
            as_owner(statement)


def test_only_the_registry_itself_may_ask_for_it(office: Any) -> None:
    for actor in (office.clerk, office.supervisor, office.auditor, office.administrator):
        with pytest.raises(RegistryError):
            under_role(actor, "SELECT registry_erase('people_access', 10)")
        with pytest.raises(RegistryError):
            under_role(actor, "DELETE FROM people_access")


def test_with_the_guard_gone_a_young_row_could_be_erased(office: Any) -> None:
    """The control: it is the trigger that keeps the period."""
    looked(registered(office.clerk, 1), YOUNG)
    as_owner("DROP TRIGGER people_access_append_only ON people_access")
    as_owner("DELETE FROM people_access")
    assert count("people_access") == 0


def test_events_go_after_their_deliveries_and_uploads_with_their_parts(database: str) -> None:
    from lingbao.registry.orders import platforms, uploads, webhooks
    from lingbao.registry.orders.taking import Declaration

    place = platforms.register_platform("shop", "外卖平台", "meals", "36", sandbox=True)
    webhooks.subscribe(place.id, "https://example.org/hook")
    event = as_owner("INSERT INTO orders_event (platform_id, type, body, at) VALUES (%s, 'file.posted', '{}', now() - interval '91 days') RETURNING id", [place.id])[0][0]
    as_owner("INSERT INTO orders_delivery (event_id, webhook_id, platform_id) SELECT %s, id, platform_id FROM orders_webhook", [event])
    uploads.begin(place.id, Declaration("half", "csv", 1, 1), sha256=b"0" * 32, parts=2)
    uploads.put(place.id, "half", 1, b"part")
    first = erase()
    assert (first["webhooks"], first["uploads"]) == (2, 0)
    as_owner("UPDATE orders_upload SET opened_at = now() - interval '8 days'")
    assert erase()["uploads"] == 1
    assert (count("orders_event"), count("orders_delivery"), count("orders_upload_part"), count("orders_webhook")) == (0, 0, 0, 1)


def test_messages_of_a_demonstration_go_too(database: str, tmp_path: Path) -> None:
    import os

    box = FolderGateway(tmp_path)
    box.send("old", "13800000000", "旧")
    old = next(tmp_path.glob("*.json"))
    then = (datetime.now(UTC) - timedelta(days=8)).timestamp()
    os.utime(old, (then, then))
    box.send("new", "13800000000", "新")
    assert erase(box)["outbox"] == 1
    assert [each.key for each in box.messages()] == ["new"]
