"""The desk, the console and the fund as pages: both languages, no inline script or style, every field named, nothing kept by caches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from registry_matrix import API, PAGE_ROWS, Row
from registry_world import World

ORDER = ("clerk", "supervisor", "auditor", "administrator", "engineer", "anonymous")
PAGES = [row for row in PAGE_ROWS if row.method == "GET" and row.own]


def read(world: World, row: Row, lang: str) -> Any:
    assert row.address is not None
    role = next(role for role in ORDER if role in row.own)
    return world.client(role).get(row.address(world.own), {"lang": lang})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("row", PAGES, ids=lambda row: re.sub(r"[^a-z/]", "", row.route))
def test_a_page_keeps_the_rules_of_the_site(world: World, row: Row, lang: str) -> None:
    answer = read(world, row, lang)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    if row.route.startswith(("desk/", "platform/")) and row.route != "desk/sign-in/":
        assert "no-store" in answer.headers["Cache-Control"]
    if not answer.headers["Content-Type"].startswith("text/html"):
        return
    page = answer.content.decode()
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in page
    assert page.count("<h1>") == 1
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", page)
    named = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', page))
    fields = re.findall(r"<(?:input|select|textarea)\s[^>]*>", page)
    assert {re.search(r'id="([^"]+)"', each)[1] for each in fields if 'type="hidden"' not in each} <= named  # type: ignore[index]
    assert page.count('method="post"') == page.count("csrfmiddlewaretoken")


def test_a_form_of_another_site_changes_nothing(world: World) -> None:
    from made_up import as_owner

    browser = world.client("supervisor", enforce_csrf_checks=True)
    assert browser.post("/desk/runs/", {"run": world.own.run, "key": "a1"}).status_code == 403
    assert as_owner("SELECT state FROM benefit_run WHERE id = %s", [world.own.run]) == [("prepared",)]
    assert world.client("supervisor").post("/desk/runs/", {"run": world.own.run, "key": "a1"}).status_code == 302
    assert as_owner("SELECT state FROM benefit_run WHERE id = %s", [world.own.run]) == [("approved",)]


def test_a_form_sent_twice_acts_once_and_what_is_wrong_stands_on_the_page(world: World) -> None:
    browser, address = world.client("clerk"), f"/desk/claims/{world.own.claim}/"
    empty = browser.post(address, {"key": "b1", "action": "refuse", "reason": ""})
    assert empty.status_code == 422 and "理由" in empty.content.decode() and "<h1>" in empty.content.decode()
    for _ in range(2):
        assert browser.post(address, {"key": "b2", "action": "refuse", "reason": "月数不足"}).status_code == 302
    assert world.client("auditor").get(f"{API}/desk/claims/{world.own.claim}").json()["state"] == "refused"
    assert browser.post(address, {"key": "b3", "action": "grant"}).status_code == 409


def test_sealed_fields_are_shown_only_with_a_purpose_and_leave_a_line(world: World) -> None:
    from made_up import number

    browser, address = world.client("clerk"), f"/desk/persons/{world.own.person}/"
    assert number(1) not in browser.get(address).content.decode()
    refused = browser.post(address, {"purpose": " "})
    assert refused.status_code == 422 and number(1) not in refused.content.decode()
    assert number(1) in browser.post(address, {"purpose": "本人来电核对"}).content.decode()
    assert "本人来电核对" in world.client("auditor").get("/desk/accesses/").content.decode()


def test_members_near_a_date_are_reminded_once_a_month(world: World) -> None:
    from made_up import as_owner, registered

    from lingbao.web.desk.queues import this_month

    # A year a member, nothing paid, and more years missing than are left.
    late = registered(world.actors["clerk"], 9, name="孙九", birth="19661201", phone="13800000009")
    as_owner("INSERT INTO enrolment_membership (person_id, scheme, standing, province, since, recorded_by) VALUES (%s, 'employee', 'flexible', '36', %s, 0)",
             [late, this_month() - 12])
    browser = world.client("clerk")
    listed = browser.get(f"{API}/desk/campaign").json()
    assert late in {each["person"] for each in listed}
    first = browser.post(f"{API}/desk/campaign").json()["queued"]
    assert first >= 1 and browser.post(f"{API}/desk/campaign").json()["queued"] == 0


def test_a_platform_that_asks_too_often_is_told_when_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.api.registry import identity

    monkeypatch.setattr(identity, "RATE", "3/m")
    answers = [world.client("anonymous").get(f"{API}/platform", headers=world.headers("key")).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]


def test_a_new_key_is_shown_once_and_works(world: World) -> None:
    browser = world.client("engineer")
    shown = re.search(r"lb-sandbox-[0-9a-f]{12}\.[\w-]+", browser.post("/platform/keys/").content.decode())
    assert shown
    assert shown[0] not in browser.get("/platform/keys/").content.decode()
    key = {"authorization": f"Bearer {shown[0]}"}
    assert world.client("anonymous").get(f"{API}/files", headers=key).status_code == 200
    browser.post("/platform/keys/", {"revoke": shown[0].partition(".")[0]})
    assert world.client("anonymous").get(f"{API}/files", headers=key).status_code == 401


@pytest.mark.parametrize("text", ["\x00", "９", "-1", "9" * 30, "{{7*7}}", "<script>", "=cmd()"])
def test_any_text_in_any_form_is_answered(world: World, text: str) -> None:
    for role, address in (("clerk", f"/desk/transfers/{world.own.transfer}/"), ("clerk", f"/desk/matters/{world.own.matter}/"), ("clerk", "/desk/search/"),
                          ("supervisor", "/desk/runs/"), ("administrator", "/desk/actors/"), ("engineer", "/platform/webhooks/"),
                          ("engineer", "/platform/keys/"), ("anonymous", "/desk/sign-in/"), ("anonymous", "/desk/code/")):
        names = ("action", "reason", "days", "to", "key", "identity_number", "purpose", "run", "month", "role", "name", "login", "password", "agency",
                 "platform", "url", "replay", "code", "next", "revoke")
        answer = world.client(role).post(address, dict.fromkeys(names, text))
        assert answer.status_code < 500, address
        assert "<script>" not in answer.content.decode().replace('<script src', "") and ">49<" not in answer.content.decode()
    for address in ("/platform/reconcile/", "/desk/accesses/"):
        role = "engineer" if "platform" in address else "auditor"
        assert world.client(role).get(address, {"first": text, "last": text, "person": text}).status_code < 500
