"""Choosing a reform on the laboratory's pages: gallery, controls, file, two together; limits; what is refused and how."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from lab_site import ask, browser, run_of

pytestmark = pytest.mark.usefixtures("database")
GOOD = """\
id: lower-rate
title_zh: 费率降到百分之十七
title_en: Rate down to 17%
author: 某研究者 / a researcher
citation: 未发表 / unpublished
mechanisms: [N8]
expected_zh: 缴费减少
expected_en: Less is paid
since: "2027-01"
runs_in: [laboratory]
changes:
  - path: national.contribution.total_rate
    value: 0.17
    source: 测试 / a test
"""


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def stored_at(answer: Any) -> str:
    """The hash of the reform that an answer leads to."""
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"].split("/")[3])


def content_of(name: str) -> dict[str, Any]:
    from lingbao.web.lab import stored

    return stored.find(name).to_dict()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_gallery_shows_every_shipped_reform_once(lang: str) -> None:
    from lingbao.law.reform_library import library

    page = browser().get(f"/lab/?lang={lang}").content.decode()
    listed = re.findall(r'class="lab-card-title" href="/lab/reform/([^/]+)/"', page)
    assert sorted(listed) == sorted(reform.id for reform in library()) and len(listed) >= 26
    planner_only = [card for card in page.split('<li class="lab-card">')[1:] if "tag-warn" in card]
    assert len(planner_only) == 1 and "B6-TEE" in planner_only[0]


@pytest.mark.parametrize(("query", "count"), [("", 324), ("?amount=relative", 162), ("?index=fixed&financing=pool", 36),
                                              ("?amount=absolute&limit=longest&financing=split&minimum=proportion&accrual=proportion&index=formula", 1),
                                              ("?amount=nonsense", 0)])
def test_designs_are_narrowed_by_their_choices(query: str, count: int) -> None:
    seen, pages = set(), max(-(-count // 36), 1)
    for number in range(1, pages + 1):
        page = browser().get(f"/lab/designs/{query or '?'}&page={number}").content.decode()
        listed = re.findall(r'href="/lab/reform/(F2-\d{3})/"', page)
        assert len(listed) <= 36 and f"{count} 个方案" in page and (pages == 1) == ('class="pages"' not in page)
        seen |= set(listed)
    assert len(seen) == count


def test_every_shipped_reform_has_a_page_that_names_changes_and_sources() -> None:
    from lingbao.law.reform_library import library

    client = browser()
    for reform in library():
        answer = client.get(f"/lab/reform/{reform.id}/?lang=en")
        page = text_of(answer)
        assert answer.status_code == 200 and reform.title_en in page
        for source in [change.source for change in reform.changes] + [option.source for option in reform.options.values()]:
            assert source in page, reform.id
        assert ("Run it" in page) == ("laboratory" in reform.runs_in)
    assert text_of(client.get("/lab/reform/n8/?lang=en")).count("20% → 18%") == 1


def test_a_reform_leaves_the_site_as_the_file_it_was() -> None:
    from lingbao.law.reform_library import find_reform
    from lingbao.law.reform_read import parse_reform

    answer = browser().get("/lab/reform/F2-007/file.yaml")
    assert parse_reform(answer.content.decode()).hash == find_reform("F2-007").hash


@pytest.mark.parametrize("address", ["/lab/reform/nothing/", f"/lab/reform/{'0' * 64}/", "/lab/run/000000000000000000000000/", "/lab/run/xyz/"])
def test_what_is_not_there_is_404(address: str) -> None:
    assert browser().get(address).status_code == 404


FIXED = {"amount": "absolute", "contribution": "400", "indexed_to": "wage", "limit": "longest", "longest_years": "3", "financing": "account",
         "minimum": "full", "accrual": "proportion", "index": "factor", "index_factor": "1.5", "wage_share": "", "fixed_index": ""}


def test_fixed_amount_rows_become_the_option_they_say() -> None:
    made = content_of(stored_at(browser().post("/lab/new/", {"part": ["fixed"], **FIXED})))
    assert made["options"]["fixed_amount"]["values"] == {
        "amount": "absolute", "contribution": 400, "indexed_to": "wage", "limit": "longest", "longest_months": 36, "financing": "account",
        "minimum": "full", "accrual": "proportion", "index": "factor", "index_factor": 1.5,
    }
    assert "changes" not in made and made["mechanisms"] == ["F2"]


def test_rate_bounds_subsidies_and_rhythm_become_changes_of_the_law() -> None:
    from lingbao.law.store import Law
    from lingbao.web.lab import stored

    form = {"part": ["rate", "bounds", "subsidies", "rhythm"], "rate": "18", "account": "7", "floor": "45", "cap": "250", "hard_years": "5",
            "youth_age": "25", "youth_years": "3", "youth_share": "50", "state_share": "10", "income_below": "60", "period": ["1", "12"]}
    name = stored_at(browser().post("/lab/new/", form))
    law, made = Law.load(), content_of(name)
    new = stored.find(name).apply(law)
    on = 2030 * 12
    assert [new.number(f"national.contribution.{path}", on) for path in ("total_rate", "account_rate", "pooled_rate")] == pytest.approx([0.18, 0.07, 0.11])
    scales = {change["path"]: change["scale"] for change in made["changes"] if "scale" in change}
    assert scales == {"provinces.*.contribution_floor": pytest.approx(0.75), "provinces.*.contribution_cap": pytest.approx(2.5 / 3)}
    assert new.look_up("national.contribution.payment_periods", on).value == (1, 12)
    assert new.number("national.subsidy.max_months", on) == 60
    assert made["options"]["youth_subsidy"]["values"] == {"below_age_months": 300, "months": 36, "share": 0.5}
    assert made["options"]["shared_subsidy"]["values"]["state_share"] == pytest.approx(0.1)


@pytest.mark.parametrize(("form", "field"), [
    ({}, "parts"),
    ({"part": ["rhythm"]}, "rhythm"),
    ({"part": ["rate"], "rate": "12", "account": "15"}, "account"),
    ({"part": ["rate"], "rate": "zwölf", "account": "8"}, "rate"),
    ({"part": ["rate"], "rate": "99", "account": "8"}, "rate"),
    ({"part": ["fixed"], **FIXED, "contribution": ""}, "contribution"),
    ({"part": ["fixed"], **FIXED, "amount": "relative"}, "wage_share"),
    ({"part": ["fixed"], **FIXED, "financing": "mattress"}, "financing"),
    ({"part": ["subsidies"]}, "youth_age"),
    ({"part": ["subsidies"], "youth_age": "25"}, "youth_share"),
    ({"part": ["subsidies"], "state_share": "60", "platform_share": "50", "income_below": "60"}, "platform_share"),
    ({"part": ["subsidies"], "state_share": "60"}, "income_below"),
])
def test_a_wrong_answer_is_named_at_its_field(form: dict[str, Any], field: str) -> None:
    answer = browser().post("/lab/new/?lang=en", form)
    page = answer.content.decode()
    assert answer.status_code == 422 and f'<a href="#{field}">' in page and f'id="{field}"' in page


def test_the_law_in_force_is_no_reform() -> None:
    answer = browser().post("/lab/new/?lang=en", {"part": ["bounds"], "floor": "60", "cap": "300"})
    assert answer.status_code == 422 and "the law in force" in text_of(answer)


def test_upload_keeps_a_sound_file_under_its_hash() -> None:
    from lingbao.law.reform_read import parse_reform

    name = stored_at(browser().post("/lab/upload/", {"file": io.BytesIO(GOOD.encode())}))
    assert name == parse_reform(GOOD).hash
    assert "Rate down to 17%" in text_of(browser().get(f"/lab/reform/{name}/?lang=en"))


@pytest.mark.parametrize(("text", "said"), [
    (GOOD.replace("value: 0.17", "valeu: 0.17"), ["reform.yaml:13", "changes[0].valeu", "value"]),
    (GOOD.replace("total_rate", "total_rat"), ["reform.yaml:12", "total_rate"]),
    (GOOD.replace("value: 0.17", "value: 17"), ["reform.yaml:13", "0", "10"]),
    (GOOD.replace('since: "2027-01"', "since: 2027"), ["reform.yaml:9", "2030-01"]),
    (GOOD.replace("[laboratory]", "[cloud]"), ["reform.yaml:10", "planner", "laboratory"]),
    (GOOD.replace("lower-rate", "lower\x1crate"), ["reform.yaml:1", "U+001C"]), ("a: [", ["reform.yaml", "YAML"]), ("", ["empty"]), ("x: 1\n" * 20000, ["64 kB"]),
])
def test_upload_names_line_path_and_what_is_allowed(text: str, said: list[str]) -> None:
    file = io.BytesIO(text.encode())
    file.name = "reform.yaml"
    answer = browser().post("/lab/upload/?lang=en", {"file": file} if text else {"text": " "})
    page = text_of(answer)
    assert answer.status_code == 422
    for word in said:
        assert word in page, (word, page[:1500])


def test_two_reforms_together_list_their_conflicts() -> None:
    name = stored_at(browser().post("/lab/together/", {"first": "N8", "second": "S9"}))
    page = text_of(browser().get(f"/lab/reform/{name}/?lang=en"))
    assert "N8+S9" in page and "Where the two disagree" in page and "national.contribution.total_rate" in page
    assert content_of(name)["changes"][-1]["path"].startswith("national.retirement")


@pytest.mark.parametrize(("first", "second"), [("N8", "N8"), ("N8", "nothing"), ("B6-TEE", "F3"), ("", "")])
def test_two_reforms_that_cannot_go_together_are_refused(first: str, second: str) -> None:
    answer = browser().post("/lab/together/?lang=en", {"first": first, "second": second})
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(("what", "field"), [({"size": "many"}, "size"), ({"size": "999"}, "size"), ({"size": "2000000"}, "size"),
                                             ({"size": "200000", "uncertainty": "1"}, "uncertainty"),
                                             ({"years": "0"}, "years"), ({"years": "41"}, "years"), ({"seed": "-1"}, "seed"), ({"seed": "0"}, "seed")])
def test_a_run_out_of_bounds_is_refused(what: dict[str, str], field: str) -> None:
    answer = browser().post("/lab/start/?lang=en", {"reform": "N8", "size": "1000", "years": "10", "seed": "1", **what})
    assert answer.status_code == 422 and f'<a href="#{field}">' in answer.content.decode()


def test_a_reform_for_the_planner_alone_is_not_run() -> None:
    assert browser().post("/lab/start/", {"reform": "B6-TEE", "size": "1000"}).status_code == 422


def test_one_visitor_has_so_many_runs_at_once(settings_of: Any) -> None:
    settings_of(LINGBAO_LAB_AT_ONCE=2)
    client = browser()
    keys = {ask(client, seed=seed) for seed in (1, 2)}
    refused = client.post("/lab/start/?lang=en", {"reform": "N8", "size": "1000", "years": "10", "seed": "3"})
    assert refused.status_code == 429 and "At most 2 runs" in text_of(refused)
    assert ask(client, seed=1) in keys  # one that is going is not another
    assert browser().post("/lab/start/", {"reform": "N8", "size": "1000", "years": "10", "seed": "3"}).status_code == 429
    client.post(f"/lab/run/{keys.pop()}/cancel/")
    assert ask(client, seed=3)


def test_limits_count_by_address(settings_of: Any) -> None:
    from django.test import Client

    settings_of(LINGBAO_LAB_A_DAY=1, LINGBAO_LAB_AT_ONCE=9)
    ask(browser(), seed=1)
    assert browser().post("/lab/start/", {"reform": "N8", "size": "1000", "years": "10", "seed": "2"}).status_code == 429
    other = Client(headers={"host": "localhost"}, REMOTE_ADDR="203.0.113.7")
    assert ask(other, seed=2)


def test_runs_with_uncertainty_are_fewer_a_day(settings_of: Any) -> None:
    """They cost more, so a visitor has fewer; without it the visitor can go on."""
    settings_of(LINGBAO_LAB_UNCERTAIN_A_DAY=1, LINGBAO_LAB_AT_ONCE=9)
    client = browser()
    with_it = ask(client, seed=1, uncertainty=1)
    assert run_of(with_it).uncertainty and ask(client, seed=1) != with_it  # another question has another address
    refused = client.post("/lab/start/?lang=en", {"reform": "N8", "size": "1000", "years": "10", "seed": "2", "uncertainty": "1"})
    assert refused.status_code == 429 and "with uncertainty" in text_of(refused) and "checked" in refused.content.decode().split('id="uncertainty"')[1][:60]
    assert ask(client, seed=2) and not run_of(ask(client, seed=2)).uncertainty


def test_cancelling_gives_no_second_wish_of_the_day_back(settings_of: Any) -> None:
    settings_of(LINGBAO_LAB_A_DAY=1)
    client = browser()
    client.post(f"/lab/run/{ask(client, seed=1)}/cancel/")
    assert client.post("/lab/start/", {"reform": "N8", "size": "1000", "years": "10", "seed": "2"}).status_code == 429


def test_a_full_queue_takes_nobody(settings_of: Any) -> None:
    settings_of(LINGBAO_LAB_WAITING=1, LINGBAO_LAB_AT_ONCE=9)
    ask(browser(), seed=1)
    assert browser().post("/lab/start/", {"reform": "N8", "size": "1000", "years": "10", "seed": "2"}).status_code == 429


def test_only_who_asked_can_cancel_and_a_run_others_want_goes_on() -> None:
    first, second, stranger = browser(), browser(), browser()
    key = ask(first)
    assert ask(second) == key
    assert stranger.post(f"/lab/run/{key}/cancel/").status_code == 422
    first.post(f"/lab/run/{key}/cancel/")
    assert run_of(key).state == "queued"
    second.post(f"/lab/run/{key}/cancel/")
    assert run_of(key).state == "cancelled"
    assert "Cancelled" in text_of(second.get(f"/lab/run/{key}/?lang=en"))
    assert ask(first) == key and run_of(key).state == "queued"  # asked for again, it waits again


def test_a_waiting_run_says_how_many_are_before_it_and_looks_again_by_itself() -> None:
    client = browser()
    ask(client, seed=1)
    key = ask(client, seed=2)
    page = client.get(f"/lab/run/{key}/?lang=en").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page and "1 before this one" in page
    assert "Cancel" in page and "Cancel" not in browser().get(f"/lab/run/{key}/?lang=en").content.decode()
    part = client.get(f"/lab/run/{key}/?lang=en", headers={"X-Part": "progress"})
    assert part["X-State"] == "queued" and "<html" not in part.content.decode()
    listed = client.get("/lab/runs/").content.decode()
    assert listed.count('href="/lab/run/') == 2 and browser().get("/lab/runs/").content.decode().count('href="/lab/run/') == 0


def test_pages_keep_the_strict_policy() -> None:
    client = browser()
    key = ask(client)
    for address in ("/lab/", "/lab/designs/", "/lab/new/", "/lab/upload/", "/lab/together/", "/lab/reform/F3/", "/lab/runs/", f"/lab/run/{key}/"):
        answer = client.get(address)
        page = answer.content.decode()
        assert "default-src 'none'" in answer["Content-Security-Policy"] and "unsafe" not in answer["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>", page), address
        assert all('src="/static/' in tag for tag in re.findall(r"<script[^>]*>", page))


def test_a_forged_request_starts_nothing() -> None:
    from django.test import Client

    from lingbao.web.lab.models import Run

    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert strict.post("/lab/start/", {"reform": "N8"}).status_code == 403
    assert not Run.objects.exists()


def test_addresses_and_cookies_are_stored_as_keyed_hashes_only() -> None:
    from lingbao.web.lab.models import RunRequest

    client = browser()
    ask(client)
    row = RunRequest.objects.get()
    assert re.fullmatch(r"[0-9a-f]{64}", row.address) and re.fullmatch(r"[0-9a-f]{64}", row.owner)
    assert client.cookies["lab"].value not in (row.owner, row.address) and client.cookies["lab"]["httponly"]


def test_housekeeping_forgets_addresses_and_unused_reforms() -> None:
    from datetime import timedelta

    from django.utils import timezone

    from lingbao.web.lab.housekeeping import tidy
    from lingbao.web.lab.models import RunRequest, StoredReform

    kept = stored_at(browser().post("/lab/upload/", {"file": io.BytesIO(GOOD.encode())}))
    unused = stored_at(browser().post("/lab/together/", {"first": "N8", "second": "S9"}))
    ask(browser(), kept)
    long_ago = timezone.now() - timedelta(days=40)
    StoredReform.objects.update(made=long_ago)
    RunRequest.objects.update(made=long_ago)
    tidy()
    assert [row.hash for row in StoredReform.objects.all()] == [kept] and unused != kept
    assert RunRequest.objects.get().address == ""


@pytest.fixture
def settings_of() -> Any:
    """Other limits for one test."""
    from django.test.utils import override_settings

    changed: list[Any] = []

    def change(**values: Any) -> None:
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for each in changed:
        each.disable()
