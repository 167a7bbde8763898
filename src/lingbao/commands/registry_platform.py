"""``lingbao registry platform …``: platforms, their agreements and their keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from lingbao.commands.registry_open import opened
from lingbao.commands.show import AsJson, Lang, print_json, show, table, word

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="平台 / Platforms: register, agreement, key.")

Code = Annotated[str, typer.Argument(help="平台代码：小写字母、数字、横线 / code of the platform")]
DAY = ["%Y-%m-%d"]


@app.command()
def register(
    code: Code,
    zh: Annotated[str, typer.Option("--zh", help="中文名称 / Chinese name")],
    en: Annotated[str, typer.Option("--en", help="英文名称 / English name")],
    province: Annotated[str, typer.Option("--province", help="账簿所在省份，两位代码 / province of its books")],
    sandbox: Annotated[bool, typer.Option("--sandbox", help="沙箱：只供联调，不记账 / a sandbox moves no money")] = False,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """登记平台。 Register a platform."""
    with opened(lang, as_json):
        from lingbao.commands.registry_money import provinces
        from lingbao.registry.orders.platforms import register_platform

        provinces([province])
        made = register_platform(code, zh, en, province, sandbox=sandbox)
        if as_json:
            print_json({"platform": made.id, "code": made.code, "sandbox": made.sandbox})
        else:
            show(word((f"平台 {made.id}：{made.code} {made.name_zh}。", f"Platform {made.id}: {made.code} {made.name_en}."), lang))


@app.command()
def agreement(
    code: Code,
    method: Annotated[str, typer.Option("--method", help="order 按单、hours 按工时、income 按收入比例 / how it withholds")],
    number: Annotated[float, typer.Option("--number", help="每单或每小时元数，或收入的比例（如 0.05）/ yuan per order or hour, or share of the income")],
    since: Annotated[datetime, typer.Option("--since", formats=DAY, help="首日 / first business date")],
    until: Annotated[datetime, typer.Option("--until", formats=DAY, help="末日 / last business date")],
    source: Annotated[str, typer.Option("--source", help="依据的文件 / document it rests on")],
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """登记代扣协议。 Record an agreement to withhold."""
    with opened(lang, as_json):
        from lingbao.registry.orders.platforms import Agreement, agree, platform_named

        found = platform_named(code)
        agree(found.id, Agreement(method, number, since.date(), until.date(), source))
        if as_json:
            print_json({"platform": found.id, "method": method, "number": number, "since": since.date(), "until": until.date()})
        else:
            show(word((f"已登记：{code} 自 {since:%Y-%m-%d} 至 {until:%Y-%m-%d} 代扣（{method} {number:g}）。",
                       f"Recorded: {code} withholds from {since:%Y-%m-%d} to {until:%Y-%m-%d} ({method} {number:g})."), lang))


@app.command()
def key(
    code: Code,
    expires: Annotated[datetime | None, typer.Option("--expires", formats=DAY, help="到期日 / day on which it ends")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """换发密钥，只显示一次。 Issue a key; it is shown once."""
    with opened(lang, as_json):
        from zoneinfo import ZoneInfo

        from lingbao.law.errors import InputError
        from lingbao.registry.orders.platforms import issue_key, platform_named

        found = platform_named(code)
        ends = None if expires is None else expires.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
        if ends is not None and ends <= datetime.now(ends.tzinfo):
            raise InputError("platform.expires", value=f"{ends:%Y-%m-%d}", where="--expires", zh="到期日应在今天之后。", en="The day on which a key ends lies after today.")
        made = issue_key(found.id, expires_at=ends)
        if as_json:
            print_json({"platform": found.id, "key_id": made.key_id, "key": made.text})
        else:
            show(word((f"密钥（只显示这一次）：{made.text}", f"key (shown only now): {made.text}"), lang),
                 word((f"编号 {made.key_id}；停用：lingbao registry platform revoke {made.key_id}", f"number {made.key_id}; to end it: lingbao registry platform revoke {made.key_id}"), lang))


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="密钥编号，如 lb-live-0123456789ab / number of the key")],
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """停用密钥，立即生效。 End a key at once."""
    with opened(lang, as_json):
        from lingbao.registry.errors import NotFound
        from lingbao.registry.orders.platforms import revoke_key

        if not revoke_key(key_id.partition(".")[0]):
            raise NotFound("platform.key", value=key_id.partition(".")[0], where="revoke", zh="没有这个在用的密钥。", en="There is no such key in force.")
        if as_json:
            print_json({"revoked": key_id.partition(".")[0]})
        else:
            show(word(("已停用。", "Ended."), lang))


@app.command("list")
def list_(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """列出平台、协议和在用密钥。 List platforms, agreements and keys in force."""
    with opened(lang, as_json):
        from lingbao.registry.orders.platforms import agreements
        from lingbao.registry.orders.tables import rows
        from lingbao.registry.session import SYSTEM, run_as

        found = []
        for number, code, zh, en, province, sandbox in run_as(SYSTEM, lambda: rows(
                "SELECT id, code, name_zh, name_en, province, sandbox FROM orders_platform ORDER BY code")):
            keys = run_as(SYSTEM, lambda number=number: [each for each, in rows(  # type: ignore[misc]
                "SELECT key_id FROM orders_credential WHERE platform_id = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())"
                " ORDER BY issued_at", [number])])
            found.append({"platform": number, "code": code, "name": zh if lang == "zh" else en, "province": province, "sandbox": sandbox, "keys": keys,
                          "agreements": [vars(each) for each in run_as(SYSTEM, lambda number=number: agreements(number))]})  # type: ignore[misc]
        if as_json:
            print_json(found)
        else:
            show(table("", word((("编号", "代码", "名称", "省份", "沙箱", "协议", "密钥"), ("number", "code", "name", "province", "sandbox", "agreements", "keys")), lang),  # type: ignore[arg-type]
                       [(str(each["platform"]), each["code"], each["name"], each["province"], "✓" if each["sandbox"] else "",
                         "\n".join(f"{one['since']} – {one['until']}  {one['method']} {one['number']:g}" for one in each["agreements"]),
                         "\n".join(each["keys"])) for each in found], figures=(0, 6)))
