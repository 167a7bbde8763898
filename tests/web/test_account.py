"""The worker's pages: sign in, say who one is, enrol, pay, look up, certify; on a real PostgreSQL."""

from __future__ import annotations

import datetime
import re
import threading
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
    sent,
    signed_up,
)

pytestmark = pytest.mark.usefixtures("migrated")


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def text(answer: Any) -> str:
    return str(answer.content.decode())


def requests_of(client: Any) -> int:
    """Payments asked of the bank by the owner of a browser."""
    return int(rows("SELECT count(*) FROM collection_request r JOIN people_actor a USING (person_id) JOIN auth_user u ON u.username = a.login"
                    " WHERE u.id = %s", client.session["_auth_user_id"])[0][0])


@pytest.fixture(scope="module")
def member(migrated: None) -> Any:
    """A worker who has enrolled and paid one month."""
    client = identified()
    enrolled(client)
    paid(client)
    return client


def test_enrol_pay_look_up_and_certify() -> None:
    client = identified()
    assert "您现在没有参保" in text(client.get("/account/"))
    done = enrolled(client)
    confirmed = text(client.get(done.headers["Location"]))
    assert "参保登记已办好" in confirmed and "783.00" in confirmed
    receipt = paid(client)
    assert receipt.headers["Location"].startswith("/account/paid/P")
    assert "付款成功" in text(client.get(receipt.headers["Location"]))
    home = text(client.get("/account/"))
    assert "313.20 元" in home and "现在没有要缴的" in home
    statement = text(client.get("/account/statement/"))
    line = re.search(r"/account/statement/\d+/\d+/", statement)
    assert line and "+313.20 元" in statement
    why = text(client.get(line[0]))
    assert "3,915.00 × 20% = 783.00" in why and "783.00 × 8% ÷ 20% = 313.20" in why and "依据" in why
    page = client.get("/account/certificates/")
    paper = client.post("/account/certificates/", {"key": key_of(page)})
    assert client.post("/account/certificates/", {"key": key_of(page)}).headers["Location"] == paper.headers["Location"]
    assert client.get(paper.headers["Location"] + "certificate.pdf").content.startswith(b"%PDF")


def test_the_button_pressed_again_pays_once() -> None:
    client = identified()
    enrolled(client)
    client.get("/account/pay/")
    first = re.search(r'name="amount" value="(\d+)"', text(client.get("/account/pay/amount/")))
    assert first
    page = answered(client, "pay", ("amount", {"amount": first[1]}))
    once, twice = sent(client, "pay", page), sent(client, "pay", page)
    assert once.status_code == 302 and once.headers["Location"] == twice.headers["Location"]
    assert "这一步已经办过" in text(client.get("/account/pay/check/"))
    client.get("/account/complain/")  # another matter in between
    old = client.post("/account/pay/check/", {"key": "0" * 32})
    assert old.status_code == 409 and requests_of(client) == 1
    assert "313.20 元" in text(client.get("/account/"))


def test_two_fingers_on_the_button_at_once_pay_once() -> None:
    from django.db import connection

    client = identified()
    enrolled(client)
    page = answered(client, "pay", ("amount", {"amount": "other"}), ("other", {"other": "10"}))
    together, answers = threading.Barrier(4), []

    def press() -> None:
        other = browser()
        other.cookies = client.cookies
        together.wait()
        answers.append(other.post("/account/pay/check/", {"key": key_of(page)}).status_code)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == [302] * 4 and requests_of(client) == 1


def test_the_key_is_what_makes_it_once() -> None:
    """The control: with a key of its own each press is a payment of its own."""
    client = identified()
    enrolled(client)
    for _ in range(2):
        paid(client, other="10")
    assert requests_of(client) == 2


def test_part_of_a_month_waits_and_the_rest_pays_it() -> None:
    client = identified()
    enrolled(client)
    receipt = paid(client, other="500")
    assert "还不够一个月" in text(client.get(receipt.headers["Location"]))
    assert "283.00" in text(client.get("/account/"))
    receipt = paid(client)
    assert "缴费" in text(client.get(receipt.headers["Location"])) and "313.20 元" in text(client.get("/account/"))


def test_a_month_past_its_time_is_shown_and_not_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.account import access, overview
    from lingbao.web.account.views import pay

    client = identified()
    enrolled(client)
    after = access.today() + datetime.timedelta(days=40)
    monkeypatch.setattr(overview, "today", lambda: after)
    monkeypatch.setattr(pay, "today", lambda: after)
    page = text(client.get("/account/bills/"))
    assert "过期、不能再缴的" in page and "现在没有要缴的" in page


