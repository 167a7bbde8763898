"""The laboratory in the API: reforms, limits, cancelling, refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lab_site import browser, run_of

pytestmark = pytest.mark.usefixtures("database")


def post(client: Any, address: str, body: object) -> Any:
    return client.post(f"/api/v1/lab/{address}", json.dumps(body), content_type="application/json")


def test_reforms_are_listed_with_and_without_the_designs() -> None:
    few, all_of_them = (browser().get(f"/api/v1/lab/reforms{query}").json()["reforms"] for query in ("", "?designs=true"))
    assert len(all_of_them) - len(few) == 324
    one = browser().get("/api/v1/lab/reforms/N8").json()
    assert one["hash"] == next(each["hash"] for each in few if each["id"] == "N8") and "20% → 18%" in one["changes_en"][0]["how"]
    assert browser().get("/api/v1/lab/reforms/nothing").status_code == 404


def test_a_reform_file_is_checked_and_kept() -> None:
    from lingbao.law.reform_library import find_reform
    from lingbao.law.reform_read import write_reform

    text = write_reform(find_reform("N8")).replace("id: N8", "id: mine")
    kept = post(browser(), "reforms", {"yaml": text})
    assert kept.status_code == 200 and kept.json()["name"] == kept.json()["hash"]
    started = post(browser(), "runs", {"reform": kept.json()["hash"], "size": 1000}).json()
    assert started["state"] == "queued" and started["reform"] == "mine"
    wrong = post(browser(), "reforms", {"yaml": text.replace("value: 0.18", "value: 18", 1)})
    assert wrong.status_code == 422 and wrong.json()["where"].startswith("reform.yaml:")


def test_two_reforms_run_together() -> None:
    assert post(browser(), "runs", {"reform": "N8+F3", "size": 1000}).json()["reform"] == "N8+F3"
    assert post(browser(), "runs", {"reform": "N8+B6-TEE", "size": 1000}).status_code == 422
    assert post(browser(), "runs", {"reform": "N8+F3+B7", "size": 1000}).status_code == 422


def test_uncertainty_is_asked_for_and_part_of_the_question() -> None:
    client = browser()
    plain, with_it = (post(client, "runs", {"reform": "N8", "size": 1000, **more}).json() for more in ({}, {"uncertainty": True}))
    assert (plain["uncertainty"], with_it["uncertainty"]) == (False, True) and plain["key"] != with_it["key"]


@pytest.mark.parametrize("body", [{"size": 200_000, "uncertainty": True}, {"size": 10}, {"size": 2_000_000}, {"years": 0}, {"seed": 0}, {"reform": "nothing"}, {"surprise": 1}, {"size": "1e5x"}])
def test_a_wrong_wish_is_refused_with_its_place(body: dict[str, Any]) -> None:
    answer = post(browser(), "runs", body)
    assert answer.status_code == 422 and answer.json()["code"]


def test_limits_are_those_of_the_pages() -> None:
    client = browser()
    for seed in (1, 2):
        assert post(client, "runs", {"seed": seed, "size": 1000}).status_code == 200
    refused = post(client, "runs", {"seed": 3, "size": 1000})
    assert refused.status_code == 429 and refused.json()["code"] == "lab.at_once"


def test_cancelling_needs_the_secret() -> None:
    started = post(browser(), "runs", {"size": 1000}).json()
    address = f"/api/v1/lab/runs/{started['key']}"
    assert browser().delete(address).status_code == 403
    assert browser().delete(address, headers={"X-Lab-Key": "wrong"}).status_code == 403
    assert browser().delete(address, headers={"X-Lab-Key": started["secret"]}).json()["state"] == "cancelled"
    assert run_of(started["key"]).state == "cancelled"
