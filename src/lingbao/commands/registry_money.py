"""``lingbao registry pay-run`` and ``interest``: the two large postings that an operator starts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from lingbao.commands.registry_open import bar, opened
from lingbao.commands.show import AsJson, Lang, print_json, show, table, word, yuan

Province = Annotated[list[str] | None, typer.Option("--province", help="只办这些省（两位代码），可重复 / only these provinces, may be repeated")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``lingbao registry``."""
    app.command("pay-run")(pay_run)
    app.command()(interest)


def pay_run(
    month: Annotated[str, typer.Argument(help="月份，如 2026-11 / month")],
    province: Province = None,
    prepare: Annotated[str | None, typer.Option("--prepare", help="以此经办人的登录名编制批次 / prepare the run as this login")] = None,
    approve: Annotated[str | None, typer.Option("--approve", help="以此负责人的登录名审批 / approve it as this login")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """发放已审批的月度养老金，可中断后再运行。 Pay the approved run of a month; may be broken off and run again.

    With --prepare or --approve that step is taken instead, under the named actor; they must be two persons.
    """
    with opened(lang, as_json):
        from zoneinfo import ZoneInfo

        from lingbao.law.month import format_month, parse_month
        from lingbao.registry.benefits import payment
        from lingbao.registry.people.actors import signed_in
        from lingbao.registry.session import SYSTEM, run_as

        at, today = parse_month(month), datetime.now(ZoneInfo("Asia/Shanghai")).date()
        done: list[dict[str, Any]] = []
        for code in provinces(province):
            key = f"pay-run:{code}:{format_month(at)}"
            if prepare is not None:
                actor = run_as(SYSTEM, lambda: signed_in(prepare))
                done.append({"province": code, **payment.prepare(actor, key, code, at)})
                continue
            for run, state in _runs(code, at):
                if approve is not None:
                    actor = run_as(SYSTEM, lambda: signed_in(approve))
                    done.append({"province": code, **payment.approve(actor, f"{key}:{run}", run)})
                elif state != "prepared":
                    paid = payment.pay(run, actor=SYSTEM.id, today=today)
                    done.append({"province": code, "run": run, "payments": paid.payments, "fen": paid.fen})
        if as_json:
            print_json(done)
        elif not done:
            show(word(("没有可发放的批次：须先编制（--prepare），再由另一人审批（--approve）。",
                       "No run to pay: it is prepared first (--prepare), then approved by another (--approve)."), lang))
        else:
            show(*(word((f"{each['province']}  批次 {each['run']}  " + (f"发放 {each['payments']:,} 笔，{yuan(each['fen'] / 100)} 元" if "fen" in each else each.get("state", "已编制")),
                         f"{each['province']}  run {each['run']}  " + (f"{each['payments']:,} payments, {yuan(each['fen'] / 100)} yuan" if "fen" in each else each.get("state", "prepared"))), lang)
                   for each in done))


def interest(
    year: Annotated[int, typer.Argument(help="年份 / year")],
    province: Province = None, lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """记入一年的个人账户利息；再次运行只补差额。 Credit a year's interest; run again, it posts only what is missing."""
    with opened(lang, as_json):
        from lingbao.law.store import Law
        from lingbao.registry.collection.interest import credit_interest

        codes, rows = provinces(province), []
        with bar(len(codes), word(("计息", "interest"), lang), as_json) as advance:
            for code in codes:
                rows.append((code, credit_interest(Law.load(), code, year)))
                advance(1)
        if as_json:
            print_json([{"province": code, "accounts": each.accounts, "fen": each.fen} for code, each in rows])
        else:
            show(table(str(year), word((("省份", "账户数", "利息（元）"), ("province", "accounts", "interest [yuan]")), lang),  # type: ignore[arg-type]
                       [(code, f"{each.accounts:,}", yuan(each.fen / 100)) for code, each in rows], figures=(1, 2)))


def provinces(chosen: list[str] | None) -> list[str]:
    """Return the provinces named by an option, or all of them.

    Raises
    ------
    InputError
        If there is no such province.
    """
    from lingbao.law.errors import InputError
    from lingbao.law.store import Law

    known = [place.code for place in Law.load().provinces()]
    for code in chosen or ():
        if code not in known:
            raise InputError("registry.province", value=code, where="--province", zh=f"没有代码为“{code}”的省份，如江西为 36。",
                             en=f"There is no province '{code}'; Jiangxi, for one, is 36.")
    return chosen or known


def _runs(province: str, month: int) -> list[tuple[int, str]]:
    from django.db import connection

    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id, state FROM benefit_run WHERE province = %s AND month = %s ORDER BY id", [province, month])
        return list(cursor.fetchall())
