"""A researcher sets up a reform, watches it run, reads and takes the result; with and without JavaScript, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from test_access import SMALL_TARGETS, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMPILING = 600_000.0  # milliseconds; the first run of a fresh checkout compiles the kernel
CHOOSING = ["/lab/", "/lab/designs/?amount=absolute&limit=none&financing=pool", "/lab/reform/F3/", "/lab/new/?part=fixed", "/lab/upload/",
            "/lab/together/", "/lab/runs/"]
WORDS = {
    "see": {"zh": "看看改了什么", "en": "See what changes"}, "start": {"zh": "开始", "en": "Start"},
    "winning": {"zh": "谁受益、谁受损", "en": "Who gains and who loses"},
}


def opened(browser: Any, width: int, **more: Any) -> Any:
    return browser.new_context(viewport={"width": width, "height": 844}, **more).new_page()


def check_page(page: Any, width: int) -> None:
    """No serious fault, no sideways scroll, no target too small for a thumb."""
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 390), ("zh", 1280), ("en", 1280)])
def test_choosing_pages_are_sound(site: str, browser: Any, lang: str, width: int) -> None:
    page = opened(browser, width, bypass_csp=True)
    for address in CHOOSING:
        page.goto(f"{site}{address}{'&' if '?' in address else '?'}lang={lang}")
        check_page(page, width)
    page.context.close()


@pytest.mark.parametrize(("lang", "width", "script", "rate"), [("zh", 390, True, "17"), ("en", 1280, False, "16")])
def test_from_controls_to_result(site: str, browser: Any, lang: str, width: int, script: bool, rate: str) -> None:
    page = opened(browser, width, java_script_enabled=script)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/lab/new/?lang={lang}")
    assert not page.locator("#rate").is_visible()
    page.locator("input[name=part][value=rate]").check()
    page.locator("#rate").fill(rate)
    page.get_by_role("button", name=WORDS["see"][lang]).click()
    assert f"20% → {rate}%" in page.locator("table").first.inner_text()

    page.locator("input[name=size][value='10000']").check()
    page.locator("#years").select_option("10")
    page.get_by_role("button", name=WORDS["start"][lang], exact=True).click()
    address = page.url
    assert "/lab/run/" in address
    page.goto(site)
    page.goto(address)  # leaving and coming back loses nothing
    page.wait_for_selector("#take", timeout=COMPILING)  # arrives by itself: by script, or by reloading
    assert WORDS["winning"][lang] in page.locator("main").inner_text()
    for picture in page.locator("figure img").all():
        picture.scroll_into_view_if_needed()
        assert picture.bounding_box()["width"] > 200
        if script:
            picture.evaluate("image => image.decode()")  # fails where there is no picture
    with page.expect_download() as download:
        page.locator("a[href$='all.xlsx']").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert complaints == []

    sound = opened(browser, width, bypass_csp=True)
    sound.goto(f"{address}?lang={lang}")
    check_page(sound, width)
    sound.context.close()
    page.context.close()


def test_a_run_is_watched_and_cancelled(site: str, browser: Any) -> None:
    page = opened(browser, 390, bypass_csp=True)
    page.goto(f"{site}/lab/reform/B7/?lang=en")
    page.locator("input[name=size][value='1000000']").check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("progress")
    check_page(page, 390)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").wait_for(timeout=COMPILING)
    page.goto(f"{site}/lab/runs/")
    assert "cancelled" in page.locator("main").inner_text()
    page.context.close()


def test_a_wrong_file_is_answered_line_by_line(site: str, browser: Any) -> None:
    page = opened(browser, 390)
    page.goto(f"{site}/lab/upload/?lang=en")
    text = page.locator("#text").input_value()
    page.locator("#text").fill(text.replace("national.contribution.total_rate", "national.contribution.total_rat"))
    page.get_by_role("button", name="Check it").click()
    said = page.locator("#faults").inner_text()
    assert "reform.yaml:" in said and "total_rate" in said
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Check it").click()
    assert "/lab/reform/N8/" in page.url  # the same content is the shipped reform itself
    page.context.close()
