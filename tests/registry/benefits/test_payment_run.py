"""The monthly payment: killed and resumed it pays everyone once; by its key alone; by two persons; rises once."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from lingbao.law.month import month

pytestmark = pytest.mark.usefixtures("database")
TODAY = date(2025, 4, 15)
PEOPLE = 600
_keys = itertools.count()


def expected(people: int) -> int:
    """What everyone's pension of a month comes to [fen]."""
    return sum(300_000 + n % 1000 for n in range(1, people + 1))


def test_a_run_pays_everyone_once_and_a_second_time_nobody() -> None:
    from paying import books
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits.payment import pay

    make(PEOPLE)
    number = run(FIRST)
    assert pay(number, actor=9, today=TODAY, chunk=97).payments == PEOPLE
    assert paid() == (PEOPLE, expected(PEOPLE), expected(PEOPLE))
    assert pay(number, actor=9, today=TODAY, chunk=50).payments == 0
    assert paid() == (PEOPLE, expected(PEOPLE), expected(PEOPLE))
    assert books() == {}


def test_the_account_pays_its_part_while_it_lasts_and_then_the_pool_the_whole() -> None:
    from pensioners import FIRST, make, run

    from lingbao.registry.benefits.payment import pay, payments_of

    make(3)  # the account of the third lasts for 1200.00: two months of 500.00 and one of 200.00
    for past in range(4):
        pay(run(FIRST + past), actor=9, today=TODAY)
    third = 3
    assert [account for *_, account in payments_of(third)] == [50_000, 50_000, 20_000, 0]
    assert {amount for _, _, amount, _ in payments_of(third)} == {300_003}


def test_months_left_unpaid_are_made_up_without_touching_those_paid() -> None:
    """Over the turn of a year and a leap February; the account is not drawn below nothing within one run."""
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits.payment import pay, payments_of

    make(3)
    pay(run(FIRST + 1), actor=9, today=TODAY)
    until = month(2028, 3)
    pay(run(until, from_month=FIRST), actor=9, today=date(2028, 3, 15))
    months = until - FIRST + 1
    assert paid()[0] == 3 * months
    assert sum(account for *_, account in payments_of(3)) <= 120_000
    assert [each[0] for each in payments_of(1)] == list(range(FIRST, until + 1))


def test_months_paid_before_take_nothing_of_what_the_account_still_gives() -> None:
    from pensioners import FIRST, make, run

    from lingbao.registry.benefits.payment import pay, payments_of

    make(3)
    for past in range(2):
        pay(run(FIRST + past), actor=9, today=TODAY)
    pay(run(FIRST + 2, from_month=FIRST), actor=9, today=TODAY)
    assert [account for *_, account in payments_of(3)] == [50_000, 50_000, 20_000]


def test_a_month_paid_late_comes_to_what_the_pension_was_in_it() -> None:
    """Raised for January 2026 before anything was paid: the months of 2025 come without the rise, those from January on with it."""
    from pensioners import FIRST, make, run

    from lingbao.registry.benefits import rises
    from lingbao.registry.benefits.payment import pay, payments_of
    from lingbao.registry.session import Actor

    make(2)
    january = month(2026, 1)
    number = rises.enter(Actor(2, "clerk", province="36"), "r", rises.Rise("36", 2026, "测试通知", 6_000, 0, 0.0))["rise"]
    rises.approve(Actor(3, "supervisor", province="36"), "r", number)
    assert rises.apply(number, actor=9, today=date(2025, 12, 20)) == 2
    pay(run(january - 1), actor=9, today=date(2025, 12, 25))
    pay(run(january + 1), actor=9, today=date(2026, 2, 15))
    assert {month_: amount for month_, _, amount, _ in payments_of(1)} == {
        month_: 300_001 + (6_000 if month_ >= january else 0) for month_ in range(FIRST, january + 2)}


KILLED = """
import os, sys
sys.path[:0] = {path!r}
os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
os.environ["DATABASE_URL"] = {url!r}
import django; django.setup()
from datetime import date
from lingbao.registry.benefits import payment
whole = payment._chunk
def slow(*args):
    answer = whole(*args)
    print("chunk", flush=True)
    return answer
payment._chunk = slow
payment.pay({run}, actor=9, today=date(2025, 4, 15), chunk=20)
print("end", flush=True)
"""


def address() -> str:
    from django.db import connection

    settings = connection.get_connection_params()
    return f"postgresql://{settings.get('user', 'postgres')}@/{settings['dbname']}?host={settings['host']}"


def killed_after(chunks: int, run: int) -> None:
    """Start the run in another process and kill it with SIGKILL after so many chunks, in the middle of the next."""
    program = textwrap.dedent(KILLED).format(path=[str(Path(__file__).parent)], url=address(), run=run)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={**os.environ})
    assert process.stdout is not None
    for _ in range(chunks):
        assert process.stdout.readline() == "chunk\n"
    time.sleep(0.003)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()


