"""Records summed up under the law: months, mean index, and the account to the fen."""

import pytest

from lingbao.career.records import Record, history, reference_wage
from lingbao.law.dense import dense
from lingbao.law.errors import ErrorList, LingbaoError, MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law

LAW = Law.load()
AS_OF = month(2026, 7)


def test_the_index_is_base_over_the_wage_that_governs_the_month():
    """Jiangxi 2020: floor 3024 of a wage of 5040 is an index of 0.6; 2021: 5548 of 5548 is 1."""
    records = [Record(month(2020, 1), month(2020, 12), base=3024.0), Record(month(2021, 1), month(2021, 6), base=5548.0)]
    found = history(LAW, records, "36", AS_OF)
    assert found.months_paid == 18
    assert found.mean_index == round((12 * 0.6 + 6 * 1.0) / 18, 4)


def test_a_stated_index_needs_no_base_and_no_wage():
    found = history(LAW, [Record(month(2024, 1), month(2024, 12), index=0.75, account=1000.0)], "36", AS_OF)
    assert found.mean_index == 0.75


def test_a_year_of_equal_postings_by_month_products():
    """Sichuan floor 4588 × 8% = 367.04 a month in 2024 at 2.62%: principal 4404.48, interest 62.51 (golden acc-014)."""
    found = history(LAW, [Record(month(2024, 1), month(2024, 12), base=4588.0, index=0.6)], "51", month(2025, 1), strict=False)
    year = found.account_years[0]
    assert round(year.postings, 2) == 4404.48
    stated = history(LAW, [Record(month(2024, 1), month(2024, 12), base=4588.0, index=0.6)], "51", month(2026, 7)).account_years[0]
    assert (stated.interest, stated.rate, stated.basis) == (62.51, 0.0262, "law")
    assert round(stated.closing, 2) == 4466.99


def test_half_a_year_on_top_of_an_opening_balance():
    """30000 at the end of 2021, then 400 a month from July 2022 at 6.12%: 34278.84 (golden acc-015)."""
    records = [Record(month(2021, 12), month(2021, 12), base=5000.0, index=1.0, account=30000.0, interest=0.0),
               Record(month(2022, 7), month(2022, 12), base=5000.0, index=1.0)]
    found = history(LAW, records, "36", month(2023, 1) + 40)
    assert next(y for y in found.account_years if y.year == 2022).closing == pytest.approx(34278.84, abs=0.005)


def test_a_stopped_account_keeps_earning():
    """100000 at the end of 2019: 6.04%, 6.69% and 6.12% on it (golden acc-016)."""
    records = [Record(month(2019, 12), month(2019, 12), index=1.0, account=100000.0, interest=0.0)]
    years = history(LAW, records, "36", AS_OF).account_years
    assert next(y for y in years if y.year == 2022).closing == pytest.approx(120057.88, abs=0.02)


def test_the_running_year_earns_no_interest_yet():
    found = history(LAW, [Record(month(2024, 1), month(2024, 6), index=1.0, account=600.0)], "36", month(2024, 7))
    assert found.account_balance == 600.0
    assert found.account_years[-1].basis == "running"


def test_records_from_the_month_of_looking_on_do_not_count():
    found = history(LAW, [Record(month(2024, 1), month(2024, 12), index=1.0, account=1200.0)], "36", month(2024, 4))
    assert found.months_paid == 3
    assert found.account_balance == 300.0


def test_before_the_national_rate_the_balance_is_flagged_as_approximate():
    found = history(LAW, [Record(month(2010, 1), month(2010, 12), index=1.0, base=2000.0)], "36", AS_OF)
    assert found.account_years[0].basis == "proxy"
    assert any("approximate" in en for _, en in found.flags)


def test_a_rate_not_yet_published_is_flagged():
    found = history(LAW, [Record(month(2024, 1), month(2024, 12), index=1.0, base=5000.0)], "36", month(2025, 2))
    assert found.account_years[-2].basis == "provisional"
    assert any("not yet published" in en for _, en in found.flags)


def test_before_2006_eleven_percent_went_to_the_account():
    records = [Record(month(2005, 12), month(2006, 1), base=1000.0, index=1.0)]
    assert [y.postings for y in history(LAW, records, "36", AS_OF).account_years[:2]] == [110.0, 80.0]


def test_a_missing_wage_names_province_and_year():
    with pytest.raises(MissingLaw) as caught:
        history(LAW, [Record(month(1985, 1), month(1985, 1), base=80.0, account=1.0, interest=0.0)], "36", month(1986, 1))
    assert "Jiangxi" in caught.value.en and "1985" in caught.value.en and "1985" in caught.value.zh


def test_several_missing_figures_come_at_once_or_as_none():
    records = [Record(month(1985, 1), month(1985, 1), base=80.0), Record(month(1986, 1), month(1986, 1), base=80.0)]
    with pytest.raises(ErrorList):
        history(LAW, records, "36", AS_OF)
    found = history(LAW, records, "36", AS_OF, strict=False)
    assert (found.months_paid, found.mean_index, found.account_balance) == (2, None, None)
    assert len(found.missing) == 3


def test_without_base_the_months_count_but_index_and_account_are_unknown():
    records = [Record(month(2023, 1), month(2023, 12))]
    with pytest.raises(LingbaoError, match="neither a base"):
        history(LAW, records, "36", AS_OF)
    found = history(LAW, records, "36", AS_OF, strict=False)
    assert (found.months_paid, found.mean_index, found.account_balance) == (12, None, None)


def test_deemed_and_resident_months_stand_apart():
    records = [Record(month(1990, 1), month(1990, 12), kind="deemed"), Record(month(2015, 1), month(2015, 12), scheme="resident"),
               Record(month(2020, 1), month(2020, 1), base=5040.0)]
    found = history(LAW, records, "36", AS_OF)
    assert (found.months_paid, found.deemed_months, found.resident_months) == (1, 12, 12)
    assert found.mean_index == 1.0


def test_nothing_paid_is_nothing():
    found = history(LAW, [], "36", AS_OF)
    assert (found.months_paid, found.mean_index, found.account_balance) == (0, None, 0.0)


def test_the_reference_wage_before_the_bounds_are_recorded_is_that_of_the_year_before():
    assert reference_wage(LAW, "36", month(2016, 5)).value == 4244.33
    assert reference_wage(LAW, "36", month(2021, 5)).value == 5548.0


def test_a_stand_in_is_never_older_than_the_period_just_ended():
    last = LAW.history("provinces.36.contribution_average_wage")[-1]
    assert reference_wage(LAW, "36", last.until + 6, last.until + 6).provisional
    with pytest.raises(MissingLaw):
        reference_wage(LAW, "36", last.until + 30, last.until + 30)


def test_the_reference_wage_is_the_one_the_projection_uses():
    """Wherever a wage is known, the sum of a history and the arrays of the projection divide by the same figure."""
    first, last = month(2010, 1), month(2025, 12)
    arrays = dense(LAW, "base", first, last)
    known = 0
    for row, province in enumerate(arrays.provinces):
        for on in range(first, last + 1, 6):
            if not (arrays.missing["reference_wage"][row, on - first] or arrays.projected["reference_wage"][row, on - first]):
                assert reference_wage(LAW, province, on).value == arrays.reference_wage[row, on - first]
                known += 1
    assert known > 500
