"""Take the pictures of the README from a running site: ``python docs/pictures/take.py http://127.0.0.1:8000``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
FORM = FOLDER.parent / "examples" / "award.csv"
RIDER = "residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"
PHONE, DESK = (390, 844), (1280, 900)
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


PICTURES = (
    ("worker-390", PHONE, worker), ("worker-1280", DESK, worker_options), ("clerk-1280", DESK, clerk),
    ("researcher-1280", DESK, researcher),
)


def main(site: str) -> None:
    """Take every picture, at one pixel a point so that the files stay small."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (width, height), open_page in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            open_page(page, site)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
