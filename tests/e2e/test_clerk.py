"""A clerk or a pensioner fills in an award form, or uploads it, and reads the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
FORM = Path(__file__).resolve().parents[2] / "docs" / "examples" / "award.csv"
WORDS = {
    "zh": {"check": "核对", "result": "核对结果", "agrees": "一致", "differs": "不一致"},
    "en": {"check": "Check", "result": "Result", "agrees": "agrees", "differs": "differs"},
}
# The form of docs/examples/award.csv, as it is typed.
TYPED = {
    "claim": "2025-03", "birth": "1965-02", "benefit_base": "7054", "mean_index": "0.6", "months": "240",
    "account_balance": "52000", "payout_months": "138.4", "basic": "1128.64", "account": "375.72", "total": "1504.36",
}


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: Any, browser: Any) -> Any:
    """A phone, with and without JavaScript; whatever the browser complains about is a fault."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=request.param)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    yield opened
    assert said == []
    context.close()


def fill(page: Any, site: str, lang: str, figures: dict[str, str]) -> None:
    """Open the form, type the figures and send it."""
    page.goto(f"{site}/award/?lang={lang}")
    page.locator("#province").select_option("36")
    page.locator("input[name=sex][value=male]").check()
    for name, text in figures.items():
        page.locator(f"#{name}").fill(text)
    send(page, lang)


def send(page: Any, lang: str) -> None:
    """Press the button and wait for the answer, which must not be a refusal."""
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.get_by_role("button", name=WORDS[lang]["check"], exact=True).click()
    assert answered.value.status == 200


def findings(page: Any) -> list[str]:
    """Return the finding of each part of the form."""
    return [text.strip() for text in page.locator("#result > table td .tag").all_inner_texts()]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_typed_form_is_checked(site: str, page: Any, lang: str) -> None:
    fill(page, site, lang, TYPED)
    page.get_by_role("heading", name=WORDS[lang]["result"], exact=True).wait_for()
    assert findings(page) == [WORDS[lang]["agrees"]] * 4
    assert page.locator("#basic").input_value() == "1128.64"


def test_a_wrong_figure_is_named(site: str, page: Any) -> None:
    fill(page, site, "zh", TYPED | {"basic": "1138.64"})
    page.get_by_role("heading", name=WORDS["zh"]["result"], exact=True).wait_for()
    assert WORDS["zh"]["differs"] in findings(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_uploaded_form_is_checked(site: str, page: Any, lang: str) -> None:
    page.goto(f"{site}/award/?lang={lang}")
    page.locator("summary").first.click()
    page.locator("input[type=file]").set_input_files(FORM)
    send(page, lang)
    page.get_by_role("heading", name=WORDS[lang]["result"], exact=True).wait_for()
    assert findings(page) == [WORDS[lang]["agrees"]] * 4
    assert page.locator("#account_balance").input_value() == "52000"
