"""What the site refuses: foreign scripts and frames, oversized requests, too many requests."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import get_usage

from lingbao.law.errors import InputError
from lingbao.web.errors import answer
from lingbao.web.platform_key import platform_behind, sent

Handler = Callable[[HttpRequest], HttpResponse]

# No inline script or style anywhere, nothing from another host.
POLICY = "; ".join([
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
])
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # answers stand in addresses, and an address must not leave the site; "no-referrer" would void form origins
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FILES = "/api/v1/registry/files/"  # parts of order files are the only large requests
PART_LIMIT = 16 * 1024 * 1024
COMPUTED = ("/plan/result", "/plan/why", "/chart/", "/award/", "/retire/", "/lab/", "/account/", "/desk/", "/platform/", "/fund/", "/outbox/")
PERSONAL = ("/plan/", "/account/", "/desk/", "/platform/", "/api/v1/registry/")


def headers(get_response: Handler) -> Handler:
    """Put the security headers on every answer; computed pages are not kept by caches in between."""

    def protect(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.HTTPS:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-store" if request.path.startswith(PERSONAL) else "no-cache")
        return response

    return protect


def body_limit(get_response: Handler) -> Handler:
    """Refuse a request whose declared body is larger than the site needs, before reading it."""

    def weigh(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = PART_LIMIT if request.path.startswith(FILES) else settings.LINGBAO_BODY_LIMIT
        if not length.isdigit() or int(length) > most:
            limit = most // 1024
            return answer(request, InputError(
                "request.size", value=length,
                zh=f"上传内容太大，最多 {limit} KB。", en=f"The request is too large; the limit is {limit} kB.",
            ), 413)
        return get_response(request)

    return weigh


def client_address(group: str, request: HttpRequest) -> str:
    """Return the address to count by: the peer's, or behind the TLS proxy the one the proxy last named."""
    named = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if settings.HTTPS else ""
    return str(named or request.META.get("REMOTE_ADDR") or "local")


def _holds(request: HttpRequest) -> bool:
    """Tell whether the key of a request holds, as far as anyone can tell now; the operation says it where the register does not answer."""
    try:
        return platform_behind(request) is not None
    except Error:
        return False


def rate_limit(get_response: Handler) -> Handler:
    """Count requests to the API and to computed pages per client address and say when to come back.

    A platform whose key holds is counted by its key instead (`api.registry.identity`), whatever addresses it shares with others; keys
    that do not hold are counted by address before the register is asked for another.
    """

    def count(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            group, rate = "api", settings.LINGBAO_API_RATE
            if sent(request):
                group = "wrong key"
                before = get_usage(request, group=group, key=client_address, rate=rate, increment=False)
                if not (before and before["should_limit"]) and _holds(request):
                    return get_response(request)
        elif request.path.startswith(COMPUTED):
            group, rate = "page", settings.LINGBAO_PAGE_RATE
        else:
            return get_response(request)
        usage = get_usage(request, group=group, key=client_address, rate=rate, increment=True)
        if usage and usage["should_limit"]:
            wait = max(1, int(usage["time_left"]))
            response = answer(request, InputError(
                "request.rate", value=rate,
                zh=f"请求太频繁，请 {wait} 秒后再试。", en=f"Too many requests; try again in {wait} seconds.",
            ), 429)
            response.headers["Retry-After"] = str(wait)
            return response
        return get_response(request)

    return count
