"""Two numbers of one human being are merged by two people; nobody reads the data of a whole province in an hour."""

from __future__ import annotations

from typing import Any

import pytest
from made_up import Office, as_owner, registered, under_role


def propose(actor: Any, kept: int, other: int, key: str = "k1", reason: str = "核对身份证，系同一人") -> int:
    from lingbao.registry.people.merges import propose as proposed

    return int(proposed(actor, key, kept, other, reason=reason)["proposal"])


def test_one_proposes_another_merges(office: Office) -> None:
    from lingbao.registry.errors import Conflict, Forbidden
    from lingbao.registry.people.merges import decide, proposals
    from lingbao.registry.session import acting_as

    one, two = registered(office.clerk, 1, "赵一"), registered(office.clerk, 3, "赵一")
    number = propose(office.supervisor, one, two)
    assert propose(office.supervisor, one, two) == number  # the same key
    with pytest.raises(Conflict, match="waits"):
        propose(office.clerk, one, two, key="k2")
    with pytest.raises(Forbidden):
        decide(office.clerk, "d1", number, accepted=True)
    with pytest.raises(Conflict, match="two"):
        decide(office.supervisor, "d2", number, accepted=True)
    second = propose(office.clerk, two, one, key="k3")
    decide(office.supervisor, "d3", second, accepted=True)
    assert as_owner("SELECT kept_id, other_id FROM people_merge") == [(two, one)]
    with acting_as(office.clerk):
        assert {each.number: each.state for each in proposals()} == {number: "proposed", second: "merged"}
    with pytest.raises(Conflict, match="decided"):
        decide(office.supervisor, "d4", second, accepted=False, reason="不是")


def test_a_merge_carries_months_and_money_and_finds_what_was_paid_twice(office: Office) -> None:
    """A year under one number, a year under the other, two months of it under both: 22 months, and the two paid twice stay visible."""
    from datetime import date

    from paying import balances, books, pay

    from lingbao.law.month import month
    from lingbao.law.store import Law
    from lingbao.registry.audit import audit
    from lingbao.registry.collection.interest import credit_interest
    from lingbao.registry.people.merges import decide
    from lingbao.registry.record.queries import months_of
    from lingbao.registry.transfers.following import bring_along

    kept, other = registered(office.clerk, 1, "赵一"), registered(office.clerk, 3, "赵一")
    pay(kept, "36", month(2023, 1), 12, 400_000, on=date(2023, 12, 5))
    pay(other, "36", month(2023, 11), 12, 400_000, on=date(2023, 12, 6))
    done = decide(office.supervisor, "d1", propose(office.clerk, kept, other), accepted=True)
    assert (done["months"], done["fen"], done["doubled"]) == (10, 10 * 32_000, [month(2023, 11), month(2023, 12)])
    assert [each.month for each in months_of(kept)] == list(range(month(2023, 1), month(2024, 11))) and len(months_of(other)) == 2
    assert balances(kept) == {("individual", "36"): 22 * 32_000} and balances(other) == {("individual", "36"): 2 * 32_000}
    assert books() == {} and not [found for found in audit() if found.check.startswith(("record", "ledger"))]
    credit_interest(Law.load(), "36", 2023)
    assert bring_along() == 0  # what was paid twice lies there too: it has to go back first


def test_late_interest_follows_a_merge(office: Office) -> None:
    from datetime import date

    from paying import balances, pay

    from lingbao.law.month import month
    from lingbao.law.store import Law
    from lingbao.registry.collection.interest import credit_interest
    from lingbao.registry.people.merges import decide
    from lingbao.registry.transfers.following import bring_along

    kept, other = registered(office.clerk, 1, "赵一"), registered(office.clerk, 3, "赵一")
    pay(other, "36", month(2023, 1), 12, 400_000, on=date(2023, 6, 5))
    decide(office.supervisor, "d1", propose(office.clerk, kept, other), accepted=True)
    interest = credit_interest(Law.load(), "36", 2023).fen
    assert interest > 0 and bring_along() == 1
    assert balances(other) == {} and balances(kept) == {("individual", "36"): 12 * 32_000 + interest}


