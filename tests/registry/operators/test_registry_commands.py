"""``lingbao registry``: what it prints, and with which exit status it leaves."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from made_up import Office, accounts, as_owner, moved
from operators_place import empty_database, small_nation
from typer.testing import CliRunner, Result

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def kept_server(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests outlives a command."""
    monkeypatch.setattr("lingbao.web.database.stop_embedded", lambda: None)


def called(*words: object) -> Result:
    from lingbao.commands.registry import app

    return CliRunner().invoke(app, [str(word) for word in words])


def test_demo_audit_backup_restore_and_compare(tmp_path: Path) -> None:
    assert json.loads(called("demo", "--people", 62, "--json").output)["people"] == 62
    again = called("demo", "--people", "62", "--lang", "en")
    assert (again.exit_code, "Somebody is registered" in again.stderr) == (2, True)
    clean = called("audit", "--lang", "en")
    assert (clean.exit_code, "All hold" in clean.output) == (0, True)
    assert called("backup", tmp_path / "saved").exit_code == 0
    as_owner("SET session_replication_role = replica; UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE kind = 'pooled'")
    found = called("audit", "--json")
    assert (found.exit_code, json.loads(found.output)["findings"][0]["code"]) == (1, "ledger.balance")
    with empty_database():
        assert called("audit").exit_code == 2, "a database without tables is not clean but not there"
        assert called("restore", tmp_path / "saved").exit_code == 0
        assert called("audit").exit_code == 0


def test_a_day_is_closed_once_and_only_when_it_is_over_in_china() -> None:
    bank, individual = accounts("bank", "individual")
    moved((bank, -100), (individual, 100))
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    refused = called("digest", "close", "--day", today.isoformat(), "--lang", "en")
    assert (refused.exit_code, "closed" in refused.stderr) == (2, True)
    as_owner("SET session_replication_role = replica; UPDATE ledger_entry SET book_date = book_date - 1; SET session_replication_role = origin")
    assert json.loads(called("digest", "close", "--json").output)["closed"] == 1
    assert json.loads(called("digest", "close", "--json").output)["closed"] == 0
    assert called("digest", "verify").exit_code == 0
    as_owner("SET session_replication_role = replica; UPDATE ledger_entry SET reason = 'x'; SET session_replication_role = origin")
    assert called("digest", "verify").exit_code == 1


def test_the_work_of_a_night_may_be_done_twice() -> None:
    small_nation(62)
    first = json.loads(called("nightly", "--day", "2026-11-22", "--json").output)
    assert [step["error"] for step in first] == [None] * len(first)
    assert {step["step"]: step["count"] for step in first}["reminders"] > 0
    second = json.loads(called("nightly", "--day", "2026-11-22", "--json").output)
    assert {step["step"]: step["count"] for step in second}["reminders"] == 0


def test_the_day_of_a_night_is_that_of_china() -> None:
    from lingbao.registry.operations.nightly import nightly

    small_nation(31)
    utc = datetime(2026, 11, 30, 16, 30, tzinfo=ZoneInfo("UTC"))  # half past midnight of 1 December in China
    list(nightly(utc))
    about = {row for row, in as_owner("SELECT DISTINCT split_part(about, ':', 2) FROM notice_message WHERE template <> 'why_stopped'")}
    assert about == {"2026-12"}
    with pytest.raises(Exception, match="time zone"):
        list(nightly(datetime(2026, 11, 30)))


def test_a_pay_run_needs_two_persons(office: Office) -> None:
    as_owner("UPDATE people_actor SET login = CASE role WHEN 'clerk' THEN 'c' || id WHEN 'supervisor' THEN 'boss' END WHERE agency_id ="
             " (SELECT id FROM people_agency WHERE province = '36')")
    clerk = f"c{office.clerk.id}"
    assert "--prepare" in called("pay-run", "2026-11", "--province", "36").output
    assert called("pay-run", "2026-11", "--province", "36", "--prepare", clerk).exit_code == 0
    assert json.loads(called("pay-run", "2026-11", "--province", "36", "--json").output) == [], "prepared is not approved"
    assert called("pay-run", "2026-11", "--province", "36", "--approve", clerk).exit_code == 2
    assert called("pay-run", "2026-11", "--province", "36", "--approve", "nobody").exit_code == 2
    assert called("pay-run", "2026-11", "--province", "36", "--approve", "boss").exit_code == 0
    paid, = json.loads(called("pay-run", "2026-11", "--province", "36", "--json").output)
    assert (paid["payments"], paid["fen"]) == (0, 0), "nobody draws a pension yet"
    assert called("pay-run", "soon").exit_code == 2
    assert called("pay-run", "2026-11", "--province", "99").exit_code == 2


