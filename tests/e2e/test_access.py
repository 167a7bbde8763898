"""No page has a serious accessibility fault, scrolls sideways on a phone, or has targets too small for a thumb."""

from __future__ import annotations

from typing import Any

import pytest
from walk import ANSWERS

pytestmark = pytest.mark.browser
PAGES = [
    "/", "/plan/residence/", "/plan/birth/?residence=36&send=birth", "/plan/employee/?paid=employee", f"/plan/check/?{ANSWERS}",
    "/plan/expert/?send=expert", f"/plan/statement/?{ANSWERS}", f"/plan/result/?{ANSWERS}", f"/plan/why/?{ANSWERS}&option=employee-floor&figure=pension_today",
    "/retire/?birth_year=1990&birth_month=5&class=male&send=1", "/award/", "/law/?q=36", "/law/parameter/provinces.36.benefit_base/",
    "/law/coverage/benefit_base/", "/law/province/36/", "/guide/", "/guide/scheme/", "/guide/misreadings/", "/glossary/", "/about/",
    "/api/v1/docs", "/nowhere",
]
SMALL_TARGETS = """() => [...document.querySelectorAll('button, .button, .radio, input[type=text], select, summary, .top a, .bottom-menu a')]
  .filter(element => element.offsetParent && element.getBoundingClientRect().height < 43.5)
  .map(element => element.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def pages(browser: Any) -> Any:
    """One page at each width, kept open."""
    opened = {width: browser.new_context(viewport={"width": width, "height": 844}, bypass_csp=True).new_page() for width in (320, 390, 1280)}
    yield opened
    for page in opened.values():
        page.context.close()


def serious(page: Any) -> list[str]:
    """Return the serious and critical faults that axe finds on a page."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{fault['id']}: {fault['help']} {[node['html'][:120] for node in fault['nodes'][:3]]}"
        for fault in Axe().run(page).response["violations"] if fault["impact"] in ("serious", "critical")
    ]


def visit(page: Any, address: str, lang: str) -> None:
    """Open an address in a language."""
    page.goto(address + ("&" if "?" in address else "?") + f"lang={lang}")


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 390), ("zh", 1280)])
def test_no_serious_fault(site: str, pages: Any, address: str, lang: str, width: int) -> None:
    visit(pages[width], site + address, lang)
    assert serious(pages[width]) == []


def test_a_fault_would_be_found(site: str, pages: Any) -> None:
    visit(pages[390], site + "/plan/residence/", "zh")
    pages[390].evaluate("document.querySelector('label').remove()")
    assert any(fault.startswith("select-name") for fault in serious(pages[390]))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("lang", "width"), [("zh", 320), ("zh", 390), ("en", 390)])
def test_no_sideways_scroll_and_large_targets(site: str, pages: Any, address: str, lang: str, width: int) -> None:
    page = pages[width]
    visit(page, site + address, lang)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL_TARGETS) == []
