"""Addresses under ``/fund/``."""

from __future__ import annotations

from django.urls import path

from lingbao.web.fund import published, views

urlpatterns = [
    path("", views.fund),
    path("check/", views.check),
    *(path(f"{name}.csv", views.download, {"name": name}) for name in published.NAMES),
]
