"""Staff sign in by program with both factors: one lock-out, one memory of codes and one end of sessions for page and API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from registry_matrix import API
from registry_world import World, filled
from test_desk_sign_in import PASSWORD, code_of, set_up, with_password


@pytest.fixture
def world(migrated: None) -> Iterator[World]:
    """One of its own for each test: they change accounts."""
    with filled() as made:
        yield made


def ask(method: str, address: str, body: Any = None, *, token: str = "", status: int = 200) -> Any:
    """Send a request as a program does: without cookies, and with the check of forged forms that a browser meets."""
    from django.test import Client

    program = Client(headers={"host": "localhost"}, raise_request_exception=False, enforce_csrf_checks=True)
    headers = {"Idempotency-Key": "k1", **({"X-Session-Token": token} if token else {})}
    answer = program.generic(method, f"{API}{address}", json.dumps(body or {}), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content.decode()
    assert not program.cookies, "a program gets a token, and no cookie beside it"
    return answer.json()


def first_step(name: str, password: str = PASSWORD, *, status: int = 200) -> Any:
    return ask("POST", "/staff/sign-in", {"login": name, "password": password}, status=status)


def second_step(challenge: str, code: str, *, status: int = 200) -> Any:
    return ask("POST", "/staff/second-step", {"challenge": challenge, "code": code}, status=status)


def secret_of(world: World, name: str) -> str:
    """Set an authenticator up on the page and forget its last code, so that the present one is still to be shown."""
    from lingbao.web.credentials.models import LastStep

    _, secret, _ = set_up(world, name)
    LastStep.objects.all().delete()
    return secret


def signed_in(world: World, name: str) -> str:
    """Return the token of a session of the API with both factors."""
    secret = secret_of(world, name)
    token: str = second_step(first_step(name)["challenge"], code_of(secret))["session_token"]
    return token


def aged(token: str, **back: float) -> None:
    """Make a session as old as if these moments of it lay so many seconds back."""
    from lingbao.web.sessions import SessionStore

    session = SessionStore(token)
    for name, seconds in back.items():
        session[f"desk.{name}"] = time.time() - seconds
    session.save()


def test_two_factors_open_the_desk_and_neither_of_them_alone(world: World) -> None:
    assert first_step("clerk", status=403)["code"] == "desk.no_authenticator", "it is set up on the page"
    secret = secret_of(world, "clerk")
    assert first_step("clerk", "wrong", status=403)["code"] == "desk.wrong"
    assert first_step("worker", status=403)["code"] == "desk.wrong", "a worker has no desk"
    found = first_step("clerk")
    ask("GET", "/desk/me", token=found["challenge"], status=401)
    assert second_step(found["challenge"], "000000", status=403)["code"] == "desk.wrong_code"
    done = second_step(found["challenge"], code_of(secret))
    assert (done["role"], done["idle_seconds"], done["longest_seconds"]) == ("clerk", 15 * 60, 8 * 3600)
    assert ask("GET", "/desk/me", token=done["session_token"])["role"] == "clerk"
    assert ask("POST", "/desk/campaign", token=done["session_token"]) == {"queued": 1}, "what changes something needs no cookie and no other token"
    assert ask("POST", "/desk/settlements", token=done["session_token"], status=403)["code"] == "registry.role"
    ask("GET", "/me", token=done["session_token"], status=403)
    assert second_step(found["challenge"], code_of(secret), status=403)["code"] == "desk.challenge", "a challenge is used up"
    ask("DELETE", "/staff/session", token=done["session_token"])
    ask("GET", "/desk/me", token=done["session_token"], status=401)
    ask("POST", "/desk/campaign", status=401)


def test_the_lock_out_is_one_for_page_and_api(world: World) -> None:
    secret = secret_of(world, "clerk")
    waiting = first_step("clerk")["challenge"]
    for _ in range(2):
        assert with_password(world, "clerk", "wrong")[1].status_code == 403
    for _ in range(2):
        first_step("clerk", "wrong", status=403)
    second_step(waiting, "000000", status=403)
    assert first_step("clerk", status=422)["code"] == "account.locked"
    assert second_step(waiting, code_of(secret), status=422)["code"] == "account.locked"
    assert with_password(world, "clerk")[1].status_code == 422
    assert with_password(world, "supervisor")[1].status_code == 302  # the control: another comes in


def test_a_code_used_on_the_page_holds_no_more_by_api_nor_the_other_way(world: World) -> None:
    secret = secret_of(world, "clerk")
    browser, _ = with_password(world, "clerk")
    waiting, code = first_step("clerk")["challenge"], code_of(secret)
    assert browser.post("/desk/code/", {"code": code}).status_code == 302
    assert second_step(waiting, code, status=403)["code"] == "desk.wrong_code"
    secret = secret_of(world, "supervisor")
    browser, _ = with_password(world, "supervisor")
    code = code_of(secret)
    second_step(first_step("supervisor")["challenge"], code)
    assert browser.post("/desk/code/", {"code": code}).status_code == 403


def test_without_the_memory_of_codes_the_test_above_would_notice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.mfa.totp.internal.auth import validate_totp_code
    from allauth.mfa.utils import decrypt

    from lingbao.web.desk import second_factor

    monkeypatch.setattr(second_factor, "holds_once", lambda kept, code: validate_totp_code(decrypt(kept.data["secret"]), code))
    secret = secret_of(world, "clerk")
    browser, _ = with_password(world, "clerk")
    waiting, code = first_step("clerk")["challenge"], code_of(secret)
    assert browser.post("/desk/code/", {"code": code}).status_code == 302
    assert second_step(waiting, code)["session_token"]


@pytest.mark.parametrize("back", [{"seen": 15 * 60 + 1}, {"begun": 8 * 3600 + 1}])
def test_a_session_of_the_api_ends_when_idle_and_after_a_working_day(world: World, back: dict[str, float]) -> None:
    token = signed_in(world, "clerk")
    aged(token, seen=14 * 60, begun=7 * 3600)
    ask("GET", "/desk/me", token=token)
    aged(token, seen=0)
    aged(token, **back)
    ask("GET", "/desk/me", token=token, status=401)
    aged_out = ask("POST", "/desk/campaign", token=token, status=401)
    assert aged_out["code"] == "registry.signed_out"


def test_a_dismissal_and_a_new_password_end_the_session_and_the_challenge(world: World) -> None:
    from django.contrib.auth import get_user_model

    token = signed_in(world, "clerk")
    waiting = first_step("clerk")["challenge"]
    ask("GET", "/desk/me", token=token)
    page = f"/desk/actors/{world.actors['clerk'].id}/"
    assert world.client("administrator").post(page, {"action": "dismiss", "reason": "离职"}).status_code == 302
    ask("GET", "/desk/me", token=token, status=401)
    assert second_step(waiting, "000000", status=403)["code"] == "desk.challenge"

    token = signed_in(world, "supervisor")
    waiting = first_step("supervisor")["challenge"]
    user = get_user_model().objects.get(username="supervisor")
    user.set_password("another long phrase 9")
    user.save()
    ask("GET", "/desk/me", token=token, status=401)
    assert second_step(waiting, "000000", status=403)["code"] == "desk.challenge"


def test_a_challenge_is_good_for_five_minutes(world: World) -> None:
    from lingbao.web.sessions import SessionStore

    secret = secret_of(world, "clerk")
    found = first_step("clerk")
    session = SessionStore(found["challenge"])
    session["desk.user"] = [*session["desk.user"][:2], time.time() - found["seconds"] - 1]
    session.save()
    assert second_step(found["challenge"], code_of(secret), status=403)["code"] == "desk.challenge"
    assert second_step(first_step("clerk")["challenge"], code_of(secret))["role"] == "clerk"
