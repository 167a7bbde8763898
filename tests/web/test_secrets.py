"""Secrets stand in no log, no address, no error, no export and no table in the clear, whatever people do and type."""

from __future__ import annotations

import io
import logging
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from account_people import PASSWORD, answered, browser, code_sent, enrolled, identified, number, paid, sent
from registry_world import World, filled

STAFF_PASSWORD = "correct horse battery"
WRONG = "wrong horse battery 99"
NAME, BIRTH = "欧阳甲乙丙", "19910717"
LINK = re.compile(r"""(?:href|action|src)=["']([^"']*)["']""")


@dataclass
class Seen:
    """What leaves the site besides the pages themselves, and the secrets that went in."""

    log: io.StringIO = field(default_factory=io.StringIO)
    addresses: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def found_in(self, text: str, *, but: tuple[str, ...] = ()) -> set[str]:
        """Return the names of the secrets that stand in a text, also as an address or as bytes would write them."""
        plain = urllib.parse.unquote_plus(text)
        return {name for name, secret in self.secrets.items() if name not in but
                and any(form in plain for form in (secret, secret.encode().hex(), urllib.parse.quote(secret)))}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """Listen to the log as the console writes it, and to every request of every browser."""
    from django.test import Client

    everything, asked = Seen(), Client.request
    handler = logging.StreamHandler(everything.log)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    logging.getLogger().addHandler(handler)

    def request(client: Any, **said: Any) -> Any:
        answer = asked(client, **said)
        everything.addresses.append(f"{said.get('PATH_INFO', '')}?{said.get('QUERY_STRING', '')}")
        everything.addresses.append(answer.headers.get("Location", ""))
        if not answer.streaming:
            body = answer.content.decode(errors="replace")
            everything.addresses += LINK.findall(body)
            if answer.status_code >= 400:
                everything.refusals.append(body)
        return answer

    monkeypatch.setattr(Client, "request", request)
    yield everything
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def world(migrated: None) -> Iterator[World]:
    """One of its own for each test: they change accounts."""
    with filled() as made:
        yield made


