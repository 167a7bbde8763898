"""Checking the figures of an official award form (养老金核定表), part by part, to the fen."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import format_month, parse_month
from lingbao.web import engine, explanation
from lingbao.web.errors import several
from lingbao.web.fields import Choice, Field
from lingbao.web.questions import SEX, YES_NO, province_choices
from lingbao.web.views.retire import CLASSES

if TYPE_CHECKING:
    from lingbao.planner.award import AwardCheck

MOST_BYTES = 512 * 1024
MOST_FIGURE = 200


def _field(name: str, kind: str, *, optional: bool = True, unit: tuple[str, str] = ("", ""), hint: tuple[str, str] = ("", ""),
           choices: Any = tuple) -> Field:
    from lingbao.planner.award_form import label

    return Field(name, kind, label(name, "zh"), label(name, "en"), hint[0], hint[1], choices, optional=optional,
                 unit_zh=unit[0], unit_en=unit[1])


YUAN, MONTHS, YEARS = ("元", "yuan"), ("个月", "months"), ("年", "years")


@functools.cache
def groups() -> tuple[tuple[str, str, tuple[Field, ...]], ...]:
    """Return the fields of the form in three groups, called as the planner calls them."""
    return (
        ("谁、在哪里、什么时候", "Who, where, when", (
            _field("province", "select", optional=False, choices=province_choices),
            _field("claim", "month", optional=False),
            _field("birth", "month"),
            _field("area", "text", hint=("该市有单独的计发基数时填写，如深圳。", "If the city has a base of its own, such as Shenzhen.")),
            _field("sex", "choice", choices=lambda: SEX),
            _field("worker_class", "choice", choices=lambda: CLASSES),
        )),
        ("计算依据", "What it is computed from", (
            _field("benefit_base", "money", unit=YUAN), _field("mean_index", "number"),
            _field("months", "number", unit=MONTHS, hint=("含视同；只有年限时填下一项。", "Deemed months included; or give years.")),
            _field("years", "number", unit=YEARS), _field("deemed_months", "number", unit=MONTHS), _field("deemed_years", "number", unit=YEARS),
            _field("transitional_index", "number"), _field("account_balance", "money", unit=YUAN),
            _field("payout_months", "number", unit=MONTHS), _field("local_base", "money", unit=YUAN),
            _field("one_child", "choice", choices=lambda: YES_NO),
        )),
        ("核定结果", "What was awarded", tuple(
            _field(name, "money", unit=YUAN) for name in ("basic", "account", "transitional", "additions", "total")
        )),
    )


def fields() -> tuple[Field, ...]:
    """Return all fields of the form."""
    return tuple(field for _, _, group in groups() for field in group)


def from_file(file: UploadedFile[Any]) -> dict[str, str]:
    """Return the figures of an uploaded file as they would be typed into the form.

    Raises
    ------
    InputError
        If it is too large or cannot be read.
    """
    if (file.size or 0) > MOST_BYTES:
        limit = MOST_BYTES // 1024
        raise InputError("award_file.size", value=file.size, zh=f"文件太大，最多 {limit} KB。", en=f"The file is too large; the limit is {limit} kB.")
    from lingbao.planner.award_file import read_award_file

    found = read_award_file(file.read(), str(file.name or "")[:80])
    return {name: _typed(name, value) for name, value in found.items()}


def _typed(name: str, value: Any) -> str:
    if isinstance(value, date):
        return format_month(parse_month(value))
    text = str(value).strip()[:MOST_FIGURE]
    field = next((each for each in fields() if each.name == name), None)
    if name == "province":
        try:
            return engine.law().find_province(text)[0]
        except LingbaoError:
            return text
    choices: tuple[Choice, ...] = field.options if field else ()
    return next((choice.value for choice in choices if text in (choice.zh, choice.en)), text)


def placed(error: LingbaoError) -> dict[str, LingbaoError]:
    """Sort faults by the field they belong to; a fault of the file belongs to the file."""
    faults: dict[str, LingbaoError] = {}
    for fault in several(error):
        name = str(fault.where or "")
        if fault.code.startswith(("award_file.", "statement.")):
            name = "file"
        faults[name if name == "file" or any(field.name == name for field in fields()) else ""] = fault
    return faults


def explained(outcome: AwardCheck, lang: str) -> dict[str, Any]:
    """Return the finding in words, and each line with the steps that lead to it."""
    from lingbao.planner.award import STATUS_WORDS

    return {
        "conclusion": outcome.conclusion(lang),
        "lines": [
            {"line": line, "word": STATUS_WORDS[line.status][lang == "en"],
             "steps": explanation.steps(line.node, lang) if line.node is not None else []}
            for line in outcome.lines
        ],
    }


def award(request: HttpRequest) -> HttpResponse:
    """The form, an upload that fills it, and the result under it."""
    raw: dict[str, str] = {field.name: request.POST.get(field.name, "").strip()[:MOST_FIGURE] for field in fields()}
    faults: Mapping[str, LingbaoError] = {}
    outcome = None
    if request.method == "POST":
        try:
            if request.FILES.get("file"):
                raw |= from_file(request.FILES["file"])
            outcome = engine.check_award({name: text for name, text in raw.items() if text})
        except LingbaoError as error:
            faults = placed(error)
    return render(request, "lingbao/award.html", {
        "groups": [
            {"zh": zh, "en": en, "fields": [{"field": field, "value": raw[field.name], "fault": faults.get(field.name)} for field in group]}
            for zh, en, group in groups()
        ],
        "faults": faults, "outcome": outcome, **(explained(outcome, request.lang) if outcome else {}),  # type: ignore[attr-defined]
    }, status=422 if faults else 200)
