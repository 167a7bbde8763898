"""The operations of the API."""

from __future__ import annotations

import functools
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI, Query
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from lingbao.career.person import Person
from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.month import format_month, parse_month
from lingbao.law.trace import node_of
from lingbao.web import engine, explanation, lawbook
from lingbao.web.api.schemas import AwardIn, ErrorOut, ExplainIn, PersonIn, RetireIn
from lingbao.web.errors import status_of
from lingbao.web.outcome import BY_NAME
from lingbao.web.views.retire import answer as retirement

REFUSALS: Any = dict.fromkeys((400, 404, 413, 422, 429), ErrorOut)
MOST_PATHS = 1000


class Described(NinjaAPI):
    """Operations whose description, of some hundreds, is made once for a process and not for every reader."""

    @functools.cached_property
    def _described(self) -> OpenAPISchema:
        return super().get_openapi_schema()

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """Return the description of every operation; it is read, not changed."""
        return self._described if path_prefix is None and not path_params else super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)


api = Described(
    title="灵保 Lingbao", version="1", docs_url=None, openapi_url="/openapi.json",
    description="养老保险测算与法规参数。Pensions of the flexibly employed: plan, explain, check, look up.",
)


if TYPE_CHECKING:
    from lingbao.planner import Preferences

WISHES = {"budget", "base", "gap_months", "saving", "move_to"}


def wishes_of(data: PersonIn) -> Preferences:
    """Return what a request wants compared besides the tiers."""
    from lingbao.planner import Preferences

    return Preferences(**data.model_dump(include=WISHES))


def person_of(data: PersonIn) -> Person:
    """Return the person described by a request."""
    first = None if data.first_paid is None else parse_month(data.first_paid)
    return Person(**{**data.model_dump(exclude=WISHES), "birth": parse_month(data.birth), "first_paid": first})


@api.post("/plan", response={200: dict, **REFUSALS}, summary="Compare options for one person",
          openapi_extra={"x-summary-zh": "比较一个人的各种参保方案：三种情景、建议与提示"})
def plan(request: HttpRequest, data: PersonIn) -> Any:
    """Every option with three projections, advice and flags."""
    return engine.compare(person_of(data), wishes_of(data)).to_dict()


@api.post("/explain", response={200: dict, **REFUSALS}, summary="Explain one figure",
          openapi_extra={"x-summary-zh": "解释一个方案的一个数字：条文、参数、日期、出处、可信度"})
def explain(request: HttpRequest, data: ExplainIn) -> Any:
    """Sentences in both languages with article, parameter, date, source and confidence, for one figure of an option."""
    comparison = engine.compare(person_of(data.person), wishes_of(data.person))
    if data.figure not in BY_NAME:
        raise InputError("explain.figure", value=data.figure, where="figure", zh=f"没有“{data.figure}”这一项；可选：{'、'.join(BY_NAME)}。",
                         en=f"There is no figure '{data.figure}'; there are: {', '.join(BY_NAME)}.")
    ids = [option["id"] for option in comparison.to_dict()["options"]]
    if data.option not in ids:
        raise InputError("explain.option", value=data.option, where="option", zh=f"没有“{data.option}”这个方案；可选：{'、'.join(ids)}。",
                         en=f"There is no option '{data.option}'; there are: {', '.join(ids)}.")
    node = comparison.explain(data.option, data.figure, projection=data.projection)
    return {"option": data.option, "figure": data.figure, "projection": data.projection, "value": float(node.value),
            **{lang: [asdict(sentence) for sentence in explanation.steps(node, lang)] for lang in ("zh", "en")}}


@api.post("/retire", response={200: dict, **REFUSALS}, summary="Statutory month, early window, fewest months",
          openapi_extra={"x-summary-zh": "法定退休时间、可提前的范围、最低缴费月数及理由"})
def retire(request: HttpRequest, data: RetireIn) -> Any:
    """When someone may retire, with the reasons in both languages."""
    found = retirement(data.worker_class, parse_month(data.birth), data.months_paid)
    traces = found.pop("traces")
    plain = {name: format_month(value) if name == "birth" or name.endswith("_month") else value for name, value in found.items()}
    reasons = {
        name: {lang: [asdict(sentence) for sentence in explanation.steps(node_of(name, number), lang)] for lang in ("zh", "en")}
        for name, number in traces.items()
    }
    return {**plain, "reasons": reasons}


@api.post("/check-award", response={200: dict, **REFUSALS}, summary="Check the figures of an award form",
          openapi_extra={"x-summary-zh": "核对核定表：逐项重算到分，有出入时列出可能的原因"})
def check_award(request: HttpRequest, data: AwardIn) -> Any:
    """Each part computed anew, to the fen, with likely causes of a difference."""
    return engine.check_award(data.model_dump(exclude_none=True)).to_dict()


