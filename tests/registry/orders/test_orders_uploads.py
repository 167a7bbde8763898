"""A large file comes in parts, in any order, more than once, and is taken when it is complete."""

from __future__ import annotations

import hashlib
import random

import pytest
from orders_shop import TODAY, Shop

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.orders import limits, sandbox, uploads
from lingbao.registry.orders.tables import row
from lingbao.registry.orders.taking import Declaration
from lingbao.registry.orders.unpacking import FileRefused


def pieces(content: bytes, count: int) -> list[bytes]:
    size = -(-len(content) // count)
    return [content[k * size:(k + 1) * size] for k in range(count)]


@pytest.fixture
def file() -> tuple[Declaration, bytes]:
    return sandbox.order_file(sandbox.order_table(2000, 50, TODAY), "big", "csv.gz")


def begin(shop: Shop, file: tuple[Declaration, bytes], parts: int = 7) -> None:
    uploads.begin(shop.id, file[0], sha256=hashlib.sha256(file[1]).digest(), parts=parts)


def test_parts_in_any_order_more_than_once(shop: Shop, file: tuple[Declaration, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    begin(shop, file)
    parts = [*enumerate(pieces(file[1], 7), 1)] * 3
    random.Random(3).shuffle(parts)
    for number, part in parts[:5]:
        uploads.put(shop.id, "big", number, part)
    with pytest.raises(InputError, match="missing"):
        uploads.finish(shop.id, "big")
    begin(shop, file)  # the sender has restarted and asks how far it was
    for number, part in parts[5:]:
        state = uploads.put(shop.id, "big", number, part)
    assert state.missing == ()
    answer = uploads.finish(shop.id, "big")
    assert answer.posted + answer.rejected == 2000
    assert uploads.finish(shop.id, "big") == answer
    assert row("SELECT count(*) FROM orders_upload_part")[0] == 0


def test_a_part_cannot_change(shop: Shop, file: tuple[Declaration, bytes]) -> None:
    begin(shop, file)
    uploads.put(shop.id, "big", 1, b"first")
    with pytest.raises(Conflict):
        uploads.put(shop.id, "big", 1, b"second")
    with pytest.raises(NotFound):
        uploads.put(shop.id, "big", 8, b"beyond")
    with pytest.raises(NotFound):
        uploads.put(shop.id, "other", 1, b"nothing begun")
    with pytest.raises(Conflict):
        begin(shop, file, parts=8)


def test_parts_that_do_not_make_the_declared_file_are_not_taken(shop: Shop, file: tuple[Declaration, bytes]) -> None:
    begin(shop, file, parts=2)
    uploads.put(shop.id, "big", 1, file[1][:100])
    uploads.put(shop.id, "big", 2, file[1][101:])
    with pytest.raises(InputError, match="sha256"):
        uploads.finish(shop.id, "big")
    assert row("SELECT count(*) FROM orders_file")[0] == 0
    uploads.cancel(shop.id, "big")
    with pytest.raises(NotFound):
        uploads.finish(shop.id, "big")


def test_a_refused_file_leaves_no_parts(shop: Shop, file: tuple[Declaration, bytes]) -> None:
    wrong = Declaration("big", "csv.gz", file[0].rows + 1, file[0].income_fen)
    uploads.begin(shop.id, wrong, sha256=hashlib.sha256(file[1]).digest(), parts=1)
    uploads.put(shop.id, "big", 1, file[1])
    with pytest.raises(FileRefused):
        uploads.finish(shop.id, "big")
    assert row("SELECT count(*) FROM orders_upload")[0] == row("SELECT count(*) FROM orders_upload_part")[0] == 0


def test_too_much_is_refused_before_it_is_kept(shop: Shop, file: tuple[Declaration, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    begin(shop, file)
    monkeypatch.setattr(limits, "PART_BYTES", 10)
    with pytest.raises(FileRefused):
        uploads.put(shop.id, "big", 1, b"x" * 11)
    monkeypatch.setattr(limits, "FILE_BYTES", 15)
    uploads.put(shop.id, "big", 1, b"x" * 10)
    with pytest.raises(FileRefused):
        uploads.put(shop.id, "big", 2, b"x" * 10)
    assert row("SELECT count(*) FROM orders_upload_part")[0] == 1
