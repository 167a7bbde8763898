"""Staff sign in with two factors, are locked out after wrong ones, and are signed out when idle, late or dismissed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from registry_world import World, filled

PASSWORD = "correct horse battery"


@pytest.fixture
def world(migrated: None) -> Iterator[World]:
    """One of its own for each test: they change accounts."""
    with filled() as made:
        yield made


def code_of(secret: str) -> str:
    """Return the code of this moment; one about to end is not given."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    left = 30 - time.time() % 30
    if left < 5:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_password(world: World, name: str, password: str = PASSWORD) -> tuple[Any, Any]:
    browser = world.client("anonymous")
    return browser, browser.post("/desk/sign-in/", {"login": name, "password": password, "next": "/desk/reports/"})


def set_up(world: World, name: str) -> tuple[Any, str, Any]:
    """Sign in for the first time and return the browser, the secret and the answer."""
    browser, _ = with_password(world, name)
    page = browser.get("/desk/code/").content.decode()
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert found and "<svg" in page
    return browser, found[1], browser.post("/desk/code/", {"code": code_of(found[1]), "next": "/desk/reports/"})


def test_the_first_sign_in_sets_up_the_authenticator_and_the_password_alone_opens_nothing(world: World) -> None:
    from allauth.mfa.models import Authenticator

    browser, answer = with_password(world, "clerk")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/desk/code/")
    assert browser.get("/desk/").headers["Location"].startswith("/desk/sign-in/")
    browser, secret, answer = set_up(world, "clerk")
    assert answer.headers["Location"] == "/desk/reports/"
    assert browser.get("/desk/").status_code == 200
    assert secret not in str(Authenticator.objects.get().data), "the secret is sealed in the database"


def test_a_code_holds_once(world: World) -> None:
    _, secret, _ = set_up(world, "clerk")
    first, _ = with_password(world, "clerk")
    second, _ = with_password(world, "clerk")
    code = code_of(secret)
    assert first.post("/desk/code/", {"code": code}).status_code == 302
    assert second.post("/desk/code/", {"code": code}).status_code == 403


def test_five_wrong_passwords_lock_out_even_the_right_one(world: World) -> None:
    for _ in range(5):
        assert with_password(world, "clerk", "wrong")[1].status_code == 403
    locked = with_password(world, "clerk")[1]
    assert locked.status_code >= 400 and "15" in locked.content.decode()
    assert with_password(world, "supervisor")[1].status_code == 302


def test_wrong_codes_count_too(world: World) -> None:
    set_up(world, "clerk")
    for _ in range(5):
        browser, _ = with_password(world, "clerk")
        assert browser.post("/desk/code/", {"code": "000000"}).status_code == 403
    assert with_password(world, "clerk")[1].status_code >= 400


def test_a_worker_has_no_desk_and_a_worker_s_session_opens_none(world: World) -> None:
    from django.contrib.auth import get_user_model
    from django.test import Client

    assert with_password(world, "worker")[1].status_code == 403
    browser = Client(headers={"host": "localhost"})
    browser.force_login(get_user_model().objects.get(username="clerk"))
    assert browser.get("/desk/").headers["Location"].startswith("/desk/sign-in/"), "a session without the second factor is none"


@pytest.mark.parametrize(("name", "back"), [("desk.seen", 15 * 60 + 1), ("desk.begun", 8 * 3600 + 1)])
def test_a_session_ends_when_idle_and_after_a_working_day(world: World, name: str, back: int) -> None:
    browser = world.client("clerk")
    assert browser.get("/desk/").status_code == 200
    session = browser.session
    session[name] = time.time() - back
    session.save()
    assert browser.get("/desk/").headers["Location"].startswith("/desk/sign-in/")


def test_a_dismissal_holds_at_once(world: World) -> None:
    browser = world.client("clerk")
    assert browser.get("/desk/").status_code == 200
    administrator, page = world.client("administrator"), f"/desk/actors/{world.actors['clerk'].id}/"
    assert administrator.post(page, {"action": "dismiss", "reason": " "}).status_code == 422
    assert browser.get("/desk/").status_code == 200, "no dismissal without a reason"
    assert administrator.post(page, {"action": "dismiss", "reason": "调往外单位"}).status_code == 302
    assert "调往外单位" in world.client("auditor").get("/desk/actors/history/").content.decode()
    assert browser.get("/desk/").headers["Location"].startswith("/desk/sign-in/")


def test_the_way_on_stays_on_the_desk(world: World) -> None:
    browser, secret, _ = set_up(world, "clerk")
    del browser, secret
    browser = world.client("anonymous")
    answer = browser.post("/desk/sign-in/", {"login": "clerk", "password": PASSWORD, "next": "https://example.org/desk/"})
    assert answer.headers["Location"] == "/desk/code/?next=/desk/"
