"""Plain controls: the choices of a form, and the reform they make."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.loader import read_yaml
from lingbao.law.month import MONTHS_PER_YEAR, parse_month
from lingbao.law.reform import Reform
from lingbao.law.reform_place import LIBRARY
from lingbao.law.reform_read import parse_reform, reform_of, write_reform
from lingbao.law.reform_schema import declared_options
from lingbao.law.store import Law
from lingbao.web.fields import Choice, Field
from lingbao.web.lab.gallery import word

DATA = Path(__file__).parent / "data" / "controls.yaml"
PERIODS = (1, 3, 6, 12)
# Parts of the form: name, heading, what it is.
PARTS = (
    ("fixed", "定额缴费", "Fixed-amount contribution", "论文表 2 的各行。", "The rows of table 2 of the paper."),
    ("rate", "缴费比例", "Contribution rate", "灵活就业人员的缴费比例，以及其中记入个人账户的部分；其余进入统筹。",
     "What flexible workers pay of their base, and how much of it goes to the account; the rest goes to the pool."),
    ("bounds", "基数下限和上限", "Floor and cap of the base", "占社会平均工资的比例，自 2025 年 1 月起按比例调整各省公布的金额。",
     "Share of the average wage; the amounts published by each province are scaled from January 2025."),
    ("subsidies", "补贴", "Subsidies", "不需要的留空。", "Leave empty what is not wanted."),
    ("rhythm", "缴费周期", "Payment rhythm", "可以选择的缴费周期，至少选一个。", "The periods on offer; choose at least one."),
)


@functools.cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(DATA)
    return found


@functools.cache
def _sums() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(LIBRARY / "schema" / "fixed_amount.yaml")["sums"]
    return found


def _percent(name: str, zh: str, en: str, least: float, most: float, **more: Any) -> Field:
    return Field(name, "number", zh, en, low=least, high=most, unit_zh="%", unit_en="%", **more)


def _declared(option: str, field: str, scale: float = 1.0) -> tuple[float, float]:
    about = declared_options()[option]["fields"][field]
    return float(about["least"]) * scale, float(about["most"]) * scale


@functools.cache
def fields() -> dict[str, tuple[Field, ...]]:
    """Return the fields of each part of the form."""
    about = declared_options()["fixed_amount"]["fields"]
    bounds = _data()["bounds"]

    def row(name: str) -> Field:
        choices = tuple(Choice(value, word(value, "zh", name), word(value, "en", name)) for value in about[name]["allowed"])
        return Field(name, "select", about[name]["zh"], about[name]["en"].capitalize(), choices=lambda: choices)

    fixed = (
        row("amount"), Field("contribution", "number", "绝对定额：每月多少", "If absolute: amount of a month", optional=True,
                             low=about["contribution"]["least"], high=about["contribution"]["most"], unit_zh="元", unit_en="yuan"),
        _percent("wage_share", "相对定额：占社会平均工资", "If relative: share of the average wage", *_declared("fixed_amount", "wage_share", 100), optional=True),
        row("indexed_to"), row("limit"),
        Field("longest_years", "number", "最长期限：累计几年", "If limited: years in all", optional=True, low=1 / MONTHS_PER_YEAR,
              high=about["longest_months"]["most"] / MONTHS_PER_YEAR, unit_zh="年", unit_en="years"),
        row("financing"), row("minimum"), row("accrual"), row("index"),
        Field("fixed_index", "number", "固定指数", "If fixed: the index", optional=True, low=about["fixed_index"]["least"], high=about["fixed_index"]["most"]),
        Field("index_factor", "number", "放大系数", "If a factor: the factor", optional=True, low=about["index_factor"]["least"], high=about["index_factor"]["most"]),
    )
    youth = _declared("youth_subsidy", "below_age_months", 1 / MONTHS_PER_YEAR)
    subsidies = (
        Field("youth_age", "number", "青年补贴：未满几岁", "For the young: below the age of", low=youth[0], high=youth[1], unit_zh="岁", unit_en="years", optional=True),
        Field("youth_years", "number", "青年补贴：最长几年", "For the young: longest", low=1 / MONTHS_PER_YEAR, high=_declared("youth_subsidy", "months", 1 / MONTHS_PER_YEAR)[1],
              unit_zh="年", unit_en="years", optional=True),
        _percent("youth_share", "青年补贴：占实缴的比例", "For the young: share of the payment", 0, 100, optional=True),
        Field("hard_years", "number", "“4050”补贴：最长几年", "For people hard to employ (4050): longest", low=bounds["hard_years"][0],
              high=bounds["hard_years"][1], unit_zh="年", unit_en="years", optional=True),
        _percent("platform_share", "平台补贴占缴费", "Platform: share of the payment", 0, 100, optional=True),
        _percent("province_share", "省级补贴占缴费", "Province: share of the payment", 0, 100, optional=True),
        _percent("state_share", "中央补贴占缴费", "State: share of the payment", 0, 100, optional=True),
        _percent("income_below", "以上三项：收入低于社会平均工资的多少", "These three: for income below this share of the average wage",
                 *_declared("shared_subsidy", "income_below", 100), optional=True),
        _percent("tax_relief", "平台补贴抵税比例", "Tax relief on the platform's part", 0, 100, optional=True),
    )
    return {
        "fixed": fixed,
        "rate": (_percent("rate", "缴费比例", "Rate", *bounds["rate"]), _percent("account", "其中记入个人账户", "Of which to the account", *bounds["account"])),
        "bounds": (_percent("floor", "下限", "Floor", *bounds["floor"], optional=True), _percent("cap", "上限", "Cap", *bounds["cap"], optional=True)),
        "subsidies": subsidies,
        "rhythm": (),
    }


def start(law: Law) -> dict[str, str]:
    """Return what stands in the form at first: the law in force, and the paper's example for the fixed amount."""
    on = parse_month(_data()["since"])
    sums = {name: entry["value"] for name, entry in _sums().items()}
    numbers = {
        "contribution": sums["contribution"], "wage_share": 100 * sums["wage_share"], "longest_years": sums["longest_months"] / MONTHS_PER_YEAR,
        "fixed_index": sums["fixed_index"], "index_factor": sums["index_factor"],
        "rate": 100 * law.number("national.contribution.total_rate", on), "account": 100 * law.number("national.contribution.account_rate", on),
        "floor": 100 * law.number("national.contribution.min_ratio", on), "cap": 100 * law.number("national.contribution.max_ratio", on),
    }
    paper = {"amount": "absolute", "indexed_to": "flexible_income", "limit": "longest", "financing": "split", "minimum": "proportion",
             "accrual": "proportion", "index": "formula"}
    return {name: f"{value:.6g}" for name, value in numbers.items()} | paper


