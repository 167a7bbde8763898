"""The laboratory in the API: the same reforms, runs, limits and tables as on the pages."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router
from pydantic import Field

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import format_month
from lingbao.law.reform import Reform
from lingbao.law.reform_library import library
from lingbao.web.api.schemas import ErrorOut, Strict
from lingbao.web.lab import cite, engine, experiment, export, folder, gallery, runs, stored
from lingbao.web.lab.limits import largest
from lingbao.web.lab.models import Run
from lingbao.web.lab.views.run import LIMITS
from lingbao.web.lab.visitor import HEADER, visitor

REFUSALS: Any = dict.fromkeys((400, 403, 404, 413, 422, 429), ErrorOut)
MOST_ROWS = 10_000
router = Router()

Key = Annotated[str, Field(pattern=r"^[0-9a-f]{24}$", description="Key of a run")]


class ReformIn(Strict):
    """A reform file as text."""

    yaml: Annotated[str, Field(min_length=1, max_length=stored.MOST_BYTES)]


class RunIn(Strict):
    """What to run: the law as it is when no reform is named."""

    reform: Annotated[str, Field(max_length=200, description="Id, hash, or two joined by +; empty for the law as it is")] = ""
    size: Annotated[int, Field(ge=experiment.LEAST_SIZE, le=100_000_000)] = experiment.USUAL_SIZE
    years: Annotated[int, Field(ge=1, le=experiment.MOST_YEARS)] = experiment.USUAL_YEARS
    seed: Annotated[int, Field(ge=1, le=experiment.MOST_SEED)] = experiment.USUAL_SEED
    uncertainty: Annotated[bool, Field(description=f"Split the uncertainty by source as well; at most {experiment.MOST_UNCERTAIN} people")] = False


def _refused(error: LingbaoError, status: int) -> HttpResponse:
    """An error with a status of its own."""
    return JsonResponse(error.to_dict(), status=status, json_dumps_params={"ensure_ascii": False})


def _no_run(key: str) -> HttpResponse:
    return _refused(InputError("lab.no_run", value=key, where="key", zh=f"没有编号为 {key} 的计算，或还没有结果。",
                               en=f"There is no run {key}, or it has no result yet."), 404)


def _described(reform: Reform, name: str) -> dict[str, Any]:
    law = engine.law()
    return {
        "name": name, "hash": reform.hash, **reform.to_dict(), "runs": "laboratory" in reform.runs_in,
        **{f"changes_{lang}": [{"what": line.what, "how": line.how, "source": line.source, "assumed": line.assumed}
                               for line in gallery.lines(reform, law, lang)] for lang in ("zh", "en")},
        "conflicts": stored.conflicts_of(reform),
    }


@router.get("/reforms", response={200: dict, **REFUSALS}, summary="Shipped reforms",
            openapi_extra={"x-summary-zh": "随附的改革；designs=true 时连同 324 个定额缴费方案"})
def reforms(request: HttpRequest, designs: bool = Query(False)) -> Any:
    """Ids, titles and hashes; with the 324 fixed-amount designs if asked for."""
    found = [*library(), *(gallery.designs() if designs else ())]
    return {"law_hash": engine.law().hash, "reforms": [
        {"id": each.id, "title_zh": each.title_zh, "title_en": each.title_en, "mechanisms": list(each.mechanisms), "since": format_month(each.since),
         "runs": "laboratory" in each.runs_in, "hash": each.hash} for each in found]}


@router.get("/reforms/{name}", response={200: dict, **REFUSALS}, summary="One reform",
            openapi_extra={"x-summary-zh": "一项改革：出处、改动和依据；name 为编号或指纹"})
def reform(request: HttpRequest, name: str) -> Any:
    """Whose it is and what it changes; ``name`` is an id or a hash."""
    try:
        found = stored.find(name[:200])
    except InputError as error:
        return _refused(error, 404)
    return _described(found, name[:200])


@router.post("/reforms", response={200: dict, **REFUSALS}, summary="Check and keep a reform file",
             openapi_extra={"x-summary-zh": "检查并保存一个改革文件；有误时逐行指出"})
def keep(request: HttpRequest, data: ReformIn) -> Any:
    """Faults are named with line, path and allowed values; a sound reform can be run by the name that is returned."""
    found = stored.read(data.yaml, "reform.yaml", engine.law())
    return _described(found, stored.store(found))


@router.post("/runs", response={200: dict, **REFUSALS}, summary="Ask for a run",
             openapi_extra={"x-summary-zh": "要求计算；已有的结果立刻返回。返回的 secret 用于取消，请保存"})
def ask(request: HttpRequest, data: RunIn) -> Any:
    """A stored result is there at once. ``secret``, sent back in the header ``X-Lab-Key``, gives the right to cancel."""
    named = [stored.find(part.strip()) for part in data.reform.split("+")] if data.reform.strip() else []
    if len(named) > 2:
        raise InputError("lab.together", value=data.reform, where="reform", zh="最多叠加两项。", en="At most two can be laid together.")
    if len(named) == 2:
        chosen: Reform | None = stored.composed(*named)
    else:
        chosen = named[0] if named else None
    who = visitor(request).named()
    try:
        found = runs.ask(experiment.Experiment(chosen, data.size, data.years, data.seed, data.uncertainty), who)
    except InputError as error:
        if error.code not in LIMITS:
            raise
        return _refused(error, 429)
    return {**_state(request, found), "secret": who.secret}


@router.get("/runs/{key}", response={200: dict, **REFUSALS}, summary="How far a run is",
            openapi_extra={"x-summary-zh": "一次计算的进度；算完后列出表格和引用"})
def state(request: HttpRequest, key: Key) -> Any:
    """State, people done, speed and time left; with tables and citation when it is done."""
    found = Run.objects.filter(key=key).first()
    return _no_run(key) if found is None else _state(request, found)


@router.delete("/runs/{key}", response={200: dict, **REFUSALS}, summary="Cancel a run",
               openapi_extra={"x-summary-zh": "取消自己要求的计算，需要 X-Lab-Key"})
def cancel(request: HttpRequest, key: Key) -> Any:
    """Take one's wish back; the run ends if nobody else wants it. Needs the header ``X-Lab-Key``."""
    found = Run.objects.filter(key=key).first()
    if found is None:
        return _no_run(key)
    if found.going and not runs.cancel(found, visitor(request)):
        error = InputError("lab.not_mine", value=key, where=HEADER, zh="只有要求计算的人可以取消，请在 X-Lab-Key 中带上 secret。",
                           en="Only who asked for a run can cancel it; send its secret in X-Lab-Key.")
        return _refused(error, 403)
    found.refresh_from_db()
    return _state(request, found)


