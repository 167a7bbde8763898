"""Staff is appointed and reset by two administrators, so that one cannot become both who sign, nor someone who reads everybody's record."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from account_people import rows as as_owner
from registry_matrix import API
from registry_world import World
from test_desk_sign_in import code_of, set_up
from test_staff_accounts import OWN, account, code_in, colleague, first, world

__all__ = ["colleague", "world"]
CODE = re.compile(r"<code>[A-Z2-9]{5}-")


def appointed(world: World, role: str, login: str) -> tuple[int, Any]:
    """Appoint someone as the first administrator and return the number of the account and the answer."""
    limits = {"agency": world.actors["clerk"].agency} if role in ("clerk", "supervisor") else {"platform": world.own.platform} if role == "platform" else {}
    answer = world.client("administrator").post("/desk/actors/", {"role": role, "name": "庚", "login": login, **limits})
    return as_owner("SELECT id FROM people_actor WHERE login = %s", login)[0][0], answer


def request_in(page: Any) -> str:
    found = re.search(r'name="request" value="(\d+)"', page.content.decode())
    assert found
    return found[1]


def send(browser: Any, address: str, body: dict[str, Any], *, status: int = 200) -> Any:
    answer = browser.generic("POST", f"{API}/desk{address}", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def acts(login: str) -> bool:
    """Tell whether the registry lets anyone act under a login."""
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.people.actors import signed_in
    from lingbao.registry.session import SYSTEM, run_as

    try:
        return bool(run_as(SYSTEM, lambda: signed_in(login)))
    except Forbidden:
        return False


@pytest.mark.parametrize("role", ["clerk", "supervisor", "coordinator", "auditor", "administrator"])
def test_an_appointment_waits_for_a_second_administrator_who_alone_gets_the_code(world: World, colleague: Any, role: str) -> None:
    number, answer = appointed(world, role, "geng")
    page = f"/desk/actors/{number}/"
    assert answer.headers["Location"] == page, "no code is shown to who appoints"
    mine = world.client("administrator").get(page)
    assert not CODE.search(mine.content.decode()) and 'value="grant"' not in mine.content.decode()
    assert all("待批准" in colleague.get(each).content.decode() for each in ("/desk/actors/", page))
    assert not acts("geng")
    assert "1 件任命或重置等您批准" not in world.client("administrator").get("/desk/").content.decode(), "who asked does not grant"
    assert "等您批准" in colleague.get("/desk/").content.decode()
    asked = colleague.get(page).content.decode()
    assert ("南昌市社会保险经办机构" in asked) == (role in ("clerk", "supervisor")) and "窗口办理 · desk" not in asked
    grant = {"action": "grant", "request": request_in(mine), "reason": "核对任命文件"}
    assert world.client("administrator").post(page, grant).status_code == 403, "not by who appointed"
    assert world.client("administrator").post(page, {"action": "password", "reason": "忘记"}).status_code == 302
    assert not acts("geng"), "nor round about, by a reset"
    code = code_in(colleague.post(page, grant))
    assert acts("geng")
    browser, _ = first(world, "geng", code)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", browser.get("/desk/code/").content.decode())
    assert secret and browser.post("/desk/code/", {"code": code_of(secret[1])}).status_code == 302
    assert browser.get("/desk/").status_code == 200
    told = as_owner("SELECT action FROM people_actor_event WHERE actor_id = %s ORDER BY id", number)
    assert [action for action, in told] == ["appointed", "password_asked", "confirmed"]


def test_an_engineer_of_a_platform_is_appointed_and_reset_by_one(world: World) -> None:
    """Who sees the platform's own orders alone."""
    number, made = appointed(world, "platform", "engineer-2")
    assert code_in(made) and acts("engineer-2")
    assert code_in(world.client("administrator").post(f"/desk/actors/{number}/", {"action": "password", "reason": "代码遗失"}))


def test_without_the_rule_of_the_database_one_administrator_would_be_enough(world: World) -> None:
    number, _ = appointed(world, "supervisor", "geng")
    page = f"/desk/actors/{number}/"
    browser = world.client("administrator")
    grant = {"action": "grant", "request": request_in(browser.get(page)), "reason": "自己批准"}
    as_owner("ALTER TABLE people_actor_event DISABLE TRIGGER people_actor_event_two_persons")
    assert code_in(browser.post(page, grant)) and acts("geng")


