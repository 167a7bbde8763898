"""The money that follows, temporary accounts, the place of benefit, moves between the schemes, and the papers themselves."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.transfers.conversion import ResidentYear, convert
from lingbao.registry.transfers.documents import exported, filled, forms, imported
from lingbao.registry.transfers.money import PooledPart, Stretch, split, split_temporary
from lingbao.registry.transfers.place import place_of_benefit

ON = month(2026, 3)
_keys = itertools.count()


def test_twelve_percent_of_each_base_follows_from_1998_on() -> None:
    """Worked by hand: 24 months of 500 yuan of which 12 count, and 10 months of 3210.55 yuan."""
    found = split(Law.load(), [Stretch(month(1997, 1), month(1998, 12), 500.0), Stretch(month(2020, 3), month(2020, 12), 3210.55)], 123_456, ON)
    assert [line.months_counted for line in found.lines] == [12, 10]
    assert found.pooled_fen == 72_000 + 385_266  # 500 × 12 × 12% and 3210.55 × 10 × 12%
    assert found.total_fen == 123_456 + 457_266


def test_of_a_temporary_account_the_whole_contribution_is_collected_with_interest() -> None:
    """Worked by hand, 国办发〔2009〕66号 第五条: an employer's 16% of 6000 yuan in March and April 2023, not 12%.

    2023 at 3.97%: 960 bears ten months and nine, 18240 × 0.0397 ÷ 12 = 60.34. 2024 at 2.62%: 1980.34 × 0.0262 = 51.88.
    """
    paid = [PooledPart(date(2023, 3, 10), 96_000), PooledPart(date(2023, 4, 10), 96_000)]
    found = split_temporary(Law.load(), paid, 101_234, month(2025, 12))
    assert (found.pooled_fen, found.total_fen) == (192_000 + 6_034 + 5_188, 101_234 + 192_000 + 6_034 + 5_188)
    assert split_temporary(Law.load(), paid, 0, month(2023, 12)).pooled_fen == 192_000, "no year is over"
    assert split_temporary(Law.load(), [], 5, ON).total_fen == 5


@pytest.mark.parametrize("stretches", [[Stretch(5, 4, 1.0)], [Stretch(24000, 24010, 1.0), Stretch(24010, 24012, 1.0)]])
def test_a_month_is_not_counted_twice(stretches: list[Stretch]) -> None:
    with pytest.raises(InputError, match="overlap"):
        split(Law.load(), stretches, 0, ON)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 3_000_000)), min_size=1, max_size=8), st.integers(0, 10**9))
def test_the_parts_always_make_the_whole(runs: list[tuple[int, int]], account: int) -> None:
    stretches, first = [], month(2000, 1)
    for months, base in runs:
        stretches.append(Stretch(first, first + months - 1, base / 100))
        first += months
    found = split(Law.load(), stretches, account, ON)
    assert found.total_fen == found.account_fen + found.pooled_fen == account + sum(line.pooled_fen for line in found.lines)
    exact = sum(months * base * 12 for months, base in runs) / 100
    assert abs(found.pooled_fen - exact) <= len(runs) * 0.51


def test_the_place_of_benefit_follows_the_four_steps() -> None:
    law = Law.load()
    assert place_of_benefit(law, "36", [("44", 130), ("31", 60)], "31", set(), ON) == "44"
    assert place_of_benefit(law, "36", [("44", 119), ("31", 60)], "31", set(), ON) == "36"
    assert place_of_benefit(law, "36", [("44", 130)], "44", set(), ON) == "44"


def test_months_paid_twice_are_given_back_and_years_are_not_converted() -> None:
    """Resident fee 600 and aid 60 in 2015, four months of it paid as an employee too: a third of 660 goes back."""
    law = Law.load()
    paid = list(range(month(2015, 9), month(2015, 9) + 180))
    found = convert(law, "to_employee", on=month(2031, 1), employee_months=paid, employee_fen=5_000_000,
                    resident_years=[ResidentYear(2014, 60_000), ResidentYear(2015, 60_000, 6_000)], resident_fen=150_000)
    assert found.overlap == ((2015, 4),)
    assert (found.refund_fen, found.moved_fen) == (22_000, 128_000)
    assert found.employee_months == 180
    with pytest.raises(InputError, match="not open"):
        convert(law, "to_resident", on=month(2031, 1), employee_months=paid, employee_fen=1, resident_years=[], resident_fen=0)
    back = convert(law, "to_resident", on=month(2031, 1), employee_months=paid[:120], employee_fen=3_000_000,
                   resident_years=[ResidentYear(2014, 60_000)], resident_fen=70_000)
    assert (back.moved_fen, back.refund_fen, back.pooled_fen, back.resident_years) == (3_000_000, 0, 0, 11.0)


def test_a_conversion_is_booked_once_and_the_books_balance(database: str) -> None:
    from paying import balances, books, pay

    from lingbao.registry.errors import Conflict
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, Actor, acting_as
    from lingbao.registry.transfers.conversions import ask, decide

    pay(7, "36", month(2025, 7), 6, 400_000)
    with acting_as(SYSTEM):
        bank, resident = open_accounts([AccountName("bank", "province", 36, "36"), AccountName("resident_account", "person", 7, "36")])
        entry = post([Draft("resident", [Leg(bank, -200_000), Leg(resident, 200_000)])], actor=0, law_hash="law", reason="缴费",
                     value_date=date(2025, 3, 1))[0]
        credit_years([PaidYear(7, 2025, "36", 100_000, 6_000, 0, entry, date(2025, 3, 1))])
    worker, clerk = Actor(1, "worker", person=7), Actor(2, "clerk", province="36")
    with pytest.raises(InputError, match="not open"):
        ask(worker, f"c{next(_keys)}", 7, "to_employee", "36", today=date(2026, 3, 2))
    asked = ask(worker, f"c{next(_keys)}", 7, "to_resident", "36", today=date(2026, 3, 2))
    assert (asked["refund_fen"], asked["overlap"]) == (50_000, [[2025, 6]])
    with pytest.raises(LingbaoError, match="agency"):
        decide(worker, f"c{next(_keys)}", asked["conversion"], accept=True, today=date(2026, 3, 3))
    done = decide(clerk, f"c{next(_keys)}", asked["conversion"], accept=True, today=date(2026, 3, 3))
    assert done["state"] == "done"
    assert balances(7) == {("resident_account", "36"): 200_000 - 50_000 + 6 * 32_000, ("refund_payable", "36"): 50_000}
    assert books() == {}
    with pytest.raises(Conflict, match="already"):
        decide(clerk, f"c{next(_keys)}", asked["conversion"], accept=True, today=date(2026, 3, 3))
    with pytest.raises(Conflict, match="cannot be done again"):
        ask(worker, f"c{next(_keys)}", 7, "to_resident", "36", today=date(2026, 3, 4))


def test_what_was_paid_twice_is_given_back_once_and_late_interest_follows_by_itself(database: str) -> None:
    """The interest of 2025 is posted to the employee account after the move; a second move would find only that, and refund nothing."""
    from paying import balances, books, pay

    from lingbao.law.store import Law
    from lingbao.registry.collection.interest import credit_interest
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, Actor, acting_as
    from lingbao.registry.transfers.conversions import ask, decide, work_out
    from lingbao.registry.transfers.following import bring_along

    pay(7, "36", month(2023, 7), 6, 400_000, on=date(2023, 12, 5))
    with acting_as(SYSTEM):
        bank, resident = open_accounts([AccountName("bank", "province", 36, "36"), AccountName("resident_account", "person", 7, "36")])
        entry = post([Draft("resident", [Leg(bank, -200_000), Leg(resident, 200_000)])], actor=0, law_hash="law", reason="缴费",
                     value_date=date(2023, 3, 1))[0]
        credit_years([PaidYear(7, 2023, "36", 100_000, 6_000, 0, entry, date(2023, 3, 1))])
    worker, clerk, day = Actor(1, "worker", person=7), Actor(2, "clerk", province="36"), date(2024, 3, 4)
    asked = ask(worker, f"c{next(_keys)}", 7, "to_resident", "36", today=day)
    decide(clerk, f"c{next(_keys)}", asked["conversion"], accept=True, today=day)
    before = balances(7)
    interest = credit_interest(Law.load(), "36", 2023).fen + credit_interest(Law.load(), "36", 2024).fen
    assert interest > 0 and balances(7)["individual", "36"] == interest
    again = work_out(7, "to_resident", "36", day, Law.load())
    assert (again.moved_fen, again.refund_fen, again.overlap) == (interest, 0, ())
    assert bring_along() == 1 and bring_along() == 0 and books() == {}
    assert balances(7) == {**before, ("resident_account", "36"): before["resident_account", "36"] + interest}


FORM: dict[str, Any] = {
    "transfer_number": "1", "letter_number": "L", "person_number": "7", "identity_number": "360102199003074514", "name": "张三",
    "temporary": "0", "months_paid": 12, "balance_before_1998": 0, "balance_last_year": 100_05, "principal_this_year": 5,
    "account_total": 100_10, "pooled_total": 90, "total": 101_00, "issued": "20260302"}
ROW: dict[str, Any] = {"division": "360000", "year": 2025, "first": "202501", "last": "202512", "months": 12, "base": 400_000}


def test_the_form_goes_out_under_the_ministrys_codes_and_comes_back_the_same() -> None:
    document = filled("information_form", FORM, [ROW])
    written = json.loads(exported(document))
    assert (written["fields"]["aic083"], written["fields"]["aic084"], written["fields"]["aic102"]) == ("100.10", "0.90", "101.00")
    assert written["rows"][0]["aae180"] == "4000.00"
    again = imported(exported(document))
    assert again == document and again.digest == document.digest


@pytest.mark.parametrize(("change", "fault"), [
    ({"total": 101_01}, "its parts make 10100"), ({"months_paid": 11}, "its parts make 12"), ({"name": None}, "required"),
    ({"issued": "20261341"}, "cannot be the value"), ({"pooled_total": -1}, "cannot be the value"), ({"spare": "x"}, "no field 'spare'"),
])
def test_a_form_that_does_not_add_up_or_misses_a_field_is_refused(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        filled("information_form", {**FORM, **change}, [ROW])


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ErrorList) as caught:
        filled("information_form", {**FORM, "name": None, "issued": "x"}, [{**ROW, "months": "zwölf"}])
    assert len(caught.value.errors) == 3


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_a_paper(text: str) -> None:
    with pytest.raises(LingbaoError):
        imported(text)


@pytest.mark.parametrize("text", ["[]", "{}", '{"document": "contact_letter"}', '{"document": "information_form", "fields": {"aic083": 1}, "rows": []}',
                                  '{"document": ["x"], "fields": {}, "rows": []}', '{"document": "application", "fields": [], "rows": [[]]}'])
def test_no_json_breaks_the_reading_of_a_paper(text: str) -> None:
    with pytest.raises(LingbaoError):
        imported(text)


def test_no_code_stands_twice_in_a_form() -> None:
    for form in forms().values():
        for fields in (form.fields, form.rows):
            assert len({field.external for field in fields}) == len(fields), form.kind
