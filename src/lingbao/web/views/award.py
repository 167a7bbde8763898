"""Checking the figures of an official award form (养老金核定表), part by part, to the fen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import month
from lingbao.web import award_file, engine
from lingbao.web.fields import Field
from lingbao.web.questions import BIRTH_FIELDS, SEX, month_choices, province_choices
from lingbao.web.views.retire import read

MOST_PENSION = 1_000_000.0


def _money(name: str, zh: str, en: str, *, optional: bool = False, high: float = MOST_PENSION, hint_zh: str = "", hint_en: str = "") -> Field:
    return Field(name, "money", zh, en, hint_zh, hint_en, high=high, unit_zh="元", unit_en="yuan", optional=optional)


PERSON = (
    Field("province", "select", "核定地（省份）", "Province of the award", choices=province_choices),
    Field("sex", "choice", "性别", "Sex", choices=lambda: SEX),
    *BIRTH_FIELDS,
    Field("claim_year", "integer", "开始领取的年份", "Year of first pension", low=1998, high=2100, unit_zh="年"),
    Field("claim_month", "select", "开始领取的月份", "Month of first pension", choices=month_choices),
)
CAREER = (
    _money("benefit_base", "计发基数", "Benefit base", hint_zh="表上写作“计发基数”或“上年度在岗职工月平均工资”。",
           hint_en="Called 计发基数 on the form."),
    Field("mean_index", "number", "平均缴费指数", "Mean contribution index", low=0.01, high=5.0),
    Field("months", "integer", "累计缴费月数（含视同）", "Months in all, deemed months included", low=1, high=720, unit_zh="个月", unit_en="months"),
    Field("deemed_months", "integer", "其中视同缴费月数", "Of which deemed months", high=600, unit_zh="个月", unit_en="months", optional=True),
    Field("transitional_index", "number", "视同缴费指数", "Index of deemed months", low=0.01, high=5.0, optional=True),
    _money("account_balance", "个人账户储存额", "Balance of the individual account", high=100_000_000.0),
    Field("payout_months", "number", "计发月数", "Payout months", low=1, high=300, unit_zh="个月", unit_en="months"),
)
AWARD = (
    _money("basic", "基础养老金", "Basic pension"),
    _money("account", "个人账户养老金", "Account pension"),
    _money("transitional", "过渡性养老金", "Transitional pension", optional=True),
    _money("additions", "各项加发", "Additions", optional=True),
    _money("total", "合计", "Total"),
)
GROUPS = (
    ("谁、在哪里、什么时候", "Who, where, when", PERSON), ("计算依据", "What it is computed from", CAREER),
    ("核定结果", "What was awarded", AWARD),
)
FIELDS = PERSON + CAREER + AWARD
BY_NAME = {field.name: field for field in FIELDS}


def form_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return the figures as the planner's check takes them: months as integers, nothing else changed."""
    form = {name: value for name, value in values.items() if name not in ("birth_year", "birth_month", "claim_year", "claim_month")}
    form["birth"] = month(values["birth_year"], int(values["birth_month"]))
    form["claim"] = month(values["claim_year"], int(values["claim_month"]))
    return form


def award(request: HttpRequest) -> HttpResponse:
    """The form, an upload that fills it, and the result under it."""
    raw = {field.name: request.POST.get(field.name, "") for field in FIELDS}
    faults: dict[str, LingbaoError] = {}
    outcome, filled = None, False
    try:
        if request.method == "POST" and request.FILES.get("file"):
            raw.update(award_file.read(request.FILES["file"], FIELDS))
            filled = True
        if request.method == "POST":
            values, faults = read(FIELDS, raw)
            if not faults:
                outcome = engine.check_award(form_of(values))
    except LingbaoError as error:
        faults = {"file" if isinstance(error, InputError) and error.code.startswith("award_file") else "": error}
    return render(request, "lingbao/award.html", {
        "groups": [
            {"zh": zh, "en": en, "fields": [{"field": field, "value": raw[field.name], "fault": faults.get(field.name)} for field in fields]}
            for zh, en, fields in GROUPS
        ],
        "faults": faults, "outcome": outcome, "filled": filled, "fields": FIELDS,
    }, status=422 if faults else 200)
