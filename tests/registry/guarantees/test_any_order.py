"""Everything that can happen to a worker's money, in random order: refused or done, and after each step the books agree.

Joining, bills, payments of any sum, refunds that the bank pays or not, contributions taken back, subsidies, transfers step by step, deaths settled
and undone, numbers merged: each room has tests of its own; here one meets what another left.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from made_up import as_owner, open_office, registered
from paying import pay

from lingbao.law.errors import LingbaoError
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.audit import audit
from lingbao.registry.benefits import undoing
from lingbao.registry.benefits.death import Heir, settle
from lingbao.registry.collection.bank import Manners, StandInBank
from lingbao.registry.collection.bills import bill_period
from lingbao.registry.collection.payments import ask_payment, take_message
from lingbao.registry.collection.proposals import free, propose_refund, propose_take_back
from lingbao.registry.collection.refunds import approve_refund
from lingbao.registry.collection.subsidies import Grant, grant, post_subsidies
from lingbao.registry.enrolment.choice import Choice
from lingbao.registry.enrolment.membership import join, leave, memberships
from lingbao.registry.people.actors import actor_numbered, appoint
from lingbao.registry.people.merges import decide, propose
from lingbao.registry.session import SYSTEM, Actor, acting_as, run_as
from lingbao.registry.transfers.following import bring_along
from lingbao.registry.transfers.services import Applicant, apply, send_form, send_letter, step

LAW = Law.load()
STEPS = 60
CHECKS = ("orders", "ledger.entries", "ledger.balances", "ledger.reversals", "record.entries", "collection.parts", "collection.messages",
          "transfers.on_the_way", "transfers.books", "transfers.steps", "benefits.chunks", "benefits.account_part", "benefits.set_off", "monitoring.paid")
PAPERS = {"identity_number": "360102199003074514", "name": "张三", "letter_number": "L"}


class Life:
    """Two provinces with a clerk and a supervisor each, and six numbers."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        office = open_office()
        with acting_as(SYSTEM):
            second = actor_numbered(appoint("supervisor", "丑", agency=office.elsewhere.agency), purpose="审核")
        self.clerks = {"36": office.clerk, "44": office.elsewhere}
        self.supervisors = {"36": office.supervisor, "44": second}
        self.people = [registered(office.clerk, 2 * k + 1, f"人{k}") for k in range(6)]
        self.today = as_owner("SELECT registry_day(clock_timestamp())")[0][0]
        self.now = month(self.today.year, self.today.month)
        self.cases: list[int] = []
        self.count = 0
        for person in self.people:  # months of earlier years, in one province or in both
            for province, first in zip(self.luck.sample(["36", "44"], self.luck.randint(1, 2)), (2018, 2021), strict=False):
                pay(person, province, month(first, 1), self.luck.randint(1, 30), self.luck.randint(3000, 9000) * 100)

    def key(self) -> str:
        self.count += 1
        return f"key{self.count}"

    def two(self) -> tuple[str, Actor, Actor]:
        province = self.luck.choice(["36", "44"])
        return province, self.clerks[province], self.supervisors[province]

    def anybody(self) -> int:
        return self.luck.choice(self.people)

    def join(self) -> None:
        province, person = self.luck.choice(["36", "36", "44"]), self.anybody()
        clerk = self.clerks[province]
        run_as(clerk, lambda: join(clerk, LAW, person, standing="flexible", province=province, since=self.now - self.luck.randrange(8), choice=Choice("floor")))

    def leave(self) -> None:
        person = self.anybody()
        for each in run_as(SYSTEM, lambda: memberships(person)):
            if each.until is None:
                clerk = self.clerks[each.province]
                run_as(clerk, lambda each=each, clerk=clerk: leave(clerk, each.id, until=max(self.now, each.since + 1), reason="本人要求"))

    def bill(self) -> None:
        person = self.anybody()
        for each in run_as(SYSTEM, lambda: memberships(person)):
            clerk = self.clerks[each.province]
            run_as(clerk, lambda each=each, clerk=clerk: bill_period(clerk, LAW, each.id, self.luck.randint(min(each.since, self.now), self.now)))

    def pay(self) -> None:
        (province, clerk, _), person, fen = self.two(), self.anybody(), self.luck.choice([78_300, 156_600, self.luck.randint(1, 300_000)])
        number = run_as(clerk, lambda: ask_payment(clerk, person, province, fen, channel="stand-in"))
        self.answered(lambda bank: bank.collect(number, fen, self.today))

    def refund(self) -> None:
        (province, clerk, supervisor), person, kind = self.two(), self.anybody(), self.luck.choice(["suspense", "owed"])
        left = run_as(clerk, lambda: free(kind, person, province))  # type: ignore[arg-type]
        if left:
            fen = self.luck.randint(1, left)
            wish = run_as(clerk, lambda: propose_refund(clerk, person, province, fen, channel="stand-in", reason="本人要求", kind=kind))  # type: ignore[arg-type]
            number = run_as(supervisor, lambda: approve_refund(supervisor, LAW, wish))
            self.answered(lambda bank: bank.pay_back(str(number), fen, self.today))

    def answered(self, ask: Callable[[StandInBank], None]) -> None:
        chance = lambda: self.luck.choice([0.0, 0.0, 1.0])  # noqa: E731
        bank = StandInBank(manners=Manners(fails=chance(), doubles=chance()), seed=self.luck.randrange(10**9))
        ask(bank)
        for message, signature in bank.messages(self.today):
            take_message(LAW, message, signature)

    def take_back(self) -> None:
        found = as_owner("SELECT p.entry_id, b.province::text FROM collection_part p JOIN collection_bill b ON b.id = p.bill_id WHERE p.entry_id IS NOT NULL AND p.dropped IS NULL")
        if found:
            entry, province = self.luck.choice(found)
            wish = run_as(self.clerks[province], lambda: propose_take_back(self.clerks[province], entry, reason="误缴"))
            run_as(self.supervisors[province], lambda: approve_refund(self.supervisors[province], LAW, wish))

    def subsidise(self) -> None:
        (province, _, supervisor), person, first = self.two(), self.anybody(), self.now - self.luck.randrange(4)
        if self.luck.random() < 0.6:
            run_as(supervisor, lambda: grant(supervisor, LAW, Grant(person, province, "hard_to_employ", "province", int(province), 0.5, first, first + 3), months_allowed=36))
        for each in range(self.now - 8, self.now + 1):
            run_as(SYSTEM, lambda each=each: post_subsidies(LAW, province, each, on=self.today))

    def apply(self) -> None:
        person, (old, new) = self.anybody(), self.luck.choice([("36", "44"), ("44", "36")])
        clerk = self.clerks[new]
        self.cases.append(apply(clerk, self.key(), Applicant(person, "male", month(1980, 1), new), from_province=old, to_province=new, today=self.today)["case"])

    def move(self) -> None:
        if not self.cases:
            return
        case = self.luck.choice(self.cases)
        (person, old, new, state), = as_owner("SELECT person_id, from_province::text, to_province::text, state FROM transfer_case WHERE id = %s", [case])
        form = {**PAPERS, "person_number": str(person)}
        letter = {**form, "new_division": f"{new}0000", "new_agency": "乙", "old_division": f"{old}0000", "old_agency": "甲"}
        if self.luck.random() < 0.1:
            step(self.clerks[new], self.key(), case, "withdraw", today=self.today, reason="本人要求")
        elif state == "applied":
            send_letter(self.clerks[new], self.key(), case, letter, today=self.today)
        elif state == "letter_sent":
            send_form(self.clerks[old], self.key(), case, form, today=self.today)
        elif state == "form_sent":
            step(self.supervisors[old], self.key(), case, "send_money", today=self.today)
        elif state == "money_sent":
            step(self.clerks[new], self.key(), case, self.luck.choice(["receive_money", "receive_money", "fail_money"]), today=self.today, reason="退回")
        elif state == "received":
            step(self.clerks[new], self.key(), case, self.luck.choice(["finish", "finish", "undo_receipt"]), today=self.today, reason="退回")

    def die(self) -> None:
        (province, clerk, _), person = self.two(), self.anybody()
        settle(clerk, self.key(), person, died_on=self.today, heirs=[Heir("赵", "1/2"), Heir("钱", "1/2")], province=province, disposable_income_fen=400_000, today=self.today)

    def undo_death(self) -> None:
        person = self.anybody()
        undoing.ask(self.clerks["36"], self.key(), person, reason="同名误登", proof="本人到窗口")
        undoing.decide(self.supervisors["36"], self.key(), person, accept=True, today=self.today)

    def merge(self) -> None:
        if len(self.people) > 3:
            kept, other = self.luck.sample(self.people, 2)
            wish = int(propose(self.clerks["36"], self.key(), kept, other, reason="系同一人")["proposal"])
            decide(self.supervisors["36"], self.key(), wish, accepted=True)
            self.people.remove(other)

    def night(self) -> None:
        bring_along()

    def step(self) -> str:
        acts: dict[Callable[[], None], int] = {
            self.join: 5, self.leave: 1, self.bill: 8, self.pay: 9, self.refund: 3, self.take_back: 3, self.subsidise: 3, self.apply: 3, self.move: 10,
            self.die: 1, self.undo_death: 2, self.merge: 1, self.night: 1}
        act = self.luck.choices(list(acts), list(acts.values()))[0]
        try:
            act()
        except LingbaoError as refusal:
            return f"{act.__name__}: {refusal.code}"
        return act.__name__


