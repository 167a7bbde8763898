"""The worker's pages: enrol, pay, look up, certify, transfer, claim, complain; on a real PostgreSQL."""

from __future__ import annotations

import datetime
import re
import threading
from typing import Any

import pytest
from account_people import (
    answered,
    browser,
    credited,
    enrolled,
    identified,
    key_of,
    paid,
    person_of,
    requests_of,
    rows,
    sent,
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


def test_the_account_is_shown_as_it_stood_on_a_day(member: Any) -> None:
    from lingbao.web.account.access import today

    assert "+313.20 元" in text(member.get("/account/statement/", {"on": str(today())}))
    assert "还没有任何往来" in text(member.get("/account/statement/", {"on": str(today() - datetime.timedelta(days=1))}))
    wrong = member.get("/account/statement/", {"on": "昨天<b>"})
    assert wrong.status_code == 422 and "2026-03-31" in text(wrong) and "<b>" not in text(wrong)


def test_the_account_is_shown_as_the_books_knew_it_then() -> None:
    """Booked today with an earlier day of value: it stands in the account of that day, and the books did not know it then."""
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.session import SYSTEM, acting_as
    from lingbao.web.account.access import today

    client = identified()
    enrolled(client)
    paid(client)
    early, yesterday, person = today() - datetime.timedelta(days=30), today() - datetime.timedelta(days=1), person_of(client)
    with acting_as(SYSTEM):
        bank, own = open_accounts([AccountName("bank", "province", 36, "36"), AccountName("individual", "person", person, "36")])
        post([Draft("contribution", [Leg(bank, -12_300), Leg(own, 12_300)])], actor=0, law_hash="law", reason="更正", value_date=early)
    assert "+123.00 元" in text(client.get("/account/statement/", {"on": str(early)}))
    assert "还没有任何往来" in text(client.get("/account/statement/", {"on": str(early), "known": str(yesterday)}))
    shown = text(client.get("/account/statement/", {"known": str(today())}))
    assert "+123.00 元" in shown and "+313.20 元" in shown and "账上已有的记录" in shown
    assert client.get("/account/statement/", {"known": "then"}).status_code == 422
    own_accounts = "/api/v1/registry/me/accounts"
    assert client.get(own_accounts, {"as_of": str(early)}).json()[0]["balance_fen"] == 12_300
    assert client.get(own_accounts, {"as_of": str(early), "known_on": str(yesterday)}).json() == []


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


def billed_months(client: Any) -> list[tuple[int, bool]]:
    """Months on bills of the owner of a browser, each with whether it was dropped."""
    return rows("SELECT p.month, p.dropped IS NOT NULL FROM collection_part p JOIN people_actor a USING (person_id) JOIN auth_user u ON u.username = a.login"
                " WHERE u.id = %s ORDER BY p.bill_id, p.month", client.session["_auth_user_id"])


def test_the_button_of_a_bill_pressed_twice_makes_one() -> None:
    client = identified()
    enrolled(client)
    paid(client)
    first, = billed_months(client)
    key = key_of(client.get("/account/bills/"))
    for _ in range(2):
        assert client.post("/account/bills/", {"key": key}).headers["Location"] == "/account/pay/"
    assert billed_months(client) == [first, (first[0] + 1, False)]
    assert client.post("/account/bills/", {"key": key_of(client.get("/account/certificates/"))}).status_code == 302  # another key is another wish
    assert len(billed_months(client)) == 3
    assert client.post("/account/bills/").status_code == 422 and len(billed_months(client)) == 3


def test_money_that_waits_pays_the_next_bill_and_the_page_says_so() -> None:
    client = identified()
    enrolled(client)
    paid(client, other="1566")
    answer = client.post("/account/bills/", {"key": key_of(client.get("/account/bills/"))})
    page = text(client.get(answer.headers["Location"]))
    assert "已缴" in page and "没有要缴的了" in page
    assert "626.40 元" in text(client.get("/account/"))


def test_a_bill_that_was_made_in_error_is_dropped_and_made_anew() -> None:
    client = identified()
    enrolled(client)
    address = re.search(r"/account/bills/\d+/", text(client.get("/account/bills/")))
    assert address and "撤销这张缴费单" in text(client.get(address[0]))
    stranger = identified()
    key = key_of(client.get(address[0]))
    assert stranger.get(address[0]).status_code == stranger.post(address[0], {"key": key}).status_code == 404
    for _ in range(2):
        assert client.post(address[0], {"key": key}).headers["Location"] == address[0]
    assert "已撤销" in text(client.get(address[0])) and "现在没有要缴的" in text(client.get("/account/bills/"))
    (month, dropped), = billed_months(client)
    assert dropped
    client.post("/account/bills/", {"key": key_of(client.get("/account/bills/"))})
    assert billed_months(client)[-1] == (month, False)
    paid(client)
    again = re.search(r"\d+", str(rows("SELECT max(id) FROM collection_bill")[0][0]))
    assert again and client.post(f"/account/bills/{again[0]}/", {"key": key_of(client.get("/account/certificates/"))}).status_code == 409


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
    assert "按最低档参保" in text(page), "what becomes of the membership is said before it is sent"
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


def test_the_planner_reads_the_recorded_career_and_no_address_says_anything_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web import engine

    client = identified(sex="female")
    credited(client, 14)
    planned: list[Any] = []
    compare = engine.compare
    monkeypatch.setattr(engine, "compare", lambda who, wishes=None: planned.append(who) or compare(who, wishes))
    begin = client.get("/account/plan/").headers["Location"]
    assert begin == "/plan/income/?recorded=1"
    assert 'name="recorded" value="1"' in text(client.get(begin)) and "birth_year" not in text(client.get(begin))
    forged = "&birth_year=1950&sex=male&balance=9999999&paid=none&residence=11"
    onward = client.get(f"{begin}{forged}&income=6000&send=income").headers["Location"]
    assert onward == "/plan/budget/?recorded=1&income=6000"
    check = text(client.get("/plan/check/?recorded=1&income=6000"))
    assert "1 年" in check and "/plan/birth/" not in check and "/plan/income/?recorded=1" in check.replace("&amp;", "&")
    assert client.get("/plan/birth/?recorded=1").status_code == 404
    assert client.get(f"/plan/result/?recorded=1&income=6000{forged}").status_code == 200
    shown = text(client.get("/plan/result/?recorded=1&income=6000"))
    addresses = re.findall(r'(?:href|src|srcset)="([^"]+)"', shown) + re.findall(r'<input type="hidden" name="([^"]+)"', shown)
    assert any("recorded=1" in each for each in addresses)
    assert not [each for each in addresses if re.search("birth|balance|index|paid|residence|sex|home", each)]
    who, = set(planned)
    assert (who.sex, who.months_paid, who.residence, who.birth // 12) == ("female", 14, "36", 1988)
    assert sum(record.months for record in who.records) == 14
    chart = next(each.replace("&amp;", "&") for each in addresses if each.startswith("/chart/"))
    assert "no-store" in client.get(chart).headers["Cache-Control"] and planned[-1] == who
    stranger = browser().get("/plan/result/?recorded=1&income=6000")
    assert stranger.status_code == 302 and stranger.headers["Location"].startswith("/account/sign-in/")


def test_two_short_questions_are_asked_once_and_may_be_left() -> None:
    from lingbao.web.account.access import this_month

    client = identified()
    enrolled(client)
    person = person_of(client)
    assert "/account/first-job/" in text(client.get("/account/")) and "/account/why-stopped/" not in text(client.get("/account/"))
    page = answered(client, "first-job", ("when", {"first_job_year": "1960", "first_job_month": "3"}))
    assert "1960年3月" in text(page) or "1960-03" in text(page), "before the person was born"
    page = answered(client, "first-job", ("when", {"first_job_year": "2010", "first_job_month": "9"}))
    assert "2010年9月" in text(page) and sent(client, "first-job", page).headers["Location"] == "/account/"
    assert rows("SELECT month FROM monitoring_first_job WHERE person_id = %s", person) == [(2010 * 12 + 8,)]
    assert "/account/first-job/" not in text(client.get("/account/"))
    client = identified()
    person = person_of(client)
    rows("INSERT INTO enrolment_membership (person_id, scheme, standing, province, since, recorded_by) VALUES (%s, 'employee', 'flexible', '36', %s, 0)"
         " RETURNING id", person, this_month() - 9)
    home = text(client.get("/account/"))
    assert "/account/why-stopped/" in home and "今年有" in home and "没有缴费" not in home  # the months not paid are told once
    assert client.get("/api/v1/registry/me/questions").json()["why_stopped"] >= 8
    page = answered(client, "why-stopped", ("reason", {"reason": "unsaid"}))
    sent(client, "why-stopped", page)
    assert rows("SELECT code, channel FROM monitoring_reason WHERE person_id = %s", person) == [("unsaid", "page")]
    assert "/account/why-stopped/" not in text(client.get("/account/"))
    left = identified()
    enrolled(left)
    sent(left, "first-job", answered(left, "first-job", ("when", {})))
    assert rows("SELECT month FROM monitoring_first_job WHERE person_id = %s", person_of(left)) == [(None,)]
    assert left.get("/api/v1/registry/me/questions").json() == {"first_job": False, "why_stopped": None}


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
    home = text(client.get("/account/"))
    assert address in home and "/account/enrol/" not in home and "/account/first-job/" not in home


def test_the_certificate_is_checked_by_anyone_and_says_when_it_was_taken_back(member: Any) -> None:
    page = member.get("/account/certificates/")
    address = member.post("/account/certificates/", {"key": key_of(page)}).headers["Location"]
    code = address.rstrip("/").rpartition("/")[2]
    stranger = browser()
    seen = text(stranger.get(f"/account/verify/{code}/"))
    assert "这份证明属实" in seen and "赵*" in seen and "赵一" not in seen
    assert stranger.get("/account/verify/", {"code": f"{code[:4]}-{code[4:].lower()}"}).headers["Location"] == f"/account/verify/{code}/"
    assert stranger.get(f"/account/verify/{'A' * 16}/").status_code == 404
    member.post("/account/bills/", {"key": key_of(member.get("/account/bills/"))})
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
