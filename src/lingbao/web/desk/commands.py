"""What the desk decides: each command goes to the registry's own service under the actor's rights, once for its key."""

from __future__ import annotations

from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.benefits import claims, payment
from lingbao.registry.benefits.heirs import pay_heir
from lingbao.registry.benefits.refusals import check_reference
from lingbao.registry.collection.proposals import (
    Kind,
    free,
    pays_contributions,
    propose_refund,
    waiting,
)
from lingbao.registry.collection.refunds import approve_refund, refuse_refund
from lingbao.registry.disputes import services as disputes
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.keys import blind_index
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.notices.sending import queue
from lingbao.registry.orders.tables import rows
from lingbao.registry.people import merges
from lingbao.registry.people.duplicates import Candidate, TwoPlaces, accounts_in_two_places, candidates
from lingbao.registry.people.identity import read_identity_number
from lingbao.registry.people.persons import Masked, find, masked, read
from lingbao.registry.people.reading_limit import reading as limited
from lingbao.registry.people.rights import ask_correction, correction_values, decide_correction
from lingbao.registry.session import SYSTEM, Actor, acting_as, run_as
from lingbao.registry.transfers import services as transfers
from lingbao.registry.transfers.cases import case_of
from lingbao.registry.transfers.collecting import collect
from lingbao.web.account import bank
from lingbao.web.account.forms import NO_PHONE
from lingbao.web.account.logins import TAKEN, follow_correction, login_with, phone_in, tell_old_number
from lingbao.web.desk import files
from lingbao.web.desk.queues import MOST, today
from lingbao.web.places import name_of

MOST_DAYS = 250  # working days that the coordinating body may set: about a year


