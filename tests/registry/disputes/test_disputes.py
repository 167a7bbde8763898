"""Complaints and disputes: periods by data, referral, never decided by whom they are about, words sealed."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from lingbao.law.errors import InputError
from lingbao.registry.disputes.periods import kinds

pytestmark = pytest.mark.usefixtures("database")
DAY = date(2026, 3, 2)
_keys = itertools.count()


def key() -> str:
    return f"d{next(_keys)}"


@pytest.fixture
def who(database: str) -> Any:
    from lingbao.registry.session import Actor

    class Who:
        worker = Actor(1, "worker", person=7)
        stranger = Actor(2, "worker", person=8)
        clerk = Actor(3, "clerk", province="36")
        colleague = Actor(4, "clerk", province="36")
        elsewhere = Actor(5, "clerk", province="44")
        coordinator = Actor(6, "coordinator")
        auditor = Actor(7, "auditor")

    return Who


def lodged(who: Any, kind: str = "complaint", **changes: Any) -> int:
    from lingbao.registry.disputes.services import lodge

    return int(lodge(who.worker, key(), 7, kind, "窗口不给办", province="36", today=DAY, **changes)["matter"])


def take(actor: Any, number: int, action: str, today: date = DAY, words: str = "理由", **more: Any) -> dict[str, Any]:
    from lingbao.registry.disputes.services import step

    return step(actor, key(), number, action, today=today, words=words, **more)


def test_a_complaint_runs_by_its_legal_periods(who: Any) -> None:
    """Fifteen natural days to accept: 17 March 2026. Sixty to answer from 10 March: 9 May, a Saturday that is worked."""
    from lingbao.registry.disputes.services import queue, steps_of
    from lingbao.registry.session import acting_as

    number = lodged(who)
    with acting_as(who.clerk):
        assert [str(each.due) for each in queue("36")] == ["2026-03-17"]
    assert take(who.clerk, number, "accept", date(2026, 3, 10))["due"] == "2026-05-09"
    assert take(who.clerk, number, "extend", date(2026, 5, 8))["due"] == "2026-06-08"
    with pytest.raises(InputError, match="only once"):
        take(who.clerk, number, "extend", date(2026, 6, 1))
    assert take(who.clerk, number, "answer", date(2026, 6, 2), "已办理，致歉")["due"] is None
    assert take(who.clerk, number, "close", date(2026, 7, 1))["state"] == "closed"
    with acting_as(who.worker):
        assert next((each.action, each.words) for each in steps_of(number)) == ("lodge", "窗口不给办")
        assert [each.words for each in steps_of(number) if each.action == "answer"] == ["已办理，致歉"]


def test_a_review_can_be_asked_for_within_sixty_days_of_knowing(who: Any) -> None:
    with pytest.raises(InputError, match="on which day"):
        lodged(who, "review")
    with pytest.raises(InputError, match="ended on"):
        lodged(who, "review", known_on=date(2025, 12, 30))
    from lingbao.registry.disputes.services import lodge

    answer = lodge(who.worker, key(), 7, "review", "不服核定", province="36", today=DAY, known_on=date(2026, 1, 5))
    assert answer["due"] == "2026-03-09"  # five working days


def test_where_the_law_sets_no_period_none_is_shown(who: Any) -> None:
    number = lodged(who, "advice")
    assert take(who.clerk, number, "accept")["due"] is None
    with pytest.raises(InputError, match="no legal period"):
        take(who.clerk, number, "extend")


def test_a_transfer_dispute_goes_to_the_coordinating_body(who: Any) -> None:
    from lingbao.registry.errors import RegistryError

    number = lodged(who, "transfer", about="transfer:1")
    with pytest.raises(RegistryError):
        take(who.clerk, number, "accept")
    assert take(who.coordinator, number, "accept")["state"] == "accepted"
    assert take(who.coordinator, number, "answer")["state"] == "answered"


def test_a_matter_referred_moves_with_a_period_of_its_own(who: Any) -> None:
    from lingbao.registry.disputes.services import steps_of
    from lingbao.registry.errors import NotFound, RegistryError
    from lingbao.registry.session import acting_as

    number = lodged(who)
    take(who.clerk, number, "accept")
    with pytest.raises(NotFound):
        take(who.elsewhere, number, "accept")
    answer = take(who.clerk, number, "refer", date(2026, 3, 5), "不属本地", to="44")
    assert (answer["state"], answer["handler"], answer["due"]) == ("referred", "44", "2026-03-20")
    with pytest.raises(RegistryError):
        take(who.clerk, number, "accept")
    with acting_as(who.clerk):
        assert len(steps_of(number)) == 3  # who has had it goes on seeing what becomes of it
    assert take(who.elsewhere, number, "accept", date(2026, 3, 6))["state"] == "accepted"
    with pytest.raises(InputError, match="another province"):
        take(who.elsewhere, number, "refer", to="44")


def test_who_is_complained_of_or_decided_before_does_not_decide(who: Any) -> None:
    from lingbao.registry.errors import Forbidden

    number = lodged(who, against=who.clerk.id)
    take(who.clerk, number, "accept")
    with pytest.raises(Forbidden, match="complained of"):
        take(who.clerk, number, "answer")
    take(who.colleague, number, "answer")
    take(who.worker, number, "object", words="不同意")
    take(who.colleague, number, "accept")
    with pytest.raises(Forbidden, match="someone else"):
        take(who.colleague, number, "answer")


@pytest.mark.parametrize(("actor", "action"), [("stranger", "withdraw"), ("elsewhere", "accept"), ("auditor", "accept"), ("worker", "accept"),
                                               ("clerk", "withdraw")])
def test_nobody_takes_a_step_that_is_not_theirs(who: Any, actor: str, action: str) -> None:
    from lingbao.registry.errors import RegistryError

    number = lodged(who)
    with pytest.raises(RegistryError):
        take(getattr(who, actor), number, action)


def test_the_same_matter_is_lodged_once_and_a_repeated_command_changes_nothing(who: Any) -> None:
    from lingbao.registry.disputes.services import lodge
    from lingbao.registry.errors import Conflict

    first = lodge(who.worker, "same", 7, "complaint", "晚了", province="36", today=DAY, about="transfer:3")
    assert lodge(who.worker, "same", 7, "complaint", "晚了", province="36", today=DAY, about="transfer:3") == first
    with pytest.raises(Conflict, match="under way"):
        lodged(who, about="transfer:3")
    take(who.worker, first["matter"], "withdraw")
    assert lodged(who, about="transfer:3") != first["matter"]


def test_a_clock_set_back_dates_no_step_before_the_last(who: Any) -> None:
    from lingbao.registry.disputes.services import steps_of
    from lingbao.registry.session import acting_as

    number = lodged(who)
    take(who.clerk, number, "accept", DAY - timedelta(days=9))
    with acting_as(who.worker):
        assert [each.day for each in steps_of(number)] == [DAY, DAY]


@pytest.mark.parametrize("words", ["", "   ", "x" * 5001, "a\x00b"])
def test_words_must_be_there_and_not_endless(who: Any, words: str) -> None:
    from lingbao.registry.disputes.services import lodge

    with pytest.raises(InputError):
        lodge(who.worker, key(), 7, "complaint", words, province="36", today=DAY)


def test_words_are_sealed_in_the_database(who: Any) -> None:
    from django.db import connection

    lodged(who)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM dispute_event")
        assert "窗口不给办".encode() not in bytes(cursor.fetchone()[0])


def test_the_database_itself_refuses_a_jump(who: Any) -> None:
    from django.db import DatabaseError, connection

    number = lodged(who)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE dispute_case SET state = 'closed', steps = 2 WHERE id = %s", [number])


def test_every_period_names_its_article_and_how_sure_it_is() -> None:
    for kind in kinds().values():
        assert kind.article
        for period in kind.periods.values():
            assert "第" in period.document and period.confidence in ("high", "medium", "low")
