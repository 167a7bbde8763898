"""A request for a subsidy is answered once, by the agency of its place, a grant by a supervisor; nobody else reads its ground."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from made_up import TODAY, as_owner, open_office, registered, under_role, worker

from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.errors import Conflict, Forbidden, Immutable, NotFound, RegistryError

pytestmark = pytest.mark.usefixtures("database")
LAW = Law.load()
START = month(2026, 12)


def wish(person: int, programme: str = "hard_to_employ", **changes: Any) -> Any:
    from lingbao.registry.collection.subsidy_requests import Wish

    return Wish(**{"person": person, "province": "36", "programme": programme, "payer_kind": "province", "payer_id": 36, "words": "认定书 1 号",
                   "months_to_retirement": 40, **changes})


def asked() -> tuple[Any, Any, int]:
    """The office, the person as an actor, and a request."""
    from lingbao.registry.collection.subsidy_requests import ask

    office = open_office()
    me = worker(registered(office.clerk))
    return office, me, ask(me, "k1", wish(me.person), today=TODAY, law=LAW)["request"]


def grant(actor: Any, number: int, key: str = "g1", **changes: Any) -> Any:
    from lingbao.registry.collection.subsidy_requests import agree

    return agree(actor, key, number, **{"share": 0.5, "since": START, "until": START + 12, "document": "认定〔2026〕1号", "today": TODAY, "law": LAW, **changes})


def test_near_retirement_it_lasts_until_then_and_no_longer() -> None:
    office, _, number = asked()
    with pytest.raises(InputError, match="at most 40 months"):
        grant(office.supervisor, number, until=START + 41)
    with pytest.raises(InputError, match="above the limit"):
        grant(office.supervisor, number, share=0.7)
    with pytest.raises(InputError, match="Name the recognition"):
        grant(office.supervisor, number, document=" ")
    assert grant(office.supervisor, number, until=START + 40)["state"] == "granted"
    assert as_owner("SELECT s.since, s.until FROM collection_subsidy_request r JOIN collection_subsidy s ON s.id = r.subsidy_id") == [(START, START + 40)]


def test_a_clerk_refuses_but_does_not_grant_and_elsewhere_it_is_not_there() -> None:
    from lingbao.registry.collection.subsidy_requests import refuse

    office, _, number = asked()
    with pytest.raises(Forbidden):
        grant(office.clerk, number)
    with pytest.raises(NotFound):
        refuse(office.elsewhere, "r0", number, reason="不符", today=TODAY)
    refuse(office.clerk, "r1", number, reason="不符合条件", today=TODAY)
    with pytest.raises(Conflict, match="answered already"):
        grant(office.supervisor, number)


def test_the_same_key_asks_once_and_two_open_requests_are_refused() -> None:
    from lingbao.registry.collection.subsidy_requests import ask

    _, me, number = asked()
    assert ask(me, "k1", wish(me.person), today=TODAY, law=LAW)["request"] == number
    with pytest.raises(Conflict, match="asked for already"):
        ask(me, "k2", wish(me.person), today=TODAY, law=LAW)
    with pytest.raises(InputError, match="proposal and not law"):
        ask(me, "k3", wish(me.person, "youth"), today=TODAY, law=LAW)


def test_the_ground_is_sealed_and_read_only_by_those_who_may() -> None:
    from lingbao.registry.collection.subsidy_requests import words_of
    from lingbao.registry.session import acting_as

    office, me, number = asked()
    assert "认定书".encode() not in bytes(as_owner("SELECT words FROM collection_subsidy_request")[0][0])
    for actor, expected in ((me, "认定书 1 号"), (office.clerk, "认定书 1 号"), (office.elsewhere, ""), (office.administrator, "")):
        with acting_as(actor):
            assert words_of(number) == expected


def test_in_the_database_a_person_only_withdraws_and_an_answer_stands() -> None:
    office, me, number = asked()
    with pytest.raises(RegistryError):
        under_role(me, "UPDATE collection_subsidy_request SET state = 'refused', reason = 'x', answered_on = now(), answered_by = 1")
    with pytest.raises(RegistryError):
        under_role(office.clerk, "INSERT INTO collection_subsidy (person_id, province, programme, payer_kind, payer_id, share, since, until, law_hash, granted_by)"
                                 " VALUES (%s, '36', 'graduate', 'province', 36, 0.5, 1, 2, 'law', %s)", [me.person, office.clerk.id])
    under_role(me, "UPDATE collection_subsidy_request SET state = 'withdrawn', answered_on = now(), answered_by = %s", [me.id])
    with pytest.raises(Immutable):
        under_role(office.supervisor, "UPDATE collection_subsidy_request SET state = 'asked', answered_on = NULL, answered_by = NULL WHERE id = %s", [number])
    with pytest.raises(RegistryError):
        under_role(office.supervisor, "DELETE FROM collection_subsidy_request")
    reopened = "UPDATE collection_subsidy_request SET state = 'asked', answered_on = NULL, answered_by = NULL WHERE id = %s RETURNING 1"
    with pytest.raises(DatabaseError):
        as_owner(reopened, [number])
    as_owner("ALTER TABLE collection_subsidy_request DISABLE TRIGGER ALL")  # the control: without the trigger the answer does not stand
    assert as_owner(reopened, [number])
