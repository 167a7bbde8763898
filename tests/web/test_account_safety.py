"""The worker's pages let in whom they should, show no one another's affairs, and keep what they are given sealed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from account_people import (
    PASSWORD,
    answered,
    browser,
    enrolled,
    identified,
    key_of,
    number,
    paid,
    rows,
    sent,
    signed_up,
    text,
)

pytestmark = pytest.mark.usefixtures("migrated")


@pytest.fixture(scope="module")
def member(migrated: None) -> Any:
    """A worker who has enrolled and paid one month."""
    client = identified()
    enrolled(client)
    paid(client)
    return client


def test_the_role_of_the_services_sees_nothing_that_the_site_keeps(member: Any) -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.session import SYSTEM, acting_as

    for table in ("worker_certificate", "worker_draft", "worker_holder", "auth_user", "django_session", "mfa_authenticator",
                  "credentials_invitation", "credentials_textcode"):
        with pytest.raises(Forbidden), acting_as(SYSTEM):
            rows(f"SELECT count(*) FROM {table}")
        assert rows(f"SELECT count(*) >= 0 FROM {table}") == [(True,)]  # the control: the table is there


def test_nobody_can_change_a_certificate_that_was_issued(member: Any) -> None:
    from django.db import DatabaseError, transaction

    page = member.get("/account/certificates/")
    code = member.post("/account/certificates/", {"key": key_of(page)}).headers["Location"].rstrip("/").rpartition("/")[2]
    with pytest.raises(DatabaseError), transaction.atomic():
        rows("UPDATE worker_certificate SET issued_at = now()")
    rows("ALTER TABLE worker_certificate DISABLE TRIGGER ALL")  # the control: without the trigger it goes through, and the page notices
    try:
        rows("UPDATE worker_certificate SET digest = repeat('0', 64) WHERE id = (SELECT max(id) FROM worker_certificate)")
    finally:
        rows("ALTER TABLE worker_certificate ENABLE TRIGGER ALL")
    assert "不能作准" in text(browser().get(f"/account/verify/{code}/"))


def test_who_is_on_record_is_found_only_with_name_and_telephone() -> None:
    from lingbao.registry.people.identity import read_identity_number
    from lingbao.registry.people.persons import Registration, register
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.access import today

    mine = number(901)
    known = run_as(SYSTEM, lambda: register(SYSTEM, Registration(
        read_identity_number(mine, today=today()), "钱二", "rural", "36", "36", phone="13711110001"))).person
    pages = (("number", {"number": mine}), ("hukou", {"hukou": "36", "hukou_kind": "rural"}), ("residence", {"residence": "36"}), ("consent", {"agreed": "yes"}))
    thief, misnamed, self = signed_up("13711110002"), signed_up("13711110001"), None
    for client, name in ((thief, "钱二"), (misnamed, "钱三")):
        refused = sent(client, "identity", answered(client, "identity", ("name", {"name": name}), *pages))
        assert refused.status_code == 422 and "不一致" in text(refused)
    self = misnamed
    assert sent(self, "identity", answered(self, "identity", ("name", {"name": "钱二"}), *pages)).headers["Location"] == "/account/"
    assert rows("SELECT person_id FROM people_actor WHERE person_id = %s", known) == [(known,)]


def test_answers_on_the_way_are_sealed_and_not_kept_for_long() -> None:
    client, mine = signed_up("13811110001"), number(903)
    answered(client, "identity", ("name", {"name": "孙三"}), ("number", {"number": mine}), ("hukou", {"hukou": "36", "hukou_kind": "rural"}),
             ("residence", {"residence": "36"}), ("consent", {"agreed": "yes"}))
    stored = rows("SELECT encode(answers_sealed, 'escape') || about || sent_to FROM worker_draft")
    stored += rows("SELECT session_data FROM django_session") + rows("SELECT username FROM auth_user")
    assert not any(mine in cell or "孙三" in cell or "13811110001" in cell for cell, in stored)
    rows("UPDATE worker_draft SET changed_at = changed_at - interval '8 days'")
    signed_up("13811110003").get("/account/identity/")  # whoever comes next clears what was left lying
    assert rows("SELECT count(*) FROM worker_draft") == [(1,)]


def test_a_wrong_number_is_refused_without_repeating_it() -> None:
    client = signed_up("13811110002")
    client.get("/account/identity/")
    client.post("/account/identity/name/", {"name": "李四"})
    wrong = number(905)[:-1] + "?"
    answer = client.post("/account/identity/number/", {"number": wrong})
    assert answer.status_code == 422 and text(answer).count(wrong[:17]) == 1  # in the field alone, to be mended


def sign_in(client: Any, phone: str, password: str) -> Any:
    return client.post("/account/sign-in/", {"login": phone, "password": password})


def test_five_wrong_passwords_close_the_login_for_a_while() -> None:
    signed_up("13611110001")
    signed_up("13611110002")
    for _ in range(5):
        assert "不对" in text(sign_in(browser(), "136 1111 0001", "wrong"))
    refused = sign_in(browser(), "13611110001", PASSWORD)
    assert refused.status_code == 200 and "请 15 分钟后再试" in text(refused)
    assert sign_in(browser(), "13611110002", PASSWORD).status_code == 302  # others come in
    rows("UPDATE worker_signinfailure SET at = at - interval '16 minutes'")
    assert sign_in(browser(), "+86 13611110001", PASSWORD).status_code == 302


def test_staff_do_not_come_in_by_the_workers_door() -> None:
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_user(username="clerk-of-36", password=PASSWORD)
    client = browser()
    refused = sign_in(client, "clerk-of-36", PASSWORD)
    assert "手机号应为 1 开头的 11 位数字" in text(refused) and "_auth_user_id" not in client.session


def test_a_second_step_is_asked_for_and_its_secret_is_sealed() -> None:
    import time

    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    def code(secret: str) -> str:
        return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))

    client = signed_up("13511110001")
    page = text(client.get("/account/security/totp/activate/", follow=True))
    if "请再输一次密码" in page:
        page = text(client.post("/account/confirm/?next=/account/security/totp/activate/", {"password": PASSWORD}, follow=True))
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page)
    assert secret and "<svg" in page and "data:" not in page
    assert client.post("/account/security/totp/activate/", {"code": code(secret[1])}).status_code == 302
    assert len(re.findall(r"<li><code>", text(client.get("/account/security/recovery-codes/")))) == 10
    assert secret[1] not in str(Authenticator.objects.values_list("data", flat=True))
    fresh = browser()
    assert sign_in(fresh, "13511110001", PASSWORD).headers["Location"].startswith("/account/security/second-step/")
    assert fresh.get("/account/").headers["Location"].startswith("/account/sign-in/")  # a password alone opens nothing
    assert fresh.post("/account/security/second-step/", {"code": "000000"}).status_code == 200
    recovery = re.search(r"<li><code>(\w+)</code>", text(client.get("/account/security/recovery-codes/")))
    assert recovery
    assert fresh.post("/account/security/second-step/", {"code": recovery[1]}).status_code == 302
    assert fresh.get("/account/").status_code == 302 and "identity" in fresh.get("/account/").headers["Location"]


PUBLIC = ("sign-in/", "sign-up/", "sign-up/code/", "sign-up/password/", "reset/", "reset/code/", "reset/identity/", "reset/password/", "sign-out/", "verify/", "verify/<slug:code>/", "security/second-step/")
FILLED = {"<int:number>": "1", "<int:account>": "1", "<int:entry>": "1", "<slug:code>": "A" * 16, "<slug:number>": "P" + "0" * 24, "<slug:slug>": "tier",
          "<slug:day>": "2026-11-02", "<int:platform>": "1", "<str:number>": "T.1", "<slug:kind>": "claim"}


def addresses() -> list[tuple[str, str]]:
    from lingbao.web.account.urls import urlpatterns

    filled = []
    for each in urlpatterns:
        pattern = str(each.pattern)
        address = pattern
        for name, value in FILLED.items():
            address = address.replace(name, value)
        filled.append((pattern, f"/account/{address}"))
    return filled


def test_without_signing_in_nothing_of_anyone_is_shown() -> None:
    for pattern, address in addresses():
        if pattern not in PUBLIC:
            for method in ("get", "post"):
                answer = getattr(browser(), method)(address)
                assert answer.status_code in (302, 405) and answer.headers.get("Location", "/account/sign-in/").startswith("/account/sign-in/"), (method, address)


def test_what_is_anothers_is_not_found(member: Any) -> None:
    stranger = identified()
    enrolled(stranger)
    page = member.get("/account/certificates/")
    paper = member.post("/account/certificates/", {"key": key_of(page)}).headers["Location"]
    line = re.search(r"/account/statement/\d+/\d+/", text(member.get("/account/statement/")))
    member.post("/account/bills/", {"key": key_of(member.get("/account/bills/"))})
    receipt = paid(member, other="3").headers["Location"]
    complaint = sent(member, "complain", answered(member, "complain", ("kind", {"kind": "advice"}), ("says", {"says": "问一下"}))).headers["Location"]
    membership = rows("SELECT m.id FROM enrolment_membership m JOIN people_actor a USING (person_id) JOIN auth_user u ON u.username = a.login"
                      " WHERE u.id = %s", member.session["_auth_user_id"])[0][0]
    assert line
    for address in (paper, paper + "certificate.pdf", line[0], receipt, complaint, f"/account/enrolled/{membership}/"):
        assert member.get(address).status_code == 200, address  # the control: it is there
        assert stranger.get(address).status_code == 404, address
    assert stranger.post(complaint, {"action": "withdraw", "key": "x" * 20}).status_code == 404
    assert stranger.post(paper).status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_keeps_to_the_policy_and_speaks_the_language(member: Any, lang: str) -> None:
    for pattern, address in addresses():
        if "<" in pattern or pattern.endswith((".json", "data/consent/")) or pattern.endswith(("sign-out/", "totp/deactivate/", "recovery-codes/", "generate/", "download/")):
            continue
        answer = member.get(address, {"lang": lang}, follow=True)
        page = text(answer)
        assert answer.status_code == 200, address
        assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<[^>]+\s(style|on\w+)=|<script(?![^>]* src=)|<style", page), address
        assert answer.headers["Cache-Control"] in ("private, no-store", "max-age=0, no-cache, no-store, must-revalidate, private"), address
        assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in page
        if lang == "en":
            words = re.sub(r"<[^>]+>|赵一|赵\*", "", page.partition("<main")[2].partition("</main>")[0])
            assert not re.search(r"[一-鿿]{4,}", re.sub(r"〔.*?〕|国发|国办发|登记|出具证明|本人", "", words)), (address, re.findall(r"[一-鿿]{4,}", words))
    member.get("/account/", {"lang": "zh"})
