"""What every template knows: the language, the switch to the other one, the menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lingbao.web.language import other_address

MENU = (
    ("/account/", "我的账户", "My account"),
    ("/plan/", "算养老金", "Plan"),
    ("/retire/", "几岁退休", "Retirement age"),
    ("/award/", "核对核定表", "Check an award"),
    ("/law/", "法规与参数", "Law"),
    ("/lab/", "实验室", "Laboratory"),
    ("/guide/", "指南", "Guide"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the context shared by all pages."""
    lang = getattr(request, "lang", "zh")
    other = "en" if lang == "zh" else "zh"
    return {
        "lang": lang,
        "html_lang": "zh-Hans" if lang == "zh" else "en",
        "other_lang": other,
        "other_html_lang": "en" if lang == "zh" else "zh-Hans",
        "other_address": other_address(request, other),
        "menu": [
            {"address": address, "label": zh if lang == "zh" else en, "here": request.path.startswith(address)}
            for address, zh, en in MENU
        ],
    }
