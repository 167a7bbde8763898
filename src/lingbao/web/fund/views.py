"""The public page and its downloads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError
from lingbao.registry.monitoring.definitions import definitions
from lingbao.web.desk import reports
from lingbao.web.fund import accounts, checking, published
from lingbao.web.places import name_of


@require_GET
def fund(request: HttpRequest) -> HttpResponse:
    """Books, flows, members, digests."""
    lang: str = request.lang  # type: ignore[attr-defined]
    days = accounts.published_days()
    return render(request, "lingbao/fund.html", {
        "days": days[::-1][:accounts.DAYS], "balances": accounts.balances(), "smallest": definitions().numbers["smallest_cell"],
        "parts": _parts(lang), "tables": accounts.members(), **accounts.stopped(),
        **reports.measured(accounts.service()),
    })


def _parts(lang: str) -> list[dict[str, Any]]:
    """Return the flows as tables: heading, names of the columns, and a line for each province."""
    here, found = 0 if lang == "zh" else 1, accounts.flows()
    return [{"heading": pair[here], "heads": [column[1 + here] for column in columns], "lines": [
        {"name": name_of(line["province"], lang), "cells": [(column[1 + here], line["cells"][column[0]]) for column in columns]} for line in found]}
        for *pair, columns in accounts.PARTS if found]


@require_GET
def download(request: HttpRequest, name: str) -> HttpResponse:
    """One of the published tables, as CSV."""
    return HttpResponse(published.text(name), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="lingbao-{name}.csv"'})


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check that a line stands in the published books: the file of its proof is uploaded, nothing is kept."""
    if request.method == "GET":
        return render(request, "lingbao/check_proof.html", {})
    file = request.FILES.get("proof")
    try:
        found = checking.checked(checking.read(file.read(checking.LARGEST + 1) if file else b""))
    except InputError as fault:
        return render(request, "lingbao/check_proof.html", {"faults": {"proof": fault}}, status=422)
    return render(request, "lingbao/check_proof.html", {"found": found, "fen": int(found["line"]["fen"])})
