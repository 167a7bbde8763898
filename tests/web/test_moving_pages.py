"""Where and what a worker pays, and how one goes elsewhere: own base, cities, temporary accounts, leaving, moving, collecting at the claim."""

from __future__ import annotations

import re
from typing import Any

import pytest
from account_people import answered, credited, enrolled, identified, paid, person_of, rows, sent, text
from test_account_requests import decide, staff

pytestmark = pytest.mark.usefixtures("migrated")


def memberships(client: Any) -> list[tuple[Any, ...]]:
    return rows("SELECT scheme, province, area, until IS NULL FROM enrolment_membership WHERE person_id = %s ORDER BY id", person_of(client))


def test_a_base_of_ones_own_within_the_bounds_is_billed() -> None:
    client = identified()
    pages = [("place", {"place": "43"}), ("scheme", {"standing": "flexible"}), ("income", {"income": ""}), ("tier", {"tier": "own:0"})]
    answered_so_far = client.get("/account/enrol/")
    for slug, answers in pages:
        answered_so_far = client.post(f"/account/enrol/{slug}/", answers)
    assert answered_so_far.headers["Location"] == "/account/enrol/base/"
    assert re.search(r"[\d,]+\.\d\d 元至 [\d,]+\.\d\d 元", text(client.get("/account/enrol/base/"))), "the bounds stand where the base is asked"
    assert client.post("/account/enrol/base/", {"base": "1"}).status_code == 422  # below the floor
    page = answered(client, "enrol", *pages, ("base", {"base": "8000"}))
    assert "1,600.00" in text(page)  # a fifth of it
    assert "每月一次" in text(page)  # the only rhythm of the place is said, not asked
    assert "基数 8,000 元" in text(client.get(sent(client, "enrol", page).headers["Location"]))
    bill, = rows("SELECT id FROM collection_bill WHERE person_id = %s", person_of(client))[0]
    shown = text(client.get(f"/account/bills/{bill}/"))
    assert "湖南省" in shown and "缴费基数 8,000.00 元，其中 640.00 元 进您的个人账户" in re.sub(r"</?span[^>]*>", "", shown)
    assert rows("SELECT c.kind, c.value::float FROM enrolment_choice c JOIN enrolment_membership m ON m.id = c.membership_id WHERE m.person_id = %s",
                person_of(client)) == [("base", 8000.0)]


def test_a_city_with_figures_of_its_own_is_asked_for_and_kept() -> None:
    from lingbao.law.store import Law
    from lingbao.registry.enrolment.terms import areas
    from lingbao.web.account.access import this_month

    assert set(areas(Law.load(), "44")) == {"Guangzhou", "Shenzhen"} and areas(Law.load(), "36") == {}
    client = identified()
    page = answered(client, "enrol", ("place", {"place": "44"}), ("scheme", {"standing": "flexible"}), ("income", {"income": ""}),
                    ("area", {"area": "Guangzhou"}), ("tier", {"tier": "floor:0"}))
    assert "按全省的数字测算" in text(client.get("/account/enrol/tier/"))
    assert "广东省广州" in text(client.get(sent(client, "enrol", page).headers["Location"])) and "广东省广州" in text(client.get("/account/"))
    assert memberships(client) == [("employee", "44", "Guangzhou", True)]
    from lingbao.registry.enrolment.terms import terms_of

    asked, = rows("SELECT p.base_fen FROM collection_part p WHERE p.person_id = %s", person_of(client))
    assert asked == (round(terms_of(Law.load(), "44", "Guangzhou", this_month()).floor * 100),)


def test_one_leaves_the_resident_scheme_for_the_other_and_the_unpaid_fee_is_gone() -> None:
    client = identified()
    page = answered(client, "enrol", ("place", {"place": "36"}), ("scheme", {"standing": "resident"}), ("income", {"income": ""}), ("tier", {"tier": "fee:500"}))
    sent(client, "enrol", page)
    assert client.get("/account/enrol/").headers["Location"] == "/account/change/"
    page = answered(client, "leave", ("reason", {"reason": "scheme"}))
    assert "照样算数" in text(page)
    shown = text(client.get(sent(client, "leave", page).headers["Location"]))
    assert "参保关系已终止" in shown and client.get("/account/leave/").headers["Location"] == "/account/"
    assert rows("SELECT count(*) FROM collection_part WHERE person_id = %s AND dropped IS NULL", person_of(client)) == [(0,)]
    assert enrolled(client).status_code == 302
    assert memberships(client) == [("resident", "36", None, False), ("employee", "36", None, True)]


