"""A rider walks from the start page to a result, its reasons and the print version."""

from __future__ import annotations

from typing import Any

import pytest
from walk import ANSWERS, WORDS, answer_all, tab_to

pytestmark = pytest.mark.browser
SIZES = [(390, 844), (1280, 900)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_start_to_reasons_and_print(site: str, browser: Any, size: tuple[int, int], lang: str, scripts: bool) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site}/?lang={lang}")
    page.get_by_role("link", name=WORDS["start"][lang], exact=True).click()
    answer_all(page, lang)
    page.get_by_role("link", name=WORDS["see"][lang]).click()
    page.get_by_role("heading", name=WORDS["advice"][lang]).wait_for()
    result = page.url
    page.locator("table a.why").first.click()
    page.get_by_role("heading", name=WORDS["why"][lang]).wait_for()
    assert page.locator(".steps li").count() >= 2
    page.get_by_role("link", name=WORDS["back"][lang]).click()
    page.get_by_role("heading", name=WORDS["advice"][lang]).wait_for()
    document = page.request.get(site + page.locator("a[href*='result.pdf']").get_attribute("href"))
    assert document.status == 200 and document.body().startswith(b"%PDF")
    page.goto(result)  # the address is the result
    page.get_by_role("heading", name=WORDS["advice"][lang]).wait_for()
    assert said == []
    assert {cookie["name"] for cookie in context.cookies()} <= {"lang"}
    context.close()


def test_browser_back_keeps_the_answers(site: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{site}/plan/residence/")
    page.locator("#residence").select_option("36")
    page.get_by_role("button", name="继续").click()
    page.get_by_role("link", name="上一步").click()
    assert page.locator("#residence").input_value() == "36"
    page.close()


def test_keyboard_alone_reaches_the_result(site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/residence/**")
    tab_to(page, "#residence")
    page.keyboard.press("ArrowDown")
    tab_to(page, "button.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/birth/**")
    tab_to(page, "input[name=sex]")
    page.keyboard.press("ArrowDown")  # from nothing chosen to the second answer, or the first
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#birth_year")
    page.keyboard.type("1990")
    tab_to(page, "#birth_month")
    page.keyboard.press("ArrowDown")
    tab_to(page, "button.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/income/**")
    tab_to(page, "#income")
    page.keyboard.type("6000")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/paid/**")
    tab_to(page, "input[name=paid]")
    page.keyboard.press("Space")
    tab_to(page, "button.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/home/**")
    tab_to(page, "#home")
    page.keyboard.press("ArrowDown")
    tab_to(page, "button.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/budget/**")
    tab_to(page, "button.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/check/**")
    tab_to(page, "a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/result/**")
    tab_to(page, "a.why")
    page.close()


def test_wrong_answer_takes_the_focus_to_what_is_wrong(site: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{site}/plan/income/?residence=36")
    page.locator("#income").fill("many")
    page.get_by_role("button", name="继续").click()
    assert page.evaluate("document.activeElement.id") == "faults"
    page.locator("#faults a").click()
    assert page.evaluate("document.activeElement.id") == "income"
    page.close()


def test_charts_are_drawn(site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{site}/plan/result/?{ANSWERS}")
    page.locator("details.more-charts > summary").click()
    for place in range(page.locator(".figure img").count()):
        picture = page.locator(".figure img").nth(place)
        picture.scroll_into_view_if_needed()
        page.wait_for_function("element => element.complete", arg=picture.element_handle())
        assert picture.evaluate("element => element.naturalWidth") > 100
    assert page.locator(".figure img").count() == 3
    page.close()


def test_print_keeps_the_figures_and_drops_the_menus(site: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{site}/plan/result/?{ANSWERS}")
    page.emulate_media(media="print")
    assert page.locator("table a.why").first.is_visible()
    assert not page.locator("header.top").is_visible() and not page.locator(".tools").is_visible()
    page.close()
