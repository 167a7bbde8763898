"""Claims of a pension as their worker reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from lingbao.registry.asking import often
from lingbao.registry.errors import NotFound

DRAWN = ("provisional", "final")  # states in which a pension is paid


@dataclass(frozen=True)
class Claim:
    """A claim as the worker reads it; amounts in fen a month, `first` the month of the first payment, `lines` the last working out."""

    number: int
    scheme: str
    province: str
    month: int
    state: str
    applied_on: date
    due: date
    due_provisional: bool
    first: int | None
    pension_fen: int | None
    reason: str
    lines: Any

    @property
    def running(self) -> bool:
        """Whether it is being worked out or paid, so that no other one is open beside it."""
        return self.state in ("applied", *DRAWN)

    @property
    def drawn(self) -> bool:
        """Whether a pension is paid on it."""
        return self.state in DRAWN and self.pension_fen is not None


def claims_of(person: int, number: int | None = None) -> list[Claim]:
    """Return the claims of a person, the latest first, or the one of a number (inside a transaction of the worker)."""
    return [Claim(*row[:-1], json.loads(row[-1]) if isinstance(row[-1], str) else row[-1]) for row in often(
            "SELECT c.id, c.scheme, c.province, c.claim_month, c.state, c.applied_on, c.due, c.due_provisional, c.first_payment, c.pension_fen, c.reason,"
            " (SELECT lines FROM benefit_calculation w WHERE w.claim_id = c.id ORDER BY w.id DESC LIMIT 1)"
            " FROM benefit_claim c WHERE c.person_id = %s AND c.id = coalesce(%s, c.id) ORDER BY c.id DESC", [person, number])]


def claim_of(person: int, number: int) -> Claim:
    """Return one claim.

    Raises
    ------
    NotFound
        If there is none of this number, or it is another's.
    """
    found = claims_of(person, number)
    if not found:
        raise NotFound("account.no_claim", value=number, zh="没有这份申领。", en="There is no such claim.")
    return found[0]
