"""Files that are broken, huge, or made to do harm: a clear refusal, and nothing of them taken."""

from __future__ import annotations

import gzip
import io
import json
import random
import zlib

import polars as pl
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orders_shop import HEADER, TODAY, Shop, order

from lingbao.registry.orders import limits, reading, reconciliation, sandbox, taking
from lingbao.registry.orders.parquet_size import unpacked_bytes
from lingbao.registry.orders.tables import row
from lingbao.registry.orders.taking import Declaration
from lingbao.registry.orders.unpacking import FileRefused
from lingbao.registry.orders.validation import validate

GOOD = f"{HEADER}\n{order('a1')}\n".encode()
BOMB = gzip.compress(b"0" * 2**20, 9)
# A frame that says its window is 2 GiB: magic, descriptor, window of exponent 31-10, one raw block.
WIDE = bytes.fromhex("28b52ffd00a8") + bytes.fromhex("010000")


def parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


HOSTILE = {
    "not gzip": (GOOD, "csv.gz", "gzip"),
    "cut gzip": (gzip.compress(GOOD)[:-9], "csv.gz", "gzip"),
    "two gzip members": (gzip.compress(GOOD) * 2, "csv.gz", "gzip"),
    "not zstd": (GOOD, "csv.zst", "zstd"),
    "cut zstd": (zstandard.compress(GOOD)[:-3], "csv.zst", "zstd"),
    "two zstd frames": (zstandard.compress(GOOD) * 2, "csv.zst", "zstd"),
    "zstd window beyond the limit": (WIDE, "ndjson.zst", "zstd"),
    "NUL byte": (GOOD.replace(b"a1", b"a\x001"), "csv", "nul"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "csv", "encoding"),
    "GBK": (GOOD.replace(b"r1", "骑手".encode("gbk")), "csv", "encoding"),
    "endless line": (GOOD + b"x" * 10_000, "csv", "long_line"),
    "no header": (b"1,2,3\n", "csv", "columns"),
    "column twice": (b"worker,worker,order_number,business_date,income_fen\n", "csv", "columns"),
    "unknown column": (GOOD.replace(b"orders", b"password"), "csv", "columns"),
    "more cells than columns": (GOOD + b"1,2,3,4,5,6,7,8,9\n", "csv", "csv"),
    "empty": (b"", "csv", "columns"),
    "line is no object": (b'{"worker": "r1"}\n[1]\n', "ndjson", "ndjson"),
    "line is no JSON": (b'{"worker": "r1"}\nhello\n', "ndjson", "ndjson"),
    "deep JSON": (b"[" * 100_000, "json", "json"),
    "deep JSON line": (b"[" * 4000, "ndjson", "ndjson"),
    "JSON without orders": (b"{}", "json", "json"),
    "orders no list": (b'{"orders": "all"}', "json", "json"),
    "unknown JSON field": (b'{"orders": [{"admin": true}]}', "json", "columns"),
    "not Parquet": (GOOD, "parquet", "parquet"),
    "broken Parquet": (b"PAR1" + b"\xff" * 100 + b"PAR1", "parquet", "parquet"),
    "Parquet of lists": (parquet(business_date=[["a"]], order_number=[["a"]], worker=[[1]], income_fen=[[1]]), "parquet", "parquet"),
    "unknown format": (GOOD, "xlsx", "format"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_both_languages(name: str) -> None:
    content, file_format, code = HOSTILE[name]
    with pytest.raises(FileRefused) as refusal:
        reading.read(content, file_format)
    assert refusal.value.code == f"orders.{code}"
    assert refusal.value.zh.startswith("整个文件未采用") and refusal.value.en.startswith("The whole file was refused")


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 2**16)
    asked: list[int] = []
    unpack = zlib.decompressobj

    class Watched:
        def __init__(self, **options: int) -> None:
            self.machine = unpack(**options)

        def decompress(self, content: bytes, most: int) -> bytes:
            asked.append(most)
            return self.machine.decompress(content, most)

        def __getattr__(self, name: str) -> object:
            return getattr(self.machine, name)

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(FileRefused, match="too large"):
        reading.read(BOMB, "csv.gz")
    assert asked == [2**16]  # never more than the limit, however much is inside


def test_a_zstd_bomb_is_refused_long_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 2**16)
    unpacked = 0
    unpack = zstandard.ZstdDecompressor

    class Watched:
        def __init__(self, machine: object) -> None:
            self.machine = machine

        def decompress(self, content: bytes) -> bytes:
            nonlocal unpacked
            part: bytes = self.machine.decompress(content)  # type: ignore[attr-defined]
            unpacked += len(part)
            return part

        def __getattr__(self, name: str) -> object:
            return getattr(self.machine, name)

    class Opened:
        def __init__(self, **options: int) -> None:
            self.options = options

        def decompressobj(self) -> Watched:
            return Watched(unpack(**self.options).decompressobj())

    monkeypatch.setattr(zstandard, "ZstdDecompressor", Opened)
    bomb = zstandard.compress(random.Random(1).randbytes(2**12) + b"0" * 2**28)
    with pytest.raises(FileRefused, match="too large"):
        reading.read(bomb, "csv.zst")
    assert 0 < unpacked < 2**27  # one step of the file, not the whole


