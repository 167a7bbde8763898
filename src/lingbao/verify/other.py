"""Adapters of golden cases outside the employee pension: each turns a case's words into calls of rules and store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lingbao.law.store import Law
from lingbao.verify.other_money import breakeven, personal_pension_tax, survivor_case
from lingbao.verify.other_resident import resident_case
from lingbao.verify.other_subsidy import subsidy_case
from lingbao.verify.other_transfer import scheme_link, transfer_amount, transfer_place

__all__ = ["ADAPTERS"]

ADAPTERS: dict[str, Callable[[Law, dict[str, Any]], dict[str, Any]]] = {
    "transfer_amount": transfer_amount,
    "transfer_place": transfer_place,
    "scheme_link": scheme_link,
    "resident": resident_case,
    "personal_pension_tax": personal_pension_tax,
    "breakeven": breakeven,
    "survivor": survivor_case,
    "subsidy": subsidy_case,
}
