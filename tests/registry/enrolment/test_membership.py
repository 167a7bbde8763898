"""Membership: one scheme in one place at a time, choices the place offers, stop and return; by whom it may be done."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from made_up import Office, as_owner, registered, under_role, worker

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law

JULY = month(2025, 7)
LAW = Law.load()


def joined(actor: Any, person: int, **changes: Any) -> int:
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.session import run_as

    fields = {"standing": "flexible", "province": "36", "since": JULY, "choice": Choice("floor"), **changes}
    return run_as(actor, lambda: join(actor, LAW, person, **fields))


def test_a_worker_joins_chooses_stops_and_comes_back(office: Office) -> None:
    from lingbao.registry.enrolment import membership as m
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import acting_as

    himself = worker(registered(office.clerk))
    number = joined(himself, himself.person, choice=Choice("tier", 0.6, 6))
    with acting_as(himself):
        m.choose(himself, LAW, number, Choice("tier", 1.0), since=JULY + 3)
        assert m.choice_on(number, JULY + 2) == Choice("tier", 0.6, 6)
        assert m.choice_on(number, JULY + 3) == Choice("tier", 1.0, 1)
        assert m.choice_on(number, JULY - 1) is None
        m.stop(himself, number, month=JULY + 4, reason_code="income", said="单量少了")
        assert m.membership_of(number).stopped
        m.come_back(himself, number, month=JULY + 6)
        assert not m.membership_of(number).stopped
        assert [event["kind"] for event in m.history(himself.person)[0]["events"]] == ["joined", "stopped", "returned"]
        with pytest.raises(Conflict):
            m.come_back(himself, number, month=JULY + 7)
        m.leave(himself, number, until=JULY + 12, reason="到单位就业")
        with pytest.raises(Conflict):
            m.leave(himself, number, until=JULY + 13, reason="再次")


@pytest.mark.parametrize(("second", "allowed"), [
    ({"since": JULY + 12}, True), ({"since": JULY + 11}, False), ({"since": JULY - 1}, False),
    ({"since": JULY + 3, "standing": "employed", "choice": None}, False),
    ({"since": JULY + 11, "standing": "resident", "resident": True}, False),
    ({"since": JULY + 12, "standing": "employed", "choice": None, "province": "44"}, True)])
def test_no_one_is_a_member_twice_at_a_time(office: Office, second: dict[str, Any], allowed: bool) -> None:
    """In any scheme and province; the clerk of the other province meets the same wall though he sees no membership."""
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import leave
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import SYSTEM, acting_as

    person = registered(office.clerk)
    first = joined(office.clerk, person)
    with acting_as(office.clerk):
        leave(office.clerk, first, until=JULY + 12, reason="转出")
    if second.pop("resident", False):
        second["choice"] = Choice("fee", 200.0, 12)
    if allowed:
        joined(SYSTEM, person, **second)
    else:
        with pytest.raises(Conflict) as refused:
            joined(SYSTEM, person, **second)
        assert refused.value.code == "enrolment.overlap"
        as_owner("ALTER TABLE enrolment_membership DROP CONSTRAINT enrolment_one_at_a_time")  # control
        joined(SYSTEM, person, **second)


def test_parallel_enrolments_leave_one_membership(office: Office) -> None:
    from django.db import connection

    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import SYSTEM

    person = registered(office.clerk)
    results: list[Any] = []

    def one(province: str) -> None:
        try:
            results.append(joined(SYSTEM, person, province=province))
        except Conflict as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(province,)) for province in ("36", "43", "44", "11")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, int) for result in results) == 1
    assert as_owner("SELECT count(*) FROM enrolment_membership") == [(1,)]


def test_a_membership_does_not_change_its_past(office: Office) -> None:
    from lingbao.registry.errors import Forbidden

    joined(office.clerk, registered(office.clerk))
    for change in ("UPDATE enrolment_membership SET since = since - 12", "UPDATE enrolment_choice SET value = 3",
                   "DELETE FROM enrolment_membership", "DELETE FROM enrolment_event", "TRUNCATE enrolment_choice"):
        with pytest.raises(Forbidden):
            under_role(office.clerk, change)
    for change in ("UPDATE enrolment_membership SET since = since - 12", "DELETE FROM enrolment_choice"):
        with pytest.raises(Exception, match=r"does not change|append-only"):
            as_owner(change)


@pytest.mark.parametrize(("birth", "standing", "since", "code"), [
    ("20090801", "flexible", JULY, "enrolment.too_young"), ("20090701", "flexible", JULY, None),
    ("19640101", "flexible", JULY, "enrolment.too_old"), ("19660101", "flexible", JULY, None),
    ("19600101", "resident", JULY, "enrolment.too_old")])
def test_who_may_join_is_a_matter_of_age(office: Office, birth: str, standing: str, since: int, code: str | None) -> None:
    """Sixteen on (N1), and not for the first time after the statutory month (60 years and the months of delay for men)."""
    from lingbao.registry.enrolment.choice import Choice

    person = registered(office.clerk, 1, birth=birth)
    choice = Choice("fee", 200.0, 12) if standing == "resident" else Choice("floor")
    if code is None:
        joined(office.clerk, person, standing=standing, since=since, choice=choice)
    else:
        with pytest.raises(InputError) as refused:
            joined(office.clerk, person, standing=standing, since=since, choice=choice)
        assert refused.value.code == code


def test_who_may_enrol_whom(office: Office) -> None:
    from lingbao.registry.errors import Forbidden, NotFound

    mine, other = registered(office.clerk, 1), registered(office.clerk, 2)
    himself = worker(mine)
    with pytest.raises(NotFound):
        joined(himself, other)
    with pytest.raises(NotFound):
        joined(office.elsewhere, mine, province="44")
    with pytest.raises(Forbidden):
        joined(office.clerk, mine, province="44")
    for actor in (office.auditor,):
        with pytest.raises(Forbidden):
            joined(actor, mine)
    with pytest.raises(NotFound):
        joined(office.administrator, mine)
    number = joined(himself, mine)
    seen = {name: len(under_role(actor, "SELECT 1 FROM enrolment_membership")) for name, actor in vars(office).items()}
    assert seen == {"clerk": 1, "colleague": 1, "supervisor": 1, "elsewhere": 0, "auditor": 1, "administrator": 0}
    assert under_role(worker(other), "SELECT 1 FROM enrolment_event") == []
    assert under_role(himself, "SELECT membership_id FROM enrolment_choice") == [(number,)]


@pytest.mark.parametrize(("choice", "code"), [
    (("tier", 0.6, 1), None), (("tier", 3.0, 12), None), (("floor", 0, 6), None), (("base", 6397 * 0.7, 1), None),
    (("tier", 0.65, 1), "enrolment.tier"), (("floor", 0, 3), "enrolment.rhythm"), (("base", 3000, 1), "enrolment.base"),
    (("base", 20000, 1), "enrolment.base"), (("base", 5000, 1), "enrolment.base"), (("amount", 895.58, 1), None),
    (("amount", 600, 1), "enrolment.base"), (("fee", 200, 12), "enrolment.kind")])
def test_jiangxi_offers_tiers_by_month_half_year_and_year(choice: tuple[str, float, int], code: str | None) -> None:
    """赣人社: wage 6397 in 2024 with floor 3839 and cap 19191; tiers of 60 to 300 percent (N2), months 1, 6, 12 (N3)."""
    pytest.importorskip("django")
    from lingbao.registry.enrolment.choice import Choice, check_choice
    from lingbao.registry.enrolment.terms import terms_of

    terms = terms_of(LAW, "36", None, month(2024, 6))
    if code is None:
        check_choice(Choice(*choice), terms)
    else:
        with pytest.raises(InputError) as refused:
            check_choice(Choice(*choice), terms)
        assert refused.value.code == code


def test_any_base_within_the_bounds_is_free_where_the_place_names_no_tiers(server: str) -> None:
    from lingbao.registry.enrolment.choice import Choice, check_choice
    from lingbao.registry.enrolment.terms import terms_of

    terms = terms_of(LAW, "44", None, month(2026, 3))
    check_choice(Choice("base", 6000.0), terms)
    with pytest.raises(InputError, match="4775"):
        check_choice(Choice("base", 4774.0), terms)


def test_jiangsu_names_its_bases_in_yuan(server: str) -> None:
    from lingbao.registry.enrolment.choice import Choice, check_choice
    from lingbao.registry.enrolment.terms import terms_of

    terms = terms_of(LAW, "32", None, month(2026, 3))
    check_choice(Choice("base", 6000.0), terms)
    with pytest.raises(InputError, match="7000"):
        check_choice(Choice("base", 6500.0), terms)


def test_what_a_month_costs_is_computed_by_the_rules(server: str) -> None:
    """Nanchang 2024: 60% tier, base 3839 (the floor), 767.80 a month, 8 points of 20 to the account."""
    from lingbao.registry.enrolment.choice import Choice, MonthDue, month_due
    from lingbao.registry.enrolment.terms import terms_of

    terms = terms_of(LAW, "36", None, month(2024, 6))
    assert month_due(Choice("tier", 0.6), terms) == MonthDue(383900, 76780, 30712, 46068)
    assert month_due(Choice("floor"), terms) == MonthDue(383900, 76780, 30712, 46068)
    due = month_due(Choice("tier", 3.0), terms)
    assert due.base_fen == 1919100
    assert due.account_fen + due.pooled_fen == due.amount_fen == 383820


def test_a_place_without_figures_is_named_and_not_guessed(server: str) -> None:
    from lingbao.registry.enrolment.terms import terms_of

    with pytest.raises(MissingLaw, match="1990"):
        terms_of(LAW, "36", None, month(1990, 1))


def test_every_resident_fee_of_the_province_may_be_chosen_and_no_other(office: Office) -> None:
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.terms import resident_fees

    person = registered(office.clerk)
    with pytest.raises(InputError) as refused:
        joined(office.clerk, person, standing="resident", choice=Choice("fee", 123.0, 12))
    assert refused.value.code == "enrolment.fee"
    joined(office.clerk, person, standing="resident", choice=Choice("fee", resident_fees(LAW, "36")[-1], 12))