def test_killed_half_way_and_resumed_everyone_is_paid_exactly_once() -> None:
    from paying import books
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits.payment import pay

    make(PEOPLE)
    number = run(FIRST, from_month=FIRST)
    for chunks in (1, 6):
        killed_after(chunks, number)
    before = paid()
    assert 0 < before[0] < PEOPLE, "the run was to be killed half way"
    pay(number, actor=9, today=TODAY, chunk=20)
    assert paid() == (PEOPLE, expected(PEOPLE), expected(PEOPLE))
    assert books() == {}


def test_without_the_key_a_resumed_run_would_pay_twice() -> None:
    """Control: the same story with the key taken away must pay too much, or the test above proves nothing.

    The first month is named in both: otherwise what is paid is not even asked for again.
    """
    from django.db import connection
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits.payment import pay

    make(PEOPLE)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE benefit_payment DROP CONSTRAINT benefit_payment_once")
    number = run(FIRST, from_month=FIRST)
    killed_after(4, number)
    pay(number, actor=9, today=TODAY, chunk=20)
    assert paid()[0] > PEOPLE
    assert paid()[1] > expected(PEOPLE)


def test_two_operators_who_start_the_same_run_pay_once() -> None:
    from django.db import connection
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits.payment import pay

    make(PEOPLE)
    number = run(FIRST)
    counts: list[int] = []

    def work() -> None:
        counts.append(pay(number, actor=9, today=TODAY, chunk=30).payments)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == PEOPLE
    assert paid() == (PEOPLE, expected(PEOPLE), expected(PEOPLE))


def test_a_run_needs_two_persons() -> None:
    from pensioners import FIRST, make

    from lingbao.registry.benefits.payment import approve, pay, prepare
    from lingbao.registry.errors import Conflict, Forbidden
    from lingbao.registry.session import Actor

    make(3)
    clerk = Actor(2, "clerk", province="36")
    number = prepare(clerk, "a", "36", FIRST)["run"]
    with pytest.raises(Conflict, match="only for 'approved'"):
        pay(number, actor=2, today=TODAY)
    with pytest.raises(Forbidden, match="second person"):
        approve(clerk, "b", number)


def test_who_is_granted_a_pension_after_the_approval_loses_no_month() -> None:
    """The next run pays the month that was missed, and a month in the middle too, without being told from when on."""
    from django.db import connection
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits.figures import run_figures
    from lingbao.registry.benefits.payment import pay, payments_of
    from lingbao.registry.session import SYSTEM, run_as

    make(4)
    first = run(FIRST)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE benefit_claim SET granted_at = clock_timestamp() WHERE id = 4")
    assert pay(first, actor=9, today=TODAY).payments == 3
    second = run(FIRST + 2, from_month=FIRST + 2)
    assert pay(second, actor=9, today=TODAY).payments == 4
    third = run(FIRST + 2)
    figures = run_as(SYSTEM, lambda: run_figures(third))
    assert (figures.left, figures.left_before) == (5, 5)
    assert pay(third, actor=9, today=TODAY).payments == 5
    assert [payments_of(claim)[-1][0] - FIRST for claim in range(1, 5)] == [2] * 4 and paid()[0] == 12


