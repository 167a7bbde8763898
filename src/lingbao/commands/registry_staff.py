"""``lingbao registry administrator``, ``agency``, ``appoint``, ``dismiss``, ``reset`` and ``staff``: who works with the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands.registry_open import opened
from lingbao.commands.show import AsJson, Lang, print_json, show, table, word

if TYPE_CHECKING:
    from lingbao.registry.session import Actor
    from lingbao.web.credentials.invitations import Invited

Name = Annotated[str, typer.Option("--name", help="姓名或名称 / name")]
Login = Annotated[str, typer.Argument(help="登录名：3 至 60 个字母、数字或 . _ - / login")]
Reason = Annotated[str, typer.Option("--reason", help="理由，审计人员可以看到 / reason, which the auditor sees")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``lingbao registry``."""
    for command in (administrator, agency, appoint, dismiss, reset, staff):
        app.command()(command)
    app.command("text-secret")(text_secret)


def administrator(
    login: Login, name: Name,
    again: Annotated[bool, typer.Option("--again", help="已有管理员时仍再任命一位 / although one stands")] = False,
    reason: Reason = "", lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """任命首位管理员，显示一次性代码。 Appoint the first administrator and show the one-time code."""
    with opened(lang, as_json):
        from lingbao.law.errors import InputError
        from lingbao.registry.errors import Conflict
        from lingbao.registry.orders.tables import rows
        from lingbao.registry.session import SYSTEM, run_as
        from lingbao.web.credentials.staff import appointment

        stands = run_as(SYSTEM, lambda: rows("SELECT count(*) FROM people_actor WHERE role = 'administrator' AND active"))[0][0]
        if stands and not again:
            raise Conflict("actor.administrator_stands", value=stands, where="lingbao registry administrator",
                           zh=f"已有 {stands} 位在用的管理员，应由他在 /desk/actors/ 任命。他不能登录时，用 lingbao registry reset；确需再任命，加 --again 并用 --reason 写明理由。",
                           en=f"{stands} active administrators stand and appoint others at /desk/actors/. If none can sign in, use 'lingbao registry reset'; to appoint"
                              " one more all the same, add --again and say why with --reason.")
        if stands and not reason.strip():
            raise InputError("actor.reason", where="--reason", zh="再任命管理员须用 --reason 写明理由，审计人员可以看到。",
                             en="One more administrator needs a --reason, which the auditor sees.")
        _, invited = appointment(_operator(reason or "首次安装 · first installation"), "administrator", name, login, agency=None, platform=None)
        if invited is not None:  # whom the operator appoints needs no second administrator
            _tell(invited, lang, as_json)


def agency(
    code: Annotated[str, typer.Argument(help="经办机构代码，如 360100 / code of the agency")], name: Name,
    province: Annotated[str, typer.Option("--province", help="省份两位代码 / two digits of the province")],
    city: Annotated[str | None, typer.Option("--city", help="地市；省级机构不填 / city; none for the province's own")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """登记经办机构。 Register an agency."""
    with opened(lang, as_json):
        from lingbao.commands.registry_money import provinces
        from lingbao.law.errors import InputError
        from lingbao.registry.errors import Conflict
        from lingbao.registry.orders.tables import rows
        from lingbao.registry.people.actors import Agency, open_agency
        from lingbao.registry.session import SYSTEM, run_as

        provinces([province])
        if not (code.isascii() and code.isalnum() and len(code) <= 20) or not name.strip():
            raise InputError("agency.code", value=code, where="agency", zh="机构代码应为最多 20 个字母或数字，名称不能为空。",
                             en="The code of an agency has at most 20 letters or digits, and its name is not empty.")
        wanted = Agency(code, province, name.strip(), city)
        number = run_as(SYSTEM, lambda: open_agency(wanted))
        known = Agency(*run_as(SYSTEM, lambda: rows("SELECT code, province, name, city FROM people_agency WHERE id = %s", [number]))[0])
        if known != wanted:
            raise Conflict("agency.known", value=code, where="agency", zh=f"代码 {code} 已登记为“{known.name}”（省份 {known.province}），没有改动。",
                           en=f"The code {code} is registered as '{known.name}' (province {known.province}); nothing was changed.")
        if as_json:
            print_json({"agency": number, "code": code, "province": province})
        else:
            show(word((f"机构 {number}：{code} {name}。", f"Agency {number}: {code} {name}."), lang))


def appoint(
    role: Annotated[str, typer.Argument(help="clerk 经办、supervisor 审核、coordinator 协调、auditor 审计、platform 平台、administrator 管理员 / role")],
    login: Login, name: Name,
    agency: Annotated[str | None, typer.Option("--agency", help="经办人、审核人的机构代码 / code of the agency")] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="平台人员的平台代码 / code of the platform")] = None,
    reason: Reason = "首次安装 · first installation", lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """任命工作人员，显示一次性代码。 Appoint someone and show the one-time code."""
    with opened(lang, as_json):
        from lingbao.registry.orders.platforms import platform_named
        from lingbao.web.credentials.staff import appointment

        _, invited = appointment(_operator(reason), role, name, login, agency=None if agency is None else _agency(agency),
                                 platform=None if platform is None else platform_named(platform).id)
        if invited is not None:
            _tell(invited, lang, as_json)


def dismiss(login: Login, reason: Reason, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """没有管理员可用时停用账号，立即生效。 End an account where no administrator can; it holds at once."""
    with opened(lang, as_json):
        from lingbao.web.credentials.staff import dismissal_at_the_machine

        done = dismissal_at_the_machine(_operator(reason), login, reason=reason)
        if as_json:
            print_json(done)
        else:
            show(word((f"{login} 已停用，记录为 {done['actor']} 号。", f"{login} is dismissed; what was done stays under number {done['actor']}."), lang))


def reset(
    login: Login, reason: Reason,
    what: Annotated[str, typer.Option("--what", help="password 密码，或 authenticator 验证器和密码 / password, or authenticator and password")] = "password",
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """没有管理员可用时重置登录，显示一次性代码。 Reset a login where no administrator can, and show the one-time code."""
    with opened(lang, as_json):
        from lingbao.web.credentials.staff import reset_at_the_machine

        _tell(reset_at_the_machine(_operator(reason), login, what, reason=reason), lang, as_json)


def staff(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """列出机构和账号。 List agencies and accounts."""
    with opened(lang, as_json):
        from lingbao.registry.orders.tables import rows
        from lingbao.registry.session import SYSTEM, run_as
        from lingbao.web.desk.words import word as named

        agencies = run_as(SYSTEM, lambda: rows("SELECT code, province, name FROM people_agency ORDER BY code"))
        people = run_as(SYSTEM, lambda: rows(
            "SELECT a.login, a.role, a.name, coalesce(g.code, p.code), a.active FROM people_actor a LEFT JOIN people_agency g ON g.id = a.agency_id"
            " LEFT JOIN orders_platform p ON p.id = a.platform_id WHERE a.role <> 'worker' ORDER BY a.id"))
        if as_json:
            print_json({"agencies": [dict(zip(("code", "province", "name"), each, strict=True)) for each in agencies],
                        "accounts": [dict(zip(("login", "role", "name", "of", "active"), each, strict=True)) for each in people]})
            return
        states: Any = {True: word(("在用", "active"), lang), False: word(("已停用", "dismissed"), lang)}
        show(table(word(("机构", "Agencies"), lang), word((("代码", "省份", "名称"), ("code", "province", "name")), lang), agencies),  # type: ignore[arg-type]
             table(word(("账号", "Accounts"), lang), word((("登录名", "身份", "姓名", "机构或平台", "状态"), ("login", "role", "name", "agency or platform", "state")), lang),  # type: ignore[arg-type]
                   [(login or "–", named("roles", role)[lang], name, of or "", states[active]) for login, role, name, of, active in people]))


def text_secret(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """显示短信中转核对签名用的密钥。 Show the secret by which the text relay checks signatures."""
    with opened(lang, as_json, migrated=False):
        from lingbao.registry.notices.relay import SIGNATURE, relay_secret

        if as_json:
            print_json({"header": SIGNATURE, "secret": relay_secret()})
        else:
            show(relay_secret())


def _operator(reason: str) -> Actor:
    """Return who acts at the machine, with the reason that is kept."""
    from dataclasses import replace

    from lingbao.registry.session import SYSTEM

    return replace(SYSTEM, purpose=reason.strip() or SYSTEM.purpose)


def _agency(code: str) -> int:
    from lingbao.registry.errors import NotFound
    from lingbao.registry.orders.tables import rows
    from lingbao.registry.session import SYSTEM, run_as

    found = run_as(SYSTEM, lambda: rows("SELECT id FROM people_agency WHERE code = %s", [code]))
    if not found:
        raise NotFound("desk.agency", value=code, where="--agency", zh=f"没有代码为 {code} 的机构，请先用 lingbao registry agency 登记。",
                       en=f"There is no agency {code}; register it with 'lingbao registry agency'.")
    return int(found[0][0])


def _tell(invited: Invited, lang: str, as_json: bool) -> None:
    """Print the one-time code: to the terminal alone, never to a log."""
    from zoneinfo import ZoneInfo

    until = invited.expires_at.astimezone(ZoneInfo("Asia/Shanghai"))
    if as_json:
        print_json({"login": invited.login, "code": invited.code, "expires_at": until.isoformat(timespec="seconds"), "address": "/desk/first/"})
        return
    show(word((f"登录名：{invited.login}", f"login: {invited.login}"), lang),
         word((f"一次性代码（只显示这一次，{until:%Y-%m-%d %H:%M} 前有效）：{invited.code}",
               f"one-time code (shown only now, valid until {until:%Y-%m-%d %H:%M} Beijing time): {invited.code}"), lang),
         word(("请当面交给本人。本人打开网站的 /desk/first/，填登录名和代码，设密码，再设验证器。",
               "Hand it over in person, who opens /desk/first/ of the site, enters login and code, chooses a password and sets up the authenticator."), lang))
