"""How an error reaches a person: as a page in their language, or as JSON for the API."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lingbao.law.errors import ErrorList, InputError, LingbaoError, MissingLaw
from lingbao.registry.errors import Busy, Conflict, Forbidden, Immutable, NotFound, Overdrawn, Unbalanced

STATUS = {
    InputError: 422, ErrorList: 422, MissingLaw: 404,
    Forbidden: 403, NotFound: 404, Conflict: 409, Immutable: 409, Overdrawn: 409, Unbalanced: 409, Busy: 503,
}


def status_of(error: LingbaoError) -> int:
    """Return the HTTP status that fits an error: 422 for wrong input, 404 for what is not known, 403 and 409 for refusals."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def heading(error: LingbaoError, status: int) -> dict[str, str]:
    """Return what an error page is headed."""
    if status == 500:
        return {"zh": "本站故障", "en": "The site has failed"}
    if error.code in ("request.not_found", "law.path"):
        return {"zh": "没有找到", "en": "Not found"}
    if any(isinstance(each, MissingLaw) for each in several(error)):
        return {"zh": "缺少数据", "en": "Data are missing"}
    if status == 404:
        return {"zh": "没有找到", "en": "Not found"}
    if error.code == "account.locked":
        return {"zh": "暂时不能登录", "en": "Signing in has to wait"}
    if error.code == "registry.role":
        return {"zh": "没有权限", "en": "Not allowed"}
    return {"zh": "无法办理", "en": "This cannot be done"}


# Where the reader of an error page goes back to, by the beginning of the address.
ROOMS = {"/desk/": {"zh": "回到工作台", "en": "Back to the desk"}, "/account/verify/": {"zh": "重新输入验证码", "en": "Type the code again"},
         "/account/": {"zh": "回到我的账户", "en": "Back to my account"},
         "/platform/": {"zh": "回到平台控制台", "en": "Back to the platform's console"}, "/lab/": {"zh": "回到实验室", "en": "Back to the laboratory"}}


def room_of(path: str) -> dict[str, str] | None:
    """Return address and name of the part of the site to which a path belongs; None where that is the site itself."""
    address = next((each for each in ROOMS if path.startswith(each) and path != each), None)
    return None if address is None else {"address": address, **ROOMS[address]}


def several(error: LingbaoError) -> list[LingbaoError]:
    """Return the single errors inside an error."""
    return list(error.errors) if isinstance(error, ErrorList) else [error]


def answer(request: HttpRequest, error: LingbaoError, status: int | None = None) -> HttpResponse:
    """Return the error as JSON under ``/api/``, otherwise as a page."""
    status = status or status_of(error)
    if request.path.startswith("/api/"):
        return JsonResponse(error.to_dict(), status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, "lingbao/refused.html", {"errors": several(error), "heading": heading(error, status), "room": room_of(request.path)},
                  status=status)


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Turn a :class:`LingbaoError` that leaves a view into a readable page."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
            return answer(request, exception) if isinstance(exception, LingbaoError) else None

    return Middleware()


def _plain(request: HttpRequest, status: int, code: str, zh: str, en: str) -> HttpResponse:
    return answer(request, LingbaoError(code, zh=zh, en=en), status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _plain(request, 400, "request.bad", "这个请求无法读懂。请返回上一页，检查后再试。",
                  "This request could not be read. Go back, check it and try again.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _plain(request, 404, "request.not_found", "没有这个页面。地址可能写错了，或者页面已经移走。",
                  "There is no such page. The address may be mistyped, or the page has moved.")


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return _plain(request, 500, "site.failed", "本站出了故障，您的输入没有问题。请稍后再试。",
                  "The site has failed; nothing was wrong with what you entered. Please try again later.")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, for a form that did not come from this site."""
    return _plain(request, 403, "request.csrf", "这个表单已经过期，请重新打开页面再填一次。",
                  "This form has expired. Open the page again and fill it in once more.")
