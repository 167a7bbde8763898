"""Codes sent to telephones open accounts, give back lost ones and move them, and cannot be guessed, used twice or sent without end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from account_people import (
    PASSWORD,
    browser,
    code_sent,
    identified,
    number,
    rows,
    signed_up,
    text,
)
from django.test import override_settings

pytestmark = pytest.mark.usefixtures("migrated")
OWN = "another long pass phrase 31"


@pytest.fixture(autouse=True)
def no_codes(migrated: None) -> None:
    """Every test begins without codes, so that one does not use up the allowance of another."""
    from lingbao.web.credentials.models import TextCode

    TextCode.objects.all().delete()


def asked(purpose: str, phone: str, client: Any = None) -> Any:
    client = client or browser()
    answer = client.post(f"/account/{purpose}/", {"phone": phone})
    assert answer.status_code == 302, text(answer)
    return client


def earlier(**back: float) -> None:
    """Move the codes that were sent into the past."""
    from django.db.models import F

    from lingbao.web.credentials.models import TextCode

    span = timedelta(**back)
    TextCode.objects.update(sent_at=F("sent_at") - span, expires_at=F("expires_at") - span)
    TextCode.objects.exclude(confirmed_at=None).update(confirmed_at=F("confirmed_at") - span)


def sent_in(client: Any, purpose: str, code: str) -> Any:
    return client.post(f"/account/{purpose}/code/", {"code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def phone_behind(client: Any) -> str:
    from django.contrib.auth import get_user_model

    from lingbao.web.account.logins import phone_of

    return phone_of(get_user_model().objects.get(pk=client.session["_auth_user_id"]))


def test_an_account_is_opened_only_by_who_holds_the_telephone() -> None:
    client = asked("sign-up", "13300000001")
    assert client.get("/account/sign-up/password/").headers["Location"] == "/account/sign-up/", "not without the code"
    code = code_sent("13300000001")
    assert sent_in(client, "sign-up", wrong(code)).status_code == 422
    assert client.post("/account/sign-up/password/", {"password1": OWN}).headers["Location"] == "/account/sign-up/"
    assert sent_in(browser(), "sign-up", code).headers["Location"] == "/account/sign-up/", "the code belongs to the session that asked for it"
    assert sent_in(client, "sign-up", f" {code[:3]} {code[3:]}").headers["Location"] == "/account/sign-up/password/"
    assert client.post("/account/sign-up/password/", {"password1": "1234567890"}).status_code == 422
    assert client.post("/account/sign-up/password/", {"password1": OWN}).headers["Location"] == "/account/identity/"
    assert phone_behind(client) == "13300000001"


def test_nothing_of_the_code_or_the_number_stands_in_the_database_or_an_address() -> None:
    client = asked("sign-up", "13300000002")
    code = code_sent("13300000002")
    kept = "".join(str(row) for table in ("credentials_textcode", "django_session") for row in rows(f"SELECT t::text FROM {table} t"))
    assert code not in kept and "13300000002" not in kept
    from django.contrib.sessions.models import Session

    assert all("13300000002" not in str(each.get_decoded()) for each in Session.objects.all())
    assert "13300000002" not in text(client.get("/account/sign-up/code/"))


def test_wrong_codes_end_the_code_and_too_many_close_the_number_for_a_day() -> None:
    client = asked("sign-up", "13300000003")
    for _ in range(3):
        code = code_sent("13300000003")
        for _ in range(5):
            assert sent_in(client, "sign-up", wrong(code)).status_code == 422
        assert sent_in(client, "sign-up", code).status_code == 422, "five wrong ones use it up"
        earlier(seconds=61)
        closed = text(client.post("/account/sign-up/", {"phone": "13300000003"}))
    assert "24 小时" in closed
    earlier(hours=25)
    asked("sign-up", "13300000003", client)
    assert sent_in(client, "sign-up", code_sent("13300000003")).status_code == 302


def test_without_the_count_of_wrong_codes_the_right_one_would_still_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.credentials import text_codes

    monkeypatch.setattr(text_codes, "WRONG_EACH", 10**6)
    client = asked("sign-up", "13300000004")
    code = code_sent("13300000004")
    for _ in range(6):
        sent_in(client, "sign-up", wrong(code))
    assert sent_in(client, "sign-up", code).status_code == 302, "the control: it is the count that closes it"


def test_a_code_ends_after_minutes_and_with_a_newer_one_and_holds_once() -> None:
    client = asked("sign-up", "13300000005")
    first = code_sent("13300000005")
    earlier(minutes=10)
    assert sent_in(client, "sign-up", first).status_code == 422
    assert client.post("/account/sign-up/code/", {"again": "1"}).status_code == 200
    second = code_sent("13300000005")
    assert sent_in(client, "sign-up", second).status_code == 302
    earlier(minutes=20)
    assert client.post("/account/sign-up/password/", {"password1": OWN}).headers["Location"] == "/account/sign-up/", "confirmed too long ago"

    other, older = asked("sign-up", "13300000006"), code_sent("13300000006")
    earlier(seconds=61)
    asked("sign-up", "13300000006")
    assert sent_in(other, "sign-up", older).status_code == 422, "a newer code takes its place"


def test_messages_are_not_sent_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.credentials import text_codes
    from lingbao.web.credentials.gateways import outbox

    client = asked("sign-up", "13300000007")
    assert client.post("/account/sign-up/code/", {"again": "1"}).content.decode().count("秒后再获取") == 1
    for _ in range(text_codes.PHONE_A_DAY - 1):
        earlier(seconds=61)
        asked("sign-up", "13300000007")
    earlier(seconds=61)
    assert "明天再试" in text(client.post("/account/sign-up/", {"phone": "13300000007"}))
    assert sum(each.phone == "13300000007" for each in outbox().messages()) == text_codes.PHONE_A_DAY
    monkeypatch.setattr(text_codes, "ADDRESS_AN_HOUR", text_codes.PHONE_A_DAY)
    assert "这个网络" in text(client.post("/account/sign-up/", {"phone": "13300000008"}))


def test_who_asks_for_a_code_does_not_learn_whether_the_number_has_an_account() -> None:
    signed_up("13300000009")
    earlier(seconds=61)
    pages = []
    for purpose in ("sign-up", "reset"):
        for phone in ("13300000009", "13300000010"):
            client = asked(purpose, phone)
            pages.append(re.sub(r"\d{3}\*{4}\d{4}|value=\"\w+\"", "", text(client.get(f"/account/{purpose}/code/"))))
            earlier(seconds=61)
    assert pages[0] == pages[1] and pages[2] == pages[3]
    client = asked("sign-up", "13300000009")
    assert "已经开过账户" in text(sent_in(client, "sign-up", code_sent("13300000009"))), "the holder of the number is told"
    client = asked("reset", "13300000010")
    assert sent_in(client, "reset", code_sent("13300000010")).status_code == 404


def test_a_lost_password_is_given_back_to_who_holds_the_number_and_knows_the_identity(migrated: None) -> None:
    old = identified()
    phone = phone_behind(old)
    mine = rows("SELECT identity_masked FROM people_person p JOIN people_actor a ON a.person_id = p.id JOIN auth_user u ON u.username = a.login WHERE u.id = %s",
                old.session["_auth_user_id"])[0][0]
    identity = identity_of(old)
    assert identity[-1] == mine[-1]
    earlier(seconds=61)
    client = asked("reset", phone)
    assert client.get("/account/reset/password/").headers["Location"] == "/account/reset/"
    assert sent_in(client, "reset", code_sent(phone)).headers["Location"] == "/account/reset/identity/"
    assert client.get("/account/reset/password/").headers["Location"] == "/account/reset/identity/", "the code alone is not enough"
    assert client.post("/account/reset/password/", {"password1": OWN}).headers["Location"] == "/account/reset/identity/"
    assert client.post("/account/reset/identity/", {"number": number(997)}).status_code == 422
    assert client.post("/account/reset/identity/", {"number": identity}).headers["Location"] == "/account/reset/password/"
    assert "新密码" in text(client.post("/account/reset/password/", {"password1": OWN}))
    assert old.get("/account/").headers["Location"].startswith("/account/sign-in/"), "every session under the old password has ended"
    assert browser().post("/account/sign-in/", {"login": phone, "password": PASSWORD}).status_code == 200
    again = browser()
    assert again.post("/account/sign-in/", {"login": phone, "password": OWN}).headers["Location"] == "/account/"
    assert "凭短信验证码重设" in text(again.get("/account/messages/"))
    assert client.post("/account/reset/password/", {"password1": OWN}).headers["Location"] == "/account/reset/", "once"


def identity_of(client: Any) -> str:
    from account_people import person_of

    from lingbao.registry.people.persons import read
    from lingbao.registry.session import SYSTEM, acting_as

    person = person_of(client)
    with acting_as(SYSTEM):
        return str(read([person], ["identity_number"], purpose="测试")[person]["identity_number"])


def test_wrong_identity_numbers_close_the_account_for_a_while() -> None:
    old = identified()
    phone, identity = phone_behind(old), identity_of(old)
    earlier(seconds=61)
    client = asked("reset", phone)
    sent_in(client, "reset", code_sent(phone))
    for _ in range(5):
        assert client.post("/account/reset/identity/", {"number": number(997)}).status_code == 422
    assert "15 分钟" in text(client.post("/account/reset/identity/", {"number": identity}))


def password_again(client: Any) -> None:
    assert client.post("/account/confirm/?next=/account/phone/", {"password": PASSWORD}).headers["Location"] == "/account/phone/"


def test_the_number_of_an_account_is_changed_and_the_old_one_is_told() -> None:
    from lingbao.web.credentials.gateways import outbox

    client = identified()
    before, person = phone_behind(client), identity_of(client)
    earlier(seconds=61)
    password_again(client)
    asked("phone", "13300000011", client)
    done = sent_in(client, "phone", code_sent("13300000011"))
    assert done.headers["Location"] == "/account/phone/done/"
    assert "0011" in text(client.get("/account/phone/done/"))
    assert client.get("/account/").status_code == 200 and identity_of(client) == person, "the person stays the same"
    assert browser().post("/account/sign-in/", {"login": "13300000011", "password": PASSWORD}).headers["Location"] == "/account/"
    assert browser().post("/account/sign-in/", {"login": before, "password": PASSWORD}).status_code == 200, "the old number opens nothing"
    assert "另一个手机号" in next(each.text for each in outbox().messages() if each.phone == before)
    assert "本人更换手机号" in text(client.get("/account/data/"))


def test_a_number_that_has_an_account_takes_no_other() -> None:
    signed_up("13300000012")
    client = identified()
    before = phone_behind(client)
    earlier(seconds=61)
    password_again(client)
    asked("phone", "13300000012", client)
    assert "已经开过账户" in text(sent_in(client, "phone", code_sent("13300000012")))
    assert phone_behind(client) == before


def test_the_password_is_asked_for_again_before_the_number_changes() -> None:
    client = identified()
    assert client.get("/account/phone/").headers["Location"].startswith("/account/confirm/")
    assert client.post("/account/phone/", {"phone": "13300000016"}).headers["Location"].startswith("/account/confirm/")
    assert client.post("/account/confirm/?next=/account/phone/", {"password": OWN}).status_code == 200
    password_again(client)
    assert client.get("/account/phone/").status_code == 200


def test_without_a_gateway_nobody_is_left_waiting_for_a_message() -> None:
    with override_settings(LINGBAO_DEMONSTRATION=False):
        answer = browser().post("/account/sign-up/", {"phone": "13300000013"})
        assert answer.status_code == 422 and "经办窗口" in text(answer)
        assert browser().get("/outbox/").status_code == 404, "only a demonstration shows messages"
        with override_settings(LINGBAO_TEXT_RELAY="http://example.org/send"):
            assert "https" in text(browser().post("/account/sign-up/", {"phone": "13300000013"}))
    assert browser().get("/outbox/").status_code == 200


def test_a_relay_gets_a_signed_message_and_its_failure_is_said(caplog: pytest.LogCaptureFixture) -> None:
    import json
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from lingbao.registry.notices.relay import signed

    taken: list[tuple[str, bytes]] = []
    answers = [200, 503]

    class Relay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.headers["Lingbao-Signature"], body))
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Relay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with override_settings(LINGBAO_TEXT_RELAY=f"http://127.0.0.1:{server.server_port}/texts", LINGBAO_DEMONSTRATION=False):
            client = asked("sign-up", "13300000014")
            signature, body = taken[0]
            message = json.loads(body)
            at = int(re.match(r"t=(\d+)", signature)[1])  # type: ignore[index]
            assert signature == signed(body, at) and signature != signed(body + b" ", at)
            code = re.search(r"\d{6}", message["text"])
            assert code and message["phone"] == "13300000014"
            assert sent_in(client, "sign-up", code[0]).status_code == 302
            assert "没有发出" in text(browser().post("/account/sign-up/", {"phone": "13300000015"}))
    finally:
        server.shutdown()
        server.server_close()
    assert code[0] not in caplog.text and "13300000014" not in caplog.text
