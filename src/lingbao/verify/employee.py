"""Adapters of the employee scheme by topic; each calls rules and parameters and computes nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lingbao.law.store import Law
from lingbao.verify.account import account, index
from lingbao.verify.contribution import flex_contribution
from lingbao.verify.pension import pension
from lingbao.verify.retirement import divisor, elastic, min_contribution, retirement_date

ADAPTERS: dict[str, Callable[[Law, dict[str, Any]], dict[str, Any]]] = {
    "retirement_date": retirement_date,
    "elastic": elastic,
    "min_contribution": min_contribution,
    "divisor": divisor,
    "pension": pension,
    "account": account,
    "index": index,
    "flex_contribution": flex_contribution,
}
