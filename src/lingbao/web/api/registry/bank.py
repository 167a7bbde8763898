"""Where a bank says what it did: signed, believed once, and told again without harm."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Router
from pydantic import Field

from lingbao.registry.collection.messages import Message, secret_of, sign
from lingbao.registry.collection.payments import take_message
from lingbao.registry.errors import Forbidden
from lingbao.registry.orders.webhooks import SIGNATURE, verified
from lingbao.web import engine
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.schemas import Strict

_SIGNED = re.compile(r"t=\d{1,11},v1=[0-9a-f]{64}", re.ASCII)
router = Router(tags=["registry: banks"])


class MessageIn(Strict):
    """What a bank did at our request."""

    channel: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$", description="name of the bank")]
    reference: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="the bank's own number")]
    kind: Literal["paid", "failed", "refunded", "refund_failed"]
    number: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$", description="our number of the request")]
    amount_fen: Annotated[int, Field(ge=1, le=10**13)]
    paid_on: Annotated[date, Field(description="day on which the bank took or paid the money")]


@router.post("/bank/messages", **s.operation("银行回执", "A message of a bank"))
def message(request: HttpRequest, data: MessageIn, signature: Annotated[str, Header(alias=SIGNATURE, max_length=200)] = "") -> Any:
    """Signed with the secret of the bank as webhooks are: ``t=<seconds>,v1=<HMAC-SHA256 of "seconds.body">``, at most five minutes old.

    The same message again gives the same answer; another one under the same reference is refused.
    """
    if not _SIGNED.fullmatch(signature) or not verified(secret_of(data.channel), request.body, signature, timezone.now()):
        raise Forbidden("collection.signature", zh="银行回执签名不符或已过期，未入账。", en="The bank's signature does not hold or is too old; nothing was posted.")
    said = Message(**data.model_dump())
    taken = take_message(engine.law(), said, sign(said))
    return {"reference": said.reference, "entries": list(taken.entries)}
