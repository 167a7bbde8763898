"""Keeps one worker process alive beside the server, and ends it with the server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

LABORATORY, DESK = "lingbao.web.lab.worker", "lingbao.web.desk.worker"
PATIENCE = 15.0  # seconds a worker has to put its run back
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between a death and the next start


class Supervisor:
    """A worker process that is started again whenever it dies.

    Parameters
    ----------
    environment : dict
        What the worker is told besides the environment of this process: the address of the database, the data folder.
    module : str
        Which worker.
    """

    def __init__(self, environment: dict[str, str], module: str = LABORATORY) -> None:
        self.command = [sys.executable, "-m", module]
        self.environment = os.environ | environment
        self.keeper = os.getpid()
        self.process: subprocess.Popen[bytes] | None = None
        self.stopping = threading.Event()
        self.changing = threading.Lock()
        self.thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start the worker and watch it."""
        self.thread.start()

    def stop(self) -> None:
        """End the worker: by asking, and if it does not answer in time, by force; its run is found again next time."""
        if os.getpid() != self.keeper:  # a fork of the server that ends has nothing to end here
            return
        with self.changing:
            self.stopping.set()
            process = self.process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        if self.thread.is_alive():
            self.thread.join(PATIENCE)

    def _keep(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            with self.changing:
                if self.stopping.is_set():
                    return
                # Standard input is a pipe that nobody writes to: it ends when this process does. Files are left to their
                # own close-on-exec mark, which makes Python spawn instead of fork: a fork waits on a pipe for news of the
                # new process, and the server, when it forks in that moment, would hold that pipe open for good.
                self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.PIPE, close_fds=False)
            began = time.monotonic()
            self.process.wait()
            pause = SHORTEST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
            self.stopping.wait(pause)
