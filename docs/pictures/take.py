"""Take the pictures of the README from a site filled with the demonstration nation: ``python docs/pictures/take.py``.

The pages that anybody sees can be taken from a running site alone: ``python docs/pictures/take.py http://127.0.0.1:8000``.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from demonstration import PASSWORD, PHONE, site  # it also finds desk_site
from desk_site import sign_in
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
FORM = FOLDER.parent / "examples" / "award.csv"
RIDER = "residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"
SMALL, WIDE = (390, 844), (1280, 900)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def worker(page: Page, site: str) -> None:
    """The suggestion on top of a result."""
    page.goto(f"{site}/plan/result/?{RIDER}")


def worker_options(page: Page, site: str) -> None:
    """The table of options further down the same page."""
    page.goto(f"{site}/plan/result/?{RIDER}")
    page.get_by_role("heading", name="方案比较").evaluate("heading => window.scrollTo(0, heading.offsetTop - 20)")


def clerk(page: Page, site: str) -> None:
    """An award form that was uploaded and checked."""
    page.goto(f"{site}/award/")
    page.locator("summary").first.click()
    page.locator("input[type=file]").set_input_files(FORM)
    page.locator("form:has(input[type=file]) button").click()
    page.get_by_text("1,128.64").first.wait_for()


def researcher(page: Page, site: str) -> None:
    """History, document and confidence of one parameter."""
    page.goto(f"{site}/law/parameter/provinces.36.benefit_base/")
    page.get_by_text("最新", exact=True).first.evaluate("label => window.scrollTo(0, window.scrollY + label.getBoundingClientRect().top - 40)")


def account(page: Page, site: str) -> None:
    """The first page of a worker's own account."""
    page.goto(f"{site}/account/sign-in/")
    page.locator("input[name=login]").fill(PHONE)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url(f"{site}/account/")


def desk(page: Page, site: str) -> None:
    """What waits for a clerk, the most urgent first."""
    sign_in(page, site, "clerk")
    page.goto(f"{site}/desk/queue/transfers/")


def platform(page: Page, site: str) -> None:
    """Files of orders as a platform's engineer sees them."""
    sign_in(page, site, "engineer")
    page.goto(f"{site}/platform/")


ANYBODY = (
    ("worker-390", SMALL, worker), ("worker-1280", WIDE, worker_options), ("clerk-1280", WIDE, clerk), ("researcher-1280", WIDE, researcher),
)
SIGNED_IN = (("account-390", SMALL, account), ("desk-1280", WIDE, desk), ("platform-1280", WIDE, platform))


def main(address: str, pictures: Sequence[tuple[str, tuple[int, int], object]]) -> None:
    """Take these pictures, at one pixel a point so that the files stay small."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (width, height), open_page in pictures:
            page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            open_page(page, address)  # type: ignore[operator]
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1].rstrip("/"), ANYBODY)
    else:
        with site() as own:
            main(own, (*ANYBODY, *SIGNED_IN))
