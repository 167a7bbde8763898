"""How fast a full comparison is: all options and three projections for one person after another, and explanations.

Run with ``python -m benchmarks.planner [persons]``.
"""

from __future__ import annotations

import random
import sys
import time

from benchmarks.report import Section, seconds
from benchmarks.timing import quantile
from lingbao.career.person import Person
from lingbao.law.errors import LingbaoError
from lingbao.law.month import format_month, month
from lingbao.law.store import Law

PERSONS = 120
AS_OF = month(2026, 7)
PROVINCES = ("11", "31", "32", "33", "36", "37", "41", "42", "43", "44", "51", "61")
FIGURE = "pension_then"


def persons(count: int, seed: int = 36) -> list[Person]:
    """Draw varied people: ages 20 to 55, both sexes, twelve provinces, with and without a history."""
    drawn = random.Random(seed)
    people = []
    for _ in range(count):
        sex = drawn.choice(("male", "female"))
        birth = month(drawn.randint(1974, 2005), drawn.randint(1, 12))
        paid = min(drawn.choice((0, 0, 24, 60, 120, 200)), max(0, month(2026, 1) - birth - 18 * 12))
        residence = drawn.choice(PROVINCES)
        people.append(Person(
            birth=birth, sex=sex, residence=residence, home=drawn.choice((residence, drawn.choice(PROVINCES))),
            income=float(drawn.randint(2000, 15000)), months_paid=paid,
            mean_index=round(drawn.uniform(0.6, 1.4), 4) if paid else None, account_balance=paid * 350.0,
            in_difficulty=drawn.random() < 0.2))
    return people


def first_comparison() -> float:
    """Time of the first comparison in this process [s], imports included."""
    begun = time.perf_counter()
    from lingbao.planner import plan

    plan(persons(1)[0], as_of=AS_OF).to_dict()
    return time.perf_counter() - begun


def measure(count: int = PERSONS) -> Section:
    """Time comparisons and explanations in one warm process."""
    section = Section("Planner, one person at a time", f"python -m benchmarks.planner {count}",
                      ("what", "runs", "median", "95 of 100", "slowest", "answer"),
                      notes=["One process, warmed by one comparison. Goal: a full comparison in under 150 ms for 95 of 100."])
    try:
        from lingbao.planner import plan
    except ImportError as error:
        section.notes.append(f"Not measured: {error}")
        return section
    law = Law.load()
    people = persons(count + 1)
    plan(people[0], law, as_of=AS_OF)
    comparing: list[float] = []
    explaining: list[float] = []
    options = steps = 0
    refused: dict[str, int] = {}
    for person in people[1:]:
        begun = time.perf_counter()
        try:
            comparison = plan(person, law, as_of=AS_OF)
        except LingbaoError as error:
            refused[error.code] = refused.get(error.code, 0) + 1
            continue
        answer = comparison.to_dict()
        comparing.append(time.perf_counter() - begun)
        options += len(answer["options"])
        feasible = [option["id"] for option in answer["options"] if option["feasible"] and option["scheme"] != "none"]
        for option in feasible[:3]:
            begun = time.perf_counter()
            node = comparison.explain(option, FIGURE)
            explaining.append(time.perf_counter() - begun)
            steps += sum(1 for _ in node.walk())
    for name, times, said in (("compare and write out", comparing, f"{options} options"),
                              (f"explain {FIGURE}", explaining, f"{steps} steps")):
        if times:
            section.rows.append((name, str(len(times)), seconds(quantile(times, 0.5)), seconds(quantile(times, 0.95)),
                                 seconds(max(times)), said))
    if refused:
        section.notes.append("Persons the law store cannot answer for: "
                             + ", ".join(f"{code} {number}" for code, number in sorted(refused.items())))
    oldest, youngest = min(p.birth for p in people), max(p.birth for p in people)
    section.notes.append(f"Births {format_month(oldest)} to {format_month(youngest)}; provinces {', '.join(PROVINCES)}.")
    return section


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS).markdown())
