"""The same lives in OpenFisca: one variable per concept, one array per variable and month, months asked in order.

Written as OpenFisca models are, with three courtesies that make it faster and comparable: numbers are float64 instead
of the default float32; months are computed forward, because asking for the last one alone runs into the spiral limit;
and each month's arrays are dropped once the next month is done, so that a million lives fit into memory.
"""

from __future__ import annotations

import numpy as np
from openfisca_core import variables
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import ETERNITY, MONTH, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from benchmarks.lives import Task
from lingbao.career.kernel import Law, Life
from lingbao.law.month import format_month, month

variables.config.VALUE_TYPES[float]["dtype"] = np.float64

PERSON = build_entity(key="person", plural="persons", label="Person", is_person=True)
STATES = ("account", "credited", "product", "indices", "months", "paid", "settled", "benefit_base")
STEPS = ("pays", "base", "credit")
PLACES = ("before", "after", "benefit")


def fen(amount):
    """Round to the fen, halves up."""
    return np.floor(amount * 100.0 + 0.5 + 1e-7) / 100.0


def number(at) -> int:
    """Month integer of an OpenFisca period."""
    return month(at.start.year, at.start.month)


def monthly(formula) -> type:
    """Make a monthly variable of a formula; OpenFisca asks every class to state its attributes itself."""
    return type(formula.__name__, (variables.Variable,), {
        "value_type": float, "entity": PERSON, "definition_period": MONTH, "label": formula.__name__,
        "formula": formula, "__module__": __name__})


def here(person, at, parameters, row: str, moved: bool = True):
    """Value of a provincial parameter where each person pays, or where the pension comes from."""
    node = parameters(at)[row]
    values = np.array([node[f"place{place}"] for place in range(len(node._children))])
    if not moved:
        return values[person("place_benefit", at).astype(np.int64)]
    after = number(at) >= person("life_move", at)
    return values[np.where(after, person("place_after", at), person("place_before", at)).astype(np.int64)]


@monthly
def pays(person, at, parameters):
    now = number(at)
    inside = (now >= person("life_pay_from", at)) * (now < person("life_pay_until", at))
    gap = (now >= person("life_gap_from", at)) * (now < person("life_gap_until", at))
    return inside * np.logical_not(gap)


@monthly
def base(person, at, parameters):
    declared = person("life_ratio", at) * here(person, at, parameters, "average_wage") + person("life_amount", at)
    return np.clip(declared, here(person, at, parameters, "floor"), here(person, at, parameters, "cap"))


@monthly
def credit(person, at, parameters):
    return person("pays", at) * fen(person("base", at) * here(person, at, parameters, "account_rate"))


@monthly
def credited(person, at, parameters):
    before = person("credited", at.last_month) if at.start.month > 1 else 0.0
    return before + person("credit", at)


@monthly
def product(person, at, parameters):
    before = person("product", at.last_month) if at.start.month > 1 else 0.0
    rhythm = person("life_rhythm", at)
    posted = np.ceil(at.start.month / rhythm) * rhythm
    earning = 13.0 - np.minimum(posted, at.start.month + person("life_claim", at) - number(at))
    return before + person("credit", at) * earning


@monthly
def indices(person, at, parameters):
    wage = here(person, at, parameters, "reference_wage", moved=False)
    return person("indices", at.last_month) + person("pays", at) * (person("base", at) / wage)


@monthly
def months(person, at, parameters):
    return person("months", at.last_month) + person("pays", at)


@monthly
def paid(person, at, parameters):
    payment = fen(person("base", at) * here(person, at, parameters, "total_rate"))
    return person("paid", at.last_month) + person("pays", at) * payment


@monthly
def account(person, at, parameters):
    before = person("account", at.last_month)
    if at.start.month < 12:
        return before
    rate = parameters(at).crediting_rate
    return fen(before * (1.0 + rate) + person("credited", at) + person("product", at) * rate / 12.0)


@monthly
def settled(person, at, parameters):
    rate, passed = parameters(at).crediting_rate, at.start.month
    credited = person("credited", at)
    earned = person("product", at) - credited * (12.0 - passed)
    now = fen(person("account", at.last_month) * (1.0 + rate * passed / 12.0) + credited + earned * rate / 12.0)
    return np.where(person("life_claim", at) == number(at), now, person("settled", at.last_month))


@monthly
def benefit_base(person, at, parameters):
    now = here(person, at, parameters, "benefit_base", moved=False)
    return np.where(person("life_claim", at) == number(at), now, person("benefit_base", at.last_month))


def lasting(name: str) -> type:
    """Make an input variable that never changes."""
    return type(name, (variables.Variable,), {
        "value_type": float, "entity": PERSON, "definition_period": ETERNITY, "label": name, "__module__": __name__})


def parameters_of(task: Task) -> ParameterNode:
    """Turn the law of the task into OpenFisca parameters with a value for each month in which they change."""
    at = [(t, f"{format_month(task.first + t)}-01") for t in np.flatnonzero(task.changes)]

    def dated(values) -> dict:
        return {"values": {when: {"value": float(values[t])} for t, when in at}}

    data: dict = {row.name.lower(): {f"place{place}": dated(task.table[:, row, place]) for place in range(task.table.shape[2])}
                  for row in Law}
    return ParameterNode("", data=data | {"crediting_rate": dated(task.crediting_rate)})


def system_of(task: Task) -> TaxBenefitSystem:
    """Build variables and parameters; done once, and not timed."""
    system = TaxBenefitSystem([PERSON])
    system.parameters = parameters_of(task)
    names = (*(f"life_{column.name.lower()}" for column in Life), *(f"place_{name}" for name in PLACES))
    system.add_variables(*(lasting(name) for name in names), pays, base, credit, credited, product, indices, months,
                         paid, account, settled, benefit_base)
    return system


def lifetimes(task: Task, system: TaxBenefitSystem) -> np.ndarray:
    """Run the lives month by month; returns the results in the columns of ``lingbao.career.kernel.Result``."""
    simulation = SimulationBuilder().build_default_simulation(system, len(task.lives))
    for column in Life:
        simulation.set_input(f"life_{column.name.lower()}", "ETERNITY", task.lives[:, column])
    for place, name in enumerate(PLACES):
        simulation.set_input(f"place_{name}", "ETERNITY", task.places[:, place])
    opening = period(format_month(task.first - 1))
    openings = {"account": Life.ACCOUNT, "indices": Life.INDICES, "months": Life.MONTHS}
    for name in STATES:
        values = task.lives[:, openings[name]] if name in openings else np.zeros(len(task.lives))
        simulation.set_input(name, opening, values)
    before = opening
    for t in range(len(task.table)):
        now = period(format_month(task.first + t))
        for name in STATES:
            simulation.calculate(name, now)
        for name in (*STATES, *STEPS):
            simulation.delete_arrays(name, before)
        before = now
    last = {name: simulation.calculate(name, before) for name in STATES}
    mean = np.floor(last["indices"] / np.maximum(last["months"], 1.0) * 10000.0 + 0.5 + 1e-7) / 10000.0
    level = (last["benefit_base"] + last["benefit_base"] * mean) / 2.0
    basic = fen(level * (last["months"] + task.lives[:, Life.DEEMED]) / 12.0 * task.accrual_rate)
    from_account = fen(last["settled"] / task.lives[:, Life.PAYOUT_MONTHS])
    return np.column_stack([last["settled"], last["indices"], last["months"], last["paid"], basic, from_account])