def transfer_step(actor: Actor, key: str, number: int, action: str, *, reason: str = "", days: int | None = None) -> dict[str, Any]:
    """Take a step in a transfer; papers are filled from the record, which notes who read it and for which case.

    Raises
    ------
    InputError
        If the step is not open, or the days that the coordinating body sets are none of a year.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InputError("desk.days", value=days, where="days", zh=f"限期应为 1 至 {MOST_DAYS} 个工作日。", en=f"The period must be from 1 to {MOST_DAYS} working days.")
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
    """Grant, refuse or settle a claim, or ask for the transfer of what another province keeps."""
    if action == "grant":
        return claims.grant(actor, key, number, today=today())
    if action == "finalise":
        return claims.finalise(actor, key, number, today=today())
    if action == "collect":
        found = files.claim(actor, number)
        return collect(actor, key, found["person"], found["province"], today=today())
    return claims.refuse(actor, key, number, reason=reason)


def matter_step(actor: Actor, key: str, number: int, action: str, *, words: str = "", to: str | None = None) -> dict[str, Any]:
    """Take a step in a complaint or review."""
    return disputes.step(actor, key, number, action, today=today(), words=words, to=to)


def correction_decision(actor: Actor, key: str, number: int, *, accepted: bool, reason: str) -> dict[str, Any]:
    """Accept or refuse a correction of someone's data and tell the person.

    Where the telephone is corrected, the person's login goes along, and the number before is told.
    """
    before: list[str] = []

    def work() -> dict[str, Any]:
        before[:] = _phone_before(number) if accepted else []
        decide_correction(actor, number, accepted=accepted, reason=reason)
        person, field = rows("SELECT person_id, field FROM people_correction WHERE id = %s", [number])[0]
        return {"correction": number, "accepted": accepted, "person": person, "field": field}

    done = dict(execute(actor, Command("people.decide_correction", key, {"number": number, "accepted": accepted, "reason": reason}), work))
    if accepted and done["field"] == "phone":
        follow_correction(done["person"])
    queue(SYSTEM, done["person"], "correction_accepted" if accepted else "correction_refused", {"case": number}, about=f"correction:{number}")
    for phone in before:  # at the first time only; the new number has the message of every correction
        tell_old_number(phone, "【灵保】您在养老保险登记的手机号已在经办窗口更换。如果不是您办的，请马上到经办窗口或拨打 12333。")
    return {"correction": done["correction"], "accepted": done["accepted"]}


def _phone_before(correction: int) -> list[str]:
    """Return the telephone that a correction replaces; none where it is about something else or there was no number."""
    found = rows("SELECT person_id FROM people_correction WHERE id = %s AND field = 'phone'", [correction])
    with acting_as(SYSTEM):
        return [phone for person, in found if (phone := read([person], ["phone"], purpose="更换手机号：告知原号码")[person]["phone"])]


def compare_correction(actor: Actor, number: int) -> tuple[str | None, str]:
    """Return what a correction would change, as it is and as it is asked for, once the look is written down."""
    purpose = f"信息更正 {number}"
    return limited(actor, purpose, lambda: correction_values(number, purpose=purpose))


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

    # The number is personal: a keyed hash stands for it.
    return int(execute(actor, Command("desk.new_telephone", key, {"person": person, "phone": blind_index(number, "command").hex(), "reason": reason}), work)["correction"])


def refund_proposal(actor: Actor, key: str, person: int, amount_fen: int, *, channel: str, reason: str, where: str = "amount_fen",
                    kind: Kind = "suspense") -> dict[str, Any]:
    """Propose that money in suspense be paid back, that what is owed be paid out, or that what a platform transferred for no member go back.

    Raises
    ------
    NotFound
        If the actor may not see the person.
    InputError
        If less is there that nobody asked for yet; `where` names the field. If another bank is named than the one that is asked.
    Conflict
        If what a platform transferred pays contributions of the person.
    """
    def work() -> dict[str, Any]:
        if not masked([person]):
            raise no_person(person)
        if channel != bank.channel():
            raise InputError("desk.channel", value=channel, where="channel", zh=f"现在接入的银行是“{bank.channel()}”，不能经“{channel}”付款。请改填“{bank.channel()}”。",
                             en=f"The bank asked now is '{bank.channel()}'; nothing can be paid through '{channel}'. Write '{bank.channel()}'.")
        if kind == "withheld" and pays_contributions(person):
            raise Conflict("collection.member", value=person, where=where, zh="本人已参保，这笔代扣款月末会转入缴费，不能退付。本人可以先终止参保，下个月起再提出。",
                           en="The person is a member, so the money pays contributions at the month's end and cannot go back. The membership may be ended first; propose it from the month after.")
        left = free(kind, person, actor.province or "")
        if not 0 < amount_fen <= left:
            raise InputError("desk.refund", value=amount_fen, where=where, zh=f"还可以退付 {left / 100:.2f} 元（已提出的不算），金额须在此以内。",
                             en=f"{left / 100:.2f} yuan can be paid, without what is proposed already; the amount must be within that.")
        return {"proposal": propose_refund(actor, person, actor.province or "", amount_fen, channel=channel, reason=reason, kind=kind)}

    return dict(execute(actor, Command("collection.propose_refund", key, [person, amount_fen, channel, reason, kind]), work))


def refund_approval(actor: Actor, key: str, proposal: int) -> dict[str, Any]:
    """Approve a refund as the second person, and ask the bank to pay it under the number returned (none: a contribution was taken back).

    Raises
    ------
    Conflict
        If it was answered before, or was proposed while another bank was asked: set aside for one that nobody asks, the money would lie there.
    """
    def work() -> dict[str, Any]:
        found = waiting(proposal)
        if found.kind != "contribution" and found.channel != bank.channel():
            raise Conflict("collection.other_bank", value=found.channel, zh=f"这笔退款是经“{found.channel}”提出的，现在接入的银行是“{bank.channel()}”。请退回后重新提出。",
                           en=f"This refund was proposed through '{found.channel}', and the bank asked now is '{bank.channel()}'. Refuse it and propose it anew.")
        return {"proposal": proposal, "request": approve_refund(actor, Law.load(), proposal)}

    done = dict(execute(actor, Command("collection.approve_refund", key, proposal), work))
    if done["request"] is not None:
        bank.ask(Law.load(), done["request"])
    return done


def refund_refusal(actor: Actor, key: str, proposal: int, *, reason: str) -> dict[str, Any]:
    """Refuse a refund in writing; nothing moves."""
    def work() -> dict[str, Any]:
        refuse_refund(actor, proposal, reason=reason)
        return {"proposal": proposal, "state": "refused"}

    return dict(execute(actor, Command("collection.refuse_refund", key, [proposal, reason]), work))


def heir_payment(actor: Actor, key: str, person: int, heir: int) -> dict[str, Any]:
    """Ask the bank to pay one heir, as someone other than who settled the death."""
    done = pay_heir(actor, key, person, heir, channel=bank.channel())
    bank.ask(Law.load(), done["request"])
    return done


def doubles(actor: Actor, *, after: int = 0, most: int = MOST) -> tuple[list[merges.Proposal], list[Candidate], dict[int, Masked], int]:
    """Return merges that were proposed, so many of the pairs that may be one human being, everyone in both as lists show them, and how many pairs there are."""
    def work() -> tuple[list[merges.Proposal], list[Candidate], dict[int, Masked], int]:
        proposed = merges.proposals()
        asked = {(each.kept, each.other) for each in proposed if each.state != "merged"}
        everywhere = [each for each in candidates() if not {(each.first, each.second), (each.second, each.first)} & asked]
        pairs = everywhere[after:after + most]
        people = [n for each in pairs for n in (each.first, each.second)] + [n for each in proposed for n in (each.kept, each.other)]
        return proposed, pairs, {each.id: each for each in masked(people)}, len(everywhere)

    return run_as(actor, work)


def two_places(actor: Actor) -> list[tuple[TwoPlaces, str]]:
    """Return those with money in accounts of one kind in two places, one of them the actor's, with the name as lists show it."""
    found = accounts_in_two_places(actor.province, MOST)
    names = {each.id: each.name_masked for each in run_as(actor, lambda: masked([each.person for each in found]))}
    return [(each, names[each.person]) for each in found if each.person in names]


def run_preparation(actor: Actor, key: str, month: int) -> dict[str, Any]:
    """Prepare the pension payments of a month in the actor's province."""
    return payment.prepare(actor, key, actor.province or "", month)


def run_approval(actor: Actor, key: str, run: int) -> dict[str, Any]:
    """Approve a payment run as the second person."""
    return payment.approve(actor, key, run)


def disbursement(actor: Actor, key: str, fen: int, reference: str) -> dict[str, Any]:
    """Book what the bank reports as paid out to pensioners of the actor's province."""
    check_reference(reference)
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
    return limited(actor, purpose, lambda: find(number, purpose=purpose, searching=True))


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
