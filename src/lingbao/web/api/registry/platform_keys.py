"""Keys of a platform, for its engineer's session with both factors: a key alone neither makes other keys nor ends them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from lingbao.registry.orders import platforms
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.desk_access import STAFF_SESSION, staff_actor
from lingbao.web.platform import reading

router = Router(auth=STAFF_SESSION, tags=["registry: platforms"])
KeyId = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")]


class KeyOut(Schema):
    """A key without its secret, which is not kept."""

    key_id: str
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewKeyOut(Schema):
    """A new key: ``key`` is what is sent as ``Authorization: Bearer``, shown this once."""

    key_id: str
    key: str


@router.get("/keys", **s.operation("平台的密钥", "Keys of the platform", list[KeyOut]))
def keys(request: HttpRequest) -> Any:
    """The newest first."""
    return reading.keys(staff_actor(request, "platform"))


@router.post("/keys", **s.operation("换发新密钥；只显示一次", "Issue a key", NewKeyOut))
def issue(request: HttpRequest) -> Any:
    """Old keys stay valid until they are revoked, so that keys change without a gap."""
    actor = staff_actor(request, "platform")
    assert actor.platform is not None
    new = platforms.issue_key(actor.platform)
    return {"key_id": new.key_id, "key": new.text}


@router.delete("/keys/{key_id}", **s.operation("停用密钥", "Revoke a key", dict))
def revoke(request: HttpRequest, key_id: KeyId) -> Any:
    """At once and for good; ``revoked`` is false where it was before."""
    return {"key_id": key_id, "revoked": platforms.revoke_key(reading.own_key(staff_actor(request, "platform"), key_id))}
