"""``lingbao registry turn-over`` and ``registry platform received``, ``take-back``: platforms' money, and an order taken twice."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from lingbao.commands.registry_open import bar, opened
from lingbao.commands.show import AsJson, Lang, print_json, show, table, word, yuan

Code = Annotated[str, typer.Argument(help="平台代码 / code of the platform")]
DAY = ["%Y-%m-%d"]


def add_to(app: typer.Typer, platform: typer.Typer) -> None:
    """Add the commands to ``lingbao registry`` and ``lingbao registry platform``."""
    app.command("turn-over")(turn_over)
    platform.command()(received)
    platform.command("take-back")(take_back)


def turn_over(
    month: Annotated[str, typer.Argument(help="结束的月份，如 2026-11 / the month that ends")],
    province: Annotated[str | None, typer.Option("--province", help="只转账簿在这个省的钱（两位代码）/ only money in this province's books")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """把平台转来的代扣款转入缴费，每人每月一次，可中断后再运行。 Turn received money into contributions, once a month for each person; may be broken off and run again.

    What each person pays follows from membership and choice, at what a bill would ask. The nightly work does it for the month that
    closed, with what was received by its last day. By hand it counts from today: run it on the last days of the month, since a month
    that is over is paid only where the place lets months be caught up.
    """
    with opened(lang, as_json):
        from lingbao.commands.registry_money import provinces
        from lingbao.law.month import format_month, parse_month
        from lingbao.registry.orders.turnover_month import REASONS, turn_over_month

        if province is not None:
            provinces([province])
        with bar(100, word(("转入缴费", "turn-over"), lang), as_json) as advance:
            shown = [0]

            def progress(persons: int, total: int) -> None:
                percent = 100 * persons // total
                advance(percent - shown[0])
                shown[0] = percent

            done = turn_over_month(parse_month(month), on=_today(), province=province, progress=progress)
        if as_json:
            print_json({"month": format_month(done.month), "persons": done.persons, "months": done.months, "resident_years": done.years,
                        "fen": done.turned_fen, "subsidy_fen": done.subsidy_fen, "before": done.before,
                        "waiting": {reason: {"persons": persons, "fen": fen} for reason, (persons, fen) in done.waiting.items()}})
            return
        show(word((f"{format_month(done.month)}：转入 {done.persons:,} 人，{done.months:,} 个月、{done.years:,} 个居民年度，{yuan(done.turned_fen / 100)} 元；"
                   f"政府补贴 {yuan(done.subsidy_fen / 100)} 元；此前已转 {done.before:,} 人。",
                   f"{format_month(done.month)}: {done.persons:,} persons, {done.months:,} months and {done.years:,} resident years, {yuan(done.turned_fen / 100)} yuan;"
                   f" government subsidy {yuan(done.subsidy_fen / 100)} yuan; {done.before:,} persons before."), lang))
        if done.waiting:
            show(table(word(("没有转的", "Money that waits"), lang), word((("原因", "人数", "金额（元）"), ("why", "persons", "yuan")), lang),  # type: ignore[arg-type]
                       [(word(REASONS[reason], lang), f"{persons:,}", yuan(fen / 100)) for reason, (persons, fen) in done.waiting.items()], figures=(1, 2)))


def received(
    code: Code,
    reference: Annotated[str, typer.Argument(help="银行流水号 / the bank's reference")],
    amount: Annotated[str | None, typer.Option("--yuan", help="到账金额（元）；登记时必填 / what arrived, to enter it")] = None,
    day: Annotated[datetime | None, typer.Option("--day", formats=DAY, help="起息日；登记时必填 / value date, to enter it")] = None,
    enter: Annotated[str | None, typer.Option("--enter", help="以此经办人的登录名登记 / enter it as this login")] = None,
    book: Annotated[str | None, typer.Option("--book", help="以此审核人的登录名入账 / book it as this login")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """登记平台到账（--enter），由另一人入账（--book）。 Enter a platform's transfer, and book it as another; both as on the desk's page."""
    with opened(lang, as_json):
        from lingbao.law.errors import InputError
        from lingbao.registry.orders import receipts
        from lingbao.registry.orders.platforms import platform_named
        from lingbao.registry.people.actors import signed_in
        from lingbao.registry.session import SYSTEM, run_as

        place = platform_named(code)
        done: dict[str, Any] = {}
        if enter is not None:
            if amount is None or day is None:
                raise InputError("orders.receipt_needs", where="--yuan", zh="登记到账要有 --yuan 和 --day。", en="To enter a transfer, give --yuan and --day.")
            actor = run_as(SYSTEM, lambda: signed_in(enter, purpose="平台到账"))
            done = {"state": "entered", **receipts.enter(actor, place.id, reference, _fen(amount), day.date(), today=_today())}
        if book is not None:
            actor = run_as(SYSTEM, lambda: signed_in(book, purpose="平台到账"))
            found = next((each for each in receipts.receipts(actor) if (each.platform, each.reference) == (place.id, reference) and each.state != "refused"), None)
            if found is None:
                raise InputError("orders.no_receipt", value=reference, where="--book", zh="没有登记过这笔到账。", en="This transfer was not entered.")
            done = receipts.book(actor, f"receipt-{found.number}", found.number)
        if not done:
            raise InputError("orders.receipt_step", where="--enter", zh="请用 --enter 登记，或用 --book 入账。", en="Use --enter to enter it, or --book to book it.")
        if as_json:
            print_json(done)
        else:
            show(word((f"第 {done['receipt']} 号到账：{'已入账' if done['state'] == 'booked' else '已登记，等待另一人入账'}。",
                       f"Transfer {done['receipt']}: {'booked' if done['state'] == 'booked' else 'entered; another books it'}."), lang))


def take_back(
    code: Code,
    number: Annotated[str, typer.Argument(help="订单号 / order number")],
    day: Annotated[datetime, typer.Option("--day", formats=DAY, help="要冲销的业务日期 / the business date that is wrong")],
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """冲销登记在两个业务日期的订单中的一天（夜间审计 orders.number_on_two_days）。 Take an order back on one of the two dates on which the audit found it."""
    with opened(lang, as_json):
        from lingbao.registry.orders.doubled import take_back as taken_back
        from lingbao.registry.orders.platforms import platform_named

        done = taken_back(platform_named(code).id, number, day.date())
        if as_json:
            print_json({"file": done.file, "key": done.key, "withheld_fen": done.withheld_fen, "entry": done.entry})
        else:
            show(word((f"已冲销：第 {done.file} 号文件（{done.key}），代扣 {yuan(done.withheld_fen / 100)} 元。",
                       f"Taken back by file {done.file} ({done.key}): {yuan(done.withheld_fen / 100)} yuan withheld."), lang))


def _fen(text: str) -> int:
    from lingbao.law.errors import InputError

    try:
        fen = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        fen = Decimal("0.5")
    if not fen.is_finite() or fen != fen.to_integral_value() or fen <= 0:
        raise InputError("desk.yuan", value=text, where="--yuan", zh=f"“{text}”不是金额，请以元填写，如 1234.56。", en=f"'{text}' is no amount; write yuan, such as 1234.56.")
    return int(fen)


def _today() -> date:
    from lingbao.registry.calendar.clock import china_day
    from lingbao.registry.orders.clock import now

    return china_day(now())
