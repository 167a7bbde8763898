"""What the registry's operations take and give, with hard limits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from lingbao.web.api.schemas import ErrorOut, Strict

REFUSALS: Any = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), ErrorOut)
MOST_ORDERS = 1000
PRINTABLE = r"^[ -~]+$"
WRITTEN = r"^[^\x00]+$"

Key = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._:-]+$", description="Key of a file, chosen by the platform")]
Reference = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="The platform's own reference of a worker")]
Number = Annotated[int, Field(ge=1, le=2**62)]
After = Annotated[int, Field(ge=0, le=10**9, description="how many of the list to leave out from its beginning")]
Small = Annotated[int, Field(ge=1, le=2**31 - 1)]
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._:-]+$",
                                      description="Chosen by the sender, once for each thing it wants done")]
Fen = Annotated[int, Field(ge=-(10**15), le=10**15, description="fen")]
Text = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Cell = Annotated[str, Field(max_length=100)] | int | None


def operation(zh: str, en: str, out: Any = dict, **more: Any) -> dict[str, Any]:
    """Return what describes an operation in both languages with its refusals, and `more` of its description."""
    return {"response": {200: out, **REFUSALS}, "summary": en, "openapi_extra": {"x-summary-zh": zh, **more}}


class OrderIn(Strict):
    """One row, checked like a row of a file: what is wrong with it stands in the report, and the other rows are taken."""

    business_date: Cell = Field(None, examples=["2026-11-01"])
    order_number: Cell = Field(None, examples=["20261101-000001"])
    sequence: Cell = Field(None, description="0 for the order, 1 and more for refunds and corrections of it")
    worker: Cell = Field(None, examples=["rider-0000001"])
    income_fen: Cell = Field(None, examples=[1250])
    minutes: Cell = None
    orders: Cell = None


class OrdersIn(Strict):
    """A small batch."""

    orders: Annotated[list[OrderIn], Field(min_length=1, max_length=MOST_ORDERS)]


class FileIn(Strict):
    """What a platform says of a file before it sends it; the file must agree."""

    format: Literal["csv", "csv.gz", "csv.zst", "ndjson", "ndjson.gz", "ndjson.zst", "json", "parquet"]
    rows: Annotated[int, Field(ge=0, le=1_000_000)]
    income_fen: Fen
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    parts: Annotated[int, Field(ge=1, le=10_000)] = 1


class UploadOut(Schema):
    """How far an upload has come."""

    key: str
    parts: int
    missing: list[int]


class AnswerOut(Schema):
    """What became of a file: rows = posted + duplicates + conflicts + rejected."""

    file: int
    key: str
    rows: int
    posted: int
    duplicates: int
    conflicts: int
    rejected: int
    unknown: int
    exempt: int
    income_fen: int
    withheld_fen: int
    entry: int | None


class FileLine(Schema):
    """A file that was taken."""

    file: int
    key: str
    rows: int
    posted: int
    withheld_fen: int
    received_at: datetime


class RefusalOut(Schema):
    """A file that was refused as a whole, and why."""

    key: str
    code: str
    zh: str
    en: str
    at: datetime


class PlatformOut(Schema):
    """The platform behind the key."""

    id: int
    code: str
    name_zh: str
    name_en: str
    province: str
    sandbox: bool
    agreements: list[dict[str, Any]]


class ReconciliationOut(Schema):
    """Both sides recompute the sums and compare the digest of the text."""

    orders: int
    income_fen: int
    withheld_fen: int
    sha256: str
    csv: str


class DueOut(Schema):
    """What no transfer has settled yet."""

    files: list[int]
    amount_fen: int


class SettlementOut(Schema):
    """A transfer that was booked."""

    id: int
    reference: str
    received_on: date
    amount_fen: int


class WaitingOut(Schema):
    """A worker in a queue."""

    worker: str
    orders: int
    fen: int


class GoBackIn(Strict):
    """Money of a worker that is to go back."""

    amount_fen: Annotated[int, Field(ge=1, le=10**13, description="fen")]
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WRITTEN, description="The worker reads it")]


class GoneBackOut(Schema):
    """What a platform asked for, and where it stands: waiting, refused, asked (of the bank), paid or failed."""

    refund: int
    workers: list[str]
    amount_fen: int
    state: str
    asked_at: datetime


class LinkIn(Strict):
    """Who a reference means; the identity number is not kept by this operation."""

    identity_number: Annotated[str, Field(min_length=15, max_length=20)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    proof: Text = Field(description="The document that the worker signed")


class LinkOut(Schema):
    """What moved to the worker."""

    worker: str
    moved_fen: int


class WebhookIn(Strict):
    """Where the platform wants to be told."""

    url: Annotated[str, Field(min_length=8, max_length=500, pattern=r"^https?://[!-~]+$")]


class SecretOut(Schema):
    """The secret that signs deliveries; it is shown once."""

    url: str
    secret: str


class WebhookOut(Schema):
    """An address in use."""

    id: int
    url: str


class EventOut(Schema):
    """Something that happened, and how far the telling has come."""

    id: int
    type: str
    at: datetime
    delivered: int
    waiting: int
    last_status: int | None


class TrialIn(Strict):
    """The trial file one wants."""

    orders: Annotated[int, Field(ge=1, le=10_000)] = 100
    workers: Annotated[int, Field(ge=1, le=1000)] = 10
    day: date
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    first: Annotated[int, Field(ge=1, le=10**9)] = 1
    repeated: Annotated[int, Field(ge=0, le=1000)] = 0
    unknown_workers: Annotated[int, Field(ge=0, le=1000)] = 0
    bad_income: Annotated[int, Field(ge=0, le=1000)] = 0
    refunds: Annotated[int, Field(ge=0, le=1000)] = 0


class TrialOut(Schema):
    """A trial file with the declaration that fits it."""

    format: str
    rows: int
    income_fen: int
    sha256: str
    content: str


class TrialMoneyIn(Strict):
    """Money that does not exist, for trying settlements."""

    reference: Annotated[str, Field(min_length=1, max_length=100, pattern=PRINTABLE)]
    amount_fen: Annotated[int, Field(ge=1, le=10**15)]
