"""Statements: what an account held on a day, and what the books said about it on another; who may read them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from made_up import Office, accounts, as_owner, moved, registered, under_role, worker

pytestmark = pytest.mark.usefixtures("database")


def test_the_past_as_it_was_and_as_it_was_known() -> None:
    from lingbao.registry.ledger.posting import reverse
    from lingbao.registry.ledger.queries import balance, statement
    from lingbao.registry.session import SYSTEM, run_as

    bank, individual = accounts("bank", "individual")
    march = moved((bank, -100), (individual, 100), value_date=date(2026, 3, 31))
    february = moved((bank, -50), (individual, 50), value_date=date(2026, 2, 28))  # recorded later, counts earlier
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    as_owner("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
    as_owner("UPDATE ledger_entry SET book_date = %s", [today - timedelta(9)])
    undone = run_as(SYSTEM, lambda: reverse(march, actor=0, reason="误缴"))

    assert balance(individual) == 50
    assert balance(individual, as_of=date(2026, 3, 30)) == 50
    assert balance(individual, as_of=date(2026, 2, 27)) == 0
    assert balance(individual, known_on=today - timedelta(1)) == 150
    assert balance(individual, as_of=date(2026, 3, 1), known_on=today - timedelta(9)) == 50
    assert balance(individual, known_on=today - timedelta(10)) == 0
    assert [(line.entry, line.amount_fen, line.balance_fen) for line in statement(individual)] == [
        (february, 50, 50), (march, 100, 150), (undone, -100, 50)]
    assert [line.reversed_by for line in statement(individual)] == [None, undone, None]
    assert [line.reversed_by for line in statement(individual, known_on=today - timedelta(1))] == [None, None]
    assert [line.balance_fen for line in statement(individual, since=date(2026, 3, 1))] == [150, 50]


def test_an_account_that_does_not_exist_is_not_empty() -> None:
    from lingbao.registry.errors import NotFound
    from lingbao.registry.ledger.queries import balance, statement

    for reading in (balance, statement):
        with pytest.raises(NotFound):
            reading(404)


def test_nobody_reads_another_ones_money(office: Office) -> None:
    """Every role on own and foreign accounts, legs and entries; with the policies off everybody sees all (control)."""
    from lingbao.registry.errors import NotFound
    from lingbao.registry.ledger.queries import statement
    from lingbao.registry.session import SYSTEM, Actor, acting_as

    one, two = registered(office.clerk, 1), registered(office.elsewhere, 2, province="44")
    bank36, mine = accounts("bank", owner=36, owner_kind="province") + accounts("individual", owner=one)
    bank44, = accounts("bank", owner=44, owner_kind="province", province="44")
    theirs, = accounts("individual", owner=two, province="44")
    owed, = accounts("platform_receivable", owner=5, owner_kind="platform", province="44")
    entries = [moved((bank36, -1), (mine, 1)), moved((bank44, -1), (theirs, 1)), moved((owed, -1), (theirs, 1))]
    actors: dict[str, Any] = {**vars(office), "worker": worker(one), "platform": Actor(90, "platform", platform=5),
                              "other": Actor(91, "platform", platform=6), "system": SYSTEM}

    def seen(column: str, table: str) -> dict[str, set[int]]:
        return {name: {row[0] for row in under_role(actor, f"SELECT {column} FROM {table}")} for name, actor in actors.items()}

    everything, here, there = {bank36, mine, bank44, theirs, owed}, {bank36, mine}, {bank44, theirs, owed}
    right = {"clerk": here, "colleague": here, "supervisor": here, "elsewhere": there, "auditor": everything,
             "administrator": set(), "worker": {mine}, "platform": {owed}, "other": set(), "system": everything}
    assert seen("id", "ledger_account") == right
    assert seen("account_id", "ledger_leg") == right
    of_entry = {"clerk": {0}, "colleague": {0}, "supervisor": {0}, "elsewhere": {1, 2}, "auditor": {0, 1, 2},
                "administrator": set(), "worker": {0}, "platform": {2}, "other": set(), "system": {0, 1, 2}}
    assert seen("id", "ledger_entry") == {name: {entries[i] for i in places} for name, places in of_entry.items()}
    with acting_as(actors["worker"]):
        assert len(statement(mine)) == 1
        with pytest.raises(NotFound):
            statement(theirs)
    for table in ("ledger_account", "ledger_leg", "ledger_entry"):
        as_owner(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    assert seen("id", "ledger_account") == dict.fromkeys(right, everything)


def test_a_plan_that_is_kept_keeps_no_rights(office: Office) -> None:
    """The same prepared question by one role after the other on one connection, with a plan that fits every value."""
    from lingbao.registry.asking import often
    from lingbao.registry.session import SYSTEM, acting_as

    one, two = registered(office.clerk, 1), registered(office.elsewhere, 2, province="44")
    mine, = accounts("individual", owner=one)
    theirs, = accounts("individual", owner=two, province="44")
    first, second = worker(one), worker(two)
    ask = "SELECT id FROM ledger_account WHERE id = ANY (%s) ORDER BY id"
    as_owner("SET plan_cache_mode = force_generic_plan")
    for _ in range(2):
        for actor, seen in ((first, [mine]), (second, [theirs]), (SYSTEM, [mine, theirs]), (office.administrator, []),
                            (office.clerk, [mine]), (office.elsewhere, [theirs])):
            with acting_as(actor):
                assert [number for number, in often(ask, [[mine, theirs]])] == seen
                assert [number for number, in often(ask, [[mine]])] == [mine] * (mine in seen)
    assert as_owner("SELECT generic_plans >= 24, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%ledger_account WHERE id%'") == [(True, 0)]
    as_owner("RESET plan_cache_mode")


def test_a_platform_and_a_person_of_the_same_number_are_not_mixed_up(office: Office) -> None:
    """Person 1 and platform 1 are different owners, also for the entries they see."""
    from lingbao.registry.session import Actor

    person = registered(office.clerk, 1)
    individual, bank = accounts("individual", "bank", owner=person)
    owed, pending = (*accounts("platform_receivable", owner=person, owner_kind="platform"), *accounts("pending", owner=person + 1))
    paid, withheld = moved((bank, -1), (individual, 1)), moved((owed, -1), (pending, 1))
    entries = "SELECT id FROM ledger_entry"
    assert under_role(worker(person), entries) == [(paid,)]
    assert under_role(Actor(90, "platform", platform=person), entries) == [(withheld,)]


def test_without_an_actor_nothing_is_seen() -> None:
    from django.db import connection, transaction

    accounts("bank")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE lingbao_app")
        cursor.execute("SELECT count(*) FROM ledger_account")
        assert cursor.fetchone() == (0,)
    assert as_owner("SELECT current_setting('role')") == [("none",)]


def test_roles_nest_and_end_with_their_block(office: Office) -> None:
    from lingbao.registry.session import SYSTEM, acting_as

    who = "SELECT registry_role(), registry_actor(), current_setting('role')"
    with acting_as(office.clerk):
        with acting_as(SYSTEM):
            assert as_owner(who) == [("system", 0, "lingbao_app")]
        assert as_owner(who) == [("clerk", office.clerk.id, "lingbao_app")]
        with pytest.raises(ValueError), acting_as(SYSTEM):
            raise ValueError
        assert as_owner(who) == [("clerk", office.clerk.id, "lingbao_app")]
    assert as_owner(who) == [("nobody", None, "none")]
