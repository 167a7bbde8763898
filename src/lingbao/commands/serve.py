"""``lingbao serve``: start the database, bring it up to date, serve the site, and stop the database again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import typer

from lingbao.law.errors import InputError

THREADS = 8
PROCESSES = min(2, os.cpu_count() or 1)


def serve(
    port: int = typer.Option(8000, min=1, max=65535, help="Port to listen on."),
    host: str = typer.Option("127.0.0.1", help="Address to listen on; loopback by default."),
    processes: int = typer.Option(PROCESSES, min=1, max=64, help="Processes that answer; each counts requests of a client for itself."),
    threads: int = typer.Option(THREADS, min=1, max=256, help="Requests that a process answers at the same time."),
    demonstration: bool = typer.Option(False, "--demonstration", help="Show text messages to everybody at /outbox/ instead of sending them. 演示：短信显示在 /outbox/。"),
) -> None:
    """Serve the site. 启动网站。"""
    began = time.perf_counter()
    if demonstration:
        os.environ["LINGBAO_DEMONSTRATION"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingbao.web.settings")
    import django

    django.setup()
    from lingbao.web import takers
    from lingbao.web.courtesy import EMBEDDED
    from lingbao.web.database import address, stop_embedded
    from lingbao.web.lab.supervisor import DESK, LABORATORY, Supervisor
    from lingbao.web.storage import data_folder

    workers: list[Supervisor] = []
    try:
        prepare()
        place = {"DATABASE_URL": address(), "LINGBAO_DATA": str(data_folder()), EMBEDDED: "" if os.environ.get("DATABASE_URL") else "1"}
        workers = [Supervisor(place, LABORATORY), Supervisor(place, DESK)]
        run(host, port, processes, threads, began, lambda: [worker.start() for worker in workers], lambda: takers.start(place, processes))
    finally:
        for worker in workers:
            worker.stop()
        stop_embedded()


def prepare() -> None:
    """Apply the migrations that the database lacks, and let go of the connection before the server forks.

    Raises
    ------
    InputError
        If the database does not answer.
    """
    from django.core.management import call_command
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise InputError(
            "serve.database", value=str(error).strip().splitlines()[-1],
            zh="连不上数据库。请确认数据库已启动，DATABASE_URL 指向它，然后再启动。",
            en="The database does not answer. See that it runs and that DATABASE_URL points to it, then start again.",
        ) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def warm(say: Callable[[str], object] = typer.echo) -> None:
    """Load in the background what the first visitor would wait for, and say so while it lasts."""
    from lingbao.law.compile import cache_folder
    from lingbao.web import charts, engine, lawbook

    began = time.perf_counter()
    zh, en = ("", "") if cache_folder().exists() else ("，首次运行要编译，约十几秒", ", compiling once for some ten seconds")
    say(f"正在准备测算{zh}；网页已可打开，马上要算的话会多等一会儿。 / Getting ready{en}; pages open already, a result takes longer until then.")
    lawbook.entries()
    engine.warm()
    charts.warm()
    say(f"准备好了。 / Ready.  ({time.perf_counter() - began:.1f} s)")


def run(host: str, port: int, processes: int, threads: int, began: float, beside: Callable[[], object], within: Callable[[], object]) -> None:
    """Serve until told to stop; ``beside`` is called once the port is open, ``within`` in each process that answers.

    Raises
    ------
    InputError
        If the port is taken.
    """
    import socket

    from gunicorn.app.base import BaseApplication

    from lingbao.web.wsgi import application

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise InputError(
                "serve.port", value=port, where=f"{host}:{port}",
                zh=f"端口 {port} 无法使用（{error.strerror}）。请用 --port 换一个。",
                en=f"Port {port} cannot be used ({error.strerror}). Choose another with --port.",
            ) from error

    def ready(server: Any) -> None:
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        beside()
        typer.echo(f"灵保 Lingbao  {address}  ({time.perf_counter() - began:.1f} s)  Ctrl+C 停止 / to stop")

    def working(worker: Any) -> None:
        first = worker.age == 1  # one of them speaks
        threading.Thread(target=warm, args=[typer.echo if first else str], daemon=True).start()
        threading.Thread(target=within, daemon=True).start()

    class Site(BaseApplication):  # type: ignore[misc]
        """gunicorn with the settings given here and no file of its own."""

        def load_config(self) -> None:
            for name, value in {
                "bind": f"{f'[{host}]' if ':' in host else host}:{port}", "workers": processes, "threads": threads,
                "worker_class": "gthread", "when_ready": ready, "post_worker_init": working, "timeout": 120,
                "graceful_timeout": 5, "loglevel": "warning", "limit_request_line": 8190, "keepalive": 5,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return application

    Site().run()
