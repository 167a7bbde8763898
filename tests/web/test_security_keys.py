"""A security key of staff signs in in place of the six digits, for this site's name alone and once for each question."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from html import unescape
from typing import Any

import pytest
from account_people import rows as as_owner
from registry_world import World
from test_desk_sign_in import code_of, set_up, with_password, world

__all__ = ["world"]
HERE = "http://localhost"


class Key:
    """A key as one holds it in the hand: it answers the question that a page brings, in the name of the site that the browser sees."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec

        self.own, self.number, self.signed = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16), 0

    def _data(self, more: bytes = b"", flags: int = 1) -> bytes:
        self.signed += 1
        return hashlib.sha256(b"localhost").digest() + bytes([flags]) + self.signed.to_bytes(4, "big") + more

    def _answer(self, **response: bytes) -> str:
        from fido2.utils import websafe_encode

        name = websafe_encode(self.number)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {},
                           "response": {part: websafe_encode(value) for part, value in response.items()}})

    def new(self, challenge: str, site: str = HERE) -> str:
        from fido2.cose import ES256
        from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

        held = AttestedCredentialData.create(Aaguid(b"\0" * 16), self.number, ES256.from_cryptography_key(self.own.public_key()))
        shown = AttestationObject.create("none", AuthenticatorData(self._data(bytes(held), flags=0x41)), {})
        return self._answer(clientDataJSON=said("webauthn.create", challenge, site), attestationObject=bytes(shown))

    def sign(self, challenge: str, site: str = HERE) -> str:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        data, client = self._data(), said("webauthn.get", challenge, site)
        return self._answer(clientDataJSON=client, authenticatorData=data,
                            signature=self.own.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())))


def said(kind: str, challenge: str, site: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": site, "crossOrigin": False}).encode()


def challenge_in(page: Any) -> str:
    found = re.search(r'id="key-options">([^<]+)<', page.content.decode())
    assert found, "the page asks no key"
    options = json.loads(unescape(found[1]))
    return str(next(iter(options.values()))["publicKey"]["challenge"])


def another_code(login: str, secret: str) -> str:
    """A code of now, as if the last one were of long ago."""
    as_owner("UPDATE credentials_laststep SET step = 0")
    return code_of(secret)


@pytest.fixture
def with_key(world: World) -> tuple[Any, str, Key]:
    """A clerk who is signed in and has added a key."""
    browser, secret, _ = set_up(world, "clerk")
    key = Key()
    answer = browser.post("/desk/security/", {"name": "蓝色", "code": another_code("clerk", secret), "credential": key.new(challenge_in(browser.get("/desk/security/")))})
    assert answer.status_code == 302, answer.content.decode()
    assert "蓝色" in browser.get("/desk/security/").content.decode()
    return browser, secret, key


def test_a_key_signs_in_once_for_each_question(world: World, with_key: tuple[Any, str, Key]) -> None:
    _, _, key = with_key
    browser, _ = with_password(world, "clerk")
    signed = key.sign(challenge_in(browser.get("/desk/code/")))
    assert browser.post("/desk/code/", {"credential": signed, "next": "/desk/reports/"}).headers["Location"] == "/desk/reports/"
    assert browser.get("/desk/").status_code == 200
    other, _ = with_password(world, "clerk")
    other.get("/desk/code/")
    assert other.post("/desk/code/", {"credential": signed}).status_code == 403, "an answer to another question"


@pytest.mark.parametrize("elsewhere", ["http://localhost.example.org", "https://example.org", "http://127.0.0.1"])
def test_what_a_false_site_gets_of_a_key_opens_nothing(world: World, with_key: tuple[Any, str, Key], elsewhere: str) -> None:
    _, _, key = with_key
    browser, _ = with_password(world, "clerk")
    assert browser.post("/desk/code/", {"credential": key.sign(challenge_in(browser.get("/desk/code/")), elsewhere)}).status_code == 403
    assert browser.post("/desk/code/", {"credential": key.sign(challenge_in(browser.get("/desk/code/")))}).status_code == 302, "the control: here it does"


def test_wrong_keys_close_the_login_as_wrong_codes_do(world: World, with_key: tuple[Any, str, Key]) -> None:
    _, _, key = with_key
    browser, _ = with_password(world, "clerk")
    for wrong in (Key().sign("x"), "{", "[]", '{"id": 1}', "null"):
        assert browser.post("/desk/code/", {"credential": wrong}).status_code == 403
    assert browser.post("/desk/code/", {"credential": key.sign(challenge_in(browser.get("/desk/code/")))}).status_code == 422, "closed for a while"


def test_a_key_of_another_opens_nothing_and_who_has_none_is_asked_for_none(world: World, with_key: tuple[Any, str, Key]) -> None:
    _, _, key = with_key
    _, secret, _ = set_up(world, "supervisor")
    browser, _ = with_password(world, "supervisor")
    page = browser.get("/desk/code/").content.decode()
    assert "key-options" not in page and "webauthn" not in page
    assert browser.post("/desk/code/", {"credential": key.sign("x")}).status_code == 403
    assert secret


def test_a_session_alone_neither_adds_nor_removes_a_key(world: World, with_key: tuple[Any, str, Key]) -> None:
    browser, secret, _ = with_key
    number = as_owner("SELECT id FROM mfa_authenticator WHERE type = 'webauthn'")[0][0]
    wish = {"name": "红色", "code": "000000", "credential": Key().new(challenge_in(browser.get("/desk/security/")))}
    refused = browser.post("/desk/security/", wish)
    assert refused.status_code == 403 and 'value="红色"' in refused.content.decode()
    assert browser.post("/desk/security/", {"remove": number, "code": "000000"}).status_code == 403
    assert as_owner("SELECT count(*) FROM mfa_authenticator WHERE type = 'webauthn'") == [(1,)]
    broken = json.loads(wish["credential"])
    cut = [json.dumps({**broken, "response": {**broken["response"], "attestationObject": text}}) for text in ("", "oA", broken["response"]["attestationObject"][:120])]
    for wrong in ("", "{}", "[1]", Key().new("x"), "9" * 30_000, *cut):
        assert browser.post("/desk/security/", {**wish, "credential": wrong, "code": another_code("clerk", secret)}).status_code == 422
    assert browser.post("/desk/security/", {"remove": number, "code": another_code("clerk", secret)}).status_code == 302
    assert as_owner("SELECT count(*) FROM mfa_authenticator WHERE type = 'webauthn'") == [(0,)]


def test_a_reset_of_the_authenticator_ends_the_keys(world: World, with_key: tuple[Any, str, Key]) -> None:
    from lingbao.registry.session import SYSTEM
    from lingbao.web.credentials import staff

    staff.reset_at_the_machine(SYSTEM, "clerk", "authenticator", reason="手机和密钥都丢了")
    assert as_owner("SELECT count(*) FROM mfa_authenticator") == [(0,)]
