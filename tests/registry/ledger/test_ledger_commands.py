"""Commands: once in effect however often they arrive, retried when the database gives them up, never half done."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from made_up import Office, accounts, as_owner, moved

pytestmark = pytest.mark.usefixtures("database")


def paying(bank: int, account: int, fen: int, actor: int = 0) -> Callable[[], Any]:
    from lingbao.registry.ledger.posting import Draft, Leg, post

    def work() -> Any:
        draft = Draft("contribution", [Leg(bank, -fen), Leg(account, fen)])
        return {"entries": post([draft], actor=actor, law_hash="law", reason="缴费", value_date=date(2026, 3, 1))}

    return work


def together(works: list[Callable[[], Any]]) -> list[Any]:
    """Run each in a thread with a connection of its own; return results and errors in their order."""
    from django.db import connection

    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def one(place: int) -> None:
        try:
            start.wait()
            results[place] = works[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results


def test_the_same_key_gives_the_stored_answer() -> None:
    from lingbao.registry.errors import Conflict
    from lingbao.registry.ledger.commands import Command, execute
    from lingbao.registry.ledger.queries import balance
    from lingbao.registry.session import SYSTEM

    bank, individual = accounts("bank", "individual")
    work = paying(bank, individual, 500)
    first = execute(SYSTEM, Command("pay", "k1", {"fen": 500}), work)
    assert execute(SYSTEM, Command("pay", "k1", {"fen": 500}), work) == first
    assert balance(individual) == 500
    with pytest.raises(Conflict) as refused:
        execute(SYSTEM, Command("pay", "k1", {"fen": 501}), work)
    assert refused.value.code == "registry.key_reused"
    execute(SYSTEM, Command("pay", "k2", {"fen": 500}), work)
    execute(SYSTEM, Command("other route", "k1", {"fen": 501}), work)
    assert balance(individual) == 1500


def test_the_same_key_of_another_actor_is_another_command(office: Office) -> None:
    from lingbao.registry.ledger.commands import Command, execute
    from lingbao.registry.ledger.queries import balance

    bank, individual = accounts("bank", "individual")
    for actor in (office.clerk, office.colleague):
        execute(actor, Command("pay", "k1", 1), paying(bank, individual, 500, actor.id))
    assert balance(individual) == 1000


def test_twins_at_the_same_moment_do_the_work_once() -> None:
    from lingbao.registry.ledger.commands import Command, execute
    from lingbao.registry.ledger.queries import balance
    from lingbao.registry.session import SYSTEM

    bank, individual = accounts("bank", "individual")
    work = paying(bank, individual, 500)
    answers = together([lambda: execute(SYSTEM, Command("pay", "k1", 500), work)] * 8)
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["entries"]
    assert balance(individual) == 500


def test_a_refused_command_leaves_no_answer_behind() -> None:
    from lingbao.registry.errors import Overdrawn
    from lingbao.registry.ledger.commands import Command, execute
    from lingbao.registry.session import SYSTEM

    bank, individual = accounts("bank", "individual")
    moved((bank, -50), (individual, 50))
    with pytest.raises(Overdrawn):
        execute(SYSTEM, Command("pay", "k1", 1), paying(individual, bank, 60))
    assert as_owner("SELECT count(*) FROM ledger_command") == [(0,)]
    moved((bank, -50), (individual, 50))
    execute(SYSTEM, Command("pay", "k1", 1), paying(individual, bank, 60))


def crossing(first: int, second: int, pooled: int, meet: threading.Barrier) -> Callable[[], None]:
    """Two postings in one transaction, so that two of these in opposite order lock each other out."""
    def work() -> None:
        paying(pooled, first, 10)()
        if not meet.broken:
            with contextlib.suppress(threading.BrokenBarrierError):
                meet.wait(2)
        paying(pooled, second, 10)()

    return work


@pytest.mark.parametrize("attempts", [8, 1])
def test_a_deadlock_is_retried(attempts: int) -> None:
    """With one attempt only (the control) one of the two is lost to the deadlock."""
    from lingbao.registry.errors import Busy
    from lingbao.registry.ledger.queries import balance
    from lingbao.registry.session import SYSTEM, acting_as, retried

    one, two, pooled = *accounts("individual", "suspense"), *accounts("pooled", owner=36, owner_kind="province")
    three, = accounts("treasury", owner=0, owner_kind="state", province="00")
    meet = threading.Barrier(2)

    def run(work: Callable[[], None]) -> None:
        def once() -> None:
            with acting_as(SYSTEM):
                work()

        retried(once, attempts=attempts)

    results = together([lambda: run(crossing(one, two, pooled, meet)), lambda: run(crossing(two, one, three, meet))])
    lost = [result for result in results if result is not None]
    if attempts == 1:
        assert [type(error) for error in lost] == [Busy]
    else:
        assert lost == []
        assert (balance(one), balance(two)) == (20, 20)


def test_nothing_remains_of_a_command_whose_server_process_is_killed() -> None:
    """SIGKILL of the backend in the middle of the transaction; the retried command is done exactly once."""
    from django.db import connection

    from lingbao.registry.audit import audit
    from lingbao.registry.ledger.commands import Command, execute
    from lingbao.registry.ledger.queries import balance
    from lingbao.registry.session import SYSTEM

    bank, individual = accounts("bank", "individual")
    tries: list[int] = []

    def killed_once() -> Any:
        answer = paying(bank, individual, 500)()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            tries.append(cursor.fetchone()[0])
        if len(tries) == 1:
            os.kill(tries[0], signal.SIGKILL)
        return answer

    answer = execute(SYSTEM, Command("pay", "k1", 500), killed_once)
    assert len(tries) >= 2
    assert balance(individual) == 500
    assert as_owner("SELECT array_agg(id) FROM ledger_entry") == [(answer["entries"],)]
    assert audit() == []


def test_work_without_a_key_is_not_repeated_after_a_lost_connection() -> None:
    from django.db import OperationalError, connection

    from lingbao.registry.ledger.queries import balance
    from lingbao.registry.session import SYSTEM, run_as

    bank, individual = accounts("bank", "individual")
    tries: list[int] = []

    def cut() -> None:
        paying(bank, individual, 500)()
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            os.kill(cursor.fetchone()[0], signal.SIGTERM)
            cursor.execute("SELECT pg_sleep(5)")

    with pytest.raises(OperationalError):
        run_as(SYSTEM, cut)
    connection.close()
    assert len(tries) == 1
    assert balance(individual) == 0
