"""The simulation itself, by every executor: the same bits, also where a graphics processor's text is played by numba."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from lingbao.law.errors import InputError
from lingbao.law.reform_library import find_reform
from lingbao.simulation.cluster import Dask
from lingbao.simulation.executors import Alone, Threads, add_up, executor_of
from lingbao.simulation.plan import Plan, plan_of
from lingbao.simulation.run import run_chunk
from lingbao.simulation.sums import Sums

PLAYED = """
from lingbao.law.reform_library import find_reform
from lingbao.simulation.cuda import Cuda, run_chunk_on_device
from lingbao.simulation.executors import add_up
from lingbao.simulation.plan import plan_of
from lingbao.simulation.run import run_chunk
made = dict(size=3000, years=25)
law = plan_of(**made)
before = run_chunk(law, 0, 300).rows
cases = [(law, 0), (law, law.persons - 1)]
for name in ("F3", "B7"):
    plan = plan_of(reform=find_reform(name), **made)
    cases.append((plan, int((run_chunk(plan, 0, 300).rows != before).any(axis=1).argmax())))
for plan, person in cases:
    print(run_chunk_on_device(plan, person, 1).digest(), run_chunk(plan, person, 1).digest())
print(add_up(run_chunk, law, size=2, chunk=1, executor=Cuda()).digest(), run_chunk(law, 0, 2).digest())
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(reform=find_reform("F3"), size=4000, years=12, keep=500)


@pytest.fixture(scope="module")
def whole(plan: Plan) -> Sums:
    """Everyone in one chunk, on one thread."""
    return run_chunk(plan, 0, plan.persons)


@pytest.mark.parametrize(("executor", "chunk"), [
    (Alone(), 1000), (Alone(), 333), (Threads(), 2500), (Threads(), 100_000), (Dask(workers=2), 700),
], ids=["alone", "alone, odd chunks", "threads", "threads, one chunk", "dask"])
def test_every_executor_gives_the_same_bits(plan: Plan, whole: Sums, executor, chunk: int) -> None:
    total = add_up(run_chunk, plan, size=plan.persons, chunk=chunk, executor=executor)
    assert total.exact("fund").sum() > 0 and total.persons == plan.persons and len(total.ids) == 500
    assert total.digest() == whole.digest()


def test_a_plan_travels_between_processes_whole(plan: Plan, whole: Sums) -> None:
    came = pickle.loads(pickle.dumps(plan))
    assert came.hash == plan.hash
    kinds = [{name: (table.dtype, table.flags.writeable, table.flags.c_contiguous) for name, table in each.tables.items()}
             for each in (plan, came)]
    assert kinds[0] == kinds[1], "a worker would compile the kernel anew"
    assert run_chunk(came, 0, plan.persons).digest() == whole.digest()


def test_another_seed_or_reform_is_another_plan_with_other_sums(plan: Plan, whole: Sums) -> None:
    others = plan_of(reform=find_reform("F3"), size=4000, years=12, keep=500, seed=2), plan_of(size=4000, years=12, keep=500)
    assert len({plan.hash, *(other.hash for other in others)}) == 3
    for other in others:
        assert not run_chunk(other, 0, other.persons).equal(whole)


def test_the_text_for_graphics_processors_gives_the_bits_of_the_block_kernel() -> None:
    """Played by numba's simulator: someone of today and of a cohort to come, and a life that each of two reforms changes."""
    done = subprocess.run([sys.executable, "-c", PLAYED], text=True, capture_output=True, timeout=300,
                          env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr[-3000:]
    pairs = [line.split() for line in done.stdout.splitlines()]
    assert len({played for played, _ in pairs}) == len(pairs) == 5
    for played, lived in pairs:
        assert played == lived


def test_without_a_graphics_processor_the_missing_part_is_named() -> None:
    try:
        made = executor_of(cuda=True)
    except InputError as error:
        assert error.code in ("cuda.driver", "cuda.device", "cuda.compiler")
        assert "--threads" in error.en or "pip install 'lingbao[cuda]'" in error.en
    else:
        few = plan_of(size=3000, years=3)
        first = add_up(run_chunk, few, size=few.persons, executor=made)
        assert add_up(run_chunk, few, size=few.persons, chunk=500, executor=made).equal(first)


def test_only_a_text_with_blocks_and_accounts_becomes_a_kernel() -> None:
    from lingbao.simulation.cuda_text import kernel_of

    with pytest.raises(TypeError, match="0 loops over blocks"):
        kernel_of(_no_blocks)


def _no_blocks(out) -> None:
    out[0] = 1