def test_by_direct_sql_one_administrator_neither_confirms_nor_resets_nor_reinstates(world: World) -> None:
    from made_up import under_role

    from lingbao.registry.errors import Forbidden

    number, _ = appointed(world, "supervisor", "geng")
    one, asked = world.actors["administrator"], as_owner("SELECT id FROM people_actor_event WHERE actor_id = %s", number)[0][0]
    line = "INSERT INTO people_actor_event (actor_id, action, by_actor, reason, answers_id) VALUES (%s, %s, %s, 'x', %s)"
    for about, action, answers in ((number, "confirmed", asked), (number, "confirmed", None), (number, "password_refused", asked),
                                   *((world.actors[name].id, "password_reset", None) for name in ("clerk", "auditor", "supervisor"))):
        with pytest.raises(Forbidden, match="two administrators"):
            under_role(one, line + " RETURNING id", [about, action, one.id, answers])
    under_role(one, line + " RETURNING id", [world.actors["engineer"].id, "password_reset", one.id, None])  # the control: an engineer needs no second
    assert acts("supervisor") and acts("clerk") and not acts("geng")
    for active in (False, True):
        under_role(one, "UPDATE people_actor SET active = %s WHERE login IN ('supervisor', 'clerk', 'engineer') RETURNING id", [active])
    assert not acts("supervisor") and not acts("clerk") and acts("engineer")


def test_what_waits_is_found_among_any_number_of_accounts_and_lines(world: World, colleague: Any) -> None:
    number, _ = appointed(world, "clerk", "geng")
    as_owner("INSERT INTO people_actor (role, name, login) SELECT 'coordinator', '壬', 'many-' || n FROM generate_series(1, 1100) n")
    last = as_owner("SELECT max(id) FROM people_actor")[0][0]
    assert "待批准" in colleague.get("/desk/actors/").content.decode() and acts("many-1100")
    assert colleague.get(f"/desk/actors/{last}/").status_code == 200
    assert "many-1100" in colleague.get("/desk/actors/?page=999").content.decode()
    older = colleague.get("/desk/actors/history/?page=999").content.decode()
    assert "many-1100" not in older and "many-1100" in colleague.get("/desk/actors/history/").content.decode()
    waiting = json.loads(colleague.get(f"{API}/desk/actors/requests").content)
    assert [each["actor"] for each in waiting if each["login"] == "geng"] == [number]
    page = f"/desk/actors/{number}/"
    assert code_in(colleague.post(page, {"action": "grant", "request": request_in(colleague.get(page)), "reason": "核对任命文件"}))


def test_a_refused_appointment_ends_the_account(world: World, colleague: Any) -> None:
    number, _ = appointed(world, "supervisor", "geng")
    page = f"/desk/actors/{number}/"
    refuse = {"action": "refuse", "request": request_in(colleague.get(page)), "reason": "机构没有此人"}
    assert colleague.post(page, refuse).status_code == 302
    assert not acts("geng") and as_owner("SELECT active FROM people_actor WHERE id = %s", number) == [(False,)]
    assert colleague.post(page, {**refuse, "action": "grant"}).status_code == 404, "answered once"


@pytest.mark.parametrize("role", ["clerk", "supervisor"])
def test_a_password_is_reset_by_two_and_stands_until_then(world: World, colleague: Any, role: str) -> None:
    browser, _, _ = set_up(world, role)
    page, one = account(world, role), world.client("administrator")
    assert one.post(page, {"action": "password", "reason": "忘记密码"}).status_code == 302
    assert browser.get("/desk/").status_code == 200, "nothing has changed yet"
    grant = {"action": "grant", "request": request_in(one.get(page)), "reason": "视频核实本人"}
    assert one.post(page, grant).status_code == 403
    code = code_in(colleague.post(page, grant))
    assert browser.get("/desk/").headers["Location"].startswith("/desk/sign-in/")
    assert first(world, role, code, OWN)[1].headers["Location"].startswith("/desk/code/")


def test_by_api_too(world: World, colleague: Any) -> None:
    one, body = world.client("administrator"), {"role": "supervisor", "name": "庚", "login": "geng", "agency": world.actors["clerk"].agency}
    made = send(one, "/actors", body)
    assert set(made) == {"actor", "request"}
    answer = {"granted": True, "reason": "核对任命文件"}
    assert send(one, f"/actors/requests/{made['request']}/answer", answer, status=403)["code"] == "actor.two_persons"
    assert send(colleague, f"/actors/requests/{made['request']}/answer", answer)["code"] and acts("geng")
    asked = send(one, f"/actors/{made['actor']}/reset", {"what": "password", "reason": "忘记密码"})
    assert set(asked) == {"request"}
    assert send(colleague, f"/actors/requests/{asked['request']}/answer", {"granted": False, "reason": "本人否认"}) == {}


def test_the_operator_of_the_machine_needs_no_second(world: World) -> None:
    from lingbao.registry.session import SYSTEM
    from lingbao.web.credentials import staff

    _, invited = staff.appointment(SYSTEM, "coordinator", "庚", "geng", agency=None, platform=None)
    assert invited is not None and acts("geng")
    number, _ = appointed(world, "coordinator", "xin")
    assert not acts("xin")
    assert number