def read(form: Mapping[str, str], parts: list[str], periods: list[str], law: Law) -> tuple[Reform | None, dict[str, LingbaoError]]:
    """Return the reform that a form asks for, or what is wrong with it by field.

    Parameters
    ----------
    form : mapping
        Answers as texts.
    parts : list of str
        Names of the parts to be used; the fields of others are not looked at.
    periods : list of str
        Payment rhythms ticked.
    """
    values: dict[str, Any] = {}
    faults: dict[str, LingbaoError] = {}
    for part in parts:
        for field in fields().get(part, ()):
            try:
                values[field.name] = field.read(str(form.get(field.name, "")))
            except LingbaoError as error:
                faults[field.name] = error
    if not [part for part in parts if part in fields()]:
        faults["parts"] = InputError("controls.parts", zh="请至少勾选一部分。", en="Tick at least one part.")
    if not faults:
        _complete(parts, values, faults)
    if "rhythm" in parts and not {int(each) for each in periods if each.isdigit()} & set(PERIODS):
        faults["rhythm"] = InputError("controls.rhythm", zh="请至少选一个缴费周期。", en="Choose at least one period.")
    if faults:
        return None, faults
    chosen = sorted({int(each) for each in periods if each.isdigit()} & set(PERIODS))
    try:
        return _built(parts, values, chosen, law), {}
    except LingbaoError as error:
        return None, {"": error}


