"""Several at once, the audit, and what the worker is told: transfers beside the rest of the registry."""

from __future__ import annotations

import itertools
import threading
from datetime import date
from typing import Any

import pytest

from lingbao.law.month import month

DAY = date(2026, 3, 2)
_keys = itertools.count()
PAPERS = {"identity_number": "360102199003074514", "name": "张三", "letter_number": "L"}
LETTER = {**PAPERS, "new_division": "440000", "new_agency": "乙", "old_division": "360000", "old_agency": "甲"}


def key() -> str:
    return f"t{next(_keys)}"


def clerk(number: int, province: str, role: str = "clerk") -> Any:
    from lingbao.registry.session import Actor

    return Actor(number, role, province=province)


def form_sent(person: int, from_: str = "36", to: str = "44") -> int:
    """A case of a person with three months paid, up to the information form."""
    from paying import pay

    from lingbao.registry.session import Actor
    from lingbao.registry.transfers.services import Applicant, apply, send_form, send_letter

    pay(person, from_, month(2025, 1), 3, 500_000)
    case = apply(Actor(100 + person, "worker", person=person), key(), Applicant(person, "male", month(1995, 1), from_), from_province=from_,
                 to_province=to, today=DAY)["case"]
    send_letter(clerk(5, to), key(), case, {**LETTER, "person_number": str(person)}, today=DAY)
    send_form(clerk(3, from_), key(), case, {**PAPERS, "person_number": str(person)}, today=DAY)
    return int(case)


def at_once(*works: Any) -> list[Any]:
    """Run works in threads at once; return their answers or errors."""
    from django.db import connection

    answers: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int) -> None:
        gate.wait()
        try:
            answers[place] = works[place]()
        except Exception as error:
            answers[place] = error
        connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_several_who_send_the_same_money_at_once_one_does(database: str) -> None:
    from paying import balances, books

    from lingbao.law.errors import LingbaoError
    from lingbao.registry.transfers.services import step

    case = form_sent(7)
    answers = at_once(*[lambda n=n: step(clerk(10 + n, "36", "supervisor"), f"at once {n}", case, "send_money", today=DAY) for n in range(5)])
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert all(isinstance(answer, dict | LingbaoError) for answer in answers)
    assert balances(7) == {("transit", "00"): 300_000}
    assert books() == {}


def test_transfers_to_and_fro_between_the_same_provinces_never_lock_each_other_out(database: str) -> None:
    """Eight people cross both ways at once; every pool, bank and clearing account is shared."""
    from paying import books, unbalanced_entries

    from lingbao.registry.audit import audit
    from lingbao.registry.transfers.services import step

    ways = [("36", "44") if n % 2 else ("44", "36") for n in range(8)]
    cases = [form_sent(200 + n, *way) for n, way in enumerate(ways)]

    def through(case: int, from_: str, to: str) -> str:
        step(clerk(4, from_, "supervisor"), f"out {case}", case, "send_money", today=DAY)
        step(clerk(5, to), f"in {case}", case, "receive_money", today=DAY)
        return str(step(clerk(5, to), f"end {case}", case, "finish", today=DAY)["state"])

    assert at_once(*[lambda c=c, w=w: through(c, *w) for c, w in zip(cases, ways, strict=True)]) == ["done"] * 8
    assert books() == {} and unbalanced_entries() == []
    assert [finding for finding in audit() if finding.code.startswith(("transfers", "record", "monitoring"))] == []


def test_the_audit_finds_money_on_the_way_that_no_case_knows(database: str) -> None:
    """Control: a posting past the services is found, in the case it hides and in the book it unbalances."""
    from lingbao.registry.audit import audit
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.session import SYSTEM, acting_as

    form_sent(7)
    with acting_as(SYSTEM):
        individual, transit = open_accounts([AccountName("individual", "person", 7, "36"), AccountName("transit", "person", 7, "00")])
        post([Draft("transfer_out", [Leg(individual, -100), Leg(transit, 100)])], actor=0, law_hash="law", reason="x", value_date=DAY)
    assert {finding.code for finding in audit(["transfers.on_the_way", "transfers.books", "transfers.steps"])} == {
        "transfers.on_the_way", "transfers.books"}


