"""The worker's API through HTTP: in with a code, enrol, pay, read, transfer; each once for its key, never another's."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from account_people import PASSWORD, browser, code_sent, number, rows

API = "/api/v1/registry"
_phones = itertools.count(13_700_000_001)
_keys = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def clone(migrated: None) -> Iterator[None]:
    from registry_world import leave_clone, use_clone

    name = use_clone()
    yield
    leave_clone(name)


class App:
    """A program on a telephone: no cookies, a token from the first step on."""

    def __init__(self) -> None:
        self.browser, self.token = browser(), ""

    def ask(self, method: str, address: str, body: Any = None, *, key: str | None = None, status: int = 200) -> Any:
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}", **({"X-Session-Token": self.token} if self.token else {})}
        answer = self.browser.generic(method, f"{API}{address}", json.dumps(body or {}), content_type="application/json", headers=headers)
        assert answer.status_code == status, answer.content.decode()
        assert not answer.cookies.get("sessionid")
        found = answer.json() if answer.headers["Content-Type"].startswith("application/json") else answer.content
        if isinstance(found, dict) and "session_token" in found:
            self.token = found["session_token"]
        return found

    def get(self, address: str, **more: Any) -> Any:
        return self.ask("GET", address, **more)

    def post(self, address: str, body: Any = None, **more: Any) -> Any:
        return self.ask("POST", address, body, **more)


def opened(phone: str | None = None) -> tuple[App, str]:
    """An app whose owner has just opened an account."""
    app, phone = App(), phone or str(next(_phones))
    assert app.post("/sign-up", {"phone": phone})["next"] == "code"
    assert app.post("/sign-up/code", {"code": code_sent(phone)})["next"] == "password"
    assert app.post("/sign-up/password", {"password": PASSWORD})["next"] == "identity"
    return app, phone


def known(serial: int) -> App:
    """An app whose owner has said who he is."""
    app, _ = opened()
    said = {"name": "孙一", "number": number(serial, division="369901"), "hukou": "36", "hukou_kind": "rural", "residence": "36", "agreed": True}
    assert app.post("/me/identity", said, key="who")["page"] == "/account/"
    return app


@pytest.fixture(scope="module")
def payer(clone: None) -> App:
    """Someone who has enrolled and paid the first month."""
    app = known(1)
    options = app.get("/me/matters/enrol?place=36&standing=flexible")
    tiers = next(each for each in options["questions"] if each["slug"] == "tier")["fields"][0]["choices"]
    assert tiers[0]["value"] == "floor:0" and "元" in tiers[0]["hint_zh"]
    wish = {"place": "36", "standing": "flexible", "tier": "floor:0", "rhythm": 1}
    told = app.post("/me/matters/enrol/check", {"answers": {name: str(value) for name, value in wish.items()} | {"income": ""}})
    assert told["button"] == {"zh": "确认参保", "en": "Enrol"} and app.get("/me")["membership"] is None
    done = app.post("/me/enrolments", wish, key="enrol")
    assert app.post("/me/enrolments", wish, key="enrol") == done
    due = app.get("/me/bills")["due_fen"]
    assert due > 0
    paid = app.post("/me/payments", {"amount_fen": due}, key="pay")
    assert app.post("/me/payments", {"amount_fen": due}, key="pay") == paid
    app.payment = paid["number"]  # type: ignore[attr-defined]
    return app


def test_from_the_first_code_to_the_line_in_the_account(payer: App) -> None:
    found = payer.get("/me")
    assert found["months_paid"] == 1 and found["due_fen"] == 0 and found["membership"]["standing"] == "flexible"
    assert payer.get(f"/me/payments/{payer.payment}")["state"] == "paid"  # type: ignore[attr-defined]
    account = next(each for each in payer.get("/me/accounts") if each["kind"] == "individual")
    line = payer.get(f"/me/accounts/{account['account']}/lines/{account['lines'][0]['entry']}")
    assert line["line"]["amount_fen"] == account["balance_fen"] == found["held_fen"]
    assert line["same_law"] and any(step["article"] for reason in line["reasons"] for step in reason["steps"])
    assert len(payer.get("/me/months")["months"]) == 1
    assert payer.get("/me/career")["months_paid"] == 1
    assert payer.get("/me/enrolments")[0]["choice_now"]["kind"] == "floor"


def test_a_key_is_good_for_one_content(payer: App) -> None:
    refused = payer.post("/me/payments", {"amount_fen": 1}, key="pay", status=409)
    assert refused["code"] == "registry.key_reused"
    assert rows("SELECT count(*) FROM collection_request WHERE number = %s", payer.payment) == [(1,)]  # type: ignore[attr-defined]


def test_a_certificate_is_issued_printed_and_checked_by_anyone(payer: App) -> None:
    paper = payer.post("/me/certificates", key="paper")
    assert payer.post("/me/certificates", key="paper")["serial"] == paper["serial"]
    assert payer.get(f"/me/certificates/{paper['code']}/certificate.pdf").startswith(b"%PDF")
    anyone = browser().get(f"{API}/certificates/{paper['code']}")
    assert anyone.json()["content"]["months"] == 1 and "孙一" not in anyone.content.decode()
    assert known(3).get(f"/me/certificates/{paper['code']}", status=404)["code"] == "certificate.unknown"
    payer.post(f"/me/certificates/{paper['code']}/revocation")
    assert browser().get(f"{API}/certificates/{paper['code']}").json()["revoked"] == "本人作废"


def test_a_transfer_is_applied_for_followed_and_withdrawn(payer: App) -> None:
    wish = {"from_province": "36", "to_province": "44"}
    done = payer.post("/me/transfers", wish, key="transfer")
    assert payer.post("/me/transfers", wish, key="transfer") == done
    case = payer.get(f"/me/transfers/{done['number']}")
    assert case["progress"]["state"] == "applied" and case["steps"][0]["article"] and case["progress"]["total_due"]["due"]
    second = payer.post("/me/transfers", wish, status=409)
    assert second["code"] == "account.not_open" and second["value"].endswith(f"/transfers/{done['number']}/")
    stranger = known(5)
    assert stranger.get("/me/transfers") == []
    stranger.get(f"/me/transfers/{done['number']}", status=404)
    stranger.post(f"/me/transfers/{done['number']}/steps", {"action": "withdraw"}, status=404)
    payer.post(f"/me/transfers/{done['number']}/steps", {"action": "withdraw"}, key="back")
    assert payer.get("/me/transfers")[0]["ended"]


def test_what_is_refused_on_the_page_is_refused_here_in_both_languages(payer: App) -> None:
    wrong = payer.post("/me/enrolments/choice", {"tier": "tier:99", "rhythm": 1}, status=422)
    assert wrong["code"] == "answer.tier" and wrong["zh"] and wrong["en"]
    assert payer.post("/me/claims", {"claim_month": "2026-12"}, status=409)["code"] == "account.not_open"
    assert payer.post("/me/missed", {"months": ["2020-01"]}, status=409)["code"] == "account.not_open"
    stray = payer.post("/me/matters/complain/check", {"answers": {"kind": "advice", "says": "几时退休", "other": "1"}}, status=422)
    assert stray["code"] == "answer.not_asked"


def test_a_complaint_a_consent_and_a_correction_are_on_record(payer: App) -> None:
    done = payer.post("/me/complaints", {"kind": "complaint", "says": "等了三个月"})
    assert payer.get(f"/me/complaints/{done['number']}")["lines"][0]["words"] == "等了三个月"
    assert not payer.ask("PUT", "/me/consents/identity_check", {"given": False})["given"]
    assert payer.get("/me/consents")["identity_check"]["given"] is False
    asked = payer.post("/me/corrections", {"field": "residence_province", "value": "浙江", "why": "搬家"})
    assert rows("SELECT count(*) FROM people_correction WHERE id = %s", int(asked["number"])) == [(1,)]
    assert payer.get("/me/data")["name"] == "孙一"
    looks = payer.get("/me/data/readers")
    assert looks and all(each["purpose"] and each["at"] and each["fields"] for each in looks)
    assert payer.get("/me/data/export")["person"]["name"] == "孙一"


def test_a_pause_and_a_return(payer: App) -> None:
    payer.post("/me/enrolments/pause", {"reason": "unsaid"}, key="pause")
    assert payer.get("/me/enrolments")[0]["events"][-1]["kind"] == "stopped"
    assert payer.post("/me/enrolments/return", status=200 if payer.get("/me")["membership"]["stopped"] else 409)


def test_without_a_session_and_before_saying_who_one_is_nothing_is_shown(payer: App) -> None:
    nobody = App()
    nobody.get("/me", status=401)
    nobody.token = "x" * 32
    nobody.get("/me", status=401)
    nameless, _ = opened()
    assert nameless.get("/me", status=403)["code"] == "account.nobody_yet"
    nameless.ask("DELETE", "/session")
    nameless.get("/me", status=401)


def test_wrong_passwords_close_the_account_here_as_on_the_page(payer: App) -> None:
    _, phone = opened()
    guesser = App()
    for _ in range(5):
        assert guesser.post("/session", {"phone": phone, "password": "wrong"}, status=422)["code"] == "account.wrong"
    assert guesser.post("/session", {"phone": phone, "password": PASSWORD}, status=422)["code"] == "account.locked"
    assert not browser().post("/account/sign-in/", {"login": phone, "password": PASSWORD}).has_header("Location")


def test_a_second_factor_is_asked_for(payer: App) -> None:
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )
    from django.contrib.auth import get_user_model

    from lingbao.web.account.logins import login_of

    _, phone = opened()
    secret = generate_totp_secret()
    TOTP.activate(get_user_model().objects.get(username=login_of(phone)), secret)
    app = App()
    first = app.post("/session", {"phone": phone, "password": PASSWORD})
    assert (first["signed_in"], first["next"]) == (False, "code")
    app.get("/me", status=401)
    assert app.post("/session/code", {"code": "000000"}, status=422)["code"] == "account.code"
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert app.post("/session/code", {"code": code})["signed_in"]
    assert app.get("/session")["next"] == "identity"


def test_a_change_from_the_sites_own_session_needs_the_token_of_its_forms() -> None:
    from account_people import identified
    from django.test import Client

    signed = identified(name="周一")
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    strict.cookies["sessionid"] = signed.cookies["sessionid"].value
    assert strict.get(f"{API}/me").status_code == 200
    body = json.dumps({"kind": "advice", "says": "问"})
    answer = strict.post(f"{API}/me/complaints", body, content_type="application/json", headers={"Idempotency-Key": "a"})
    assert answer.status_code == 403
    assert signed.post(f"{API}/me/complaints", body, content_type="application/json", headers={"Idempotency-Key": "a"}).status_code == 200


def test_a_payment_goes_on_where_the_connection_broke(payer: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bank was asked and the answer never stored: the same key gives the same payment, though nothing is due any more."""
    from lingbao.web.api.registry import worker_matters

    payer.post("/me/bills", key="next")
    due = payer.get("/me/bills")["due_fen"]
    asked = rows("SELECT count(*) FROM collection_request")

    def broken(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broke:
        broke.setattr(worker_matters, "execute", broken)
        with pytest.raises(ConnectionError):
            payer.post("/me/payments", {"amount_fen": due}, key="broken")
    assert payer.get("/me/bills")["due_fen"] == 0
    number = payer.post("/me/payments", {"amount_fen": due}, key="broken")["number"]
    assert payer.get(f"/me/payments/{number}")["state"] == "paid"
    assert rows("SELECT count(*) FROM collection_request") == [(asked[0][0] + 1,)]


def test_a_repeated_command_really_leans_on_the_stored_answer(payer: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the store of answers, the second press of one key lodges a second complaint."""
    from lingbao.web.api.registry import worker_matters

    wish = {"kind": "advice", "says": "怎么算"}
    once = [payer.post("/me/complaints", wish, key="twice")["number"] for _ in range(2)]
    monkeypatch.setattr(worker_matters, "execute", lambda actor, command, work: _under(actor, work))
    monkeypatch.setattr("lingbao.registry.disputes.services.execute", lambda actor, command, work: _under(actor, work))
    assert once[0] == once[1] != payer.post("/me/complaints", wish, key="twice")["number"]


def _under(actor: Any, work: Any) -> Any:
    from lingbao.registry.session import run_as

    return run_as(actor, work)


def holder(serial: int, name: str = "孙一") -> tuple[App, str, str]:
    """An app, its telephone and the identity number of its owner."""
    app, phone = opened()
    identity = number(serial, division="369901")
    app.post("/me/identity", {"name": name, "number": identity, "hukou": "36", "hukou_kind": "rural", "residence": "36", "agreed": True})
    return app, phone, identity


def test_the_password_is_changed_in_the_app_and_every_other_session_ends() -> None:
    app, phone = opened()
    other = App()
    other.post("/session", {"phone": phone, "password": PASSWORD})
    new = "another long phrase 9"
    assert app.ask("PUT", "/password", {"password": "wrong", "new_password": new}, status=422)["code"] == "account.wrong_password"
    assert app.ask("PUT", "/password", {"password": PASSWORD, "new_password": "1234567890"}, status=422)["code"] == "account.password"
    assert app.ask("PUT", "/password", {"password": PASSWORD, "new_password": new})["signed_in"] is True
    assert app.get("/session")["signed_in"] is True
    other.get("/session", status=403)
    App().post("/session", {"phone": phone, "password": PASSWORD}, status=422)
    assert App().post("/session", {"phone": phone, "password": new})["signed_in"] is True


def test_a_lost_password_is_given_back_by_code_and_identity_number_and_ends_every_session() -> None:
    from lingbao.web.credentials.models import TextCode

    app, phone, identity = holder(51)
    TextCode.objects.all().delete()  # the pause between two messages to one telephone
    lost = App()
    assert lost.post("/password-reset/password", {"password": "another long phrase 9"}, status=403)["code"] == "account.no_step_open"
    assert lost.post("/password-reset", {"phone": phone})["next"] == "code"
    code = code_sent(phone)
    assert lost.post("/password-reset/code", {"code": f"{(int(code) + 1) % 10**6:06d}"}, status=422)["code"] == "text.code"
    assert App().post("/password-reset/code", {"code": code}, status=422)["code"] == "text.over", "the code belongs to the session that asked for it"
    assert lost.post("/password-reset/code", {"code": code})["next"] == "identity"
    assert lost.post("/password-reset/password", {"password": "another long phrase 9"}, status=403)["code"] == "account.no_step_open"
    assert lost.post("/password-reset/identity", {"number": number(53, division="369901")}, status=422)["code"] == "account.not_same"
    assert app.get("/me")["name"], "nothing has changed yet"
    assert lost.post("/password-reset/identity", {"number": identity})["next"] == "password"
    assert lost.post("/password-reset/password", {"password": "1234567890"}, status=422)["code"] == "account.password"
    assert lost.post("/password-reset/password", {"password": "another long phrase 9"}) == {"signed_in": False}
    app.get("/me", status=401)
    lost.post("/password-reset/password", {"password": "yet another phrase 10"}, status=403)
    fresh = App()
    assert fresh.post("/session", {"phone": phone, "password": PASSWORD}, status=422)["code"] == "account.wrong"
    assert fresh.post("/session", {"phone": phone, "password": "another long phrase 9"})["signed_in"]
    assert any("密码" in each["text"] for each in fresh.get("/me/messages")), "the person is told"


def test_wrong_identity_numbers_close_the_reset_as_wrong_passwords_do() -> None:
    from lingbao.web.credentials.models import TextCode

    _, phone, identity = holder(55)
    TextCode.objects.all().delete()
    lost = App()
    lost.post("/password-reset", {"phone": phone})
    lost.post("/password-reset/code", {"code": code_sent(phone)})
    for _ in range(5):
        assert lost.post("/password-reset/identity", {"number": number(57, division="369901")}, status=422)["code"] == "account.not_same"
    assert lost.post("/password-reset/identity", {"number": identity}, status=422)["code"] == "account.locked", "the right one does not help now"


def test_another_telephone_takes_the_password_once_more_a_code_and_tells_the_old_one() -> None:
    from lingbao.web.credentials.gateways import outbox
    from lingbao.web.credentials.models import TextCode

    app, phone, _ = holder(59)
    other = str(next(_phones))
    nobody = App()
    nobody.post("/telephone", {"phone": other, "password": PASSWORD}, status=403)
    assert app.post("/telephone", {"phone": other, "password": "wrong"}, status=422)["code"] == "account.wrong_password"
    assert app.post("/telephone/code", {"code": "123456"}, status=403)["code"] == "account.no_step_open", "not without the password"
    assert app.post("/telephone", {"phone": other, "password": PASSWORD})["next"] == "code"
    assert app.post("/telephone/code", {"code": code_sent(other)}) == {"phone": f"{other[:3]}****{other[-4:]}"}
    assert any(each.phone == phone and "另一个手机号" in each.text for each in outbox().messages())
    assert app.get("/me/data")["phone"] == other and app.get("/session")["signed_in"]
    assert App().post("/session", {"phone": phone, "password": PASSWORD}, status=422)["code"] == "account.wrong"
    assert App().post("/session", {"phone": other, "password": PASSWORD})["signed_in"]
    taken, _, _ = holder(61)
    TextCode.objects.all().delete()
    assert taken.post("/telephone", {"phone": str(other), "password": PASSWORD})["next"] == "code", "who asks does not learn whose it is"
    assert taken.post("/telephone/code", {"code": code_sent(other)}, status=422)["code"] == "account.phone_taken"


def test_a_bill_is_dropped_and_unused_money_is_asked_back() -> None:
    app = known(77)
    app.post("/me/enrolments", {"place": "36", "standing": "flexible", "tier": "floor:0", "rhythm": 1})
    found = app.get("/me/bills")
    bill = found["bills"][0]["bill"]
    for _ in range(2):
        assert app.post(f"/me/bills/{bill}/withdrawal", key="drop") == {"bill": bill, "dropped": 1}
    assert app.get("/me/bills")["due_fen"] == 0
    assert app.post(f"/me/bills/{bill}/withdrawal", status=409)["code"] == "collection.nothing_open"
    again = app.post("/me/bills", key="again")["bill"]
    assert app.post("/me/bills", key="again")["bill"] == again != bill
    app.post("/me/payments", {"amount_fen": found["due_fen"] + 1_700})
    assert app.get("/me/refunds") == {"waiting_fen": {"36": 1_700}, "withheld_fen": {}, "asked": []}
    assert app.post("/me/refunds", {"amount_fen": 1_701}, status=422)
    wish = app.post("/me/refunds", {"amount_fen": 1_700}, key="back")
    assert app.post("/me/refunds", {"amount_fen": 1_700}, key="back") == wish and wish["page"] == f"/account/refunds/{wish['number']}/"
    left = app.get("/me/refunds")
    assert left["waiting_fen"] == {} and [(each["amount_fen"], each["state"]) for each in left["asked"]] == [(1_700, "waiting")]
    number = left["asked"][0]["id"]
    for _ in range(2):
        assert app.post(f"/me/refunds/{number}/withdrawal", key="withdraw") == {"refund": number, "state": "withdrawn"}
    assert app.get("/me/refunds")["waiting_fen"] == {"36": 1_700}
    assert app.post(f"/me/refunds/{number}/withdrawal", key="later", status=409)["code"] == "collection.answered"


def test_what_platforms_transferred_for_no_member_is_named_and_asked_back() -> None:
    from made_up import accounts, moved

    app = known(79)
    person = rows("SELECT max(id) FROM people_person")[0][0]
    for province, fen in (("36", 5_000), ("44", 3_000)):
        bank, = accounts("bank", owner=int(province), owner_kind="province", province=province)
        withheld, = accounts("withheld", owner=person, province=province)
        moved((bank, -fen), (withheld, fen))
    assert app.get("/me/refunds") == {"waiting_fen": {}, "withheld_fen": {"36": 5_000, "44": 3_000}, "asked": []}
    assert app.post("/me/refunds", {"amount_fen": 1_000}, status=422), "which of the two is not said"
    assert app.post("/me/refunds", {"amount_fen": 1_000, "province": "36"}, status=422), "a province alone names what was paid and not used"
    assert app.post("/me/refunds", {"amount_fen": 3_001, "province": "44", "kind": "withheld"}, status=422)
    wish = {"amount_fen": 3_000, "province": "44", "kind": "withheld"}
    number = app.post("/me/refunds", wish, key="back")["number"]
    assert app.post("/me/refunds", wish, key="back")["number"] == number
    assert app.post("/me/refunds", {**wish, "province": "36"}, key="other")["number"] != number, "the one that is left is named as well"
    left = app.get("/me/refunds")
    assert left["withheld_fen"] == {"36": 2_000} and {(each["kind"], each["province"], each["amount_fen"], each["platform"]) for each in left["asked"]} == {
        ("withheld", "44", 3_000, None), ("withheld", "36", 3_000, None)}
    app.post("/me/enrolments", {"place": "36", "standing": "flexible", "tier": "floor:0", "rhythm": 1})
    assert app.get("/me/refunds")["withheld_fen"] == {}, "a member's pays contributions"
    assert app.post("/me/refunds", {"amount_fen": 1, "province": "36", "kind": "withheld"}, status=409)["code"] == "account.not_open"
