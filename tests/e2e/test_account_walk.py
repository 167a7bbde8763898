"""A worker opens an account on a phone without scripts, enrols, pays, looks up, certifies; someone else checks the paper."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "一个很长的 pass phrase 27"


def identity_number() -> str:
    """A number that passes GB 11643 in a division that nobody was registered in."""
    from lingbao.registry.people.identity import check_character

    first = "369901" + "19880315" + "013"
    return first + check_character(first)


def go_on(page: Any) -> None:
    page.get_by_role("button", name="继续", exact=True).click()


def fits(page: Any, scripts: bool) -> None:
    """No sideways scrolling, everything to press is big enough for a thumb, and nothing that axe finds serious."""
    page.wait_for_load_state()  # the page that the last press leads to
    page.locator("main").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    small = page.evaluate("""[...document.querySelectorAll('main button, main .button, main .links a, main a.line, main input, main select, main label.radio')]
        .filter(e => e.offsetParent && !['hidden', 'radio', 'checkbox'].includes(e.type) && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)""")
    assert small == []
    if scripts:
        from axe_playwright_python.sync_playwright import Axe

        assert [f"{fault['id']}: {[node['html'][:120] for node in fault['nodes'][:3]]}" for fault in Axe().run(page).response["violations"]
                if fault["impact"] in ("serious", "critical")] == []


def ask_and_look(page: Any, site: str, scripts: bool) -> None:
    """Ask for a subsidy and take it back; look at the orders, the months missed, the move between the schemes, the resident pension."""
    page.goto(f"{site}/account/")
    page.get_by_role("link", name=re.compile("^缴费补贴")).click()
    fits(page, scripts)
    page.get_by_role("link", name="申请补贴").click()
    page.get_by_text("就业困难人员社会保险补贴").click()
    go_on(page)
    page.locator("#ground").fill("就业困难人员认定书 360100-0001")
    go_on(page)
    fits(page, scripts)
    page.get_by_role("button", name="提交申请").click()
    page.get_by_text("已申请，正在审核").wait_for()
    fits(page, scripts)
    page.get_by_role("button", name="撤回申请").click()
    page.get_by_text("您撤回了").wait_for()
    for address, heading in (("orders", "平台代扣：每一单"), ("missed", "补缴今年的月份"), ("conversions", "职工和居民养老保险之间的衔接"), ("resident-pension", "城乡居民养老金"),
                             ("refunds", "退款")):
        page.goto(f"{site}/account/{address}/")
        page.get_by_role("heading", name=heading).wait_for()
        fits(page, scripts)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_enrol_pay_look_up_certify_and_check(site: str, browser: Any, scripts: bool) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=scripts)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    number = identity_number()
    if not scripts:
        number = number[:14] + "035"
        from lingbao.registry.people.identity import check_character

        number += check_character(number)
    page.goto(f"{site}/account/")
    page.get_by_role("link", name="还没有账户？先开户").click()
    page.get_by_label("手机号").fill("13900010001" if scripts else "13900010002")
    page.get_by_role("button", name="发验证码").click()
    fits(page, scripts)
    page.get_by_role("link", name="在这里看短信").click()
    code = re.search(r"验证码 (\d{6})", page.locator("main li").first.inner_text())
    assert code
    page.go_back()
    page.get_by_label("短信里的 6 位数字").fill(code[1])
    page.get_by_role("button", name="继续").click()
    page.get_by_label("设一个密码").fill(PASSWORD)
    page.get_by_role("button", name="开户").click()
    page.locator("#name").fill("赵一")
    go_on(page)
    page.locator("#number").fill("123")
    go_on(page)
    assert page.locator("#faults").is_visible()
    page.locator("#number").fill(number)
    go_on(page)
    page.locator("#hukou").select_option("36")
    page.get_by_text("农业户口（农村）").click()
    go_on(page)
    page.locator("#residence").select_option("36")
    go_on(page)
    page.locator("#agreed").check()
    go_on(page)
    page.get_by_role("button", name="确认，是我本人").click()
    page.get_by_role("link", name="去参保").wait_for()
    fits(page, scripts)
    page.get_by_role("link", name="去参保").click()
    page.locator("#place").select_option("36")
    go_on(page)
    page.get_by_text("职工养老保险（自己缴）").click()
    go_on(page)
    go_on(page)  # the income may stay unsaid
    page.get_by_text("测算建议这一档").wait_for()
    fits(page, scripts)
    page.get_by_text("最低档（以后每年跟着最低基数走）").click()
    go_on(page)
    page.get_by_text("每月一次").click()
    go_on(page)
    page.get_by_role("button", name="确认参保").click()
    page.get_by_role("link", name="去付款").click()
    page.get_by_text("付清").first.click()
    go_on(page)
    check = page.url
    page.get_by_role("button", name=re.compile("^付款 ")).click()
    page.get_by_role("heading", name="付款成功").wait_for()
    page.go_back()
    page.goto(check)  # back to the button: it is not offered again
    page.get_by_role("heading", name="这一步已经办过，没有重复办理").wait_for()
    page.goto(f"{site}/account/statement/")
    fits(page, scripts)
    assert page.get_by_text("收到您的付款").count() == 1
    page.locator("a.line").first.click()
    assert page.locator(".steps li").count() >= 3
    page.goto(f"{site}/account/")
    page.get_by_role("link", name=re.compile("^开缴费证明")).click()
    page.get_by_role("button", name="开一份证明").click()
    address = page.get_by_role("link", name=re.compile("PDF")).get_attribute("href")
    document = page.request.get(site + address)
    assert document.status == 200 and document.body().startswith(b"%PDF")
    shown = page.get_by_role("link", name="看别人核对时看到什么").get_attribute("href")
    stranger = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    stranger.goto(site + shown)
    stranger.get_by_role("heading", name="✓ 这份证明属实").wait_for()
    assert "赵*" in stranger.content() and "赵一" not in stranger.content() and number not in stranger.content()
    fits(stranger, scripts)
    page.get_by_role("button", name="作废这份证明").click()
    stranger.reload()
    stranger.get_by_role("heading", name="这份证明已作废").wait_for()
    ask_and_look(page, site, scripts)
    assert [each for each in said if "422" not in each] == []  # a browser reports the refused answer as a failed request
    context.close()
