"""A bank's statement beside the books: every line stands with its entry, or says what is wrong with it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from made_up import Office, accounts, as_owner, moved, registered, under_role, worker
from test_bills import LAW

TODAY = date(2024, 6, 30)
IN_MAY = date(2024, 5, 20)


def file(*lines: str, heading: str = "日期,流水号,金额,业务编号,摘要") -> bytes:
    return "\n".join([heading, *lines]).encode()


def take(actor: Any, *lines: str, channel: str = "stand-in", **more: Any) -> Any:
    from lingbao.registry.banking.statements import take as taken

    return taken(actor, channel, file(*lines, **more), today=TODAY)


def beside(actor: Any, number: int) -> Any:
    from lingbao.registry.banking.statements import reconciled
    from lingbao.registry.session import run_as

    return run_as(actor, lambda: reconciled(number))


@pytest.fixture
def payer(office: Office) -> Any:
    return worker(registered(office.clerk))


def asked(payer: Any, fen: int = 50_000) -> str:
    from lingbao.registry.collection.payments import ask_payment
    from lingbao.registry.session import run_as

    return run_as(payer, lambda: ask_payment(payer, payer.person, "36", fen, channel="stand-in"))


def told(number: str, reference: str, fen: int = 50_000) -> None:
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message

    message = Message("stand-in", reference, "paid", number, fen, IN_MAY)
    take_message(LAW, message, sign(message))


def test_each_line_is_found_beside_its_entry_or_named(office: Office, payer: Any) -> None:
    known, other, silent = asked(payer), asked(payer), asked(payer)
    told(known, "b-1")
    told(other, "b-2")
    nobody_says = moved((accounts("bank", owner=36, owner_kind="province")[0], -700), (accounts("suspense", owner=payer.person)[0], 700),
                        source="somewhere", value_date=IN_MAY)
    taken = take(office.clerk, f"2024-05-20,b-1,500.00,{known},缴费", f"2024-05-20,b-2,499.99,{other},缴费", f"2024-05-20,b-3,500,{silent},缴费",
                 "2024-05-20,b-4,-12.5,,手续费")
    found = beside(office.clerk, taken.number)
    assert [(each.line.reference, each.state, each.line.amount_fen, each.entry_fen) for each in found.lines] == [
        ("b-1", "matched", 50_000, 50_000), ("b-2", "differs", 49_999, 50_000), ("b-3", "untold", 50_000, None), ("b-4", "unknown", -1_250, None)]
    assert [(each.entry, each.fen) for each in found.ours_only] == [(nobody_says, 700)]


def test_what_the_bank_did_and_never_told_is_booked_once_by_a_second_person(office: Office, payer: Any) -> None:
    from lingbao.registry.banking.statements import book_untold, suspense
    from lingbao.registry.errors import Conflict, Forbidden
    from lingbao.registry.session import run_as

    number = asked(payer)
    mine = take(office.supervisor, f"2024-05-20,b-7,500.00,{number},")
    with pytest.raises(Forbidden):
        book_untold(office.supervisor, mine.number, 1)
    with pytest.raises(Forbidden):
        book_untold(office.clerk, mine.number, 1)
    again = asked(payer)
    theirs = take(office.clerk, f"2024-05-20,b-8,500.00,{again},")
    assert len(book_untold(office.supervisor, theirs.number, 1)) == 1
    assert beside(office.clerk, theirs.number).lines[0].state == "matched"
    with pytest.raises(Conflict):
        book_untold(office.supervisor, theirs.number, 1)
    told(again, "b-8")  # the message that comes late after all changes nothing
    waiting = run_as(office.clerk, lambda: suspense("36"))
    assert [(each.person, each.fen) for each in waiting] == [(payer.person, 50_000)]


def test_a_file_counts_once_and_a_line_too(office: Office, payer: Any) -> None:
    first = take(office.clerk, "2024-05-20,b-1,1.00,,", "2024-05-21,b-2,2.00,,")
    assert take(office.clerk, "2024-05-20,b-1,1.00,,", "2024-05-21,b-2,2.00,,") == first
    second = take(office.colleague, "2024-05-21,b-2,2.00,,", "2024-05-20,b-1,1.01,,", "2024-05-22,b-3,3.00,,")
    assert (second.lines, second.repeated, second.refused) == (1, 1, 1)
    assert [each.code for each in beside(office.clerk, second.number).refusals] == ["bank.contrary"]


REFUSED = {
    "formula in the note": ("2024-05-20,b-1,1.00,,=HYPERLINK(1)", "bank.formula"),
    "formula in the reference": ("2024-05-20,@SUM(A1),1.00,,", "bank.formula"),
    "formula in the number": ("2024-05-20,b-1,1.00,+1,", "bank.formula"),
    "no date": ("20/05/2024,b-1,1.00,,", "bank.date"),
    "no such day": ("2024-02-30,b-1,1.00,,", "bank.date"),
    "a day ahead": ("2024-07-01,b-1,1.00,,", "bank.future"),
    "three decimals": ("2024-05-20,b-1,1.001,,", "bank.amount"),
    "nought": ("2024-05-20,b-1,0.00,,", "bank.amount"),
    "wide digits": ("2024-05-20,b-1,１.00,,", "bank.amount"),
    "a formula for an amount": ("2024-05-20,b-1,=1+1,,", "bank.amount"),
    "thousands' mark": ('2024-05-20,b-1,"1,000.00",,', "bank.amount"),
    "no reference": ("2024-05-20,,1.00,,", "bank.reference"),
    "a cell too many": ("2024-05-20,b-1,1.00,,,", "bank.cells"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_wrong_line_is_refused_with_its_reason_and_the_others_are_taken(office: Office, what: str) -> None:
    line, code = REFUSED[what]
    taken = take(office.clerk, "2024-05-20,good-1,1.00,,", line, "2024-05-20,good-2,2.00,,")
    found = beside(office.clerk, taken.number)
    assert [(each.line, each.code) for each in found.refusals] == [(2, code)]
    assert [each.line.reference for each in found.lines] == ["good-1", "good-2"]


FILES: dict[str, Callable[[], bytes]] = {
    "bomb": lambda: gzip.compress(b"0" * (17 * 2**20)),
    "cut gzip": lambda: gzip.compress(file("2024-05-20,b-1,1.00,,"))[:-4],
    "GBK": lambda: "日期,流水号,金额\n".encode("gbk"),
    "NUL": lambda: file("2024-05-20,b\x00-1,1.00,,"),
    "unknown column": lambda: file(heading="日期,流水号,金额,密码"),
    "column twice": lambda: file(heading="date,日期,流水号,金额"),
    "no amount": lambda: file(heading="日期,流水号"),
    "open quote": lambda: file('2024-05-20,"b-1,1.00,,'),
    "spreadsheet": lambda: b"PK\x03\x04\x00\x00",
    "empty": lambda: b"",
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_none_leaves_nothing_behind(office: Office, what: str) -> None:
    from lingbao.registry.banking.statements import take as taken
    from lingbao.registry.orders.unpacking import FileRefused

    with pytest.raises(FileRefused):
        taken(office.clerk, "stand-in", FILES[what](), today=TODAY)
    assert as_owner("SELECT count(*) FROM bank_statement") == [(0,)]


def test_a_gzip_file_reads_like_the_plain_one(office: Office) -> None:
    from lingbao.registry.banking.reading import read

    plain = file("2024-05-20,b-1,1.00,,", "2024-05-21,b-2,-2,,x")
    assert read(gzip.compress(plain), today=TODAY) == read(plain, today=TODAY)


def test_a_statement_is_seen_in_its_province_only_and_nobody_changes_it(office: Office) -> None:
    from lingbao.registry.errors import Forbidden, NotFound, RegistryError

    taken = take(office.clerk, "2024-05-20,b-1,1.00,,")
    with pytest.raises(NotFound):
        beside(office.elsewhere, taken.number)
    assert under_role(office.elsewhere, "SELECT 1 FROM bank_line") == []
    assert len(under_role(office.auditor, "SELECT 1 FROM bank_line")) == 1
    with pytest.raises(Forbidden):
        take(office.auditor, "2024-05-20,b-1,1.00,,")
    with pytest.raises(RegistryError):
        under_role(office.clerk, "UPDATE bank_line SET amount_fen = 1")
