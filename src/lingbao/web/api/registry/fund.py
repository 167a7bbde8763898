"""What is published of the fund, for programs: the tables of the public page, for anyone."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from lingbao.web.api.registry import schemas as s
from lingbao.web.fund import published

router = Router(tags=["registry: published books"])


@router.get("/fund/{name}", auth=None, **s.operation("公布的基金数字：摘要链、收支、余额、人数、断缴、办理时限", "Published figures of the fund", list[dict[str, Any]]))
def figures(request: HttpRequest, name: Literal["digests", "flows", "balances", "members", "interruption", "standards"]) -> Any:
    """Closed days only [fen]; what is not published, cells of few among them, is null. The chain of digests is recomputed from ``digests``."""
    return published.lines(name)
