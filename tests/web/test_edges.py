"""Words for figures, the data folder, and the database address."""

from __future__ import annotations

from pathlib import Path

import pytest

from lingbao.law.errors import InputError
from lingbao.web import figures
from lingbao.web.database import settings_of, sized
from lingbao.web.storage import data_folder, secret_key


@pytest.mark.parametrize(("written", "zh", "en"), [
    (figures.yuan, ("1,234 元", 1234.4), ("¥1,234", 1234.4)),
    (figures.yuan, ("−50 元", -50), ("−¥50", -50)),
    (figures.yuan, ("0 元", -0.2), ("¥0", -0.2)),
    (figures.month, ("2041年3月", 2041 * 12 + 2), ("March 2041", "2041-03")),
    (figures.age, ("58岁3个月", 699), ("58 years 3 months", 699)),
    (figures.span, ("15年", 180), ("15 years", 180)),
    (figures.span, ("0个月", 0), ("0 months", 0)),
    (figures.age, ("—", None), ("—", float("nan"))),
])
def test_figures_as_people_write_them(written: object, zh: tuple[str, object], en: tuple[str, object]) -> None:
    assert written(zh[1], "zh") == zh[0]  # type: ignore[operator]
    assert written(en[1], "en") == en[0]  # type: ignore[operator]


def test_secret_key_is_made_once_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGBAO_DATA", str(tmp_path / "new" / "data"))
    monkeypatch.delenv("LINGBAO_SECRET_KEY", raising=False)
    key = secret_key()
    assert len(key) >= 50 and secret_key() == key
    assert (data_folder() / "secret-key").stat().st_mode & 0o077 == 0


def test_unusable_data_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LINGBAO_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(InputError, match="LINGBAO_DATA"):
        data_folder()


def test_database_address_is_read() -> None:
    found = settings_of("postgresql://rider:p%40ss@db.example:5433/lingbao?sslmode=require")
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"], found["PASSWORD"]) == ("db.example", "5433", "lingbao", "rider", "p@ss")
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert settings_of("postgresql://postgres:@/postgres?host=/run/pg")["HOST"] == "/run/pg"


def test_an_embedded_server_takes_an_eighth_of_the_memory_within_bounds() -> None:
    assert [sized(memory << 30)["shared_buffers"] for memory in (0, 1, 2, 4, 8, 64)] == ["128MB", "128MB", "256MB", "512MB", "1024MB", "1024MB"]
    assert sized(4 << 30)["max_wal_size"] == "2048MB"


def test_another_database_is_refused() -> None:
    with pytest.raises(InputError, match="PostgreSQL 15"):
        settings_of("mysql://localhost/lingbao")
