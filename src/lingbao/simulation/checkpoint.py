"""Where a run stands, on disk: the sums so far and who is in them, never one without the other.

The folder holds the sums in a file named by its digest, and ``state.json``, which names that file and the people in it.
Sums are written first and the state then replaced at once, so at any moment, also that of a power cut, the state on disk
names a whole file of sums that belongs to it.
"""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from lingbao.law.errors import InputError
from lingbao.simulation.program import program
from lingbao.simulation.spans import Spans
from lingbao.simulation.sums import Sums

SECONDS_BETWEEN = 30.0
STATE = "state.json"
LOCK = "in-use"
SUMS = "sums-{}.npz"


class Checkpoint:
    """A folder of one run, open for one process at a time; used as a context manager.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    plan : str
        Hash of the plan. Sums of another plan are refused.
    size : int
        Number of people in the run.
    every : float
        Time between two saves [s].

    Attributes
    ----------
    sums : Sums
        Read from the folder, and added to by the run.
    done : Spans
        The people in the sums.
    """

    def __init__(self, folder: Path, plan: str, size: int, every: float = SECONDS_BETWEEN) -> None:
        self.folder = Path(folder)
        self.every = every
        self.sums, self.done = Sums.zero(), Spans()
        self._belongs = {"plan": plan, "people": size, "program": program()}
        self._lock: IO[str] | None = None
        self._saved = time.monotonic()
        self._people_saved = -1

    def __enter__(self) -> Checkpoint:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / LOCK).open("w")
        except OSError as error:
            raise InputError("checkpoint.folder", value=str(self.folder), where=str(self.folder),
                             zh=f"无法使用检查点文件夹：{error.strerror or error}。",
                             en=f"The checkpoint folder cannot be used: {error.strerror or error}.") from error
        try:
            self._take()
            self._read()
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._lock:
            self._lock.close()

    def write_if_due(self) -> None:
        """Save if the last save is long enough ago."""
        if time.monotonic() - self._saved >= self.every:
            self.write()

    def write(self) -> None:
        """Save sums and state; the old sums are removed when nothing names them any more."""
        if self._people_saved == self.sums.persons:
            return
        name = SUMS.format(self.sums.digest()[:32])
        digest = self.sums.to_npz(self.folder / name)
        state = {**self._belongs, "people_done": self.sums.persons, "done": list(self.done), "sums": name, "digest": digest,
                 "written": datetime.now(UTC).isoformat(timespec="seconds")}
        _replace(self.folder / STATE, json.dumps(state, indent=1))
        self._clear(keep=name)
        self._saved, self._people_saved = time.monotonic(), self.sums.persons

    def _take(self) -> None:
        """Keep other processes out; the system lets the folder go when this process ends, however it ends."""
        try:
            import fcntl
        except ImportError:
            return
        assert self._lock
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError("checkpoint.in_use", value=str(self.folder), where=str(self.folder),
                             zh="另一个运行正在使用这个检查点文件夹。请等它结束，或另选文件夹。",
                             en="Another run is using this checkpoint folder. Wait for it to end, or choose another folder.") from error

    def _read(self) -> None:
        file = self.folder / STATE
        if not file.exists():
            self._refuse_strangers()
            return
        try:
            state: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            belongs = {name: state[name] for name in self._belongs}
            done, name, digest = Spans(map(tuple, state["done"])), str(state["sums"]), str(state["digest"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("checkpoint.state", value=str(file), where=str(file),
                             zh="检查点的状态文件无法读取。请另选文件夹重新运行。",
                             en="The state of the checkpoint cannot be read. Run again with another folder.") from error
        for of, (zh, en) in _DIFFERENCES.items():
            if belongs[of] != self._belongs[of]:
                raise InputError(f"checkpoint.{of}", value=belongs[of], where=str(file), zh=zh.format(belongs[of], self._belongs[of]),
                                 en=en.format(belongs[of], self._belongs[of]))
        sums = Sums.from_npz(self.folder / Path(name).name)
        if sums.digest() != digest or sums.persons != done.people():
            raise InputError("checkpoint.sums", value=name, where=str(file), zh="合计文件与状态文件不属于同一时刻。请另选文件夹重新运行。",
                             en="The sums and the state are not of the same moment. Run again with another folder.")
        self.sums, self.done, self._people_saved = sums, done, sums.persons
        self._clear(keep=name)

    def _refuse_strangers(self) -> None:
        """Take no folder in which something else lies, since files are removed in it."""
        strangers = [each.name for each in self.folder.iterdir() if each.name != LOCK and not each.name.startswith(("sums-", STATE))]
        if strangers:
            raise InputError("checkpoint.not_empty", value=strangers[0], where=str(self.folder),
                             zh=f"文件夹里有别的文件（如“{strangers[0]}”），不是检查点。请给出新的或空的文件夹。",
                             en=f"The folder holds other files (such as '{strangers[0]}') and is no checkpoint. Name a new or an empty one.")

    def _clear(self, keep: str) -> None:
        """Remove sums that the state does not name, whole or unfinished."""
        for each in [*self.folder.glob("sums-*"), *self.folder.glob(f"{STATE}.*")]:
            if each.name != keep:
                each.unlink(missing_ok=True)


_DIFFERENCES = {
    "plan": ("这个检查点属于另一个方案（{0:.12}），现在的是 {1:.12}：法律、改革、人口、种子或年限不同。请用新的文件夹。",
             "The checkpoint belongs to another plan ({0:.12}), this one is {1:.12}: law, reform, population, seed or years differ. "
             "Use a new folder."),
    "people": ("这个检查点属于 {0:,} 人的运行，现在要运行 {1:,} 人。请用新的文件夹。",
               "The checkpoint belongs to a run of {0:,} people, this one has {1:,}. Use a new folder."),
    "program": ("这个检查点由另一版程序写成（{0}，现在是 {1}），合在一起的结果无法复现。请用新的文件夹。",
                "The checkpoint was written by another version of the program ({0}, now {1}); a result of both could not be "
                "repeated. Use a new folder."),
}


def _replace(file: Path, text: str) -> None:
    """Put a text in place of a file at once, on disk before the name moves."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
