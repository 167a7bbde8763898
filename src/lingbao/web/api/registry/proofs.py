"""Checking a proof or a certificate, which anyone may do who holds one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from lingbao.web.account.certificate import masked, opened
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.worker_schemas import Code
from lingbao.web.api.schemas import Strict
from lingbao.web.fund.checking import checked

router = Router(tags=["registry: published books"])
Short = Annotated[str, Field(max_length=100, pattern=r"^[^\x00|]*$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LineIn(Strict):
    """The line as the proof's file has it."""

    entry: Short
    book_date: Short
    value_date: Short
    kind: Short
    account: Short
    fen: Short
    law_hash: Short


class ProofIn(Strict):
    """A proof as it was downloaded."""

    version: Literal[1]
    line: LineIn
    secret: Hash
    path: Annotated[list[tuple[Literal["left", "right"], Hash]], Field(max_length=64)]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    root: Hash
    linked: Hash


@router.post("/proofs", auth=None, response={200: dict, **s.REFUSALS}, summary="Check that a line stands in the published books",
             openapi_extra={"x-summary-zh": "核对一笔账在公布的账里"})
def proofs(request: HttpRequest, data: ProofIn) -> Any:
    """The line, and the published root of its day that it leads to; nothing is kept."""
    return checked(data.model_dump(mode="json"))


@router.get("/certificates/{code}", auth=None, response={200: dict, **s.REFUSALS}, summary="Check a certificate of contributions",
            openapi_extra={"x-summary-zh": "核对一份缴费证明"})
def certificate(request: HttpRequest, code: Code) -> Any:
    """As issued, the name covered, and whether it still holds."""
    found = opened(code)
    return {"serial": found.serial, "issued_at": found.issued_at, "content": masked(found.content), "digest": found.digest,
            "revoked": found.revoked or None, "revoked_at": found.revoked_at}