def _complete(parts: list[str], values: dict[str, Any], faults: dict[str, LingbaoError]) -> None:
    """Ask for the numbers that a choice needs."""
    about = declared_options()["fixed_amount"]["fields"]
    if "fixed" in parts:
        for name in ("contribution", "wage_share", "longest_years", "fixed_index", "index_factor"):
            when = about["longest_months" if name == "longest_years" else name]["needed_when"]
            if all(values[key] == wanted for key, wanted in when.items()) and values.get(name) is None:
                field = next(each for each in fields()["fixed"] if each.name == name)
                faults[name] = InputError("controls.needed", where=name, zh=f"请填写：{field.zh}", en=f"Please answer: {field.en}")
    if "rate" in parts and values["account"] > values["rate"]:
        faults["account"] = InputError("controls.account", value=values["account"], where="account",
                                       zh="记入个人账户的比例不能大于缴费比例。", en="The account cannot get more than the rate.")
    if "subsidies" in parts:
        wanted = {"youth": ("youth_age", "youth_years", "youth_share"), "shared": ("platform_share", "province_share", "state_share")}
        given = [name for name in wanted["youth"] if values.get(name) is not None]
        for name in wanted["youth"] if given else ():
            if values.get(name) is None:
                faults[name] = InputError("controls.needed", where=name, zh="青年补贴的三项要一起填写。", en="The three answers on the young belong together.")
        if any(values.get(name) is not None for name in wanted["shared"]):
            if values.get("income_below") is None:
                faults["income_below"] = InputError("controls.needed", where="income_below", zh="请填写收入界限。", en="Give the income limit.")
            if sum(values.get(name) or 0 for name in wanted["shared"]) > 100:
                faults["platform_share"] = InputError("controls.shares", where="platform_share", zh="三方补贴合计不能超过 100%。", en="The three subsidies cannot exceed 100% together.")
        elif not given and values.get("hard_years") is None:
            faults["youth_age"] = InputError("controls.needed", where="youth_age", zh="补贴部分已勾选，但没有填写任何一项。", en="Subsidies are ticked but nothing is filled in.")


