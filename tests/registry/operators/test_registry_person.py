"""The planner opens from the record: months, index and balances as recorded, only for who may see them."""

from __future__ import annotations

import pytest
from made_up import Office, as_owner, worker
from operators_place import TODAY, small_nation

pytestmark = pytest.mark.usefixtures("database")
NOW = TODAY.year * 12 + TODAY.month - 1


def test_a_recorded_career_is_the_planners_person() -> None:
    from lingbao.career.person import check
    from lingbao.law.store import Law
    from lingbao.registry.session import acting_as
    from lingbao.web.registry_person import recorded_person

    small_nation(310)
    person, months, fen = as_owner(
        "SELECT r.person_id, count(*), (SELECT sum(balance_fen) FROM ledger_account WHERE owner_kind = 'person' AND owner_id = r.person_id)"
        " FROM record_month r GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")[0]
    law = Law.load()
    with acting_as(worker(person)):
        who = recorded_person(law, person, NOW, income=6000.0)
    check(who, NOW)
    assert (who.months_paid, who.account_balance) == (months, float(fen) / 100)
    assert who.mean_index is not None
    assert 0.3 < who.mean_index < 3.01
    assert sum(record.months for record in who.records) == months


def test_what_one_may_not_see_is_not_there(office: Office) -> None:
    from lingbao.law.store import Law
    from lingbao.registry.errors import NotFound
    from lingbao.registry.session import acting_as
    from lingbao.web.registry_person import recorded_person

    small_nation(62)
    stranger, = as_owner("SELECT min(id) FROM people_person WHERE residence_province = '11'")[0]
    for actor in (worker(stranger + 1), office.elsewhere):
        with pytest.raises(NotFound), acting_as(actor):
            recorded_person(Law.load(), stranger, NOW)