@router.get("/runs/{key}/tables/{name}", response={200: dict, **REFUSALS}, summary="One table of a result",
            openapi_extra={"x-summary-zh": "结果中的一个表，每次最多 10000 行；start 为起点"})
def table(request: HttpRequest, key: Key, name: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], start: int = Query(0, ge=0, le=100_000_000)) -> Any:
    """Rows of a table, 10,000 at a time; ``next`` is where to go on."""
    found = Run.objects.filter(key=key, state=Run.State.DONE).first()
    if found is None or not folder.complete(key):
        return _no_run(key)
    if name not in export.names(key):
        return _refused(InputError("lab.table", value=name, where="name", zh=f"没有名为“{name}”的表。", en=f"There is no table '{name}'."), 404)
    frame = folder.table(key, name)
    page = frame.slice(start, MOST_ROWS)
    return {"key": found.key, "name": name, "rows": frame.height, "next": start + MOST_ROWS if start + MOST_ROWS < frame.height else None,
            "columns": frame.columns, "values": export.finite(page).rows()}


def _state(request: HttpRequest, found: Run) -> dict[str, Any]:
    done = found.state == Run.State.DONE and folder.complete(found.key)
    address = request.build_absolute_uri(f"/lab/run/{found.key}/")
    return {
        "key": found.key, "address": address, "reform": found.reform_name, "reform_hash": found.reform_hash, "law_hash": found.law_hash,
        "program": found.program, "size": found.size, "years": found.years, "seed": found.seed, "uncertainty": found.uncertainty, **runs.progress(found).to_dict(),
        "faults": found.faults, "largest": largest(), "tables": export.names(found.key) if done else [],
        "cite_zh": cite.citation(found, "zh", address) if done else "", "cite_en": cite.citation(found, "en", address) if done else "",
    }
