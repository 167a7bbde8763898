"""Every address of the site."""

from __future__ import annotations

from django.urls import URLResolver, include, path, re_path
from django.urls.resolvers import URLPattern

from lingbao.web.api import api
from lingbao.web.views import award, chart, guide, law, outbox, plan, result, retire, start, statement

planner: list[URLPattern | URLResolver] = [
    path("", plan.begin),
    path("check/", plan.check),
    path("expert/", plan.expert),
    path("result/", result.result),
    path("why/", result.why),
    path("statement/", statement.statement),
    re_path(r"^result\.(?P<kind>pdf|xlsx|csv)$", result.download),
    path("<slug:slug>/", plan.question),
]
law_browser: list[URLPattern | URLResolver] = [
    path("", law.index),
    path("parameter/<str:path>/", law.parameter),
    path("coverage/<str:name>/", law.coverage),
    path("province/<str:code>/", law.province),
]
guides: list[URLPattern | URLResolver] = [
    path("", guide.index),
    path("misreadings/", guide.misreadings),
    path("<slug:slug>/", guide.chapter),
]
urlpatterns = [
    path("", start.start),
    path("plan/", include(planner)),
    path("retire/", retire.retire),
    path("award/", award.award),
    path("law/", include(law_browser)),
    path("guide/", include(guides)),
    path("glossary/", guide.glossary),
    path("about/", guide.about),
    path("lab/", include("lingbao.web.lab.urls")),
    path("account/", include("lingbao.web.account.urls")),
    path("desk/", include("lingbao.web.desk.urls")),
    path("platform/", include("lingbao.web.platform.urls")),
    path("outbox/", outbox.outbox),
    path("fund/", include("lingbao.web.fund.urls")),
    re_path(r"^chart/(?P<lang>zh|en)/(?P<size>narrow|wide)/history\.svg$", chart.history),
    re_path(r"^chart/(?P<lang>zh|en)/(?P<size>[a-z]+)/(?P<kind>[a-z]+)\.svg$", chart.result),
    path("api/v1/", api.urls),
]
handler400 = "lingbao.web.errors.bad_request"
handler404 = "lingbao.web.errors.not_found"
handler500 = "lingbao.web.errors.failed"
