"""Posting: what sums to zero is written, everything else is refused, and balances follow the legs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_up import Office, accounts, as_owner, moved, under_role

pytestmark = pytest.mark.usefixtures("database")


def balances(numbers: list[int]) -> list[int]:
    from lingbao.registry.ledger.queries import balance

    return [balance(number) for number in numbers]


def findings(*names: str) -> list[str]:
    from lingbao.registry.audit import audit

    return [f"{finding.code} {finding.where}" for finding in audit(names or None)]


def test_a_contribution_moves_every_balance() -> None:
    books = accounts("bank", "individual", "pooled")
    bank, individual, pooled = books
    moved((bank, -1000), (individual, 400), (pooled, 600))
    assert balances(books) == [-1000, 400, 600]
    assert findings() == []


def test_accounts_are_opened_once_and_in_the_order_asked() -> None:
    first = accounts("pooled", "bank", "individual")
    assert len(set(first)) == 3
    assert accounts("individual", "pooled", "individual", "bank") == [first[2], first[0], first[2], first[1]]


def test_legs_on_one_account_are_added_up() -> None:
    bank, individual, pooled = accounts("bank", "individual", "pooled")
    entry = moved((bank, -700), (bank, -300), (individual, 1000), (pooled, 5), (pooled, -5))
    assert as_owner(f"SELECT account_id, amount_fen FROM ledger_leg WHERE entry_id = {entry} ORDER BY 1") == sorted(
        [(bank, -1000), (individual, 1000)])


@pytest.mark.parametrize("legs", [[(0, -1000), (1, 999)], [(0, -1000)], [], [(0, 0), (1, 0)], [(1, 5), (1, -5)]])
def test_what_does_not_sum_to_zero_or_moves_nothing_is_refused(legs: list[tuple[int, int]]) -> None:
    from lingbao.registry.errors import Unbalanced

    books = accounts("bank", "individual")
    with pytest.raises(Unbalanced):
        moved(*((books[place], fen) for place, fen in legs))
    assert as_owner("SELECT count(*) FROM ledger_entry") == [(0,)]


def test_an_unknown_account_is_refused() -> None:
    from lingbao.registry.errors import NotFound

    bank, = accounts("bank")
    with pytest.raises(NotFound):
        moved((bank, -5), (bank + 999, 5))


@pytest.mark.parametrize(("kind", "refused"), [
    ("individual", True), ("resident_account", True), ("pending", False), ("suspense", True), ("refund_payable", True),
    ("pension_payable", True), ("transit", True), ("pooled", False), ("treasury", False), ("interest", False)])
def test_no_one_gives_more_than_he_holds(kind: str, refused: bool) -> None:
    from lingbao.registry.errors import Overdrawn

    account, pooled = accounts(kind, "pooled", owner=2) if kind != "pooled" else (*accounts(kind), *accounts("treasury"))
    moved((account, 10), (pooled, -10))
    moved((account, -10), (pooled, 10))
    if refused:
        with pytest.raises(Overdrawn):
            moved((account, -1), (pooled, 1))
    else:
        moved((account, -1), (pooled, 1))


def test_the_bank_pays_no_money_it_has_not() -> None:
    from lingbao.registry.errors import Overdrawn

    bank, payable, pooled = accounts("bank", "pension_payable", "pooled")
    moved((pooled, -300), (payable, 300))
    with pytest.raises(Overdrawn):
        moved((payable, -300), (bank, 300))


def test_one_cause_is_posted_once() -> None:
    from lingbao.registry.errors import Conflict

    bank, individual = accounts("bank", "individual")
    moved((bank, -5), (individual, 5), source="bill:1")
    with pytest.raises(Conflict):
        moved((bank, -5), (individual, 5), source="bill:1")
    assert balances([individual]) == [5]


def test_many_drafts_are_posted_together_or_not_at_all() -> None:
    from lingbao.registry.errors import Overdrawn
    from lingbao.registry.ledger.posting import Draft, Leg, post
    from lingbao.registry.session import SYSTEM, run_as

    bank, individual = accounts("bank", "individual")
    drafts = [Draft("contribution", [Leg(bank, -fen), Leg(individual, fen)], reason=f"{fen} 分") for fen in (1, 2, 3)]

    def posted(some: list[Draft]) -> list[int]:
        return run_as(SYSTEM, lambda: post(some, actor=9, law_hash="law", reason="缴费", value_date=date(2026, 3, 1)))

    entries = posted(drafts)
    assert entries == sorted(entries)
    assert as_owner("SELECT reason FROM ledger_entry ORDER BY id") == [("1 分",), ("2 分",), ("3 分",)]
    with pytest.raises(Overdrawn):
        posted([drafts[0], Draft("refund", [Leg(individual, -100), Leg(bank, 100)])])
    assert balances([individual]) == [6]


def test_a_reversal_mirrors_its_entry_and_happens_once() -> None:
    from lingbao.registry.errors import Conflict, NotFound
    from lingbao.registry.ledger.posting import reverse
    from lingbao.registry.session import SYSTEM, run_as

    books = accounts("bank", "individual", "pooled")
    bank, individual, pooled = books
    entry = moved((bank, -1000), (individual, 400), (pooled, 600))
    again = run_as(SYSTEM, lambda: reverse(entry, actor=3, reason="误缴"))
    assert balances(books) == [0, 0, 0]
    assert as_owner(f"SELECT reverses_id, reason, actor, law_hash FROM ledger_entry WHERE id = {again}") == [
        (entry, "误缴", 3, "law")]
    with pytest.raises(Conflict):
        run_as(SYSTEM, lambda: reverse(entry, actor=3, reason="误缴"))
    with pytest.raises(NotFound):
        run_as(SYSTEM, lambda: reverse(10**12, actor=3, reason="误缴"))


def test_a_reversal_that_is_no_mirror_is_refused() -> None:
    from lingbao.registry.errors import Conflict
    from lingbao.registry.ledger.posting import Draft, Leg, post
    from lingbao.registry.session import SYSTEM, run_as

    bank, individual, pooled = accounts("bank", "individual", "pooled")
    entry = moved((bank, -1000), (individual, 400), (pooled, 600))
    for legs in ([Leg(bank, 1000), Leg(individual, -300), Leg(pooled, -700)], [Leg(bank, 400), Leg(individual, -400)]):
        with pytest.raises(Conflict):
            run_as(SYSTEM, lambda legs=legs: post([Draft("contribution", legs, reverses=entry)], actor=0, law_hash="law",
                                                  reason="误缴", value_date=date(2026, 3, 1)))


def test_only_those_who_handle_money_post(office: Office) -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.session import Actor, run_as

    bank, individual = accounts("bank", "individual")

    def pays(actor: Any) -> None:
        run_as(actor, lambda: post([Draft("contribution", [Leg(bank, -5), Leg(individual, 5)])], actor=actor.id,
                                   law_hash="law", reason="缴费", value_date=date(2026, 3, 1)))

    pays(office.clerk)
    for actor in (office.auditor, office.administrator, Actor(9, "worker", person=1), Actor(8, "platform", platform=1)):
        with pytest.raises(Forbidden):
            pays(actor)
        with pytest.raises(Forbidden):
            run_as(actor, lambda: open_accounts([AccountName("bank", "province", 11, "11")]))
    assert balances([individual]) == [5]


def test_a_clerk_posts_in_the_own_name_and_in_the_own_books(office: Office) -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.ledger.posting import Draft, Leg, post
    from lingbao.registry.session import run_as

    def posts(actor: Any, name: int, *legs: Leg) -> None:
        run_as(actor, lambda: post([Draft("contribution", legs)], actor=name, law_hash="law", reason="缴费", value_date=date(2026, 3, 1)))

    bank, individual, transit = accounts("bank", "individual", "transit")
    foreign, = accounts("individual", province="44")
    posts(office.clerk, office.clerk.id, Leg(bank, -5), Leg(individual, 5))
    for actor, name, legs in ((office.clerk, office.supervisor.id, [Leg(bank, -5), Leg(individual, 5)]),
                              (office.elsewhere, office.elsewhere.id, [Leg(individual, -5), Leg(foreign, 5)]),
                              (office.elsewhere, 12345, [Leg(individual, -5), Leg(transit, 5)])):
        with pytest.raises(Forbidden):
            posts(actor, name, *legs)
    assert balances([individual, foreign]) == [5, 0]
    as_owner("CREATE OR REPLACE FUNCTION ledger_refuse_others(by_actor bigint, accounts bigint[]) RETURNS void LANGUAGE sql AS ''")  # control
    posts(office.elsewhere, 12345, Leg(individual, -5), Leg(foreign, 5))
    assert balances([individual, foreign]) == [0, 5]


def test_no_one_writes_past_the_functions(office: Office) -> None:
    """Direct SQL under every role; the same SQL by the owner shows that it would have worked."""
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.ledger.commands import Command, execute
    from lingbao.registry.session import SYSTEM

    bank, individual = accounts("bank", "individual")
    moved((bank, -5), (individual, 5))
    execute(SYSTEM, Command("test", "1", None), lambda: None)
    attempts = [
        "UPDATE ledger_account SET balance_fen = 10^6", "UPDATE ledger_leg SET amount_fen = amount_fen * 2",
        "UPDATE ledger_entry SET reason = 'x'", "DELETE FROM ledger_leg", "DELETE FROM ledger_entry",
        "DELETE FROM ledger_account", "DELETE FROM ledger_command", "TRUNCATE ledger_leg", "TRUNCATE ledger_digest",
        f"INSERT INTO ledger_leg VALUES (1, {bank}, -7), (1, {individual}, 7)",
        "INSERT INTO ledger_account (kind, bound, owner_kind, owner_id, province) VALUES ('bank', 0, 'state', 0, '00')",
        "INSERT INTO ledger_account_kind VALUES ('mine', 0, 'x', 'x')", "UPDATE ledger_account_kind SET bound = 0",
        "ALTER TABLE ledger_leg DISABLE TRIGGER ALL", "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION registry_role() RETURNS text LANGUAGE sql RETURN 'system'",
    ]
    for actor in (*vars(office).values(), SYSTEM):
        for attempt in attempts:
            with pytest.raises(Forbidden):
                under_role(actor, attempt)
    for attempt in attempts[:9]:
        with pytest.raises(Exception, match=r"append-only|foreign key"):  # the owner is stopped by the triggers
            as_owner(attempt)
    as_owner("ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_only_by_legs")  # control
    as_owner(f"UPDATE ledger_account SET balance_fen = 6 WHERE id = {individual}")
    assert findings("ledger.balances", "ledger.guards") == [
        f"ledger.balance {individual}", "registry.trigger ledger_account.ledger_account_only_by_legs"]


def test_double_entry_rests_on_the_trigger() -> None:
    """The owner too cannot write an entry that does not balance, unless the trigger is off; then the audit sees it."""
    bank, individual = accounts("bank", "individual")
    lopsided = (
        "WITH e AS (INSERT INTO ledger_entry (kind, value_date, book_date, law_hash, actor, reason, legs)"
        " VALUES ('x', '2026-03-01', CURRENT_DATE, 'law', 0, 'x', 2) RETURNING id)"
        f" INSERT INTO ledger_leg SELECT id, a, f FROM e, (VALUES ({bank}, -5), ({individual}, 6)) AS l (a, f)")
    with pytest.raises(Exception, match="do not sum to zero"):
        as_owner(lopsided)
    with pytest.raises(Exception, match="has no legs"):
        as_owner("INSERT INTO ledger_entry (kind, value_date, book_date, law_hash, actor, reason, legs)"
                 " VALUES ('x', '2026-03-01', CURRENT_DATE, 'law', 0, 'x', 2)")
    entry = moved((bank, -5), (individual, 5))
    late, = accounts("pooled")
    with pytest.raises(Exception, match="another number of legs than announced"):
        as_owner(f"INSERT INTO ledger_leg VALUES ({entry}, {late}, -5), ({entry}, {accounts('treasury')[0]}, 5)")
    as_owner("ALTER TABLE ledger_leg DISABLE TRIGGER ledger_legs_balance")
    as_owner(lopsided)
    assert [code.split()[0] for code in findings("ledger.entries", "ledger.balances")] == [
        "ledger.entry", "ledger.balance", "ledger.balance"]
