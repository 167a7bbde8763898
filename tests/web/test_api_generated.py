"""Whatever is sent, the API answers as its own description says, and never with a 5xx."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

OPERATIONS = [
    ("POST", "/api/v1/plan"), ("POST", "/api/v1/explain"), ("POST", "/api/v1/retire"), ("POST", "/api/v1/check-award"),
    ("GET", "/api/v1/law/paths"), ("GET", "/api/v1/law/values/{path}"), ("GET", "/api/v1/law/coverage"),
    ("GET", "/api/v1/lab/reforms"), ("GET", "/api/v1/lab/reforms/{name}"), ("POST", "/api/v1/lab/reforms"), ("POST", "/api/v1/lab/runs"),
    ("GET", "/api/v1/lab/runs/{key}"), ("DELETE", "/api/v1/lab/runs/{key}"), ("GET", "/api/v1/lab/runs/{key}/tables/{name}"),
]
EXAMPLES = int(os.environ.get("LINGBAO_API_EXAMPLES", "20"))


@pytest.fixture(scope="module")
def described() -> Any:
    """The API's own description, served by the site itself."""
    import schemathesis

    from lingbao.web.wsgi import application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.parametrize(("method", "address"), OPERATIONS)
def test_any_request_is_answered_as_described(described: Any, database: None, method: str, address: str) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    kept = [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]

    @given(case=described[address][method].as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        case.call_and_validate(checks=kept, headers={"Accept-Encoding": "identity"})

    check()
