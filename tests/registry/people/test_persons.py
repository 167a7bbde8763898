"""Persons: found and not doubled, sealed, read only with a line in the log, changed only with the old row kept."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from made_up import Office, accounts, moved, number, registered, registration, worker
from made_up import as_owner as owner
from made_up import under_role as sql


def test_the_same_number_in_another_province_is_found_and_not_doubled(office: Office) -> None:
    from lingbao.registry.people.persons import masked, register
    from lingbao.registry.people.rights import accesses
    from lingbao.registry.session import acting_as

    first = registered(office.clerk)
    with acting_as(office.elsewhere):
        assert masked([first]) == []
        again = register(office.elsewhere, registration(province="44"))
        assert (again.person, again.found) == (first, True)
        assert [person.id for person in masked([first])] == [first]
    assert owner("SELECT count(*) FROM people_person") == [(1,)]
    himself = worker(first)
    with acting_as(himself):
        assert accesses(first)[0].agency == "深圳市社会保险经办机构"


def test_parallel_registrations_of_one_number_make_one_person(office: Office) -> None:
    from django.db import connection

    found: list[int] = []

    def enrol() -> None:
        try:
            found.append(registered(office.clerk, 7))
        finally:
            connection.close()

    threads = [threading.Thread(target=enrol) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_nothing_personal_stands_in_clear_in_any_table(office: Office) -> None:
    registered(office.clerk, 3, "司马相如", phone="13800138000")
    text = "".join(
        str(row) for (table,) in owner("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for row in owner(f"SELECT t::text FROM {table} t")
    )
    assert "司***" in text  # the mask is there, so the search looked where it should
    for secret in ("司马相如", number(3), "13800138000"):
        assert secret not in text
        assert secret.encode().hex() not in text


def test_each_reading_by_staff_is_seen_by_the_person(office: Office) -> None:
    from lingbao.registry.people.persons import read
    from lingbao.registry.people.rights import accesses
    from lingbao.registry.session import acting_as

    person = registered(office.clerk, 3, "司马相如", phone="138 0013 8000")
    with acting_as(office.clerk):
        assert read([person], ["name", "phone"], purpose="电话通知") == {person: {"name": "司马相如", "phone": "13800138000"}}
    with acting_as(worker(person)):
        last = accesses(person)[0]
        assert (last.role, last.action, last.fields, last.purpose) == ("clerk", "read", ("name", "phone"), "电话通知")
    with acting_as(office.elsewhere):
        assert read([person], ["name"], purpose="好奇") == {}


def test_the_sealed_columns_cannot_be_read_past_the_log(office: Office) -> None:
    from lingbao.registry.errors import Forbidden

    person = registered(office.clerk)
    for column in ("identity_sealed", "name_sealed", "phone_sealed", "*"):
        with pytest.raises(Forbidden):
            sql(office.clerk, f"SELECT {column} FROM people_person WHERE id = {person}")
    with pytest.raises(Forbidden):
        sql(office.clerk, "SELECT * FROM people_person_before")
    # Control: what the refusals rest on is the missing grant, nothing else.
    owner("GRANT SELECT ON people_person TO lingbao_app")
    assert len(sql(office.clerk, "SELECT name_sealed FROM people_person")) == 1


def test_each_role_sees_the_persons_it_may(office: Office) -> None:
    here, there = registered(office.clerk, 1), registered(office.elsewhere, 2, province="44")
    query = "SELECT id FROM people_person ORDER BY id"

    def seen() -> dict[str, list[int]]:
        actors = {**vars(office), "worker": himself}
        return {name: [row[0] for row in sql(actor, query)] for name, actor in actors.items()}

    himself = worker(here)
    right = {"clerk": [here], "colleague": [here], "supervisor": [here], "elsewhere": [there], "auditor": [here, there],
             "administrator": [], "worker": [here]}
    assert seen() == right
    owner("ALTER TABLE people_person DISABLE ROW LEVEL SECURITY")
    assert seen() == {name: [here, there] for name in right}  # control


def test_a_change_keeps_the_row_as_it_was_and_names_its_reason(office: Office) -> None:
    from lingbao.registry.errors import NotFound
    from lingbao.registry.people.persons import change, masked, read
    from lingbao.registry.people.rights import accesses
    from lingbao.registry.session import acting_as

    person = registered(office.clerk, 3, "司马相如")
    with acting_as(office.clerk):
        change(office.clerk, person, {"name": "司马长卿", "residence_city": "Nanchang"}, reason="更名证明")
        assert read([person], ["name"], purpose="核对")[person]["name"] == "司马长卿"
        assert masked([person])[0].residence_city == "Nanchang"
    assert owner("SELECT (person).residence_city, (person).change_reason FROM people_person_before") == [(None, "登记")]
    with acting_as(worker(person)):
        written = [line for line in accesses(person) if line.action == "write"]
        assert [(line.fields, line.purpose) for line in written] == [(("name", "residence_city"), "更名证明")]
    with pytest.raises(NotFound), acting_as(office.elsewhere):
        change(office.elsewhere, person, {"residence_province": "44"}, reason="越界")


def test_a_cell_moved_to_another_row_does_not_open(office: Office) -> None:
    from lingbao.registry.keys import Unreadable
    from lingbao.registry.people.persons import read
    from lingbao.registry.session import acting_as

    one, two = registered(office.clerk, 1, "赵一"), registered(office.clerk, 2, "钱二")
    owner(f"UPDATE people_person SET name_sealed = (SELECT name_sealed FROM people_person WHERE id = {one}) WHERE id = {two}")
    with acting_as(office.clerk), pytest.raises(Unreadable):
        read([two], ["name"], purpose="核对")


def test_what_is_logged_stays_logged(office: Office) -> None:
    from lingbao.registry.errors import Forbidden

    registered(office.clerk)
    registered(office.clerk)
    for actor in (office.clerk, office.auditor, office.administrator):
        for change in ("UPDATE people_access SET purpose = 'x'", "DELETE FROM people_access", "TRUNCATE people_access",
                       "INSERT INTO people_access (actor, role, person_id, action, fields, purpose)"
                       " VALUES (1, 'clerk', 1, 'read', '{}', 'forged')"):
            with pytest.raises(Forbidden):
                sql(actor, change)
    with pytest.raises(Exception, match="append-only"):
        owner("DELETE FROM people_access")
    owner("ALTER TABLE people_access DISABLE TRIGGER ALL")  # control
    owner("DELETE FROM people_access")


def test_two_numbers_of_one_human_being_are_found_and_merged_by_two(office: Office) -> None:
    from lingbao.registry.errors import Conflict, Forbidden
    from lingbao.registry.people.duplicates import Candidate, candidates, merge
    from lingbao.registry.people.persons import find
    from lingbao.registry.session import SYSTEM, acting_as

    one = registered(office.clerk, 1, "赵一")
    two = registered(office.clerk, 3, "赵一", phone="13800138000")
    registered(office.clerk, 5, "钱二")
    registered(office.clerk, 7, "赵一", birth="19800102")
    with acting_as(SYSTEM):
        assert candidates() == [Candidate(one, two, ("name",))]
    with pytest.raises(Forbidden), acting_as(office.supervisor):
        merge(office.supervisor, kept=one, other=two, proposed_by=office.clerk.id, reason="没有人提出过")
    for by, kept, other in ((office.supervisor, one, two), (office.clerk, one, two), (office.clerk, two, one)):
        sql(by, "INSERT INTO people_merge_proposal (kept_id, other_id, reason, proposed_by) VALUES (%s, %s, '同一人', %s)", [kept, other, by.id])
    with pytest.raises(Conflict), acting_as(office.supervisor):
        merge(office.supervisor, kept=one, other=two, proposed_by=office.supervisor.id, reason="同一人")
    with acting_as(office.supervisor):
        merge(office.supervisor, kept=one, other=two, proposed_by=office.clerk.id, reason="同一人")
    with pytest.raises(Conflict), acting_as(office.supervisor):
        merge(office.supervisor, kept=two, other=one, proposed_by=office.clerk.id, reason="绕圈")
    with acting_as(SYSTEM):
        assert candidates() == []
    with acting_as(office.clerk):
        assert find(registration(3).identity_number, purpose="窗口") == one


def test_the_owner_of_the_data_exports_and_corrects_them(office: Office) -> None:
    from lingbao.registry.errors import Conflict, Forbidden
    from lingbao.registry.people import rights
    from lingbao.registry.people.persons import read
    from lingbao.registry.session import acting_as

    person = registered(office.clerk, 3, "司马相如")
    himself = worker(person)
    moved((*accounts("bank", owner=36, owner_kind="province"), -5), (*accounts("individual", owner=person), 5))
    with acting_as(himself):
        rights.consent(himself, person, "短信提醒", version="1")
        rights.consent(himself, person, "数据研究", version="1")
        rights.consent(himself, person, "数据研究", version="1", given=False)
        wish = rights.ask_correction(himself, person, "name", "司马长卿", reason="派出所更名")
        copy = rights.export_own(himself)
        assert copy["person"]["identity_number"] == number(3)
        assert copy["person"]["name"] == "司马相如"
        assert copy["consents"] == {"短信提醒": "1"}
        assert copy["accesses"]
        assert [(account["kind"], len(account["lines"])) for account in copy["accounts"]] == [("individual", 1)]
    with pytest.raises(Forbidden), acting_as(office.clerk):
        rights.export_own(office.clerk)
    with acting_as(office.clerk):
        rights.decide_correction(office.clerk, wish, accepted=True, reason="证明属实")
        assert read([person], ["name"], purpose="核对")[person]["name"] == "司马长卿"
    with pytest.raises(Conflict), acting_as(office.colleague):
        rights.decide_correction(office.colleague, wish, accepted=False, reason="重复")


def test_a_role_comes_with_its_limits(office: Office) -> None:
    from lingbao.law.errors import InputError
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.people.actor_events import events, note, waiting
    from lingbao.registry.people.actors import appoint, dismiss, signed_in
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(office.administrator):
        made = appoint("clerk", "庚", login="geng", agency=office.clerk.agency)
    with pytest.raises(Forbidden):
        signed_in("geng")  # who waits for a second administrator does not act
    with acting_as(SYSTEM):
        note(SYSTEM, made, "confirmed", reason="核对任命文件", answers=waiting(made))
    assert signed_in("geng").province == "36"
    with pytest.raises(Forbidden), acting_as(office.clerk):
        appoint("auditor", "辛")
    with pytest.raises(Forbidden), acting_as(office.administrator):
        appoint("worker", "壬", person=registered(office.clerk))
    with pytest.raises(Exception, match="people_actor_limits"), acting_as(office.administrator):
        appoint("clerk", "癸")
    with pytest.raises(InputError), acting_as(office.administrator):
        dismiss(made, reason="  ")
    with acting_as(office.administrator):
        dismiss(made, reason="离职")
        assert next((each.action, each.reason, each.by_actor) for each in events(made)) == ("dismissed", "离职", office.administrator.id)
    with pytest.raises(Forbidden):
        signed_in("geng")


def test_keys_are_made_once_and_a_broken_one_is_never_replaced(server: str, tmp_path: Any) -> None:
    from django.conf import settings

    from lingbao.registry import keys

    before = settings.LINGBAO_KEYS
    try:
        settings.LINGBAO_KEYS = str(tmp_path / "keys")
        sealed = keys.seal("text", "place")
        assert keys.unseal(sealed, "place") == "text"
        assert keys.seal("text", "place") != sealed
        assert (tmp_path / "keys" / "sealing").stat().st_mode & 0o077 == 0
        keys._key_in.cache_clear()
        assert keys.unseal(sealed, "place") == "text"
        (tmp_path / "keys" / "sealing").write_bytes(b"half")
        keys._key_in.cache_clear()
        with pytest.raises(keys.Unreadable):
            keys.seal("text", "place")
    finally:
        settings.LINGBAO_KEYS = before
        keys._key_in.cache_clear()
