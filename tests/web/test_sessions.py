"""A session goes on while it is used and ends when it is not; a page in between writes nothing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from account_people import identified

pytestmark = pytest.mark.usefixtures("migrated")


def ends(client: Any) -> datetime.datetime:
    from django.contrib.sessions.models import Session

    return Session.objects.get(session_key=client.session.session_key).expire_date


def aged(client: Any, seconds: float) -> None:
    """Make the session as old as if it had been renewed so long ago."""
    from django.contrib.sessions.models import Session

    session = client.session
    session["renewed"] = session["renewed"] - seconds
    session.save()
    Session.objects.filter(session_key=session.session_key).update(
        expire_date=ends(client) - datetime.timedelta(seconds=seconds))


def test_pages_soon_after_one_another_write_no_session() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = identified()
    client.get("/account/")
    before = ends(client)
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/account/").status_code == 200
    assert not [query["sql"] for query in seen if "UPDATE" in query["sql"]]
    assert ends(client) == before


def test_a_session_in_use_goes_on_and_one_without_use_ends() -> None:
    from django.conf import settings
    from django.utils import timezone

    from lingbao.web.sessions import RENEWED_AFTER

    client = identified()
    client.get("/account/")
    aged(client, RENEWED_AFTER + 1)
    client.get("/account/")
    left = (ends(client) - timezone.now()).total_seconds()
    assert settings.SESSION_COOKIE_AGE - 60 < left <= settings.SESSION_COOKIE_AGE
    aged(client, settings.SESSION_COOKIE_AGE + 1)
    assert client.get("/account/").headers["Location"].startswith("/account/sign-in/")


def test_a_visitor_gets_no_session() -> None:
    from account_people import browser

    client = browser()
    assert client.get("/").status_code == 200
    assert "sessionid" not in client.cookies
