"""Accounts of staff: appointed by a one-time code, reset with one person or two, and every step on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from account_people import rows as as_owner
from registry_world import World, filled, open_file
from test_desk_sign_in import PASSWORD, code_of, set_up, with_password

OWN = "words that only I know"


@pytest.fixture
def world(migrated: None) -> Iterator[World]:
    """One of its own for each test: they change accounts."""
    with filled() as made:
        yield made


@pytest.fixture
def colleague(world: World) -> Any:
    """A browser of a second administrator."""
    from django.contrib.auth import get_user_model

    from lingbao.registry.people.actors import actor_numbered, appoint
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        world.actors["colleague"] = actor_numbered(appoint("administrator", "辛", login="colleague"))
    get_user_model().objects.create_user(username="colleague", password=PASSWORD)
    return world.client("colleague")


def granted(world: World, colleague: Any, page: str) -> Any:
    """The answer to the second administrator, who grants what waits at an account."""
    request = re.search(r'name="request" value="(\d+)"', colleague.get(page).content.decode())
    assert request
    return colleague.post(page, {"action": "grant", "request": request[1], "reason": "核实本人"})


def reset(world: World, colleague: Any, role: str, reason: str = "忘记密码") -> str:
    """The one-time code of a password that one administrator asked to reset and another granted."""
    page = account(world, role)
    assert world.client("administrator").post(page, {"action": "password", "reason": reason}).status_code == 302
    return code_in(granted(world, colleague, page))


def code_in(answer: Any) -> str:
    found = re.search(r"<code>([A-Z2-9]{5}(?:-[A-Z2-9]{5}){3})</code>", answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def first(world: World, login: str, code: str, password: str = OWN) -> tuple[Any, Any]:
    browser = world.client("anonymous")
    return browser, browser.post("/desk/first/", {"login": login, "invitation": code, "password": password})


def account(world: World, name: str) -> str:
    return f"/desk/actors/{world.actors[name].id}/"


def test_the_appointed_choose_a_password_with_the_code_once_and_set_up_an_authenticator(world: World, colleague: Any) -> None:
    from lingbao.web.credentials.models import Invitation

    made = world.client("administrator").post("/desk/actors/", {"role": "auditor", "name": "庚", "login": "auditor-2"})
    made = granted(world, colleague, made.headers["Location"])
    code = code_in(made)
    assert code not in made.request["PATH_INFO"] and bytes(Invitation.objects.get().code_hash).find(code.encode()) < 0
    assert with_password(world, "auditor-2", code)[1].status_code == 403, "the code is no password"
    assert first(world, "auditor-2", code, "1234567890")[1].status_code == 422, "a weak password does not use up the code"
    assert first(world, "clerk", code)[1].status_code == 403, "the code of another is none"
    browser, answer = first(world, "auditor-2", code.lower().replace("-", " "))
    assert answer.headers["Location"].startswith("/desk/code/")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", browser.get("/desk/code/").content.decode())
    assert secret and browser.post("/desk/code/", {"code": code_of(secret[1])}).status_code == 302
    assert browser.get("/desk/actors/history/").status_code == 200
    assert first(world, "auditor-2", code)[1].status_code == 403, "it holds once"
    assert with_password(world, "auditor-2", OWN)[1].headers["Location"].startswith("/desk/code/")


def test_a_code_that_is_old_or_replaced_opens_nothing(world: World, colleague: Any) -> None:
    from django.utils import timezone

    from lingbao.web.credentials.models import Invitation

    older, newer = reset(world, colleague, "clerk"), reset(world, colleague, "clerk", "代码遗失")
    assert first(world, "clerk", older)[1].status_code == 403
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert first(world, "clerk", newer)[1].status_code == 403


def test_guessing_codes_closes_the_login(world: World, colleague: Any) -> None:
    code = reset(world, colleague, "clerk")
    for _ in range(5):
        assert first(world, "clerk", "AAAAA-AAAAA-AAAAA-AAAAA")[1].status_code == 403
    assert first(world, "clerk", code)[1].status_code == 422, "closed for a while, even for the right code"


def test_a_password_reset_ends_every_session_and_leaves_the_authenticator(world: World, colleague: Any) -> None:
    browser, secret, _ = set_up(world, "clerk")
    waiting, _ = with_password(world, "clerk")
    code = reset(world, colleague, "clerk")
    assert browser.get("/desk/").headers["Location"].startswith("/desk/sign-in/")
    assert waiting.get("/desk/code/").headers["Location"].startswith("/desk/sign-in/"), "the old password given before opens nothing"
    assert with_password(world, "clerk")[1].status_code == 403
    mine, answer = first(world, "clerk", code)
    assert answer.headers["Location"].startswith("/desk/code/")
    assert secret not in mine.get("/desk/code/").content.decode() and "<svg" not in mine.get("/desk/code/").content.decode()
    assert mine.post("/desk/code/", {"code": "000000"}).status_code == 403, "the authenticator is still asked for"


def test_an_authenticator_is_reset_by_two_and_by_neither_alone(world: World, colleague: Any) -> None:
    set_up(world, "clerk")
    browser, page = world.client("administrator"), account(world, "clerk")
    assert browser.post(page, {"action": "authenticator", "reason": "手机遗失"}).status_code == 302
    request = re.search(r'name="request" value="(\d+)"', browser.get(page).content.decode())
    assert request and 'value="grant"' not in browser.get(page).content.decode()
    grant = {"action": "grant", "request": request[1], "reason": "视频核实本人"}
    assert browser.post(page, grant).status_code == 403, "not by the one who asked"
    waiting, _ = with_password(world, "clerk")
    code = code_in(colleague.post(page, grant))
    assert waiting.get("/desk/code/").headers["Location"].startswith("/desk/sign-in/"), "nobody who knows the old password sets up his own"
    assert colleague.post(page, grant).status_code == 404, "answered once"
    mine, _ = first(world, "clerk", code)
    assert "<svg" in mine.get("/desk/code/").content.decode(), "a new authenticator is set up"
    told = [line for line, in as_owner("SELECT action || ' ' || reason FROM people_actor_event WHERE actor_id = %s ORDER BY id", world.actors["clerk"].id)]
    assert told[1:] == ["authenticator_asked 手机遗失", "authenticator_reset 视频核实本人"]
    assert "视频核实本人" in world.client("auditor").get("/desk/actors/history/").content.decode()


def test_nobody_grants_the_reset_of_his_own_and_without_the_rule_he_could(world: World, colleague: Any) -> None:
    page = account(world, "administrator")
    assert colleague.post(page, {"action": "authenticator", "reason": "手机遗失"}).status_code == 302
    number = as_owner("SELECT max(id) FROM people_actor_event")[0][0]
    grant = {"action": "grant", "request": number, "reason": "本人"}
    assert world.client("administrator").post(page, grant).status_code == 403
    as_owner("ALTER TABLE people_actor_event DISABLE TRIGGER people_actor_event_two_persons")
    assert world.client("administrator").post(page, grant).status_code == 200


def test_a_reset_without_reason_or_of_a_worker_is_refused(world: World) -> None:
    browser = world.client("administrator")
    assert browser.post(account(world, "clerk"), {"action": "password", "reason": " "}).status_code == 422
    assert browser.get(account(world, "clerk")).status_code == 200
    assert browser.get(account(world, "worker")).status_code == 404
    assert browser.post(account(world, "worker"), {"action": "password", "reason": "忘记"}).status_code == 404
    assert with_password(world, "clerk")[1].status_code == 302, "nothing was reset"


def test_what_was_done_is_seen_by_administrator_and_auditor_and_changed_by_nobody(world: World) -> None:
    from django.db import DatabaseError
    from made_up import under_role

    from lingbao.registry.errors import RegistryError

    count = "SELECT count(*) FROM people_actor_event"
    seen = {role: under_role(world.actors[role], count)[0][0] for role in ("worker", "clerk", "supervisor", "coordinator", "engineer", "auditor", "administrator")}
    assert {role for role, lines in seen.items() if lines} == {"auditor", "administrator"}
    with pytest.raises(DatabaseError, match="append-only"):
        as_owner("UPDATE people_actor_event SET reason = 'x'")
    for role, by in (("auditor", "auditor"), ("administrator", "auditor")):
        with pytest.raises((DatabaseError, RegistryError)):
            under_role(world.actors[role], "INSERT INTO people_actor_event (actor_id, action, by_actor, reason) VALUES (%s, 'password_reset', %s, 'x')",
                       [world.actors["clerk"].id, world.actors[by].id])


def test_a_lost_number_is_changed_at_the_counter_by_two_and_the_old_password_ends(world: World) -> None:
    from django.contrib.auth import get_user_model
    from made_up import as_owner as rows

    from lingbao.registry.people.persons import read
    from lingbao.registry.session import SYSTEM, acting_as
    from lingbao.web.account.logins import login_of, open_login

    person = world.own.person
    get_user_model().objects.filter(username="worker").delete()
    rows("UPDATE people_actor SET login = %s WHERE person_id = %s", [open_login("13200000001", OWN).get_username(), person])
    worker = world.client("anonymous")
    assert worker.post("/account/sign-in/", {"login": "13200000001", "password": OWN}).headers["Location"] == "/account/"
    page, form = f"/desk/persons/{person}/telephone/", {"key": "t1", "phone": "13200000002", "reason": "身份证原件，本人到场"}
    clerk = world.client("clerk")
    open_file(clerk, person)
    assert clerk.post(page, {**form, "phone": "12"}).status_code == 422
    assert clerk.post(page, {**form, "reason": " "}).status_code == 422
    assert clerk.post(page, {**form, "phone": "13200000001"}).status_code == 422, "a number with an account"
    asked = clerk.post(page, form).headers["Location"]
    decision = {"key": "d1", "action": "agree", "reason": "核对属实"}
    assert clerk.post(asked, decision).status_code == 403, "not by the one who asked"
    assert worker.get("/account/").status_code == 200, "nothing has changed yet"
    assert world.client("supervisor").post(asked, {**decision, "key": "d2"}).status_code == 302
    assert get_user_model().objects.filter(username=login_of("13200000002")).exists()
    with acting_as(SYSTEM):
        assert read([person], ["phone"], purpose="测试")[person]["phone"] == "13200000002"
    assert worker.get("/account/").headers["Location"].startswith("/account/sign-in/")
    for phone in ("13200000001", "13200000002"):
        assert world.client("anonymous").post("/account/sign-in/", {"login": phone, "password": OWN}).status_code == 200, "the old password is none"
