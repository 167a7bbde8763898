"""What a rider does on the site, step by step, for tests with mouse, keyboard and without JavaScript."""

from __future__ import annotations

from typing import Any

WORDS = {
    "start": {"zh": "开始算一算", "en": "Start"}, "on": {"zh": "继续", "en": "Continue"}, "see": {"zh": "看结果", "en": "See the result"},
    "advice": {"zh": "给您的建议", "en": "What we suggest"}, "why": {"zh": "为什么是这个数", "en": "Why this figure"},
    "back": {"zh": "回到结果", "en": "Back to the result"}, "male": {"zh": "男", "en": "Male"}, "none": {"zh": "都没有交过", "en": "I have paid neither"},
}
ANSWERS = "residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"


def answer_all(page: Any, lang: str) -> None:
    """Answer every question, from the first one to the page that shows the answers."""
    def proceed() -> None:
        page.get_by_role("button", name=WORDS["on"][lang], exact=True).click()

    page.locator("#residence").select_option("36")
    proceed()
    page.get_by_text(WORDS["male"][lang], exact=True).click()
    page.locator("#birth_year").fill("1990")
    page.locator("#birth_month").select_option("5")
    proceed()
    page.locator("#income").fill("6000")
    proceed()
    page.get_by_text(WORDS["none"][lang], exact=True).click()
    proceed()
    page.locator("#home").select_option("36")
    proceed()
    proceed()  # no budget


def tab_to(page: Any, selector: str, most: int = 80) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")
