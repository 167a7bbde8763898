"""The first day: from an empty database to an administrator, an agency with its staff, and a platform with a key."""

from __future__ import annotations

import json

import pytest
from made_up import as_owner
from test_registry_commands import called

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def kept_server(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests outlives a command."""
    monkeypatch.setattr("lingbao.web.database.stop_embedded", lambda: None)


def test_the_first_administrator_is_appointed_once_and_again_only_with_a_reason() -> None:
    made = called("administrator", "admin", "--name", "王管理", "--json")
    assert made.exit_code == 0 and len(json.loads(made.output)["code"]) == 23
    refused = called("administrator", "admin-2", "--name", "李管理", "--lang", "en")
    assert (refused.exit_code, "--again" in refused.stderr) == (2, True)
    assert "管理员" in called("administrator", "admin-2", "--name", "李管理").stderr
    assert called("administrator", "admin-2", "--name", "李管理", "--again").exit_code == 2
    assert called("administrator", "admin-2", "--name", "李管理", "--again", "--reason", "第一位离职").exit_code == 0
    assert as_owner("SELECT action, by_actor, reason FROM people_actor_event ORDER BY id") == [
        ("appointed", 0, "首次安装 · first installation"), ("appointed", 0, "第一位离职")]


def test_the_code_is_printed_once_and_kept_as_a_keyed_hash_alone() -> None:
    said = called("administrator", "admin", "--name", "王管理").output
    code = json.loads(called("reset", "admin", "--reason", "代码遗失", "--json").output)["code"]
    assert code not in said
    dump = "".join(str(row) for table in ("auth_user", "credentials_invitation", "people_actor", "people_actor_event")
                   for row in as_owner(f"SELECT t::text FROM {table} t"))
    assert code not in dump and code.replace("-", "") not in dump and "admin" in dump


def test_an_agency_and_its_staff() -> None:
    assert called("agency", "360100", "--name", "南昌市社会保险经办机构", "--province", "36", "--city", "南昌").exit_code == 0
    assert called("agency", "360100", "--name", "南昌市社会保险经办机构", "--province", "36", "--city", "南昌").exit_code == 0, "the same again is nothing new"
    other = called("agency", "360100", "--name", "别的机构", "--province", "36", "--lang", "en")
    assert (other.exit_code, "nothing was changed" in other.stderr) == (2, True)
    assert called("agency", "999999", "--name", "x", "--province", "99").exit_code == 2
    for role in ("clerk", "supervisor"):
        assert called("appoint", role, f"{role}-1", "--name", "张三", "--agency", "360100").exit_code == 0
        assert called("appoint", role, f"{role}-2", "--name", "张三").exit_code == 2, "without an agency there is no such staff"
    assert called("appoint", "clerk", "clerk-3", "--name", "张三", "--agency", "110100").exit_code == 2
    assert called("appoint", "auditor", "clerk-1", "--name", "李四").exit_code == 2, "the login is taken"
    assert called("appoint", "cook", "cook", "--name", "李四").exit_code == 2
    for role in ("coordinator", "auditor"):
        assert called("appoint", role, f"{role}-1", "--name", "李四").exit_code == 0
    listed = json.loads(called("staff", "--json").output)
    assert [(each["login"], each["of"]) for each in listed["accounts"]] == [
        ("clerk-1", "360100"), ("supervisor-1", "360100"), ("coordinator-1", None), ("auditor-1", None)]
    assert "360100" in called("staff").output


def test_a_platform_its_agreement_and_its_key() -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.orders.platforms import authenticate

    new = ("platform", "register", "meals", "--zh", "外卖平台", "--en", "Meals", "--province", "36")
    assert called(*new).exit_code == 0
    again = called(*new, "--lang", "en")
    assert (again.exit_code, "taken" in again.stderr) == (2, True)
    assert called("platform", "register", "Meals!", "--zh", "外卖", "--en", "Meals", "--province", "36").exit_code == 2

    def agreed(number: str, method: str = "income", code: str = "meals", until: str = "2026-12-31", source: str = "协议 2026-1") -> int:
        return called("platform", "agreement", code, "--method", method, "--number", number, "--since", "2026-01-01", "--until", until, "--source", source).exit_code

    for wrong in (agreed("1.5"), agreed("nan"), agreed("-1", "order"), agreed("1e9", "order"), agreed("0.05", "luck"), agreed("0.05", code="nobody"),
                  agreed("0.05", until="2025-12-31"), agreed("0.05", source=" ")):
        assert wrong == 2
    assert agreed("0.05") == 0
    assert agreed("0.05") == 2, "periods of one platform do not overlap"

    made = json.loads(called("platform", "key", "meals", "--json").output)
    assert authenticate(made["key"]).platform == made["platform"]
    assert made["key"].partition(".")[2] not in str(as_owner("SELECT c::text FROM orders_credential c"))
    assert called("platform", "key", "meals", "--expires", "2020-01-01").exit_code == 2
    assert made["key_id"] in called("platform", "list").output
    assert called("platform", "revoke", made["key_id"]).exit_code == 0
    assert called("platform", "revoke", made["key_id"]).exit_code == 2, "it was ended before"
    with pytest.raises(Forbidden):
        authenticate(made["key"])
    assert called("appoint", "platform", "engineer", "--name", "钱工", "--platform", "meals").exit_code == 0


def test_a_lost_authenticator_of_the_only_administrator_is_reset_at_the_machine() -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP
    from django.contrib.auth import get_user_model

    called("administrator", "admin", "--name", "王管理")
    user = get_user_model().objects.get(username="admin")
    TOTP.activate(user, "A" * 32)
    assert called("reset", "admin", "--what", "password", "--reason", "忘记").exit_code == 0
    assert Authenticator.objects.count() == 1
    assert called("reset", "admin", "--what", "authenticator", "--reason", "手机遗失").exit_code == 0
    assert Authenticator.objects.count() == 0
    assert called("reset", "nobody", "--reason", "x").exit_code == 2
    assert called("reset", "admin", "--reason", " ").exit_code == 2
    assert called("reset", "admin", "--what", "everything", "--reason", "x").exit_code == 2
    assert [row for row, in as_owner("SELECT action FROM people_actor_event ORDER BY id")] == ["appointed", "password_reset", "authenticator_reset"]


def test_the_operator_dismisses_where_no_administrator_can_and_says_why() -> None:
    called("administrator", "admin", "--name", "王管理")
    assert called("dismiss", "admin").exit_code == 2
    assert called("dismiss", "admin", "--reason", " ").exit_code == 2
    assert called("dismiss", "nobody", "--reason", "离职").exit_code == 2
    assert as_owner("SELECT active FROM people_actor") == [(True,)]
    assert json.loads(called("dismiss", "admin", "--reason", "账号被盗用", "--json").output)["active"] is False
    assert as_owner("SELECT action, by_actor, reason FROM people_actor_event ORDER BY id DESC LIMIT 1") == [("dismissed", 0, "账号被盗用")]
    assert called("dismiss", "admin", "--reason", "再一次").exit_code == 2, "no active account any more"
