"""Addresses under ``/lab/``."""

from __future__ import annotations

from django.urls import path, re_path

from lingbao.web.lab.views import choose, run

KEY = "(?P<key>[0-9a-f]{24})"
urlpatterns = [
    path("", choose.index),
    path("designs/", choose.designs),
    path("new/", choose.new),
    path("upload/", choose.upload),
    path("together/", choose.together),
    path("reform/<str:name>/", choose.reform),
    path("reform/<str:name>/file.yaml", choose.download),
    path("runs/", run.mine),
    path("start/", run.start),
    re_path(rf"^run/{KEY}/$", run.run),
    re_path(rf"^run/{KEY}/cancel/$", run.cancel),
    re_path(rf"^run/{KEY}/(?P<lang>zh|en)/(?P<size>narrow|wide)/(?P<kind>[a-z]+)\.svg$", run.chart),
    re_path(rf"^run/{KEY}/(?P<name>[a-z_]+)\.(?P<kind>csv|xlsx|parquet)$", run.download),
]
