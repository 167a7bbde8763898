"""What the worker's operations take, with hard limits; the names are those of the questions on the pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from lingbao.web.api.registry.schemas import Text
from lingbao.web.api.schemas import Month, Province, Strict

Word = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_:.%-]+$")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Code = Annotated[str, Field(min_length=16, max_length=32, pattern=r"^[A-Za-z0-9-]+$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
Yuan = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False, description="yuan")]
MatterName = Literal["enrol", "change", "pay", "pause", "leave", "transfer", "claim", "resident-claim", "convert", "catch-up", "buy-years", "subsidy", "exempt", "complain", "appeal",
                     "correct", "identity", "first-job", "why-stopped"]


class DoneOut(Schema):
    """What was done: its number, where it has one, and the page of the site that shows it."""

    number: str | None
    page: str


class CheckIn(Strict):
    """Answers to be checked; the names are those of the fields."""

    answers: Annotated[dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=3000)]], Field(max_length=30)]


class IdentityIn(Strict):
    """Who the worker is."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    number: Annotated[str, Field(min_length=15, max_length=20, description="Citizen identity number")]
    hukou: Province
    hukou_kind: Literal["rural", "urban"]
    residence: Province
    agreed: Literal[True]


class EnrolIn(Strict):
    """Where, in which scheme, how much and how often."""

    place: Province
    standing: Literal["flexible", "resident"]
    income: Yuan | None = None
    area: Word | None = Field(default=None, description="a city with figures of its own, or `elsewhere`; asked where the province has such cities")
    tier: Word = Field(examples=["floor:0"])
    base: Yuan | None = Field(default=None, description="yuan a month, with the tier `own:0`")
    rhythm: Literal[1, 3, 6, 12] | None = None


class ChangeIn(Strict):
    """How much and how often from the next period on."""

    tier: Word
    base: Yuan | None = Field(default=None, description="yuan a month, with the tier `own:0`")
    rhythm: Literal[1, 3, 6, 12] | None = None


class PauseIn(Strict):
    """Why, if one likes to say."""

    reason: Word


class LeaveIn(Strict):
    """Why: `moving`, `scheme`, `employer` or `other`."""

    reason: Word


class FirstJobIn(Strict):
    """When the first job began; both left out where one would rather not say."""

    first_job_year: Annotated[int, Field(ge=1951, le=2100)] | None = None
    first_job_month: Annotated[int, Field(ge=1, le=12)] | None = None


class PayIn(Strict):
    """How much to pay now: whole months are paid, the oldest first; the rest waits."""

    amount_fen: Annotated[int, Field(ge=1, le=100_000_000, description="fen")]


class RefundIn(Strict):
    """How much to have paid back, and which money where more than one waits: of which province's agency, and of which kind."""

    amount_fen: Annotated[int, Field(ge=1, le=100_000_000, description="fen")]
    province: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    kind: Annotated[Literal["suspense", "withheld"] | None, Field(
        description="`withheld`: transferred by platforms for no member; with a kind the province is named too")] = None


class CatchUpIn(Strict):
    """Months of this year that were missed."""

    months: Annotated[list[Month], Field(min_length=1, max_length=12)]


class MissingYearsIn(Strict):
    """How many years of the resident scheme to buy, and the fee of each."""

    years: Annotated[int, Field(ge=1, le=15)]
    fee: Yuan


class SubsidyIn(Strict):
    """Which subsidy, on what ground."""

    programme: Word
    months_since_school: Annotated[int, Field(ge=0, le=600)] | None = None
    payer: Word | None = None
    ground: Text


class TransferIn(Strict):
    """From where to where."""

    from_province: Province
    to_province: Province


class TransferActionIn(Strict):
    """A step of the worker's own."""

    action: Literal["withdraw", "escalate"]


class ClaimIn(Strict):
    """From which month."""

    claim_month: Month


class ConvertIn(Strict):
    """Which way."""

    direction: Literal["to_employee", "to_resident"]


class ComplaintIn(Strict):
    """A question, a complaint, or a transfer that is delayed."""

    kind: Literal["advice", "complaint", "transfer"]
    says: Text


class ComplaintActionIn(Strict):
    """Take it back, or ask for a review of the answer."""

    action: Literal["withdraw", "object"]
    says: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""


class AppealIn(Strict):
    """Against which decision, since when it is known, and what is wrong with it."""

    about: Annotated[str, Field(pattern=r"^[a-z]{1,20}:[0-9]{1,18}$", examples=["claim:12"])]
    known_on: date
    says: Text


class ConsentIn(Strict):
    """Given or withdrawn."""

    given: bool


class CorrectionIn(Strict):
    """What is wrong, what would be right, and why."""

    field: Literal["name", "phone", "residence_province", "hukou_province"]
    value: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    why: Line


Plain = dict[str, Any]