def lived_through(world: World, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a worker, staff and a platform do what they do, type what is wrong, and meet a failure; return the worker."""
    from django.conf import settings

    from lingbao.web.account.views import home

    worker = identified(birth=BIRTH, name=NAME)
    enrolled(worker)
    paid(worker)
    for page in ("", "statement/", "bills/", "messages/", "data/", "certificates/", "months/"):
        assert worker.get(f"/account/{page}").status_code == 200
    phone = _phone(worker)
    for wrong in (WRONG, PASSWORD + "x"):
        browser().post("/account/sign-in/", {"login": phone, "password": wrong})
    browser().get("/account/data/", {"next": "/account/"})
    staff = world.client("anonymous")
    staff.post("/desk/sign-in/", {"login": "clerk", "password": WRONG})
    staff.post("/desk/sign-in/", {"login": "clerk", "password": STAFF_PASSWORD})
    _totp = re.search(r"<code>([A-Z2-7]{32})</code>", staff.get("/desk/code/").content.decode())
    assert _totp
    clerk = world.client("clerk")
    clerk.post("/desk/search/", {"number": number(1, BIRTH)})
    key, program = world.own.key, world.client("anonymous")
    for text in (key, key[:-3] + "xxx", "lb-live-nobody.secret"):
        program.get("/api/v1/registry/platform", headers={"authorization": f"Bearer {text}"})
    hook = program.post("/api/v1/registry/webhooks", {"url": "https://example.org/other"}, content_type="application/json",
                        headers={"authorization": f"Bearer {key}"})
    assert hook.status_code == 200, hook.content
    seen.secrets |= {
        "password": PASSWORD, "staff password": STAFF_PASSWORD, "wrong password": WRONG, "identity number": _number(worker), "name": NAME, "phone": phone,
        "session": worker.session.session_key, "staff session": clerk.session.session_key, "platform key": key.partition(".")[2],
        "authenticator": _totp[1], "webhook": hook.json()["secret"], "site key": settings.SECRET_KEY,
        **{f"key {file.name}": file.read_bytes().hex() for file in Path(settings.LINGBAO_KEYS).iterdir() if file.is_file() and not file.name.startswith(".")}}

    def failing(*_: Any) -> None:
        raise RuntimeError("a fault of the site")

    with monkeypatch.context() as fault:
        fault.setattr(home.overview, "overview_with", failing)
        worker.raise_request_exception = False
        assert worker.get("/account/").status_code == 500
    return worker


def _phone(worker: Any) -> str:
    from django.contrib.auth import get_user_model

    from lingbao.web.account.logins import phone_of

    return phone_of(get_user_model().objects.get(pk=worker.session["_auth_user_id"]))


def _number(worker: Any) -> str:
    return str(worker.get("/account/data/export.json").json()["person"]["identity_number"])


def test_no_secret_is_in_the_log(world: World, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_through(world, seen, monkeypatch)
    text = seen.log.getvalue()
    assert "a fault of the site" in text, "the log is heard"
    assert seen.found_in(text) == set()
    logging.getLogger("lingbao").warning("read %s", seen.secrets["identity number"])  # the control
    assert seen.found_in(seen.log.getvalue()) == {"identity number"}


def test_no_secret_is_in_an_address_or_a_refusal(world: World, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = lived_through(world, seen, monkeypatch)
    assert len(seen.addresses) > 100 and len(seen.refusals) > 3
    assert seen.found_in("\n".join(seen.addresses)) == set()
    assert seen.found_in("\n".join(seen.refusals), but=("phone",)) == set()  # a form shows the telephone number typed into it
    worker.get("/account/months/", {"name": NAME})  # the control
    assert seen.found_in("\n".join(seen.addresses)) == {"name"}


def test_the_copy_that_a_worker_takes_home_holds_his_data_and_no_secret(world: World, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = lived_through(world, seen, monkeypatch)
    assert seen.found_in(worker.get("/account/data/export.json").content.decode()) == {"identity number", "name", "phone"}  # his own


def test_no_secret_is_in_a_table_in_the_clear(world: World, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_through(world, seen, monkeypatch)
    assert _tables_with(seen, but=("session", "staff session")) == {}  # the key of a session is what its table is looked up by
    _run("INSERT INTO notice_message (person_id, template, about, text, queued_by) VALUES (1, 'x', 'x', %s, 0)", [seen.secrets["identity number"]])  # the control
    assert _tables_with(seen, but=("session", "staff session")) == {"notice_message": {"identity number"}}


def _tables_with(seen: Seen, but: tuple[str, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, in _run("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"):
        text = "\n".join(str(row[0]) for row in _run(f'SELECT t::text FROM "{table}" t'))
        if names := seen.found_in(text, but=but):
            found[table] = names
    return found


def _run(sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def test_the_code_in_a_text_message_is_in_no_table(world: World, seen: Seen) -> None:
    client, phone = browser(), "13700009999"
    assert client.post("/account/sign-up/", {"phone": phone}).status_code == 302
    seen.secrets["code"] = code_sent(phone)
    assert not any(re.search(rf"(?<!\d){seen.secrets['code']}(?!\d)", str(row[0])) for table in ("credentials_textcode", "django_session")
                   for row in _run(f"SELECT t::text FROM {table} t"))


def test_the_check_page_sends_the_worker_on_without_what_was_typed(world: World, seen: Seen) -> None:
    client = identified(birth=BIRTH, name=NAME)
    page = answered(client, "correct", ("field", {"field": "name"}), ("value", {"value": "欧阳甲乙丁", "why": "写错了"}))
    seen.secrets["correction"] = "欧阳甲乙丁"
    assert sent(client, "correct", page).status_code == 302
    assert seen.found_in("\n".join(seen.addresses)) == set()
    assert _tables_with(seen, but=()) == {}
