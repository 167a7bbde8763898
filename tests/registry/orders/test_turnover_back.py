"""A contribution that withheld money paid in error is taken back by two: the money is withheld money again and never pays those months a second time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from made_up import accounts, as_owner, moved, open_office, registered
from orders_shop import Shop, balance, order

from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.audit import audit
from lingbao.registry.collection.contributions import turned_over_for
from lingbao.registry.collection.parts import Part
from lingbao.registry.collection.proposals import propose_take_back
from lingbao.registry.collection.refunds import approve_refund
from lingbao.registry.collection.subsidies import Grant, grant, post_subsidies
from lingbao.registry.enrolment.choice import Choice
from lingbao.registry.enrolment.membership import join
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.orders import settlement, workers
from lingbao.registry.orders.turnover import Plan, turn_over
from lingbao.registry.orders.turnover_month import turn_over_month
from lingbao.registry.session import SYSTEM, acting_as, run_as

LAW = Law.load()
OCTOBER = month(2026, 10)
ON = date(2026, 10, 31)


@pytest.fixture
def desk(shop: Shop) -> Any:
    return open_office()


def received(shop: Shop, person: int, fen: int, name: str) -> None:
    workers.link(shop.id, f"rider{name}", person, proof="签约")
    shop.send([order(f"x{name}", f"rider{name}", fen * 20, day=date(2026, 10, 5))], f"m{name}")
    settlement.settle(shop.id, f"T{name}", settlement.due(shop.id).amount_fen, date(2026, 10, 20))


def member(clerk: Any, person: int, province: str, *, since: int = OCTOBER, standing: str = "flexible", choice: Choice | None = None) -> None:
    with acting_as(clerk):
        join(clerk, LAW, person, standing=standing, province=province, since=since, choice=choice or Choice("floor"))


def taken_back(clerk: Any, supervisor: Any, entry: int) -> None:
    wish = run_as(clerk, lambda: propose_take_back(clerk, entry, reason="该月单位已缴"))
    assert run_as(supervisor, lambda: approve_refund(supervisor, LAW, wish)) is None


def held(person: int) -> dict[tuple[str, str], int]:
    return {(kind, place): fen for kind, place, fen in as_owner(
        "SELECT kind, province::text, balance_fen FROM ledger_account WHERE owner_kind = 'person' AND owner_id = %s AND balance_fen <> 0", [person])}


def test_the_money_is_withheld_money_again_the_month_free_its_subsidy_kept_back_and_it_is_not_paid_twice(shop: Shop, desk: Any) -> None:
    """Received in 36, paid in 44, subsidised there, the subsidy paid out: all of it goes back through the books of both."""
    from lingbao.registry.people.actors import actor_numbered, appoint

    person = registered(desk.elsewhere, 1, name="骑1", province="44")
    member(desk.elsewhere, person, "44")
    received(shop, person, 300_000, "1")
    with acting_as(SYSTEM):
        supervisor = actor_numbered(appoint("supervisor", "丑", agency=desk.elsewhere.agency), purpose="审核")
    assert turn_over_month(OCTOBER, on=ON).months == 1
    run_as(supervisor, lambda: grant(supervisor, LAW, Grant(person, "44", "hard_to_employ", "province", 44, 0.5, OCTOBER, OCTOBER + 1), months_allowed=1))
    run_as(SYSTEM, lambda: post_subsidies(LAW, "44", OCTOBER, on=ON))
    subsidy = held(person)["refund_payable", "44"]
    bank, pool = accounts("bank", "pooled", owner=44, owner_kind="province", province="44")
    payable, = accounts("refund_payable", owner=person, province="44")
    moved((bank, -1_000_000), (pool, 1_000_000))  # there is other money in the fund
    moved((payable, -subsidy), (bank, subsidy))  # the subsidy was paid out before the month was found to be wrong
    contribution, = run_as(desk.elsewhere, lambda: turned_over_for(person))
    assert (contribution.months, contribution.province, contribution.turned_over) == ([OCTOBER], "44", True)
    with pytest.raises(NotFound):  # it is for the province in whose books it stands
        run_as(desk.clerk, lambda: propose_take_back(desk.clerk, contribution.entry, reason="误缴"))
    wish = run_as(supervisor, lambda: propose_take_back(supervisor, contribution.entry, reason="该月单位已缴"))
    with pytest.raises(Conflict):  # who proposes does not approve
        run_as(supervisor, lambda: approve_refund(supervisor, LAW, wish))
    as_owner("INSERT INTO collection_refund_decision (proposal_id, accepted, reason, decided_by) VALUES (%s, false, '重提', 0)", [wish])
    taken_back(desk.elsewhere, supervisor, contribution.entry)
    assert held(person) == {("withheld", "36"): 300_000 - subsidy}
    assert as_owner("SELECT month, voided_by IS NOT NULL FROM record_month WHERE person_id = %s", [person]) == [(OCTOBER, True)]
    books = dict(as_owner("SELECT a.province::text, sum(l.amount_fen)::bigint FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id GROUP BY 1"))
    assert books == {"36": 0, "44": 0} and audit() == []
    with pytest.raises(NotFound):
        run_as(desk.elsewhere, lambda: propose_take_back(desk.elsewhere, contribution.entry, reason="再退一次"))
    assert turn_over_month(OCTOBER, on=ON).persons == 0
    after = turn_over_month(OCTOBER + 1, on=date(2026, 11, 30) if date.today() >= date(2026, 11, 30) else date.today())
    assert (after.persons, after.months) == (1, 1), "the month that follows, and not October again"
    assert as_owner("SELECT month FROM record_month WHERE person_id = %s AND voided_by IS NULL", [person]) == [(OCTOBER + 1,)]
    assert audit() == []


def test_a_year_of_the_resident_scheme_goes_back_with_what_the_government_added(shop: Shop, desk: Any) -> None:
    person = registered(desk.clerk, 1, name="骑1")
    member(desk.clerk, person, "36", standing="resident", choice=Choice("fee", 500, rhythm=12))
    received(shop, person, 60_000, "1")
    assert turn_over_month(OCTOBER, on=ON).years == 1
    contribution, = run_as(desk.clerk, lambda: turned_over_for(person))
    assert (contribution.months, contribution.by_year, contribution.amount_fen) == ([2026 * 12], True, 50_000)
    taken_back(desk.clerk, desk.supervisor, contribution.entry)
    assert held(person) == {("withheld", "36"): 60_000}
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'subsidy_receivable'") == [(0,)]
    assert run_as(desk.clerk, lambda: turned_over_for(person)) == []
    assert turn_over_month(OCTOBER + 1, on=ON + timedelta(10)).waiting == {"paid": (1, 60_000)}
    assert audit() == []


def test_months_whose_money_moved_away_are_not_taken_back_and_what_to_do_is_said(shop: Shop, desk: Any) -> None:
    person = registered(desk.clerk, 1, name="骑1")
    member(desk.clerk, person, "36")
    received(shop, person, 300_000, "1")
    turn_over_month(OCTOBER, on=ON)
    contribution, = run_as(desk.clerk, lambda: turned_over_for(person))
    as_owner("UPDATE record_month SET kept_by = '44' WHERE person_id = %s", [person])
    with pytest.raises(Conflict, match="moved back first"):
        run_as(desk.clerk, lambda: propose_take_back(desk.clerk, contribution.entry, reason="误缴"))
    assert balance("withheld", "person", person) < 300_000


def test_what_a_merge_carried_to_another_number_is_taken_back_all_the_same(shop: Shop, desk: Any) -> None:
    """Two months by one entry, one of them paid under the number kept too: the entry goes back whole, and its money is the kept number's."""
    from lingbao.registry.people.merges import decide, propose

    kept, other = registered(desk.clerk, 1, name="骑1"), registered(desk.clerk, 3, name="骑1")
    received(shop, kept, 100_000, "1")
    received(shop, other, 300_000, "2")
    turn_over(OCTOBER, [Plan(person, "36", "employee", [Part(each, 500_000, 100_000, 40_000, 60_000) for each in months])
                        for person, months in ((kept, [OCTOBER - 1]), (other, [OCTOBER - 1, OCTOBER]))], value_date=ON)
    merge = int(propose(desk.clerk, "k1", kept, other, reason="核对身份证")["proposal"])
    assert decide(desk.supervisor, "d1", merge, accepted=True)["doubled"] == [OCTOBER - 1]
    paid = {each.person: each for each in run_as(desk.clerk, lambda: turned_over_for(kept))}
    assert set(paid) == {kept, other} and paid[other].months == [OCTOBER - 1, OCTOBER]
    assert audit() == []
    mine = held(kept)["individual", "36"]
    taken_back(desk.clerk, desk.supervisor, paid[other].entry)
    assert held(other) == {} and held(kept)["withheld", "36"] == 300_000 + 100_000 - paid[kept].amount_fen
    assert (mine, held(kept)["individual", "36"]) == (80_000, 40_000)
    assert as_owner("SELECT person_id, month FROM record_month WHERE voided_by IS NULL") == [(kept, OCTOBER - 1)]
    assert audit() == []
    assert [each.person for each in run_as(desk.clerk, lambda: turned_over_for(kept))] == [kept]
    with pytest.raises(NotFound):
        run_as(desk.clerk, lambda: propose_take_back(desk.clerk, paid[other].entry, reason="再退一次"))
