"""Operations of the worker on money: accounts with the law behind each line, months, bills and payments, platforms' orders, subsidies."""

from __future__ import annotations

import calendar
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from lingbao.law.errors import InputError
from lingbao.law.month import format_month, parse_month
from lingbao.registry.collection.parts import bills as bills_of
from lingbao.registry.collection.proposals import proposals_of
from lingbao.registry.collection.subsidy_requests import request_of, requests_of, withdraw, words_of
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger import proofs
from lingbao.registry.ledger.commands import Command
from lingbao.registry.ledger.queries import accounts_of, statement
from lingbao.registry.orders import own
from lingbao.registry.record.queries import months_of, years_of
from lingbao.registry.session import acting_as
from lingbao.web import engine
from lingbao.web.account import lines, overview, withheld, words
from lingbao.web.account.access import today
from lingbao.web.account.views import missed, missing_years, pay, refund, subsidies
from lingbao.web.account.views.bill import drop_own
from lingbao.web.account.views.orders import account_moved, nothing_withheld
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry import worker_schemas as w
from lingbao.web.api.registry.worker_access import KEY, WORKER, worker
from lingbao.web.api.registry.worker_decided import asked_for
from lingbao.web.api.registry.worker_matters import send, sends

router = Router(auth=WORKER, tags=["registry: worker's money"])


@router.get("/accounts", **s.operation("账户明细；as_of 查看过去某天，known_on 按某天账上已有的记录", "Accounts with their lines", list[dict]))
def accounts(request: HttpRequest, as_of: date | None = Query(None, description="As it stood at the end of this day"),
             known_on: date | None = Query(None, description="As the books knew it at the end of this day: without what was booked later")) -> Any:
    """Every account that has moved, its lines the latest first, each with the law's version behind it."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = lines.accounts(me.number, lang, as_of, known_on)
    return [{"account": account.id, "kind": account.kind, "said": name, "province": account.province, "balance_fen": shown[0].balance,
             "lines": [{"entry": each.entry, "kind": each.kind, "said": each.what, "date": each.day, "amount_fen": each.fen, "balance_fen": each.balance,
                        "reversed": each.reversed, "law_hash": each.law_hash} for each in shown]} for account, name, shown in found]


@router.get("/accounts/{account}/lines/{entry}", **s.operation("一笔账为什么是这个数：条文和计算过程", "Why a line is what it is: the law behind it"))
def line(request: HttpRequest, account: s.Number, entry: s.Number) -> Any:
    """The amount worked out again, step by step, with article, parameter, source and confidence."""
    me, lang = worker(request)
    law = engine.law()
    with acting_as(me.actor):
        held = next((each for each in accounts_of("person", me.number) if each.id == account), None)
        found = next((each for each in statement(account) if each.entry == entry), None) if held else None
        if held is None or found is None:
            raise NotFound("account.no_line", value=entry, zh="没有这一笔。", en="There is no such line.")
        why = lines.reasons(law, found, held, me.number, lang)
        batch = lines.batch_of(found)
    return {"line": asdict(found), "said": lines.described(found, lang), "kind": held.kind, "province": held.province,
            "same_law": found.law_hash == law.hash, "reasons": [{"title": each.title, "steps": [asdict(step) for step in each.steps]} for each in why],  # type: ignore[call-overload]
            "batch": None if batch is None else asdict(batch)}


@router.get("/accounts/{account}/lines/{entry}/proof", **s.operation("一笔账在公布摘要里的证明", "Proof that a line stands in the published books"))
def proof(request: HttpRequest, account: s.Number, entry: s.Number) -> Any:
    """Anyone can check it by `POST /registry/proofs`, also offline; the day must be closed."""
    me, _ = worker(request)
    return proofs.proof(me.actor, entry, account)


@router.get("/months", **s.operation("已缴的月份和年度、断缴的月份", "Months and years paid, and the gaps"))
def months(request: HttpRequest) -> Any:
    """Every month with its base and place; gaps between the first month and now."""
    me, _ = worker(request)
    with acting_as(me.actor):
        found = overview.overview(engine.law(), me)
        paid, years = months_of(me.number), years_of(me.number)
    return {"months": [{**asdict(each), "month": format_month(each.month)} for each in paid], "years": [asdict(each) for each in years],
            "gaps": [{"first": format_month(first), "last": format_month(last)} for first, last in overview.gaps_of(found)]}


@router.get("/bills", **s.operation("缴费单：待缴、已缴、已过期", "Bills"))
def bills(request: HttpRequest) -> Any:
    """With what is due now, what waits already, and the first month that could be billed next."""
    me, _ = worker(request)
    with acting_as(me.actor):
        found = overview.overview(engine.law(), me)
        made = bills_of(me.number)
    member = found.member
    upcoming = pay.next_period(member, found) if member and member.standing == "flexible" and not member.stopped else None
    payable = {(each.bill.id, each.part.month) for each in found.open}
    return {"due_fen": found.due, "waiting_fen": found.waiting, "next": None if upcoming is None else format_month(upcoming),
            "bills": [{"bill": bill.id, "kind": bill.kind, "province": bill.province, "due_on": bill.due_on, "provisional": bill.provisional,
                       "law_hash": bill.law_hash,
                       "parts": [{**asdict(part), "month": format_month(part.month), "payable": (bill.id, part.month) in payable} for part in bill.parts]}
                      for bill in made]}


@router.post("/bills", **s.operation("开下一期的缴费单", "Make the bill of the next period"))
def billing(request: HttpRequest, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Of the next months not yet billed, or of this year in the resident scheme."""
    me, _ = worker(request)
    return {"bill": pay.bill_next(me, idempotency_key)}


