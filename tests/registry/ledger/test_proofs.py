"""A line is shown to stand in the published digest of its day, without showing any other line."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import Office, accounts, as_owner, moved, registered, worker

from lingbao.law.errors import InputError
from lingbao.registry.ledger.tree import climbed, leaf, path, up

FORGED = "ALTER TABLE {0} DISABLE TRIGGER ALL; {1}; ALTER TABLE {0} ENABLE TRIGGER ALL"


@given(st.integers(1, 700), st.data())
def test_from_any_leaf_the_path_leads_to_the_root_and_blocks_are_nodes_of_the_same_tree(size: int, data: Any) -> None:
    leaves = [leaf(bytes([1]), str(n)) for n in range(size)]
    place = data.draw(st.integers(0, size - 1))
    top = leaves
    while len(top) > 1:
        top = up(top)
    assert climbed(leaves[place], path(leaves, place)) == top[0]
    blocks = []
    for first in range(0, size, 256):
        level = leaves[first:first + 256]
        while len(level) > 1:
            level = up(level)
        blocks += level
    block, at = divmod(place, 256)
    steps = path(leaves[block * 256:block * 256 + 256], at) + path(blocks, block)
    assert climbed(leaves[place], steps) == top[0]
    assert climbed(leaf(bytes([1]), "another"), steps) != top[0]


@pytest.fixture
def closed(office: Office) -> tuple[Any, int, int]:
    """A worker, his account, and an entry among 600 others of a closed day."""
    from lingbao.registry.ledger.digests import close_days
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(office.clerk))
    bank, = accounts("bank", owner=36, owner_kind="province")
    individual, = accounts("individual", owner=himself.person)
    strangers = [accounts("individual", owner=1000 + n)[0] for n in range(150)]
    moved(*((each, 100 + n) for n, each in enumerate(strangers)), (bank, -sum(100 + n for n in range(150))))
    entry = moved((bank, -76_780), (individual, 76_780))
    for _ in range(2):
        moved(*((each, 100 + n) for n, each in enumerate(strangers)), (bank, -sum(100 + n for n in range(150))))
    as_owner(FORGED.format("ledger_entry", "UPDATE ledger_entry SET book_date = book_date - 1"))
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    run_as(SYSTEM, lambda: close_days(today - timedelta(1)))
    return himself, entry, individual


def published() -> list[dict[str, str]]:
    from lingbao.registry.ledger.proofs import trees
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.fund.published import text

    grown = run_as(SYSTEM, trees)
    assert grown
    return list(csv.DictReader(io.StringIO(text("digests"))))


def test_the_owner_of_a_line_proves_it_and_anyone_checks_it_offline(closed: tuple[Any, int, int]) -> None:
    from lingbao.registry.ledger.proofs import proof, published_root, root_of, verify_trees

    himself, entry, account = closed
    found = proof(himself, entry, account)
    assert found["line"]["fen"] == "76780" and found["line"]["entry"] == str(entry)
    day, root = root_of(json.loads(json.dumps(found)))
    assert published_root(published(), day) == root
    assert verify_trees() == []
    assert len(found["path"]) == 9  # 453 lines; nothing of them but hashes
    assert "1149" not in json.dumps(found["line"])


CHANGED: dict[str, Callable[[Any], Any]] = {
    "amount": lambda p: p["line"].update(fen="76781"),
    "account": lambda p: p["line"].update(account="9"),
    "day": lambda p: (p["line"].update(value_date="2026-03-02")),
    "secret": lambda p: p.update(secret="0" * 64),
    "step left out": lambda p: p["path"].pop(),
    "side": lambda p: p["path"][0].__setitem__(0, "left" if p["path"][0][0] == "right" else "right"),
    "root": lambda p: p.update(root="0" * 64),
    "text moved between fields": lambda p: p["line"].update(kind=p["line"]["kind"] + "|1"),
    "no path": lambda p: p.pop("path"),
    "another version": lambda p: p.update(version=2),
    "numbers": lambda p: p["line"].update(fen=76780),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_changed_proof_fails(closed: tuple[Any, int, int], what: str) -> None:
    from lingbao.registry.ledger.proofs import proof, root_of

    found = copy.deepcopy(proof(*closed))
    CHANGED[what](found)
    with pytest.raises(InputError):
        root_of(found)


def test_a_forged_tree_proves_nothing_against_what_was_published(closed: tuple[Any, int, int]) -> None:
    from lingbao.registry.ledger.proofs import published_root

    rows = published()
    for name in ("tree", "linked", "chain", "legs"):
        forged = [dict(each) for each in rows]
        forged[0][name] = "1" * len(forged[0][name])
        with pytest.raises(InputError, match="broken"):
            published_root(forged, rows[0]["date"])
    with pytest.raises(InputError, match="lack"):
        published_root(rows, "1999-01-01")
    with pytest.raises(InputError, match="not the published"):
        published_root([{"date": "x"}], rows[0]["date"])


def test_nobody_proves_the_line_of_another_and_nothing_of_an_open_day(closed: tuple[Any, int, int], office: Office) -> None:
    from lingbao.registry.errors import Forbidden, NotFound, RegistryError
    from lingbao.registry.ledger.proofs import proof
    from lingbao.registry.session import acting_as

    himself, entry, account = closed
    stranger = worker(registered(office.clerk, 3, "钱二"))
    with pytest.raises(NotFound):
        proof(stranger, entry, account)
    with pytest.raises(NotFound):
        proof(office.elsewhere, entry, account)
    bank, = accounts("bank", owner=36, owner_kind="province")
    open_day = moved((bank, -1), (account, 1))
    with pytest.raises(NotFound, match="not closed"):
        proof(himself, open_day, account)
    for actor in (himself, office.auditor):
        with pytest.raises((Forbidden, RegistryError)), acting_as(actor):
            as_owner("SELECT secret FROM ledger_tree")
        with pytest.raises((Forbidden, RegistryError)), acting_as(actor):
            as_owner("SELECT ledger_proof_parts(%s, %s)", [entry, account])


@pytest.mark.parametrize("forgery", [
    ("ledger_leg", "UPDATE ledger_leg SET amount_fen = amount_fen + sign(amount_fen) WHERE entry_id = 2"),
    ("ledger_tree", "UPDATE ledger_tree SET root = sha256('x')"),
    ("ledger_tree", "UPDATE ledger_tree SET linked = sha256('x')"),
    ("ledger_tree_block", "UPDATE ledger_tree_block SET node = sha256('x') WHERE place = 1"),
])
def test_the_audit_finds_a_changed_tree(closed: tuple[Any, int, int], forgery: tuple[str, str]) -> None:
    from lingbao.registry.audit import audit

    assert audit(["ledger.trees"]) == []
    as_owner(FORGED.format(*forgery))
    assert [each.code for each in audit(["ledger.trees"])] == ["ledger.tree"]