def books() -> list[tuple[Any, ...]]:
    return as_owner("SELECT province, sum(balance_fen)::bigint FROM ledger_account GROUP BY 1 HAVING sum(balance_fen) <> 0")


def accounts_beside_months() -> list[tuple[Any, ...]]:
    """Personal accounts of the living that hold other than what their months brought: no interest is posted here."""
    return as_owner(
        "SELECT coalesce(a.owner_id, m.person_id), coalesce(a.province, m.kept_by)::text, a.balance_fen, m.fen"
        " FROM (SELECT owner_id, province, balance_fen FROM ledger_account WHERE owner_kind = 'person' AND kind = 'individual' AND balance_fen <> 0) a"
        " FULL JOIN (SELECT person_id, kept_by, sum(account_fen)::bigint AS fen FROM record_month WHERE voided_by IS NULL GROUP BY 1, 2) m"
        " ON m.person_id = a.owner_id AND m.kept_by = a.province WHERE a.balance_fen IS DISTINCT FROM m.fen"
        " AND NOT EXISTS (SELECT FROM benefit_death d WHERE d.person_id = coalesce(a.owner_id, m.person_id) AND d.undone_by IS NULL)"
        " AND NOT EXISTS (SELECT FROM transfer_case t WHERE t.person_id = coalesce(a.owner_id, m.person_id) AND t.state IN ('money_sent', 'received'))")


@pytest.mark.parametrize("seed", [1, 2])
def test_every_step_leaves_books_that_agree(database: str, seed: int) -> None:
    life, done = Life(seed), []
    for _ in range(STEPS):
        done.append(life.step())
        assert (audit(CHECKS), books(), accounts_beside_months()) == ([], [], []), done
    assert {"join", "bill", "pay", "move"} <= set(done), done
