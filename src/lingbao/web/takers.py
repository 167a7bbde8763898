"""Large order files are taken in processes of their own, so that pages are answered while a file is read and posted.

A file is a second or more of work for one processor, and threads of one Python process take turns: a page beside it would
wait for each of its queries. ``lingbao serve`` starts the processes; without them a file is taken by the process that asks.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from typing import Any, BinaryIO

from lingbao.registry.errors import Busy
from lingbao.registry.orders import uploads
from lingbao.registry.orders.taking import Answer


class Takers:
    """Processes that take complete uploads, one each at a time; one that dies is replaced when the next file comes.

    Parameters
    ----------
    environment : dict
        What they are told besides the environment of this process: the address of the database, the data folder.
    count : int
        How many files are taken at the same time; others wait for their turn.
    """

    def __init__(self, environment: dict[str, str], count: int) -> None:
        self.environment = os.environ | environment
        self.idle: queue.LifoQueue[subprocess.Popen[bytes] | None] = queue.LifoQueue()
        for _ in range(count):
            self.idle.put(None)

    def warm(self) -> None:
        """Start the first process, so that no file waits for it."""
        process = self.idle.get()
        self.idle.put(process if process is not None else self._started())

    def finish(self, platform: int, key: str) -> Answer:
        """Take a complete upload, see `lingbao.registry.orders.uploads.finish`.

        Raises
        ------
        Busy
            If the process ended before it answered. The same request again finds what became of the file.
        LingbaoError
            As `lingbao.registry.orders.uploads.finish`.
        """
        process = self.idle.get()
        try:
            if process is None or process.poll() is not None:
                process = self._started()
            assert process.stdin and process.stdout
            pickle.dump((platform, key), process.stdin)
            process.stdin.flush()
            answer, error = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as broken:
            if process is not None:
                process.kill()
                process.wait()
            process = None
            raise Busy("orders.broken_off", value=key, where="key", zh="文件处理中断，未确认是否已记账。请用同一编号再次提交，不会重复记账。",
                       en="The taking of the file was broken off. Send the same request again: it is never posted twice.") from broken
        finally:
            self.idle.put(process)
        if error is not None:
            raise error
        return answer  # type: ignore[no-any-return]

    def _started(self) -> subprocess.Popen[bytes]:
        # Its standard input ends when this process does, however that ends, and it with it.
        return subprocess.Popen([sys.executable, "-m", "lingbao.web.takers"], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


_takers: Takers | None = None
_starting = threading.Lock()


def start(environment: dict[str, str], sharing: int = 1) -> None:
    """Let this process have its files taken by others, half as many as its share of the processors; start the first one.

    Parameters
    ----------
    environment : dict
        What they are told, see `Takers`.
    sharing : int
        How many processes answer beside one another.
    """
    global _takers
    with _starting:
        if _takers is None:
            _takers = Takers(environment, max(1, (os.cpu_count() or 1) // (2 * sharing)))
    _takers.warm()


def finish(platform: int, key: str) -> Answer:
    """Take a complete upload: in a process of its own where there is one, otherwise here."""
    return uploads.finish(platform, key) if _takers is None else _takers.finish(platform, key)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Take one upload after another until the questions end."""
    from django.db import close_old_connections

    from lingbao.law.errors import LingbaoError

    while True:
        try:
            platform, key = pickle.load(questions)
        except EOFError:
            return
        close_old_connections()
        reply: tuple[Any, Any]
        try:
            reply = uploads.finish(platform, key), None
        except LingbaoError as error:
            reply = None, error
        pickle.dump(reply, answers)
        answers.flush()


def main() -> None:
    """Answer the process that started this one; whatever is printed goes to the log."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingbao.web.settings")
    import django

    django.setup()
    from lingbao.web.courtesy import give_way

    give_way()
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
