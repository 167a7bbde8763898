"""A message sent in Chinese is read in the language of its reader, or stands as it was sent."""

from __future__ import annotations

import pytest

from lingbao.registry.notices.following import PROVISIONAL, _step
from lingbao.registry.notices.reading import fields_of, text_for
from lingbao.registry.notices.templates import templates, text_of
from lingbao.registry.transfers.machine import TRANSITIONS

EXAMPLES = {"month": "2026-08", "date": "2026-08-31", "yuan": "12.50", "number": "3", "words": TRANSITIONS["send_form"].zh}
BY_HAND = {"new_rule"}  # what staff write themselves is in no table of words


def filled(name: str, **own: str) -> str:
    return text_of(name, {field: EXAMPLES[kind] for field, kind in templates()[name].fields.items()} | own)


@pytest.mark.parametrize("name", sorted(set(templates()) - BY_HAND))
def test_every_message_is_said_in_english_with_what_it_was_filled_in_with(name: str) -> None:
    sent = filled(name)
    values = {field: EXAMPLES[kind] for field, kind in templates()[name].fields.items()}
    assert fields_of(name, sent) == values
    said, lang = text_for(name, sent, "en")
    assert lang == "en" and not any("\u4e00" <= letter <= "\u9fff" for letter in said)
    assert all(value in said for field, value in values.items() if templates()[name].fields[field] != "words")
    assert text_for(name, sent, "zh") == (sent, "zh")


@pytest.mark.parametrize(("words", "said"), [("", "from 2026-08. Open"), (PROVISIONAL, "last year's base")])
def test_a_pension_that_is_provisional_is_said_to_be_and_another_is_not(words: str, said: str) -> None:
    assert said in text_for("pension_granted", filled("pension_granted", provisional=words), "en")[0]


def test_what_staff_wrote_or_an_older_wording_stands_as_it_was_sent() -> None:
    by_hand = text_of("new_rule", {"rule": "新办法", "from_month": "2027-01", "change": "每月少缴十元"})
    assert text_for("new_rule", by_hand, "en") == (by_hand, "zh")
    older = filled("near_minimum") + "谢谢。"
    assert text_for("near_minimum", older, "en") == (older, "zh")
    assert text_for("gone", "【灵保】旧消息", "en") == ("【灵保】旧消息", "zh")


@pytest.mark.parametrize("action", sorted(TRANSITIONS))
def test_a_transfer_that_has_ended_names_no_next_step(action: str) -> None:
    name, fields = _step(7, action, "2026-12-01")
    text = text_of(name, fields)
    assert ("下一步" in text) == (TRANSITIONS[action].clock != "stop") and "7" in text
