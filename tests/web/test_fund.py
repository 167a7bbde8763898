"""The public page of the fund: closed days only, a chain that anyone recomputes, nothing that singles anyone out."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from registry_world import leave_clone, use_clone


@pytest.fixture
def books(migrated: None) -> Iterator[None]:
    """Eleven contributions in province 36 and three in 44, on a day that is closed."""
    from django.core.cache import cache
    from made_up import accounts, as_owner, moved

    name = use_clone()
    cache.clear()
    for province, count in (("36", 11), ("44", 3)):
        bank, = accounts("bank", owner=int(province), province=province, owner_kind="province")
        pooled, = accounts("pooled", owner=int(province), province=province, owner_kind="province")
        for person in range(count):
            individual, = accounts("individual", owner=int(province) * 100 + person, province=province)
            moved((bank, -1000), (individual, 400), (pooled, 600), source=f"{province}:{person}")
    # Twelve residents, twelve workers of a platform, twelve subsidies, all in province 36.
    bank, pool = accounts("bank", "resident_pool", owner=36, province="36", owner_kind="province")
    owed, subsidy = accounts("platform_receivable", "subsidy_receivable", owner=7, province="36", owner_kind="platform")
    for person in range(3601, 3613):
        resident, pending, individual = accounts("resident_account", "pending", "individual", owner=person, province="36")
        moved((bank, -300), (resident, 200), (pool, 100), source=f"resident:{person}")
        moved((owed, -50), (pending, 50), source=f"withheld:{person}")
        moved((subsidy, -70), (individual, 70), source=f"subsidy:{person}")
    # Yesterday's books: the tests cannot wait for a day to end.
    as_owner("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    as_owner("UPDATE ledger_entry SET book_date = %s", [date.today() - timedelta(days=3)])
    as_owner("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    as_owner("SELECT ledger_close_days(%s)", [date.today() - timedelta(days=2)])
    try:
        yield
    finally:
        leave_clone(name)


def rows(client: Any, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/fund/{name}.csv").content.decode())))


def recomputed(day: dict[str, str]) -> str:
    text = f"{day['date']}|{day['entries']}|{day['legs']}|{day['fen']}|".encode()
    return hashlib.sha256(bytes.fromhex(day["previous"]) + text + bytes.fromhex(day["root"])).hexdigest()


def test_anyone_recomputes_the_chain_from_the_download(books: None, client: Any) -> None:
    days = rows(client, "digests")
    assert len(days) == 2 and days[0]["entries"] == "50"
    previous = hashlib.sha256(b"").hexdigest()
    for day in days:
        assert (day["previous"], day["chain"]) == (previous, recomputed(day))
        previous = day["chain"]
    assert recomputed({**days[0], "fen": str(int(days[0]["fen"]) + 1)}) != days[0]["chain"], "one fen more is another chain"


def test_programs_get_the_same_tables_as_the_downloads(books: None, client: Any) -> None:
    from lingbao.web.fund.published import NAMES

    for name in NAMES:
        found = client.get(f"/api/v1/registry/fund/{name}").json()
        assert [{key: "" if value is None else str(value) for key, value in line.items()} for line in found] == rows(client, name), name
    assert {line["province"]: line["received"] for line in client.get("/api/v1/registry/fund/flows").json()}["44"] is None
    assert client.get("/api/v1/registry/fund/secrets").status_code == 422


def test_cells_of_few_are_not_published(books: None, client: Any) -> None:
    found = {line["province"]: line for line in rows(client, "flows")}
    assert found["44"]["received"] == "" and "3000" not in str(found["44"])
    page = client.get("/fund/").content.decode()
    assert "×" in page and "30.00" not in page


def test_the_resident_scheme_what_is_withheld_and_subsidies_stand_among_the_flows(books: None, client: Any) -> None:
    line = next(line for line in rows(client, "flows") if line["province"] == "36")
    assert (line["resident_credited"], line["resident_pool_in"], line["withheld"], line["subsidies_granted"]) == ("2400", "1200", "600", "840")
    assert line["resident_debited"] == "0"
    page = client.get("/fund/").content.decode()
    assert "居民养老保险" in page and "平台已扣" in page and "24.00" in page


def test_balances_members_interruption_and_service_standards_are_downloaded(books: None, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.monitoring import figures, service

    assert {line["kind"]: line["fen"] for line in rows(client, "balances")}["resident_account"] == "2400"
    monkeypatch.setattr(figures, "by_group", lambda as_of, group: {("36", "paying"): 20, ("36", "late"): None} if group == "province" else {})
    late = service.Standard("claim", "36", 40, 10, 5.0, 9.0, 0.8)
    monkeypatch.setattr(service, "standards", lambda what, since, until: [late] if what == "claim" else [])
    found = {line["status"]: line["persons"] for line in rows(client, "members")}
    assert (found["paying"], found["late"], found["left"]) == ("20", "", "0")
    assert rows(client, "interruption") == []
    (line,) = rows(client, "standards")
    assert (line["what"], line["finished"], line["open_late"], line["in_time"]) == ("claim", "40", "10", "0.8")
    page = html.unescape(client.get("/fund/").content.decode())
    assert "待遇申领" in page and "80" in page and "服务时限" in page


def test_without_suppression_they_would_be_there(books: None, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.fund import accounts

    monkeypatch.setattr(accounts, "suppressed", lambda cells, smallest: dict(cells))
    assert {line["province"]: line["received"] for line in rows(client, "flows")} == {"36": "14600", "44": "3000"}


def test_an_open_day_is_not_published(books: None, client: Any) -> None:
    from made_up import accounts, moved

    before = client.get("/fund/").content
    one, other = accounts("bank", "pooled", owner=36, owner_kind="province")
    moved((one, -777_000), (other, 777_000))
    after = client.get("/fund/").content
    assert b"7,770" not in after and before == after


def test_the_page_of_an_empty_registry_stands(migrated: None, client: Any) -> None:
    name = use_clone()
    try:
        for lang in ("zh", "en"):
            assert client.get(f"/fund/?lang={lang}").status_code == 200
        assert rows(client, "digests") == []
    finally:
        leave_clone(name)


def test_ages_stand_in_their_order(books: None, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.monitoring import figures

    ages = list(figures.AGES.values())
    monkeypatch.setattr(figures, "by_group", lambda as_of, group: {(age, "paying"): 20 for age in reversed(ages)} if group == "age" else {})
    page = html.unescape(client.get("/fund/").content.decode())
    assert re.findall(r'<th scope="row">([^<]*岁[^<]*)</th>', page) == ["不满20岁", "20-29岁", "30-39岁", "40-49岁", "50-59岁", "60岁及以上"]
