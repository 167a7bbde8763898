"""A pension of either scheme from what is recorded: the inputs as plain data, kept with the claim, and the award they lead to."""

from __future__ import annotations

from typing import Any

from django.db import connection

from lingbao.law.award import Award
from lingbao.law.month import MONTHS_PER_YEAR, year_of
from lingbao.law.store import Law
from lingbao.registry.benefits.resident import ResidentAward, ResidentClaimant, resident_award, years_counted
from lingbao.registry.benefits.working_out import Claimant, pension
from lingbao.registry.record.queries import RecordedMonth, months_of, years_of
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen


def recorded(scheme: str, person: int, province: str, facts: dict[str, Any], claim_month: int) -> dict[str, Any]:
    """Return what a working out rests on, but for the account: what is stated, and the months or years recorded."""
    common = {"who": facts, "province": province, "claim_month": claim_month}
    if scheme == "resident":
        return {**common, "scheme": scheme, "years": years_of_claimant(person, claim_month)}
    with acting_as(SYSTEM):
        months = months_of(person, before=claim_month)
    return {**common, "months": [list(vars(each).values()) for each in months]}


def worked_out(inputs: dict[str, Any], law: Law, known: int) -> Award | ResidentAward:
    """Return the pension that these inputs lead to as known in month ``known``.

    Raises
    ------
    MissingLaw
        If a figure of the place is not known.
    """
    who, account, place, on = inputs["who"], inputs["account_fen"], inputs["province"], inputs["claim_month"]
    if inputs.get("scheme") == "resident":
        return resident_award(law, ResidentClaimant(**who), inputs["years"], account, place, on, known)
    return pension(law, Claimant(**who), [RecordedMonth(*each) for each in inputs["months"]], account, place, on, known)


def months_counted(inputs: dict[str, Any]) -> int:
    """Return the months that count for the yearly rise."""
    return int(inputs["years"] * MONTHS_PER_YEAR) if inputs.get("scheme") == "resident" else len(inputs["months"])


def years_of_claimant(person: int, claim_month: int) -> float:
    """Return the resident years that count at a claim; employee months among them after a move into the resident scheme."""
    with acting_as(SYSTEM):
        years = [each.year for each in years_of(person) if each.year <= year_of(claim_month)]
        months = [each.month for each in months_of(person, before=claim_month)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT direction FROM transfer_conversion WHERE person_id = %s AND state = 'done' ORDER BY id DESC LIMIT 1", [person])
            last = cursor.fetchone()
    if last is not None and last[0] == "to_employee":
        return 0.0  # the resident relation has ended in the employee scheme
    return years_counted(years, months, last is not None)


def held(kind: str, person: int, province: str) -> int:
    """Return what a person's account of a kind holds in a province [fen]; nothing where none was opened."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT balance_fen FROM ledger_account WHERE kind = %s AND owner_kind = 'person' AND owner_id = %s AND province = %s",
                       [kind, person, province])
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def total_fen(found: Award | ResidentAward) -> int:
    """The pension [fen/month]."""
    return fen(float(found.total))


def account_part_fen(found: Award | ResidentAward) -> int:
    """The part that the account pays while it lasts [fen/month], never more than the whole."""
    return min(round(float(found.account) * FEN_PER_YUAN), total_fen(found))
