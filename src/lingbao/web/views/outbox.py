"""The text messages of a demonstration, which has no telephones."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.web.credentials.gateways import outbox as kept


def outbox(request: HttpRequest) -> HttpResponse:
    """Show the messages; any other site has no such page."""
    if not settings.LINGBAO_DEMONSTRATION:
        raise Http404
    response = render(request, "lingbao/outbox.html", {"messages": kept().messages()})
    response.headers["Cache-Control"] = "private, no-store"
    return response
