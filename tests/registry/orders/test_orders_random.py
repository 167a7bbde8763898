"""Whatever happens to withheld money, in whatever order: after each step orders, files, entries and balances say the same.

Orders, corrections, links, merges, transfers of the platforms, contributions, contributions taken back, refunds that the bank pays or cannot pay.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from made_up import as_owner, open_office, registered
from orders_shop import Shop, open_shop, order

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.audit import audit
from lingbao.registry.collection.bank import Manners, StandInBank
from lingbao.registry.collection.contributions import turned_over_for
from lingbao.registry.collection.parts import Part
from lingbao.registry.collection.payments import take_message
from lingbao.registry.collection.proposals import free, propose_refund, propose_take_back
from lingbao.registry.collection.refunds import approve_refund
from lingbao.registry.errors import RegistryError
from lingbao.registry.orders import settlement, turnover, workers
from lingbao.registry.people.merges import decide, propose
from lingbao.registry.session import SYSTEM, run_as

LAW = Law.load()
RECEIVED = date(2026, 11, 20)
JANUARY = 2026 * 12
STEPS = 40
CHECKS = ("orders", "ledger.entries", "ledger.balances", "ledger.reversals", "record.entries", "collection.parts", "collection.messages")


class Field:
    """Two platforms, eight workers of each, four human beings with a number or two, and a month that goes on."""

    def __init__(self, seed: int, shop: Shop) -> None:
        self.luck = random.Random(seed)
        self.desk = open_office()
        self.shops = [shop, open_shop("second")]
        self.people = [registered(self.desk.clerk, 2 * k + 1, f"骑{k}") for k in range(6)]
        self.unlinked = {(place.id, f"w{k}"): place for place in self.shops for k in range(8)}
        self.standing: dict[tuple[int, str], tuple[str, int, int]] = {}  # platform and order: worker, income, corrections so far
        self.count, self.month = 0, JANUARY
        self.seen: set[str] = set()

    def number(self) -> int:
        self.count += 1
        return self.count

    def send(self) -> None:
        place, lines = self.luck.choice(self.shops), []
        for _ in range(self.luck.randint(1, 4)):
            name, worker, income = f"o{self.number()}", f"w{self.luck.randrange(8)}", self.luck.randint(1, 60) * 1000
            self.standing[place.id, name] = worker, income, 0
            lines.append(order(name, worker, income))
        if self.luck.random() < 0.6:  # corrections, some of the whole order
            for (platform, name), (worker, income, before) in self.luck.sample(sorted(self.standing.items()), min(3, len(self.standing))):
                if platform == place.id and income and f"{name}," not in "".join(lines):
                    back = income if self.luck.random() < 0.5 else self.luck.randint(1, income // 1000) * 1000
                    self.standing[platform, name] = worker, income - back, before + 1
                    lines.append(order(name, worker, -back, sequence=before + 1, orders=-1 if back == income else ""))
        assert place.send(lines, f"f{self.number()}").posted == len(lines)

    def link(self) -> None:
        if self.unlinked:
            (_, worker), place = self.luck.choice(sorted(self.unlinked.items(), key=lambda each: each[0]))
            del self.unlinked[place.id, worker]
            workers.link(place.id, worker, self.luck.choice(self.people), proof="签约")

    def settle(self) -> None:
        place = self.luck.choice(self.shops)
        owed = settlement.due(place.id)
        through = self.luck.choice([None, *owed.files])
        settlement.settle(place.id, f"T{self.number()}", settlement.due(place.id, through=through).amount_fen, RECEIVED, through=through)

    def turn_over(self) -> None:
        self.month += 1
        held = run_as(SYSTEM, lambda: turnover.held_by(self.people))
        paid = {person for person, in as_owner("SELECT person_id FROM record_month WHERE month = %s AND voided_by IS NULL", [self.month])}
        turnover.turn_over(self.month, [turnover.Plan(person, "36", "employee", (Part(self.month, 50_000, fen, fen // 3, fen - fen // 3),))
                                        for person in held if person not in paid for fen in [self.luck.randint(1, 1500)]], value_date=RECEIVED)

    def take_back(self) -> None:
        found = [each for person in self.people for each in run_as(self.desk.clerk, lambda person=person: turned_over_for(person))]
        if found:
            entry = self.luck.choice(found).entry
            wish = run_as(self.desk.clerk, lambda: propose_take_back(self.desk.clerk, entry, reason="误缴"))
            run_as(self.desk.supervisor, lambda: approve_refund(self.desk.supervisor, LAW, wish))

    def refund(self) -> None:
        person = self.luck.choice(self.people)
        left = run_as(SYSTEM, lambda: free("withheld", person, "36"))
        if left:
            fen = self.luck.randint(1, left)
            wish = run_as(self.desk.clerk, lambda: propose_refund(self.desk.clerk, person, "36", fen, channel="stand-in", reason="没有参保", kind="withheld"))
            number = run_as(self.desk.supervisor, lambda: approve_refund(self.desk.supervisor, LAW, wish))
            assert number is not None
            bank = StandInBank(manners=Manners(fails=self.luck.choice([0.0, 1.0])), seed=self.number())
            bank.pay_back(number, fen, RECEIVED)
            for message, signature in bank.messages(RECEIVED):
                take_message(LAW, message, signature)

    def merge(self) -> None:
        if len(self.people) > 3:
            kept, other = self.luck.sample(self.people, 2)
            wish = int(propose(self.desk.clerk, f"m{self.number()}", kept, other, reason="系同一人")["proposal"])
            decide(self.desk.supervisor, f"d{self.number()}", wish, accepted=True)
            self.people.remove(other)

    def step(self) -> str:
        acts: dict[Callable[[], None], int] = {self.send: 8, self.link: 4, self.settle: 6, self.turn_over: 4, self.take_back: 3, self.refund: 3, self.merge: 1}
        act = self.luck.choices(list(acts), list(acts.values()))[0]
        try:
            act()
        except (RegistryError, InputError) as refusal:  # a refusal moves nothing: what is due may be nought, an account may hold too little
            return f"{act.__name__}: {refusal.code}"
        self.seen.add(act.__name__)
        return act.__name__


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_step_leaves_books_that_agree(shop: Shop, seed: int) -> None:
    field = Field(seed, shop)
    done: list[Any] = []
    for _ in range(STEPS):
        done.append(field.step())
        assert audit(CHECKS) == [], done
    assert {"send", "link", "settle", "turn_over"} <= field.seen, done
    total = dict(as_owner("SELECT a.kind, sum(l.amount_fen)::bigint FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id GROUP BY 1"))
    assert sum(total.values()) == 0
    owing, = as_owner("SELECT coalesce(sum(withheld_fen), 0)::bigint FROM orders_fact")[0]
    refunded, = as_owner("SELECT coalesce(sum(amount_fen), 0)::bigint FROM collection_message WHERE kind = 'refunded'")[0]
    held = sum(total.get(kind, 0) for kind in ("pending", "withheld", "individual", "pooled", "refund_payable", "suspense"))
    assert held == owing - refunded, done
