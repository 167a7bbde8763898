"""What the crash tests run in processes of its own, so that they can kill them: prepare, load, pay, watch, endure.

``--break two-commits`` is the control: what must be one commit (orders and their posting, a payment's money and its
message) is made two. ``load --through PORT`` sends the files over HTTP to a server.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

TODAY = date.today()
DAYS = [TODAY - timedelta(days=ago) for ago in (20, 19, 18)]
WORKERS = 400
PEOPLE = 310
BANK = "crash-bank"


def orders(count: int) -> Any:
    """Return the orders that are sent, the same in every process."""
    import polars as pl

    from lingbao.registry.orders import sandbox

    share = -(-count // len(DAYS))
    tables = [sandbox.order_table(min(share, count - k * share), WORKERS, day, seed=7) for k, day in enumerate(DAYS)]
    return pl.concat(tables)


def prepare(given: argparse.Namespace) -> None:
    """Make tables, people with bills, requests of payment, and a platform with its workers and a key."""
    from django.core.management import call_command

    from lingbao.registry.operations.demonstration_load import load as load_nation
    from lingbao.registry.orders import platforms, sandbox, workers

    call_command("migrate", verbosity=0, interactive=False)
    load_nation(PEOPLE, 1, TODAY, affairs=False)
    _bill_and_ask(given.payments)
    place = platforms.register_platform("crash", "平台", "platform", "36")
    platforms.agree(place.id, platforms.Agreement("income", 0.05, DAYS[0], DAYS[-1], "协议（测试）"))
    known = sandbox.references(WORKERS)[: WORKERS * 9 // 10]
    workers.link_many(place.id, {name: 1 + k % PEOPLE for k, name in enumerate(known)}, proof="签约记录")
    Path(given.notes).write_text(platforms.issue_key(place.id).text, encoding="utf-8")


def _bill_and_ask(payments: int) -> None:
    """Bill every flexible member the present month, and ask for so many payments of a part of a bill each."""
    from lingbao.law.store import Law
    from lingbao.registry.collection.bills import bill_of, bill_period
    from lingbao.registry.collection.payments import ask_payment
    from lingbao.registry.orders.tables import rows
    from lingbao.registry.session import SYSTEM, run_as

    law, month = Law.load(), TODAY.year * 12 + TODAY.month - 1

    def work() -> None:
        members = rows("SELECT id FROM enrolment_membership WHERE standing = 'flexible' AND until IS NULL ORDER BY id")
        bills = [bill_of(bill_period(SYSTEM, law, member, month)) for member, in members]
        for place, bill in enumerate(bills):
            times = payments // len(bills) + (place < payments % len(bills))
            for number in range(times):
                # Together the payments of a person come to a little more than the bill, so that it is paid on the way.
                ask_payment(SYSTEM, bill.person, bill.province, -(-bill.open_fen // times) + number % 7, channel=BANK)

    run_as(SYSTEM, work)


def messages() -> list[Any]:
    """Return what the bank says of every payment asked for, in the same order in every process."""
    from lingbao.registry.collection.messages import Message
    from lingbao.registry.orders.tables import rows

    asked = rows("SELECT number, amount_fen FROM collection_request ORDER BY number")
    return [Message(BANK, f"r-{number}", "paid", number, fen, TODAY) for number, fen in asked]


def load(given: argparse.Namespace) -> None:
    """Send every order three times, cut into other files each time; note each acknowledged file, then go on."""
    from lingbao.registry.orders import sandbox, taking

    if given.broken == "two-commits":
        taking._post = _after_a_commit(taking._post)
    everything = orders(given.orders)
    shuffled = {turn: everything.sample(fraction=1.0, shuffle=True, seed=turn) for turn in range(3)}
    batches = [(turn, start) for turn in range(3) for start in range(0, given.orders, given.batch)]
    random.Random(given.seed).shuffle(batches)
    with _noted(given.notes) as (done, note):
        for turn, start in batches:
            key = f"{turn}-{start}"
            if key in done:
                continue
            declaration, content = sandbox.order_file(shuffled[turn][start:start + given.batch], key)
            if given.through:
                send(given.through, Path(given.key).read_text(encoding="utf-8"), declaration, content)
            else:
                again(lambda said=declaration, content=content: taking.take(1, said, content, today=TODAY))  # type: ignore[misc]
            note(key)


def send(port: int, key: str, declaration: Any, content: bytes) -> None:
    """Send a file over HTTP until the server has acknowledged it, however often it is killed meanwhile."""
    said = {"format": declaration.format, "rows": declaration.rows, "income_fen": declaration.income_fen,
            "sha256": hashlib.sha256(content).hexdigest(), "parts": 1}
    name = f"/api/v1/registry/files/{declaration.key}"
    steps = [("PUT", name, json.dumps(said).encode()), ("PUT", f"{name}/parts/1", content), ("POST", f"{name}/commit", b"")]
    while True:
        try:
            answers = [_asked(port, key, *step) for step in steps]
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)  # the server was killed: the same file again, from the start
            continue
        if answers[-1] == 200:
            return
        # A file that was taken has no upload any more: only its last step is known then.
        if not set(answers) <= {200, 404, 409, 500, 503}:
            raise SystemExit(f"{declaration.key}: {answers}")
        time.sleep(0.2)


def _asked(port: int, key: str, method: str, path: str, body: bytes) -> int:
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    kind = "application/octet-stream" if "/parts/" in path else "application/json"
    server.request(method, path, body, {"Authorization": f"Bearer {key}", "Content-Type": kind, "Host": "127.0.0.1"})
    answer = server.getresponse()
    answer.read()
    server.close()
    return answer.status


def pay(given: argparse.Namespace) -> None:
    """Bring every message of the bank three times in a random order; note each acknowledged message, then go on."""
    from lingbao.law.store import Law
    from lingbao.registry.collection import payments
    from lingbao.registry.collection.messages import sign

    if given.broken == "two-commits":
        payments._remember = _after_a_commit(payments._remember)
    law = Law.load()
    turns = [(turn, message) for turn in range(3) for message in again(messages)]
    random.Random(given.seed).shuffle(turns)
    with _noted(given.notes) as (done, note):
        for turn, message in turns:
            key = f"{turn}-{message.number}"
            if key not in done:
                again(lambda message=message: payments.take_message(law, message, sign(message)))  # type: ignore[misc]
                note(key)


def endure(given: argparse.Namespace) -> None:
    """Kill the database the moment it has acknowledged a payment or a file, and look whether it is there; say what is lost."""
    from django.db import connection

    from lingbao.law.store import Law
    from lingbao.registry.collection import payments
    from lingbao.registry.collection.messages import sign
    from lingbao.registry.orders import sandbox, taking
    from lingbao.registry.orders.tables import row

    law, everything, lost = Law.load(), orders(given.orders), []
    files = iter(range(0, given.orders, given.batch))
    for count, message in enumerate(again(messages)[: given.kills]):
        if count % 4 == 3 and (start := next(files, None)) is not None:
            declaration, content = sandbox.order_file(everything[start:start + given.batch], f"e-{start}")
            again(lambda declaration=declaration, content=content: taking.take(1, declaration, content, today=TODAY))  # type: ignore[misc]
            where = "SELECT count(*) FROM orders_fact f JOIN orders_file o ON o.id = f.file_id JOIN ledger_entry e ON e.id = o.entry_id WHERE o.key = %s"
            key, wanted = f"e-{start}", declaration.rows
        else:
            again(lambda message=message: payments.take_message(law, message, sign(message)))  # type: ignore[misc]
            where = "SELECT count(*) FROM collection_message m JOIN ledger_entry e ON e.id = m.entry_id WHERE m.number = %s"
            key, wanted = message.number, 1
        with suppress(ProcessLookupError):  # the server may still be ending the processes of the kill before
            os.kill(connection.connection.info.backend_pid, signal.SIGKILL)  # all that the server holds in memory goes with its process
        connection.close()
        found = again(lambda where=where, key=key: row(where, [key]))[0]  # type: ignore[misc]
        if found != wanted:
            lost.append(f"{key}: {found} of {wanted}")
            if given.broken:
                break
    print(json.dumps({"kills": count + 1, "lost": lost}))


def again(work: Callable[[], Any]) -> Any:
    """Do something that may be repeated until the database does not die meanwhile."""
    from django.db import InterfaceError, OperationalError, connection

    from lingbao.registry.errors import Busy

    while True:
        try:
            return work()
        except (OperationalError, InterfaceError, Busy):
            connection.close()
            time.sleep(0.05)


@contextmanager
def _noted(name: str) -> Iterator[tuple[set[str], Callable[[str], None]]]:
    """Yield what was acknowledged before, and the function that notes what is acknowledged now, on the disk."""
    done = set(Path(name).read_text(encoding="utf-8").split()) if Path(name).exists() else set()
    with Path(name).open("a", encoding="utf-8") as notes:

        def note(key: str) -> None:
            notes.write(f"{key}\n")
            notes.flush()
            os.fsync(notes.fileno())

        yield done, note


def _after_a_commit(whole: Any) -> Any:
    """Return the function with a commit and a pause before it."""
    def apart(*words: Any) -> Any:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
            time.sleep(0.2)
            cursor.execute("BEGIN")
        return whole(*words)

    return apart


def watch(given: argparse.Namespace) -> None:
    """For each line asked, print what does not hold, what is there, and the sums of orders and payments."""
    from django.db import connection

    from lingbao.registry import audit as registry
    from lingbao.registry.orders.tables import row, rows

    everything, said = orders(given.orders), again(messages)
    unasked = again(lambda: row("SELECT count(*) FROM collection_part JOIN collection_bill b ON b.id = bill_id"
                                " WHERE NOT EXISTS (SELECT FROM collection_request r WHERE r.person_id = b.person_id)"))
    expected = {"open": unasked, "orders": [everything.height, everything["income_fen"].cast(int).sum()], "payments": [len(said), sum(each.amount_fen for each in said)]}

    def look() -> dict[str, object]:
        findings = registry.audit()
        return {
            "findings": [f"{finding.code} {finding.where} {finding.en}" for finding in findings][:20],
            "files": [key for key, in rows("SELECT key FROM orders_file")],
            "messages": [number for number, in rows("SELECT number FROM collection_message")],
            "orders": row("SELECT count(*), coalesce(sum(income_fen), 0)::bigint FROM orders_fact"),
            "payments": row("SELECT count(*), coalesce(sum(l.amount_fen), 0)::bigint FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id"
                            " WHERE e.kind = 'payment_received' AND l.amount_fen > 0"),
            "open": row("SELECT count(*) FILTER (WHERE entry_id IS NULL) FROM collection_part"),
            "expected": expected,
        }

    for _ in sys.stdin:
        connection.close()  # the server of the last question may be dead
        print(json.dumps(again(look)), flush=True)


def main() -> None:
    """Do what the first word says."""
    acts = {"prepare": prepare, "load": load, "pay": pay, "watch": watch, "endure": endure}
    words = argparse.ArgumentParser()
    words.add_argument("act", choices=list(acts))
    for name in ("orders", "batch", "payments", "seed", "through", "kills"):
        words.add_argument(f"--{name}", type=int, default=0)
    for name in ("notes", "key"):
        words.add_argument(f"--{name}", default="")
    words.add_argument("--break", dest="broken", default="")
    given = words.parse_args()
    import django

    django.setup()
    acts[given.act](given)


if __name__ == "__main__":
    main()
