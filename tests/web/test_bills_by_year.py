"""A bill of the resident scheme asks for a year: it is shown as one, and stands for no month of the other scheme."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from account_people import enrolled, identified, person_of, rows, text


def test_a_fee_past_its_year_is_named_by_its_year(migrated: None) -> None:
    from lingbao.law.month import MONTHS_PER_YEAR
    from lingbao.web.account.access import today

    client = identified()
    enrolled(client)
    person, year = person_of(client), today().year - 1
    bill, = rows("INSERT INTO collection_bill (membership_id, person_id, province, kind, due_on, provisional, law_hash, made_by)"
                 " SELECT max(id), %s, '36', 'fee', %s, false, 'law', 0 FROM enrolment_membership WHERE person_id = %s RETURNING id", person, date(year, 12, 31), person)
    rows("INSERT INTO collection_part (bill_id, person_id, month, base_fen, amount_fen, account_fen, pooled_fen) VALUES (%s, %s, %s, 0, 20000, 20000, 0)",
         bill[0], person, year * MONTHS_PER_YEAR)
    for lang, said in (("zh", f"{year}年"), ("en", str(year))):
        page = text(client.get(f"/account/months/?lang={lang}"))
        assert said in page.partition("note-warn")[2] and str(year * MONTHS_PER_YEAR) not in page
    assert f"<li>{year}年" in text(client.get("/account/bills/?lang=zh"))


def test_a_year_billed_is_no_month_of_it() -> None:
    from lingbao.law.month import MONTHS_PER_YEAR
    from lingbao.registry.collection.parts import Bill, Part
    from lingbao.web.account.access import this_month
    from lingbao.web.account.overview import Open, Overview
    from lingbao.web.account.views.pay import next_period

    now = this_month()

    def found(kind: str, month: int) -> Overview:
        part = Part(month, 0, 20000, 20000, 0)
        member: Any = SimpleNamespace(standing="flexible", stopped=False, since=now - now % MONTHS_PER_YEAR, until=None)
        return Overview(member, (), (Open(Bill(1, 1, 1, "36", kind, date(2099, 12, 31), False, "law", (part,)), part),), (), SimpleNamespace(), (), 0)  # type: ignore[arg-type]

    member = found("fee", now).member
    assert member is not None
    assert next_period(member, found("fee", now)) == now
    assert next_period(member, found("contribution", now)) == now + 1  # the control: a month that is billed is not billed again
    january = now - now % MONTHS_PER_YEAR
    assert found("fee", january).missed_this_year == now - january
