"""Whatever is written into a form of the worker or the desk, it is never a header, a template, a formula or a script, and nothing fails."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from account_people import browser, enrolled, identified

WORST = ("\x00", "{{7*191}}{% debug %}", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\r\nX-Evil: 1\r\n\r\n<b>x", "%s%n%(x)s")
TEXTS = (*WORST, "９" * 40, "NaN", "-1", "2026-13", "\u202e😀")
# Names of fields as the forms of both sides have them; a form takes those it knows.
NAMES = ("action", "reason", "days", "to", "identity_number", "purpose", "run", "month", "role", "name", "login", "password", "password1", "agency", "platform",
         "code", "next", "change", "scheme", "send", "other", "proposal", "died_on", "income", "name1", "share1", "heir", "line", "channel", "person", "fen",
         "reference", "from_month", "document", "source", "share", "area", "years", "fee", "phone", "invitation", "since", "last", "monthly", "number", "hukou",
         "hukou_kind", "residence", "says", "kind", "value", "why", "amount", "rhythm", "tier", "place", "standing", "answer", "agreed", "proof", "day", "field", "words",
         "lang", "q", "back", "until", "given", "revoke", "url")
FREE = ("/account/sign-in/", "/account/sign-up/", "/account/sign-up/code/", "/account/reset/", "/account/reset/code/", "/account/reset/identity/", "/account/verify/",
        "/desk/sign-in/", "/desk/first/", "/desk/code/", "/fund/check/")
WORKERS = ("/account/certificates/", "/account/bills/", "/account/data/consent/", "/account/phone/", "/account/password/", "/account/confirm/",
           "/account/security/everywhere/", "/account/statement/", "/account/orders/", "/account/messages/", "/account/complaints/")


def test_an_answer_that_repeats_what_it_was_given_is_noticed() -> None:
    class Echo:
        def post(self, address: str, fields: dict[str, str]) -> Any:
            text = next(iter(fields.values()))
            return SimpleNamespace(content=text.replace("{{7*191}}", "1337").encode(), status_code=500 if "%s" in text else 200,
                                   headers={"X-Evil": "1"} if "X-Evil" in text else {})

        get = post

    assert [bool(wrong(Echo(), "/", text)) for text in WORST] == [False, True, True, False, True, True]


def wrong(client: Any, address: str, text: str) -> list[str]:
    """What is wrong with the answers to a text in every field of a page."""
    found = []
    for answer in (client.post(address, dict.fromkeys(NAMES, text)), client.post(address, {**dict.fromkeys(NAMES, text), "key": "a1b2c3"}),
                   client.get(address, dict.fromkeys(NAMES, text))):
        page = answer.content.decode(errors="replace")
        if answer.status_code >= 500:
            found.append(f"{address} {text!r}: {answer.status_code}")
        if "X-Evil" in answer.headers or any("\n" in value or "\r" in value for value in answer.headers.values()):
            found.append(f"{address} {text!r}: a header")
        if "1337" in page and "{{7*191}}" in text:
            found.append(f"{address}: a template")
        if "<script>alert(1)</script>" in page or "<b>x" in page:
            found.append(f"{address}: a script")
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_forms_before_any_sign_in(migrated: None, text: str) -> None:
    client = browser()
    client.raise_request_exception = False
    assert [each for address in FREE for each in wrong(client, address, text)] == []


@pytest.fixture(scope="module")
def worker(migrated: None) -> Any:
    """A worker who is enrolled."""
    client = identified()
    enrolled(client)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("text", WORST)
def test_every_question_and_page_of_the_worker(worker: Any, text: str) -> None:
    from lingbao.web.account.urls import MATTERS

    found = []
    for matter in MATTERS:
        worker.get(f"/account/{matter.name}/")  # begins it
        for question in matter.questions:
            found += wrong(worker, f"/account/{matter.name}/{question.slug}/", text)
        found += wrong(worker, f"/account/{matter.name}/check/", text)
    assert found + [each for address in WORKERS for each in wrong(worker, address, text)] == []


@pytest.mark.parametrize(("address", "fields"), [
    ("/account/complaints/1/", {"action": "withdraw", "key": "\x00"}), ("/account/exemptions/", {"exemption": "1", "key": "\x00"}),
    ("/account/exemptions/1/", {"action": "withdraw", "key": "\x00"}), ("/account/subsidies/1/", {"action": "withdraw", "key": "\x00"}),
    ("/account/transfers/1/", {"action": "withdraw", "steps": "\x00"}), ("/account/refunds/1/", {"action": "withdraw", "key": "\x00"}), ("/account/bills/1/", {"key": "\x00"}), ("/account/certificates/", {"key": "\x00"})])
def test_a_key_that_no_form_gives_is_refused(worker: Any, address: str, fields: dict[str, str]) -> None:
    assert worker.post(address, fields).status_code in (404, 422)


def test_what_a_worker_writes_reaches_no_message(worker: Any) -> None:
    from lingbao.web.credentials.gateways import outbox

    assert not [each for each in outbox().messages() if re.search(r"X-Evil|1337|alert\(1\)|cmd\|", each.text) or "\n" in each.phone]
    assert outbox().messages()  # the control: the codes of the sign-ups stand there
