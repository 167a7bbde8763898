"""From an empty database to a working agency and platform: the operator at the machine, then everyone in a browser."""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from test_account_walk import fits

pytestmark = pytest.mark.browser
PASSWORD = "words that only I know"


def code_of(secret: str) -> str:
    """The six digits that an authenticator shows now (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), (int(time.time()) // 30).to_bytes(8, "big"), "sha1")
    first = digest[-1] & 15
    return f"{(int.from_bytes(digest[first:first + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def opened(browser: Any, width: int) -> Any:
    """A browser of its own, as patient as a machine with other work needs."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.set_default_timeout(120_000)
    return context.new_page()


def first_sign_in(page: Any, site: str, login: str, code: str, password: str = PASSWORD) -> str:
    """Choose a password with the one-time code, set up the authenticator, and return its secret."""
    page.goto(f"{site}/desk/sign-in/")
    page.get_by_role("link", name="第一次登录").click()
    page.get_by_label("用户名").fill(login)
    page.get_by_label("一次性代码").fill(code)
    page.get_by_label("新密码").fill(password)
    fits(page, True)
    page.get_by_role("button", name="下一步").click()
    secret = str(page.locator("code").inner_text())
    page.get_by_label("六位验证码").fill(code_of(secret))
    page.get_by_role("button", name="登录").click()
    return secret


def granted(page: Any, address: str, reason: str) -> str:
    """Grant what waits at an account as the second administrator, and return the one-time code."""
    page.goto(address)
    page.locator("form:has(button[value=grant]) [name=reason]").fill(reason)
    fits(page, True)
    page.get_by_role("button", name="批准并显示一次性代码").click()
    shown = str(page.locator("code").inner_text())
    assert re.fullmatch(r"[A-Z2-9]{5}(-[A-Z2-9]{5}){3}", shown) and shown not in page.url
    fits(page, True)
    return shown


def test_the_first_day(site: str, operator: Callable[..., str], browser: Any) -> None:
    def appointed(*words: str) -> str:
        return str(json.loads(operator(*words, "--json"))["code"])

    admin = appointed("administrator", "admin", "--name", "王管理")
    second = appointed("administrator", "admin-2", "--name", "周管理", "--again", "--reason", "批准须有两位管理员")
    operator("agency", "360100", "--name", "南昌市社会保险经办机构", "--province", "36", "--city", "南昌")
    clerk = appointed("appoint", "clerk", "zhang", "--name", "张经办", "--agency", "360100")
    operator("platform", "register", "waimai", "--zh", "外卖平台", "--en", "Meals", "--province", "36")
    operator("platform", "agreement", "waimai", "--method", "income", "--number", "0.05", "--since", "2026-01-01", "--until", "2026-12-31",
             "--source", "代扣协议 2026-1 号")
    key = json.loads(operator("platform", "key", "waimai", "--json"))["key"]
    engineer = appointed("appoint", "platform", "qian", "--name", "钱工", "--platform", "waimai")

    page = opened(browser, 390)
    first_sign_in(page, site, "zhang", clerk)
    page.get_by_role("heading", name="工作台").wait_for()
    assert page.get_by_text("经办人 · 江西").is_visible()

    page = opened(browser, 1280)
    first_sign_in(page, site, "qian", engineer)
    page.wait_for_url("**/platform/")
    answer = page.request.get(f"{site}/api/v1/registry/platform", headers={"Authorization": f"Bearer {key}"})
    assert answer.status == 200 and answer.json()["code"] == "waimai"

    page, colleague = opened(browser, 390), opened(browser, 390)
    first_sign_in(page, site, "admin", admin)
    first_sign_in(colleague, site, "admin-2", second)
    for role, name, login, said in (("clerk", "赵经办", "zhao", "经办人 · 江西"), ("supervisor", "李审核", "li-shen", "审核人 · 江西")):
        page.get_by_role("link", name="账号").first.click()
        page.get_by_label("身份").select_option(role)
        page.get_by_label("姓名").fill(name)
        page.get_by_label("用户名").fill(login)
        page.get_by_label("机构（经办人、审核人）").select_option(label="南昌市社会保险经办机构")
        fits(page, True)
        page.get_by_role("button", name="任命").click()
        page.get_by_text("须由另一位管理员批准").first.wait_for()
        assert page.locator("code").count() == 0
        other = opened(browser, 390)
        first_sign_in(other, site, login, granted(colleague, page.url, "见过本人和任命文件"))
        assert other.get_by_text(said).is_visible()

    page.goto(f"{site}/desk/actors/")
    page.get_by_role("link", name="张经办").click()
    fits(page, True)
    page.locator("#why-password").fill("忘记密码，视频核实")
    page.locator("button[value=password]").click()
    page.get_by_text("须由另一位管理员批准").first.wait_for()
    again = granted(colleague, page.url, "视频见过本人")
    worker = opened(browser, 390)
    worker.goto(f"{site}/desk/first/")
    worker.get_by_label("用户名").fill("zhang")
    worker.get_by_label("一次性代码").fill(again)
    worker.get_by_label("新密码").fill(PASSWORD + " 2")
    worker.get_by_role("button", name="下一步").click()
    assert worker.get_by_role("heading", name="输入验证码").is_visible(), "the authenticator stays"
    page.goto(f"{site}/desk/actors/history/")
    assert page.get_by_text("忘记密码，视频核实").is_visible()
    fits(page, True)
