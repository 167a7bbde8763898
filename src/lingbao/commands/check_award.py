"""``lingbao check-award``: recompute an official award form and name what differs and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands.show import (
    DISAGREES,
    AsJson,
    Lang,
    chosen,
    edge,
    print_json,
    show,
    table,
    tree,
    word,
    yuan,
)

if TYPE_CHECKING:
    from lingbao.planner.award import AwardCheck


def _figure(flag: str, zh: str, en: str) -> Any:
    return typer.Option(flag, help=f"{zh} / {en}")


Text = str | None


def check_award(
    file: Annotated[Path | None, typer.Argument(help="核定表文件（CSV、XLSX，两列：项目、金额） / form as a file")] = None,
    province: Annotated[Text, _figure("--province", "核定地", "province")] = None,
    area: Annotated[Text, _figure("--area", "城市", "city")] = None,
    claim: Annotated[Text, _figure("--claim", "领取年月 YYYY-MM", "month of the claim")] = None,
    birth: Annotated[Text, _figure("--birth", "出生年月 YYYY-MM", "month of birth")] = None,
    sex: Annotated[Text, _figure("--sex", "性别", "sex")] = None,
    worker_class: Annotated[Text, _figure("--class", "退休类别", "retirement class")] = None,
    benefit_base: Annotated[Text, _figure("--benefit-base", "计发基数", "benefit base")] = None,
    local_base: Annotated[Text, _figure("--local-base", "当地计发基数", "local base")] = None,
    mean_index: Annotated[Text, _figure("--mean-index", "平均缴费指数", "mean index")] = None,
    months: Annotated[Text, _figure("--months", "累计缴费月数", "months in all")] = None,
    years: Annotated[Text, _figure("--years", "累计缴费年限", "years in all")] = None,
    deemed_months: Annotated[Text, _figure("--deemed-months", "视同缴费月数", "deemed months")] = None,
    deemed_years: Annotated[Text, _figure("--deemed-years", "视同缴费年限", "deemed years")] = None,
    transitional_index: Annotated[Text, _figure("--transitional-index", "视同缴费指数", "index of the transitional part")] = None,
    account_balance: Annotated[Text, _figure("--account-balance", "个人账户储存额", "account balance")] = None,
    payout_months: Annotated[Text, _figure("--payout-months", "计发月数", "payout months")] = None,
    one_child: Annotated[bool | None, typer.Option("--one-child/--no-one-child", help="独生子女父母 / parent of an only child")] = None,
    basic: Annotated[Text, _figure("--basic", "基础养老金", "basic pension")] = None,
    account: Annotated[Text, _figure("--account", "个人账户养老金", "account pension")] = None,
    transitional: Annotated[Text, _figure("--transitional", "过渡性养老金", "transitional pension")] = None,
    additions: Annotated[Text, _figure("--additions", "各项加发", "additions")] = None,
    total: Annotated[Text, _figure("--total", "合计", "total")] = None,
    why: Annotated[bool, typer.Option("--why", help="列出每一项的算法和依据 / show how each part is computed and why")] = False,
    as_json: AsJson = False, lang: Lang = "zh",
) -> None:
    """核对养老金核定表，每一项重算到分。 Check an official award form, each part recomputed to the fen."""
    options = chosen({
        "province": province, "area": area, "claim": claim, "birth": birth, "sex": sex, "worker_class": worker_class,
        "benefit_base": benefit_base, "local_base": local_base, "mean_index": mean_index, "months": months,
        "years": years, "deemed_months": deemed_months, "deemed_years": deemed_years,
        "transitional_index": transitional_index, "account_balance": account_balance, "payout_months": payout_months,
        "one_child": one_child, "basic": basic, "account": account, "transitional": transitional,
        "additions": additions, "total": total,
    })
    with edge(lang, as_json):
        from lingbao.law.store import Law
        from lingbao.planner.award import check_award as check
        from lingbao.planner.award_file import read_award_file

        law = Law.load()
        form = {} if file is None else read_award_file(_content(file), file.name)
        found = check(form | options, law)
    if as_json:
        print_json(found.to_dict())
    else:
        reasons = [tree(line.node, lang, law) for line in found.lines if why and line.node is not None]
        show(*_report(found, lang), *reasons)
    if not found.ok:
        raise typer.Exit(DISAGREES)


def _content(file: Path) -> bytes:
    """Return the bytes of a file, or say why it cannot be read."""
    from lingbao.law.errors import InputError

    try:
        return file.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError("award_file.open", value=str(file), zh=f"无法打开文件“{file}”：请检查文件是否存在、是否有权读取。",
                         en=f"The file '{file}' cannot be opened; check that it exists and may be read.") from error


def _report(found: AwardCheck, lang: str) -> list[Any]:
    """Return the check for people: conclusion, amounts, causes, conditions, flags."""
    from lingbao.planner.award import STATUS_WORDS

    headings = [word(pair, lang) for pair in (("项目", "Part"), ("核定表", "Form"), ("重算", "Computed"), ("差额", "Difference"), ("结论", "Finding"))]
    rows = [(line.zh if lang == "zh" else line.en, yuan(line.official), yuan(line.computed), yuan(line.difference),
             word(STATUS_WORDS[line.status], lang)) for line in found.lines]
    shown: list[Any] = [found.conclusion(lang), table(word(("核对结果", "Check"), lang), headings, rows, figures=(1, 2, 3))]
    for line in found.lines:
        for cause in line.causes:
            mark = word(("吻合：", "fits: "), lang) if cause.found else word(("线索：", "hint: "), lang)
            shown.append(f"· {line.zh if lang == 'zh' else line.en} — {mark}{cause.zh if lang == 'zh' else cause.en}")
    for condition in found.conditions:
        shown.append(f"· {condition.zh if lang == 'zh' else condition.en}")
        shown += [f"  {cause.zh if lang == 'zh' else cause.en}" for cause in condition.causes]
    shown += [f"※ {flag.zh if lang == 'zh' else flag.en}" for flag in found.flags]
    return shown
