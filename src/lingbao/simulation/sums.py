"""What many people add up to, exactly: whole numbers that give the same bits whatever the order of adding.

Money comes in fen and weights in whole units, so every sum is a whole number. A sum may outgrow 64 bits; it is kept as
two words with ``value = high × 2**32 + low`` and ``0 <= low < 2**32``, which reaches ±2**94. Two words that mean the same
number are the same words, so equal sums are equal bit by bit.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from lingbao.law.errors import InputError

LOW_BITS = 32
LOW_MASK = 2**LOW_BITS - 1
LARGEST_HIGH = 2**62
"""A high word beyond this is one addition away from overflow and is refused."""

Words = npt.NDArray[np.int64]
_NO_IDS: npt.NDArray[np.int64] = np.zeros(0, np.int64)
_NO_ROWS: npt.NDArray[np.float64] = np.zeros((0, 0))


@dataclass
class Sums:
    """Sums over the people done so far, and the rows of the few of them who are kept one by one.

    Attributes
    ----------
    words : dict of str to int64 array, shape (2, ...)
        By name, the high and the low words of every sum.
    persons : int
        Number of people in the sums.
    ids : int64 array, shape (k,)
        Numbers of the people kept, ascending.
    rows : float64 array, shape (k, columns)
        One row for each person kept.
    """

    words: dict[str, Words] = field(default_factory=dict)
    persons: int = 0
    ids: npt.NDArray[np.int64] = field(default_factory=lambda: _NO_IDS)
    rows: npt.NDArray[np.float64] = field(default_factory=lambda: _NO_ROWS)

    @classmethod
    def zero(cls) -> Sums:
        """Return the sums of nobody; any sums can be merged into them."""
        return cls()

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[np.int64]], persons: int,
           ids: npt.NDArray[np.int64] | None = None, rows: npt.NDArray[np.float64] | None = None) -> Sums:
        """Make sums from plain 64-bit whole numbers, such as those of one small chunk."""
        return cls.of_words({name: np.stack([np.zeros_like(array), array]) for name, array in arrays.items()},
                            persons, ids, rows)

    @classmethod
    def of_words(cls, words: Mapping[str, Words], persons: int,
                 ids: npt.NDArray[np.int64] | None = None, rows: npt.NDArray[np.float64] | None = None) -> Sums:
        """Make sums from pairs of words, first axis (high, low), whose low words may have grown beyond 32 bits."""
        for name, array in words.items():
            if array.dtype != np.int64 or array.ndim < 1 or array.shape[0] != 2:
                raise TypeError(f"sums '{name}' must be 64-bit whole numbers with a first axis of two words, "
                                f"not {array.dtype} {array.shape}")
        made = cls({name: _carried(np.array(array)) for name, array in words.items()}, persons)
        if ids is not None and rows is not None and len(ids):
            order = np.argsort(ids)
            made.ids, made.rows = ids[order].astype(np.int64), rows[order].astype(np.float64)
        return made

    def merge(self, other: Sums) -> Sums:
        """Add other people to these sums, in place, and return them.

        Raises
        ------
        ValueError
            If the two have different sums or a person is kept in both: then one of them was counted twice.
        OverflowError
            If a sum leaves the reach of two words.
        """
        if not self.words:
            self.words = {name: np.zeros_like(array) for name, array in other.words.items()}
        elif other.words and {k: v.shape for k, v in self.words.items()} != {k: v.shape for k, v in other.words.items()}:
            raise ValueError("sums of different shape cannot be merged; they belong to different plans")
        both = _NO_IDS if not len(other.ids) else np.concatenate([self.ids, other.ids])
        order = np.argsort(both)
        if (np.diff(both[order]) == 0).any():
            raise ValueError("a person stands in both sums; the same people would count twice")
        for name, array in other.words.items():
            self.words[name] += array
            _carried(self.words[name])
        if len(both):
            self.rows = np.concatenate([self.rows.reshape(len(self.ids), other.rows.shape[1]), other.rows])[order]
            self.ids = both[order]
        self.persons += other.persons
        return self

    def exact(self, name: str) -> npt.NDArray[np.object_]:
        """Return one array of sums as Python whole numbers, which have no largest value."""
        high, low = self.words[name].astype(object)
        whole: npt.NDArray[np.object_] = high * (LOW_MASK + 1) + low
        return whole

    def values(self, name: str) -> npt.NDArray[np.float64]:
        """Return one array of sums as floats, each rounded once: exact up to 2**53, nearest float up to 2**85."""
        high, low = self.words[name]
        return high.astype(np.float64) * float(LOW_MASK + 1) + low.astype(np.float64)

    def equal(self, other: Sums) -> bool:
        """Tell whether two sums have the same bits throughout."""
        return self.digest() == other.digest()

    def digest(self) -> str:
        """Return the SHA-256 of everything in the sums, in hexadecimal."""
        digest = hashlib.sha256(f"{self.persons}".encode())
        for name, array in [*sorted(self.words.items()), ("", self.ids), ("", self.rows)]:
            digest.update(f"{name} {array.shape} {array.dtype.str}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def to_npz(self, file: Path) -> str:
        """Write the sums to a file that appears only when complete and on disk, and return their digest.

        Raises
        ------
        InputError
            If the file cannot be written.
        """
        digest = self.digest()
        arrays = {f"sum.{name}": array for name, array in self.words.items()}
        unfinished = file.with_name(f"{file.name}.{uuid4().hex}.unfinished")
        try:
            with unfinished.open("wb") as out:
                np.savez(out, allow_pickle=False, persons=np.int64(self.persons), ids=self.ids, rows=self.rows,
                         digest=np.str_(digest), **arrays)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(file)
        except OSError as error:
            raise _not_written(file, error) from error
        finally:
            unfinished.unlink(missing_ok=True)
        return digest

    @classmethod
    def from_npz(cls, file: Path) -> Sums:
        """Read sums back.

        Raises
        ------
        InputError
            If the file is missing, cut short, altered, or something else.
        """
        try:
            with np.load(file, allow_pickle=False) as kept:
                words = {name.removeprefix("sum."): kept[name] for name in kept.files if name.startswith("sum.")}
                made = cls(words, int(kept["persons"]), kept["ids"], kept["rows"])
                digest = str(kept["digest"])
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise InputError("sums.file", value=str(file), where=str(file),
                             zh="这个文件不能作为模拟合计读取：文件不存在、不完整或不是合计文件。请从最近的完整文件继续，或重新运行。",
                             en="The file cannot be read as sums of a run: it is missing, cut short or something else. "
                                "Resume from the last whole one, or run again.") from error
        if made.digest() != digest:
            raise InputError("sums.digest", value=digest, where=str(file),
                             zh="文件内容与其校验和不符，可能已损坏。请重新运行。",
                             en="The contents do not agree with the file's own checksum; it is damaged. Run again.")
        return made


def _carried(words: Words) -> Words:
    """Bring low words back into 32 bits, in place; what is beyond goes to the high words."""
    words[0] += words[1] >> LOW_BITS
    words[1] &= LOW_MASK
    if words[0].size and (words[0].max() > LARGEST_HIGH or words[0].min() < -LARGEST_HIGH):
        raise OverflowError("a sum left the reach of two 64-bit words; count in larger units of weight")
    return words


def _not_written(file: Path, error: OSError) -> InputError:
    return InputError("sums.write", value=str(file), where=str(file),
                      zh=f"无法写入文件：{error.strerror or error}。请检查文件夹是否存在、是否可写、磁盘是否已满。",
                      en=f"The file cannot be written: {error.strerror or error}. Does the folder exist, may you write "
                         "to it, and is there room?")
