"""Addresses under ``/desk/``."""

from __future__ import annotations

from django.urls import path, re_path

from lingbao.web.desk import oversight_views, sign_in, views

NUMBER = r"(?P<number>[0-9]{1,18})"
urlpatterns = [
    path("", views.home),
    path("sign-in/", sign_in.sign_in),
    path("code/", sign_in.code),
    path("sign-out/", sign_in.sign_out),
    path("queue/<slug:name>/", views.queue),
    re_path(rf"^(?P<kind>transfers|claims|matters|corrections|refunds)/{NUMBER}/$", views.case),
    re_path(rf"^persons/{NUMBER}/$", views.person),
    path("search/", views.search),
    path("runs/", views.runs),
    path("reports/", views.report),
    path("campaigns/", views.campaigns),
    path("audit/", oversight_views.audit),
    path("accesses/", oversight_views.accesses),
    path("actors/", oversight_views.actors),
]
