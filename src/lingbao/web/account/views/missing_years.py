"""Years that are missing for the resident pension: whether they may be bought, which ones, at which fee; and the bill for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.registry.benefits.missing_years import Buyable, MissingYears, bill_missing_years, buyable
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account.access import Me, today, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field

PATH = "/account/missing-years/"


def worker_buys(me: Me) -> Buyable:
    """Return what the worker may buy (inside a transaction of the worker)."""
    return buyable(engine.law(), me.number, today())


def _found(asked: Asked) -> Buyable:
    if not hasattr(asked.request, "missing_years"):
        with acting_as(asked.worker.actor):
            asked.request.missing_years = worker_buys(asked.worker)  # type: ignore[attr-defined]
    return asked.request.missing_years  # type: ignore[attr-defined, no-any-return]


def _missing(asked: Asked) -> MissingYears:
    found = _found(asked).missing
    assert found is not None
    return found


def _open(asked: Asked) -> str | None:
    found = _found(asked)
    return None if found.missing is not None and found.member is not None and not found.member.stopped else PATH


def _counts(asked: Asked) -> tuple[Choice, ...]:
    most = len(_missing(asked).years)
    return (Choice(str(most), f"{most} 年，补满", f"{most} year{'' if most == 1 else 's'}, all that are missing"),
            *(Choice(str(each), f"{each} 年", f"{each} year{'' if each == 1 else 's'}") for each in range(most - 1, 0, -1)))


def _fees(asked: Asked) -> tuple[Choice, ...]:
    return tuple(Choice(f"{fee:g}", f"每年 {fee:,.0f} 元", f"¥{fee:,.0f} a year") for fee in _missing(asked).fees)


def _chosen(asked: Asked) -> tuple[int, float]:
    return int(asked.values["years"]), float(asked.values["fee"])


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, (count, fee) = asked.lang == "zh", _chosen(asked)
    named = [str(year) for year in sorted(_missing(asked).years[:count])]
    rows = [Row("记作哪几年" if zh else "They stand for", ("、" if zh else ", ").join(named)),
            Row("一共要付" if zh else "In all", figures.yuan(count * fee, asked.lang, 2)),
            Row("全部进您的个人账户" if zh else "All of it into your own account", figures.yuan(count * fee, asked.lang, 2))]
    return rows, (("补缴的年份不另加政府缴费补贴；当地如有规定，以当地为准。", "Bought years bring no government subsidy here; where the place has a rule of its own, that counts."),
                  ("今年 12 月 31 日前付清才算数。", "They count once paid by 31 December."))


def _send(asked: Asked) -> str:
    me, member, (count, fee) = asked.worker, _found(asked).member, _chosen(asked)
    assert member is not None
    execute(me.actor, Command("account.missing_years", asked.key, {"years": count, "fee": fee}),
            lambda: {"bill": bill_missing_years(me.actor, engine.law(), member.id, count, fee, today=today())})
    return "/account/pay/"


MATTER = Matter(
    "buy-years", "补缴所缺年限", "Buy missing years",
    (Question("years", "您想补缴几年？", "How many years do you want to buy?",
              lambda asked: (Field("years", "choice", "补缴年数", "Years", choices=lambda: _counts(asked)),),
              "补满才能按月领取；也可以分几次补。", "The pension begins once all are paid; you can also buy them bit by bit."),
     Question("fee", "每年按哪一档补？", "At which fee a year?",
              lambda asked: (Field("fee", "choice", "缴费档次", "Fee", choices=lambda: _fees(asked)),),
              "补多少，账户里就多多少，每月养老金也跟着多。", "What you pay stands in your account, and the pension grows with it.")),
    button=lambda asked: ("开补缴单", "Make the bill"), send=_send, told=_told, open=_open)


@worker_only
def page(request: HttpRequest) -> HttpResponse:
    """How many years are missing, whether they may be bought, and if not, why."""
    me = request.me  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = worker_buys(me)
    return render(request, "account/missing_years.html", {
        "found": found, "most": len(found.missing.years) if found.missing else 0,
        "years": sorted(found.missing.years) if found.missing else [],
        "counted": f"{found.missing.counted:g}" if found.missing else ""})