def test_the_worker_is_told_each_step_once_and_finds_it_in_the_export(database: str) -> None:
    from made_up import open_office, registered, worker

    from lingbao.registry.notices.following import tell_transfers
    from lingbao.registry.notices.sending import messages_of
    from lingbao.registry.people.rights import export_own
    from lingbao.registry.session import acting_as

    office = open_office()
    person = registered(office.clerk)
    form_sent(person)
    assert tell_transfers() == 3
    assert tell_transfers() == 0
    me = worker(person)
    with acting_as(me):
        newest = messages_of(person)[0].text
    assert "原参保地已发出信息表" in newest and "2026-03-23" in newest
    own = export_own(me)
    assert [step["action"] for step in own["transfers"][0]["steps"]] == ["apply", "send_letter", "send_form"]
    assert len(own["record"]["months"]) == 3 and len(own["notices"]) == 3


def test_the_new_place_sees_the_person_while_the_case_is_open(database: str) -> None:
    from made_up import as_owner, open_office, registered

    office = open_office()
    person = registered(office.clerk)
    form_sent(person)
    assert as_owner("SELECT province, until IS NULL FROM people_handling WHERE person_id = %s AND cause LIKE 'transfer:%%'", [person]) == [("44", True)]


@pytest.mark.parametrize("role", ["administrator", "platform", "auditor"])
def test_no_other_role_sees_or_writes_cases_by_direct_sql(database: str, role: str) -> None:
    from made_up import under_role

    from lingbao.registry.errors import RegistryError
    from lingbao.registry.session import Actor

    form_sent(7)
    actor = Actor(50, role, platform=1 if role == "platform" else None)
    for table in ("transfer_case", "transfer_event", "transfer_document"):
        rows = under_role(actor, f"SELECT count(*) FROM {table}")[0][0]
        assert (rows > 0) == (role == "auditor"), table
    with pytest.raises(RegistryError):
        under_role(actor, "INSERT INTO transfer_event (case_id, number, action, party, actor, day, law_hash) VALUES (1, 9, 'finish', 'x', 1, now(), 'x')")
    assert under_role(actor, "UPDATE transfer_case SET state = 'done', steps = steps + 1 RETURNING id") == []


def test_after_a_death_no_relation_moves_and_nothing_new_begins(database: str) -> None:
    """Found by the walk in any order: the pooled part of a dead person's contributions went to another province."""
    from made_up import as_owner, open_office, registered
    from paying import balances, books, pay

    from lingbao.law.store import Law
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import run_as
    from lingbao.registry.transfers.services import Applicant, apply, send_form, send_letter, step

    office = open_office()
    person, other = registered(office.clerk, 1), registered(office.clerk, 3)
    today = as_owner("SELECT registry_day(clock_timestamp())")[0][0]
    for each in (person, other):
        pay(each, "36", month(2025, 1), 3, 500_000)
    case = apply(office.elsewhere, key(), Applicant(person, "male", month(1980, 1), "44"), from_province="36", to_province="44", today=today)["case"]
    send_letter(clerk(5, "44"), key(), case, {**LETTER, "person_number": str(person)}, today=today)
    send_form(clerk(3, "36"), key(), case, {**PAPERS, "person_number": str(person)}, today=today)
    for each in (person, other):
        settle(office.clerk, key(), each, died_on=today, heirs=[Heir("甲", "1")], province="36", disposable_income_fen=400_000, today=today)
    for wrong in (lambda: step(clerk(4, "36", "supervisor"), key(), case, "send_money", today=today),
                  lambda: apply(office.elsewhere, key(), Applicant(other, "male", month(1980, 1), "44"), from_province="36", to_province="44", today=today),
                  lambda: run_as(office.clerk, lambda: join(office.clerk, Law.load(), other, standing="flexible", province="36", since=month(2026, 1), choice=Choice("floor")))):
        with pytest.raises(Conflict) as refused:
            wrong()
        assert refused.value.code == "benefit.died"
    assert step(clerk(9, "", "coordinator"), key(), case, "close", today=today, reason="本人去世")["state"] == "closed"
    assert ("individual", "44") not in balances(person) and books() == {}
    assert as_owner("SELECT DISTINCT kept_by::text FROM record_month WHERE voided_by IS NULL") == [("36",)]
