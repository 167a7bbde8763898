"""Messages: plain templates that nothing can be smuggled into, each person told once, gateways that fail and double."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.errors import InputError
from lingbao.registry.notices.gateway import LocalGateway
from lingbao.registry.notices.templates import SHAPES, templates, text_of

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
MISSED = {"months": 2, "last_month": "2026-08"}
EXAMPLES = {"month": "2026-08", "date": "2026-08-31", "yuan": "12.50", "number": "3", "words": "已发出信息表"}


@pytest.fixture
def office(database: str) -> Any:
    from made_up import open_office

    return open_office()


def person(office: Any, serial: int = 1, name: str = "赵一", phone: str | None = "13800000001") -> int:
    from made_up import registered

    return registered(office.clerk, serial, name, phone=phone)


@pytest.mark.parametrize("name", sorted(templates()))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_template_fills_in_and_says_who_writes(name: str, lang: str) -> None:
    template = templates()[name]
    text = text_of(name, {field: EXAMPLES[kind] for field, kind in template.fields.items()}, lang)
    assert "{" not in text
    assert text.startswith("【灵保】" if lang == "zh" else "[Lingbao]")
    assert len(text) <= (140 if lang == "zh" else 320)
    assert set(template.fields.values()) <= set(SHAPES)


@pytest.mark.parametrize("words", ["看 http://x.cn", "www.x.com", "a.top 领钱", "a\nb", "{months}", "<b>", "=1+1", "x" * 61, "x\u202ey"])
def test_nothing_can_be_smuggled_into_a_message(words: str) -> None:
    with pytest.raises(InputError):
        text_of("new_rule", {"rule": words, "from_month": "2026-01", "change": "无"})


@given(st.text(max_size=70))
def test_a_message_never_carries_a_line_break_or_a_link(words: str) -> None:
    try:
        text = text_of("new_rule", {"rule": words, "from_month": "2026-01", "change": "无"})
    except InputError:
        return
    assert "\n" not in text and "//" not in text and text.count("【") == 1


def test_fields_missing_or_too_many_are_refused() -> None:
    for fields in ({"months": 1}, {**MISSED, "spare": 1}):
        with pytest.raises(InputError, match="The fields are"):
            text_of("payment_missed", fields)


def test_nobody_is_told_the_same_twice(office: Any) -> None:
    from lingbao.registry.notices.sending import messages_of, queue
    from lingbao.registry.session import acting_as

    who = person(office)
    assert queue(office.clerk, who, "payment_missed", MISSED, about="missed:2026-11") is not None
    assert queue(office.clerk, who, "payment_missed", {**MISSED, "months": 3}, about="missed:2026-11") is None
    assert queue(office.clerk, who, "payment_missed", MISSED, about="missed:2026-12") is not None
    with acting_as(office.clerk):
        assert len(messages_of(who)) == 2


def test_a_gateway_that_refuses_and_loses_answers_delivers_each_message_once(office: Any) -> None:
    from lingbao.registry.notices.sending import messages_of, queue, received, send_due
    from lingbao.registry.session import SYSTEM, acting_as

    people = [person(office, 2 * n + 1, name, f"1380000000{n}") for n, name in enumerate(("赵一", "钱二", "孙三"))]
    for who in people:
        queue(office.clerk, who, "payment_missed", MISSED, about="a")
    gateway = LocalGateway(refuse=1, lose_answer=1)
    assert send_due(gateway, now=LATER) == (1, 2)
    assert send_due(gateway, now=LATER) == (0, 0)  # not before the wait is over
    assert send_due(gateway, now=LATER + timedelta(minutes=6)) == (2, 0)
    assert sorted(phone for phone, _ in gateway.outbox.values()) == ["13800000000", "13800000001", "13800000002"]
    with acting_as(SYSTEM):
        numbers = {who: messages_of(who)[0].id for who in people}
    received(numbers[people[0]], True)
    received(numbers[people[0]], False, "late report")
    with acting_as(SYSTEM):
        assert messages_of(people[0])[0].state == "delivered"


def test_a_message_is_given_up_after_some_attempts_and_still_stands_on_the_page(office: Any) -> None:
    from lingbao.registry.notices.sending import ATTEMPTS, messages_of, queue, send_due
    from lingbao.registry.session import acting_as

    who = person(office)
    queue(office.clerk, who, "payment_missed", MISSED, about="a")
    gateway = LocalGateway(refuse=100)
    for day in range(ATTEMPTS + 3):
        send_due(gateway, now=LATER + timedelta(days=day))
    assert gateway.calls == ATTEMPTS
    with acting_as(office.clerk):
        assert [each.state for each in messages_of(who)] == ["failed"]


def test_who_has_no_telephone_gets_the_message_on_the_page_only(office: Any) -> None:
    from lingbao.registry.notices.sending import messages_of, queue, send_due
    from lingbao.registry.session import acting_as

    who = person(office, phone=None)
    queue(office.clerk, who, "payment_missed", MISSED, about="a")
    gateway = LocalGateway()
    assert send_due(gateway, now=LATER) == (0, 1)
    assert gateway.calls == 0
    with acting_as(office.clerk):
        assert messages_of(who)[0].text.startswith("【灵保】")


def test_the_reading_of_a_telephone_number_is_in_the_persons_log(office: Any) -> None:
    from made_up import as_owner

    from lingbao.registry.notices.sending import queue, send_due

    who = person(office)
    queue(office.clerk, who, "payment_missed", MISSED, about="a")
    send_due(LocalGateway(), now=LATER)
    assert as_owner("SELECT count(*) FROM people_access WHERE person_id = %s AND 'phone' = ANY (fields) AND purpose = '发送短信'", [who]) == [(1,)]


def test_another_province_neither_queues_nor_reads(office: Any) -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.notices.sending import messages_of, queue
    from lingbao.registry.session import acting_as

    who = person(office)
    queue(office.clerk, who, "payment_missed", MISSED, about="a")
    with pytest.raises(Forbidden):
        queue(office.elsewhere, who, "payment_missed", MISSED, about="b")
    with acting_as(office.elsewhere):
        assert messages_of(who) == []


def test_reminders_follow_the_lists_of_monitoring_once_a_month(office: Any) -> None:
    from made_up import as_owner

    from lingbao.law.month import month
    from lingbao.registry.monitoring.near import Near
    from lingbao.registry.notices.sending import announce, messages_of, remind
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, acting_as

    who, as_of = person(office), month(2026, 11)
    as_owner("INSERT INTO enrolment_membership (person_id, scheme, standing, province, since, recorded_by)"
             " VALUES (%s, 'employee', 'flexible', '36', %s, 0)", [who, month(2026, 1)])
    with acting_as(SYSTEM):
        credit_months([PaidMonth(who, month(2026, 8), "36", 1, 1, 1, 1, NOW.date())])
    lists = [Near(who, "missed", 2, 200), Near(who, "minimum", 4, 20), Near(who, "too_late", 40, 20)]
    assert remind(office.clerk, lists, as_of) == 3
    assert remind(office.clerk, lists, as_of) == 0
    assert remind(office.clerk, lists[:1], as_of + 1) == 1
    assert announce(office.clerk, [who], rule="最低缴费年限提高", from_month=month(2030, 1), change="每年增加六个月") == 1
    with acting_as(office.clerk):
        assert "缴到了2026-08" in messages_of(who)[-1].text


def test_many_messages_are_queued_in_parts_and_an_error_keeps_the_parts_before_it(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.notices import sending
    from lingbao.registry.notices.sending import Told, messages_of, queue_many
    from lingbao.registry.session import acting_as

    monkeypatch.setattr(sending, "AT_ONCE", 2)
    who = person(office)
    good = [Told(who, "payment_missed", MISSED, f"missed:{number}") for number in range(5)]
    bad = Told(who, "payment_missed", {"months": "two", "last_month": "2026-08"}, "missed:5")
    with pytest.raises(InputError):
        queue_many(office.clerk, [*good, bad])
    with acting_as(office.clerk):
        assert len(messages_of(who)) == 4  # the fifth stood in one part with the bad one
    assert queue_many(office.clerk, [*good, good[0]]) == 1
    with acting_as(office.clerk):
        assert [each.text for each in messages_of(who)] == [text_of("payment_missed", MISSED)] * 5


def test_many_messages_reach_only_persons_that_the_actor_sees(office: Any) -> None:
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.notices.sending import Told, messages_of, queue_many
    from lingbao.registry.session import SYSTEM, acting_as

    who = person(office)
    with pytest.raises(Forbidden):
        queue_many(office.elsewhere, [Told(who, "payment_missed", MISSED, "a")])
    with acting_as(SYSTEM):
        assert messages_of(who) == []


def test_the_outbox_of_a_demonstration_keeps_each_message_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    from lingbao.registry.notices.outbox import FolderGateway

    gateway = FolderGateway(tmp_path / "outbox")
    assert gateway.messages() == []
    gateway.send("a", "13800000001", "一")
    gateway.send("b", "13800000002", "二")
    gateway.send("a", "13800000001", "又一")
    assert [(each.key, each.phone, each.text) for each in gateway.messages()] == [("b", "13800000002", "二"), ("a", "13800000001", "一")]
    assert [oct(file.stat().st_mode & 0o777) for file in [gateway.folder, *gateway.folder.iterdir()]] == ["0o700", "0o600", "0o600"]
