"""One simulated life in plain Python: the independent check of the block kernel, able to say why.

The kernel steps thousands of lives at once, in arrays, by tricks that compilers like. Here one life is lived month by
month with if statements and words for numbers. Nothing of the kernel's own order of work is used; shared are only the
rules of the law, the scalar steps of a month (:mod:`~lingbao.simulation.life_steps`, :mod:`~lingbao.simulation.choice`,
:mod:`~lingbao.simulation.scheme_steps`) and the tables of the plan. Luck comes from the plain streams. The two must agree
to the fen; see ``tests/equivalence/test_lab_walk.py``.

With ``run=traced`` each payment, account and pension keeps the tree of rules it came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.career.lifetime import account_at_claim, account_at_year_end
from lingbao.career.retirement import Run
from lingbao.career.walk import projected
from lingbao.law.dense import dense
from lingbao.law.explain import Sentence, render
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rule import plain
from lingbao.law.rules import benefit, resident, survivor
from lingbao.law.rules.contribution import account_credit, monthly_contribution
from lingbao.law.rules.index import mean_index, month_index
from lingbao.law.store import Law
from lingbao.simulation.block import ACTIVE, DEAD, DRAWS, NOT_YET, WAITING
from lingbao.simulation.layout import (
    MONEY_FLOWS,
    OUTCOMES,
    RATES_OF_RETURN,
    Coefficient,
    Flow,
    LawRow,
    NationRow,
    Outcome,
    Process,
    Start,
    Term,
)
from lingbao.simulation.life_steps import dies_in
from lingbao.simulation.one_life_choice import NONE, declare
from lingbao.simulation.one_life_events import close_year, earned, give_character, happen, open_year
from lingbao.simulation.one_life_months import draw_pension, month_of
from lingbao.simulation.one_life_state import Life, Luck, Now, Told
from lingbao.simulation.plan import Plan
from lingbao.simulation.schema import PROVINCES
from lingbao.simulation.scheme_steps import bonus_factor, fixed_due, ordinary_due, rights_earned, topped_up

RULES = (
    account_at_claim, account_at_year_end, account_credit, monthly_contribution, mean_index, month_index,
    benefit.account_pension, benefit.account_pension_1997, benefit.adjusted_pension, benefit.basic_pension,
    benefit.basic_pension_1997, resident.resident_account_closing, resident.resident_account_pension,
    resident.resident_subsidy, resident.resident_subsidy_floor, survivor.condolence_months,
    survivor.condolence_months_retired, survivor.condolence_payment, survivor.funeral_grant, bonus_factor, topped_up,
    rights_earned, dies_in, ordinary_due, fixed_due,
)
"""What a life calls by name; traced if asked for."""

PARAMETERS = {
    LawRow.WAGE: "contribution_average_wage", LawRow.FLOOR: "contribution_floor", LawRow.CAP: "contribution_cap",
    LawRow.TOTAL_RATE: "total_rate", LawRow.ACCOUNT_RATE: "account_rate", LawRow.REFERENCE_WAGE: "contribution_average_wage",
    LawRow.BENEFIT_BASE: "benefit_base", LawRow.RESIDENT_BASIC: "resident_basic",
}
"""Under which parameter of a province a number of the plan stands in the law."""
NATIONAL = {LawRow.TOTAL_RATE: "national.contribution.total_rate", LawRow.ACCOUNT_RATE: "national.contribution.account_rate"}


def by_name(names: type[Enum], values: npt.NDArray[np.float64]) -> SimpleNamespace:
    """Return the numbers of a table row as attributes."""
    return SimpleNamespace(**dict(zip(lower_names(names), values.tolist(), strict=True)))


@cache
def lower_names(names: type[Enum]) -> tuple[str, ...]:
    """Return the names of a row's columns in lower case."""
    return tuple(name.name.lower() for name in names)


