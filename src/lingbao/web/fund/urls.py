"""Addresses under ``/fund/``."""

from __future__ import annotations

from django.urls import path

from lingbao.web.fund import views

urlpatterns = [
    path("", views.fund),
    path("check/", views.check),
    path("digests.csv", views.digests),
    path("flows.csv", views.flows),
]
