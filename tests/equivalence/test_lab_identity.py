"""Who computes a run changes nothing: threads, chunks, Dask workers, killed workers and killed runs give the same bits."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import dask
import lab_chunks
import numpy as np
import psutil
import pytest
from lab_chunks import Plan, run_chunk

from lingbao.law.errors import InputError, LingbaoError
from lingbao.simulation.cluster import Dask
from lingbao.simulation.executors import Alone, Cancelled, Threads, add_up
from lingbao.simulation.sums import Sums

SIZE = 20_000
CHILD = """
import sys
from pathlib import Path
from lab_chunks import Plan, run_chunk
from lingbao.simulation.executors import Alone, add_up
folder, chunk, slow = sys.argv[1:]
total = add_up(run_chunk, Plan(slow=float(slow)), size={size}, chunk=int(chunk), executor=Alone(), checkpoint=Path(folder), every=0.0)
print(total.digest())
"""


@pytest.fixture(scope="module")
def whole() -> Sums:
    """The run in one piece."""
    return run_chunk(Plan(), 0, SIZE)


def children() -> set[int]:
    """Return the processes started from here, without the one that multiprocessing keeps for itself."""
    return {child.pid for child in psutil.Process().children(recursive=True) if "resource_tracker" not in " ".join(child.cmdline())}


@pytest.mark.parametrize("chunk", [SIZE, 7777, 1000, 333])
@pytest.mark.parametrize("executor", [Alone(), Threads(1), Threads()], ids=["alone", "one thread", "all threads"])
def test_threads_and_chunk_sizes_give_the_same_bits(whole: Sums, executor, chunk: int) -> None:
    total = add_up(run_chunk, Plan(), size=SIZE, chunk=chunk, executor=executor)
    assert total.digest() == whole.digest()
    assert total.persons == SIZE
    assert list(total.ids) == list(range(Plan().kept))


def test_the_sums_are_those_of_unlimited_whole_numbers_and_outgrow_64_bits(whole: Sums) -> None:
    _, province, fen = lab_chunks.amounts(Plan(), 0, SIZE)
    expected = [[sum(int(v) for v in fen[year][province == p]) * lab_chunks.WEIGHT for p in range(lab_chunks.PROVINCES)]
                for year in range(lab_chunks.YEARS)]
    loss = [-sum(int(v) // 3 for v in fen[year]) * lab_chunks.WEIGHT for year in range(lab_chunks.YEARS)]
    total = add_up(run_chunk, Plan(), size=SIZE, chunk=500, executor=Alone())
    assert total.exact("fund").tolist() == expected
    assert total.exact("loss").tolist() == loss
    assert min(loss) < -(2**63), "the case must not fit into one word"
    assert total.values("loss").tolist() == [float(value) for value in loss]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_dask_workers_gives_the_same_bits(whole: Sums, tmp_path: Path, workers: int) -> None:
    before = children()
    told: list[int] = []
    total = add_up(run_chunk, Plan(diary=tmp_path), size=SIZE, chunk=700, executor=Dask(workers=workers), progress=told.append)
    assert total.digest() == whole.digest()
    assert told[0] == 0 and told[-1] == SIZE and told == sorted(told)
    assert os.getpid() not in lab_chunks.begun(tmp_path), "chunks must be computed by the workers"
    assert 1 <= len(lab_chunks.begun(tmp_path)) <= workers
    assert children() == before, "the cluster must be gone"


def test_a_killed_dask_worker_changes_nothing(whole: Sums, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill(done: int) -> None:
        if not killed and done >= SIZE // 4:
            while not (busy := [pid for pid in lab_chunks.at_work(tmp_path) if pid in children()]):
                time.sleep(0.001)
            os.kill(busy[0], signal.SIGKILL)
            killed.append(busy[0])

    total = add_up(run_chunk, Plan(slow=0.05, diary=tmp_path), size=SIZE, chunk=500, executor=Dask(workers=2), progress=kill)
    begun = lab_chunks.begun(tmp_path)
    assert killed and killed[0] in begun
    assert sum(map(len, begun.values())) > SIZE // 500, "what the killed worker was doing must have been done again"
    assert total.digest() == whole.digest()


def test_a_chunk_that_kills_every_worker_ends_the_run_in_words(tmp_path: Path) -> None:
    before = children()
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), pytest.raises(LingbaoError) as caught:
        add_up(_deadly, Plan(), size=4000, chunk=1000, executor=Dask(workers=1))
    assert caught.value.code == "executor.worker_killed"
    assert children() == before


def _deadly(plan: Plan, first: int, count: int) -> Sums:
    if first == 2000:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_chunk(plan, first, count)


def test_an_error_in_a_chunk_comes_back_in_its_own_words() -> None:
    with pytest.raises(InputError) as caught:
        add_up(_refusing, Plan(), size=4000, chunk=1000, executor=Dask(workers=1))
    assert (caught.value.code, caught.value.zh, caught.value.en) == ("people.row", "不对", "wrong")


def _refusing(plan: Plan, first: int, count: int) -> Sums:
    raise InputError("people.row", zh="不对", en="wrong", value=first)


def test_a_standing_cluster_is_used_and_left_standing(whole: Sums) -> None:
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        for _ in range(2):
            total = add_up(run_chunk, Plan(), size=SIZE, chunk=900, executor=Dask(address=cluster.scheduler_address))
            assert total.digest() == whole.digest()
        cancel = threading.Event()
        with pytest.raises(Cancelled):
            add_up(run_chunk, Plan(slow=0.1), size=SIZE, chunk=100, executor=Dask(address=cluster.scheduler_address), cancel=cancel,
                   progress=lambda done: cancel.set() if done else None)
        with Client(cluster, set_as_default=False) as client:
            time.sleep(0.5)
            assert not any(client.processing().values()), "nothing of a cancelled run may be left on the cluster"


@pytest.mark.parametrize("executor", [Alone(), Dask(workers=2)], ids=["alone", "dask"])
def test_a_cancelled_run_stops_and_leaves_nothing_running(executor, tmp_path: Path) -> None:
    before, cancel = children(), threading.Event()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        add_up(run_chunk, Plan(slow=0.1), size=SIZE, chunk=100, executor=executor, cancel=cancel, checkpoint=tmp_path / "run",
               progress=lambda done: cancel.set() if done >= 300 else None)
    assert time.monotonic() - begun < 60
    assert children() == before
    assert 300 <= json.loads((tmp_path / "run" / "state.json").read_text())["people_done"] < SIZE


def test_a_run_killed_again_and_again_resumes_to_the_same_bits(whole: Sums, tmp_path: Path) -> None:
    chance, folder, kills = random.Random(20261121), tmp_path / "run", []
    for _ in range(3):
        child, at_start = _child(folder, 200, 0.01), _done(folder)
        while child.poll() is None and _done(folder) < at_start + 1000:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.1)
        child.kill()
        child.communicate()
        if child.returncode == -signal.SIGKILL:
            kills.append(_done(folder))
    assert len(kills) == 3 and 0 < kills[0] < kills[-1] < SIZE, "the kills must fall into the run"
    last = _child(folder, 700, 0.0)
    out, wrong = last.communicate(timeout=60)
    assert last.returncode == 0, wrong[-2000:]
    assert out.strip() == whole.digest()
    assert sorted(file.name for file in folder.iterdir() if "unfinished" in file.name) == []


def _child(folder: Path, chunk: int, slow: float) -> subprocess.Popen[str]:
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    return subprocess.Popen([sys.executable, "-c", CHILD.replace("{size}", str(SIZE)), str(folder), str(chunk), str(slow)], text=True,
                            env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _done(folder: Path) -> int:
    state = folder / "state.json"
    return int(json.loads(state.read_text())["people_done"]) if state.exists() else 0


def test_control_sums_of_floats_do_depend_on_the_chunks() -> None:
    """If this fails, the identity tests above would pass for any sums and prove nothing."""
    def total(chunk: int) -> np.ndarray:
        added = np.zeros(lab_chunks.YEARS)
        for first in range(0, SIZE, chunk):
            added += (lab_chunks.amounts(Plan(), first, min(chunk, SIZE - first))[2] / 100.0 * 1.1).sum(axis=1)
        return added

    assert not np.array_equal(total(1000), total(333))
    assert total(1000) == pytest.approx(total(333), rel=1e-12)


def test_control_a_checkpoint_without_the_list_of_people_done_counts_them_twice(whole: Sums, tmp_path: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        add_up(run_chunk, Plan(kept=0), size=SIZE, chunk=1000, executor=Alone(), checkpoint=tmp_path, cancel=cancel,
               progress=lambda done: cancel.set() if done >= 5000 else None)
    state = json.loads((tmp_path / "state.json").read_text())
    blind = Sums.from_npz(tmp_path / state["sums"])
    for first in range(0, SIZE, 1000):
        blind.merge(run_chunk(Plan(kept=0), first, 1000))
    assert blind.persons == SIZE + state["people_done"]
    assert not blind.equal(run_chunk(Plan(kept=0), 0, SIZE))
    (tmp_path / "state.json").write_text(json.dumps({**state, "done": []}))
    with pytest.raises(InputError) as caught:
        add_up(run_chunk, Plan(kept=0), size=SIZE, chunk=1000, executor=Alone(), checkpoint=tmp_path)
    assert caught.value.code == "checkpoint.sums"