def test_a_number_under_which_something_runs_is_not_given_up(office: Office) -> None:
    from lingbao.law.month import month
    from lingbao.law.store import Law
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.errors import Conflict
    from lingbao.registry.people.merges import decide
    from lingbao.registry.session import run_as

    kept, other = registered(office.clerk, 1, "赵一"), registered(office.clerk, 3, "赵一")
    run_as(office.clerk, lambda: join(office.clerk, Law.load(), other, standing="flexible", province="36", since=month(2024, 1), choice=Choice("floor")))
    with pytest.raises(Conflict, match="has to end first"):
        decide(office.supervisor, "d1", propose(office.clerk, kept, other), accepted=True)
    assert as_owner("SELECT 1 FROM people_merge") == []


def test_money_that_a_bank_is_asked_to_pay_is_not_carried_to_another_number(office: Office) -> None:
    """It would be owed a second time under the number kept, and the bank's answer would find nothing to book."""
    from datetime import date

    from made_up import accounts, moved
    from paying import balances, books

    from lingbao.law.store import Law
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message
    from lingbao.registry.collection.proposals import propose_refund
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.errors import Conflict
    from lingbao.registry.people.merges import decide
    from lingbao.registry.session import run_as

    kept, other = registered(office.clerk, 1, "赵一"), registered(office.clerk, 3, "赵一")
    owed, = accounts("refund_payable", owner=other)
    bank, = accounts("bank", owner=36, owner_kind="province")
    moved((bank, -5_000), (owed, 5_000))
    wish = run_as(office.clerk, lambda: propose_refund(office.clerk, other, "36", 4_000, channel="bank", reason="补贴", kind="owed"))
    merge = propose(office.clerk, kept, other)
    with pytest.raises(Conflict, match="a refund waits"):
        decide(office.supervisor, "d1", merge, accepted=True)
    number = run_as(office.supervisor, lambda: approve_refund(office.supervisor, Law.load(), wish))
    with pytest.raises(Conflict, match="a bank is asked"):
        decide(office.supervisor, "d2", merge, accepted=True)
    message = Message("bank", "r1", "refunded", number, 4_000, date(2026, 11, 2))
    take_message(Law.load(), message, sign(message))
    assert decide(office.supervisor, "d3", merge, accepted=True)["fen"] == 1_000
    assert balances(kept) == {("refund_payable", "36"): 1_000} and balances(other) == {} and books() == {}


def test_a_refusal_needs_a_reason_and_strangers_see_nothing(office: Office) -> None:
    from lingbao.law.errors import InputError
    from lingbao.registry.errors import NotFound
    from lingbao.registry.people.merges import decide

    one, two = registered(office.clerk, 1, "赵一"), registered(office.clerk, 3, "赵一")
    number = propose(office.clerk, one, two)
    with pytest.raises(InputError):
        decide(office.supervisor, "d1", number, accepted=False)
    assert decide(office.supervisor, "d2", number, accepted=False, reason="两人指纹不同")["state"] == "refused"
    with pytest.raises(NotFound):
        propose(office.elsewhere, one, two)
    assert under_role(office.elsewhere, "SELECT 1 FROM people_merge_proposal") == []


@pytest.fixture
def three(office: Office) -> list[int]:
    """Three people, and a limit of two an hour."""
    found = [registered(office.elsewhere, serial, f"钱{serial}", province="36") for serial in (1, 3, 5)]
    as_owner("UPDATE people_reading_limit SET an_hour = 2")
    return found


def read(actor: Any, *persons: int) -> Any:
    from lingbao.registry.people.persons import read as looked
    from lingbao.registry.people.reading_limit import reading

    return reading(actor, "核对", lambda: looked(list(persons), ["name"], purpose="核对"), persons=len(persons))


def test_beyond_the_limit_nothing_is_shown_and_the_refusal_is_kept(office: Office, three: list[int]) -> None:
    from lingbao.registry.people.reading_limit import TooManyRead

    one, two, more = three
    assert set(read(office.clerk, one, two)) == {one, two}
    assert set(read(office.clerk, one)) == {one}  # the same person again counts once
    with pytest.raises(TooManyRead):
        read(office.clerk, more)
    assert as_owner("SELECT count(*) FROM people_access WHERE person_id = %s AND actor = %s", [more, office.clerk.id]) == [(0,)]
    assert under_role(office.supervisor, "SELECT actor, persons, read_in_hour FROM people_reading_refusal") == [(office.clerk.id, 1, 2)]
    assert under_role(office.clerk, "SELECT 1 FROM people_reading_refusal") == []
    assert set(read(office.colleague, more)) == {more}  # the limit is each one's own


