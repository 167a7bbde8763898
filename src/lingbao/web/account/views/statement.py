"""The statement of account, and the law behind one line of it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lingbao.law.errors import InputError
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger import proofs
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.ledger.queries import statement as lines_of
from lingbao.registry.session import acting_as
from lingbao.web import engine
from lingbao.web.account import lines, words
from lingbao.web.account.access import worker_only
from lingbao.web.places import name_of
from lingbao.web.reasons import both


@worker_only
def statement(request: HttpRequest) -> HttpResponse:
    """Every account with its lines, the latest first; today, or as it stood at the end of a day gone by, also as it was known then."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    asked = {name: request.GET.get(name, "").strip()[:20] for name in ("on", "known")}
    days: dict[str, date | None] = {"on": None, "known": None}
    faults = {}
    for name, text in asked.items():
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            faults[name] = InputError("account.day", value=text, where=name, zh="日期请按 2026-03-31 这样填写。", en="Write the day like 2026-03-31.")
    with acting_as(me.actor):
        found = lines.accounts(me.number, lang, days["on"], days["known"])
    return render(request, "account/statement.html", {"faults": faults, "asked": asked, "day": days["on"], "known": days["known"], "accounts": [
        {"name": name, "place": name_of(account.province, lang), "yuan": shown[0].balance_yuan, "lines": shown}
        for account, name, shown in found]}, status=422 if faults else 200)


@worker_only
def line(request: HttpRequest, account: int, entry: int) -> HttpResponse:
    """Why one line is what it is."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    law = engine.law()
    with acting_as(me.actor):
        held = next((each for each in accounts_of("person", me.number) if each.id == account), None)
        found = next((each for each in lines_of(account) if each.entry == entry), None) if held else None
        if held is None or found is None:
            raise NotFound("account.no_line", value=entry, zh="没有这一笔。", en="There is no such line.")
        why = lines.reasons(law, found, held, me.number, lang)
        batch = lines.batch_of(found)
    why_said = both(found.kind, found.reason)
    return render(request, "account/line.html", {
        "said": why_said[lang], "foreign": lang != "zh" and why_said["zh"] == why_said[lang],
        "line": found, "what": lines.described(found, lang), "amount": found.amount_fen / 100, "balance": found.balance_fen / 100,
        "account": words.said(words.ACCOUNTS, held.kind, lang), "place": name_of(held.province, lang), "reasons": why, "batch": batch,
        "version": found.law_hash[:12], "same_law": found.law_hash == law.hash,
    })


@worker_only
def proof(request: HttpRequest, account: int, entry: int) -> HttpResponse:
    """The proof that one line stands in the published digest of its day, as a file to keep."""
    me = request.me  # type: ignore[attr-defined]
    answer = JsonResponse(proofs.proof(me.actor, entry, account), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = f'attachment; filename="lingbao-proof-{entry}.json"'
    return answer
