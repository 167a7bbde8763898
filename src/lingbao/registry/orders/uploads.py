"""A file in parts: declared first, sent in any order and as often as need be, taken when it is complete."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import connection
from psycopg import Cursor

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.orders import limits
from lingbao.registry.orders.reading import FORMATS
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.taking import Answer, Declaration, known, take
from lingbao.registry.orders.unpacking import FileRefused, too_large
from lingbao.registry.session import SYSTEM, run_as

PIECE = 2**18


@dataclass(frozen=True)
class Upload:
    """How far an upload has come; `missing` are the numbers of the parts that have not arrived."""

    key: str
    parts: int
    missing: tuple[int, ...]


def begin(platform_id: int, declaration: Declaration, *, sha256: bytes, parts: int) -> Upload:
    """Begin an upload, or go on with the one of the same key and content.

    Parameters
    ----------
    declaration : Declaration
        What the platform says of the file.
    sha256 : bytes
        Digest of the whole file.
    parts : int
        In how many parts it comes, numbered from 1.

    Raises
    ------
    InputError
        If the format, the digest or the number of parts cannot be right.
    Conflict
        If the key stands for other content.
    """
    if declaration.format not in FORMATS or len(sha256) != 32 or not 1 <= parts <= 10_000:
        raise InputError("orders.upload", value=declaration.format, where="upload",
                         zh=f"申报有误：格式应为 {'、'.join(FORMATS)} 之一，sha256 为 32 字节，分块 1 至 10000。",
                         en=f"The declaration is wrong: format one of {', '.join(FORMATS)}, sha256 of 32 bytes, 1 to 10,000 parts.")
    said = [declaration.format, declaration.rows, declaration.income_fen, sha256, parts]

    def work() -> Upload:
        rows("INSERT INTO orders_upload (platform_id, key, format, rows, income_fen, sha256, parts)"
             " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT orders_upload_key DO NOTHING",
             [platform_id, declaration.key, *said])
        kept = row("SELECT format, rows, income_fen, sha256, parts FROM orders_upload WHERE platform_id = %s AND key = %s",
                   [platform_id, declaration.key])
        if kept is None or [*kept[:3], bytes(kept[3]), kept[4]] != said:
            raise Conflict("orders.upload_differs", value=declaration.key,
                           zh=f"编号 {declaration.key} 的上传已按另一份申报开始。换一个编号，或先取消它。",
                           en=f"An upload of key {declaration.key} was begun with another declaration. Use another key, or cancel it.")
        return _state(platform_id, declaration.key)

    return run_as(SYSTEM, work)


def put(platform_id: int, key: str, number: int, content: bytes) -> Upload:
    """Keep one part; the same part again changes nothing.

    Raises
    ------
    NotFound
        If no upload of this key was begun, or it has no such part.
    Conflict
        If the part arrived before with other content.
    FileRefused
        If the part or the whole is too large.
    """
    if len(content) > limits.PART_BYTES:
        raise too_large(len(content))
    digest = hashlib.sha256(content).digest()

    def work() -> Upload:
        upload, parts = _upload(platform_id, key)
        if not 1 <= number <= parts:
            raise NotFound("orders.no_part", value=number, zh=f"分块编号应在 1 至 {parts} 之间。",
                           en=f"Parts are numbered from 1 to {parts}.")
        new = row("INSERT INTO orders_upload_part (upload_id, platform_id, number, sha256, bytes) VALUES (%s, %s, %s, %s, %s)"
                  " ON CONFLICT (upload_id, number) DO NOTHING RETURNING number", [upload, platform_id, number, digest, len(content)])
        kept, size = rows("SELECT sha256, (SELECT sum(bytes) FROM orders_upload_part WHERE upload_id = %s)"
                          " FROM orders_upload_part WHERE upload_id = %s AND number = %s", [upload, upload, number])[0]
        if new is not None:
            _write(upload, platform_id, number, content)
        elif bytes(kept) != digest:
            raise Conflict("orders.part_differs", value=number, zh=f"第 {number} 块已收到，但内容不同。请核对后取消并重新上传。",
                           en=f"Part {number} arrived before with other content. Check it, cancel the upload and begin again.")
        if size > limits.FILE_BYTES:
            raise too_large(size)
        return _state(platform_id, key)

    return run_as(SYSTEM, work)


def finish(platform_id: int, key: str) -> Answer:
    """Take the complete file (see `taking.take`) and drop its parts; again it gives the same answer.

    Raises
    ------
    NotFound
        If no upload of this key was begun and no file of it taken.
    InputError
        If parts are missing, or the parts do not make the declared content.
    FileRefused
        As `taking.take`; the parts are dropped then too.
    """
    found = run_as(SYSTEM, lambda: row(
        "SELECT id, format, rows, income_fen, sha256, parts FROM orders_upload WHERE platform_id = %s AND key = %s",
        [platform_id, key]))
    if found is None:
        taken = run_as(SYSTEM, lambda: row("SELECT sha256 FROM orders_file WHERE platform_id = %s AND key = %s", [platform_id, key]))
        answer = None if taken is None else known(platform_id, key, bytes(taken[0]))
        if answer is None:
            raise _no_upload(key)
        return answer
    upload, file_format, count, income, sha256, _ = found
    content = _whole(platform_id, key, upload, bytes(sha256))
    try:
        answer = take(platform_id, Declaration(key, file_format, count, income), content)
    except FileRefused:
        cancel(platform_id, key)
        raise
    cancel(platform_id, key)
    return answer


def cancel(platform_id: int, key: str) -> None:
    """End an upload and drop its parts; a file that was taken stays."""
    run_as(SYSTEM, lambda: rows("DELETE FROM orders_upload WHERE platform_id = %s AND key = %s", [platform_id, key]))


def _write(upload: int, platform_id: int, number: int, content: bytes) -> None:
    """Write a part in pieces of `PIECE` bytes, as they are: in one, and as text, it would hold up every other page meanwhile."""
    with Cursor(connection.connection) as cursor:
        cursor.executemany(
            "INSERT INTO orders_upload_piece (upload_id, platform_id, number, piece, content) VALUES (%s, %s, %s, %s, %b)",
            [(upload, platform_id, number, piece, content[start:start + PIECE]) for piece, start in enumerate(range(0, len(content), PIECE))])


def _whole(platform_id: int, key: str, upload: int, sha256: bytes) -> bytes:
    state = run_as(SYSTEM, lambda: _state(platform_id, key))
    if state.missing:
        raise InputError("orders.parts_missing", value=list(state.missing[:20]), where=key,
                         zh=f"还缺 {len(state.missing)} 块（如第 {state.missing[0]} 块），请补传后再提交。",
                         en=f"{len(state.missing)} parts are missing (such as {state.missing[0]}); send them and finish again.")
    content = run_as(SYSTEM, lambda: _read(upload))
    if hashlib.sha256(content).digest() != sha256:
        raise InputError("orders.digest", value=key, zh="各块合起来与申报的 sha256 不符。请取消后重新上传。",
                         en="The parts together do not have the declared sha256. Cancel the upload and begin again.")
    return content


def _read(upload: int) -> bytes:
    with Cursor(connection.connection) as cursor:
        cursor.execute("SELECT content FROM orders_upload_piece WHERE upload_id = %s ORDER BY number, piece", [upload], binary=True)
        return b"".join(piece for piece, in cursor)


def _state(platform_id: int, key: str) -> Upload:
    upload, parts = _upload(platform_id, key)
    here = {number for number, in rows("SELECT number FROM orders_upload_part WHERE upload_id = %s", [upload])}
    return Upload(key, parts, tuple(number for number in range(1, parts + 1) if number not in here))


def _upload(platform_id: int, key: str) -> tuple[int, int]:
    found = row("SELECT id, parts FROM orders_upload WHERE platform_id = %s AND key = %s", [platform_id, key])
    if found is None:
        raise _no_upload(key)
    return found[0], found[1]


def _no_upload(key: str) -> NotFound:
    return NotFound("orders.no_upload", value=key, zh=f"没有编号为 {key} 的上传。请先申报。",
                    en=f"No upload of key {key} was begun. Declare it first.")
