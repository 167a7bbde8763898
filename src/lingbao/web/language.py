"""Which of the two languages a page speaks: ``?lang=`` first, then the cookie it left, otherwise Chinese."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

LANGUAGES = ("zh", "en")
COOKIE = "lang"
YEAR = 365 * 24 * 3600


def language(request: HttpRequest) -> str:
    """Return ``zh`` or ``en`` for a request."""
    for wish in (request.GET.get("lang"), request.COOKIES.get(COOKIE)):
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]


def other_address(request: HttpRequest, lang: str) -> str:
    """Return the address of this very page in language ``lang``."""
    query = request.GET.copy() if request.method == "GET" else request.GET.__class__(mutable=True)
    query["lang"] = lang
    return f"{request.path}?{query.urlencode()}"


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set ``request.lang`` and Django's own language, and remember a wish that came in the address."""

    def speak(request: HttpRequest) -> HttpResponse:
        lang = language(request)
        request.lang = lang  # type: ignore[attr-defined]
        with translation.override("zh-hans" if lang == "zh" else "en"):
            response = get_response(request)
        response.headers["Content-Language"] = "zh-Hans" if lang == "zh" else "en"
        patch_vary_headers(response, ["Cookie"])
        if request.GET.get("lang") in LANGUAGES:
            response.set_cookie(COOKIE, lang, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
        return response

    return speak
