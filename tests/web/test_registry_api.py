"""The registry in the API: keys, keys of idempotency, forged requests, large parts; and whatever is sent, an answer as described."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from registry_matrix import API
from registry_operations import API_ROWS
from registry_world import World

EXAMPLES = int(os.environ.get("LINGBAO_API_EXAMPLES", "20"))


def call(world: World, method: str, address: str, body: Any = None, *, key: str | None = None, idempotency: str = "k") -> Any:
    headers = {"authorization": f"Bearer {world.own.key if key is None else key}", "Idempotency-Key": idempotency}
    raw = body if isinstance(body, bytes) else json.dumps(body or {})
    return world.client("anonymous").generic(method, f"{API}{address}", raw, content_type="application/json", headers=headers)


ORDER = {"business_date": "2026-11-03", "order_number": "api-1", "worker": "rider-1", "income_fen": 1000}


def test_a_batch_sent_again_counts_once_and_other_content_is_a_conflict(world: World) -> None:
    first = call(world, "POST", "/orders", {"orders": [ORDER]}, idempotency="one")
    assert (first.status_code, first.json()["posted"], first.json()["withheld_fen"]) == (200, 1, 50)
    assert call(world, "POST", "/orders", {"orders": [ORDER]}, idempotency="one").json() == first.json()
    other = call(world, "POST", "/orders", {"orders": [{**ORDER, "income_fen": 2000}]}, idempotency="one")
    assert (other.status_code, other.json()["code"]) == (409, "orders.key_used")
    altered = call(world, "POST", "/orders", {"orders": [{**ORDER, "income_fen": 2000}]}, idempotency="two")
    assert (altered.json()["posted"], altered.json()["conflicts"]) == (0, 1)


def test_a_key_that_is_wrong_or_revoked_opens_nothing(world: World) -> None:
    from lingbao.registry.orders.platforms import issue_key, revoke_key

    for wrong in ("", "lb-sandbox-000000000000.x", world.own.key[:-1], "你好", "a" * 500):
        assert call(world, "GET", "/platform", key=wrong).status_code == 401
    second = issue_key(world.own.platform)
    assert call(world, "GET", "/platform", key=second.text).status_code == 200
    revoke_key(second.key_id)
    assert call(world, "GET", "/platform", key=second.text).status_code == 401
    assert call(world, "GET", "/platform").status_code == 200


def test_a_part_may_be_larger_than_other_requests_but_has_its_limit(world: World) -> None:
    said = {"format": "csv", "rows": 1, "income_fen": 1, "sha256": "0" * 64, "parts": 2}
    assert call(world, "PUT", "/files/large", said).json()["missing"] == [1, 2]
    assert call(world, "PUT", "/files/large/parts/1", b"x" * (3 * 2**20)).json()["missing"] == [2]
    assert call(world, "PUT", "/files/large/parts/2", b"x" * (17 * 2**20)).status_code == 413
    assert call(world, "POST", "/orders", b"x" * (2 * 2**20)).status_code == 413


def test_an_engineer_issues_and_revokes_keys_by_program_and_a_key_alone_does_not(world: World) -> None:
    def ask(role: str, method: str, address: str = "") -> Any:
        return world.client(role).generic(method, f"{API}/platform/keys{address}", "{}", content_type="application/json", headers=world.headers(role))

    new = ask("engineer", "POST").json()
    assert call(world, "GET", "/platform", key=new["key"]).status_code == 200
    assert new["key_id"] in [each["key_id"] for each in ask("engineer", "GET").json()]
    assert (ask("key", "POST").status_code, ask("key", "DELETE", f"/{new['key_id']}").status_code) == (401, 401), "a stolen key makes no other"
    assert ask("engineer", "DELETE", f"/{new['key_id']}").json() == {"key_id": new["key_id"], "revoked": True}
    assert ask("engineer", "DELETE", f"/{new['key_id']}").json()["revoked"] is False
    assert call(world, "GET", "/platform", key=new["key"]).status_code == 401
    assert ask("engineer", "DELETE", f"/{world.foreign.key_id}").status_code == 404


def test_a_webhook_is_removed_by_program_and_on_the_page_and_refused_files_are_listed(world: World) -> None:
    engineer = world.client("engineer")
    call(world, "POST", "/webhooks", {"url": "https://example.org/second"})
    listed = {each["url"]: each["id"] for each in call(world, "GET", "/webhooks").json()}
    assert call(world, "DELETE", f"/webhooks/{listed['https://example.org/second']}").json()["removed"] is True
    assert engineer.post("/platform/webhooks/", {"remove": listed["https://example.org/hook"]}).status_code == 302
    assert call(world, "GET", "/webhooks").json() == []
    inward = call(world, "POST", "/webhooks", {"url": "http://169.254.169.254/latest"})
    assert (inward.status_code, inward.json()["code"]) == (422, "orders.webhook_private")
    assert engineer.post("/platform/webhooks/", {"url": "https://[::1]/"}).status_code == 422
    call(world, "PUT", "/files/short", {"format": "csv", "rows": 1, "income_fen": 1, "sha256": hashlib.sha256(b"x").hexdigest()})
    call(world, "PUT", "/files/short/parts/1", b"x")
    refused = call(world, "POST", "/files/short/commit")
    assert refused.status_code == 422
    assert call(world, "GET", "/refusals").json()[0]["code"] == refused.json()["code"]


@pytest.mark.parametrize("cell", ["\\u0000", "\\ud800", "=1+1", "\\u202e"])
@pytest.mark.parametrize("place", ["worker", "strange column"])
@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_characters_that_no_text_may_hold_are_reported_not_stumbled_over(world: World, cell: str, place: str, form: str) -> None:
    strange = f'"worker": "{cell}"' if place == "worker" else f'"worker": "r", "column{cell}": "1"'
    line = f'{{"business_date": "2026-11-03", "order_number": "x-1", {strange}, "income_fen": "1"}}'
    content = (f'{{"orders": [{line}]}}' if form == "json" else line + "\n").encode()
    key = hashlib.sha256(content).hexdigest()
    said = {"format": form, "rows": 1, "income_fen": 1, "sha256": key}
    assert call(world, "PUT", f"/files/{key}", said).status_code == 200
    call(world, "PUT", f"/files/{key}/parts/1", content)
    answer = call(world, "POST", f"/files/{key}/commit")
    assert answer.status_code in (200, 422), answer.content
    if answer.status_code == 200 and place == "worker":
        assert answer.json()["rejected"] == 1


def test_a_platform_is_told_no_more_than_that_nobody_has_both_number_and_name(world: World) -> None:
    from made_up import number

    def ask(identity: str, name: str) -> Any:
        return call(world, "POST", "/workers/rider-8/link", {"identity_number": identity, "name": name, "proof": "合同"})

    nobody, other_name = ask(number(7), "赵1"), ask(number(1), "钱二")
    assert nobody.status_code == other_name.status_code == 404
    assert nobody.json() == other_name.json()
    assert ask(number(1), "赵1").status_code == 200
    assert ask(number(1), "赵1").json()["code"] == "orders.linked_before"


def test_a_change_by_session_needs_the_token_of_the_site(world: World) -> None:
    browser = world.client("clerk", enforce_csrf_checks=True)
    assert browser.get(f"{API}/desk/me").status_code == 200
    answer = browser.post(f"{API}/desk/search", json.dumps({"identity_number": "1" * 18, "purpose": "查"}), content_type="application/json")
    assert answer.status_code == 403


def test_money_leaves_with_two_persons_only(world: World) -> None:
    clerk, supervisor = world.client("clerk"), world.client("supervisor")

    def post(browser: Any, address: str, body: Any, key: str) -> Any:
        return browser.post(f"{API}/desk{address}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key})

    made = post(supervisor, "/runs", {"month": "2027-06"}, "r1").json()["run"]
    assert post(supervisor, "/runs", {"month": "2027-06"}, "r1").json()["run"] == made
    own = post(supervisor, f"/runs/{made}/approval", {}, "r2")
    assert (own.status_code, own.json()["code"]) == (403, "benefit.two_persons")
    assert post(clerk, f"/runs/{made}/approval", {}, "r3").json()["code"] == "registry.role"
    other = post(clerk, "/runs", {"month": "2027-07"}, "r4").json()["run"]
    assert post(supervisor, f"/runs/{other}/approval", {}, "r5").json()["state"] == "approved"


def test_a_letter_is_filled_from_the_record_and_the_reading_is_on_record(world: World) -> None:
    clerk, auditor = world.client("clerk"), world.client("auditor")
    answer = clerk.post(f"{API}/desk/transfers/{world.own.transfer}/steps", json.dumps({"action": "send_letter"}), content_type="application/json",
                        headers={"Idempotency-Key": "letter"})
    assert answer.json()["state"] == "letter_sent", answer.json()
    assert clerk.get(f"{API}/desk/transfers/{world.own.transfer}").json()["papers"] == ["contact_letter"]
    lines = auditor.get(f"{API}/desk/audit/accesses?person={world.own.person}").json()
    assert any(line["purpose"] == f"跨省转移 transfer:{world.own.transfer}" and "identity_number" in line["fields"] for line in lines)


def test_no_identity_number_stands_in_an_address_or_a_list(world: World) -> None:
    from made_up import number

    unsaid = world.client("clerk").get(f"{API}/desk/persons/{world.own.person}")
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "person.file_purpose")
    found = world.client("clerk").get(f"{API}/desk/persons/{world.own.person}?case=matters-{world.own.matter}").content.decode()
    assert number(1) not in found and "******" in found
    clear = world.client("clerk").post(f"{API}/desk/persons/{world.own.person}/reading", json.dumps({"fields": ["identity_number"], "purpose": "核对"}),
                                       content_type="application/json").json()
    assert clear == {"identity_number": number(1)}


@pytest.fixture(scope="module")
def described(world: World) -> Any:
    import schemathesis

    from lingbao.web.wsgi import application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.parametrize(("method", "route"), [(row.method, row.route) for row in API_ROWS])
def test_any_request_is_answered_as_described(world: World, described: Any, method: str, route: str) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    kept = [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]
    if "/desk/" in route or "/platform/keys" in route:
        role = "engineer" if "/platform/keys" in route else "administrator" if "/actors" in route else "auditor" if "/audit" in route else "supervisor"
        headers, cookies = {}, {"sessionid": world.client(role).session.session_key}
    elif "/me" in route:
        headers, cookies = {"X-Session-Token": world.client("worker").session.session_key}, {}
    else:
        headers, cookies = {"Authorization": f"Bearer {world.own.key}"}, {}

    @given(case=described[route][method].as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        answer = case.call_and_validate(checks=kept, headers={"Accept-Encoding": "identity", **headers}, cookies=cookies)
        assert answer.status_code != 401, "signed in, so that the requests reach what they are to try"

    check()


def test_any_signed_message_of_a_bank_is_answered_as_described(world: World, described: Any) -> None:
    """Unsigned, a message is refused before it is read; signed, whatever it says reaches the books or a refusal in both languages."""
    from django.utils import timezone

    from lingbao.registry.collection.messages import secret_of
    from lingbao.registry.collection.payments import ask_payment
    from lingbao.registry.orders.webhooks import SIGNATURE, signature
    from lingbao.registry.session import run_as

    clerk = world.actors["clerk"]
    number = run_as(clerk, lambda: ask_payment(clerk, world.own.person, "36", 500, channel="bank-1"))
    operation = described[f"{API}/bank/messages"]["POST"]
    known = {int(status) for status in operation.definition.raw["responses"]}
    seen: set[int] = set()

    @given(case=operation.as_strategy(), asked=strategies.booleans())
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(case: Any, asked: bool) -> None:
        said = {**case.body, **({"number": number, "channel": "bank-1", "amount_fen": 500} if asked else {})} if isinstance(case.body, dict) else case.body
        body = json.dumps(said).encode()
        channel = said.get("channel") if isinstance(said, dict) else None
        header = signature(secret_of(channel if isinstance(channel, str) else "bank-1"), body, timezone.now())
        answer = world.client("anonymous").post(f"{API}/bank/messages", body, content_type="application/json", headers={SIGNATURE: header})
        seen.add(answer.status_code)
        assert answer.status_code in known and answer.status_code < 500
        assert answer.status_code == 200 or {"code", "zh", "en"} <= set(answer.json())
        assert answer.status_code != 403 or not isinstance(channel, str) or answer.json()["code"] != "collection.signature"

    check()
    assert seen - {422}, "some messages were understood"
