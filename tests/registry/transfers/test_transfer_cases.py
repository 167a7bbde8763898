"""A transfer step by step through the database: papers, money in two halves, refusals, periods, who may do what."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import month

pytestmark = pytest.mark.usefixtures("database")

DAY = date(2026, 3, 2)
_keys = itertools.count()


def key() -> str:
    return f"k{next(_keys)}"


@pytest.fixture
def people(database: str) -> Any:
    """The worker 7, clerks of Jiangxi (36, old) and Guangdong (44, new), a coordinator; 14 months paid in Jiangxi."""
    from paying import pay

    from lingbao.registry.session import Actor

    pay(7, "36", month(2024, 12), 14, 400_000)

    class People:
        worker = Actor(1, "worker", person=7)
        stranger = Actor(2, "worker", person=8)
        old = Actor(3, "clerk", province="36")
        old_second = Actor(4, "supervisor", province="36")
        new = Actor(5, "clerk", province="44")
        coordinator = Actor(6, "coordinator")
        auditor = Actor(9, "auditor")

    return People


WHO = {"person_number": "7", "identity_number": "360102199003074514", "name": "张三", "letter_number": "L-1"}
LETTER = {**WHO, "new_division": "440000", "new_agency": "转入地经办机构", "old_division": "360000", "old_agency": "原参保地经办机构"}


def start(people: Any, by: Any = None, day: date = DAY) -> int:
    from lingbao.registry.transfers.services import Applicant, apply

    applicant = Applicant(7, "male", month(1990, 3), "36")
    return int(apply(by or people.worker, key(), applicant, from_province="36", to_province="44", today=day)["case"])


def to_money_sent(people: Any, day: date = DAY) -> int:
    from lingbao.registry.transfers.services import send_form, send_letter, step

    case = start(people, day=day)
    send_letter(people.new, key(), case, LETTER, today=day)
    send_form(people.old, key(), case, WHO, today=day)
    step(people.old_second, key(), case, "send_money", today=day)
    return case


def test_a_transfer_runs_through_and_every_book_balances_at_every_step(people: Any) -> None:
    from paying import balances, books, unbalanced_entries

    from lingbao.registry.transfers.cases import steps_of
    from lingbao.registry.transfers.services import read_documents, step

    account, pooled = 14 * 32_000, 14 * 48_000
    case = to_money_sent(people)
    assert balances(7) == {("transit", "00"): account + pooled}
    assert books() == {} and unbalanced_entries() == []
    step(people.new, key(), case, "receive_money", today=DAY)
    assert balances(7) == {("individual", "44"): account}
    assert books() == {} and unbalanced_entries() == []
    assert step(people.new, key(), case, "finish", today=DAY)["state"] == "done"
    assert [each.action for each in steps_of(case)] == ["apply", "send_letter", "send_form", "send_money", "receive_money", "finish"]
    letter, form = read_documents(people.worker, case)
    assert letter.values["letter_number"] == "L-1"
    assert (form.values["account_total"], form.values["pooled_total"], form.values["months_paid"]) == (account, pooled, 14)
    assert form.values["principal_this_year"] == 32_000  # January 2026; December 2024 and the year 2025 stand before
    assert [(row["first"], row["last"], row["months"]) for row in form.rows] == [
        ("202412", "202412", 1), ("202501", "202512", 12), ("202601", "202601", 1)]


def test_the_record_is_kept_by_the_new_place_once_it_is_done(people: Any) -> None:
    from lingbao.registry.record.queries import months_of
    from lingbao.registry.session import acting_as
    from lingbao.registry.transfers.services import step

    case = to_money_sent(people)
    with acting_as(people.new):
        assert months_of(7) == []
    step(people.new, key(), case, "receive_money", today=DAY)
    step(people.new, key(), case, "finish", today=DAY)
    with acting_as(people.new):
        assert len(months_of(7)) == 14


def test_money_that_fails_comes_back_to_the_fen_and_can_be_sent_again(people: Any) -> None:
    from paying import balances, books

    from lingbao.registry.transfers.services import step

    case = to_money_sent(people)
    step(people.new, key(), case, "fail_money", today=DAY, reason="账号有误")
    assert balances(7) == {("individual", "36"): 14 * 32_000}
    assert books() == {}
    step(people.old_second, key(), case, "send_money", today=DAY)
    assert step(people.new, key(), case, "receive_money", today=DAY)["state"] == "received"


def test_the_coordinating_body_can_end_a_stuck_transfer_and_the_money_is_back(people: Any) -> None:
    from paying import balances

    from lingbao.registry.transfers.services import step

    case = to_money_sent(people)
    assert step(people.coordinator, key(), case, "recall_money", today=DAY, reason="裁定终止")["state"] == "closed"
    assert balances(7) == {("individual", "36"): 14 * 32_000}
    assert start(people) != case  # another can be applied for


def test_one_person_cannot_both_draw_up_the_form_and_send_the_money(people: Any) -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.transfers.services import send_form, send_letter, step

    case = start(people)
    send_letter(people.new, key(), case, LETTER, today=DAY)
    send_form(people.old, key(), case, WHO, today=DAY)
    with pytest.raises(Forbidden, match="second person"):
        step(people.old, key(), case, "send_money", today=DAY)


def test_money_paid_after_the_form_needs_a_new_form(people: Any) -> None:
    from paying import pay

    from lingbao.registry.errors import Conflict
    from lingbao.registry.transfers.services import send_form, send_letter, step

    case = start(people)
    send_letter(people.new, key(), case, LETTER, today=DAY)
    send_form(people.old, key(), case, WHO, today=DAY)
    pay(7, "36", month(2026, 2), 1, 400_000)
    with pytest.raises(Conflict, match="new form"):
        step(people.old_second, key(), case, "send_money", today=DAY)
    send_form(people.old, key(), case, WHO, today=DAY)
    assert step(people.old_second, key(), case, "send_money", today=DAY)["state"] == "money_sent"


def test_a_command_sent_twice_moves_the_money_once(people: Any) -> None:
    from paying import balances

    from lingbao.registry.transfers.services import send_form, send_letter, step

    case = start(people)
    send_letter(people.new, key(), case, LETTER, today=DAY)
    send_form(people.old, key(), case, WHO, today=DAY)
    first = step(people.old_second, "same", case, "send_money", today=DAY)
    assert step(people.old_second, "same", case, "send_money", today=DAY) == first
    assert balances(7) == {("transit", "00"): 14 * 80_000}


def test_periods_are_those_of_the_law_in_working_days(people: Any) -> None:
    """Monday 2 March 2026 and fifteen working days: Monday the 23rd; a late step may be taken further, an early one not."""
    from lingbao.registry.transfers.cases import case_of
    from lingbao.registry.transfers.services import step

    case = start(people)
    progress = case_of(case).progress
    assert progress.step_due is not None and progress.step_due.due == date(2026, 3, 23)
    assert progress.total_confidence == "low"  # the shortened period of the whole is known from notices only
    with pytest.raises(InputError, match="still running"):
        step(people.worker, key(), case, "escalate", today=date(2026, 3, 23))
    step(people.worker, key(), case, "escalate", today=date(2026, 3, 24))
    answer = step(people.coordinator, key(), case, "direct", today=date(2026, 3, 25), reason="限期办理", days=3)
    assert answer["due"] == "2026-03-30"
    assert case_of(case).progress.escalated


def test_overdue_cases_are_taken_further_by_themselves_once(people: Any) -> None:
    from lingbao.registry.session import acting_as
    from lingbao.registry.transfers.cases import queue
    from lingbao.registry.transfers.services import escalate_overdue

    case = start(people)
    with acting_as(people.new):
        assert [each.id for each in queue("44")] == [case]
    with acting_as(people.old):
        assert queue("36") == []
    assert escalate_overdue(date(2026, 3, 23)) == []
    assert escalate_overdue(date(2026, 3, 24)) == [case]
    assert escalate_overdue(date(2026, 3, 25)) == []


def test_a_clock_set_back_dates_no_step_before_the_one_it_follows(people: Any) -> None:
    from lingbao.registry.transfers.cases import steps_of
    from lingbao.registry.transfers.services import send_letter

    case = start(people)
    send_letter(people.new, key(), case, LETTER, today=DAY - timedelta(days=40))
    assert [each.day for each in steps_of(case)] == [DAY, DAY]


def test_past_the_age_a_place_away_from_home_refuses_the_relation(people: Any) -> None:
    from lingbao.registry.transfers.services import Applicant, apply

    for birth, home, refused in ((month(1976, 3), "36", True), (month(1976, 4), "36", False), (month(1970, 1), "44", False)):
        applicant = Applicant(7, "male", birth, home)
        try:
            answer = apply(people.worker, key(), applicant, from_province="36", to_province="44", today=DAY)
        except InputError as error:
            assert refused and error.code == "transfer.temporary"
        else:
            assert not refused
            from lingbao.registry.transfers.services import step

            step(people.worker, key(), answer["case"], "withdraw", today=DAY)


def test_a_person_has_one_transfer_at_a_time(people: Any) -> None:
    from lingbao.registry.errors import Conflict

    start(people)
    with pytest.raises(Conflict, match="under way"):
        start(people)


@pytest.mark.parametrize("who", ["stranger", "old", "auditor", "coordinator"])
def test_who_is_no_party_cannot_act(people: Any, who: str) -> None:
    from lingbao.registry.transfers.services import step

    case = start(people)
    with pytest.raises(LingbaoError):
        step(getattr(people, who), key(), case, "refuse", today=DAY, reason="x")


def test_the_database_itself_refuses_a_jump(people: Any) -> None:
    """Also without the services: no state that the table of steps does not allow, no event changed or removed."""
    from django.db import DatabaseError, connection, transaction

    from lingbao.registry.session import SYSTEM, acting_as

    case = start(people)
    for sql in (f"UPDATE transfer_case SET state = 'refused', steps = 2 WHERE id = {case}",
                "UPDATE transfer_event SET reason = 'x'", "DELETE FROM transfer_event"):
        with pytest.raises((DatabaseError, LingbaoError)), acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE transfer_case SET state = 'done', steps = 2 WHERE id = {case}")  # as the owner


def test_papers_are_sealed_in_the_database(people: Any) -> None:
    from django.db import connection

    from lingbao.registry.transfers.services import send_letter

    case = start(people)
    send_letter(people.new, key(), case, LETTER, today=DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM transfer_document")
        assert WHO["identity_number"].encode() not in bytes(cursor.fetchone()[0])


def test_the_table_of_steps_in_the_database_is_the_one_in_the_code(database: str) -> None:
    from django.db import connection

    from lingbao.registry.transfers.machine import TRANSITIONS

    with connection.cursor() as cursor:
        cursor.execute("SELECT action, source, target, parties FROM transfer_step")
        stored = {(*step, frozenset(parties)) for *step, parties in cursor.fetchall()}
    assert stored == {(name, source, step.target or source, frozenset(step.by)) for name, step in TRANSITIONS.items() for source in step.sources}


def through(people: Any, case: int, old: Any, old_second: Any, new: Any) -> None:
    from lingbao.registry.transfers.services import send_form, send_letter, step

    send_letter(new, key(), case, LETTER, today=DAY)
    send_form(old, key(), case, WHO, today=DAY)
    step(old_second, key(), case, "send_money", today=DAY)
    step(new, key(), case, "receive_money", today=DAY)
    step(new, key(), case, "finish", today=DAY)


def test_a_temporary_account_is_collected_once_by_the_place_of_benefit(people: Any) -> None:
    """Two months paid in Guangdong past the age: their money alone comes home, and nothing a second time."""
    from paying import balances, books, pay

    from lingbao.registry.session import Actor
    from lingbao.registry.transfers.services import Applicant, apply, send_form, send_letter

    pay(7, "44", month(2026, 2), 2, 600_000, temporary=True)
    second = Actor(11, "supervisor", province="44")
    who = Applicant(7, "male", month(1975, 3), "36")
    case = apply(people.worker, key(), who, from_province="44", to_province="36", today=DAY, kind="temporary")["case"]
    through(people, case, people.new, second, people.old)
    assert balances(7) == {("individual", "36"): 14 * 32_000 + 2 * 48_000}
    assert books() == {}
    again = apply(people.worker, key(), who, from_province="44", to_province="36", today=DAY, kind="temporary")["case"]
    send_letter(people.old, key(), again, LETTER, today=DAY)
    with pytest.raises(InputError, match="no months paid"):
        send_form(people.new, key(), again, WHO, today=DAY)


def test_a_form_is_sent_again_only_once_the_account_has_changed(people: Any) -> None:
    """Until then the desk offers the money and not the form, after that the form and not the money."""
    from made_up import as_owner
    from paying import pay

    from lingbao.registry.transfers.services import send_form, send_letter
    from lingbao.web.desk.files import transfer

    case = start(people)
    send_letter(people.new, key(), case, LETTER, today=DAY)
    send_form(people.old, key(), case, WHO, today=DAY)
    offered = {"send_form", "send_money"}
    assert offered & set(transfer(people.old_second, case)["open"]) == {"send_money"}
    pay(7, "36", month(2026, 2), 1, 400_000)
    assert offered & set(transfer(people.old_second, case)["open"]) == {"send_form"}
    send_form(people.old, key(), case, WHO, today=DAY)
    assert offered & set(transfer(people.old_second, case)["open"]) == {"send_money"}
    assert as_owner("SELECT state FROM transfer_case WHERE id = %s", [case]) == [("form_sent",)]


def test_a_second_move_takes_along_what_came_with_the_first(people: Any) -> None:
    """Fourteen months of Jiangxi and three of Guangdong move on to Shanghai together."""
    from paying import balances, books, pay

    from lingbao.registry.session import Actor
    from lingbao.registry.transfers.cases import case_of
    from lingbao.registry.transfers.services import Applicant, apply

    through(people, start(people), people.old, people.old_second, people.new)
    pay(7, "44", month(2026, 2), 3, 600_000)
    case = apply(people.worker, key(), Applicant(7, "male", month(1990, 3), "36"), from_province="44", to_province="31", today=DAY)["case"]
    through(people, case, people.new, Actor(11, "supervisor", province="44"), Actor(12, "clerk", province="31"))
    assert balances(7) == {("individual", "31"): 14 * 32_000 + 3 * 48_000}
    assert case_of(case).pooled_fen == 14 * 48_000 + 3 * 72_000
    assert books() == {}
