"""Nobody crosses a line: every role at every address of the registry, through HTTP and in the database under the role."""

from __future__ import annotations

from typing import Any

import pytest
from account_matrix import LAB_ROWS, account_rows
from registry_matrix import (
    API,
    CASES,
    EVERYBODY,
    NOBODY,
    OVERSIGHT,
    PAGE_ROWS,
    Row,
    differences,
)
from registry_operations import API_ROWS
from registry_world import World


def api_routes() -> set[tuple[str, str]]:
    from lingbao.web.api import api

    return {(method.upper(), address) for address, methods in api.get_openapi_schema()["paths"].items() if address.startswith(API)
            for method in methods}


def test_every_operation_has_a_row() -> None:
    assert {(row.method, row.route) for row in API_ROWS} == api_routes()


def page_routes() -> set[str]:
    from lingbao.web.urls import urlpatterns

    return {f"{part.pattern}{route.pattern}" for part in urlpatterns if str(part.pattern) in ("desk/", "platform/", "fund/")
            for route in part.url_patterns}


def test_every_page_has_a_row() -> None:
    assert {row.route for row in PAGE_ROWS} == page_routes()


def test_through_the_api_everyone_gets_what_is_theirs_and_nothing_else(world: World) -> None:
    assert "\n".join(differences(world, API_ROWS)) == ""


def test_on_the_pages_everyone_gets_what_is_theirs_and_nothing_else(world: World) -> None:
    assert "\n".join(differences(world, PAGE_ROWS)) == ""


def test_on_the_worker_s_pages_everyone_gets_what_is_theirs_and_nothing_else(world: World) -> None:
    from django.contrib.auth import get_user_model

    from lingbao.registry.keys import seal
    from lingbao.web.account.models import Holder

    worker = get_user_model().objects.get(username="worker")
    Holder.objects.get_or_create(user=worker, defaults={"phone_sealed": seal("13800000009", f"holder:{worker.pk}")})
    rows = account_rows()
    assert len(rows) > 60
    assert "\n".join(differences(world, rows)) == ""