def test_who_has_paid_this_month_goes_on_elsewhere_from_the_next() -> None:
    client = identified()
    enrolled(client)
    paid(client)
    page = answered(client, "leave", ("reason", {"reason": "moving"}))
    assert sent(client, "leave", page).status_code == 302
    home, bills = text(client.get("/account/")), text(client.get("/account/bills/"))
    assert "您已终止这里的参保，参保到" in home and 'href="/account/enrol/"' in home and "暂停缴费" not in home and "改缴费档次" not in home
    assert "开下一期的缴费单" not in bills and 'href="/account/enrol/"' in bills, "what comes after the membership is not billed under it"
    assert client.post("/account/bills/", {"key": "0" * 32}).status_code == 409
    assert client.get("/account/pause/").headers["Location"] == "/account/"
    page = answered(client, "enrol", ("place", {"place": "31"}), ("scheme", {"standing": "flexible"}), ("income", {"income": ""}),
                    ("tier", {"tier": "floor:0"}))
    assert sent(client, "enrol", page).status_code == 302
    assert memberships(client) == [("employee", "36", None, False), ("employee", "31", None, True)]
    assert re.search("从 .*起在上海市参保", text(client.get("/account/")))
    assert "到新地方" not in text(client.get("/account/")) + text(client.get("/account/bills/")), "who has enrolled elsewhere is not sent to enrol"
    (first, until), (since, _) = rows("SELECT since, until FROM enrolment_membership WHERE person_id = %s ORDER BY id", person_of(client))
    assert until == since == first + 1


def test_past_fifty_away_from_home_the_account_is_temporary_and_said_so() -> None:
    client = identified(birth="19700315", province="31")
    page = answered(client, "enrol", ("place", {"place": "31"}), ("scheme", {"standing": "flexible"}), ("income", {"income": ""}),
                    ("tier", {"tier": "floor:0"}))
    assert "临时账户" in text(page)
    assert sent(client, "enrol", page).status_code == 302
    paid(client)
    assert rows("SELECT province::text, temporary FROM record_month WHERE person_id = %s", person_of(client)) == [("31", True)]
    at_home = identified(birth="19700315")
    enrolled(at_home)
    paid(at_home)
    assert rows("SELECT temporary FROM record_month WHERE person_id = %s", person_of(at_home)) == [(False,)]


def test_the_place_of_benefit_collects_what_lies_elsewhere_from_the_page_of_the_claim() -> None:
    """A man past fifty who pays away from home: his claim is for home, and its page asks the other province for the months."""
    from lingbao.web.account.access import this_month

    client = identified(birth="19700315", province="31")
    page = answered(client, "enrol", ("place", {"place": "31"}), ("scheme", {"standing": "flexible"}), ("income", {"income": ""}),
                    ("tier", {"tier": "floor:0"}))
    sent(client, "enrol", page)
    paid(client)
    person, clerk = person_of(client), staff("clerk")
    claim, = rows("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, prepared_by)"
                  " VALUES (%s, '36', %s, '{}', current_date, current_date + 30, false, 0) RETURNING id", person, this_month())[0]
    address = f"/desk/claims/{claim}/"
    shown = text(clerk.get(address))
    assert "从其他省份归集" in shown and "临时账户" in shown
    assert decide(clerk, address, "collect").status_code == 302
    assert rows("SELECT kind, from_province::text, to_province::text, state FROM transfer_case WHERE person_id = %s", person) == [
        ("temporary", "31", "36", "applied")]
    again = text(clerk.get(address))
    assert "正在归集" in again and not re.search('name="action" value="collect"', again)


def test_an_account_left_in_another_province_is_shown_to_its_owner() -> None:
    client = identified()
    credited(client, 14)  # in Jiangxi
    page = answered(client, "enrol", ("place", {"place": "31"}), ("scheme", {"standing": "flexible"}), ("income", {"income": ""}),
                    ("tier", {"tier": "floor:0"}))
    assert sent(client, "enrol", page).status_code == 302
    assert "您在江西省还有养老保险账户" in text(client.get("/account/"))
    check = answered(client, "transfer", ("from", {"from_province": "36"}), ("to", {"to_province": "31"}))
    assert "您现在的参保不变" in text(check) and "按最低档参保" not in text(check), "who is enrolled in the new place stays so"
    case = sent(client, "transfer", check).headers["Location"]
    assert f'href="{case}">正在转移，看进度' in text(client.get("/account/")), "who moves it already is not asked to move it"
