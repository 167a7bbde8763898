"""Where members stand as payments land, interruption figures, reasons and causes kept apart, small cells left out."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.registry.monitoring.figures import suppressed

SINCE = month(2024, 1)
_keys = itertools.count()
_offices: dict[str, Any] = {}  # one for all the examples of a property


@pytest.fixture
def office(database: str) -> Any:
    from made_up import open_office

    return open_office()


def member(office: Any, serial: int, *, rhythm: int = 1, since: int = SINCE, birth: str = "19800101", name: str = "赵一") -> int:
    """Register a person of Jiangxi as a flexible member from ``since`` on."""
    from made_up import as_owner, registered

    person = registered(office.clerk, serial, name, birth=birth)
    number = as_owner("INSERT INTO enrolment_membership (person_id, scheme, standing, province, since, recorded_by)"
                      " VALUES (%s, 'employee', 'flexible', '36', %s, 0) RETURNING id", [person, since])[0][0]
    as_owner("INSERT INTO enrolment_choice (membership_id, since, kind, value, rhythm, law_hash, recorded_by)"
             " VALUES (%s, %s, 'tier', 0.6, %s, 'law', 0)", [number, since, rhythm])
    return person


def paid(person: int, *months: int) -> None:
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        credit_months(PaidMonth(person, m, "36", 400_000, 32_000, 48_000, 1, date(2024, 1, 5)) for m in months)


def status(person: int, as_of: int) -> str:
    from lingbao.registry.monitoring.standing import standing
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        return standing(person, as_of).status


def test_a_monthly_payer_is_late_the_month_after_and_stopped_after_three(office: Any) -> None:
    person = member(office, 1)
    assert status(person, SINCE) == "joined"
    paid(person, SINCE, SINCE + 1)
    assert [status(person, SINCE + 2 + n) for n in range(4)] == ["paying", "late", "late", "stopped"]
    paid(person, SINCE + 5, SINCE + 6)
    assert status(person, SINCE + 7) == "returned"
    paid(person, *range(SINCE + 7, SINCE + 18))
    assert status(person, SINCE + 18) == "paying"


def test_a_yearly_payer_owes_nothing_before_the_year_ends(office: Any) -> None:
    person = member(office, 1, rhythm=12)
    assert status(person, SINCE + 11) == "joined"
    assert status(person, SINCE + 12) == "stopped"  # twelve months of the year that has ended
    paid(person, *range(SINCE, SINCE + 12))
    assert [status(person, SINCE + n) for n in (12, 23)] == ["paying", "paying"]


def test_who_leaves_is_neither_late_nor_stopped(office: Any) -> None:
    from made_up import as_owner

    person = member(office, 1)
    paid(person, SINCE)
    as_owner("UPDATE enrolment_membership SET until = %s, end_reason = 'moved' WHERE person_id = %s", [SINCE + 1, person])
    assert [status(person, SINCE + n) for n in (1, 9)] == ["left", "left"]


def test_money_taken_back_changes_the_standing_at_once(office: Any) -> None:
    from lingbao.registry.record.crediting import void
    from lingbao.registry.session import SYSTEM, acting_as

    person = member(office, 1)
    paid(person, SINCE, SINCE + 1)
    assert status(person, SINCE + 2) == "paying"
    with acting_as(SYSTEM):
        assert void(person, 1, 2) == 2
    assert status(person, SINCE + 2) == "late"


def test_an_agency_sees_its_own_members_and_a_worker_himself(office: Any) -> None:
    from made_up import worker

    from lingbao.registry.errors import NotFound
    from lingbao.registry.monitoring.standing import members, standing
    from lingbao.registry.session import acting_as

    one, other = member(office, 1), member(office, 3, name="钱二")
    with acting_as(office.clerk):
        assert {each.person for each in members(SINCE + 9, status="stopped")} == {one, other}
    with acting_as(office.elsewhere):
        assert members(SINCE + 9, status="stopped") == []
    with acting_as(worker(one)):
        assert standing(one, SINCE + 9).status == "stopped"
        with pytest.raises(NotFound):
            standing(other, SINCE + 9)


MONTHS = st.lists(st.integers(0, 40), min_size=1, max_size=12, unique=True)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.tuples(st.integers(1, 3), MONTHS), min_size=1, max_size=3), min_size=1, max_size=4))
def test_kept_up_by_triggers_is_the_same_as_worked_out_anew(database: str, batches: list[list[tuple[int, list[int]]]]) -> None:
    """Months in any order, several people in one statement, months taken back: always what a fresh count says."""
    from made_up import as_owner

    from lingbao.registry.record.crediting import PaidMonth, credit_months, void
    from lingbao.registry.session import SYSTEM, acting_as

    as_owner("UPDATE record_month SET voided_by = 0 WHERE voided_by IS NULL")
    seen: set[tuple[int, int]] = set()
    for number, batch in enumerate(batches, 1):
        rows = {(person, SINCE + m) for person, months in batch for m in months} - seen
        seen |= rows
        with acting_as(SYSTEM):
            credit_months(PaidMonth(person, m, "36", 1, 1, 1, number, date(2024, 1, 5)) for person, m in sorted(rows))
            if number == 2:
                for person in {each for each, _ in batches[0]}:
                    void(person, 1, 99)
        if number == 2:
            seen -= {(person, SINCE + m) for person, months in batches[0] for m in months}
    kept = as_owner("SELECT person_id, first_month, last_month, months, longest_gap, resumed_month FROM monitoring_paid ORDER BY 1")
    wanted = []
    for person in sorted({person for person, _ in seen}):
        months = sorted(m for p, m in seen if p == person)
        gaps = [(b - a - 1, b) for a, b in itertools.pairwise(months)]
        wanted.append((person, months[0], months[-1], len(months), max((gap for gap, _ in gaps), default=0),
                       max((at for gap, at in gaps if gap >= 3), default=None)))
    assert kept == wanted


def test_interruption_is_measured_as_the_survey_measures_it(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worked by hand at January 2028: one never stopped; one stopped two of four years; one two of three since 2025, first job 2018."""
    from made_up import as_owner

    from lingbao.registry.monitoring.definitions import definitions
    from lingbao.registry.monitoring.interruption import interruption
    from lingbao.registry.monitoring.reasons import state_first_job

    steady, half, early = (member(office, n, name=name) for n, name in ((1, "赵一"), (3, "钱二"), (5, "孙三")))
    paid(steady, *range(SINCE, SINCE + 48))
    paid(half, *range(SINCE, SINCE + 12), *range(SINCE + 36, SINCE + 48))
    paid(early, *range(SINCE + 12, SINCE + 24))
    state_first_job(office.clerk, early, month(2018, 1))
    as_owner("ANALYZE")
    monkeypatch.setitem(definitions().numbers, "smallest_cell", 1)  # type: ignore[index]
    (found,) = interruption(month(2028, 1))
    assert (found.members, found.ever, found.mean_years) == (3, pytest.approx(2 / 3), 2.0)
    assert found.density == pytest.approx((24 / 48 + 24 / 120) / 2)
    assert found.first_job_known == 0.5
    assert [(each.cell, each.members) for each in interruption(month(2028, 1), "province")] == [("36", 3)]
    monkeypatch.setitem(definitions().numbers, "smallest_cell", 2)  # type: ignore[index]
    (found,) = interruption(month(2028, 1))
    assert (found.members, found.density) == (None, None), "one who never stopped is too few to publish"


