"""A form that is refused comes back with what was written in it, and leads back to where one was."""

from __future__ import annotations

import re
from typing import Any

from account_people import answered, enrolled, identified, sent
from registry_world import World


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_step_of_a_case_that_is_refused_keeps_its_reason(world: World) -> None:
    page = f"/desk/matters/{world.own.matter}/"
    refused = world.client("clerk").post(page, {"key": "k1", "action": "refer", "reason": "应由深圳办理", "to": ""})
    assert refused.status_code == 422
    assert "应由深圳办理</textarea>" in text(refused) and text(refused).count("应由深圳办理") == 1, "in the form that was sent alone"


def test_days_beyond_a_year_are_refused_with_the_words_kept(world: World) -> None:
    page = f"/desk/transfers/{world.own.transfer}/"
    refused = world.client("coordinator").post(page, {"key": "k2", "action": "direct", "reason": "请尽快办结", "days": "9999999"})
    assert refused.status_code == 422 and "1 至 250 个工作日" in text(refused)


def test_a_request_that_is_refused_keeps_every_field(world: World) -> None:
    page = f"/desk/requests/subsidies/{world.own.subsidy}/"
    refused = world.client("supervisor").post(page, {"key": "k3", "action": "grant", "share": "150", "since": "2026-12", "last": "2027-11", "reason": "认定 12 号"})
    shown = text(refused)
    assert refused.status_code == 422 and "认定 12 号</textarea>" in shown
    assert re.findall(r'name="(share|since|last)" value="([^"]*)"', shown) == [("share", "150"), ("since", "2026-12"), ("last", "2027-11")]


def test_a_search_without_a_hit_keeps_number_and_purpose_and_says_what_next(world: World) -> None:
    from made_up import number

    for wanted, status in ((number(907), 200), ("360100198001010", 422)):
        found = world.client("clerk").post("/desk/search/", {"identity_number": wanted, "purpose": "窗口查询"})
        shown = text(found)
        assert found.status_code == status and re.findall(r'name="(identity_number|purpose)"[^>]* value="([^"]*)"', shown) == [
            ("identity_number", wanted), ("purpose", "窗口查询")]
        assert ("请本人在“我的账户”登记身份" in shown) == (status == 200)


def test_whoever_says_why_a_file_is_opened_goes_on_to_the_page_that_asked(world: World) -> None:
    browser, person = world.client("supervisor"), world.own.double
    page, opening = f"/desk/persons/{person}/death/", f"/desk/persons/{person}/opening/"
    asked = text(browser.get(page))
    assert f'name="on" value="{page}"' in asked
    missing = browser.post(opening, {"on": page})
    assert missing.status_code == 422 and f'name="on" value="{page}"' in text(missing)
    for elsewhere in ("https://example.org/", "//example.org/", f"/desk/persons/{person + 1}/death/", f"{page}?x=1", "/desk/sign-out/"):
        assert browser.post(opening, {"purpose": "counter", "on": elsewhere}).headers["Location"] == f"/desk/persons/{person}/"
    assert browser.post(opening, {"purpose": "counter", "on": page}).headers["Location"] == page


def test_a_worker_who_objects_without_a_key_keeps_the_words(migrated: None) -> None:
    from lingbao.registry.disputes.services import step
    from lingbao.registry.people.actors import Agency, actor_numbered, appoint, open_agency
    from lingbao.registry.session import SYSTEM, acting_as
    from lingbao.web.account.access import today

    client = identified()
    enrolled(client)
    done = sent(client, "complain", answered(client, "complain", ("kind", {"kind": "complaint"}), ("says", {"says": "等了三个月"})))
    page = done.headers["Location"]
    with acting_as(SYSTEM):
        clerk = actor_numbered(appoint("clerk", "甲", agency=open_agency(Agency("369999", "36", "社会保险经办机构"))))
    for action, words in (("accept", ""), ("answer", "按规定核定")):
        step(clerk, action, int(page.rstrip("/").rpartition("/")[2]), action, today=today(), words=words)
    expired = client.post(page, {"action": "object", "says": "少算了三个月"})
    assert expired.status_code == 422 and "少算了三个月</textarea>" in text(expired)
    empty = client.post(page, {"action": "object", "says": " ", "key": "k" * 20})
    assert empty.status_code == 422 and 'href="#says"' in text(empty)
    assert client.post(page, {"action": "object", "says": "少算了三个月", "key": "k" * 20}).status_code == 302
