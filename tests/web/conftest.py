"""A site in this process, with a data folder of its own and no database connection."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set up Django once, with generous request rates; the rate test sets its own."""
    os.environ["LINGBAO_DATA"] = str(tmp_path_factory.mktemp("data"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
    os.environ["LINGBAO_API_RATE"] = os.environ["LINGBAO_PAGE_RATE"] = "100000/m"
    import django

    django.setup()
    yield


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

    prepare()
    connections.close_all()
    use("template1")
    with connections["default"].cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {UNTOUCHED} TEMPLATE postgres")
    use("postgres")
    yield
    connections.close_all()
    stop_embedded()


@pytest.fixture
def database(migrated: None) -> Iterator[None]:
    """The laboratory without rows and results, before and after; rows are committed, so that a worker process sees them."""
    import shutil

    from django.db import connection

    from lingbao.web.storage import data_folder

    yield
    shutil.rmtree(data_folder() / "lab", ignore_errors=True)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lab_run, lab_runrequest, lab_storedreform, procrastinate_jobs CASCADE")
