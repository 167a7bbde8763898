"""When someone may retire: statutory month, early window, fewest years to pay, each with its article."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.career.retirement import missing_months, retirement_of
from lingbao.law.errors import LingbaoError
from lingbao.law.month import month
from lingbao.law.trace import node_of, traced
from lingbao.web import engine, explanation, figures
from lingbao.web.fields import Choice, Field
from lingbao.web.questions import BIRTH_FIELDS

CLASSES = (
    Choice("male", "男", "Man", "原 60 周岁", "Formerly 60"),
    Choice("female55", "女，原 55 周岁一类", "Woman, formerly 55",
           "多数以灵活就业身份参保的女性，以及管理、技术岗位", "Most women insured as flexible workers; management and technical posts"),
    Choice("female50", "女，原 50 周岁一类", "Woman, formerly 50",
           "企业工人岗位，由当地认定", "Workers' posts in enterprises, as recognised locally"),
)
FIELDS = (
    *BIRTH_FIELDS,
    Field("class", "choice", "属于哪一类", "Which class", choices=lambda: CLASSES),
    Field("paid", "integer", "已缴费月数", "Months paid so far", "不填则只看需要多少。", "Leave empty to see only what is needed.",
          high=720, unit_zh="个月", unit_en="months", optional=True),
)


def read(fields: tuple[Field, ...], raw: Any) -> tuple[dict[str, Any], dict[str, LingbaoError]]:
    """Read a form: values by name, and faults by name."""
    values: dict[str, Any] = {}
    faults: dict[str, LingbaoError] = {}
    for field in fields:
        try:
            values[field.name] = field.read(str(raw.get(field.name, "")))
        except LingbaoError as fault:
            faults[field.name] = fault
    return values, faults


def answer(worker_class: str, birth: int, months_paid: int | None) -> dict[str, Any]:
    """Return the retirement dates of a class and birth month as plain data, with the trace of each."""
    book = engine.law()
    found = retirement_of(book, worker_class, birth, traced)
    minimum = int(found.minimum_months)
    return {
        "worker_class": worker_class, "birth": birth, "statutory_month": int(found.statutory),
        "statutory_age_months": int(found.statutory) - birth, "delay_months": int(found.delay),
        "earliest_month": int(found.earliest), "earliest_age_months": int(found.earliest) - birth,
        "minimum_months": minimum, "months_paid": months_paid,
        "months_needed": None if months_paid is None else missing_months(book, found.statutory, found.statutory, months_paid),
        "resident_month": int(found.resident_month), "traces": {"statutory": found.statutory, "earliest": found.earliest, "minimum": found.minimum_months},
    }


def retire(request: HttpRequest) -> HttpResponse:
    """The form, and the answer under it."""
    lang: str = request.lang  # type: ignore[attr-defined]
    raw = {field.name: request.GET.get(field.name, "") for field in FIELDS}
    faults: dict[str, LingbaoError] = {}
    found, reasons = None, []
    if request.GET.get("send"):
        values, faults = read(FIELDS, raw)
        if not faults:
            found = answer(values["class"], month(values["birth_year"], int(values["birth_month"])), values["paid"])
            found["month_text"] = figures.month(found["statutory_month"], lang)
            found["delay_text"] = figures.span(found["delay_months"], lang)
            for name, number in found.pop("traces").items():
                reasons.append({"name": name, "steps": explanation.steps(node_of(name, number), lang)})
    return render(request, "lingbao/retire.html", {
        "fields": [{"field": field, "value": raw[field.name], "fault": faults.get(field.name)} for field in FIELDS],
        "faults": faults, "found": found, "reasons": reasons,
    }, status=422 if faults else 200)