def test_without_the_person_behind_the_login_the_matrix_of_the_worker_s_pages_notices(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.account import access

    monkeypatch.setattr(access, "_staff", lambda role: KeyError(role))
    monkeypatch.setattr(access, "me_of", lambda request: access.Me(world.actors["worker"], access.masked_worker("worker", purpose="x")[1]))  # type: ignore[index,arg-type]
    assert any("as clerk" in line for line in differences(world, account_rows()[:40]))


def test_the_laboratory_is_open_and_its_runs_are_not_guessed(world: World) -> None:
    from lingbao.web.lab.urls import urlpatterns

    assert {row.route for row in LAB_ROWS} == {f"lab/{each.pattern}" for each in urlpatterns}
    assert "\n".join(differences(world, LAB_ROWS)) == ""


@pytest.mark.parametrize("demonstration", [True, False])
def test_messages_are_shown_by_a_demonstration_alone(world: World, demonstration: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "LINGBAO_DEMONSTRATION", demonstration)
    row = Row("GET", "outbox/", EVERYBODY if demonstration else NOBODY, None, lambda side: "/outbox/")
    assert list(differences(world, (row,))) == []


def test_without_the_check_of_roles_the_matrix_of_pages_notices(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.desk import access

    monkeypatch.setattr(access, "check_role", lambda actor, roles: None)
    assert list(differences(world, PAGE_ROWS))


def test_without_the_check_of_roles_the_matrix_notices(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.api.registry import desk_access

    monkeypatch.setattr(desk_access, "check_role", lambda actor, roles: None)
    assert any("me as" in line or "/actors as" in line or "accesses as" in line for line in differences(world, API_ROWS))


# Who sees a row of the own and of the foreign side by direct SQL; the platform's engineer stands for its keys too.
TABLES: dict[str, tuple[str, str, frozenset[str], frozenset[str]]] = {
    "people_person": ("id", "person", CASES | {"worker"}, OVERSIGHT),
    "transfer_case": ("id", "transfer", CASES | {"worker"}, OVERSIGHT),
    "transfer_event": ("case_id", "transfer", CASES | {"worker"}, OVERSIGHT),
    "benefit_claim": ("id", "claim", CASES | {"worker"}, OVERSIGHT),
    "benefit_run": ("id", "run", CASES, OVERSIGHT),
    "dispute_case": ("id", "matter", CASES | {"worker"}, OVERSIGHT),
    "dispute_event": ("case_id", "matter", CASES | {"worker"}, OVERSIGHT),
    "people_correction": ("id", "correction", CASES | {"worker"}, OVERSIGHT),
    "collection_bill": ("id", "bill", CASES | {"worker"}, OVERSIGHT),
    "collection_part": ("bill_id", "bill", CASES | {"worker"}, OVERSIGHT),
    "collection_refund_proposal": ("id", "refund", CASES | {"worker"}, OVERSIGHT),
    "collection_subsidy_request": ("id", "subsidy", CASES | {"worker"}, OVERSIGHT),
    "transfer_conversion": ("id", "conversion", CASES | {"worker"}, OVERSIGHT),
    "benefit_recovery": ("id", "recovery", CASES, OVERSIGHT),
    "benefit_set_off_plan": ("id", "plan", CASES, OVERSIGHT),
    "orders_exemption_request": ("id", "exemption", CASES | {"worker"}, OVERSIGHT),
    "orders_exemption": ("id", "exempt", CASES | {"worker"}, OVERSIGHT),
    "orders_receipt": ("id", "receipt", CASES, OVERSIGHT),
    "orders_file": ("id", "file", CASES | {"engineer"}, OVERSIGHT),
    "orders_credential": ("key_id", "key_id", CASES | {"engineer"}, OVERSIGHT),
    "orders_event": ("id", "event", CASES | {"engineer"}, OVERSIGHT),
    "orders_upload": ("key", "upload", CASES | {"engineer"}, OVERSIGHT),
}


def seen(world: World, table: str) -> set[tuple[str, str]]:
    """Return who sees the row of which side."""
    from made_up import under_role

    column, part, _, _ = TABLES[table]
    return {(role, name) for role, actor in world.actors.items() for name in ("own", "foreign")
            if under_role(actor, f"SELECT 1 FROM {table} WHERE {column} = %s", [getattr(getattr(world, name), part)])}


def expected(table: str) -> set[tuple[str, str]]:
    _, _, own, foreign = TABLES[table]
    return {(role, "own") for role in own} | {(role, "foreign") for role in foreign}


@pytest.mark.parametrize("table", TABLES)
def test_in_the_database_each_role_sees_its_own_rows(world: World, table: str) -> None:
    assert seen(world, table) == expected(table)


def test_without_the_policies_the_rows_are_seen_by_all(world: World) -> None:
    from made_up import as_owner

    as_owner("ALTER TABLE transfer_case DISABLE ROW LEVEL SECURITY")
    try:
        assert seen(world, "transfer_case") != expected("transfer_case")
    finally:
        as_owner("ALTER TABLE transfer_case ENABLE ROW LEVEL SECURITY")


CHANGED = {
    "people_person": "residence_city", "transfer_case": "state", "transfer_event": "reason", "benefit_claim": "state", "benefit_run": "state",
    "dispute_case": "state", "dispute_event": "action", "people_correction": "field", "collection_refund_proposal": "reason",
    "collection_bill": "kind", "collection_part": "dropped",
    "collection_subsidy_request": "state", "transfer_conversion": "state", "benefit_recovery": "fen", "benefit_set_off_plan": "state",
    "orders_exemption_request": "state", "orders_exemption": "until", "orders_receipt": "state",
    "orders_file": "key", "orders_credential": "revoked_at", "orders_event": "type", "orders_upload": "key", "ledger_entry": "reason",
    "ledger_leg": "amount_fen", "people_access": "purpose", "people_actor": "active",
}


@pytest.mark.parametrize("table", CHANGED)
def test_the_auditor_changes_nothing(world: World, table: str) -> None:
    from made_up import under_role

    from lingbao.registry.errors import RegistryError

    assert set(TABLES) <= set(CHANGED)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {CHANGED[table]} = {CHANGED[table]}"):
        try:
            changed: list[Any] = under_role(world.actors["auditor"], f"{statement} RETURNING 1")
        except RegistryError:
            continue
        assert changed == []