def test_a_month_done_may_be_paid_again_only_for_who_was_left_out() -> None:
    from django.db import connection
    from pensioners import FIRST, make, paid

    from lingbao.registry.benefits.payment import approve, pay, prepare
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import Actor

    def again() -> int:
        run = int(prepare(Actor(2, "clerk", province="36"), f"a{next(_keys)}", "36", FIRST)["run"])
        with pytest.raises(Conflict, match="There is a run of this kind"):
            prepare(Actor(2, "clerk", province="36"), f"a{next(_keys)}", "36", FIRST)
        approve(Actor(3, "supervisor", province="36"), f"a{next(_keys)}", run)
        return pay(run, actor=9, today=TODAY).payments

    make(3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE benefit_claim SET first_payment = first_payment + 1 WHERE id = 3")
    assert again() == 2
    with pytest.raises(Conflict, match="nothing is left"):
        again()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE benefit_claim SET first_payment = first_payment - 1 WHERE id = 3")
    assert again() == 1 and paid()[0] == 3


def test_the_database_pays_no_run_that_is_not_approved() -> None:
    """Also past the services."""
    from pensioners import FIRST, make

    from lingbao.registry.benefits.payment import _chunk, prepare
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import SYSTEM, Actor, run_as

    make(3)
    number = prepare(Actor(2, "clerk", province="36"), "a", "36", FIRST)["run"]
    with pytest.raises(Conflict, match="not approved"):
        run_as(SYSTEM, lambda: _chunk(number, 0, 10, 2, "law", TODAY))


def test_the_yearly_rise_comes_once_with_what_is_due_since_january() -> None:
    """120 yuan for all, 2 for each whole year, 1%, 40 more from seventy on; January and February 2026 were paid before."""
    from django.db import connection
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits import rises
    from lingbao.registry.benefits.payment import pay
    from lingbao.registry.session import Actor

    make(300)
    january = month(2026, 1)
    pay(run(january + 1, from_month=january), actor=9, today=date(2026, 2, 15))
    count, fen, _ = paid()
    rise = rises.Rise("36", 2026, "测试通知", 12_000, 200, 0.01, [(840, 4_000)])
    number = rises.enter(Actor(2, "clerk", province="36"), "r", rise)["rise"]
    rises.approve(Actor(3, "supervisor", province="36"), "r", number)
    assert rises.apply(number, actor=9, today=date(2026, 7, 20), block=70) == 300
    assert rises.apply(number, actor=9, today=date(2026, 7, 20), block=70) == 0

    def raised(n: int) -> int:
        pension = 300_000 + n % 1000
        return int(pension * 1.01 + 0.5) + 12_000 + (180 + n % 120) // 12 * 200  # born 1962: no tilt

    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, pension_fen FROM benefit_claim ORDER BY person_id")
        assert cursor.fetchall() == [(n, raised(n)) for n in range(1, 301)]
    more = sum(2 * (raised(n) - 300_000 - n % 1000) for n in range(1, 301))
    assert paid()[:2] == (count + 300, fen + more)
    assert january > FIRST


def test_the_audit_agrees_after_runs_and_finds_a_payment_without_money() -> None:
    """The second half is the control: a payment written past the run is found."""
    from django.db import connection
    from pensioners import FIRST, make, run

    from lingbao.registry.audit import audit
    from lingbao.registry.benefits.payment import pay

    make(30)
    pay(run(FIRST), actor=9, today=TODAY, chunk=7)
    assert audit(["benefits.chunks", "benefits.account_part"]) == []
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benefit_payment (claim_id, month, kind, amount_fen, account_fen, chunk) VALUES (1, 9, 'x', 5, 5, 1)")
    assert {finding.code for finding in audit(["benefits.chunks", "benefits.account_part"])} == {"benefits.chunks", "benefits.account_part"}


def test_what_the_bank_paid_out_is_booked_once_and_never_more_than_is_payable() -> None:
    from paying import books
    from pensioners import FIRST, make, paid, run

    from lingbao.registry.benefits.payment import disbursed, pay
    from lingbao.registry.errors import Conflict, Forbidden, Overdrawn
    from lingbao.registry.session import Actor

    make(30)
    pay(run(FIRST), actor=9, today=TODAY)
    head = Actor(3, "supervisor", province="36")
    with pytest.raises(Overdrawn):
        disbursed(head, "x", "36", expected(30) + 1, reference="B1", today=TODAY)
    disbursed(head, "a", "36", expected(30), reference="B1", today=TODAY)
    assert paid()[2] == 0 and books() == {}
    with pytest.raises(Conflict):
        disbursed(head, "b", "36", 1, reference="B1", today=TODAY)
    with pytest.raises(Forbidden):
        disbursed(Actor(4, "supervisor", province="44"), "c", "36", 1, reference="B2", today=TODAY)


@pytest.mark.parametrize(("role", "province", "rows"), [("clerk", "36", 3), ("clerk", "44", 0), ("platform", None, 0), ("administrator", None, 0),
                                                        ("auditor", None, 3), ("coordinator", None, 3)])
def test_who_sees_payments_by_direct_sql(role: str, province: str | None, rows: int) -> None:
    from made_up import under_role
    from pensioners import FIRST, make, run

    from lingbao.registry.benefits.payment import pay
    from lingbao.registry.errors import RegistryError
    from lingbao.registry.session import Actor

    make(3)
    number = run(FIRST)
    pay(number, actor=9, today=TODAY)
    actor = Actor(50, role, province=province)
    assert len(under_role(actor, "SELECT * FROM benefit_payment")) == rows
    assert len(under_role(actor, "SELECT * FROM benefit_claim")) == rows
    for sql in ("DELETE FROM benefit_payment", "UPDATE benefit_payment SET amount_fen = 1", "TRUNCATE benefit_payment",
                f"SELECT benefit_pay_chunk({number}, 0, 10, 1, 'x', '2025-01-01')"):
        with pytest.raises(RegistryError):
            under_role(actor, sql)


def test_a_pensioner_sees_the_own_payments_only() -> None:
    from made_up import under_role
    from pensioners import FIRST, make, run

    from lingbao.registry.benefits.payment import pay
    from lingbao.registry.session import Actor

    make(3)
    pay(run(FIRST), actor=9, today=TODAY)
    assert under_role(Actor(50, "worker", person=2), "SELECT person_id FROM benefit_claim c JOIN benefit_payment p ON p.claim_id = c.id") == [(2,)]
