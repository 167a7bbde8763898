"""Pay: what is due, any amount, checked, sent to the bank once; the receipt says which months it paid."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules.contribution import posting_month
from lingbao.registry.collection.bills import bill_fee, bill_period
from lingbao.registry.collection.parts import YEARLY, bill_of
from lingbao.registry.collection.payments import ask_payment
from lingbao.registry.enrolment.membership import Membership, choice_on
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.queries import accounts_of, statement
from lingbao.registry.record.queries import RecordedYear, years_of
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account import bank, lines, overview
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.form_key import key_of
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.views.bill import named
from lingbao.web.fields import Choice, Field

AHEAD = MONTHS_PER_YEAR  # so far ahead a worker may pay
MOST = 1_000_000  # yuan in one payment


def _found(asked: Asked) -> overview.Overview:
    if not hasattr(asked.request, "overview"):
        with acting_as(asked.worker.actor):
            asked.request.overview = overview.overview(engine.law(), asked.worker)  # type: ignore[attr-defined]
    return asked.request.overview  # type: ignore[attr-defined, no-any-return]


def _sums(found: overview.Overview) -> list[tuple[int, list[overview.Open]]]:
    """Return the amounts that pay one open part, two, and so on, less what waits already; with the parts."""
    sums, total = [], -found.waiting
    for count, each in enumerate(found.open, start=1):
        total += each.part.amount_fen
        if total > 0:
            sums.append((total, list(found.open[:count])))
    return sums


def _months(parts: Sequence[overview.Open], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(named(each.bill, each.part, lang) for each in parts)


def _amounts(asked: Asked) -> tuple[Choice, ...]:
    sums = _sums(_found(asked))
    wanted = [*sums[:3], *([sums[-1]] if len(sums) > 3 else [])]
    offered = [Choice(str(fen), f"{fen / 100:,.2f} 元", f"¥{fen / 100:,.2f}", f"付清 {_months(parts, 'zh')}", f"pays {_months(parts, 'en')}")
               for fen, parts in wanted]
    return (*offered, Choice("other", "付别的金额", "Another amount", "多少都行：够一个月就记一个月，不够的先存着，不会丢",
                             "Any amount: it pays whole months, oldest first; the rest waits and is not lost"))


def _fen(asked: Asked) -> int:
    chosen = asked.values["amount"]
    return round(asked.values["other"] * 100) if chosen == "other" else int(chosen)


def _open(asked: Asked) -> str | None:
    found = _found(asked)
    if found.member is None:
        return "/account/enrol/"
    return None if found.due else "/account/bills/"


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, fen, found = asked.lang == "zh", _fen(asked), _found(asked)
    available, bought = fen + found.waiting, []
    for each in found.open:
        if each.part.amount_fen > available:
            break
        available -= each.part.amount_fen
        bought.append(each)
    rows = [Row("这次付" if zh else "You pay", figures.yuan(fen / 100, asked.lang, 2), "amount"),
            Row("记入" if zh else "It pays", _months(bought, asked.lang) or ("还不够一个月，先存着" if zh else "not yet a whole month; it waits")),
            Row("其中进您的个人账户" if zh else "Of which into your own account",
                figures.yuan(sum(each.part.account_fen + each.part.subsidy_fen for each in bought) / 100, asked.lang, 2))]
    if available:
        rows.append(Row("剩下的先存着" if zh else "Left over, waiting", figures.yuan(available / 100, asked.lang, 2)))
    months = sum(each.bill.kind not in YEARLY for each in bought)
    notes = [(f"付完后您的缴费年限增加 {months} 个月。", f"It adds {months} month{'' if months == 1 else 's'} to your record.")] if months else []
    notes.append(("只按一次就好：按了返回或刷新，也不会重复扣钱。", "Press once; going back or reloading never takes the money again."))
    return rows, notes


def _send(asked: Asked) -> str:
    me, fen, found = asked.worker, _fen(asked), _found(asked)
    assert found.member is not None
    province = found.open[0].bill.province if found.open else found.member.province

    def work() -> dict[str, str]:
        return {"number": ask_payment(me.actor, me.number, province, fen, channel=bank.channel())}

    # What the key stands for is the amount: pressed again after the payment, nothing is due any more, yet it is the same wish.
    number = execute(me.actor, Command("account.pay", asked.key, {"fen": fen}), work)["number"]
    bank.ask(engine.law(), number)
    return f"/account/paid/{number}/"


MATTER = Matter(
    "pay", "缴费", "Pay",
    (
        Question("amount", "这次付多少？", "How much do you want to pay?",
                 lambda asked: (Field("amount", "choice", "付款金额", "Amount", choices=lambda: _amounts(asked)),), shown=False),
        Question("other", "您想付多少？", "How much do you want to pay?",
                 lambda asked: (Field("other", "money", "付款金额", "Amount", low=0.01, high=MOST, unit_zh="元", unit_en="yuan"),),
                 "够一个月就记一个月，剩下的先存着，下次接着用。", "Whole months are paid, oldest first; the rest waits for the next one.",
                 applies=lambda asked: asked.values.get("amount") == "other", shown=False),
    ),
    button=lambda asked: (f"付款 {_fen(asked) / 100:,.2f} 元", f"Pay ¥{_fen(asked) / 100:,.2f}"), send=_send, told=_told, open=_open)


def next_period(member: Membership, found: overview.Overview) -> int | None:
    """First month of the membership, from now on, that is neither paid nor billed; None where it ends before or that lies too far ahead."""
    taken = {each.month for each in found.months} | found.billed
    start = max(member.since, this_month())
    end = start + AHEAD if member.until is None else min(start + AHEAD, member.until)
    return next((month for month in range(start, end) if month not in taken), None)


def bill_next(me: Me, key: str) -> int:
    """Make the bill of this year of the resident scheme, or of the next payment period, once for a key; return its number.

    Raises
    ------
    Conflict
        If the worker pays nothing himself, or nothing is left to bill in the coming year.
    """
    law = engine.law()

    def work() -> dict[str, int]:
        found = overview.overview(law, me)
        member = found.member
        if member is None or member.stopped or member.standing == "employed":
            raise Conflict("account.not_paying", zh="现在没有需要自己缴费的参保关系。", en="There is no enrolment that you pay yourself.")
        if member.standing == "resident":
            return {"bill": bill_fee(me.actor, law, member.id, today().year)}
        upcoming = next_period(member, found)
        if upcoming is None:
            raise Conflict("account.nothing_due", zh="一年内的月份都已经开单或缴清，不用再缴。", en="Every month of the coming year is billed or paid.")
        return {"bill": bill_period(me.actor, law, member.id, upcoming)}

    return int(execute(me.actor, Command("account.bill", key, {}), work)["bill"])


def fee_open(member: Membership, found: overview.Overview, years: Sequence[RecordedYear]) -> bool:
    """Whether this year's fee of the resident scheme is neither paid nor billed."""
    billed = {each.part.month // MONTHS_PER_YEAR for each in (*found.open, *found.lapsed) if each.by_year}
    return member.standing == "resident" and not member.stopped and today().year not in billed | {each.year for each in years}


@worker_only
def bills(request: HttpRequest) -> HttpResponse:
    """What is due and what has lapsed; a button for the bill of the next period when nothing is."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    law = engine.law()
    with acting_as(me.actor):
        found, years = overview.overview(law, me), years_of(me.number)
        after = overview.next_membership(found.member, me.number)
    if found.member is None:
        return redirect("/account/enrol/")
    member = found.member
    if request.method == "POST":
        number = bill_next(me, key_of(request.POST.get("key", "")))
        with acting_as(me.actor):
            left = bill_of(number).open_fen
        return redirect("/account/pay/" if left else f"/account/bills/{number}/")  # money that waited has paid it
    upcoming = next_period(member, found) if member.standing == "flexible" and not member.stopped else None
    last = None
    if upcoming is not None:
        with acting_as(me.actor):
            chosen = choice_on(member.id, upcoming)
        last = int(posting_month(upcoming, chosen.rhythm)) if chosen else upcoming
    return render(request, "account/bills.html", {
        "found": found, "due": found.due / 100, "waiting": found.waiting / 100, "member": member,
        "key": secrets.token_hex(16), "fee": fee_open(member, found, years),
        "open": [{"bill": each.bill.id, "what": _months([each], lang), "fen": each.part.amount_fen / 100, "by": each.bill.due_on, "late": each.late} for each in found.open],
        "lapsed": [{"what": _months([each], lang), "fen": each.part.amount_fen / 100} for each in found.lapsed],
        "after": after, "upcoming": upcoming, "last": last, "last_month": member.until - 1 if member.until else None, "missed": found.missed_this_year,
    })


@dataclass(frozen=True)
class Payment:
    """A payment asked of the bank, and what the bank said of it so far.

    Attributes
    ----------
    fen : int
        Amount [fen].
    province : str
    state : {"paid", "failed"} or None
        None while the bank is silent.
    paid_on : datetime.date or None
    reference : str or None
        The bank's own number.
    entry : int or None
        Entry of the receipt.
    """

    fen: int
    province: str
    state: str | None
    paid_on: date | None
    reference: str | None
    entry: int | None


def payment_of(number: str) -> Payment:
    """Return a payment of the worker (inside a transaction of the worker).

    Raises
    ------
    NotFound
        If there is none of this number, or it is another's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT r.amount_fen, r.province, m.kind, m.paid_on, m.reference, m.entry_id FROM collection_request r"
                       " LEFT JOIN collection_message m ON m.number = r.number WHERE r.number = %s AND r.kind = 'payment'", [number])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("account.no_payment", value=number, zh="没有这笔付款。", en="There is no such payment.")
    return Payment(*row)


