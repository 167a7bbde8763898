"""Import by row: good rows in, the others named with row and cause, and nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up import as_owner, number
from operators_place import TODAY

pytestmark = pytest.mark.usefixtures("database")
PEOPLE = "identity_number,name,hukou_kind,hukou_province,residence_province,residence_city,phone\n"
ENROLMENTS = "identity_number,standing,province,area,since,choice,value,rhythm\n"


def written(folder: Path, text: str) -> Path:
    file = folder / "rows.csv"
    file.write_text(text, encoding="utf-8-sig")
    return file


def states(rows: list[object]) -> list[str]:
    return [row.error.code if row.error else row.state for row in rows]  # type: ignore[attr-defined]


def test_good_rows_are_registered_and_bad_ones_named(tmp_path: Path) -> None:
    from lingbao.registry.operations.importing import import_people, report

    wrong = number(2)[:17] + ("0" if number(2)[17] != "0" else "1")
    file = written(tmp_path, PEOPLE + f"{number(1)},张一,rural,36,36,Nanchang,13800000001\n{wrong},李二,rural,36,36,,\n"
                   f"{number(3)},王三,foreign,36,36,,\n{number(4)},赵四,urban,99,36,,\n{number(5)},,urban,36,36,,\n")
    rows = import_people(file, today=TODAY)
    assert states(rows) == ["new", "person.identity_number.check", "import.hukou_kind", "import.province", "person.name"]
    assert as_owner("SELECT count(*) FROM people_person") == [(1,)]
    text = report(rows, "zh")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == ["2", "3", "4", "5"]
    assert wrong not in text, "a report may be sent about, so no identity number stands in it"
    assert "李二" not in text
    assert states(import_people(file, today=TODAY))[0] == "known"
    assert as_owner("SELECT count(*) FROM people_person") == [(1,)]


def test_enrolments_follow_people_and_are_not_doubled(tmp_path: Path) -> None:
    from lingbao.registry.operations.importing import import_enrolments, import_people

    import_people(written(tmp_path, PEOPLE + f"{number(1)},张一,rural,36,36,,\n"), today=TODAY)
    file = written(tmp_path, ENROLMENTS + f"{number(1)},flexible,36,,2026-03,floor,,1\n{number(1)},flexible,44,,2026-04,floor,,1\n"
                   f"{number(9)},flexible,36,,2026-03,floor,,1\n{number(1)},flexible,36,,soon,floor,,1\n")
    assert states(import_enrolments(file, today=TODAY)) == ["new", "enrolment.overlap", "import.unregistered", "month.format"]
    assert states(import_enrolments(file, today=TODAY))[0] == "known"
    assert as_owner("SELECT count(*) FROM enrolment_membership") == [(1,)]


@pytest.mark.parametrize("end", ['"赵四', '"赵"四",urban,36,36,,\n', "赵\0四,urban,36,36,,\n"])
def test_a_file_that_breaks_off_is_not_taken_in_part(tmp_path: Path, end: str) -> None:
    from lingbao.law.errors import InputError
    from lingbao.registry.operations.importing import import_people

    good = "".join(f"{number(each)},张{each},rural,36,36,,\n" for each in (1, 2, 3))
    with pytest.raises(InputError) as refused:
        import_people(written(tmp_path, f"{PEOPLE}{good}{number(4)},{end}"), today=TODAY)
    assert refused.value.code == "import.file" and number(1) not in refused.value.message("en")
    assert as_owner("SELECT count(*) FROM people_person") == [(0,)], "not one of the rows before it"
    assert states(import_people(written(tmp_path, PEOPLE + good), today=TODAY)) == ["new"] * 3


def test_a_row_whose_columns_slipped_is_refused_by_row(tmp_path: Path) -> None:
    from lingbao.registry.operations.importing import import_people

    rows = import_people(written(tmp_path, PEOPLE + f"{number(1)},张,一,rural,36,36,,\n{number(2)},李二,rural\n{number(3)},王三,rural,36,36,,\n"), today=TODAY)
    assert states(rows) == ["import.fields", "import.fields", "new"]


@pytest.mark.parametrize(("content", "code"), [
    (b"identity_number,name\n", "import.columns"), (b"\xff\xfe\x00x", "import.file"), (b"a,b\0\n", "import.file"), (b"", "import.columns"),
])
def test_what_is_no_such_file_is_refused_whole(tmp_path: Path, content: bytes, code: str) -> None:
    from lingbao.law.errors import InputError
    from lingbao.registry.operations.importing import import_people

    file = tmp_path / "rows.csv"
    file.write_bytes(content)
    with pytest.raises(InputError) as refused:
        import_people(file, today=TODAY)
    assert refused.value.code == code
