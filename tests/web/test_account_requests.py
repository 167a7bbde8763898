"""What a worker asks for beyond paying: catch-up, subsidies, the move between the schemes, appeals; decided at the desk, seen by the worker."""

from __future__ import annotations

import datetime
import itertools
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from account_people import answered, credited, enrolled, identified, key_of, paid, person_of, rows, sent, text

pytestmark = pytest.mark.usefixtures("migrated")
_names = itertools.count(1)


def staff(role: str, province: str = "36") -> Any:
    """A browser of a clerk or supervisor of a province, past both factors."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from lingbao.registry.people.actors import Agency, appoint, open_agency
    from lingbao.registry.session import SYSTEM, acting_as

    login = f"requests-{role}-{next(_names)}"
    with acting_as(SYSTEM):
        appoint(role, "甲", login=login, agency=open_agency(Agency(f"{province}0100", province, "社会保险经办机构")))
    get_user_model().objects.create_user(username=login, password="correct horse battery")
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username=login))
    session = client.session
    session["desk.begun"] = session["desk.seen"] = time.time()
    session.save()
    return client


@pytest.fixture(scope="module")
def desk(migrated: None) -> Iterator[tuple[Any, Any]]:
    """A clerk and a supervisor."""
    yield staff("clerk"), staff("supervisor")


def decide(client: Any, address: str, action: str, **form: str) -> Any:
    """Send a form of the desk with the key of its page."""
    page = text(client.get(address))
    key = re.search(rf'name="key" value="([0-9a-z]+{action})"', page)
    assert key, page
    return client.post(address, {"key": key[1], "action": action, **form})


def year_begun(monkeypatch: pytest.MonkeyPatch, client: Any, *, allowed: bool | None) -> Any:
    """An enrolled worker with months of the year missed; the place allows or forbids catching up, or is silent."""
    from dataclasses import replace

    from lingbao.registry.collection import bills, settling
    from lingbao.registry.enrolment import terms
    from lingbao.web.account.views import missed

    if _year_of(-3) < _year_of(0):
        pytest.skip("in the first quarter fewer than three months of the year have passed")
    said = terms.terms_of

    def changed(*args: Any, **kwargs: Any) -> Any:
        return replace(said(*args, **kwargs), catch_up=allowed)

    for module in (bills, settling, missed):
        monkeypatch.setattr(module, "terms_of", changed)
    enrolled(client)
    paid(client)
    rows("UPDATE enrolment_membership SET since = since - 3 WHERE person_id = %s", person_of(client))
    rows("UPDATE enrolment_choice SET since = since - 3 WHERE membership_id IN (SELECT id FROM enrolment_membership WHERE person_id = %s)", person_of(client))
    return client


@pytest.fixture
def forward(monkeypatch: pytest.MonkeyPatch) -> None:
    """The membership table lets its first month be moved, which only a test does."""
    rows("ALTER TABLE enrolment_membership DISABLE TRIGGER USER")
    rows("ALTER TABLE enrolment_choice DISABLE TRIGGER USER")
    yield  # type: ignore[misc]
    rows("ALTER TABLE enrolment_membership ENABLE TRIGGER USER")
    rows("ALTER TABLE enrolment_choice ENABLE TRIGGER USER")


def test_missed_months_are_billed_where_the_place_allows_it(monkeypatch: pytest.MonkeyPatch, forward: None) -> None:
    from lingbao.web.account.access import this_month

    client = year_begun(monkeypatch, identified(), allowed=True)
    first, second = this_month() - 3, this_month() - 2
    assert "允许在当年内补缴" in text(client.get("/account/missed/"))
    assert "请至少勾选一个月份" in text(answered(client, "catch-up", ("months", {})))
    page = answered(client, "catch-up", ("months", {f"month{first}": "yes", f"month{second}": "yes"}))
    assert "1,566.00" in text(page)  # two months of 783.00
    assert sent(client, "catch-up", page).headers["Location"] == "/account/pay/"
    assert rows("SELECT month FROM collection_part JOIN collection_bill b ON b.id = bill_id WHERE b.kind = 'catch_up' AND b.person_id = %s ORDER BY 1",
                person_of(client)) == [(first,), (second,)]
    paid(client)
    assert rows("SELECT count(*) FROM record_month WHERE person_id = %s AND month = %s", person_of(client), first) == [(1,)]


@pytest.mark.parametrize(("allowed", "said"), [(False, "不允许灵活就业人员补缴"), (None, "还没有收录")])
def test_where_the_law_does_not_allow_it_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, forward: None, allowed: bool | None, said: str) -> None:
    client = year_begun(monkeypatch, identified(), allowed=allowed)
    page = text(client.get("/account/missed/"))
    assert said in page and "开补缴单</a>" not in page
    assert client.get("/account/catch-up/").headers["Location"] == "/account/missed/"


def ask_subsidy(client: Any, programme: str = "hard_to_employ") -> str:
    pages = [("programme", {"programme": programme}), *([("school", {"months_since_school": "5"})] if programme == "graduate" else []),
             *([("payer", {"payer": "state:0"})] if programme == "shared" else []), ("ground", {"ground": "认定书 360100-0001"})]
    return str(sent(client, "subsidy", answered(client, "subsidy", *pages)).headers["Location"])


def test_a_subsidy_is_asked_for_granted_by_a_supervisor_and_paid_for_a_month_paid(desk: tuple[Any, Any]) -> None:
    from lingbao.law.month import format_month
    from lingbao.law.store import Law
    from lingbao.registry.collection.subsidies import post_subsidies
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.access import this_month, today

    clerk, supervisor = desk
    client = identified(birth="19720301")
    assert "没有享受补贴" in text(client.get("/account/subsidies/"))
    enrolled(client)
    paid(client)
    address = ask_subsidy(client)
    assert "已申请，正在审核" in text(client.get(address))
    number = address.rstrip("/").rpartition("/")[2]
    at_desk = f"/desk/requests/subsidies/{number}/"
    assert "认定书 360100-0001" in text(clerk.get(at_desk)) and f"{at_desk}" in text(clerk.get("/desk/requests/"))
    month = format_month(this_month())
    assert clerk.post(at_desk, {"key": "a1", "action": "grant", "share": "50", "since": month, "last": month, "reason": "认定"}).status_code == 403
    assert decide(supervisor, at_desk, "grant", share="70", since=month, last=month, reason="认定").status_code == 422  # above the law's two thirds
    assert decide(supervisor, at_desk, "grant", share="50", since=month, last=month, reason="认定〔2026〕1号").status_code == 302
    run_as(SYSTEM, lambda: post_subsidies(Law.load(), "36", this_month(), on=today()))
    page = text(client.get("/account/subsidies/"))
    assert "享受中" in page and "391.50" in page  # half of 783.00
    shown = text(client.get(address))
    assert "已批准" in shown and "认定〔2026〕1号" in shown and "申请行政复议" in shown


def test_a_refusal_comes_with_its_reason_and_a_request_can_be_taken_back(desk: tuple[Any, Any]) -> None:
    clerk, _ = desk
    client = identified()
    address = ask_subsidy(client, "graduate")
    again = sent(client, "subsidy", answered(client, "subsidy", ("programme", {"programme": "graduate"}), ("school", {"months_since_school": "5"}), ("ground", {"ground": "再来"})))
    assert "已经申请" in text(again)
    at_desk = f"/desk/requests/subsidies/{address.rstrip('/').rpartition('/')[2]}/"
    assert decide(clerk, at_desk, "refuse", reason=" ").status_code == 422
    assert decide(clerk, at_desk, "refuse", reason="没有毕业证书").status_code == 302
    assert "没有毕业证书" in text(client.get(address))
    other = ask_subsidy(client, "shared")
    client.post(other, {"action": "withdraw", "key": "k" * 20})
    assert "您撤回了" in text(client.get(other))
    assert identified().get(other).status_code == 404


def test_the_time_for_graduates_ends_by_law() -> None:
    client = identified()
    page = answered(client, "subsidy", ("programme", {"programme": "graduate"}), ("school", {"months_since_school": "30"}), ("ground", {"ground": "毕业证书"}))
    assert "已超过可享受的期限" in text(page) and 'name="key"' not in text(page)
    assert "还只是建议" in text(client.get("/account/subsidies/"))


def both_schemes(months: int, birth: str = "19600301") -> Any:
    """Someone past the statutory age with employee months and two resident years, one of them paid twice for five months."""
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.access import this_month, today

    client = identified(birth=birth)
    credited(client, months)
    person = person_of(client)

    def work() -> None:
        bank, resident, individual = open_accounts([AccountName("bank", "province", 36, "36"), AccountName("resident_account", "person", person, "36"),
                                                    AccountName("individual", "person", person, "36")])
        entry = post([Draft("opening", [Leg(bank, -150_000), Leg(resident, 50_000), Leg(individual, 100_000)], source=f"both:{person}")], actor=0,
                     law_hash="law", reason="建账", value_date=today())[0]
        year = (this_month() - months) // 12
        credit_years([PaidYear(person, each, "36", 12_000, 0, 0, entry, today()) for each in (year - 1, year)])

    run_as(SYSTEM, work)
    return client


def test_a_move_between_the_schemes_is_worked_out_asked_for_and_followed(desk: tuple[Any, Any]) -> None:
    clerk, _ = desk
    client = both_schemes(24)
    twice = len([month for month in range(-24, 0) if _year_of(month) == _year_of(-24)])
    refund = 12_000 * twice / 12
    page = answered(client, "convert", ("direction", {"direction": "to_resident"}))
    assert "1,000.00" in text(page) and (not refund or f"{refund / 100:,.2f}" in text(page))
    address = sent(client, "convert", page).headers["Location"]
    assert "正在审核" in text(client.get(address)) and "最晚" in text(client.get(address))
    assert client.get("/account/convert/").headers["Location"] == "/account/conversions/"  # one at a time
    assert decide(clerk, f"/desk/requests/conversions/{address.rstrip('/').rpartition('/')[2]}/", "accept").status_code == 302
    done = text(client.get(address))
    assert "已办结" in done and "1,000.00" in done and "申请行政复议" in done
    line = re.search(r"/account/statement/\d+/\d+/", done)
    assert line and "制度转换" in text(client.get(line[0]))


def _year_of(back: int) -> int:
    from lingbao.web.account.access import this_month

    return (this_month() + back) // 12


def test_before_the_statutory_age_the_page_says_when() -> None:
    client = identified(birth="19880315")
    page = text(client.get("/account/conversions/"))
    assert "达到法定退休年龄" in page and "先看怎么算" not in page
    assert client.get("/account/convert/").headers["Location"] == "/account/conversions/"


def test_an_appeal_begins_at_the_decision_shows_its_deadline_and_is_decided_by_another(desk: tuple[Any, Any]) -> None:
    from lingbao.web.account.access import today
    from lingbao.web.figures import day

    clerk, _ = desk
    client = both_schemes(12)
    assert client.get("/account/appeal/").headers["Location"] == "/account/complaints/"  # nothing is decided yet
    address = sent(client, "convert", answered(client, "convert", ("direction", {"direction": "to_resident"}))).headers["Location"]
    number = address.rstrip("/").rpartition("/")[2]
    assert client.get(f"/account/appeal/of/conversion/{number}/").status_code == 404
    decide(clerk, f"/desk/requests/conversions/{number}/", "refuse", reason="材料不全")
    last = today() + datetime.timedelta(days=60)
    page = text(client.get(address))
    assert "材料不全" in page and day(last) in page
    assert client.get(f"/account/appeal/of/conversion/{number}/").headers["Location"] == "/account/appeal/says/"
    assert client.post("/account/appeal/says/", {"says": "材料都交了"}).headers["Location"] == "/account/appeal/check/"
    check = client.get("/account/appeal/check/")
    assert day(last) in text(check) and day(today()) in text(check)
    matter = client.post("/account/appeal/check/", {"key": key_of(check)}).headers["Location"]
    shown = text(client.get(matter))
    assert "行政复议" in shown and address in shown and "材料都交了" in shown
    assert matter in text(client.get(address))
    about = f"conversion:{number}"
    assert rows("SELECT kind, about, against IS NOT NULL FROM dispute_case WHERE person_id = %s", person_of(client)) == [("review", about, True)]
    by_desk = f"/desk/matters/{matter.rstrip('/').rpartition('/')[2]}/"
    clerk.post(by_desk, {"key": "b1", "action": "accept"})
    assert clerk.post(by_desk, {"key": "b2", "action": "answer", "reason": "维持"}).status_code == 403  # who decided does not review
    assert staff("clerk").post(by_desk, {"key": "b3", "action": "answer", "reason": "撤销原决定"}).status_code == 302
    assert "撤销原决定" in text(client.get(matter))


def test_after_the_period_an_appeal_is_refused_and_a_complaint_is_open(desk: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.account import access, decisions
    from lingbao.web.account.views import appeal

    client = both_schemes(12)
    address = sent(client, "convert", answered(client, "convert", ("direction", {"direction": "to_resident"}))).headers["Location"]
    decide(desk[0], f"/desk/requests/conversions/{address.rstrip('/').rpartition('/')[2]}/", "refuse", reason="材料不全")
    later = access.today() + datetime.timedelta(days=61)
    for module in (decisions, appeal):
        monkeypatch.setattr(module, "today", lambda: later)
    page = text(client.get(address))
    assert "已过" in page and "投诉" in page
    client.get(address.replace("/account/conversions/", "/account/appeal/of/conversion/"))
    client.post("/account/appeal/says/", {"says": "晚了"})
    check = client.get("/account/appeal/check/")
    assert "期限已过" in text(check)
    refused = client.post("/account/appeal/check/", {"key": key_of(check)})
    assert refused.status_code == 422 and "可改为投诉" in text(refused)
    client.post("/account/appeal/known/", {"known_on": str(later)})  # learned of it later: the period runs from that day
    check = client.get("/account/appeal/check/")
    assert client.post("/account/appeal/check/", {"key": key_of(check)}).headers["Location"].startswith("/account/complaints/")


def test_proof_of_employee_insurance_is_asked_for_checked_approved_and_given_up(desk: tuple[Any, Any]) -> None:
    from datetime import timedelta

    from lingbao.web.account.access import today

    clerk, supervisor = desk
    client = identified()
    assert "申请免代扣" in text(client.get("/account/exemptions/")) and "/account/exemptions/" in text(client.get("/account/orders/"))
    days = {"since": str(today()), "until": str(today() + timedelta(100))}
    client.get("/account/exempt/")
    assert "日期请按" in text(client.post("/account/exempt/days/", {**days, "since": "昨天"}))
    page = answered(client, "exempt", ("days", days), ("proof", {"proof": "某公司参保证明 88 号"}))
    assert "另一人批准" in text(page)
    address = str(sent(client, "exempt", page).headers["Location"])
    assert "正在核对证明" in text(client.get(address)) and identified().get(address).status_code == 404
    at_desk = f"/desk/requests/exemptions/{address.rstrip('/').rpartition('/')[2]}/"
    assert "某公司参保证明 88 号" in text(clerk.get(at_desk)) and at_desk in text(clerk.get("/desk/requests/"))
    assert decide(clerk, at_desk, "check", reason="参保缴费记录相符").status_code == 302
    assert decide(supervisor, at_desk, "approve").status_code == 302
    assert "已批准" in text(client.get(address)) and "申请行政复议" in text(client.get(address))
    page = text(client.get("/account/exemptions/"))
    assert "有效" in page
    number = re.search(r'name="exemption" value="(\d+)"', page)
    assert number is not None and client.post("/account/exemptions/", {"key": "k" * 20, "exemption": number[1]}).status_code == 302
    assert "本人要求恢复代扣" in text(client.get("/account/exemptions/"))
    assert rows("SELECT until FROM orders_exemption WHERE id = %s", int(number[1])) == [(today(),)]