@router.post("/bills/{number}/withdrawal", **s.operation("撤销缴费单里没缴的部分", "Drop what is not paid of a bill"))
def dropping(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Such as a bill of the wrong tier; what is paid of it stays."""
    me, _ = worker(request)
    return {"bill": number, "dropped": drop_own(me, idempotency_key, number)}


@router.post("/payments", **s.operation("付款：向银行发起一笔扣款", "Pay", w.DoneOut))
def paying(request: HttpRequest, data: w.PayIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """The bank is asked once for a key; what became of it stands under its number."""
    worker(request)
    fen = data.amount_fen
    return send(request, pay.MATTER, {"amount": "other", "other": f"{fen // 100}.{fen % 100:02d}"}, idempotency_key,
                asks_outside=Command("account.pay", idempotency_key, {"fen": fen}))


@router.get("/payments/{number}", **s.operation("一笔付款的结果", "What became of a payment"))
def payment(request: HttpRequest, number: w.Word) -> Any:
    """`waiting` until the bank has answered; then do not pay again before."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = pay.payment_of(number)
        used, left = pay.used_by(me.number, found.province, found.entry, lang) if found.entry else ([], 0)
    return {"number": number, "state": found.state or "waiting", "amount_fen": found.fen, "paid_on": found.paid_on, "reference": found.reference,
            "entry": found.entry, "paid": used, "waiting_fen": left}


@router.get("/refunds", **s.operation("退款：可以退回多少，已提出的到了哪一步", "Refunds: what can be had back, and what was asked for"))
def refunds(request: HttpRequest) -> Any:
    """Money that was paid and not used, and what platforms transferred for no member, by province and without what is asked for already."""
    me, _ = worker(request)
    with acting_as(me.actor):
        return {"waiting_fen": refund.waiting(me), "withheld_fen": refund.waiting(me, "withheld"), "asked": [{**asdict(each), "state": each.state} for each in proposals_of(me.number)]}


@router.post("/refunds", **s.operation("申请退回没用的钱", "Have unused money paid back", w.DoneOut))
def asking_back(request: HttpRequest, data: w.RefundIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Two people of the agency check it; it goes back to the bank it came from, or what platforms transferred to the worker."""
    worker(request)
    fen = data.amount_fen
    place = {} if data.province is None and data.kind is None else {"province": refund.answer_naming(data.kind, data.province or "")}
    request.names_money = bool(place)  # type: ignore[attr-defined]
    return send(request, refund.MATTER, {**place, "amount": "other", "other": f"{fen // 100}.{fen % 100:02d}"}, idempotency_key)


@router.post("/refunds/{number}/withdrawal", **s.operation("撤回退款申请", "Withdraw a request for a refund"))
def taking_back(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """While it is not answered; the money pays the next bill again."""
    me, _ = worker(request)
    return refund.withdraw(me, idempotency_key, number)


@router.get("/missed", **s.operation("今年没缴的月份，能不能补", "Months of this year that were missed"))
def missing(request: HttpRequest) -> Any:
    """Whether the law of the place lets them be caught up; null where that is not on record."""
    me, _ = worker(request)
    with acting_as(me.actor):
        found = missed.missed(me)
    return {"months": [format_month(each) for each in found.months], "allowed": found.allowed, "open": found.open}


@router.post("/missed", **s.operation("开补缴单", "Bill months that were missed", w.DoneOut))
def catching_up(request: HttpRequest, data: w.CatchUpIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Each month on its own base; it counts once paid within the year."""
    worker(request)
    return send(request, missed.MATTER, {f"month{parse_month(each)}": "yes" for each in data.months}, idempotency_key)


@router.get("/missing-years", **s.operation("居民养老保险所缺年限，能不能补缴", "Years missing in the resident scheme"))
def buyable(request: HttpRequest) -> Any:
    """Which years may be bought and at which fees; why not, where none may be."""
    me, _ = worker(request)
    with acting_as(me.actor):
        found = missing_years.worker_buys(me)
    what, fault = found.missing, found.fault
    return {"counted": what.counted if what else None, "in_turn": what.still if what else None, "years": sorted(what.years) if what else [],
            "fees": list(what.fees) if what else [], "open": what is not None,
            "fault": None if fault is None else {"code": fault.code, "zh": fault.zh, "en": fault.en}}


@router.post("/missing-years", **s.operation("开补缴所缺年限的缴费单", "Bill missing years", w.DoneOut))
def buying(request: HttpRequest, data: w.MissingYearsIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Each at one fee of the province, without a subsidy; they count once paid within the year."""
    worker(request)
    return send(request, missing_years.MATTER, {"years": str(data.years), "fee": f"{data.fee:g}"}, idempotency_key)


@router.get("/orders", **s.operation("平台代扣：按月", "Withheld by platforms, by month", list[dict]))
def orders(request: HttpRequest, first: date = Query(...), last: date = Query(...)) -> Any:
    """Between two days, at most a year apart; the latest first."""
    me, _ = worker(request)
    if not 0 <= (last - first).days <= 366:
        raise InputError("account.span", value=f"{first}..{last}", where="last", zh="两天之间最多隔一年，且不能倒过来。", en="The days must be in order and at most a year apart.")
    with acting_as(me.actor):
        found = own.days(first, last)
    return [{"month": month, **asdict(sums)} for month, sums in withheld.by_month(found)]


@router.get("/orders/{day}", **s.operation("平台代扣：一个月的各天，或一天的各单", "Withheld in a month by day, or on a day by order"))
def span(request: HttpRequest, day: w.Day) -> Any:
    """A month is written `2026-11`, a day `2026-11-02`."""
    me, _ = worker(request)
    whole = len(day) == 7
    try:
        first = date.fromisoformat(f"{day}-01" if whole else day)
    except ValueError:
        raise nothing_withheld(day) from None
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1]) if whole else first
    with acting_as(me.actor):
        found = own.days(first, last)
        single = [] if whole else own.orders_of(first)
    if not found:
        raise nothing_withheld(day)
    return {"total": asdict(withheld.sum_of(found)), "days": [asdict(each) for each in found], "orders": [asdict(each) for each in single]}


@router.get("/orders/{day}/{platform}/{number}", **s.operation("一单：时间、收入、扣了多少、按哪条规则、哪个文件、哪笔账", "One order with its rule, file and entry", list[dict]))
def order(request: HttpRequest, day: date, platform: s.Small, number: w.Line) -> Any:
    """With its refunds and corrections of that day."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = own.order(day, platform, number[:64])
        if not found:
            raise nothing_withheld(number[:64])
        agreement = own.agreement_on(platform, day)
        lines_of = []
        for each in found:
            behind = own.behind(each.file)
            lines_of.append({**asdict(each), "file": None if behind is None else asdict(behind),
                             "account": None if behind is None else account_moved(me.number, behind.entry),
                             "reason": [asdict(step) for step in withheld.reason(each, agreement, lang)] if agreement and not each.exempt else []})
    return lines_of


@router.get("/subsidies", **s.operation("补贴：已有的、申请过的、可以申请的", "Subsidies: granted, asked for, open"))
def subsidised(request: HttpRequest) -> Any:
    """With the frame the law sets to each, and the local rule where one is on record."""
    me, _ = worker(request)
    with acting_as(me.actor):
        province, area = subsidies.place_of(me)
        granted, asked = subsidies.granted_to(me.number), requests_of(me.number)
    return {"granted": [{**each, "since": format_month(each["since"]), "last": format_month(each["last"])} for each in granted],
            "asked": [asdict(each) for each in asked], "local_rule": subsidies.local_rule(province, area),
            "open": [{"programme": each["name"], "zh": each["word"][0], "en": each["word"][1], "months": each["months"], "most_share": each["share"],
                      "closed": None if each["closed"] is None else each["closed"].to_dict()} for each in subsidies.programmes_of(me, province)]}


sends(router, "/subsidies", subsidies.MATTER, w.SubsidyIn, "申请补贴", "Ask for a subsidy", "What is said as its ground is kept sealed.")


@router.get("/subsidies/{number}", **s.operation("一份补贴申请", "One request for a subsidy"))
def subsidy(request: HttpRequest, number: s.Number) -> Any:
    """Where it stands, and how to appeal."""
    return asked_for(request, "subsidy", number, request_of, words.SUBSIDY_STATES, ground=words_of)


@router.post("/subsidies/{number}/withdrawal", **s.operation("撤回补贴申请", "Withdraw a request for a subsidy"))
def withdrawing(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """While it is not answered."""
    me, _ = worker(request)
    return withdraw(me.actor, idempotency_key, number, today=today())
