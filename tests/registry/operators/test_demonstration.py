"""Demonstration data: nobody who exists, the same for the same seed, and books that hold or are found not to."""

from __future__ import annotations

from datetime import date

import pytest
from made_up import as_owner, registered
from operators_place import TODAY, small_nation

pytestmark = pytest.mark.usefixtures("database")
UNGUARDED = "SET session_replication_role = replica; {}; SET session_replication_role = origin"


def findings() -> set[str]:
    from lingbao.registry.audit import audit

    return {finding.code for finding in audit()}


def test_a_small_nation_is_registered_enrolled_and_paid_and_its_audit_is_clean() -> None:
    made = small_nation(310)
    assert as_owner("SELECT count(*), count(DISTINCT residence_province) FROM people_person") == [(310, 31)]
    assert as_owner("SELECT count(*) FROM record_month") == [(made.months,)]
    held, = as_owner("SELECT sum(balance_fen) FROM ledger_account WHERE kind IN ('individual', 'resident_account')")[0]
    interest, = as_owner("SELECT coalesce(-sum(balance_fen), 0) FROM ledger_account WHERE kind = 'interest'")[0]
    assert held == made.fen + interest > 0
    paid, = as_owner("SELECT (SELECT sum(account_fen) FROM record_month) + (SELECT sum(fee_fen + subsidy_fen) FROM record_year)")[0]
    assert paid == made.fen
    assert findings() == set()


def test_nobody_in_it_exists() -> None:
    from lingbao.registry.people.identity import read_identity_number
    from lingbao.registry.people.persons import read
    from lingbao.registry.session import SYSTEM, acting_as

    small_nation(62)
    with acting_as(SYSTEM):
        people = read(list(range(1, 63)), ["identity_number", "name"], purpose="核对示例数据")
    numbers = [fields["identity_number"] for fields in people.values()]
    assert len(set(numbers)) == 62
    for number in numbers:
        read_identity_number(number, today=TODAY)
        assert number[2:4] == "99", "no prefecture has the code 99"
    assert people[1]["name"] == "示例甲"
    assert all(fields["name"].startswith("示例") for fields in people.values())
    assert as_owner("SELECT DISTINCT change_reason FROM people_person") == [("示例数据 · demonstration data",)]


def test_the_same_seed_makes_the_same_people_and_another_others() -> None:
    from lingbao.law.store import Law
    from lingbao.registry.operations.demonstration import blocks, payments, persons

    provinces = tuple(place.code for place in Law.load().provinces())
    block = blocks(100_000, provinces)[7]
    assert persons(block, 1, TODAY, provinces).equals(persons(block, 1, TODAY, provinces))
    assert not persons(block, 1, TODAY, provinces).equals(persons(block, 2, TODAY, provinces))
    assert payments(block, 1, 24322, 5, 3, 60).equals(payments(block, 1, 24322, 5, 3, 60))


def test_it_does_not_matter_how_many_processes_share_the_work(server: str) -> None:
    from conftest_database import fresh

    from lingbao.registry.operations.demonstration_load import load

    def everything() -> list[tuple[object, ...]]:
        return [*as_owner("SELECT id, public_id, identity_index, name_index, sex, birth, residence_province FROM people_person ORDER BY id"),
                *as_owner("SELECT person_id, month, base_fen, account_fen, pooled_fen, paid_on FROM record_month ORDER BY 1, 2")]

    alone, one = load(62, 5, TODAY), everything()
    with fresh(server):
        together, two = load(62, 5, TODAY, jobs=2), everything()
    assert (alone, one) == (together, two)


def test_five_million_people_have_five_million_numbers() -> None:
    from lingbao.registry.operations.demonstration import BLOCK, blocks

    work = blocks(5_000_000, tuple(f"{code}" for code in range(11, 42)))
    assert sum(block.size for block in work) == 5_000_000
    assert max(block.size for block in work) <= BLOCK
    assert len({block.division for block in work}) == len(work), "blocks share no division, so no number either"
    assert [block.first for block in work[1:]] == [block.first + block.size for block in work[:-1]]


def test_demonstration_data_never_stand_beside_real_people() -> None:
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import SYSTEM

    registered(SYSTEM)
    with pytest.raises(Conflict, match="Somebody is registered"):
        small_nation(31)
    assert as_owner("SELECT count(*) FROM people_person") == [(1,)]


def test_numbers_go_on_after_those_of_the_demonstration() -> None:
    from lingbao.registry.session import SYSTEM

    small_nation(31)
    assert registered(SYSTEM) == 32


@pytest.mark.parametrize(("harm", "code"), [
    ("UPDATE ledger_leg SET amount_fen = amount_fen + 1 WHERE amount_fen > 0", "ledger.entry"),
    ("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE kind = 'individual'", "ledger.balance"),
    ("DELETE FROM record_month WHERE person_id = (SELECT min(person_id) FROM record_month)", "monitoring.paid"),
    ("UPDATE record_month SET entry_id = -1", "record.entries"),
])
def test_what_a_superuser_changes_is_found(harm: str, code: str) -> None:
    small_nation(31)
    assert findings() == set()
    as_owner(UNGUARDED.format(harm))
    assert code in findings()


def test_a_closed_day_changed_leg_by_leg_so_that_all_sums_hold_is_found_by_its_digest_and_tree_alone() -> None:
    from lingbao.registry.ledger.digests import close_days
    from lingbao.registry.session import SYSTEM, run_as

    small_nation(62)
    as_owner(UNGUARDED.format("UPDATE ledger_entry SET book_date = book_date - 2"))
    day, = as_owner("SELECT max(book_date) + 1 FROM ledger_entry")[0]
    run_as(SYSTEM, lambda: close_days(day))
    assert findings() == set()
    one, other = [row for row, in as_owner(
        "SELECT account_id FROM ledger_leg JOIN ledger_account ON id = account_id WHERE kind = 'individual' AND entry_id ="
        " (SELECT entry_id FROM ledger_leg JOIN ledger_account ON id = account_id WHERE kind = 'individual'"
        "  GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1) ORDER BY 1 LIMIT 2")]
    for account, fen in ((one, 100), (other, -100)):
        as_owner(UNGUARDED.format(f"UPDATE ledger_leg SET amount_fen = amount_fen + {fen} WHERE account_id = {account};"
                                  f"UPDATE ledger_account SET balance_fen = balance_fen + {fen} WHERE id = {account}"))
    assert findings() == {"ledger.digest", "ledger.tree"}


def test_a_leap_day_and_the_last_day_of_a_year_are_days_like_others() -> None:
    from lingbao.registry.operations.demonstration import month_end
    from lingbao.registry.operations.demonstration_load import load

    assert (month_end(2028 * 12 + 1), month_end(2026 * 12 + 11)) == (date(2028, 2, 29), date(2026, 12, 31))
    assert load(31, 1, date(2026, 12, 31)).people == 31
    assert findings() == set()
