"""Reading a contribution statement so that months, mean index and balance need not be typed; the file is not kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.career.records import History, Statement, history, read_statement
from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.web import engine, figures
from lingbao.web.answers import Answers
from lingbao.web.errors import several

MOST_BYTES = 512 * 1024
MOST_SHOWN = 20


def read(request: HttpRequest) -> Statement:
    """Return the uploaded statement: good rows kept, wrong ones reported.

    Raises
    ------
    LingbaoError
        If there is no file, or it is too large or cannot be read.
    """
    file = request.FILES.get("file")
    if file is None:
        raise InputError("statement.file", zh="请选择一个文件。", en="Please choose a file.")
    if (file.size or 0) > MOST_BYTES:
        limit = MOST_BYTES // 1024
        raise InputError("statement.size", value=file.size, zh=f"文件太大，最多 {limit} KB。", en=f"The file is too large; the limit is {limit} kB.")
    return read_statement(file.read(), str(file.name or "")[:80], strict=False, as_of=engine.today())


def answers_from(found: Statement, summed: History) -> dict[str, str]:
    """Return what the statement answers, as the fields of the question take it."""
    years, months = divmod(summed.months_paid, MONTHS_PER_YEAR)
    balance = found.account_balance if found.account_balance is not None else summed.account_balance
    filled = {"paid_years": str(years), "paid_months": str(months)}
    if summed.mean_index is not None:
        filled["index"] = f"{summed.mean_index:.4f}"
    if balance is not None:
        filled["balance"] = f"{balance:.2f}"
    if summed.deemed_months:
        filled["deemed_months"] = str(summed.deemed_months)
    return filled


def statement(request: HttpRequest) -> HttpResponse:
    """The upload, and what was read from it, to be used or mended."""
    answers = Answers(request.GET)
    lang: str = request.lang  # type: ignore[attr-defined]
    faults: dict[str, LingbaoError] = {}
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            found = read(request)
            province = next((record.province for record in found.records if record.province), None) or answers.values.get("residence")
            if province is None:
                raise InputError("statement.province", zh="请先回答您在哪个省份，再上传明细。", en="Please answer first in which province you live, then upload.")
            summed = history(engine.law(), found.records, province, engine.today(), strict=False)
            filled = answers_from(found, summed)
            context = {
                "found": found, "summed": summed, "filled": filled,
                "gaps": [(figures.month(first, lang), figures.month(last, lang)) for first, last in found.gaps][:MOST_SHOWN],
                "wrong": found.faults[:MOST_SHOWN],
                "notes": [pair[lang == "en"] for pair in (*found.warnings, *summed.flags)][:MOST_SHOWN],
                "use": Answers({**answers.raw, **filled}).query(),
            }
        except LingbaoError as error:
            faults = {"file": several(error)[0]}
    return render(request, "lingbao/statement.html", {
        "faults": faults, "query": answers.query(), **context,
    }, status=422 if faults else 200)
