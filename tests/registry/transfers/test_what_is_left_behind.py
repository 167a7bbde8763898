"""What a transfer must not leave behind: months paid on the way, interest posted late, the membership, the place of benefit."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from lingbao.law.errors import InputError
from lingbao.law.month import month

pytestmark = pytest.mark.usefixtures("database")
DAY = date(2026, 3, 2)
_keys = itertools.count()
WHO = {"person_number": "7", "identity_number": "360102199003074514", "name": "张三", "letter_number": "L-1"}
LETTER = {**WHO, "new_division": "440000", "new_agency": "转入地经办机构", "old_division": "360000", "old_agency": "原参保地经办机构"}


def key() -> str:
    return f"b{next(_keys)}"


def staff(province: str) -> tuple[Any, Any]:
    from lingbao.registry.session import Actor

    number = int(province)
    return Actor(number, "clerk", province=province), Actor(100 + number, "supervisor", province=province)


def begin(old: str, new: str, day: date = DAY, *, person: int = 7, birth: int = month(1990, 3), sex: str = "male", home: str = "36") -> int:
    """Ask for a transfer and take it to the moment when the money is on the way."""
    from lingbao.registry.session import Actor
    from lingbao.registry.transfers.services import Applicant, apply, send_form, send_letter, step

    case = int(apply(Actor(1, "worker", person=person), key(), Applicant(person, sex, birth, home), from_province=old, to_province=new, today=day)["case"])
    send_letter(staff(new)[0], key(), case, LETTER, today=day)
    send_form(staff(old)[0], key(), case, WHO, today=day)
    step(staff(old)[1], key(), case, "send_money", today=day)
    return case


def end(case: int, new: str, day: date = DAY) -> dict[str, Any]:
    from lingbao.registry.transfers.services import step

    step(staff(new)[0], key(), case, "receive_money", today=day)
    return step(staff(new)[0], key(), case, "finish", today=day)


def kept(person: int = 7) -> dict[str, int]:
    """Months by the province that keeps them."""
    from lingbao.registry.record.queries import months_of

    months = months_of(person)
    return {place: sum(each.kept_by == place for each in months) for place in {each.kept_by for each in months}}


def findings() -> list[str]:
    from lingbao.registry.audit import audit

    return [f"{found.check} {found.en}" for found in audit()]


def test_a_month_paid_while_the_money_is_on_the_way_stays_with_its_money_and_can_follow() -> None:
    from paying import balances, pay

    pay(7, "36", month(2024, 12), 14, 400_000)
    case = begin("36", "44")
    pay(7, "36", month(2026, 2), 1, 400_000, on=DAY)
    end(case, "44")
    assert kept() == {"44": 14, "36": 1}
    assert balances(7) == {("individual", "44"): 14 * 32_000, ("individual", "36"): 32_000}
    end(begin("36", "44"), "44")
    assert kept() == {"44": 15} and balances(7) == {("individual", "44"): 15 * 32_000}


def test_interest_posted_late_follows_over_two_transfers_and_bears_none_twice() -> None:
    """Paid in Jiangxi, on to Guangdong in July 2024 and to Shanghai in September; the interest of 2023 and 2024 comes after that."""
    from paying import balances, books, pay, unbalanced_entries

    from lingbao.law.store import Law
    from lingbao.registry.collection.interest import credit_interest
    from lingbao.registry.transfers.following import bring_along

    law = Law.load()
    pay(7, "36", month(2022, 1), 24, 400_000, on=date(2023, 12, 5))
    for other, place in ((8, "36"), (9, "44"), (10, "31")):
        pay(other, place, month(2025, 1), 12, 400_000)  # the banks hold money of others too
    end(begin("36", "44", date(2024, 7, 2)), "44", date(2024, 7, 2))
    end(begin("44", "31", date(2024, 9, 2)), "31", date(2024, 9, 2))
    assert balances(7) == {("individual", "31"): 24 * 32_000}
    posted = sum(credit_interest(law, place, year).fen for year in (2023, 2024) for place in ("36", "44", "31"))
    assert set(balances(7)) == {("individual", "36"), ("individual", "44"), ("individual", "31")}
    assert bring_along(law=law) == 3  # from Jiangxi, from Guangdong, and on from there what came from Jiangxi
    assert balances(7) == {("individual", "31"): 24 * 32_000 + posted}
    assert bring_along(law=law) == 0 and books() == {} and unbalanced_entries() == []
    assert not [found for found in findings() if found.startswith("transfers")]
    assert credit_interest(law, "36", 2024).fen == credit_interest(law, "44", 2024).fen == 0  # a second run finds nothing to correct


def test_money_without_months_goes_only_where_the_months_are() -> None:
    from paying import balances, pay

    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.session import SYSTEM, acting_as

    pay(7, "36", month(2024, 12), 14, 400_000)
    end(begin("36", "44"), "44")
    with acting_as(SYSTEM):
        bank, account = open_accounts([AccountName("bank", "province", 36, "36"), AccountName("individual", "person", 7, "36")])
        post([Draft("correction", [Leg(bank, -5_00), Leg(account, 5_00)])], actor=0, law_hash="law", reason="更正", value_date=DAY)
    with pytest.raises(InputError, match="where the months are kept"):
        begin("36", "31")
    end(begin("36", "44"), "44")
    assert balances(7) == {("individual", "44"): 14 * 32_000 + 5_00}


def test_a_pension_is_granted_although_last_years_interest_came_after_the_transfer() -> None:
    from paying import balances, pay

    from lingbao.law.store import Law
    from lingbao.registry.benefits.claims import claim, grant
    from lingbao.registry.benefits.working_out import Claimant
    from lingbao.registry.collection.interest import credit_interest

    pay(7, "44", month(2009, 1), 190, 400_000, on=date(2023, 12, 5))
    pay(8, "44", month(2025, 1), 12, 400_000)
    end(begin("44", "36", date(2024, 7, 2), birth=month(1965, 1), home="36"), "36", date(2024, 7, 2))
    for year, place in itertools.product((2023, 2024), ("36", "44")):
        credit_interest(Law.load(), place, year)
    clerk, supervisor = staff("36")
    asked = claim(clerk, key(), 7, Claimant(month(1965, 1), "male", "36"), relation="36", claim_month=month(2025, 3), today=date(2025, 3, 3))
    assert grant(supervisor, key(), asked["claim"], today=date(2025, 12, 10))["state"] in ("provisional", "final")
    assert set(balances(7)) == {("individual", "36")}


def test_the_place_of_benefit_can_collect_the_relation_past_the_age_for_temporary_accounts() -> None:
    """Twelve years in Jiangxi, five in Guangdong, registered in Sichuan: Jiangxi pays, so the relation goes back there (国办发〔2009〕66号 第六条)."""
    from paying import balances, pay

    from lingbao.registry.benefits.claims import claim, grant
    from lingbao.registry.benefits.working_out import Claimant
    from lingbao.registry.errors import Conflict

    who = {"birth": month(1965, 1), "home": "51"}
    pay(7, "36", month(2002, 1), 144, 400_000, on=date(2013, 12, 5))
    end(begin("36", "44", date(2014, 3, 3), **who), "44", date(2014, 3, 3))
    pay(7, "44", month(2014, 1), 60, 400_000, on=date(2018, 12, 5))
    today = date(2025, 3, 3)
    with pytest.raises(InputError, match="temporary account"):
        begin("44", "31", today, **who)  # a new place, past the age
    clerk, supervisor = staff("36")
    asked = claim(clerk, key(), 7, Claimant(month(1965, 1), "male", "51"), relation="44", claim_month=month(2025, 3), today=today)
    assert asked["province"] == "36"
    with pytest.raises(Conflict, match="another province"):
        grant(supervisor, key(), asked["claim"], today=today)
    end(begin("44", "36", today, **who), "36", today)
    assert set(balances(7)) == {("individual", "36")} and kept() == {"36": 204}
    assert grant(supervisor, key(), asked["claim"], today=today)["state"] in ("provisional", "final")


def test_the_age_counts_at_the_first_month_insured_in_a_place() -> None:
    """In Guangdong since she was 33: no temporary account, although she is 44 when her months of Jiangxi follow."""
    from paying import pay

    pay(7, "36", month(2010, 1), 60, 400_000)
    pay(7, "44", month(2015, 1), 120, 400_000)
    end(begin("36", "44", birth=month(1981, 12), sex="female"), "44")
    assert kept() == {"44": 180}


def test_the_membership_moves_with_the_relation(office: Any) -> None:
    """What is unpaid of the old place is asked for no more; the new place asks from the month after the last one paid."""
    from made_up import as_owner, registered, worker
    from paying import pay

    from lingbao.law.store import Law
    from lingbao.registry.collection.bills import bill_period
    from lingbao.registry.collection.parts import bills
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import choice_on, join, memberships
    from lingbao.registry.session import SYSTEM, acting_as, run_as

    person, law = registered(office.clerk), Law.load()
    himself = worker(person)
    old = run_as(himself, lambda: join(himself, law, person, standing="flexible", province="36", since=month(2026, 1), choice=Choice("floor")))
    run_as(himself, lambda: bill_period(himself, law, old, month(2026, 3)))
    pay(person, "36", month(2026, 1), 2, 400_000)
    done = end(begin("36", "44", person=person, home="44"), "44")["membership"]
    with acting_as(SYSTEM):
        first, second = memberships(person)
        chosen, (bill,) = choice_on(second.id, month(2026, 3)), bills(person)
    assert done == {"ended": old, "begun": second.id, "missing": None}
    assert (first.province, first.until, second.province, second.since, second.until) == ("36", month(2026, 3), "44", month(2026, 3), None)
    assert chosen is not None and chosen.kind == "floor" and bill.open_fen == 0
    assert as_owner("SELECT end_reason FROM enrolment_membership WHERE id = %s", [old]) == [("跨省转移",)]