def test_what_is_not_due_yet_and_what_follows_a_pension_is_no_interruption(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In November a yearly payer has eleven months of the running year unpaid; a pensioner pays no more."""
    from made_up import as_owner

    from lingbao.registry.monitoring.definitions import definitions
    from lingbao.registry.monitoring.interruption import counts, interruption

    yearly, pensioner = member(office, 1, rhythm=12), member(office, 3, name="钱二", birth="19640101")
    paid(yearly, *range(SINCE, SINCE + 12))
    paid(pensioner, *range(SINCE, SINCE + 12))
    as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, state, pension_fen, granted_at,"
             " prepared_by) VALUES (%s, '36', %s, '{}', '2025-01-01', '2025-02-01', false, 'final', 100000, now(), 0) RETURNING id", [pensioner, SINCE + 12])
    monkeypatch.setitem(definitions().numbers, "smallest_cell", 0)  # type: ignore[index]
    (found,) = interruption(SINCE + 22)
    assert (found.members, found.ever) == (2, 0.0)
    assert counts(SINCE + 22) == {"population": 1, "stopped": 0, "ever_stopped": 0, "stopped_months": 0, "exposure_months": 21}


def lived(months: set[int], until: int) -> Any:
    """The same career in the laboratory's own books of a life: a month paid, or a month in no scheme."""
    from lingbao.simulation.one_life_choice import EMPLOYEE, NONE
    from lingbao.simulation.one_life_months import count_time
    from lingbao.simulation.one_life_state import Life

    life = Life(person=0, start=None, luck=None, here=0, scheme=NONE, claim=0.0)  # type: ignore[arg-type]
    for on in range(min(months), until):
        life.scheme = EMPLOYEE if on in months else NONE
        count_time(life)
        if on in months:
            life.ever_paid, life.gap = True, False
    return life


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sets(st.integers(0, 47), min_size=1, max_size=48), min_size=1, max_size=4))
def test_the_same_careers_give_the_same_figures_here_and_in_the_laboratory(database: str, careers: list[set[int]]) -> None:
    """Each career goes into the record of a member and into the laboratory's counting; its one function makes both figures."""
    import polars as pl
    from made_up import as_owner, open_office

    from lingbao.registry.monitoring.interruption import counts
    from lingbao.simulation import indicators

    as_owner("UPDATE record_month SET voided_by = 0 WHERE voided_by IS NULL")
    office = _offices.get(database) or _offices.setdefault(database, open_office())
    as_of = SINCE + 48
    before = counts(as_of)["population"]
    for serial, career in enumerate(careers):
        paid(member(office, 2 * next(_keys) + 101, name=f"李{serial}", since=SINCE), *(SINCE + m for m in career))
    lives = [lived({SINCE + m for m in career}, as_of) for career in careers]
    counted = {"population": float(before + len(lives)), "stopped": float(sum(life.gap and not any(36 <= m < 48 for m in career) for life, career in zip(lives, careers, strict=True))),
               "ever_stopped": float(sum(life.spells > 0 for life in lives)), "stopped_months": float(sum(life.stopped for life in lives)),
               "exposure_months": float(sum(life.exposure for life in lives))}
    here = {name: float(count) for name, count in counts(as_of).items()}
    figures = [indicators.interruption(pl.DataFrame({"year": [2027] * 5, "measure": list(each), "value": list(each.values())})).row(0) for each in (here, counted)]
    assert figures[0] == pytest.approx(figures[1])
    assert here == counted