class World:
    """The tables of a plan as plain numbers, and the rules as the runner makes them.

    Parameters
    ----------
    plan : Plan
    run : callable
        :func:`lingbao.law.rule.plain`, or :func:`lingbao.law.trace.traced` for lives that can say why.
    law : Law, optional
        The law under the plan's reform; with it, numbers of the law know their document.
    """

    def __init__(self, plan: Plan, run: Run = plain, law: Law | None = None) -> None:
        tables = plan.tables
        self.plan, self.first = plan, plan.first
        self.beliefs = by_name(Coefficient, tables["beliefs"])
        self.process = by_name(Process, tables["process"])
        self.terms = tuple(by_name(Term, row) for row in tables["terms"])
        self.tiers: list[float] = tables["tiers"].tolist()
        self.fees: list[list[float]] = tables["fees"].tolist()
        self.subsidies: list[list[float]] = tables["subsidies"].tolist()
        self.discounts: list[float] = tables["discounts"].tolist()
        self.hazards: list[list[float]] = tables["hazards"].tolist()
        self.platforms: list[list[float]] = tables["leaving"].tolist()
        self.season: list[float] = tables["season"].tolist()
        self.annuity: list[list[list[float]]] = tables["annuity"].tolist()
        self.payout: list[float] = tables["payout"].tolist()
        self.province_ends: list[float] = tables["province_ends"].tolist()
        self.shocks: list[list[float]] = tables["shocks"].tolist()
        self._future = dense(law, plan.projection, plan.first, plan.first + plan.years * MONTHS_PER_YEAR - 1) if law else None
        self._law = law
        self._traces = run is not plain
        self.rules = SimpleNamespace(**{rule.__name__: run(rule) for rule in RULES})
        self._laws: dict[tuple[int, int], SimpleNamespace] = {}
        self._nations: dict[int, SimpleNamespace] = {}

    def age_in_table(self, months: float) -> int:
        """Return an age in whole years, held within the tables."""
        return min(max(int(months / 12.0), 0), len(self.annuity[0][0]) - 1)

    def mortality(self, row: int, insured: int, sex: int, age: int) -> float:
        """Return the probability of dying in a year."""
        return float(self.plan.tables["mortality"][row, insured, sex, age])

    def benefit_base(self, now: Now, place: int) -> Any:
        """Return the benefit base of a place."""
        return self.law(now.t, place).benefit_base

    def law(self, t: int, place: int) -> SimpleNamespace:
        """Return the law's numbers for a month and place; traced ones know their parameter."""
        if (t, place) not in self._laws:
            self._laws[t, place] = self._law_of(t, place)
        return self._laws[t, place]

    def _law_of(self, t: int, place: int) -> SimpleNamespace:
        numbers = by_name(LawRow, self.plan.tables["law_table"][t, :, place])
        if self._law is not None and self._future is not None and self._traces:
            province = PROVINCES[place]
            for row, parameter in PARAMETERS.items():
                own = f"provinces.{province}.{parameter}"
                path = own if self._law.has(own) or row not in NATIONAL else NATIONAL[row]
                value = getattr(numbers, row.name.lower())
                setattr(numbers, row.name.lower(), projected(
                    self._law, self._future, province, parameter, value, self.first + t, path))
        return numbers

    def nation(self, t: int) -> SimpleNamespace:
        """Return the nation's numbers for a month."""
        if t not in self._nations:
            self._nations[t] = by_name(NationRow, self.plan.tables["nation"][t])
        return self._nations[t]

    def now(self, t: int, here: int) -> Now:
        """Return a month as a life at ``here`` meets it."""
        month = self.first + t
        return Now(
            t, month, month % MONTHS_PER_YEAR + 1, t // MONTHS_PER_YEAR, self.law(t, here), self.nation(t),
            self.terms[1 if month >= self.plan.since else 0],
        )


@dataclass(frozen=True)
class Lived:
    """A life that was lived to the end of the run.

    Attributes
    ----------
    flows : ndarray [years, len(Flow)]
        Its yearly sums, unweighted [yuan, or counts].
    fund : int64 ndarray [years, provinces, len(Flow)]
        The same as the accounts take them: whole fen times whole weight units, by province.
    outcome : ndarray [OUTCOMES]
        What became of the person.
    incomes : list of float
        Income of each month while working [yuan].
    told : list of Told
        Payments, accounts and pensions with their reasons.
    """

    flows: npt.NDArray[np.float64]
    fund: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.float64]
    incomes: list[float]
    told: list[Told]

    def explain(self, figure: str, lang: str = "zh", law: Law | None = None, last: bool = True) -> list[Sentence]:
        """Return the sentences behind the last, or first, figure of a name that a traced life told.

        Empty when there is none, or when the life was not traced.
        """
        found = [each for each in self.told if each.figure == figure and each.nodes]
        return [] if not found else [
            sentence for node in found[-1 if last else 0].nodes for sentence in render(node, lang, law)]


def one_life(world: World, person: int) -> Lived:
    """Live the life of a person of the plan.

    Parameters
    ----------
    world : World
    person : int
        Place in the run: those of today come before the cohorts to come.
    """
    life = born(world, person)
    years = world.plan.years
    flows = np.zeros((years, len(Flow)))
    fund = np.zeros((years, len(PROVINCES), len(Flow)), np.int64)
    incomes: list[float] = []
    for t in range(years * MONTHS_PER_YEAR):
        now = world.now(t, life.here)
        if now.month_of_year == 1:
            open_year(life, now, world)
            now = world.now(t, life.here)
            if life.status == ACTIVE:
                declare(life, now, world)
        if life.status == DEAD:
            break
        shock = month_of(life, now, world)
        if life.status == ACTIVE:
            incomes.append(life.income)
        draw_pension(life, now)
        happen(life, now, world)
        if now.month_of_year == MONTHS_PER_YEAR and life.status != NOT_YET:
            close_year(life, now, world, shock)
            flows[now.row] = life.year
            add_to_fund(fund[now.row], life)
            life.year_income = 0.0
        elif life.status == DEAD:
            # The year of a death is closed at once: nothing more happens in it.
            last = world.now(now.row * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1, life.here)
            close_year(life, last, world, shock)
            flows[now.row] = life.year
            add_to_fund(fund[now.row], life)
    return Lived(flows, fund, outcome_of(life, flows, world), incomes, life.told)


