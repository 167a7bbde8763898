"""What the API takes, with hard limits; what is wrong is refused before anything is computed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="Month, YYYY-MM", examples=["1990-05"])]
Province = Annotated[str, Field(pattern=r"^\d{2}$", description="Province, GB/T 2260 code", examples=["36"])]
Money = Annotated[float, Field(ge=0, le=100_000_000, allow_inf_nan=False, description="yuan")]
Pension = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, description="yuan/month")]
Index = Annotated[float, Field(ge=0.01, le=5, allow_inf_nan=False)]
WorkerClass = Literal["male", "female55", "female50"]


class Strict(Schema):
    """A schema that refuses names it does not know."""

    model_config = ConfigDict(extra="forbid")


class PersonIn(Strict):
    """A person and what they have paid so far."""

    birth: Month
    sex: Literal["male", "female"]
    residence: Province
    home: Province | None = None
    worker_class: WorkerClass | None = None
    income: Money | None = None
    months_paid: Annotated[int, Field(ge=0, le=720)] = 0
    mean_index: Index | None = None
    account_balance: Money = 0.0
    deemed_months: Annotated[int, Field(ge=0, le=600)] = 0
    deemed_index: Index | None = None
    resident_years: Annotated[int, Field(ge=0, le=60)] = 0
    resident_balance: Money = 0.0
    area: Annotated[str, Field(max_length=40)] | None = None
    in_difficulty: bool = False
    first_paid: Month | None = None
    base: Money | None = None
    gap_months: Annotated[int, Field(ge=0, le=720)] = 24
    saving: Money = 12000.0
    move_to: Province | None = None
    budget: Annotated[float, Field(gt=0, le=10_000_000, allow_inf_nan=False, description="most to pay, yuan/month")] | None = None


class ExplainIn(Strict):
    """Which figure of which option is to be explained."""

    person: PersonIn
    option: Annotated[str, Field(min_length=1, max_length=80)]
    figure: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    projection: Literal["low", "base", "high"] = "base"


class RetireIn(Strict):
    """Birth month and class."""

    birth: Month
    worker_class: WorkerClass
    months_paid: Annotated[int, Field(ge=0, le=720)] | None = None


class AwardIn(Strict):
    """The figures of an official award form; at least one amount, and what it was computed from."""

    province: Province
    claim: Month
    area: Annotated[str, Field(max_length=40)] | None = None
    birth: Month | None = None
    sex: Literal["male", "female"] | None = None
    worker_class: WorkerClass | None = None
    benefit_base: Pension | None = None
    local_base: Pension | None = None
    mean_index: Index | None = None
    transitional_index: Index | None = None
    months: Annotated[float, Field(ge=1, le=720, allow_inf_nan=False)] | None = None
    years: Annotated[float, Field(ge=0.05, le=60, allow_inf_nan=False)] | None = None
    deemed_months: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] | None = None
    deemed_years: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] | None = None
    account_balance: Money | None = None
    payout_months: Annotated[float, Field(ge=1, le=300, allow_inf_nan=False)] | None = None
    one_child: bool | None = None
    basic: Pension | None = None
    account: Pension | None = None
    transitional: Pension | None = None
    additions: Pension | None = None
    total: Pension | None = None


class ErrorOut(Schema):
    """What was wrong, where, and what would be right, in two languages."""

    code: str
    value: str | None = None
    where: str | None = None
    zh: str | None = None
    en: str | None = None
    errors: list[dict[str, Any]] | None = None
