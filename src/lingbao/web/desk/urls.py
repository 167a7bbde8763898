"""Addresses under ``/desk/``."""

from __future__ import annotations

from django.urls import path, re_path

from lingbao.web.desk import (
    accounts_views,
    bank_views,
    contributions_views,
    exemption_views,
    missing_years,
    money_views,
    opening,
    oversight_views,
    people_views,
    platform_views,
    requests,
    settling_views,
    sign_in,
    telephone_views,
    views,
)

NUMBER = r"(?P<number>[0-9]{1,18})"
urlpatterns = [
    path("", views.home),
    path("sign-in/", sign_in.sign_in),
    path("first/", sign_in.first),
    path("code/", sign_in.code),
    path("sign-out/", sign_in.sign_out),
    path("queue/<slug:name>/", views.queue),
    re_path(rf"^(?P<kind>transfers|claims|matters|corrections|refunds)/{NUMBER}/$", views.case),
    re_path(rf"^persons/{NUMBER}/$", views.person),
    re_path(rf"^persons/{NUMBER}/opening/$", opening.opened),
    re_path(rf"^persons/{NUMBER}/telephone/$", telephone_views.telephone),
    re_path(rf"^persons/{NUMBER}/missing-years/$", missing_years.buying),
    re_path(rf"^persons/{NUMBER}/death/$", people_views.death),
    re_path(rf"^persons/{NUMBER}/exemption/$", exemption_views.exemption),
    path("platforms/", platform_views.platforms),
    path("requests/", requests.waiting),
    re_path(rf"^requests/(?P<kind>subsidies|conversions|recoveries|setoffs|exemptions)/{NUMBER}/$", requests.one),
    path("merges/", people_views.merging),
    path("announce/", people_views.announcing),
    re_path(rf"^persons/{NUMBER}/contributions/$", contributions_views.of_person),
    path("subsidies/", contributions_views.subsidies),
    path("bank/", bank_views.reconcile),
    path("bank/refund/", bank_views.refund),
    re_path(rf"^bank/{NUMBER}/$", bank_views.statement),
    path("search/", views.search),
    path("runs/", money_views.runs),
    re_path(rf"^runs/{NUMBER}/$", money_views.run),
    path("settlements/", settling_views.settlements),
    path("rises/", money_views.rises_page),
    re_path(rf"^rises/{NUMBER}/$", money_views.rise),
    path("reports/", views.report),
    path("campaigns/", views.campaigns),
    path("audit/", oversight_views.audit),
    path("accesses/", oversight_views.accesses),
    path("actors/", accounts_views.actors),
    path("actors/history/", accounts_views.history),
    re_path(rf"^actors/{NUMBER}/$", accounts_views.account),
]
