"""From the bytes sent to plain text: unpacked within limits, in UTF-8, without NUL bytes or endless lines."""

from __future__ import annotations

import zlib

import numpy as np
import zstandard

from lingbao.law.errors import InputError
from lingbao.registry.orders import limits

_STEP = 2**10  # bytes of a zstd file unpacked at a time: at worst some 40 MiB


class FileRefused(InputError):
    """The whole file was refused; nothing of it was taken."""


def refused(code: str, zh: str, en: str, value: object = None) -> FileRefused:
    """Return the refusal of a whole file, with the sentence that says so."""
    return FileRefused(f"orders.{code}", value=value, where="file", zh=f"整个文件未采用：{zh}",
                       en=f"The whole file was refused: {en}")


def unpacked(content: bytes, most: int | None = None) -> bytes:
    """Return the content of a gzip file, read no further than the limit allows.

    Parameters
    ----------
    content : bytes
        The file.
    most : int
        How much it may unpack to [bytes]; default is :data:`limits.UNPACKED_BYTES`.

    Raises
    ------
    FileRefused
        If it is no gzip file, is cut short, carries something after its end, or unpacks to more than `most`.
    """
    most = most or limits.UNPACKED_BYTES
    machine = zlib.decompressobj(wbits=31)
    try:
        text = machine.decompress(content, most)
    except zlib.error:
        raise refused("gzip", "不是有效的 gzip 文件，请重新压缩。", "it is not a valid gzip file; compress it again.") from None
    if not machine.eof:
        if machine.unconsumed_tail or len(text) >= most:
            raise too_large(f"> {most}", most)
        raise refused("gzip", "gzip 文件不完整，请重新上传。", "the gzip file is cut short; upload it again.")
    if machine.unused_data:
        raise refused("gzip", "gzip 文件结尾之后还有内容；请压缩成单个成员。",
                      "something follows the end of the gzip file; compress it as one member.")
    return text


def unpacked_zstd(content: bytes, most: int | None = None) -> bytes:
    """Return the content of a zstd file of one frame, read in pieces and no further than the limit allows.

    What the frame says of its own size is not believed, and a window beyond :data:`limits.ZSTD_WINDOW` is refused: it
    would have to be held in memory.

    Raises
    ------
    FileRefused
        As :func:`unpacked`.
    """
    most = most or limits.UNPACKED_BYTES
    machine = zstandard.ZstdDecompressor(max_window_size=limits.ZSTD_WINDOW).decompressobj()
    parts: list[bytes] = []
    size = end = 0
    try:
        while end < len(content) and not machine.eof:
            parts.append(machine.decompress(content[end:end + _STEP]))
            end += _STEP
            size += len(parts[-1])
            if size > most:
                raise too_large(f"> {most}", most)
    except zstandard.ZstdError:
        raise refused("zstd", "不是有效的 zstd 文件，或压缩窗口大于 128 MiB；请重新压缩。",
                      "it is not a valid zstd file, or its window is above 128 MiB; compress it again.") from None
    if not machine.eof:
        raise refused("zstd", "zstd 文件不完整，请重新上传。", "the zstd file is cut short; upload it again.")
    if machine.unused_data or end < len(content):
        raise refused("zstd", "zstd 文件结尾之后还有内容；请压缩成单个帧。", "something follows the end of the zstd file; compress it as one frame.")
    return b"".join(parts)


def too_large(size: object, most: int | None = None) -> FileRefused:
    """Return the refusal of a file beyond the limits."""
    most = most or limits.UNPACKED_BYTES
    return refused(
        "too_large", f"文件过大；每个文件解压后至多 {most >> 20} MiB、{limits.ROWS} 行，请分成几个文件。",
        f"it is too large; at most {most >> 20} MiB unpacked and {limits.ROWS} rows. Split it.", size)


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
