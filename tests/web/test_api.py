"""The API refuses what is wrong with a code, a place and a reason in two languages, and never with a 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest


def post(client: Any, name: str, body: object, **headers: str) -> Any:
    return client.post(f"/api/v1/{name}", body if isinstance(body, str) else json.dumps(body), content_type="application/json", **headers)


@pytest.mark.parametrize(("name", "body", "where"), [
    ("retire", {"birth": "1990-13", "worker_class": "male"}, "birth"),
    ("retire", {"birth": "1990-05", "worker_class": "child"}, "worker_class"),
    ("retire", {"birth": "1990-05"}, "worker_class"),
    ("retire", {"birth": "1990-05", "worker_class": "male", "months_paid": 9999}, "months_paid"),
    ("plan", {"birth": "1990-05", "sex": "male", "residence": "36", "income": -1}, "income"),
    ("plan", {"birth": "1990-05", "sex": "male", "residence": "36", "surprise": 1}, "surprise"),
    ("plan", {"birth": "1990-05", "sex": "male", "residence": "36", "area": "x" * 41}, "area"),
])
def test_wrong_field_is_named(client: Any, name: str, body: object, where: str) -> None:
    response = post(client, name, body)
    assert response.status_code == 422
    error = response.json()
    assert set(error) >= {"code", "value", "where", "zh", "en"} and where in error["where"] and where in error["zh"]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"birth": NaN}', '{"birth": "\\u0000"}'])
def test_no_json_is_no_crash(client: Any, body: str) -> None:
    response = post(client, "retire", body)
    assert 400 <= response.status_code < 500
    assert "code" in response.json()


def test_retire_answers_with_reasons(client: Any) -> None:
    found = post(client, "retire", {"birth": "1990-05", "worker_class": "male", "months_paid": 60}).json()
    assert (found["statutory_month"], found["earliest_month"], found["minimum_months"], found["months_needed"]) == ("2053-05", "2050-05", 240, 180)
    assert "2024-09-13" in found["reasons"]["statutory"]["zh"][0]["article"]
    assert found["reasons"]["statutory"]["en"][0]["text"] != found["reasons"]["statutory"]["zh"][0]["text"]


def test_law_paths_values_and_coverage(client: Any) -> None:
    paths = client.get("/api/v1/law/paths", {"q": "benefit_base provinces.36"}).json()
    assert "provinces.36.benefit_base" in [each["path"] for each in paths["paths"]]
    value = client.get("/api/v1/law/values/national.retirement.minimum_months", {"on": "2030-01"}).json()
    assert value["value"]["value"] == 186 and len(value["history"]) > 5 and value["law_hash"] == paths["law_hash"]
    coverage = client.get("/api/v1/law/coverage").json()["coverage"]
    assert set(coverage["benefit_base"]) >= {"11", "36", "65"} and set(coverage["benefit_base"].values()) <= {"high", "medium", "low", "missing"}


@pytest.mark.parametrize(("address", "status"), [
    ("/api/v1/law/values/national.nothing", 404), ("/api/v1/law/values/national.retirement.minimum_months?on=spring", 422),
    ("/api/v1/law/values/national.retirement.minimum_months?on=1900-01", 404),
    ("/api/v1/law/paths?start=-1", 422), ("/api/v1/law/paths?start=99999999999999999999", 422), ("/api/v1/nothing", 404),
])
def test_wrong_address_is_explained(client: Any, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status and response.json()["zh"]


def test_description_lists_every_operation(client: Any) -> None:
    described = client.get("/api/v1/openapi.json").json()
    # The rooms of their own list theirs: tests/web/test_lab_api.py and tests/web/test_permission_matrix.py.
    assert {address for address in described["paths"] if not address.startswith(("/api/v1/registry", "/api/v1/lab"))} == {
        "/api/v1/plan", "/api/v1/explain", "/api/v1/retire", "/api/v1/check-award", "/api/v1/law/paths",
        "/api/v1/law/values/{path}", "/api/v1/law/coverage",
    }
    page = client.get("/api/v1/docs").content.decode()
    assert all(address in page for address in described["paths"])


def test_large_body_is_refused_unread(client: Any) -> None:
    response = post(client, "retire", "x" * (1024 * 1024 + 1))
    assert response.status_code == 413 and response.json()["code"] == "request.size"


def test_too_many_requests_say_when_to_return(client: Any) -> None:
    from django.core.cache import cache
    from django.test import override_settings

    cache.clear()
    with override_settings(LINGBAO_API_RATE="3/m"):
        codes = [client.get("/api/v1/law/paths", {"q": "base"}, REMOTE_ADDR="10.0.0.9").status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        response = client.get("/api/v1/law/paths", REMOTE_ADDR="10.0.0.9")
        assert 1 <= int(response.headers["Retry-After"]) <= 60 and response.json()["code"] == "request.rate"
        assert client.get("/api/v1/law/paths", {"q": "base"}, REMOTE_ADDR="10.0.0.8").status_code == 200
        assert client.get("/", REMOTE_ADDR="10.0.0.9").status_code == 200
