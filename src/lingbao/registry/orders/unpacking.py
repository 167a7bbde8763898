"""From the bytes sent to plain text: unpacked within limits, in UTF-8, without NUL bytes or endless lines."""

from __future__ import annotations

import zlib

import numpy as np

from lingbao.law.errors import InputError
from lingbao.registry.orders import limits


class FileRefused(InputError):
    """The whole file was refused; nothing of it was taken."""


def refused(code: str, zh: str, en: str, value: object = None) -> FileRefused:
    """Return the refusal of a whole file, with the sentence that says so."""
    return FileRefused(f"orders.{code}", value=value, where="file", zh=f"整个文件未采用：{zh}",
                       en=f"The whole file was refused: {en}")


def unpacked(content: bytes) -> bytes:
    """Return the content of a gzip file, read no further than the limit allows.

    Raises
    ------
    FileRefused
        If it is no gzip file, is cut short, carries something after its end, or unpacks to more than
        :data:`limits.UNPACKED_BYTES`.
    """
    machine = zlib.decompressobj(wbits=31)
    try:
        text = machine.decompress(content, limits.UNPACKED_BYTES)
    except zlib.error:
        raise refused("gzip", "不是有效的 gzip 文件，请重新压缩。", "it is not a valid gzip file; compress it again.") from None
    if not machine.eof:
        if machine.unconsumed_tail or len(text) >= limits.UNPACKED_BYTES:
            raise too_large(f"> {limits.UNPACKED_BYTES}")
        raise refused("gzip", "gzip 文件不完整，请重新上传。", "the gzip file is cut short; upload it again.")
    if machine.unused_data:
        raise refused("gzip", "gzip 文件结尾之后还有内容；请压缩成单个成员。",
                      "something follows the end of the gzip file; compress it as one member.")
    return text


def too_large(size: object) -> FileRefused:
    """Return the refusal of a file beyond the limits."""
    return refused(
        "too_large", f"文件过大；每个文件解压后至多 {limits.UNPACKED_BYTES >> 20} MiB、{limits.ROWS} 行，请分成几个文件。",
        f"it is too large; at most {limits.UNPACKED_BYTES >> 20} MiB unpacked and {limits.ROWS} rows. Split it.", size)


def check_text(content: bytes, *, in_lines: bool = True) -> None:
    """Refuse text that is not UTF-8, holds a NUL byte, or (`in_lines`) has a line beyond :data:`limits.LINE_BYTES`.

    Raises
    ------
    FileRefused
        Naming the first byte or line that is wrong.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _encoding("UTF-16")
    nul = content.find(b"\0")
    if nul >= 0:
        raise refused("nul", f"第 {nul + 1} 个字节是空字节（NUL）；文件应为纯文本。",
                      f"byte {nul + 1} is NUL; the file must be plain text.", nul + 1)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _encoding(f"0x{content[error.start]:02x} @ {error.start + 1}") from None
    if not in_lines:
        return
    ends = np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == 10)
    lengths = np.diff(ends, prepend=-1, append=len(content))
    if lengths.max(initial=0) > limits.LINE_BYTES:
        line = int(np.argmax(lengths > limits.LINE_BYTES)) + 1
        raise refused("long_line", f"第 {line} 行超过 {limits.LINE_BYTES} 字节。",
                      f"line {line} is longer than {limits.LINE_BYTES} bytes.", line)


def _encoding(found: str) -> FileRefused:
    return refused("encoding", f"文件不是 UTF-8 编码（{found}）；请以 UTF-8 保存（GBK、UTF-16 不接受）。",
                   f"the file is not UTF-8 ({found}); save it as UTF-8 (GBK and UTF-16 are not taken).", found)
