"""What people, agencies and platforms of a demonstration do, by the services of the registry: wave after wave of tasks.

Tasks of one wave may run in any order and side by side; a wave begins when the one before it has ended, since it looks at
what that has left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from django.db import connection

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.store import Law
from lingbao.registry.monitoring.near import near
from lingbao.registry.notices.following import tell_answers, tell_pensions, tell_transfers
from lingbao.registry.notices.sending import remind
from lingbao.registry.operations.demonstration import Block, shares
from lingbao.registry.operations.demonstration_claims import make_claims
from lingbao.registry.operations.demonstration_matters import make_matters
from lingbao.registry.operations.demonstration_platforms import make_platform
from lingbao.registry.operations.demonstration_staff import offices, share_of
from lingbao.registry.operations.demonstration_transfers import make_transfers
from lingbao.registry.session import SYSTEM, run_as


@dataclass(frozen=True)
class Task:
    """A part of a wave.

    Parameters
    ----------
    kind : {"platform", "claims", "transfers", "matters", "follow", "remind"}
    seed : int
    today : datetime.date
    province : str
        Two digits, but for platforms and messages about cases.
    number : int
        Of a platform, its place in the list; else how many are to be made.
    first : int
        Number of the first transfer or matter of the province among those of all.
    blocks : tuple of Block
        Blocks of the province, for claims.
    """

    kind: str
    seed: int
    today: date
    province: str = ""
    number: int = 0
    first: int = 0
    blocks: tuple[Block, ...] = ()


def waves(blocks: list[Block], seed: int, today: date) -> list[list[Task]]:
    """Return the tasks of each wave, the longest first."""
    people, rules = sum(block.size for block in blocks), shares()
    provinces = list(dict.fromkeys(block.province for block in blocks))

    def shared(kind: str) -> list[Task]:
        total = max(round(people * rules[kind]["share"]), min(rules[kind]["least"], people))
        counts = [share_of(total, place, len(provinces)) for place in range(len(provinces))]
        firsts = [0, *accumulate(counts)]
        return [Task(kind, seed, today, province, count, first) for province, count, first in zip(provinces, counts, firsts, strict=False)]

    return [
        [*(Task("platform", seed, today, number=number) for number in range(len(rules["platforms"]["list"]))),
         *(Task("claims", seed, today, province, blocks=tuple(b for b in blocks if b.province == province)) for province in provinces)],
        shared("transfers"), shared("matters"),
        [*(Task("remind", seed, today, province) for province in provinces), Task("follow", seed, today)],
    ]


def do(task: Task) -> Counter[str]:
    """Do a task; return what was made: ``orders``, ``transfers``, ``claims``, ``matters``, ``messages``."""
    law, today = Law.load(), task.today
    with _may_be_made_again():
        if task.kind == "platform":
            return Counter(orders=make_platform(task.number, task.seed, today))
        if task.kind == "follow":
            return Counter(messages=tell_transfers() + tell_pensions() + tell_answers())
        month = today.year * MONTHS_PER_YEAR + today.month - 1
        if task.kind == "remind":
            return Counter(messages=remind(SYSTEM, run_as(SYSTEM, lambda: near(task.province, month, law)), month))
        places = offices()
        office = places[task.province]
        if task.kind == "claims":
            return Counter(claims=make_claims(law, office, list(task.blocks), task.seed, today))
        if task.kind == "transfers":
            return Counter(transfers=make_transfers(law, office, places, task.number, task.first, today))
        return Counter(matters=make_matters(office, [each for each in places if each != task.province], task.number, task.first, today))


@contextmanager
def _may_be_made_again() -> Iterator[None]:
    """Let commits of the block return before they are on disk: what a crash loses here is loaded anew."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
