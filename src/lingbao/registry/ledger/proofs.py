"""Proofs that a line of the books stands in a published digest: given to whose line it is, checked by anyone, also offline."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.registry.audit import Finding
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.tree import climbed, leaf, path
from lingbao.registry.session import SYSTEM, Actor, run_as

VERSION = 1
LINE = ("entry", "book_date", "value_date", "kind", "account", "fen", "law_hash")
MOST_STEPS = 64
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Tree:
    """What is published of a day's tree: how many lines, their root, and the link to the day before, in hexadecimal."""

    date: date
    lines: int
    root: str
    linked: str


def grow_trees() -> int:
    """Grow the tree of each closed day that has none yet (as the registry or an auditor); return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_grow_trees()")
        return int(cursor.fetchone()[0])


def trees(since: date | None = None) -> list[Tree]:
    """Return what is published of the trees, in order of day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT date, lines, encode(root, 'hex'), encode(linked, 'hex') FROM ledger_tree WHERE date >= coalesce(%s, '-infinity'::date) ORDER BY date", [since])
        return [Tree(*row) for row in cursor.fetchall()]


def verify_trees(since: date | None = None) -> list[Finding]:
    """Recompute the trees from the books and return the days that do not hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, holds FROM ledger_wrong_trees(%s) WHERE NOT (holds AND follows) ORDER BY day", [since])
        rows = cursor.fetchall()
    return [Finding("ledger.tree", str(day), f"{day} 的账簿与当日的行树不符，封存后被改动过。" if not holds else f"{day} 的行树没有接上前一天。",
                    f"The books of {day} do not match the tree of their lines." if not holds else f"The tree of {day} does not follow from the day before.")
            for day, holds in rows]


def proof(actor: Actor, entry: int, account: int) -> dict[str, Any]:
    """Return the proof that a line stands in the digest of its day, for someone who may see the line.

    Returns
    -------
    dict
        Plain data, to be kept as a JSON file; nothing in it tells of any other line.

    Raises
    ------
    NotFound
        If there is no such line for this actor, or its day is not closed yet.
    """
    def seen() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id WHERE l.entry_id = %s AND l.account_id = %s", [entry, account])
            return cursor.fetchone() is not None

    if not run_as(actor, seen):
        raise NotFound("ledger.no_line", value=entry, zh=f"没有分录 {entry} 的这一行，或您无权查看。", en=f"There is no such line of entry {entry}, or you may not see it.")
    return run_as(SYSTEM, lambda: _proof(entry, account))


def _proof(entry: int, account: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, line, line_secret, place, at, leaves FROM ledger_proof_parts(%s, %s)", [entry, account])
        day, line, secret, place, at, leaves = cursor.fetchone()
        if secret is None:
            raise NotFound("ledger.open_day", value=str(day), zh=f"{day} 的账还没有封存。封存以后（通常是第二天）再来取证明。",
                           en=f"The books of {day} are not closed yet. Come back after they are, usually the next day.")
        cursor.execute("SELECT node FROM ledger_tree_block WHERE date = %s ORDER BY place", [day])
        blocks = [bytes(node) for (node,) in cursor.fetchall()]
    steps = path([bytes(each) for each in leaves], at) + path(blocks, place)
    tree = next(each for each in trees(day) if each.date == day)
    return {"version": VERSION, "line": dict(zip(LINE, line.split("|"), strict=True)), "secret": bytes(secret).hex(),
            "path": [[side, other.hex()] for side, other in steps], "date": str(day), "root": tree.root, "linked": tree.linked}


def root_of(content: Any) -> tuple[str, str]:
    """Return the day and the root that a proof leads to; whether that root was published is another question.

    Raises
    ------
    InputError
        If it is no proof, or says another root than it leads to.
    """
    try:
        version, line, secret = content["version"], content["line"], content["secret"]
        steps = [(str(side), str(other)) for side, other in content["path"]]
        said = content["date"], content["root"]
        if version != VERSION or set(line) != set(LINE) or not all(isinstance(each, str) and len(each) <= 100 and "|" not in each for each in line.values()) \
                or not all(isinstance(each, str) for each in (secret, *said)) or len(steps) > MOST_STEPS \
                or not all(_HASH.fullmatch(each) for each in (secret, said[1], *(other for _, other in steps))) \
                or not all(side in ("left", "right") for side, _ in steps) or line["book_date"] != said[0]:
            raise ValueError
        date.fromisoformat(said[0])
    except (KeyError, TypeError, ValueError):
        raise InputError("ledger.no_proof", where="proof", zh="这不是一份完整的证明文件。请上传从账户下载的原文件。",
                         en="This is no complete proof. Give the file as it was downloaded from the account.") from None
    text = "|".join(line[name] for name in LINE)
    found = climbed(leaf(bytes.fromhex(secret), text), [(side, bytes.fromhex(other)) for side, other in steps]).hex()
    if found != said[1]:
        raise InputError("ledger.proof_fails", value=line["entry"], where="proof", zh="证明不成立：这一行算不出文件里写的根，内容被改过。",
                         en="The proof fails: the line does not lead to the root that the file names; something was changed.")
    return said[0], found


def published_root(rows: Iterable[Mapping[str, str]], day: str) -> str:
    """Return the root of a day's tree from published digests, once their links are recomputed.

    Parameters
    ----------
    rows : iterable of mapping
        Lines of the published file, in order: ``date, entries, legs, fen, root, previous, chain, tree, linked``.

    Raises
    ------
    InputError
        If the file lacks the day, or a link or chain in it does not hold.
    """
    found, before, linked = None, hashlib.sha256(b"").digest(), hashlib.sha256(b"").digest()
    try:
        for row in rows:
            chain = hashlib.sha256(before + f"{row['date']}|{row['entries']}|{row['legs']}|{row['fen']}|".encode() + bytes.fromhex(row["root"])).digest()
            if bytes.fromhex(row["previous"]) != before or bytes.fromhex(row["chain"]) != chain:
                raise _broken(row["date"])
            before = chain
            if not row["tree"]:
                continue
            linked = hashlib.sha256(linked + chain + bytes.fromhex(row["tree"])).digest()
            if bytes.fromhex(row["linked"]) != linked:
                raise _broken(row["date"])
            found = row["tree"] if row["date"] == day else found
    except (KeyError, ValueError, TypeError):
        raise InputError("ledger.published", where="published", zh="这不是公布的摘要文件（digests.csv）。", en="This is not the published file of digests (digests.csv).") from None
    if found is None:
        raise InputError("ledger.published_day", value=day, where="published", zh=f"公布的摘要里没有 {day}。请下载最新的 digests.csv。",
                         en=f"The published digests lack {day}. Download digests.csv anew.")
    return found


def _broken(day: str) -> InputError:
    return InputError("ledger.chain", value=day, where="published", zh=f"公布的摘要链在 {day} 断裂。", en=f"The published chain of digests is broken at {day}.")
