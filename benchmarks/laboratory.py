"""The simulation of the nation: speed, memory and the start, with the fund it comes to printed beside the time.

Every figure is that of a fresh process. Run with ``python -m benchmarks.laboratory [people …] [--years N]``; the goal of
two hundred million people is measured at ``2e7``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.report import Section, seconds
from benchmarks.startup import ROOT

SIZES = (100_000, 1_000_000)
YEARS = 40
SEED = 1
IDENTITY = 100_000
MAIN = "from benchmarks.laboratory import measured; measured({!r}, {}, {}, {})"
EXECUTORS = {"one thread": {"threads": 1}, "two threads": {"threads": 2}, "Dask, two workers": {"workers": 2}, "CUDA": {"cuda": True}}
GOAL = 1e8
"""Person-months a second on two cores."""
NATION = 200_000_000


@dataclass(frozen=True)
class Run:
    """What a process reports of one run.

    Attributes
    ----------
    persons, person_months : int
        People of today and of cohorts to come, and the months simulated.
    start : float
        From the first line of the program until work begins [s].
    time : float
        The work itself [s].
    processor : float
        Time that all cores together spent on the work [s].
    memory : float
        Most memory the process ever held [MiB].
    benefits : float
        Pensions that the fund pays in the last year [yuan].
    digest : str
        SHA-256 of all sums.
    """

    persons: int
    person_months: int
    start: float
    time: float
    processor: float
    memory: float
    benefits: float
    digest: str

    @property
    def speed(self) -> float:
        """Person-months a second."""
        return self.person_months / self.time


def measured(executor: str, size: int, years: int, warm: int) -> None:
    """Run once in this process and print what it took; a few people are run first if compiled code is to be at hand."""
    import resource
    import time
    from threading import Event

    begun = time.perf_counter()
    from lingbao.simulation.executors import Alone, executor_of
    from lingbao.simulation.plan import plan_of
    from lingbao.simulation.run import finish

    if warm:
        finish(plan_of(size=2000, years=2, seed=SEED), executor=Alone())
        begun = time.perf_counter()
    plan = plan_of(size=size, years=years, seed=SEED)
    marks: list[float] = []
    before = processor()
    result = finish(plan, executor=executor_of(**EXECUTORS[executor]), progress=lambda done: marks.append(time.perf_counter()),
                    cancel=Event())
    spent = processor() - before
    last = result.fund.filter((result.fund["province"] == "CN") & (result.fund["year"] == result.years[-1])
                              & result.fund["item"].is_in(["basic_benefits", "account_benefits"]))
    unit = 2**20 if sys.platform == "darwin" else 2**10
    print(json.dumps({
        "persons": plan.persons, "person_months": plan.person_months, "start": marks[0] - begun, "time": marks[-1] - marks[0], "processor": spent,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, "benefits": float(last["value"].sum()),
        "digest": result.sums.digest(),
    }))


def processor() -> float:
    """Time that all cores have spent on this process and on those that it started and that have ended [s]."""
    import resource

    both = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


def run(executor: str, size: int, years: int = YEARS, warm: bool = True) -> Run:
    """Run in a fresh process.

    Raises
    ------
    RuntimeError
        With the last line of what the process said, if it failed.
    """
    done = subprocess.run([sys.executable, "-c", MAIN.format(executor, size, years, int(warm))], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "it failed").splitlines()[-1].split("Error: ", 1)[-1])
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def row(executor: str, size: int, found: Run) -> tuple[str, ...]:
    """Return a line of the table."""
    return (f"{size:,}", f"{found.persons:,}", executor, f"{found.benefits:.6e}", found.digest[:12], seconds(found.time),
            f"{found.persons / found.time:,.0f}", f"{found.speed:.3g}",
            f"{found.person_months / found.processor:.3g}", f"{found.memory:,.0f} MiB")


def measure(sizes: Sequence[int] = SIZES, years: int = YEARS) -> Section:
    """Time runs of growing size on two threads, then one size by every executor, then the start."""
    section = Section(
        f"The laboratory: the nation for {years} years, law in force", "python -m benchmarks.laboratory",
        ("people", "with cohorts to come", "executor", "pensions of the last year [yuan]", "digest of all sums", "time", "people/s",
         "person-months/s", "a second of one core", "memory"),
        notes=["Everything on: income, spells of work, moves, choice of scheme and tier, payment, claims, deaths, accounts by year, "
               "province and group, outcomes of the first 100,000 people.",
               "Person-months are people × months of the run, those before entry and after death included. The digest is that of "
               "all integer sums and of the outcomes: it must not depend on the executor.",
               "On a machine with other work to do, person-months a second of one core say more than those a second of the clock."])
    runs = {size: run("two threads", size, years) for size in sizes}
    section.rows += [row("two threads", size, found) for size, found in runs.items()]
    for executor in EXECUTORS:
        if executor == "two threads" and IDENTITY in runs:
            continue
        try:
            section.rows.append(row(executor, IDENTITY, run(executor, IDENTITY, years)))
        except RuntimeError as error:
            section.notes.append(f"{executor}: not measured. {error}")
    largest = runs[max(runs)]
    section.notes.append("Linear: time a person of the largest run over that of the smallest is "
                         f"{largest.processor / largest.persons / (runs[min(runs)].processor / runs[min(runs)].persons):.2f}, by processor time.")
    section.notes.append(f"At the speed of the largest run, {NATION:,} lives take {largest.time / largest.persons * NATION / 60:.0f} "
                         f"minutes (goal 20 minutes and {GOAL:.0e} person-months/s); with the cohorts to come beside {NATION:,} people "
                         f"of today it is {largest.time / max(runs) * NATION / 60:.0f} minutes.")
    begun = min(run("two threads", IDENTITY, years, warm=False).start for _ in range(3))
    section.notes.append(f"Start of a run of {IDENTITY:,} people in a fresh process, imports, plan and weights included, compiled code "
                         f"on disk: {seconds(begun)} (goal 5 s).")
    return section


if __name__ == "__main__":
    arguments = sys.argv[1:]
    years = int(arguments.pop(arguments.index("--years") + 1)) if "--years" in arguments else YEARS
    sizes = tuple(int(float(size)) for size in arguments if size != "--years")
    print(measure(sizes or SIZES, years).markdown())
