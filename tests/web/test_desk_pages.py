"""The desk, the console and the fund as pages: both languages, no inline script or style, every field named, nothing kept by caches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from registry_matrix import API, PAGE_ROWS, Row
from registry_world import World, open_file

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
    open_file(browser, world.own.person)
    assert number(1) not in browser.get(address).content.decode()
    refused = browser.post(address, {"purpose": " "})
    assert refused.status_code == 422 and number(1) not in refused.content.decode()
    assert number(1) in browser.post(address, {"purpose": "本人来电核对"}).content.decode()
    assert "本人来电核对" in world.client("auditor").get("/desk/accesses/").content.decode()


def test_opening_a_file_needs_a_purpose_and_leaves_one_line_that_the_person_sees(world: World) -> None:
    from made_up import as_owner

    from lingbao.registry.people.rights import accesses
    from lingbao.registry.session import acting_as

    browser, person = world.client("supervisor"), world.foreign.person
    assert browser.get(f"/desk/persons/{person}/").status_code == 404
    browser, person = world.client("coordinator"), world.own.person
    for part in ("", "death/"):  # no birth date, no account, no time line before a purpose is given
        asked = browser.get(f"/desk/persons/{person}/{part}").content.decode()
        assert "打开并记录" in asked and "时间线" not in asked and "1990" not in asked
    assert browser.get(f"/desk/persons/{person}/?case=claims-{world.foreign.claim}").content.decode().count("打开并记录") == 1, "another person's case is no purpose"
    assert browser.post(f"/desk/persons/{person}/opening/", {"purpose": "other"}).status_code == 422
    assert browser.get(f"/desk/persons/{person}/opening/").headers["Location"] == f"/desk/persons/{person}/", "the other language's link of that page"
    assert as_owner("SELECT 1 FROM people_access WHERE role = 'coordinator' AND fields = '{file}'") == []
    for _ in range(3):
        assert "时间线" in browser.get(f"/desk/persons/{person}/?case=matters-{world.own.matter}").content.decode()
    assert browser.get(f"/desk/persons/{person}/death/").status_code == 200
    browser.post(f"/desk/persons/{person}/opening/", {"purpose": "other", "note": "上级督查第三号"})
    with acting_as(world.actors["worker"]):
        seen = [(each.role, each.fields, each.purpose) for each in accesses(person) if each.role == "coordinator"]
    assert seen == [("coordinator", ("file",), "上级督查第三号"), ("coordinator", ("file",), f"办理投诉与复议 {world.own.matter}")]
    as_owner("ALTER TABLE people_access DISABLE TRIGGER USER")
    as_owner("UPDATE people_access SET at = at - interval '13 hours' WHERE role = 'coordinator'")
    as_owner("ALTER TABLE people_access ENABLE TRIGGER USER")
    assert "打开并记录" in browser.get(f"/desk/persons/{person}/").content.decode(), "asked again the next day"


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


def test_a_long_queue_is_counted_whole_and_read_page_by_page(world: World) -> None:
    from made_up import as_owner

    as_owner("INSERT INTO people_correction (person_id, field, sealed, reason, asked_by) SELECT %s, 'phone', '\\x00', '换号', 0 FROM generate_series(1, 260)", [world.own.person])
    wait = 261  # with the one that the world has
    browser = world.client("clerk")
    assert f"待办 {wait} 件" in browser.get("/desk/").content.decode()
    assert browser.get(f"{API}/desk/queues").json()["corrections"]["waiting"] == wait
    seen: list[str] = []
    for number in range(1, 7):
        page = browser.get("/desk/queue/corrections/", {"page": number}).content.decode()
        assert f"共 {wait} 件" in page and ('rel="next"' in page) == (number < 6) and ('rel="prev"' in page) == (number > 1)
        seen += re.findall(r'href="/desk/corrections/(\d+)/"', page)
    assert len(seen) == len(set(seen)) == wait
    assert browser.get(f"/desk/corrections/{seen[-1]}/").status_code == 200, "the last of the queue opens too"
    for wrong in ("0", "99", "x"):
        assert f"共 {wait} 件" in browser.get("/desk/queue/corrections/", {"page": wrong}).content.decode()


def test_who_decides_a_correction_sees_both_values_and_leaves_a_line(world: World) -> None:
    browser, address = world.client("clerk"), f"/desk/corrections/{world.own.correction}/"
    before = browser.get(address).content.decode()
    assert "换号" in before and "13800000001" not in before
    assert world.client("coordinator").post(address, {"action": "compare"}).status_code == 403
    assert "13800000001" in browser.post(address, {"action": "compare"}).content.decode()
    assert f"信息更正 {world.own.correction}" in world.client("auditor").get("/desk/accesses/").content.decode()


def test_a_step_is_offered_only_to_who_may_take_it(world: World) -> None:
    refund = f"/desk/refunds/{world.own.refund}/"
    assert 'value="approve"' in world.client("supervisor").get(refund).content.decode()
    assert 'value="approve"' not in world.client("clerk").get(refund).content.decode()
    plan, says = f"/desk/requests/setoffs/{world.own.plan}/", "批准和入账由本省审核人办理"
    assert says in world.client("clerk").get(plan).content.decode() and says not in world.client("supervisor").get(plan).content.decode()
    transfer = world.client("clerk").get(f"/desk/transfers/{world.own.transfer}/").content.decode()
    assert 'value="send_letter"' in transfer and 'value="escalate"' not in transfer, "nothing is overdue yet"


def test_each_of_three_hundred_cases_is_reached(world: World) -> None:
    from made_up import as_owner

    person, browser = world.own.person, world.client("clerk")
    as_owner("ALTER TABLE collection_subsidy_request DISABLE TRIGGER USER")
    numbers = [row[0] for row in as_owner(
        "INSERT INTO people_correction (person_id, field, sealed, reason, asked_by) SELECT %s, 'residence_city', '\\x00', '第' || n || '件', 0"
        " FROM generate_series(1, 300) n RETURNING id", [person])]
    asked = [row[0] for row in as_owner(
        "INSERT INTO collection_subsidy_request (person_id, province, programme, payer_kind, payer_id, stated, about, words, asked_on)"
        " SELECT %s, '36', 'youth', 'platform', 1000 + n, '{}', 'many:' || n, '\\x00', '2026-01-05' FROM generate_series(1, 300) n RETURNING id", [person])]
    as_owner("ALTER TABLE collection_subsidy_request ENABLE TRIGGER USER")
    pages = {kind: "".join(browser.get(f"/desk/{where}page={n}").content.decode() for n in range(1, 20))
             for kind, where in (("corrections", "queue/corrections/?"), ("subsidies", "requests/?kind=subsidies&"))}
    assert [number for number in numbers if f"/desk/corrections/{number}/" not in pages["corrections"]] == []
    assert [number for number in asked if f"/desk/requests/subsidies/{number}/" not in pages["subsidies"]] == []
    assert browser.get(f"/desk/corrections/{numbers[-1]}/").status_code == 200
    assert browser.get(f"{API}/desk/queues/corrections/{numbers[-1]}").json()["number"] == numbers[-1]
    first, then = (browser.get(f"{API}/desk/queues/corrections?after={after}").json() for after in (0, 200))
    assert len(first) == 200 and then and not {each["number"] for each in first} & {each["number"] for each in then}
    assert len(browser.get(f"{API}/desk/requests?after=200").json()["subsidies"]) >= 100
    front = browser.get("/desk/requests/").content.decode()
    assert "kind=subsidies" in front and front.count("/desk/requests/subsidies/") == 50


def test_reports_show_causes_told_and_found_apart_density_and_the_laboratorys_measure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache

    from lingbao.registry.monitoring import figures, interruption

    cache.clear()
    everybody = interruption.Interruption("all", "all", 400, 0.25, 2.8, 0.113, 0.5)
    hidden = interruption.Interruption("province", "44", None, None, None, None, None)
    monkeypatch.setattr(figures, "by_reason", lambda as_of: ({("income", "stopped"): 61, ("not_asked", "late"): None}, {("enough_years", "stopped"): 73}))
    monkeypatch.setattr(interruption, "by_every_group", lambda as_of: {"all": [everybody], "province": [hidden]})
    monkeypatch.setattr(interruption, "counts", lambda as_of: {
        "population": 500, "stopped": 50, "ever_stopped": 100, "stopped_months": 2400, "exposure_months": 40_000})
    page = world.client("clerk").get("/desk/reports/").content.decode()
    for said in ("本人说的原因", "手头紧，缴不起", ">61<", "没有答复", "记录显示的原因", "缴费月数已达最低年限", ">73<", "11.3%", "2.8", "按调查的口径", "6.0%", "2.0"):
        assert said in page, said
    assert page.index("手头紧") < page.index("记录显示的原因") < page.index("缴费月数已达最低年限")
    found = world.client("clerk").get(f"{API}/desk/reports").json()
    assert found["simulated"] == {"stopped_share": 0.1, "ever_stopped_share": 0.2, "mean_years_stopped": 2.0, "density_stopped": 0.06}
    assert [each["density"] for each in found["interruption"]] == [0.113, None]
    cache.clear()
    monkeypatch.setattr(interruption, "counts", lambda as_of: {
        "population": 500, "stopped": 5, "ever_stopped": 100, "stopped_months": 2400, "exposure_months": 40_000})
    assert set(world.client("clerk").get(f"{API}/desk/reports").json()["simulated"].values()) == {None}, "five are too few"
    cache.clear()
