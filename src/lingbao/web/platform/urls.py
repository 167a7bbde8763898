"""Addresses under ``/platform/``."""

from __future__ import annotations

from django.urls import path, re_path

from lingbao.web.platform import refunds, views

NUMBER = r"(?P<number>[0-9]{1,18})"
urlpatterns = [
    path("", views.home),
    path("keys/", views.keys),
    path("files/", views.files),
    re_path(rf"^files/{NUMBER}/$", views.file),
    re_path(rf"^files/{NUMBER}/report\.csv$", views.report),
    path("reconcile/", views.reconcile),
    path("refunds/", refunds.refunds),
    path("webhooks/", views.hooks),
    path("docs/", views.docs),
]
