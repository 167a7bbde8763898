"""How much a Parquet file unpacks to, read from its page headers before a single page is unpacked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Field numbers of parquet.thrift.
_ROW_GROUPS, _COLUMNS, _META = 4, 1, 3
_TOTAL_COMPRESSED, _DATA_OFFSET, _DICTIONARY_OFFSET = 7, 9, 11
_PAGE_UNPACKED, _PAGE_PACKED = 2, 3
_DEEPEST = 20


class BrokenFile(ValueError):
    """The bytes do not follow the Parquet format."""


def unpacked_bytes(content: bytes) -> int:
    """Return the sum of the unpacked sizes that the page headers announce; a reader allocates exactly these.

    Raises
    ------
    BrokenFile
        If footer or page headers cannot be followed.
    """
    if len(content) < 12 or content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        raise BrokenFile("no Parquet file")
    length = int.from_bytes(content[-8:-4], "little")
    if length > len(content) - 12:
        raise BrokenFile("footer outside the file")
    try:
        footer, _ = _struct(content, len(content) - 8 - length, 0)
        return sum(sum(_pages(content, column.get(_META) or {}))
                   for group in footer.get(_ROW_GROUPS) or () for column in group.get(_COLUMNS) or ())
    except (AttributeError, TypeError) as error:  # a number stands where a struct should
        raise BrokenFile("fields of other kinds than Parquet's") from error


def _pages(content: bytes, column: dict[int, Any]) -> Iterator[int]:
    """Yield the unpacked size of each page of a column."""
    starts = [column[field] for field in (_DATA_OFFSET, _DICTIONARY_OFFSET) if column.get(field)]
    at = min(starts, default=0)
    end = at + column.get(_TOTAL_COMPRESSED, 0)
    if not 0 <= at <= end <= len(content):
        raise BrokenFile("column outside the file")
    while at < end:
        header, at = _struct(content, at, 0)
        packed, unpacked = header.get(_PAGE_PACKED, -1), header.get(_PAGE_UNPACKED, -1)
        if packed < 0 or unpacked < 0:
            raise BrokenFile("page without a size")
        yield unpacked
        at += packed


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(content) or shift > 63:
            raise BrokenFile("cut short")
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _signed(content: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(content, at)
    return (value >> 1) ^ -(value & 1), at


def _struct(content: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    """Read a struct of Thrift's compact protocol as field numbers and values."""
    fields: dict[int, Any] = {}
    number = 0
    while True:
        if at >= len(content):
            raise BrokenFile("cut short")
        head, at = content[at], at + 1
        if head == 0:
            return fields, at
        if head >> 4:
            number += head >> 4
        else:
            number, at = _signed(content, at)
        kind = head & 0x0F
        fields[number], at = (kind == 1, at) if kind in (1, 2) else _value(content, at, kind, depth + 1)


def _value(content: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if depth > _DEEPEST:
        raise BrokenFile("nested too deep")
    if kind in (1, 2, 3):
        return content[at:at + 1], at + 1
    if kind in (4, 5, 6):
        return _signed(content, at)
    if kind == 7:
        return None, at + 8
    if kind == 8:
        length, at = _varint(content, at)
        return None, at + length
    if kind in (9, 10):
        return _list(content, at, depth)
    if kind == 12:
        return _struct(content, at, depth)
    raise BrokenFile(f"kind {kind} does not occur in Parquet")


def _list(content: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    if at >= len(content):
        raise BrokenFile("cut short")
    head, at = content[at], at + 1
    count, kind = head >> 4, head & 0x0F
    if count == 15:
        count, at = _varint(content, at)
    if count > len(content) - at:
        raise BrokenFile("list longer than the file")
    items = []
    for _ in range(count):
        item, at = _value(content, at, kind, depth + 1)
        items.append(item)
    return items, at
