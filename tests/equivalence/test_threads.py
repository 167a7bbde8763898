"""Threads change nothing: the kernel alone and shared, and many plans asked for at once, give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
from benchmarks.lives import task

from lingbao.career.kernel import Result, lifetimes

AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from lingbao import Person, month, plan
people = [Person(birth=month(1972 + i, 1 + i % 12), sex="male", residence=("36", "31", "44")[i % 3]) for i in range(24)]
def pensions(person):
    return [option["outlook"]["base"]["pension_then"] for option in plan(person, as_of=month(2026, 11)).to_dict()["options"]]
with ThreadPoolExecutor(8) as pool:
    together = list(pool.map(pensions, people))
assert together == [pensions(person) for person in people]
"""


def test_the_kernel_alone_and_shared_among_threads_give_the_same_bits() -> None:
    given = task(3000)
    answers = []
    for run in (lifetimes, lifetimes.alone):
        results = np.zeros((len(given.lives), len(Result)))
        run(given.first, given.changes, given.table, given.crediting_rate, given.accrual_rate, given.places,
            given.lives, results, np.zeros((len(given.lives), 0)))
        answers.append(results)
    assert np.array_equal(*answers)
    assert answers[0][:, Result.PAID].sum() > 0


def test_plans_asked_for_at_once_do_not_meet_even_with_the_simplest_threading() -> None:
    """The layer named here ends a process in which two parallel kernels run at the same time."""
    environment = {**os.environ, "NUMBA_THREADING_LAYER": "workqueue"}
    done = subprocess.run([sys.executable, "-c", AT_ONCE], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