def test_interest_of_a_year_not_published_is_refused() -> None:
    accounts("individual", "bank")
    late = called("interest", 2090, "--province", "36", "--lang", "en")
    assert (late.exit_code, "2090" in late.stderr) == (2, True)
    assert called("import", "cats", "x.csv").exit_code == 2


def test_interest_is_credited_in_both_schemes_and_says_where_no_rate_is_on_record() -> None:
    """Anhui's rate of 2025 for residents is 3.59%; none is on record for Jiangxi."""
    resident, = accounts("resident_account", province="34")
    elsewhere, bank = accounts("resident_account", "bank")
    as_owner("SELECT ledger_post_drafts(ARRAY['opening'], ARRAY['x'], ARRAY['x'], ARRAY[NULL]::bigint[], ARRAY[1, 1, 1], ARRAY[%s, %s, %s]::bigint[],"
             " ARRAY[1000000, 1000000, -2000000]::bigint[], 0, 'law', '2024-12-31', NULL)", [resident, elsewhere, bank])
    done = json.loads(called("interest", 2025, "--province", "34", "--province", "36", "--scheme", "resident", "--json").output)
    assert [(each["province"], each["fen"], bool(each["missing"])) for each in done] == [("34", 35_900, False), ("36", 0, True)]
    both = json.loads(called("interest", 2025, "--province", "34", "--json").output)
    assert [(each["scheme"], each["fen"]) for each in both] == [("employee", 0), ("resident", 0)]
    assert called("interest", 2025, "--province", "36", "--scheme", "resident").exit_code == 2
    assert called("interest", 2025, "--scheme", "miners").exit_code == 2


def test_provisional_pensions_are_settled_by_the_operator_too(office: Office) -> None:
    """Granted in February 2025 before base and interest of the year were out; both are on record by now."""
    sys.path.append(str(Path(__file__).parent.parent / "transfers"))
    from paying import pay

    from lingbao.law.month import month
    from lingbao.registry.benefits.claims import claim, grant
    from lingbao.registry.benefits.working_out import Claimant

    february = month(2025, 2)
    pay(7, "36", february - 180, 180, 400_000, on=date(2024, 12, 10))
    who, day = Claimant(month(1965, 1), "male", "36"), date(2025, 2, 20)
    number = claim(office.clerk, "c", 7, who, relation="36", claim_month=february, today=day)["claim"]
    assert grant(office.supervisor, "g", number, today=day)["state"] == "provisional"
    done, = json.loads(called("settle", "--province", "36", "--json").output)
    assert (done["settled"], done["left"], done["faults"]) == (1, 0, [])
    assert as_owner("SELECT state FROM benefit_claim") == [("final",)]
    assert "补发" in called("settle", "--province", "36").output


def test_a_dry_run_counts_what_is_over_and_erases_nothing() -> None:
    as_owner("INSERT INTO people_access (at, actor, role, person_id, action, fields, purpose)"
             " VALUES (now() - interval '4 years', 0, 'clerk', 1, 'read', '{name}', 'test')")

    def of_access(*options: str) -> tuple[int, int]:
        found = {each["name"]: each for each in json.loads(called("retention", "--json", *options).output)}
        assert found["ledger"]["keep"] is None and found["ledger"]["erased"] == 0
        return found["access"]["due"], found["access"]["erased"]

    assert [of_access("--dry-run"), of_access("--dry-run"), of_access(), of_access()] == [(1, 0), (1, 0), (1, 1), (0, 0)]
    assert "3 years" in called("retention", "--dry-run", "--lang", "en").output
