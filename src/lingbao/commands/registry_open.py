"""What every ``lingbao registry`` command does first and last: open the database, say errors in words, stop the server."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lingbao.commands.show import edge


@contextmanager
def opened(lang: str, as_json: bool, *, migrated: bool = True) -> Iterator[None]:
    """Open the registry's database for the block.

    Parameters
    ----------
    migrated : bool
        Refuse a database whose tables are not those of this version.

    Raises
    ------
    typer.Exit
        With status 2 after an error that the user can mend was said.
    """
    with edge(lang, as_json):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingbao.web.settings")
        import django
        from django.apps import apps

        if not apps.ready:
            django.setup()
        from lingbao.web.database import stop_embedded

        try:
            _reachable()
            if migrated:
                _migrated()
            yield
        finally:
            from django.db import connection

            connection.close()
            stop_embedded()


def _reachable() -> None:
    from django.db import OperationalError, connection

    from lingbao.law.errors import InputError

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise InputError("registry.database", where="DATABASE_URL", zh="数据库无法连接。请检查 DATABASE_URL 和数据库服务器是否在运行。",
                         en="The database cannot be reached. Check DATABASE_URL and whether the server runs.") from error


def _migrated() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from lingbao.law.errors import InputError

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise InputError("registry.migrate", value=len(waiting), where="lingbao registry",
                         zh=f"数据库有 {len(waiting)} 步更新尚未执行。请先运行 lingbao registry migrate。",
                         en=f"The database lacks {len(waiting)} migrations. Run 'lingbao registry migrate' first.")


def whole(text: str, option: str) -> int:
    """Read a whole number written plainly or like 5e6.

    Raises
    ------
    InputError
        If it is none.
    """
    from lingbao.law.errors import InputError

    try:
        number = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number != int(number) or number < 1:
        raise InputError("registry.number", value=text, where=option, zh=f"“{text}”不是正整数，请写成 100000 或 1e5。",
                         en=f"'{text}' is no whole number above nought; write 100000 or 1e5.")
    return int(number)


@contextmanager
def bar(total: int | None, label: str, as_json: bool) -> Iterator[Callable[[int], None]]:
    """Show progress on the error output, and yield the function that is told how much more was done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, quiet=as_json, highlight=False, markup=False)
    with Progress(TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console,
                  transient=True) as shown:
        task = shown.add_task(label, total=total)
        yield lambda done: shown.advance(task, done)
