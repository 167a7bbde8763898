"""The start page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def start(request: HttpRequest) -> HttpResponse:
    """What this is, for whom, and three things to do."""
    return render(request, "lingbao/start.html")
