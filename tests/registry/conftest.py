"""A real PostgreSQL for the registry: one server for each test process, one freshly cloned database for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest_database import fresh, use


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start the server, migrate a template database once and yield its name.

    Its folder is not pytest's own: run by root, the server is another user, and every new run of pytest locks that
    user out of the folders of the others.
    """
    folder = Path(tempfile.mkdtemp(prefix="registry-"))
    folder.chmod(0o755)
    os.environ["LINGBAO_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.conf import settings

    if not settings.configured or not django.apps.apps.ready:
        django.setup()
    from django.core.management import call_command
    from django.db import connection, connections

    from lingbao.web.database import stop_embedded

    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET fsync = off")  # a killed process loses nothing by this, a power cut would
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute("CREATE DATABASE template_registry")
    use("template_registry")
    call_command("migrate", verbosity=0, interactive=False)
    use("postgres")
    yield "template_registry"
    connections.close_all()
    stop_embedded()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """A database of its own for one test, with every table, trigger and grant; thrown away afterwards."""
    with fresh(server) as name:
        yield name


@pytest.fixture
def office(database: str) -> Any:
    """Two agencies and an actor of each kind, in a database of their own."""
    from made_up import open_office

    return open_office()
