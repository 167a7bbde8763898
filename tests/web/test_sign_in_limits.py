"""Nobody gets round the limits of a sign-in: by another page, another spelling, many tries at once, an old session or a clock set back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from account_people import PASSWORD as WORKERS
from account_people import browser, rows, signed_up, text
from registry_world import World
from test_desk_sign_in import code_of, set_up, with_password

STAFF = "correct horse battery"
NOT_FOR_STAFF = ("password/", "confirm/", "security/", "security/everywhere/", "security/confirm/", "security/totp/activate/", "security/totp/deactivate/",
                 "security/recovery-codes/", "security/recovery-codes/generate/", "security/recovery-codes/download/")


@pytest.fixture(autouse=True)
def fresh(migrated: None) -> Iterator[None]:
    """Counts of allauth's own limits, which stand in this process, begin at nought."""
    from django.core.cache import cache

    cache.clear()
    yield


def test_every_page_about_passwords_and_second_factors_is_listed_here() -> None:
    from lingbao.web.account.urls import urlpatterns

    found = {str(each.pattern) for each in urlpatterns if str(each.pattern).startswith(("password/", "confirm/", "security/"))}
    assert found == {*NOT_FOR_STAFF, "security/second-step/"}


@pytest.mark.parametrize("role", ["clerk", "supervisor", "administrator", "engineer"])
def test_staff_have_no_business_at_the_worker_s_security_pages(world: World, role: str) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model

    TOTP.activate(get_user_model().objects.get(username=role), generate_totp_secret())
    staff = world.client(role)
    assert staff.post("/account/confirm/", {"password": STAFF}).status_code == 403
    for address in NOT_FOR_STAFF:
        for method in ("get", "post"):
            assert getattr(staff, method)(f"/account/{address}").status_code == 403, (address, method)
    assert Authenticator.objects.filter(user__username=role).count() == 1
    assert world.client("worker").get("/account/security/").status_code == 200  # the control


def test_who_was_dismissed_does_not_change_a_password_either(world: World) -> None:
    from django.contrib.auth import get_user_model

    staff = world.client("auditor")
    rows("UPDATE people_actor SET active = false WHERE login = 'auditor'")
    try:
        assert staff.get("/account/password/").status_code == 403
    finally:
        rows("UPDATE people_actor SET active = true WHERE login = 'auditor'")
    assert get_user_model().objects.get(username="auditor").check_password(STAFF)


def test_the_case_of_letters_does_not_count_anew(world: World) -> None:
    for name in ("engineer", "Engineer", "ENGINEER", "eNgineer", "engıneer"):
        assert with_password(world, name, "wrong")[1].status_code == 403
    assert with_password(world, "ENGINEEr", STAFF)[1].status_code == 422
    assert with_password(world, "auditor", STAFF)[1].status_code == 302  # the control: another comes in


