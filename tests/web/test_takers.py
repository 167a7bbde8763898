"""Files taken by processes of their own: the same answers and refusals, and nothing lost or doubled when one is killed."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lingbao.registry.errors import Busy, NotFound

DAY, TODAY = date(2026, 11, 1), date(2026, 11, 20)
ORDERS = 300


@pytest.fixture
def place(migrated: None) -> Iterator[int]:
    from registry_world import leave_clone, use_clone

    from lingbao.registry.orders import platforms

    name = use_clone()
    number = platforms.register_platform("taken", "平台", "platform", "36").id
    platforms.agree(number, platforms.Agreement("income", 0.05, DAY, TODAY, "协议（测试）"))
    yield number
    leave_clone(name)


@pytest.fixture
def takers(place: int) -> Iterator[Any]:
    import os
    from urllib.parse import quote

    from django.db import connection

    from lingbao.web.takers import Takers

    given = connection.get_connection_params()
    address = f"postgresql://{quote(given['user'])}:@/{given['dbname']}?host={quote(given['host'], safe='')}"
    made = Takers({"DATABASE_URL": address, "LINGBAO_DATA": os.environ["LINGBAO_DATA"]}, 1)
    yield made
    process = made.idle.get()
    if process is not None:
        process.kill()
        process.wait()


def uploaded(place: int, key: str, first: int = 1) -> None:
    from lingbao.registry.orders import sandbox, uploads

    declaration, content = sandbox.order_file(sandbox.order_table(ORDERS, 5, DAY, first=first), key)
    uploads.begin(place, declaration, sha256=hashlib.sha256(content).digest(), parts=1)
    uploads.put(place, key, 1, content)


def orders() -> int:
    from lingbao.registry.orders.tables import rows

    return int(rows("SELECT count(*) FROM orders_fact")[0][0])


def test_the_answer_is_that_of_the_service_and_again_the_same(place: int, takers: Any) -> None:
    from lingbao.registry.orders import uploads

    uploaded(place, "a")
    answer = takers.finish(place, "a")
    assert (answer.posted, answer.key) == (ORDERS, "a")
    assert takers.finish(place, "a") == answer == uploads.finish(place, "a")
    assert orders() == ORDERS


def test_a_refusal_comes_through_in_both_languages(place: int, takers: Any) -> None:
    with pytest.raises(NotFound) as refusal:
        takers.finish(place, "nothing")
    assert refusal.value.code == "orders.no_upload" and refusal.value.zh and refusal.value.en
    uploaded(place, "a")
    assert takers.finish(place, "a").posted == ORDERS, "the process goes on after a refusal"


def test_one_killed_while_it_waits_is_replaced(place: int, takers: Any) -> None:
    uploaded(place, "a")
    takers.warm()
    process = takers.idle.get()
    process.kill()
    process.wait()
    takers.idle.put(process)
    assert takers.finish(place, "a").posted == ORDERS


def test_one_killed_at_work_says_so_and_the_same_request_again_takes_the_file_once(place: int, takers: Any) -> None:
    from django.db import connection

    from lingbao.registry.orders.tables import rows

    takers.warm()
    process = takers.idle.get()
    takers.idle.put(process)
    uploaded(place, "a")
    found: list[BaseException] = []

    def asking() -> None:
        try:
            takers.finish(place, "a")
        except Busy as error:
            found.append(error)

    # A lock keeps the file at work until the process is killed.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE orders_file IN ACCESS EXCLUSIVE MODE")
        asker = threading.Thread(target=asking)
        asker.start()
        time.sleep(0.5)
        process.kill()
        asker.join(20)
        cursor.execute("ROLLBACK")
    assert [error.code for error in found] == ["orders.broken_off"]  # type: ignore[attr-defined]
    answer = takers.finish(place, "a")
    assert (answer.posted, orders()) == (ORDERS, ORDERS)
    assert rows("SELECT count(*) FROM orders_file") == [(1,)]
    assert replace(takers.finish(place, "a")) == answer


def test_it_ends_when_the_process_that_asks_ends(place: int, takers: Any) -> None:
    takers.warm()
    process = takers.idle.get()
    takers.idle.put(None)
    process.stdin.close()  # as the system does when its owner is killed
    assert process.wait(20) == 0


def test_a_taker_gives_way_to_pages_and_so_does_its_part_of_the_embedded_server(takers: Any) -> None:
    """The control: a server that is not the site's own is left as it is."""
    import os
    import subprocess
    import sys

    code = ("import os, django; django.setup()\nfrom lingbao.web.courtesy import give_way; give_way()\nfrom django.db import connection\n"
            "cursor = connection.cursor(); cursor.execute('SELECT pg_backend_pid()')\n"
            "print(os.nice(0), os.getpriority(os.PRIO_PROCESS, cursor.fetchone()[0]))")
    before = os.nice(0)
    for embedded, backend in (("1", 10), ("", 0)):
        said = subprocess.run([sys.executable, "-c", code], env=takers.environment | {"LINGBAO_EMBEDDED": embedded, "DJANGO_SETTINGS_MODULE": "lingbao.web.settings"},
                              check=True, capture_output=True, text=True).stdout
        assert said.split()[0] == str(min(before + 10, 19))
        if backend:
            assert said.split()[1] == str(backend)
        else:
            assert int(said.split()[1]) == before