def test_all_at_once_is_as_many_as_one_by_one(office: Office, three: list[int]) -> None:
    from lingbao.registry.people.reading_limit import TooManyRead

    with pytest.raises(TooManyRead):
        read(office.clerk, *three)
    assert as_owner("SELECT count(*) FROM people_access WHERE actor = %s", [office.clerk.id]) == [(0,)]


def test_finding_by_number_counts_too_and_the_registry_itself_is_not_held_up(office: Office, three: list[int]) -> None:
    from made_up import registration

    from lingbao.registry.people.persons import find
    from lingbao.registry.people.reading_limit import TooManyRead
    from lingbao.registry.session import SYSTEM, run_as

    for serial in (1, 3):
        assert run_as(office.clerk, lambda serial=serial: find(registration(serial).identity_number, purpose="窗口"))
    with pytest.raises(TooManyRead):
        run_as(office.clerk, lambda: find(registration(5).identity_number, purpose="窗口"))
    assert run_as(SYSTEM, lambda: [find(registration(serial).identity_number, purpose="夜间") for serial in (1, 3, 5)]) == three


def test_after_an_hour_one_reads_again_and_without_the_check_the_limit_is_none(office: Office, three: list[int]) -> None:
    one, two, more = three
    read(office.clerk, one, two)
    as_owner("ALTER TABLE people_access DISABLE TRIGGER USER; UPDATE people_access SET at = at - interval '61 minutes'; ALTER TABLE people_access ENABLE TRIGGER USER")
    assert set(read(office.clerk, more)) == {more}
    as_owner("CREATE OR REPLACE FUNCTION people_check_reading(persons bigint[], why text) RETURNS void LANGUAGE sql AS 'SELECT'")
    assert set(read(office.clerk, *three)) == set(three)


def search(actor: Any, serial: int) -> int | None:
    from made_up import registration

    from lingbao.registry.people.persons import find
    from lingbao.registry.people.reading_limit import reading

    return reading(actor, "查询", lambda: find(registration(serial).identity_number, purpose="查询", searching=True))


def test_numbers_that_nobody_has_are_kept_and_count_as_readings(office: Office, three: list[int]) -> None:
    from lingbao.registry.people.reading_limit import TooManyRead

    assert search(office.clerk, 701) is None and search(office.clerk, 701) is None  # the same number again counts once
    assert search(office.clerk, 703) is None
    with pytest.raises(TooManyRead):
        search(office.clerk, 705)
    with pytest.raises(TooManyRead):
        search(office.clerk, 1)
    kept = "SELECT actor, purpose FROM people_search_miss"
    assert under_role(office.supervisor, kept) == [(office.clerk.id, "查询")] * 3
    assert under_role(office.clerk, kept) == []
    assert len(under_role(office.supervisor, "SELECT 1 FROM people_reading_refusal")) == 2
    registered(office.colleague, 701, "吴一")  # who is registered afterwards was no guess
    assert search(office.clerk, 705) is None


def test_a_search_shows_a_person_of_another_province_for_a_while_and_a_registration_for_good(office: Office) -> None:
    person = registered(office.elsewhere, 11, "钱一", province="44")
    seen = "SELECT 1 FROM people_person WHERE id = %s"
    assert under_role(office.clerk, seen, [person]) == []
    assert search(office.clerk, 11) == person
    assert under_role(office.clerk, seen, [person]) == [(1,)]
    assert as_owner("SELECT cause, until - since <= interval '1 day 1 second' FROM people_handling WHERE person_id = %s", [person]) == [("search", True)]
    as_owner("UPDATE people_handling SET until = until - interval '1 day 1 second'")
    assert under_role(office.clerk, seen, [person]) == []
    assert registered(office.clerk, 11, "钱一", province="44") == person  # the control
    assert under_role(office.clerk, seen, [person]) == [(1,)]
