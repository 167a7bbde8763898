"""The reason of an entry is read in one's own language where it was written in both."""

from __future__ import annotations

from typing import Any

from registry_world import TODAY, World, open_file


def reason_on(world: World, lang: str, kind: str) -> str:
    """The reason of an entry of a kind in the person's time line, as a clerk reads it."""
    page: Any = world.client("clerk").get(f"/desk/persons/{world.own.person}/?lang={lang}").content.decode()
    from lingbao.web.desk.words import word

    return str(page.partition(f"<strong>{word('entries', kind)[lang]}</strong>")[2].partition("</li>")[0])


def test_what_was_withheld_is_explained_in_the_readers_language(world: World) -> None:
    from made_up import accounts

    from lingbao.registry.ledger.posting import Draft, Leg, post
    from lingbao.registry.session import SYSTEM, run_as

    one, other = accounts("pending", "withheld", owner=world.own.person)
    bank, = accounts("bank", owner=36, owner_kind="province")
    for kind, reason, account in (("orders.identified", "平台劳动者身份确认 · worker of a platform identified", one), ("refund_set_aside", "多缴 · 见 12 号附件", other)):
        run_as(SYSTEM, lambda kind=kind, reason=reason, account=account: post(  # type: ignore[misc]
            [Draft(kind, [Leg(account, 100), Leg(bank, -100)])], actor=0, law_hash="law", reason=reason, value_date=TODAY))
    open_file(world.client("clerk"), world.own.person)
    zh, en = (reason_on(world, lang, "orders.identified") for lang in ("zh", "en"))
    assert "身份确认" in zh and "identified" not in zh
    assert "worker of a platform identified" in en and "身份确认" not in en
    assert all("多缴 · 见 12 号附件" in reason_on(world, lang, "refund_set_aside") for lang in ("zh", "en")), "what a person wrote is not cut"

