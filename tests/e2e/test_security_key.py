"""A clerk adds a security key in a browser and signs in with it; what the page's scripts do passes the site's own content policy."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from test_account_walk import fits
from test_first_day import PASSWORD, code_of, first_sign_in, opened

pytestmark = pytest.mark.browser
KEY = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}


def next_code(secret: str) -> str:
    """The code of the next half minute: each holds once."""
    time.sleep(31 - time.time() % 30)
    return code_of(secret)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_key_is_added_and_signs_in(site: str, operator: Callable[..., str], browser: Any, width: int) -> None:
    login, here = f"key-{width}", site.replace("127.0.0.1", "localhost")  # a key answers names, no bare addresses
    operator("agency", "360100", "--name", "南昌市社会保险经办机构", "--province", "36", "--city", "南昌")
    code = str(json.loads(operator("appoint", "clerk", login, "--name", "林经办", "--agency", "360100", "--json"))["code"])
    page = opened(browser, width)
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if "Content Security Policy" in said.text else None)
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    secret = first_sign_in(page, here, login, code)
    page.get_by_role("link", name="登录安全").click()
    page.get_by_label("名字").fill("蓝色")
    page.get_by_label("验证器的六位数字").fill(next_code(secret))
    fits(page, True)
    page.get_by_role("button", name="插入或触碰密钥，加入").click()
    page.get_by_text("加入于").wait_for()
    fits(page, True)
    page.get_by_role("button", name="退出").click()
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="用安全密钥登录").wait_for()
    fits(page, True)
    page.get_by_role("button", name="用安全密钥登录").click()
    page.get_by_role("heading", name="工作台").wait_for()
    assert not blocked, blocked
