"""A bank's own call: signed and fresh it is believed once; anything else moves nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from registry_world import World

ADDRESS = "/api/v1/registry/bank/messages"


@pytest.fixture
def asked(world: World) -> dict[str, Any]:
    """A payment asked of a bank, and what the bank says of it."""
    from lingbao.registry.collection.payments import ask_payment
    from lingbao.registry.session import run_as

    clerk = world.actors["clerk"]
    number = run_as(clerk, lambda: ask_payment(clerk, world.own.person, "36", 500, channel="bank-1"))
    return {"channel": "bank-1", "reference": f"r-{number[-8:]}", "kind": "paid", "number": number, "amount_fen": 500, "paid_on": "2026-11-02"}


def told(world: World, said: dict[str, Any], *, by: str = "bank-1", ago: timedelta = timedelta(0), signature: str | None = None) -> Any:
    from django.utils import timezone

    from lingbao.registry.collection.messages import secret_of
    from lingbao.registry.orders.webhooks import SIGNATURE
    from lingbao.registry.orders.webhooks import signature as signed

    body = json.dumps(said).encode()
    header = signed(secret_of(by), body, timezone.now() - ago) if signature is None else signature
    return world.client("anonymous").post(ADDRESS, body, content_type="application/json", headers={SIGNATURE: header})


def test_a_signed_message_is_believed_once_and_told_again_gives_the_same(world: World, asked: dict[str, Any]) -> None:
    from made_up import as_owner

    first, again = told(world, asked), told(world, asked)
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    assert as_owner("SELECT count(*) FROM ledger_entry WHERE source = %s", [f"bank-1:{asked['reference']}"]) == [(1,)]
    assert told(world, {**asked, "amount_fen": 501}).status_code == 409
    assert told(world, {**asked, "reference": "r-other", "number": "P-unknown-1"}).status_code == 404


@pytest.mark.parametrize("how", [
    {"by": "bank-2"}, {"ago": timedelta(minutes=6)}, {"ago": timedelta(minutes=-6)}, {"signature": ""}, {"signature": "t=1,v1=x"},
    {"signature": f"t=99999999999,v1={'0' * 64}"}, {"signature": f"t=1,v1={'é' * 64}"}])
def test_nothing_moves_without_the_banks_own_fresh_signature(world: World, asked: dict[str, Any], how: dict[str, Any]) -> None:
    from made_up import as_owner

    answer = told(world, asked, **how)
    assert answer.status_code == 403 and answer.json()["code"] == "collection.signature"
    assert as_owner("SELECT count(*) FROM collection_message WHERE number = %s", [asked["number"]]) == [(0,)]


def test_a_bank_speaks_of_its_own_requests_alone(world: World, asked: dict[str, Any]) -> None:
    assert told(world, {**asked, "channel": "bank-2"}, by="bank-2").status_code == 409
    assert told(world, {**asked, "paid_on": "yesterday"}).status_code == 422
