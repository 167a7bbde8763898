"""What the desk decides: each command goes to the registry's own service under the actor's rights, once for its key."""

from __future__ import annotations

from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.benefits import claims, payment
from lingbao.registry.benefits.heirs import pay_heir
from lingbao.registry.benefits.schemes import held
from lingbao.registry.collection.refunds import approve_refund, propose_refund
from lingbao.registry.disputes import services as disputes
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.orders.tables import rows
from lingbao.registry.people import merges
from lingbao.registry.people.duplicates import Candidate, candidates
from lingbao.registry.people.identity import read_identity_number
from lingbao.registry.people.persons import Masked, find, masked, read
from lingbao.registry.people.reading_limit import reading as limited
from lingbao.registry.people.rights import ask_correction, decide_correction
from lingbao.registry.session import Actor, run_as
from lingbao.registry.transfers import services as transfers
from lingbao.registry.transfers.cases import case_of
from lingbao.web.account.forms import NO_PHONE
from lingbao.web.account.logins import TAKEN, follow_correction, login_with, phone_in
from lingbao.web.desk import bank
from lingbao.web.desk.queues import MOST, today
from lingbao.web.places import name_of


def transfer_step(actor: Actor, key: str, number: int, action: str, *, reason: str = "", days: int | None = None) -> dict[str, Any]:
    """Take a step in a transfer; papers are filled from the record, which notes who read it and for which case."""
    if action == "send_letter":
        return transfers.send_letter(actor, key, number, _letter(actor, number), today=today())
    if action == "send_form":
        return transfers.send_form(actor, key, number, _who(actor, number), today=today())
    return transfers.step(actor, key, number, action, today=today(), reason=reason, days=days)


def _who(actor: Actor, number: int) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        case = case_of(number)
        clear = read([case.person], ["identity_number", "name"], purpose=f"跨省转移 transfer:{number}").get(case.person)
        if clear is None:
            raise InputError("transfer.no_person", value=number, zh="人员登记中没有此人，单证无法填写。", en="The person is not in the register; the paper cannot be filled.")
        return {"person_number": str(case.person), "letter_number": f"L{number}", **clear}

    return limited(actor, f"跨省转移 transfer:{number}", work)


def _letter(actor: Actor, number: int) -> dict[str, Any]:
    case = run_as(actor, lambda: case_of(number))
    return {**_who(actor, number), "new_division": f"{case.to_province}0000", "new_agency": name_of(case.to_province, "zh"),
            "old_division": f"{case.from_province}0000", "old_agency": name_of(case.from_province, "zh")}


def claim_decision(actor: Actor, key: str, number: int, action: str, *, reason: str = "") -> dict[str, Any]:
    """Grant, refuse or settle a claim."""
    if action == "grant":
        return claims.grant(actor, key, number, today=today())
    if action == "finalise":
        return claims.finalise(actor, key, number, today=today())
    return claims.refuse(actor, key, number, reason=reason)


def matter_step(actor: Actor, key: str, number: int, action: str, *, words: str = "", to: str | None = None) -> dict[str, Any]:
    """Take a step in a complaint or review."""
    return disputes.step(actor, key, number, action, today=today(), words=words, to=to)


def correction_decision(actor: Actor, key: str, number: int, *, accepted: bool, reason: str) -> dict[str, Any]:
    """Accept or refuse a correction of someone's data; where the telephone is corrected, the person's login goes along."""
    def work() -> dict[str, Any]:
        decide_correction(actor, number, accepted=accepted, reason=reason)
        person, field = rows("SELECT person_id, field FROM people_correction WHERE id = %s", [number])[0]
        return {"correction": number, "accepted": accepted, "person": person, "field": field}

    done = dict(execute(actor, Command("people.decide_correction", key, {"number": number, "accepted": accepted, "reason": reason}), work))
    if accepted and done["field"] == "phone":
        follow_correction(done["person"])
    return {"correction": done["correction"], "accepted": done["accepted"]}


def new_telephone(actor: Actor, key: str, person: int, phone: str, *, reason: str) -> int:
    """Ask, for someone who stands at the counter, that the telephone number be changed; a colleague decides it.

    Raises
    ------
    InputError
        If it is no number, there is an account with it, or no reason is given.
    NotFound
        If the actor may not see the person.
    """
    number = phone_in(phone)
    if number is None:
        raise NO_PHONE
    if not reason.strip():
        raise InputError("desk.reason", where="reason", zh="请写明怎样核实了本人，本人可以看到。", en="Say how the person was recognised; the person will see it.")
    if login_with(number) is not None:
        raise TAKEN

    def work() -> dict[str, int]:
        if not masked([person]):
            raise no_person(person)
        return {"correction": ask_correction(actor, person, "phone", number, reason=reason.strip())}

    # The number is personal: the key stands for it by its hash alone.
    return int(execute(actor, Command("desk.new_telephone", key, {"person": person, "reason": reason}), work)["correction"])