def test_half_a_year_at_once_and_a_new_tier_later() -> None:
    client = identified()
    enrolled(client, rhythm="6")
    assert "1,566.00" in text(client.get("/account/bills/")) or "783.00" in text(client.get("/account/bills/"))
    page = answered(client, "change", ("tier", {"tier": "tier:1"}), ("rhythm", {"rhythm": "1"}))
    assert "1,305.00" in text(page)
    assert sent(client, "change", page).status_code == 302
    choices = rows("SELECT kind, value::float, rhythm FROM enrolment_choice c JOIN enrolment_membership m ON m.id = c.membership_id"
                   " JOIN people_actor a USING (person_id) JOIN auth_user u ON u.username = a.login WHERE u.id = %s ORDER BY c.id",
                   client.session["_auth_user_id"])
    assert choices == [("floor", 0.0, 6), ("tier", 1.0, 1)]


def test_the_resident_scheme_is_paid_by_the_year() -> None:
    client = identified()
    page = answered(client, "enrol", ("place", {"place": "36"}), ("scheme", {"standing": "resident"}), ("income", {"income": ""}),
                    ("tier", {"tier": "fee:500"}))
    assert sent(client, "enrol", page).status_code == 302
    assert "500.00" in text(client.get("/account/bills/"))
    receipt = paid(client)
    assert "付款成功" in text(client.get(receipt.headers["Location"]))
    assert "居民养老保险个人账户" in text(client.get("/account/statement/"))


def test_pause_and_go_on() -> None:
    client = identified()
    enrolled(client)
    page = answered(client, "pause", ("reason", {"reason": "income"}))
    assert "离最低年限还差" in text(page)
    assert sent(client, "pause", page).headers["Location"] == "/account/"
    assert "您现在暂停缴费" in text(client.get("/account/"))
    client.post("/account/go-on/")
    assert "您现在暂停缴费" not in text(client.get("/account/"))


def test_transfer_is_followed_and_withdrawn(member: Any) -> None:
    page = answered(member, "transfer", ("from", {"from_province": "36"}), ("to", {"to_province": "44"}))
    address = sent(member, "transfer", page).headers["Location"]
    line = text(member.get(address))
    assert "江西省 → 广东省" in line and "等新参保地办理" in line and "法定最晚" in line
    assert member.get("/account/transfer/").headers["Location"] == address  # one at a time
    member.post(address, {"action": "withdraw", "steps": "1"})
    assert "本人撤回申请" in text(member.get(address))


def test_a_complaint_has_a_number_and_a_date(member: Any) -> None:
    page = answered(member, "complain", ("kind", {"kind": "complaint"}), ("says", {"says": "单量没有记上 <script>"}))
    address = sent(member, "complain", page).headers["Location"]
    shown = text(member.get(address))
    assert "已提交，等待受理" in shown and "下一步最晚" in shown and "&lt;script&gt;" in shown
    member.post(address, {"action": "withdraw", "key": "k" * 20})
    assert "已撤回" in text(member.get(address))


def test_my_data_are_shown_corrected_and_taken_home(member: Any) -> None:
    page = text(member.get("/account/data/"))
    assert "赵一" in page and "谁看过我的信息" in page and "系统" in page
    member.post("/account/data/consent/", {"purpose": "identity_check", "given": "no"})
    assert "未同意" in text(member.get("/account/data/"))
    asked = answered(member, "correct", ("field", {"field": "residence_province"}), ("value", {"value": "广东", "why": "搬家"}))
    assert sent(member, "correct", asked).status_code == 302
    home = member.get("/account/data/export.json").json()
    assert home["person"]["name"] == "赵一" and home["record"]["months"] and home["accounts"]


def person_of(client: Any) -> int:
    """Number of the person who is signed in."""
    return int(rows("SELECT a.person_id FROM people_actor a JOIN auth_user u ON u.username = a.login WHERE u.id = %s", client.session["_auth_user_id"])[0][0])


def credited(client: Any, months: int) -> None:
    """Put so many months before this one on the record of whoever is signed in."""
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.access import this_month

    person = person_of(client)
    run_as(SYSTEM, lambda: credit_months([
        PaidMonth(person, each, "36", 391500, 31320, 46980, 1, datetime.date(2024, 1, 1)) for each in range(this_month() - months, this_month())]))


