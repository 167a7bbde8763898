"""Made-up workers for the account pages: valid numbers of nobody, and a browser that is signed in."""

from __future__ import annotations

import datetime
import itertools
import re
from typing import Any

PASSWORD = "一个很长的 pass phrase 27"
_serials = itertools.count(1)


def number(serial: int, birth: str = "19880315", division: str = "369900") -> str:
    """A number that passes GB 11643 in a division that nobody was registered in; odd serials are men."""
    from lingbao.registry.people.identity import check_character

    first = f"{division}{birth}{serial:03d}"
    return first + check_character(first)


def browser(**kwargs: Any) -> Any:
    """A browser without scripts that checks forged requests."""
    from django.test import Client

    return Client(headers={"host": "localhost"}, enforce_csrf_checks=False, raise_request_exception=True, **kwargs)


def signed_up(phone: str) -> Any:
    """A browser whose owner has just opened an account."""
    client = browser()
    assert client.post("/account/sign-up/", {"phone": phone}).status_code == 302
    assert client.post("/account/sign-up/code/", {"code": code_sent(phone)}).status_code == 302
    answer = client.post("/account/sign-up/password/", {"password1": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def code_sent(phone: str) -> str:
    """The digits in the latest message to a telephone."""
    from lingbao.web.credentials.gateways import outbox

    found = re.search(r"\b(\d{6})\b", next(each.text for each in outbox().messages() if each.phone == phone))
    assert found
    return found[1]


def answered(client: Any, matter: str, *pages: tuple[str, dict[str, str]]) -> Any:
    """Begin a matter, answer its pages in order, and return the check page."""
    answer = client.get(f"/account/{matter}/")
    for slug, answers in pages:
        assert answer.status_code == 302, answer.content.decode()
        assert answer.headers["Location"] == f"/account/{matter}/{slug}/", answer.headers["Location"]
        assert client.get(answer.headers["Location"]).status_code == 200
        answer = client.post(f"/account/{matter}/{slug}/", answers)
    assert answer.status_code == 302, answer.content.decode()
    assert answer.headers["Location"] == f"/account/{matter}/check/"
    return client.get(f"/account/{matter}/check/")


def key_of(page: Any) -> str:
    """The key in the form of a check page."""
    found = re.search(r'name="key" value="([0-9a-f]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def sent(client: Any, matter: str, page: Any) -> Any:
    """Press the button of a check page."""
    return client.post(f"/account/{matter}/check/", {"key": key_of(page)})


def identified(*, birth: str = "19880315", sex: str = "male", province: str = "36", name: str = "赵一") -> Any:
    """A browser whose owner is known to the registry."""
    serial = next(_serials) * 2 - (sex == "male")
    client = signed_up(f"139{next(_serials):08d}")
    page = answered(
        client, "identity", ("name", {"name": name}), ("number", {"number": number(serial, birth)}),
        ("hukou", {"hukou": "36", "hukou_kind": "rural"}), ("residence", {"residence": province}), ("consent", {"agreed": "yes"}))
    assert sent(client, "identity", page).headers["Location"] == "/account/"
    return client


def enrolled(client: Any, tier: str = "floor:0", rhythm: str = "1", place: str = "36") -> Any:
    """Enrol as a flexible worker and return the answer to the button."""
    page = answered(client, "enrol", ("place", {"place": place}), ("scheme", {"standing": "flexible"}), ("income", {"income": ""}),
                    ("tier", {"tier": tier}), ("rhythm", {"rhythm": rhythm}))
    return sent(client, "enrol", page)


def paid(client: Any, *, other: str | None = None) -> Any:
    """Pay the first sum offered, or another amount, and return the answer to the button."""
    if other is not None:
        page = answered(client, "pay", ("amount", {"amount": "other"}), ("other", {"other": other}))
    else:
        client.get("/account/pay/")
        first = re.search(r'name="amount" value="(\d+)"', client.get("/account/pay/amount/").content.decode())
        assert first
        page = answered(client, "pay", ("amount", {"amount": first[1]}))
    return sent(client, "pay", page)


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def text(answer: Any) -> str:
    return str(answer.content.decode())


def requests_of(client: Any) -> int:
    """Payments asked of the bank by the owner of a browser."""
    return int(rows("SELECT count(*) FROM collection_request r JOIN people_actor a USING (person_id) JOIN auth_user u ON u.username = a.login"
                    " WHERE u.id = %s", client.session["_auth_user_id"])[0][0])


def person_of(client: Any) -> int:
    """Number of the person who is signed in."""
    return int(rows("SELECT a.person_id FROM people_actor a JOIN auth_user u ON u.username = a.login WHERE u.id = %s", client.session["_auth_user_id"])[0][0])


def credited(client: Any, months: int) -> None:
    """Put so many months before this one on the record of whoever is signed in."""
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.access import this_month

    person = person_of(client)
    run_as(SYSTEM, lambda: credit_months([
        PaidMonth(person, each, "36", 391500, 31320, 46980, 1, datetime.date(2024, 1, 1)) for each in range(this_month() - months, this_month())]))