@pytest.mark.parametrize("kind", ["csv.gz", "csv.zst", "ndjson.gz", "ndjson.zst"])
def test_a_compressed_file_reads_like_the_plain_one(kind: str) -> None:
    table = sandbox.order_table(50, 5, TODAY)
    plain, packed = (sandbox.order_file(table, "k", name)[1] for name in (kind.partition(".")[0], kind))
    assert reading.read(packed, kind).equals(reading.read(plain, kind.partition(".")[0]))


def test_a_parquet_file_of_endless_rows_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 1000)
    same = parquet(business_date=["2026-11-01"] * 2000, order_number=["a"] * 2000, worker=["r"] * 2000, income_fen=[1] * 2000)
    with pytest.raises(FileRefused, match="too large"):
        reading.read(same, "parquet")


def test_a_parquet_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 2**20)
    bomb = parquet(business_date=["2026-11-01"], order_number=["a" * 2**22], worker=["r"], income_fen=[1])
    assert len(bomb) < 2**14
    assert unpacked_bytes(bomb) > 2**22
    monkeypatch.setattr(pl, "scan_parquet", None)  # whoever reads it now fails
    with pytest.raises(FileRefused, match="too large"):
        reading.read(bomb, "parquet")


def test_nothing_of_a_refused_file_is_kept(shop: Shop) -> None:
    for name, (content, file_format, _) in HOSTILE.items():
        with pytest.raises(FileRefused):
            taking.take(shop.id, Declaration(name, file_format, 1, 1000), content, today=TODAY)
    for table in ("orders_fact", "orders_file", "orders_file_worker", "ledger_entry"):
        assert row(f"SELECT count(*) FROM {table}")[0] == 0
    assert row("SELECT count(*) FROM orders_refusal")[0] == len(HOSTILE)


def test_a_formula_in_a_file_is_text_in_its_report(shop: Shop) -> None:
    answer = shop.send([order("=cmd|'/c calc'!A1"), order("a2", worker="@SUM(1)"), order("a3", worker="+1"), order("a4")], "k1")
    assert answer.rejected == 3
    report = reconciliation.report(shop.id, answer.file)
    assert "'=cmd" in report and "'@SUM" in report and "'+1" in report
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in report.splitlines() for cell in line.split(","))


@pytest.mark.parametrize("file_format", reading.FORMATS)
def test_every_format_says_the_same(file_format: str) -> None:
    table = sandbox.order_table(50, 5, TODAY, faults=sandbox.Faults(repeated=2, unknown_workers=2, bad_income=2, refunds=2))
    declaration, content = sandbox.order_file(table, "k", file_format)
    checked = validate(reading.read(content, file_format), TODAY)
    assert (checked.rows, checked.repeated, checked.taken.height, checked.faults.height) == (58, 2, 54, 2)
    assert checked.income_fen == declaration.income_fen
    plain = validate(reading.read(sandbox.order_file(table, "k")[1], "csv"), TODAY)
    assert checked.taken.equals(plain.taken)


def test_a_byte_order_mark_and_windows_line_ends_are_harmless() -> None:
    assert reading.read(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"), "csv").drop("row").row(0)[:2] == ("2026-11-01", "a1")


def test_numbers_and_texts_in_json_are_read_alike() -> None:
    as_number = {"business_date": "2026-11-01", "order_number": "a1", "worker": "r1", "income_fen": 1000, "sequence": 0}
    texts = {name: str(value) for name, value in as_number.items()}
    for shape, packed in (("json", json.dumps({"orders": [as_number, texts]})), ("ndjson", f"{json.dumps(as_number)}\n{json.dumps(texts)}\n")):
        checked = validate(reading.read(packed.encode(), shape), TODAY)
        assert (checked.taken.height, checked.repeated, checked.faults.height) == (1, 1, 0)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), file_format=st.sampled_from(reading.FORMATS), hits=st.integers(1, 20))
def test_damaged_bytes_are_read_or_refused_and_never_fail(seed: int, file_format: str, hits: int) -> None:
    luck = random.Random(seed)
    damaged = bytearray(sandbox.order_file(sandbox.order_table(30, 3, TODAY), "k", file_format)[1])
    for _ in range(hits):
        place = luck.randrange(len(damaged))
        match luck.randrange(3):
            case 0:
                damaged[place] = luck.randrange(256)
            case 1:
                del damaged[place:place + luck.randrange(1, 40)]
                damaged = damaged or bytearray(b"x")
            case _:
                damaged[place:place] = luck.randbytes(luck.randrange(1, 10))
    try:
        checked = validate(reading.read(bytes(damaged), file_format), TODAY)
    except FileRefused:
        return
    assert checked.taken.height + checked.repeated + checked.faults["row"].n_unique() == checked.rows
