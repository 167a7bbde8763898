"""A site in this process, with a data folder of its own and no database connection."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def site() -> Iterator[None]:
    """Set up Django once, with generous request rates; the rate test sets its own."""
    with _folder_of_a_server() as folder:
        os.environ["LINGBAO_DATA"] = str(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
        import django
        from django.conf import settings

        django.setup()
        # Tests of other rooms in this process may have read the settings before.
        settings.LINGBAO_API_RATE = settings.LINGBAO_PAGE_RATE = "100000/m"
        settings.LINGBAO_DEMONSTRATION = True
        yield


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder for a site of its own with its database server."""
    with _folder_of_a_server() as folder:
        yield folder


@contextmanager
def _folder_of_a_server() -> Iterator[Path]:
    """Yield a folder that is not pytest's own and is removed afterwards.

    Run by root, the database server is another user, and every new run of pytest locks that user out of the folders of
    the others.
    """
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def client() -> Any:
    """A browser without cookies that checks forged requests, as a real one meets them."""
    from django.test import Client

    return Client(headers={"host": "localhost"}, raise_request_exception=False)


@pytest.fixture(scope="session")
def migrated(site: None) -> Iterator[None]:
    """An embedded PostgreSQL with every table, and a copy of it that no test touches; stopped at the end."""
    from django.db import connections
    from registry_world import UNTOUCHED  # which also finds the registry's test helpers

    use = importlib.import_module("conftest_database").use

    from lingbao.commands.serve import prepare
    from lingbao.web.database import stop_embedded

    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET fsync = off")  # a killed process loses nothing by this, a power cut would
        cursor.execute("SELECT pg_reload_conf()")
    prepare()
    connections.close_all()
    use("template1")
    with connections["default"].cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {UNTOUCHED} TEMPLATE postgres")
    use("postgres")
    yield
    connections.close_all()
    stop_embedded()


@pytest.fixture(scope="module")
def world(migrated: None) -> Iterator[Any]:
    """A registry with one object of each kind on both sides, for the tests of a file."""
    from registry_world import filled

    with filled() as made:
        yield made


@pytest.fixture
def database(migrated: None) -> Iterator[None]:
    """The laboratory without rows and results, before and after; rows are committed, so that a worker process sees them."""
    from django.db import connection

    from lingbao.web.storage import data_folder

    yield
    shutil.rmtree(data_folder() / "lab", ignore_errors=True)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lab_run, lab_runrequest, lab_storedreform, procrastinate_jobs CASCADE")