@worker_only
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What became of a payment."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    zh = lang == "zh"
    with acting_as(me.actor):
        paid = payment_of(number)
        used, left = used_by(me.number, paid.province, paid.entry, lang) if paid.entry else ([], 0)
        found = overview.overview(engine.law(), me)
    rows = [Row("金额" if zh else "Amount", figures.yuan(paid.fen / 100, lang, 2))]
    if paid.state == "paid":
        heading = "付款成功" if zh else "Paid"
        rows += [Row("付款日期" if zh else "Date", figures.day(paid.paid_on, lang)), Row("银行流水号" if zh else "The bank's number", paid.reference or "")]
        rows += [Row("记入" if zh else "It paid", ("、" if zh else ", ").join(used) if used else ("还不够一个月，先存着" if zh else "not yet a whole month; it waits"))]
        if left:
            rows.append(Row("先存着" if zh else "Waiting", figures.yuan(left / 100, lang, 2)))
        notes = [("钱已经记到您的账户，现在就能在明细里看到。" if zh else "It stands in your account now; see the statement.")]
    elif paid.state == "failed":
        heading = "付款没有成功" if zh else "The payment failed"
        notes = [("银行没有扣到钱，什么都没有变。请换一张卡或稍后再付。" if zh else "The bank took nothing and nothing has changed. Try again later or with another card.")]
    else:
        heading = "正在等银行的消息" if zh else "Waiting for the bank"
        notes = [("银行回复前请不要再付一次；通常当天有结果，也会发消息给您。" if zh else "Do not pay again before the bank answers; that is mostly within the day, and you get a message.")]
    if found.due:
        notes.append(f"还有 {figures.yuan(found.due / 100, lang, 2)} 未缴。" if zh else f"{figures.yuan(found.due / 100, lang, 2)} is still open.")
    return render(request, "account/confirmed.html", {"heading": heading, "number": number, "rows": rows, "notes": notes,
                                                      "next": {"address": "/account/statement/", "label": "看明细" if zh else "See the statement"}})


def used_by(person: int, province: str, entry: int, lang: str) -> tuple[list[str], int]:
    """Return what was paid out of the waiting money from this receipt up to the next one, and what waits now."""
    account = next((each for each in accounts_of("person", person) if each.kind == "suspense" and each.province == province), None)
    if account is None:
        return [], 0
    following = [line for line in sorted(statement(account.id), key=lambda line: line.entry) if line.entry > entry]
    ends = next((line.entry for line in following if line.kind == "payment_received"), None)
    return [lines.described(line, lang) for line in following if line.kind == "contribution" and (ends is None or line.entry < ends)], account.balance_fen