def refund_proposal(actor: Actor, key: str, person: int, amount_fen: int, *, channel: str, reason: str, where: str = "amount_fen") -> dict[str, Any]:
    """Propose that money in suspense be paid back.

    Raises
    ------
    NotFound
        If the actor may not see the person.
    InputError
        If less waits in suspense; `where` names the field.
    """
    def work() -> dict[str, Any]:
        if not masked([person]):
            raise no_person(person)
        waits = held("suspense", person, actor.province or "")
        if not 0 < amount_fen <= waits:
            raise InputError("desk.refund", value=amount_fen, where=where, zh=f"暂存款有 {waits / 100:.2f} 元，退款须在此以内。",
                             en=f"{waits / 100:.2f} yuan are in suspense; a refund must be within that.")
        return {"proposal": propose_refund(actor, person, actor.province or "", amount_fen, channel=channel, reason=reason)}

    return dict(execute(actor, Command("collection.propose_refund", key, [person, amount_fen, channel, reason]), work))


def refund_approval(actor: Actor, key: str, proposal: int) -> dict[str, Any]:
    """Approve a refund as the second person, and ask the bank to pay it under the number returned."""
    done = dict(execute(actor, Command("collection.approve_refund", key, proposal),
                        lambda: {"proposal": proposal, "request": approve_refund(actor, Law.load(), proposal)}))
    bank.pay(done["request"])
    return done


def heir_payment(actor: Actor, key: str, person: int, heir: int) -> dict[str, Any]:
    """Ask the bank to pay one heir, as someone other than who settled the death."""
    done = pay_heir(actor, key, person, heir, channel=bank.CHANNEL)
    bank.pay(done["request"])
    return done


def doubles(actor: Actor) -> tuple[list[merges.Proposal], list[Candidate], dict[int, Masked]]:
    """Return merges that were proposed, pairs that may be one human being beside them, and everyone in both as lists show them."""
    def work() -> tuple[list[merges.Proposal], list[Candidate], dict[int, Masked]]:
        proposed = merges.proposals()
        asked = {(each.kept, each.other) for each in proposed if each.state != "merged"}
        pairs = [each for each in candidates()[:MOST] if not {(each.first, each.second), (each.second, each.first)} & asked]
        people = [n for each in pairs for n in (each.first, each.second)] + [n for each in proposed for n in (each.kept, each.other)]
        return proposed, pairs, {each.id: each for each in masked(people)}

    return run_as(actor, work)


def run_preparation(actor: Actor, key: str, month: int) -> dict[str, Any]:
    """Prepare the pension payments of a month in the actor's province."""
    return payment.prepare(actor, key, actor.province or "", month)


def run_approval(actor: Actor, key: str, run: int) -> dict[str, Any]:
    """Approve a payment run as the second person."""
    return payment.approve(actor, key, run)


def disbursement(actor: Actor, key: str, fen: int, reference: str) -> dict[str, Any]:
    """Book what the bank reports as paid out to pensioners of the actor's province."""
    if not (reference.isascii() and reference.replace("-", "").replace("_", "").replace(".", "").isalnum()):
        raise InputError("desk.reference", value=reference, where="reference", zh="请填写银行流水号（字母、数字、- _ .）。", en="Give the bank's reference (letters, digits, - _ .).")
    if fen <= 0:
        raise InputError("desk.yuan", value=fen, where="fen", zh="金额应大于零。", en="The amount must be above nought.")
    return payment.disbursed(actor, key, actor.province or "", fen, reference=reference, today=today())


def runs(actor: Actor) -> list[dict[str, Any]]:
    """Return the payment runs the actor may see, the newest first."""
    return [dict(zip(("run", "province", "from_month", "month", "state", "prepared_by", "approved_by"), line, strict=True)) for line in run_as(actor, lambda: rows(
        "SELECT id, province, from_month, month, state, prepared_by, approved_by FROM benefit_run ORDER BY id DESC LIMIT 100"))]


def search(actor: Actor, identity_number: str, purpose: str) -> int | None:
    """Return the person with an identity number; the look is written down and the person sees it."""
    if not purpose.strip():
        raise InputError("person.purpose", where="purpose", zh="查询须写明用途，本人可以看到。", en="A search needs its purpose; the person will see it.")
    number = read_identity_number(identity_number, today=today())
    return limited(actor, purpose, lambda: find(number, purpose=purpose))


def reading(actor: Actor, person: int, fields: list[str], purpose: str) -> dict[str, str | None]:
    """Return sealed fields in clear, once the look is written down with its purpose.

    Raises
    ------
    NotFound
        If the actor may not see the person.
    """
    found = limited(actor, purpose, lambda: read([person], fields, purpose=purpose))
    if person not in found:
        raise no_person(person)
    return found[person]


def no_person(person: int) -> NotFound:
    return NotFound("person.unknown", value=person, zh=f"没有编号为 {person} 的人员，或不在您的管辖范围内。",
                    en=f"There is no person {person}, or not within your province.")