@api.get("/law/paths", response={200: dict, **REFUSALS}, summary="Parameters of the law",
         openapi_extra={"x-summary-zh": "法规参数的路径和名称；q 为搜索词，next 为下一页的起点"})
def law_paths(request: HttpRequest, q: str = Query("", max_length=60), start: int = Query(0, ge=0, le=1_000_000)) -> Any:
    """Paths and labels, all or those that contain every word of ``q``; ``next`` is where to go on."""
    found = lawbook.search(q) if q.strip() else list(lawbook.entries())
    page = found[start:start + MOST_PATHS]
    return {"law_hash": engine.law().hash, "total": len(found),
            "next": start + MOST_PATHS if start + MOST_PATHS < len(found) else None,
            "paths": [{"path": each.path, "label_zh": each.label_zh, "label_en": each.label_en} for each in page]}


@api.get("/law/values/{path}", response={200: dict, **REFUSALS}, summary="Values of one parameter",
         openapi_extra={"x-summary-zh": "一个参数在 on 月适用、以 known 月已公布为准的数值，以及历年数值"})
def law_values(request: HttpRequest, path: str, on: str = Query("", max_length=20), known: str = Query("", max_length=20)) -> Any:
    """The value in force in month ``on`` as known in month ``known``, and the whole history."""
    described = lawbook.described(path[:200])
    value = engine.law().look_up(described.path, on=parse_month(on) if on else None, known=parse_month(known) if known else None)
    return {"law_hash": engine.law().hash, "path": described.path, "label_zh": described.label_zh, "label_en": described.label_en,
            "unit": described.unit, "value": value.to_dict(), "history": [each.to_dict() for each in described.values]}


@api.get("/law/coverage", response={200: dict, **REFUSALS}, summary="What is known of each province",
         openapi_extra={"x-summary-zh": "各省每个参数最新数值的可信度；没有的为 missing"})
def law_coverage(request: HttpRequest) -> Any:
    """For every provincial parameter, the confidence of its newest value in each province, or ``missing``."""
    return {"law_hash": engine.law().hash,
            "coverage": {each.path: {tile.place.code: tile.state for tile in lawbook.tiles(each.path)} for each in lawbook.provincial_names()}}


@api.get("/docs", include_in_schema=False)
def docs(request: HttpRequest) -> HttpResponse:
    """The operations as a page of this site, from the same description as ``openapi.json``."""
    return render(request, "lingbao/api.html", {"operations": _operations(), "info": api.get_openapi_schema()["info"]})


@functools.cache
def _operations() -> list[dict[str, Any]]:
    schema = api.get_openapi_schema()
    return [
        {"method": method.upper(), "address": address, "summary": operation.get("summary", ""),
         "summary_zh": operation.get("x-summary-zh", ""), "text": operation.get("description", "").replace("``", ""),
         "anchor": f"{method}-{place}", "body": _body(operation, schema), "query": operation.get("parameters", [])}
        for place, (address, methods) in enumerate(schema["paths"].items()) for method, operation in methods.items()
    ]


def _body(operation: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = content.get("$ref", "").rpartition("/")[2]
    described = schema["components"]["schemas"].get(name, {})
    required = set(described.get("required", []))
    return [{"name": field, "required": field in required, "limits": _limits(limits)} for field, limits in described.get("properties", {}).items()]


def _limits(limits: dict[str, Any]) -> str:
    kinds = limits.get("anyOf", [limits])
    words = []
    for kind in kinds:
        named = str(kind.get("type") or kind.get("$ref", "").rpartition("/")[2])
        if "enum" in kind:
            named = " | ".join(map(str, kind["enum"]))
        bounds = [f"{sign} {kind[key]:,}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in kind]
        words.append(" ".join([named, *bounds, *([kind["pattern"]] if "pattern" in kind else [])]))
    return ", ".join(word for word in words if word != "null")


@api.exception_handler(LingbaoError)
def lingbao_error(request: HttpRequest, error: LingbaoError) -> HttpResponse:
    """Return an error of the law or the input as it describes itself."""
    return api.create_response(request, error.to_dict(), status=status_of(error))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Return what a schema refused, field by field."""
    faults: list[LingbaoError] = []
    for fault in error.errors[:50]:
        where = ".".join(str(part) for part in fault["loc"] if part not in ("body", "data", "query", "path"))
        reason = str(fault["msg"])[:300]
        faults.append(InputError("request.field", value=str(fault.get("input", ""))[:80], where=where,
                                 zh=f"“{where}”不符合要求：{reason}。", en=f"'{where}' is not acceptable: {reason}."))
    single: LingbaoError = faults[0] if len(faults) == 1 else ErrorList(faults)
    return api.create_response(request, single.to_dict(), status=422)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Return a body that is no JSON, and the like."""
    wrong = InputError("request.body", zh="请求内容不是有效的 JSON。", en=f"The request could not be read: {str(error)[:200]}.")
    return api.create_response(request, wrong.to_dict(), status=error.status_code)
