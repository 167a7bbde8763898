"""The public page and its downloads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError
from lingbao.registry.monitoring.definitions import definitions
from lingbao.web.fund import accounts, checking
from lingbao.web.places import name_of


@require_GET
def fund(request: HttpRequest) -> HttpResponse:
    """Books, flows, members, digests."""
    lang: str = request.lang  # type: ignore[attr-defined]
    days = accounts.published_days()
    return render(request, "lingbao/fund.html", {
        "days": days[::-1][:accounts.DAYS], "balances": accounts.balances(), "smallest": definitions().numbers["smallest_cell"],
        "flows": [{**line, "name": name_of(line["province"], lang)} for line in accounts.flows()],
        "tables": accounts.members(),
    })


def _csv(text: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="lingbao-{name}.csv"'})


@require_GET
def digests(request: HttpRequest) -> HttpResponse:
    """Every closed day, with what the chain is computed from."""
    return _csv(accounts.digest_table(), "digests")


@require_GET
def flows(request: HttpRequest) -> HttpResponse:
    """The flows by province [fen]."""
    return _csv(accounts.table(("province", *accounts.FLOWS), ([line["province"], *line["cells"]] for line in accounts.flows())), "flows")


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
