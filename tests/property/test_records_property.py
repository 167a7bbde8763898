"""Whatever is written is read back; whatever is thrown at the reader, it answers with records or a clear error."""

import io
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from lingbao.career.records import Record, by_month, by_year, read_statement, write_statement
from lingbao.career.statement_record import order
from lingbao.law.errors import LingbaoError
from lingbao.law.month import month

AS_OF = month(2026, 6)
fen = st.integers(1, 5_000_000).map(lambda amount: amount / 100)


@st.composite
def histories(draw):
    """Records in order of time that do not overlap within a scheme."""
    records, start = [], month(1986, 1)
    for _ in range(draw(st.integers(1, 6))):
        first = start + draw(st.integers(0, 20))
        last = first + draw(st.integers(0, 40))
        kind = draw(st.sampled_from(["paid", "deemed", "paused"]))
        records.append(Record(
            first, last, base=draw(fen | st.none()), index=draw(st.floats(0.3, 3).map(lambda x: round(x, 4)) | st.none()),
            scheme=draw(st.sampled_from(["employee", "resident"])), province=draw(st.sampled_from(["11", "36", "44", None])),
            kind=kind, account=draw(fen | st.none()), interest=draw(fen | st.none()),
        ))
        start = last + 1
    return records


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from(["csv", "xlsx"]), st.sampled_from(["month", "year", "spell"]), st.sampled_from(["zh", "en"]))
def test_what_is_written_is_read_back(records, form, by, lang):
    stream = io.BytesIO()
    write_statement(records, stream, format=form, by=by, lang=lang)
    statement = read_statement(stream.getvalue(), as_of=AS_OF)
    expected = {"month": by_month, "year": by_year, "spell": lambda r: sorted(r, key=order)}[by](records)
    assert list(statement.records) == expected
    assert statement.months_paid == sum(r.months for r in records if r.kind == "paid" and r.scheme == "employee")


@given(histories())
def test_splitting_keeps_months_and_money(records):
    for split in (by_month(records), by_year(records)):
        assert sum(r.months for r in split) == sum(r.months for r in records)
        for amount in ("account", "interest"):
            whole = sum(getattr(r, amount) or 0 for r in records)
            assert abs(sum(getattr(r, amount) or 0 for r in split) - whole) < 1e-6


def answered(content, **options):
    try:
        statement = read_statement(content, as_of=AS_OF, **options)
    except LingbaoError as error:
        assert error.zh and error.en
    else:
        assert all(record.last <= AS_OF for record in statement.records)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_answered(content, strict):
    answered(content, strict=strict)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_archive_is_answered(content):
    answered(b"PK\x03\x04" + content)


CELL = st.one_of(
    st.text(max_size=12), st.sampled_from(["202301", "2023", "2023年", "３０２４", "3,024", "合计", "江西", "=1+1", "-", "1e99", "202301-202299",
                                           "视同", "nan", "9" * 30, "9999-12", "０", "²", "①"]),
    st.integers().map(str), st.floats().map(str))
HEADING = st.sampled_from(["年度", "缴费月数", "费款所属期", "起始年月", "终止年月", "缴费基数", "年缴费基数", "险种", "缴费类型", "参保地", "月份",
                           "个人账户记账额", "利息", "年末储存额", "征收品目", "起始月份", "终止月份", "缴费指数", "其他"])


@settings(max_examples=300, deadline=None)
@given(st.lists(HEADING, min_size=1, max_size=8, unique=True), st.lists(st.lists(CELL, max_size=8), max_size=5), st.booleans())
def test_any_table_is_answered(headings, rows, strict):
    import csv

    stream = io.StringIO()
    csv.writer(stream).writerows([headings, *rows])
    answered(stream.getvalue().encode("utf-8", "surrogatepass"), strict=strict, birth=month(1985, 5))


@settings(max_examples=60, deadline=None)
@given(st.lists(HEADING, min_size=1, max_size=8, unique=True),
       st.lists(st.lists(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.dates(), st.none(),
                                   st.sampled_from(["202301", "合计", "江西"])), max_size=8), max_size=5))
def test_any_workbook_is_answered(headings, rows):
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append([cell for cell in row if not isinstance(cell, datetime.date) or cell.year >= 1900])
    stream = io.BytesIO()
    book.save(stream)
    answered(stream.getvalue(), strict=False)


def workbook():
    stream = io.BytesIO()
    write_statement([Record(month(2022, 7), month(2023, 3), base=4000.5, province="36")], stream, format="xlsx", by="year")
    return stream.getvalue()


WORKBOOK = workbook()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_damaged_workbook_is_answered(damage):
    content = bytearray(WORKBOOK)
    for place, value in damage:
        content[place] = value
    answered(bytes(content), strict=False)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 20), st.lists(st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=6)), min_size=1, max_size=4))
def test_any_workbook_with_damaged_parts_is_answered(chosen, damage):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive, zipfile.ZipFile(stream, "w") as copy:
        names = archive.namelist()
        for name in names:
            part = bytearray(archive.read(name))
            if name == names[chosen % len(names)]:
                for place, value in damage:
                    part[place % len(part): place % len(part)] = value
            copy.writestr(name, bytes(part))
    answered(stream.getvalue(), strict=False)