def test_many_wrong_passwords_at_once_are_no_more_than_one_after_another(world: World) -> None:
    from django.db import connection

    together, found = threading.Barrier(12), []

    def ask() -> None:
        together.wait()
        try:
            found.append(with_password(world, "coordinator", "wrong")[1].status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (found.count(403), found.count(422)) == (5, 7)


def test_guessing_at_the_pages_of_who_is_signed_in_counts_too() -> None:
    for serial, (address, field) in enumerate((("/account/confirm/", "password"), ("/account/password/", "oldpassword"),
                                               ("/account/security/everywhere/", "password"))):
        phone = f"1361111100{serial}"
        client = signed_up(phone)
        for _ in range(5):
            assert client.post(address, {field: "wrong", "password1": "another long phrase 7", "password2": "another long phrase 7"}).status_code in (200, 422)
        refused = browser().post("/account/sign-in/", {"login": phone, "password": WORKERS})
        assert refused.status_code == 200 and "15 分钟" in text(refused), address


def test_behind_the_proxy_each_address_has_its_own_count(settings_https: None) -> None:
    def tries(address: str, serial: int) -> int:
        client = browser()
        headers = {"x-forwarded-proto": "https", "x-forwarded-for": f"203.0.113.9, {address}"}
        return int(client.post("/account/sign-in/", {"login": f"1390000{serial:04d}", "password": "wrong-pass"}, headers=headers).status_code)

    assert {tries(f"198.51.100.{n}", n) for n in range(33)} == {200}
    assert [tries("198.51.100.200", 100 + n) for n in range(33)].count(429) == 3  # the control: one address is held to thirty


@pytest.fixture
def settings_https(site: None) -> Iterator[None]:
    """The site as it stands behind a proxy."""
    from django.conf import settings

    settings.HTTPS = True
    yield
    settings.HTTPS = False


def aged(client: Any, **changes: float) -> None:
    session = client.session
    for name, seconds in changes.items():
        session[name] = time.time() - seconds
    session.save()


@pytest.mark.parametrize(("phone", "changes"), [("13622220001", {"begun": 12 * 3600 + 1}), ("13622220002", {"begun": -600}), ("13622220003", {"renewed": -600})],
                         ids=["too old", "begun in the future", "used in the future"])
def test_a_session_ends_in_any_case(phone: str, changes: dict[str, float]) -> None:
    from django.contrib.sessions.models import Session

    client = signed_up(phone)
    aged(client, begun=11 * 3600, renewed=200)
    assert client.get("/account/security/").status_code == 200
    key = client.session.session_key
    aged(client, **changes)
    assert client.get("/account/security/").headers["Location"].startswith("/account/sign-in/")
    assert not Session.objects.filter(session_key=key).exists()


def test_staff_are_signed_out_by_a_clock_set_back_too(world: World) -> None:
    staff = world.client("clerk")
    assert staff.get("/desk/").status_code == 200
    aged(staff, **{"desk.seen": -600, "desk.begun": -600})
    assert staff.get("/desk/").headers["Location"].startswith("/desk/sign-in/")


def test_signing_out_everywhere_ends_browsers_and_apps() -> None:
    from test_worker_api import App

    phone = "13633330001"
    here, elsewhere, app = signed_up(phone), browser(), App()
    assert elsewhere.post("/account/sign-in/", {"login": phone, "password": WORKERS}).status_code == 302
    app.post("/session", {"phone": phone, "password": WORKERS})
    assert here.post("/account/security/everywhere/", {"password": "wrong"}).status_code == 422
    assert elsewhere.get("/account/security/").status_code == 200  # the control
    assert "已全部退出" in text(here.post("/account/security/everywhere/", {"password": WORKERS}))
    for client in (here, elsewhere):
        assert client.get("/account/security/").headers["Location"].startswith("/account/sign-in/")
    app.get("/session", status=403)
    again = App()
    again.post("/session", {"phone": phone, "password": WORKERS})
    app.token = again.token
    assert app.ask("DELETE", "/sessions", {"password": "wrong"}, status=422)["code"] == "account.password_wrong"
    assert app.ask("DELETE", "/sessions", {"password": WORKERS}) == {"signed_in": False}
    again.get("/session", status=403)


def test_a_code_holds_once_in_whichever_process(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.mfa.totp.internal.auth import TOTP
    from django.core.cache import cache

    from lingbao.web.desk import second_factor

    _, secret, _ = set_up(world, "auditor")
    found = []
    code = code_of(secret)
    for _ in range(2):
        cache.clear()  # another process has a memory of its own
        client, _ = with_password(world, "auditor")
        found.append(client.post("/desk/code/", {"code": code}).status_code)
    assert found == [302, 403]
    monkeypatch.setattr(second_factor, "holds_once", lambda kept, given: TOTP(kept).validate_code(given))  # the control
    client, _ = with_password(world, "auditor")
    cache.clear()
    assert client.post("/desk/code/", {"code": code_of(secret)}).status_code == 302


def test_wrong_codes_of_the_second_step_are_not_forgotten_by_the_right_password() -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model
    from django.core.cache import cache

    phone = "13644440001"
    client = signed_up(phone)
    TOTP.activate(get_user_model().objects.get(pk=client.session["_auth_user_id"]), generate_totp_secret())
    for _ in range(5):
        thief = browser()
        assert thief.post("/account/sign-in/", {"login": phone, "password": WORKERS}).status_code == 302
        cache.clear()
        assert thief.post("/account/security/second-step/", {"code": "000000"}).status_code == 200
    refused = browser().post("/account/sign-in/", {"login": phone, "password": WORKERS})
    assert refused.status_code == 200 and "15 分钟" in text(refused)


def test_a_platform_is_counted_by_its_key_and_others_by_address(world: World) -> None:
    from django.conf import settings
    from django.test import Client

    before, settings.LINGBAO_API_RATE = settings.LINGBAO_API_RATE, "3/m"
    try:
        def asked(**headers: str) -> list[int]:
            client = Client(headers={"host": "localhost"})
            return [client.get("/api/v1/registry/platform", headers=headers).status_code for _ in range(6)]

        assert asked(authorization=f"Bearer {world.own.key}") == [200] * 6
        assert asked() == [401] * 3 + [429] * 3
        assert asked(authorization=f"Bearer {world.own.key}x") == [401] * 3 + [429] * 3
    finally:
        settings.LINGBAO_API_RATE = before


def test_the_number_before_is_told_when_a_counter_changes_it(world: World) -> None:
    from lingbao.registry.people.persons import change
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.credentials.gateways import outbox
    from lingbao.web.desk.commands import correction_decision, new_telephone

    person, clerk, supervisor = world.own.person, world.actors["clerk"], world.actors["supervisor"]
    run_as(SYSTEM, lambda: change(SYSTEM, person, {"phone": "13655550001"}, reason="测试"))
    number = new_telephone(clerk, "t1", person, "13655550002", reason="出示身份证")
    for _ in range(2):
        correction_decision(supervisor, "d1", number, accepted=True, reason="核对属实")
    told = [each for each in outbox().messages() if each.phone == "13655550001"]
    assert len(told) == 1 and "已在经办窗口更换" in told[0].text
    assert rows("SELECT template FROM notice_message WHERE person_id = %s AND about = %s", person, f"correction:{number}") == [("correction_accepted",)]


def test_a_key_with_another_number_is_refused(world: World) -> None:
    from lingbao.registry.errors import RegistryError
    from lingbao.web.desk.commands import new_telephone

    person, clerk = world.own.person, world.actors["clerk"]
    first = new_telephone(clerk, "same", person, "13655550011", reason="出示身份证")
    assert new_telephone(clerk, "same", person, "13655550011", reason="出示身份证") == first
    with pytest.raises(RegistryError):
        new_telephone(clerk, "same", person, "13655550012", reason="出示身份证")


def test_another_s_request_for_correction_is_not_found(world: World) -> None:
    worker = world.client("worker")
    assert worker.get(f"/account/corrections/{world.own.correction}/").status_code == 200
    for number in (world.foreign.correction, 999_999, 10**30):
        assert worker.get(f"/account/corrections/{number}/").status_code == 404


def test_a_text_in_a_table_of_the_laboratory_is_no_formula() -> None:
    import polars as pl

    from lingbao.web.lab.export import guarded

    table = guarded(pl.DataFrame({"name": ["=cmd()", "-x", "x", None], "figure": [-1.0, 2.0, 3.0, 4.0]}))
    assert table["name"].to_list() == ["'=cmd()", "'-x", "x", None] and table["figure"].to_list() == [-1.0, 2.0, 3.0, 4.0]


def test_searches_in_vain_are_shown_to_supervisor_and_auditor(world: World) -> None:
    import json

    from made_up import number

    searched = world.client("clerk").generic("POST", "/api/v1/registry/desk/search", json.dumps({"identity_number": number(811, "19710101"), "purpose": "试查一次"}),
                                             content_type="application/json", headers={"Idempotency-Key": "s1"})
    assert searched.status_code == 200 and searched.json() == {"person": None}
    assert "试查一次" in text(world.client("supervisor").get("/desk/accesses/"))
    found = world.client("supervisor").get("/api/v1/registry/desk/audit/missed-searches").json()
    assert [(line["purpose"], line["searches"]) for line in found] == [("试查一次", 1)]