def born(world: World, person: int) -> Life:
    """Return a life as it starts."""
    ids, rows = world.plan.people.start(person, 1)
    start = by_name(Start, rows[0])
    number = int(ids[0])
    paid = start.months
    life = Life(
        number, start, Luck(world.plan.seed, number, world.shocks), here=int(start.work), scheme=int(start.scheme), claim=start.claim,
        came_from=int(start.work), last_income=start.income, account=start.account, months=paid, indices=paid * start.index,
        accrual=paid, counted=paid, place_months=paid, ever_paid=paid > 0.0, paid_last=start.scheme > NONE,
        resident_account=start.resident_account, resident_years=start.resident_years,
    )
    give_character(life, world)
    return life


def add_to_fund(fund: npt.NDArray[np.int64], life: Life) -> None:
    """Book a year in whole fen times whole weight units; what a mover takes along is booked where it came from."""
    weight = int(life.start.weight)
    for flow in Flow:
        whole = round(life.year[flow] * 100.0) if flow < MONEY_FLOWS else int(life.year[flow])
        fund[life.came_from if flow == Flow.TRANSFER_OUT else life.here, flow] += whole * weight


PAID = (Flow.OWN_CONTRIBUTIONS, Flow.JOB_CONTRIBUTIONS, Flow.RESIDENT_FEES, Flow.LOANS_REPAID)
DRAWN = (Flow.BASIC_BENEFITS, Flow.ACCOUNT_BENEFITS, Flow.RESIDENT_BASIC_BENEFITS, Flow.RESIDENT_ACCOUNT_BENEFITS,
         Flow.DEATH_BENEFITS, Flow.LUMP_SUMS)
SUBSIDIES = (Flow.SUBSIDY_STATE, Flow.SUBSIDY_PROVINCE, Flow.SUBSIDY_PLATFORM, Flow.RESIDENT_SUBSIDY)


def outcome_of(life: Life, flows: npt.NDArray[np.float64], world: World) -> npt.NDArray[np.float64]:
    """Return what became of a life, its money valued at each rate of return."""
    paid = flows[:, list(PAID)].sum(axis=1) + flows[:, Flow.WITHHELD] - flows[:, Flow.WITHHELD_FROM_PLATFORM]
    drawn = flows[:, list(DRAWN)].sum(axis=1)
    deflators = world.plan.tables["deflators"]
    left = rights_left(life, world)
    row = np.zeros(OUTCOMES)
    for column, value in {
        Outcome.SCHEME_LAST: life.scheme, Outcome.PROVINCE: life.here, Outcome.MONTHS_PAID: life.months,
        Outcome.FIXED_MONTHS: life.fixed, Outcome.STOPPED_MONTHS: life.stopped, Outcome.SPELLS_STOPPED: life.spells,
        Outcome.OWN_PAID: paid.sum(), Outcome.SUBSIDIES: flows[:, list(SUBSIDIES)].sum(),
        Outcome.EMPLOYER_PAID: flows[:, Flow.EMPLOYER_CONTRIBUTIONS].sum(), Outcome.RESIDENT_PAID: flows[:, Flow.RESIDENT_FEES].sum(),
        Outcome.CLAIM_MONTH: life.claimed, Outcome.FROM_RESIDENT: life.from_resident, Outcome.PENSION_FIRST: life.first_pension,
        Outcome.WAGE_AT_CLAIM: life.wage_at_claim, Outcome.INCOME_AT_CLAIM: life.last_income,
        Outcome.DEATH_MONTH: life.death if life.status == DEAD else 0.0, Outcome.BENEFITS: drawn.sum(), Outcome.RIGHTS_LEFT: left,
    }.items():
        row[column] = value
    for q in range(RATES_OF_RETURN):
        row[Outcome.PAID_AT_RATE + q] = paid @ deflators[q]
        row[Outcome.DRAWN_AT_RATE + q] = drawn @ deflators[q] + left * deflators[q, -1]
    return row


def rights_left(life: Life, world: World) -> float:
    """Return the value, in the last month, of what is still to be drawn."""
    last = world.now(world.plan.years * MONTHS_PER_YEAR - 1, life.here)
    if life.status == DRAWS:
        age = world.age_in_table(last.month - life.start.birth)
        return (life.basic + life.account_pension) * world.annuity[1][int(life.start.sex)][age]
    accounts = life.account + life.resident_account
    if life.status == ACTIVE and life.months > 0.0:
        return earned(life, last, world) + accounts
    return accounts if life.status in (ACTIVE, WAITING) else 0.0


def lives(plan: Plan, persons: Iterator[int], run: Run = plain, law: Law | None = None) -> Iterator[Lived]:
    """Yield the lives of several persons of a plan."""
    world = World(plan, run, law)
    for person in persons:
        yield one_life(world, person)
