"""``lingbao registry pay-run``, ``interest``, ``settle``, ``subsidies``: the large postings that an operator starts; and the bank's secret."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Annotated, Any

import typer

from lingbao.commands.registry_open import bar, opened
from lingbao.commands.show import AsJson, Lang, print_json, show, table, word, yuan

Province = Annotated[list[str] | None, typer.Option("--province", help="只办这些省（两位代码），可重复 / only these provinces, may be repeated")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``lingbao registry``."""
    app.command("pay-run")(pay_run)
    app.command()(interest)
    app.command()(settle)
    app.command()(subsidies)
    app.command("bank-secret")(bank_secret)


def pay_run(
    month: Annotated[str, typer.Argument(help="月份，如 2026-11 / month")],
    province: Province = None,
    prepare: Annotated[str | None, typer.Option("--prepare", help="以此经办人的登录名编制批次 / prepare the run as this login")] = None,
    approve: Annotated[str | None, typer.Option("--approve", help="以此审核人的登录名审批 / approve it as this login")] = None,
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
            runs = _runs(code, at)
            key = f"pay-run:{code}:{format_month(at)}:{sum(state == 'done' for _, state in runs)}"
            if prepare is not None:
                actor = run_as(SYSTEM, lambda: signed_in(prepare))
                done.append({"province": code, **payment.prepare(actor, key, code, at)})
                continue
            if approve is not None:
                actor = run_as(SYSTEM, lambda: signed_in(approve))
                open_ = [run for run, state in runs if state == "prepared"] or [run for run, _ in runs[-1:]]
                done += [{"province": code, **payment.approve(actor, f"pay-run:{run}", run)} for run in open_]
                continue
            for run, state in runs:
                if state != "prepared":
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
    province: Province = None,
    scheme: Annotated[list[str] | None, typer.Option("--scheme", help="employee 职工、resident 居民；不写则两种都办 / both unless one is named")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """记入一年的个人账户利息（职工和居民）；再次运行只补差额。 Credit a year's interest in both schemes; run again, it posts only what is missing.

    Residents bear the rate of their own province: where none is on record yet, the line says so and the others are credited.
    """
    with opened(lang, as_json):
        from lingbao.law.errors import MissingLaw
        from lingbao.law.store import Law
        from lingbao.registry.collection.interest import Credited, credit_interest

        chosen = schemes(scheme)
        codes, rows = provinces(province), []
        with bar(len(codes) * len(chosen), word(("计息", "interest"), lang), as_json) as advance:
            for code, each in product(codes, chosen):
                try:
                    rows.append((code, each, credit_interest(Law.load(), code, year, scheme=each), None))
                except MissingLaw as missing:
                    rows.append((code, each, Credited(0, 0), missing))
                advance(1)
        faults = [fault for *_, fault in rows if fault is not None]
        if len(faults) == len(rows):
            raise faults[0]
        if as_json:
            print_json([{"province": code, "scheme": each, "accounts": done.accounts, "fen": done.fen,
                         "missing": None if fault is None else fault.message(lang)} for code, each, done, fault in rows])
        else:
            show(table(str(year), word((("省份", "制度", "账户数", "利息（元）"), ("province", "scheme", "accounts", "interest [yuan]")), lang),  # type: ignore[arg-type]
                       [(code, word(SCHEME_WORDS[each], lang), f"{done.accounts:,}" if fault is None else "–",
                         yuan(done.fen / 100) if fault is None else word(("利率未收录", "no rate"), lang)) for code, each, done, fault in rows], figures=(2, 3)))
            if faults:
                show(faults[0].message(lang))


def settle(province: Province = None, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """结算可结算的预发养老金（本年基数、上年记账利率已公布），补发差额；再次运行只办余下的。 Settle the provisional pensions whose base and crediting rate are out; run again, it does what is left."""
    with opened(lang, as_json):
        from zoneinfo import ZoneInfo

        from lingbao.registry.benefits.settling import settle_all
        from lingbao.registry.session import SYSTEM

        today, codes, rows = datetime.now(ZoneInfo("Asia/Shanghai")).date(), provinces(province), []
        with bar(len(codes), word(("结算", "settling"), lang), as_json) as advance:
            for code in codes:
                rows.append((code, settle_all(SYSTEM, code, today=today)))
                advance(1)
        if as_json:
            print_json([{"province": code, "settled": each.settled, "left": each.left, "paid_fen": each.paid_fen, "owed_fen": each.owed_fen,
                         "faults": [{"claim": claim, "zh": zh, "en": en} for claim, zh, en in each.faults]} for code, each in rows])
        else:
            headings = ("省份", "已结算", "仍预发", "补发（元）", "多发（元）"), ("province", "settled", "left", "paid up [yuan]", "too much [yuan]")
            show(table(word(("预发养老金结算", "Provisional pensions settled"), lang), word(headings, lang),  # type: ignore[arg-type]
                       [(code, f"{each.settled:,}", f"{each.left:,}", yuan(each.paid_fen / 100), yuan(each.owed_fen / 100)) for code, each in rows
                        if each.settled or each.left], figures=(1, 2, 3, 4)))
            for claim, zh, en in (fault for _, each in rows for fault in each.faults):
                show(f"{claim}: {zh if lang == 'zh' else en}")


SCHEME_WORDS = {"employee": ("职工", "employee"), "resident": ("居民", "resident")}


def schemes(chosen: list[str] | None) -> list[str]:
    """Return the schemes named by an option, or both.

    Raises
    ------
    InputError
        If there is no such scheme.
    """
    from lingbao.law.errors import InputError

    for each in chosen or ():
        if each not in SCHEME_WORDS:
            raise InputError("registry.scheme", value=each, where="--scheme", zh=f"没有“{each}”这种制度，可选 employee（职工）、resident（居民）。",
                             en=f"There is no scheme '{each}'; choose employee or resident.")
    return chosen or list(SCHEME_WORDS)


def subsidies(
    month: Annotated[str, typer.Argument(help="月份，如 2026-11 / month")],
    province: Province = None, lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """记一个月的社会保险补贴；再次运行只补后来缴的。 Post a month's subsidies of contributions; run again, only what was paid since."""
    with opened(lang, as_json):
        from zoneinfo import ZoneInfo

        from lingbao.law.month import parse_month
        from lingbao.law.store import Law
        from lingbao.registry.collection.subsidies import post_subsidies
        from lingbao.registry.session import SYSTEM, run_as

        at, today, law = parse_month(month), datetime.now(ZoneInfo("Asia/Shanghai")).date(), Law.load()
        codes, rows = provinces(province), []
        with bar(len(codes), word(("补贴", "subsidies"), lang), as_json) as advance:
            for code in codes:
                rows.append((code, len(run_as(SYSTEM, lambda code=code: post_subsidies(law, code, at, on=today)))))  # type: ignore[misc]
                advance(1)
        if as_json:
            print_json([{"province": code, "entries": count} for code, count in rows])
        else:
            show(table(month, word((("省份", "记账笔数"), ("province", "entries")), lang),  # type: ignore[arg-type]
                       [(code, f"{count:,}") for code, count in rows], figures=(1,)))


def bank_secret(channel: Annotated[str, typer.Argument(help="银行代号 / name of the bank")], lang: Lang = "zh", as_json: AsJson = False) -> None:
    """显示与一家银行共用的回执签名密钥，交给银行。 Show the secret that signs a bank's messages, to be handed to the bank."""
    with opened(lang, as_json):
        from lingbao.registry.collection.messages import secret_of

        if as_json:
            print_json({"channel": channel, "secret": secret_of(channel)})
        else:
            show(secret_of(channel))


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