def test_who_stops_without_a_word_is_asked_once_in_the_account_and_by_message(office: Any) -> None:
    from made_up import as_owner, worker

    from lingbao.registry.enrolment.membership import stop
    from lingbao.registry.monitoring.reasons import ToAsk, state, state_first_job, to_ask
    from lingbao.registry.notices.asking import ask_why
    from lingbao.registry.session import SYSTEM, acting_as

    silent, said, pausing, paying = (member(office, 2 * n + 1, name=name) for n, name in enumerate(("赵一", "钱二", "孙三", "李四")))
    as_of = SINCE + 9
    for person in (silent, said, pausing):
        paid(person, SINCE)
    paid(paying, *range(SINCE, as_of))
    membership, = as_owner("SELECT id FROM enrolment_membership WHERE person_id = %s", [pausing])
    with acting_as(office.clerk):
        stop(office.clerk, membership[0], month=SINCE + 1)
    state(office.clerk, "said", said, "income", channel="telephone")
    own = {person: worker(person) for person in (silent, said, pausing, paying)}
    for person, months in ((silent, 8), (said, None), (pausing, None), (paying, None)):
        with acting_as(own[person]):
            assert to_ask(person, as_of).why == months
    assert [ask_why(SYSTEM, as_of), ask_why(SYSTEM, as_of + 1)] == [1, 0]
    assert as_owner("SELECT person_id, template FROM notice_message") == [(silent, "why_stopped")]
    with acting_as(own[silent]):
        assert to_ask(silent, as_of).first_job
    state_first_job(own[silent], silent, None)
    state(own[silent], "why", silent, "unsaid")
    with acting_as(own[silent]):
        assert to_ask(silent, as_of) == ToAsk(False, None), "each is asked once, and may be left"


def test_stated_reasons_and_inferred_causes_are_never_mixed(office: Any) -> None:
    from lingbao.registry.monitoring.figures import by_reason
    from lingbao.registry.monitoring.reasons import infer, state

    people = [member(office, 2 * n + 1, name=name) for n, name in enumerate(("赵一", "钱二", "孙三"))]
    for person in people[:2]:
        paid(person, SINCE)
    with pytest.raises(InputError, match="no answer"):
        state(office.clerk, "x", people[0], "lazy")
    state(office.clerk, f"s{next(_keys)}", people[0], "distrust", channel="telephone")
    state(office.clerk, f"s{next(_keys)}", people[0], "income", channel="telephone")
    assert infer(SINCE + 9) == {"never_paid": 1}
    stated, inferred = by_reason(SINCE + 9)
    assert set(stated) == {("income", "stopped"), ("not_asked", "stopped")}  # the last answer counts
    assert set(inferred) == {("never_paid", "stopped"), ("unknown", "stopped")}
    assert set(stated.values()) == {None}  # three people: nothing is published


