"""Commands of a claim: ask, grant on what is known, settle once the year's base is out, refuse."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.award import Award
from lingbao.law.errors import InputError
from lingbao.law.month import format_month, month
from lingbao.law.rules.benefit import first_payment_month
from lingbao.law.store import Law
from lingbao.registry.benefits.interest import AtClaim, account_at_claim, credit_to_claim, credit_years_before
from lingbao.registry.benefits.payment import hold_payments
from lingbao.registry.benefits.redoing import paid_months, redone, rises_of
from lingbao.registry.benefits.refusals import claim_deadline, no_claim, second_person, wrong_state
from lingbao.registry.benefits.resident import ResidentAward, ResidentClaimant, resident_conditions
from lingbao.registry.benefits.schemes import (
    account_part_fen,
    months_counted,
    recorded,
    total_fen,
    worked_out,
    years_of_claimant,
)
from lingbao.registry.benefits.working_out import Claimant, conditions, lines_of, where_claimed
from lingbao.registry.collection.interest import SCHEMES
from lingbao.registry.errors import Conflict
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.people.alive import check_alive
from lingbao.registry.record.queries import months_of
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning
from lingbao.registry.transfers.following import bring_along

CLAIM = ("id", "person_id", "province", "area", "claim_month", "facts", "state", "first_payment", "pension_fen", "awarded_fen",
         "prepared_by", "last_payment", "account_pension_fen", "scheme")


POOLS = {"employee": "pooled", "resident": "resident_pool"}


def claim(actor: Actor, key: str, person: int, who: Claimant, *, relation: str, claim_month: int, today: date,
          law: Law | None = None) -> dict[str, Any]:
    """Claim a pension; the place of benefit follows from the record.

    Parameters
    ----------
    actor : Actor
        The worker, or a clerk of the place of benefit.
    key : str
    person : int
    who : Claimant
    relation : str
        Province that keeps the relation.
    claim_month : int
        Month of the claim.
    today : date

    Raises
    ------
    InputError
        If the month is too early or months are missing.
    Conflict
        If a pension is claimed or drawn already, or the death of the person is settled.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        check_alive(person)
        with acting_as(SYSTEM):
            months = months_of(person, before=claim_month)
        found = conditions(law, who, months, claim_month)
        province = where_claimed(law, who, months, relation, claim_month)
        due = claim_deadline(law, today)
        number = returning(
            "INSERT INTO benefit_claim (person_id, province, area, claim_month, facts, applied_on, due, due_provisional, prepared_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [person, province, who.area, claim_month, json.dumps(asdict(who)), today, due.due, due.provisional, actor.id])
        return {"claim": number, "province": province, "due": str(due.due), "provisional_due": due.provisional,
                "months": found.months, "minimum_months": found.minimum_months}

    content = {"person": person, "who": asdict(who), "relation": relation, "month": claim_month}
    return execute(actor, Command("benefits.claim", key, content), work)


def claim_resident(actor: Actor, key: str, person: int, who: ResidentClaimant, *, province: str, claim_month: int, today: date,
                   law: Law | None = None) -> dict[str, Any]:
    """Claim a pension of the resident scheme in the province that keeps its account.

    Raises
    ------
    InputError
        If the age is not reached, years are missing, or another basic pension is drawn.
    Conflict
        If a pension is claimed or drawn already, or the death of the person is settled.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        check_alive(person)
        years = years_of_claimant(person, claim_month)
        found = resident_conditions(law, who, years, claim_month)
        due = claim_deadline(law, today)
        number = returning(
            "INSERT INTO benefit_claim (person_id, province, area, claim_month, facts, applied_on, due, due_provisional, prepared_by, scheme)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'resident') RETURNING id",
            [person, province, who.area, claim_month, json.dumps(asdict(who)), today, due.due, due.provisional, actor.id])
        return {"claim": number, "province": province, "due": str(due.due), "provisional_due": due.provisional,
                "years": years, "required_years": found.required}

    content = {"person": person, "who": asdict(who), "province": province, "month": claim_month}
    return execute(actor, Command("benefits.claim_resident", key, content), work)


def grant(actor: Actor, key: str, number: int, *, today: date, law: Law | None = None) -> dict[str, Any]:
    """Grant a pension on what is known today, interest up to the claim included.

    It is provisional while last year's base stands in, or the rate of a year gone by, whose interest the account still lacks, is not out.

    Raises
    ------
    Forbidden
        If the same person took the claim in.
    Conflict
        If the claim is answered already, or money of the person still lies in another province.
    MissingLaw
        If a number of the place and month is not known.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        row = _locked(number)
        if row["state"] != "applied":
            raise wrong_state(row["state"], "applied")
        if row["prepared_by"] == actor.id:
            raise second_person(actor.id)
        known = month(today.year, today.month)
        bring_along(row["person_id"], law)
        credit_years_before(row["person_id"], row["province"], row["claim_month"], law=law, known=known, scheme=row["scheme"])
        inputs, held = _what_is_recorded(row, law, known)
        credit_to_claim(held, row["province"], number, row["claim_month"], law=law, actor=actor.id)
        found = worked_out(inputs, law, known)
        first = first_payment_month(row["claim_month"], int(law.number("national.retirement.pension_start_delay", row["claim_month"])))
        provisional = found.provisional or bool(held.missing)
        _calculated(number, inputs, found, known, law, actor, held, provisional=provisional)
        state = "provisional" if provisional else "final"
        returning(
            "UPDATE benefit_claim SET state = %s, first_payment = %s, months = %s, awarded_fen = %s, pension_fen = %s,"
            " account_pension_fen = %s, account_start_fen = %s, granted_by = %s, granted_at = clock_timestamp(),"
            " answered_by = %s, answered_on = registry_day(clock_timestamp()) WHERE id = %s RETURNING id",
            [state, first, months_counted(inputs), total_fen(found), total_fen(found), account_part_fen(found), held.fen, actor.id, actor.id, number],
            missing=no_claim(number))
        return {"claim": number, "state": state, "pension_fen": total_fen(found), "first_payment": format_month(first),
                "interest_missing": list(held.missing)}

    return execute(actor, Command("benefits.grant", key, {"claim": number}), work)


def refuse(actor: Actor, key: str, number: int, *, reason: str) -> dict[str, Any]:
    """Refuse a claim in writing."""
    def work() -> dict[str, Any]:
        row = _locked(number)
        if row["state"] != "applied":
            raise wrong_state(row["state"], "applied")
        if not reason.strip():
            raise InputError("benefit.reason", zh="不予核定必须书面说明理由。", en="A refusal needs its reason in writing.")
        returning("UPDATE benefit_claim SET state = 'refused', reason = %s, answered_by = %s, answered_on = registry_day(clock_timestamp())"
                  " WHERE id = %s RETURNING id", [reason, actor.id, number], missing=no_claim(number))
        return {"claim": number, "state": "refused"}

    return execute(actor, Command("benefits.refuse", key, {"claim": number, "reason": reason}), work)


def finalise(actor: Actor, key: str, number: int, *, today: date, law: Law | None = None) -> dict[str, Any]:
    """Work a provisional pension out again on the year's own base and the whole account, and pay the difference for the months already paid.

    Rises since the claim come anew on the new pension. A pension that a death has ended is settled the same for the months due before.

    Returns
    -------
    dict
        ``settled`` is False while the base, or the rate of a year before the claim, is not published;
        ``difference_fen`` is what is paid now, below zero what is to be returned.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        row = _locked(number)
        first_known = _provisional_since(number)
        if row["state"] not in ("provisional", "ended") or first_known is None:
            raise wrong_state(row["state"], "provisional")
        hold_payments(row["province"])
        known = month(today.year, today.month)
        bring_along(row["person_id"], law)
        credit_years_before(row["person_id"], row["province"], row["claim_month"], law=law, known=known, scheme=row["scheme"])
        inputs, held = _what_is_recorded(row, law, first_known)
        found = worked_out(inputs, law, known)
        if found.provisional or held.missing:
            return {"claim": number, "settled": False, "difference_fen": None, "interest_missing": list(held.missing)}
        again = redone(total_fen(found), row["awarded_fen"], rises_of(number), paid_months(number, row["last_payment"]), months_counted(inputs),
                       inputs["who"]["birth"])
        _calculated(number, inputs, found, known, law, actor, held, provisional=False, rises=again.rises)
        returning("UPDATE benefit_claim SET state = %s, awarded_fen = %s, pension_fen = %s, account_pension_fen = %s, account_start_fen = %s, months = %s"
                  " WHERE id = %s RETURNING id", ["final" if row["state"] == "provisional" else "ended", total_fen(found), again.pension_fen,
                                                  min(account_part_fen(found), again.pension_fen), held.fen, months_counted(inputs), number],
                  missing=no_claim(number))
        if again.difference_fen > 0:
            pay_difference(row, "final", known, again.difference_fen, actor.id, law, today)
        elif again.difference_fen < 0:
            recover(number, "final", -again.difference_fen)
        return {"claim": number, "settled": True, "pension_fen": again.pension_fen, "difference_fen": again.difference_fen, "interest_missing": []}

    return execute(actor, Command("benefits.finalise", key, {"claim": number}), work)


def pay_difference(row: dict[str, Any], kind: str, on_month: int, amount: int, actor: int, law: Law, today: date) -> None:
    """Pay a difference from the pool, once for its kind."""
    province = row["province"]
    with acting_as(SYSTEM):
        pool, payable = open_accounts([AccountName(k, "province", int(province), province) for k in (POOLS[row["scheme"]], "pension_payable")])
        entry = post([Draft("pension_difference", [Leg(pool, -amount), Leg(payable, amount)], source=f"claim:{row['id']}:{kind}")],
                     actor=actor, law_hash=law.hash, reason="养老金重算补发", value_date=today)[0]
        chunk = returning("INSERT INTO benefit_chunk (run_id, entry_id, payments, fen) VALUES (NULL, %s, 1, %s) RETURNING id", [entry, amount])
        returning("INSERT INTO benefit_payment (claim_id, month, kind, amount_fen, account_fen, chunk) VALUES (%s, %s, %s, %s, 0, %s)"
                  " RETURNING claim_id", [row["id"], on_month, kind, amount, chunk])


def recover(number: int, cause: str, amount: int) -> int:
    """Write down what was paid too much and return its number; it is returned by agreement or set off (社会保险经办条例 第四十六条)."""
    return returning("INSERT INTO benefit_recovery (claim_id, cause, fen) VALUES (%s, %s, %s) RETURNING id", [number, cause, amount])


def recompute(number: int, law: Law | None = None) -> tuple[int, int]:
    """Run the last calculation of a claim again from its stored inputs; return the stored and the new result [fen]."""
    law = law or Law.load()
    with connection.cursor() as cursor:
        cursor.execute("SELECT inputs, result_fen, known FROM benefit_calculation WHERE claim_id = %s ORDER BY id DESC LIMIT 1", [number])
        inputs, result, known = cursor.fetchone()
    return result, total_fen(worked_out(json.loads(inputs) if isinstance(inputs, str) else inputs, law, known))


def _what_is_recorded(row: dict[str, Any], law: Law, known: int) -> tuple[dict[str, Any], AtClaim]:
    """What a working out rests on, and the account of the scheme in the place of benefit at the claim."""
    kind = SCHEMES[row["scheme"]][0]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT province FROM ledger_account WHERE kind IN (%s, 'transit') AND owner_kind = 'person'"
                       " AND owner_id = %s AND province <> %s AND balance_fen <> 0", [kind, row["person_id"], row["province"]])
        elsewhere = [each[0] for each in cursor.fetchall()]
    if elsewhere and row["state"] != "ended":
        raise Conflict("benefit.elsewhere", value=", ".join(elsewhere), zh="该人在其他省份还有账户资金（或在途），请先归集到待遇领取地。",
                       en="Money of the person still lies in another province or is on the way; collect it in the place of benefit first.")
    facts = json.loads(row["facts"]) if isinstance(row["facts"], str) else row["facts"]
    held = account_at_claim(row["person_id"], row["province"], row["claim_month"], law=law, known=known, scheme=row["scheme"])
    return {**recorded(row["scheme"], row["person_id"], row["province"], facts, row["claim_month"]), "account_fen": held.fen}, held


def _provisional_since(number: int) -> int | None:
    """Month from which a pension was first looked at, while its last working out is provisional; None once it is settled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT known FROM benefit_calculation WHERE claim_id = %(n)s ORDER BY id LIMIT 1), provisional"
                       " FROM benefit_calculation WHERE claim_id = %(n)s ORDER BY id DESC LIMIT 1", {"n": number})
        row = cursor.fetchone()
    return None if row is None or not row[1] else int(row[0])


def _calculated(number: int, inputs: dict[str, Any], found: Award | ResidentAward, known: int, law: Law, actor: Actor, held: AtClaim, *, provisional: bool,
                rises: tuple[tuple[int, int, int], ...] = ()) -> None:
    """Keep a working out with all that went into it; rises redone on it stand among its lines."""
    text = json.dumps(inputs, sort_keys=True)
    lines = found.lines() if isinstance(found, ResidentAward) else lines_of(found)
    if held.not_on_record:
        lines |= {"interest_not_on_record": list(held.not_on_record)}
    if rises:
        lines |= {"rises": [{"rise": rise, "before_fen": before, "after_fen": after} for rise, before, after in rises]}
    returning("INSERT INTO benefit_calculation (claim_id, known, inputs, inputs_sha, lines, result_fen, provisional, law_hash, actor)"
              " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
              [number, known, text, hashlib.sha256(text.encode()).hexdigest(), json.dumps(lines), total_fen(found), provisional, law.hash, actor.id])


def _locked(number: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(CLAIM)} FROM benefit_claim WHERE id = %s FOR NO KEY UPDATE", [number])
        row = cursor.fetchone()
    if row is None:
        raise no_claim(number)
    return dict(zip(CLAIM, row, strict=True))