def _built(parts: list[str], values: Mapping[str, Any], periods: list[int], law: Law) -> Reform:
    data, source = _data(), _data()["source"]
    on = parse_month(data["since"])
    changes: list[dict[str, Any]] = []
    options: dict[str, Any] = {}
    mechanisms: list[str] = []
    titles: list[tuple[str, str]] = []

    def change(path: str, **what: Any) -> None:
        changes.append({"path": path, "source": source, **what})

    if "fixed" in parts:
        options["fixed_amount"] = {"source": source, "values": _fixed(values)}
        mechanisms.append("F2")
        titles.append(("定额缴费", "fixed amount"))
    if "rate" in parts:
        rate, account = values["rate"] / 100, values["account"] / 100
        change("national.contribution.total_rate", value=rate)
        change("provinces.*.total_rate", value=rate)
        change("national.contribution.account_rate", value=account)
        change("national.contribution.pooled_rate", value=round(rate - account, 12))
        mechanisms.append("N8")
        titles.append((f"缴费比例 {values['rate']:g}%（账户 {values['account']:g}%）", f"rate {values['rate']:g}%, {values['account']:g}% to the account"))
    for name, path, ratio, zh, en in (("floor", "contribution_floor", "min_ratio", "下限", "floor"), ("cap", "contribution_cap", "max_ratio", "上限", "cap")):
        wanted = values.get(name) if "bounds" in parts else None
        held = 100 * law.number(f"national.contribution.{ratio}", on)
        if wanted is not None and wanted != held:
            change(f"provinces.*.{path}", scale=wanted / held, since=data["bounds_since"])
            mechanisms.append("B3")
            titles.append((f"基数{zh} {wanted:g}%", f"{en} {wanted:g}%"))
    if "subsidies" in parts:
        _subsidies(values, change, options, mechanisms, titles, source)
    if "rhythm" in parts:
        change("national.contribution.payment_periods", value=periods)
        mechanisms.append("C6")
        named = [(f"{each} 个月" if each < MONTHS_PER_YEAR else "一年", f"{each} months" if each > 1 else "month") for each in periods]
        titles.append(("缴费周期 " + "、".join(zh for zh, _ in named), "paid by " + ", ".join(en for _, en in named)))
    if not changes and not options:
        raise InputError("controls.nothing", zh="这些选项与现行法律相同，没有可模拟的改革。", en="These choices are the law in force; there is no reform to simulate.")
    content = {
        "title_zh": "自拟：" + "；".join(zh for zh, _ in titles), "title_en": "Own: " + "; ".join(en for _, en in titles),
        "author": data["author"], "citation": data["citation"], "mechanisms": list(dict.fromkeys(mechanisms)),
        "expected_zh": data["expected_zh"], "expected_en": data["expected_en"], "since": data["since"], "runs_in": ["laboratory"],
        **({"changes": changes} if changes else {}), **({"options": options} if options else {}),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return parse_reform(write_reform(reform_of({"id": f"own-{digest[:8]}", **content})), "reform.yaml", law)


def _fixed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of the paper's table, with the sums that they need and no others."""
    found = {name: values[name] for name in ("amount", "limit", "financing", "minimum", "accrual", "index")}
    if found["amount"] == "absolute":
        found |= {"contribution": values["contribution"], "indexed_to": values["indexed_to"]}
    else:
        found["wage_share"] = values["wage_share"] / 100
    if found["limit"] == "longest":
        found["longest_months"] = round(values["longest_years"] * MONTHS_PER_YEAR)
    if found["index"] in ("fixed", "factor"):
        name = "fixed_index" if found["index"] == "fixed" else "index_factor"
        found[name] = values[name]
    return found


def _subsidies(values: Mapping[str, Any], change: Any, options: dict[str, Any], mechanisms: list[str], titles: list[tuple[str, str]], source: str) -> None:
    if values.get("youth_age") is not None:
        options["youth_subsidy"] = {"source": source, "values": {
            "below_age_months": round(values["youth_age"] * MONTHS_PER_YEAR), "months": round(values["youth_years"] * MONTHS_PER_YEAR),
            "share": values["youth_share"] / 100,
        }}
        mechanisms.append("N10")
        titles.append((f"{values['youth_age']:g} 岁以下补贴 {values['youth_share']:g}%", f"{values['youth_share']:g}% subsidy under {values['youth_age']:g}"))
    if values.get("hard_years") is not None:
        change("national.subsidy.max_months", value=round(values["hard_years"] * MONTHS_PER_YEAR))
        mechanisms.append("N10")
        titles.append((f"“4050”补贴 {values['hard_years']:g} 年", f"4050 subsidy for {values['hard_years']:g} years"))
    shares = {name: (values.get(name) or 0) / 100 for name in ("platform_share", "province_share", "state_share")}
    if any(shares.values()):
        options["shared_subsidy"] = {"source": source, "values": {
            **shares, "income_below": values["income_below"] / 100, "platform_tax_relief": (values.get("tax_relief") or 0) / 100,
        }}
        mechanisms.append("B8")
        titles.append((f"平台、省、国家补贴共 {100 * sum(shares.values()):g}%", f"shared subsidy of {100 * sum(shares.values()):g}%"))