def test_who_is_near_a_date_that_matters_is_listed(office: Any) -> None:
    """Born January 1966: statutory month May 2026, 180 months needed (the minimum rises from 2030 on)."""
    from lingbao.registry.monitoring.near import near
    from lingbao.registry.session import acting_as

    person = member(office, 1, birth="19660101")
    young = member(office, 3, name="钱二", birth="19990101")
    as_of = month(2025, 11)
    paid(person, *range(as_of - 175, as_of - 1))
    paid(young, SINCE)
    with acting_as(office.clerk):
        found = near("36", as_of)
    assert [(each.kind, each.missing) for each in found if each.person == person] == [("last_chance", 6), ("minimum", 6), ("missed", 1)]
    assert [each for each in found if each.person == young] == []  # stopped long ago, decades left
    with acting_as(office.clerk):
        assert "too_late" in {each.kind for each in near("36", as_of + 2) if each.person == person}  # six missing, four left


def test_nobody_is_reminded_who_draws_a_pension_has_died_or_said_that_they_pause(office: Any) -> None:
    from made_up import as_owner

    from lingbao.registry.enrolment.membership import stop
    from lingbao.registry.monitoring.near import near
    from lingbao.registry.session import acting_as

    as_of = month(2025, 11)
    people = [member(office, 2 * n + 1, name=name, birth="19660101") for n, name in enumerate(("赵一", "钱二", "孙三", "李四"))]
    for person in people:
        paid(person, *range(as_of - 175, as_of - 1))
    drawing, dead, pausing, late = people
    as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, state, pension_fen, granted_at,"
             " prepared_by) VALUES (%s, '36', %s, '{}', '2025-10-01', '2025-10-31', false, 'final', 100000, now(), 0) RETURNING id", [drawing, as_of - 1])
    as_owner("INSERT INTO benefit_death (person_id, province, died_on, account_fen, funeral_fen, condolence_fen, heirs, law_hash, actor)"
             " VALUES (%s, '36', '2025-10-09', 0, 0, 0, '[]', 'law', 0) RETURNING id", [dead])
    membership, = as_owner("SELECT id FROM enrolment_membership WHERE person_id = %s", [pausing])
    with acting_as(office.clerk):
        stop(office.clerk, membership[0], month=as_of - 1)
        found = near("36", as_of)
    assert {each.person for each in found} == {pausing, late}
    assert {each.person for each in found if each.kind == "missed"} == {late}


def test_definitions_in_the_database_are_those_that_are_published(database: str) -> None:
    from made_up import as_owner

    from lingbao.registry.monitoring.definitions import definitions

    assert dict(as_owner("SELECT name, value FROM monitoring_definition")) == dict(definitions().numbers)


def test_small_cells_are_left_out_and_cannot_be_worked_out() -> None:
    shown = suppressed({("36", "paying"): 50, ("36", "late"): 3, ("44", "paying"): 70, ("44", "late"): 20, ("31", "paying"): 15, ("31", "late"): 30}, 10)
    assert shown[("36", "late")] is None
    assert shown[("36", "paying")] is None  # or the total of the row would tell
    assert shown[("44", "late")] is None    # or the total of the column would


@given(st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), st.integers(0, 30), max_size=16))
def test_no_row_or_column_hides_exactly_one_cell(cells: dict[tuple[str, str], int]) -> None:
    shown = suppressed(cells, 10)
    assert all(shown[key] in (None, count) for key, count in cells.items())
    assert not any(0 < (value or 0) < 10 for value in shown.values())
    for axis in (0, 1):
        for name in {key[axis] for key in cells}:
            line = [shown[key] for key in cells if key[axis] == name]
            assert line.count(None) != 1 or not any(value for value in line if value)


def test_the_audit_finds_a_payment_that_monitoring_missed(database: str) -> None:
    """Control: with the trigger off, what is kept up no longer is the record, and the audit says so."""
    from made_up import as_owner

    from lingbao.registry.audit import audit

    paid(1, SINCE)
    assert audit(["monitoring.paid"]) == []
    as_owner("ALTER TABLE record_month DISABLE TRIGGER monitoring_credited")
    paid(1, SINCE + 1)
    assert [finding.where for finding in audit(["monitoring.paid"])] == ["1"]
