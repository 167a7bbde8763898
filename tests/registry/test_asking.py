"""Questions asked in one trip: the same answers and the same rights as one by one, also when one of them fails or the server was away."""

from __future__ import annotations

from typing import Any

import pytest
from made_up import Office, accounts, as_owner, open_office, registered, worker

from lingbao.registry.asking import asked_as, often, together
from lingbao.registry.session import SYSTEM, acting_as

OWN = "SELECT id FROM ledger_account ORDER BY id"


@pytest.fixture
def office(database: str) -> Office:
    return open_office()


def ids() -> list[int]:
    return [number for number, in often(OWN)]


def role() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return str(cursor.fetchone()[0])


def test_several_readings_have_the_answers_that_each_has_alone(office: Office) -> None:
    mine, = accounts("individual", owner=registered(office.clerk, 1))
    calls = []

    def twice() -> tuple[list[Any], list[Any]]:
        calls.append("twice")
        return often("SELECT %s::int", [1]), often("SELECT %s::int", [2])  # the second is asked after the first answer

    with acting_as(SYSTEM):
        assert together(ids, twice, lambda: "nothing asked", ids) == ([mine], ([(1,)], [(2,)]), "nothing asked", [mine])
        assert calls == ["twice", "twice"] and ids() == [mine]
        assert together() == ()


def test_one_question_as_an_actor_has_that_actors_rights_and_leaves_none_behind(office: Office) -> None:
    first, second = registered(office.clerk, 1), registered(office.elsewhere, 2, province="44")
    mine, theirs = *accounts("individual", owner=first), *accounts("individual", owner=second, province="44")
    owner, actor = role(), worker(first)
    for _ in range(2):
        assert asked_as(actor, ids) == [mine] and asked_as(SYSTEM, ids) == [mine, theirs] and asked_as(office.administrator, ids) == []
        assert role() == owner and as_owner("SELECT current_setting('lingbao.role', true)") in ([("",)], [(None,)])
    with acting_as(actor):
        assert asked_as(SYSTEM, ids) == [mine, theirs] and ids() == [mine]


def test_a_question_that_fails_raises_what_it_raises_alone_and_the_connection_goes_on(office: Office) -> None:
    from django.db import ProgrammingError

    def wrong() -> Any:
        return often("SELECT nothing FROM nowhere")

    for ask in (lambda: asked_as(SYSTEM, wrong), lambda: together(wrong, ids), wrong):
        with pytest.raises(ProgrammingError, match="nowhere"):
            ask()
        with pytest.raises(ProgrammingError, match="nowhere"), acting_as(SYSTEM):
            ask()
        assert asked_as(SYSTEM, ids) == []


def test_a_connection_that_broke_between_two_requests_is_made_anew(office: Office) -> None:
    import psycopg
    from django.core.signals import request_started
    from django.db import connection

    address = {key: value for key, value in connection.get_connection_params().items() if key in ("dbname", "user", "host", "port", "password")}
    for ask in (lambda: asked_as(SYSTEM, ids), lambda: together(ids), ids):
        assert ask() is not None
        (backend,), = often("SELECT pg_backend_pid()")
        with psycopg.connect(**address, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        connection.health_check_enabled = True
        connection.health_check_done = False
        request_started.send(sender=None)
        ask()
        assert often("SELECT pg_backend_pid()") != [(backend,)]