def test_what_a_platform_withheld_is_shown_with_its_orders() -> None:
    from lingbao.registry.orders import platforms, taking, workers
    from lingbao.web.account.access import today

    client, day = identified(), today()
    place = platforms.register_platform("meal-account", "外卖平台", "meal platform", "36")
    platforms.agree(place.id, platforms.Agreement("income", 0.05, day.replace(day=1), day + datetime.timedelta(days=31), "代扣协议（测试）第一条"))
    workers.link_many(place.id, {"r1": person_of(client)}, proof="签约记录")
    lines = ["business_date,order_number,sequence,worker,income_fen,minutes,orders", f"{day},A1,0,r1,3000,,", f"{day},A2,0,r1,5000,,"]
    taking.take(place.id, taking.Declaration("f1", "csv", rows=2, income_fen=8000), "\n".join([*lines, ""]).encode(), today=day)
    assert "本月平台已扣 4.00 元，已到账 0.00 元" in text(client.get("/account/"))
    line = re.search(r"/account/statement/\d+/\d+/", text(client.get("/account/statement/")))
    assert line
    page = text(client.get(line[0]))
    assert "外卖平台" in page and "<dd>2</dd>" in page and "80.00 元" in page


def test_the_planner_opens_with_the_recorded_career() -> None:
    client = identified(sex="female")
    assert "paid=none" in client.get("/account/plan/").headers["Location"]
    credited(client, 14)
    address = client.get("/account/plan/").headers["Location"]
    assert "paid=employee" in address and "paid_years=1&paid_months=2" in address and "index=0.6" in address and "class=unsure" in address
    assert not re.search(r"\d{17}[0-9X]", address)


def test_a_pension_is_claimed_when_age_and_months_are_there() -> None:
    from lingbao.web.account.access import this_month

    client = identified(birth="19660115")
    early = client.get("/account/claim/")
    assert early.headers["Location"] == "/account/pension/"  # not yet: too few months
    assert "还没到能申领的时候" in text(client.get("/account/pension/"))
    credited(client, 200)
    page = answered(client, "claim", ("month", {"claim_month": str(this_month())}))
    assert "每月养老金（测算）" in text(page)
    address = sent(client, "claim", page).headers["Location"]
    assert "已申请，正在核定" in text(client.get(address))


def test_the_certificate_is_checked_by_anyone_and_says_when_it_was_taken_back(member: Any) -> None:
    page = member.get("/account/certificates/")
    address = member.post("/account/certificates/", {"key": key_of(page)}).headers["Location"]
    code = address.rstrip("/").rpartition("/")[2]
    stranger = browser()
    seen = text(stranger.get(f"/account/verify/{code}/"))
    assert "这份证明属实" in seen and "赵*" in seen and "赵一" not in seen
    assert stranger.get("/account/verify/", {"code": f"{code[:4]}-{code[4:].lower()}"}).headers["Location"] == f"/account/verify/{code}/"
    assert stranger.get(f"/account/verify/{'A' * 16}/").status_code == 404
    member.post("/account/bills/")
    paid(member, other="5")
    assert text(stranger.get(f"/account/verify/{code}/")) == seen  # as issued, whatever came later
    member.post(address)
    assert "这份证明已作废" in text(stranger.get(f"/account/verify/{code}/"))
    assert member.get(address + "certificate.pdf").status_code == 404


def test_a_certificate_on_paper_leads_to_the_page_where_it_is_checked(member: Any) -> None:
    import io

    import pypdf

    page = member.get("/account/certificates/")
    address = member.post("/account/certificates/", {"key": key_of(page)}).headers["Location"]
    code = address.rstrip("/").rpartition("/")[2]
    said = pypdf.PdfReader(io.BytesIO(member.get(address + "certificate.pdf").content)).pages[0].extract_text()
    assert f"/account/verify/{code}/" in said.replace("\n", "") and "赵一" in said


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


def test_answers_on_the_way_are_sealed_and_gone_when_sent() -> None:
    client, mine = signed_up("13811110001"), number(903)
    answered(client, "identity", ("name", {"name": "孙三"}), ("number", {"number": mine}), ("hukou", {"hukou": "36", "hukou_kind": "rural"}),
             ("residence", {"residence": "36"}), ("consent", {"agreed": "yes"}))
    stored = rows("SELECT encode(answers_sealed, 'escape') || about || sent_to FROM worker_draft")
    stored += rows("SELECT session_data FROM django_session") + rows("SELECT username FROM auth_user")
    assert not any(mine in cell or "孙三" in cell or "13811110001" in cell for cell, in stored)


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


PUBLIC = ("sign-in/", "sign-up/", "sign-out/", "verify/", "verify/<slug:code>/", "security/second-step/")
FILLED = {"<int:number>": "1", "<int:account>": "1", "<int:entry>": "1", "<slug:code>": "A" * 16, "<slug:number>": "P" + "0" * 24, "<slug:slug>": "tier"}


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
    member.post("/account/bills/")
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
