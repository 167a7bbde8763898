"""``lingbao registry …``: what the operator of a registry does, from the first migration to the work of every night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands import (
    registry_digest,
    registry_money,
    registry_orders,
    registry_platform,
    registry_recovery,
    registry_retention,
    registry_safety,
    registry_staff,
)
from lingbao.commands.registry_open import bar, opened, whole
from lingbao.commands.show import DISAGREES, FINE, AsJson, Lang, print_json, show, table, word

if TYPE_CHECKING:
    from lingbao.registry.audit import Finding

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="登记库的运行维护 / Operating the registry: people, accounts, money.")
digest = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                     help="每日摘要 / Daily digests of the books: close, verify.")
app.add_typer(digest, name="digest")
registry_digest.add_to(digest)
registry_money.add_to(app)
registry_safety.add_to(app)
registry_staff.add_to(app)
registry_recovery.add_to(app)
registry_retention.add_to(app)
registry_orders.add_to(app, registry_platform.app)
app.add_typer(registry_platform.app, name="platform")

Day = Annotated[datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="按哪一天（默认今天，北京时间）/ the day to go by (today in China)")]


@app.command()
def migrate(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """建立或更新表、触发器和权限。 Make tables, triggers and grants, or bring them up to date."""
    with opened(lang, as_json, migrated=False):
        from lingbao.commands.serve import prepare
        from lingbao.registry.audit import fingerprint

        prepare()
        things = len(fingerprint())
        if as_json:
            print_json({"migrated": True, "guarded": things})
        else:
            show(word((f"已是最新：{things} 项表、列、函数、触发器、权限。", f"Up to date: {things} tables, columns, functions, triggers and grants."), lang))


@app.command()
def demo(
    people: Annotated[str, typer.Option("--people", help="人数，如 100000 或 5e6 / how many, such as 5e6")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="随机数种子 / seed")] = 1,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="并行进程数 / processes that share the work")] = 1,
    day: Day = None, lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """在空库中装入示例数据（不存在的人）。 Fill an empty registry with people who do not exist."""
    with opened(lang, as_json):
        from lingbao.registry.operations.demonstration_load import load

        count = whole(people, "--people")
        with bar(count, word(("示例数据", "demonstration"), lang), as_json) as advance:
            made = load(count, seed, _day(day), jobs=jobs, progress=advance)
        if as_json:
            print_json({"people": made.people, "months": made.months, "resident_years": made.years, "accounts_fen": made.fen,
                        "orders": made.orders, "transfers": made.transfers, "claims": made.claims, "matters": made.matters,
                        "messages": made.messages})
        else:
            show(word((f"示例数据：{made.people:,} 人，{made.months:,} 个缴费月，{made.years:,} 个居民缴费年，记入账户共 {made.fen / 100:,.2f} 元；"
                       f"平台订单 {made.orders:,} 笔，转移 {made.transfers:,} 件，申领 {made.claims:,} 件，咨询投诉 {made.matters:,} 件，"
                       f"短信 {made.messages:,} 条。都不是真人。",
                       f"Demonstration: {made.people:,} people, {made.months:,} months paid, {made.years:,} resident years,"
                       f" {made.fen / 100:,.2f} yuan paid into accounts; {made.orders:,} orders of platforms, {made.transfers:,} transfers,"
                       f" {made.claims:,} claims, {made.matters:,} matters, {made.messages:,} messages. None of them exists."), lang))


@app.command("import")
def import_(
    what: Annotated[str, typer.Argument(help="people（人员）或 enrolments（参保）/ people or enrolments")],
    file: Annotated[Path, typer.Argument(help="UTF-8 的 CSV 文件 / CSV in UTF-8")],
    report: Annotated[Path | None, typer.Option("--report", help="未导入的行写到此文件 / file for the rows refused")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """从 CSV 导入人员或参保登记，逐行报告。 Import people or enrolments from CSV, with a report by row."""
    with opened(lang, as_json):
        from lingbao.law.errors import InputError
        from lingbao.registry.operations import importing

        takers = {"people": importing.import_people, "enrolments": importing.import_enrolments}
        if what not in takers:
            raise InputError("import.what", value=what, where="lingbao registry import", zh="请写 people 或 enrolments。",
                             en="Say people or enrolments.")
        with bar(None, file.name, as_json) as advance:
            rows = takers[what](file, today=_day(None), progress=advance)
        refused = [each for each in rows if each.error is not None]
        if report is not None:
            report.write_text(importing.report(rows, lang), encoding="utf-8")
        counts = {state: sum(each.state == state for each in rows) for state in ("new", "known", "refused")}
        if as_json:
            print_json({**counts, "rows": [{"row": each.row, **each.error.to_dict()} for each in refused if each.error]})
        else:
            show(word((f"新增 {counts['new']:,}，已有 {counts['known']:,}，未导入 {counts['refused']:,}。",
                       f"{counts['new']:,} new, {counts['known']:,} known, {counts['refused']:,} refused."), lang))
            if refused and report is None:
                show(table("", word((("行", "原因"), ("row", "why")), lang),  # type: ignore[arg-type]
                           [(str(each.row), each.error.message(lang)) for each in refused[:50] if each.error], figures=(0,)))
        raise typer.Exit(DISAGREES if refused else FINE)


@app.command()
def audit(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """核查全部账簿与记录；有发现时退出码为 1。 Recompute every promise; exit status 1 if something does not hold."""
    with opened(lang, as_json):
        from lingbao.registry import audit as audits

        names = audits.checks()
        found: list[Finding] = []
        with bar(len(names), word(("核查", "audit"), lang), as_json) as advance:
            for name in names:
                found += audits.audit([name])
                advance(1)
        tell(found, lang, as_json, word((f"{len(names)} 项核查。", f"{len(names)} checks."), lang))


@digest.command()
def close(day: Day = None, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """封存到前一天（或 --day）为止的账簿。 Close the books up to yesterday, or up to --day."""
    with opened(lang, as_json):
        from lingbao.registry.ledger.digests import close_days, digests
        from lingbao.registry.session import SYSTEM, run_as

        last = _day(day) if day is not None else _day(None) - timedelta(days=1)
        closed = run_as(SYSTEM, lambda: close_days(last))
        chain = [{"date": each.date.isoformat(), "entries": each.entries, "legs": each.legs, "fen": each.fen, "chain": each.chain}
                 for each in run_as(SYSTEM, digests)[-max(closed, 1):]]
        if as_json:
            print_json({"closed": closed, "days": chain})
        else:
            show(word((f"封存 {closed} 天。", f"{closed} days closed."), lang), *(f"{each['date']}  {each['chain']}" for each in chain))


@digest.command()
def verify(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """重算全部摘要链；有发现时退出码为 1。 Recompute the chain of digests; exit status 1 if a day does not hold."""
    with opened(lang, as_json):
        from lingbao.registry.audit import AUDITOR
        from lingbao.registry.ledger.digests import digests, verify_digests
        from lingbao.registry.session import run_as

        days = len(run_as(AUDITOR, digests))
        tell(run_as(AUDITOR, verify_digests), lang, as_json, word((f"{days} 个封存日。", f"{days} closed days."), lang))


@app.command()
def nightly(day: Day = None, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """每夜的工作：升级、推断、通知、回调、封存。 The work of every night: escalations, causes, notices, webhooks, digests."""
    with opened(lang, as_json):
        from zoneinfo import ZoneInfo

        from lingbao.registry.operations.nightly import nightly as work
        from lingbao.web.credentials.gateways import configured

        now = datetime.now(ZoneInfo("Asia/Shanghai")) if day is None else day.replace(hour=3, tzinfo=ZoneInfo("Asia/Shanghai"))
        steps = list(work(now, configured()))
        if as_json:
            print_json([{"step": each.name, "count": each.count, "error": each.error and each.error.to_dict()} for each in steps])
        else:
            show(table("", word((("工作", "件数", "错误"), ("work", "count", "error")), lang),  # type: ignore[arg-type]
                       [(word((each.zh, each.en), lang), str(each.count), each.error.message(lang) if each.error else "") for each in steps], figures=(1,)))
        raise typer.Exit(DISAGREES if any(each.error for each in steps) else FINE)


def tell(found: list[Finding], lang: str, as_json: bool, scope: str) -> None:
    """Say what an audit found and leave with exit status 1 if that is anything."""
    if as_json:
        print_json({"findings": [vars(each) for each in found]})
    elif found:
        show(*(f"{each.code}  {word((each.zh, each.en), lang)}" for each in found[:200]),
             word((f"{scope} 共 {len(found)} 处不符。", f"{scope} {len(found)} findings."), lang))
    else:
        show(word((f"{scope} 全部相符。", f"{scope} All hold."), lang))
    raise typer.Exit(DISAGREES if found else FINE)


def _day(day: datetime | None) -> date:
    from zoneinfo import ZoneInfo

    return (day or datetime.now(ZoneInfo("Asia/Shanghai"))).date()


__all__: list[Any] = ["app"]
