"""Sums, people done, checkpoints and progress of a laboratory run: what each promises, one by one."""

from __future__ import annotations

import json
import pickle
import threading
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.errors import ErrorList, InputError, MissingLaw
from lingbao.simulation.checkpoint import Checkpoint
from lingbao.simulation.cluster import Dask
from lingbao.simulation.executors import Alone, Threads, add_up, executor_of
from lingbao.simulation.progress import Meter, Pace, bar, telling, words
from lingbao.simulation.spans import Spans
from lingbao.simulation.sums import LOW_BITS, LOW_MASK, Sums

OPEN_FILES = Path("/proc/self/fd")
INT64 = st.integers(-(2**63), 2**63 - 1)


def sums(*values: int, persons: int = 1) -> Sums:
    return Sums.of({"fund": np.array(values, np.int64)}, persons)


# Sums

@given(st.lists(st.tuples(INT64, INT64), min_size=1, max_size=12), st.randoms())
def test_sums_of_any_whole_numbers_are_exact_and_have_the_same_bits_in_any_order(rows, chance):
    forward, shuffled = Sums.zero(), Sums.zero()
    for row in rows:
        forward.merge(sums(*row))
    chance.shuffle(rows)
    for row in rows:
        shuffled.merge(sums(*row))
    assert forward.exact("fund").tolist() == [sum(column) for column in zip(*rows, strict=True)]
    assert forward.words["fund"].tobytes() == shuffled.words["fund"].tobytes()
    assert forward.equal(shuffled)


@given(st.lists(st.integers(-(2**85), 2**85), min_size=1, max_size=20))
def test_values_are_the_nearest_floats(numbers):
    words_of = np.array([[number >> LOW_BITS, number & LOW_MASK] for number in numbers], np.int64).T
    assert Sums.of_words({"fund": words_of}, 1).values("fund").tolist() == [float(number) for number in numbers]


def test_low_words_that_grew_are_carried():
    made = Sums.of_words({"fund": np.array([[1, -1], [2**40 + 5, -7]], np.int64)}, 1)
    assert made.exact("fund").tolist() == [2**32 + 2**40 + 5, -(2**32) - 7]
    assert ((made.words["fund"][1] >= 0) & (made.words["fund"][1] <= LOW_MASK)).all()


def test_the_sums_of_nobody_change_nothing():
    some = sums(5, -7)
    assert Sums.zero().merge(some).equal(some)
    assert sums(5, -7).merge(Sums.zero()).equal(some)


def test_merging_leaves_the_other_sums_as_they_were():
    other = sums(5)
    total = Sums.zero().merge(other)
    total.merge(sums(6))
    assert other.exact("fund").tolist() == [5]


def kept(*people: int) -> Sums:
    ids = np.array(people, np.int64)
    return Sums.of({"fund": ids[:1]}, len(people), ids, np.stack([ids * 0.1, ids / 3.0], axis=1))


def test_people_kept_stand_in_order_whatever_the_order_of_merging():
    parts = (0, 4, 2), (9,), (1, 5, 3)
    totals = []
    for order in permutations(parts):
        total = Sums.zero()
        for people in order:
            total.merge(kept(*people))
        totals.append(total)
    assert {total.digest() for total in totals} == {totals[0].digest()}
    assert totals[0].ids.tolist() == [0, 1, 2, 3, 4, 5, 9]
    assert totals[0].rows[:, 1].tolist() == [person / 3.0 for person in totals[0].ids.tolist()]


def test_a_person_who_would_count_twice_is_refused_before_anything_is_added():
    total = kept(1, 2)
    before = total.digest()
    with pytest.raises(ValueError, match="twice"):
        total.merge(kept(2, 3))
    assert total.digest() == before


def test_sums_of_another_plan_are_refused():
    with pytest.raises(ValueError, match="different plans"):
        sums(1, 2).merge(sums(1))
    with pytest.raises(TypeError, match="64-bit"):
        Sums.of({"fund": np.array([1.0])}, 1)


def test_a_sum_beyond_the_reach_of_two_words_is_refused():
    huge = Sums.of_words({"fund": np.array([[2**62], [0]], np.int64)}, 1)
    with pytest.raises(OverflowError):
        huge.merge(Sums.of_words({"fund": np.array([[1], [0]], np.int64)}, 1))


@pytest.mark.parametrize("change", [
    lambda made: made.words["fund"].__setitem__((1, 0), 6), lambda made: setattr(made, "persons", 3),
    lambda made: made.rows.__setitem__((0, 0), 0.5), lambda made: made.words.update(other=made.words["fund"]),
], ids=["a sum", "the number of people", "a row", "one sum more"])
def test_any_change_is_seen(change):
    made = kept(1, 2)
    change(made)
    assert not made.equal(kept(1, 2))


def test_sums_come_back_from_disk_with_the_same_bits(tmp_path):
    made = kept(1, 2).merge(kept(7))
    assert made.to_npz(tmp_path / "a.npz") == made.digest() == Sums.from_npz(tmp_path / "a.npz").digest()
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


def test_cut_altered_and_foreign_files_are_refused_in_words(tmp_path):
    file = tmp_path / "a.npz"
    kept(1, 2).to_npz(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cut short"):
        Sums.from_npz(file)
    np.savez(file, persons=1)
    with pytest.raises(InputError, match="something else"):
        Sums.from_npz(file)
    with np.load(_written(tmp_path / "b.npz")) as arrays:
        np.savez(file, **{**dict(arrays), "persons": np.int64(3)})
    with pytest.raises(InputError, match="checksum"):
        Sums.from_npz(file)
    with pytest.raises(InputError, match="missing"):
        Sums.from_npz(tmp_path / "none.npz")
    with pytest.raises(InputError, match="cannot be written"):
        kept(1).to_npz(tmp_path / "none" / "a.npz")


def _written(file: Path) -> Path:
    kept(1, 2).to_npz(file)
    return file


# People done

@given(st.permutations(range(12)), st.integers(1, 7), st.integers(0, 12))
def test_what_is_left_is_what_is_not_done(order, chunk, done):
    spans = Spans()
    for piece in order[:done]:
        spans.add(piece * 10, 10)
    people = {piece * 10 + i for piece in order[:done] for i in range(10)}
    left = [person for first, count in spans.left(125, chunk) for person in range(first, first + count)]
    assert left == [person for person in range(125) if person not in people]
    assert all(1 <= count <= chunk for _, count in spans.left(125, chunk))
    assert spans.people() == len(people)
    assert list(Spans(spans)) == list(spans)
    assert all(before[1] < after[0] for before, after in zip(list(spans), list(spans)[1:], strict=False))


@pytest.mark.parametrize(("first", "count"), [(10, 5), (5, 6), (14, 5), (0, 100), (12, 1), (30, 0), (-1, 1)])
def test_people_done_twice_are_refused(first, count):
    with pytest.raises(ValueError, match="done already"):
        Spans([(10, 15)]).add(first, count)


# Checkpoints

class Plan:
    """The smallest plan: a hash."""

    def __init__(self, name: str = "a" * 64) -> None:
        self.hash = name


def count_people(plan: Plan, first: int, count: int) -> Sums:
    return Sums.of({"numbers": np.array([sum(range(first, first + count))], np.int64)}, count)


def stopped(folder: Path, at: int, **changed) -> None:
    """Run until ``at`` people are done and then break off."""
    def progress(done: int) -> None:
        if done >= at:
            raise KeyboardInterrupt

    given_ = {"size": 1000, "chunk": 100, "executor": Alone(), "checkpoint": folder, "progress": progress, **changed}
    with pytest.raises(KeyboardInterrupt):
        add_up(count_people, Plan(), **given_)


def test_a_run_broken_off_is_saved_and_resumed_with_other_chunks(tmp_path):
    stopped(tmp_path / "run", 300)
    told: list[int] = []
    total = add_up(count_people, Plan(), size=1000, chunk=77, executor=Alone(), checkpoint=tmp_path / "run", progress=told.append)
    assert told[0] == 300 and told[1] == 377
    assert total.exact("numbers").tolist() == [sum(range(1000))] and total.persons == 1000
    again = add_up(_never, Plan(), size=1000, executor=Alone(), checkpoint=tmp_path / "run")
    assert again.equal(total), "a finished run is read, not computed"


def _never(plan: Plan, first: int, count: int) -> Sums:
    raise AssertionError("nothing was left to compute")


@pytest.mark.parametrize(("changed", "code", "said"), [
    ({"plan": Plan("b" * 64)}, "checkpoint.plan", "another plan"), ({"size": 1001}, "checkpoint.people", "1,000 people, this one has 1,001"),
])
def test_the_checkpoint_of_another_run_is_refused_and_left_as_it_is(tmp_path, changed, code, said):
    stopped(tmp_path, 300)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(InputError, match=said) as caught:
        add_up(count_people, changed.get("plan", Plan()), size=changed.get("size", 1000), executor=Alone(), checkpoint=tmp_path)
    assert caught.value.code == code
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_the_checkpoint_of_another_version_of_the_program_is_refused(tmp_path):
    stopped(tmp_path, 300)
    state = json.loads((tmp_path / "state.json").read_text())
    (tmp_path / "state.json").write_text(json.dumps({**state, "program": "0123456789abcdef"}))
    with pytest.raises(InputError, match="another version") as caught:
        add_up(count_people, Plan(), size=1000, executor=Alone(), checkpoint=tmp_path)
    assert caught.value.code == "checkpoint.program"


def test_a_damaged_state_or_a_folder_with_other_things_is_refused(tmp_path):
    stopped(tmp_path / "a", 300)
    (tmp_path / "a" / "state.json").write_text('{"plan": ')
    with pytest.raises(InputError, match="cannot be read"):
        add_up(count_people, Plan(), size=1000, executor=Alone(), checkpoint=tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.docx").write_text("mine")
    with pytest.raises(InputError, match=r"thesis\.docx"):
        add_up(count_people, Plan(), size=1000, executor=Alone(), checkpoint=tmp_path / "b")
    (tmp_path / "c").write_text("a file")
    with pytest.raises(InputError, match="cannot be used"):
        add_up(count_people, Plan(), size=1000, executor=Alone(), checkpoint=tmp_path / "c")


def test_two_runs_do_not_share_a_folder(tmp_path):
    with Checkpoint(tmp_path, Plan().hash, 1000), pytest.raises(InputError, match="Another run"):
        add_up(count_people, Plan(), size=1000, executor=Alone(), checkpoint=tmp_path)
    assert add_up(count_people, Plan(), size=1000, executor=Alone(), checkpoint=tmp_path).persons == 1000


def test_a_stop_between_the_two_files_leaves_the_earlier_moment(tmp_path, monkeypatch):
    stopped(tmp_path, 300)
    earlier = (tmp_path / "state.json").read_text()

    def power_cut(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr("lingbao.simulation.checkpoint._replace", power_cut)
        add_up(count_people, Plan(), size=1000, chunk=100, executor=Alone(), checkpoint=tmp_path, every=0.0)
    assert (tmp_path / "state.json").read_text() == earlier
    assert len(list(tmp_path.glob("sums-*"))) > 1, "the later sums must have been written"
    total = add_up(count_people, Plan(), size=1000, chunk=100, executor=Alone(), checkpoint=tmp_path)
    assert total.exact("numbers").tolist() == [sum(range(1000))]
    assert len(list(tmp_path.glob("sums-*"))) == 1


def test_saves_are_as_rare_as_asked(tmp_path, monkeypatch):
    written: list[int] = []
    original = Sums.to_npz
    monkeypatch.setattr(Sums, "to_npz", lambda self, file: (written.append(self.persons), original(self, file))[1])
    add_up(count_people, Plan(), size=1000, chunk=100, executor=Alone(), checkpoint=tmp_path / "a", every=3600.0)
    assert written == [1000]
    add_up(count_people, Plan(), size=1000, chunk=100, executor=Alone(), checkpoint=tmp_path / "b", every=0.0)
    assert written[1:] == list(range(100, 1001, 100))


# Executors

def test_words_of_the_user_choose_the_executor():
    assert isinstance(executor_of(threads=1), Alone)
    assert isinstance(executor_of(), Threads)
    assert executor_of(workers=3).workers == 3
    assert executor_of(cluster="tcp://host:8786").address == "tcp://host:8786"


@pytest.mark.parametrize(("make", "code"), [
    (lambda: executor_of(threads=2, workers=2), "executor.choice"), (lambda: executor_of(workers=0), "run.workers"),
    (lambda: executor_of(threads=0), "run.threads"), (lambda: Threads(10**6), "run.threads"), (lambda: Dask(), "executor.dask"),
    (lambda: Dask(workers=True), "run.workers"), (lambda: add_up(count_people, Plan(), size=0), "run.size"),
    (lambda: add_up(count_people, Plan(), size=10, chunk=2.5), "run.chunk"),
])
def test_impossible_numbers_are_refused(make, code):
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.code == code


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr("lingbao.simulation.cluster.SECONDS_TO_CONNECT", 1.0)
    with pytest.raises(InputError, match=r"tcp://127\.0\.0\.1:1' cannot be reached"):
        add_up(count_people, Plan(), size=10, executor=Dask(address="tcp://127.0.0.1:1"))


def test_no_thread_waits_for_the_chunk_of_another():
    slow, others = threading.Event(), threading.Semaphore(0)

    def look(plan: Plan, first: int, count: int) -> Sums:
        if first == 0:
            assert slow.wait(20.0)
        else:
            others.release()
        return count_people(plan, first, count)

    def let_go() -> None:
        for _ in range(3):
            assert others.acquire(timeout=20.0)
        slow.set()

    watch = threading.Thread(target=let_go)
    watch.start()
    assert add_up(look, Plan(), size=80, chunk=10, executor=Threads(2)).persons == 80
    watch.join()


def test_few_people_are_shared_by_all_threads():
    seen: list[tuple[int, int]] = []

    def look(plan: Plan, first: int, count: int) -> Sums:
        seen.append((first, count))
        return count_people(plan, first, count)

    add_up(look, Plan(), size=10_000, chunk=10_000, executor=Threads(2))
    assert sorted(seen) == [(0, 5000), (5000, 5000)]
    seen.clear()
    add_up(look, Plan(), size=500, chunk=10_000, executor=Threads(2))
    assert seen == [(0, 500)]


@pytest.mark.parametrize("error", [
    InputError("a.b", value=3, where="row 2", zh="甲", en="A"), MissingLaw("a.c", zh="乙", en="B"),
    ErrorList([InputError("a.b", zh="甲", en="A"), MissingLaw("a.c", zh="乙", en="B")]),
])
def test_errors_travel_between_processes_whole(error):
    came = pickle.loads(pickle.dumps(error))
    assert type(came) is type(error) and came.to_dict() == error.to_dict() and str(came) == str(error)
    assert came.message("zh") == error.message("zh")


# Progress

def test_the_pace_leaves_out_what_was_done_before():
    now = [0.0]
    meter = Meter(1000, clock=lambda: now[0])
    assert meter.at(400) == Pace(400, 1000, None, None)
    now[0] = 2.0
    assert meter.at(500) == Pace(500, 1000, 50.0, 10.0)


def test_the_pace_forgets_a_slow_start():
    now = [0.0]
    meter = Meter(100_000, clock=lambda: now[0])
    meter.at(0)
    now[0] = 100.0
    meter.at(10)
    for _ in range(40):
        now[0] += 1.0
        pace = meter.at(10 + round(now[0] - 100.0) * 1000)
    assert pace.per_second == pytest.approx(1000.0)


def test_a_program_is_told_now_and_then_and_always_at_the_end():
    now, told = [0.0], []
    tell = telling(100, told.append, every=1.0, clock=lambda: now[0])
    for done in range(0, 101, 10):
        tell(done)
        now[0] += 0.3
    assert [pace.done for pace in told] == [0, 40, 80, 100]
    assert told[-1].seconds_left == 0.0


def test_the_bar_says_speed_and_time_left(capsys):
    with bar(1000, "人口") as moved:
        moved(0)
        moved(1000)
    assert "100%" in capsys.readouterr().err
    with bar(1000, "people", hidden=True) as moved:
        moved(1000)
    assert capsys.readouterr().err == ""
    assert words(Pace(10, 20, 1234.5, 3725.0), "en") == "1,234 people/s, 1:02:05 left"
    assert words(Pace(10, 20, 1234.5, 3725.0), "zh") == "每秒 1,234 人，剩余 1:02:05"
    assert words(Pace(10, 20, None, None), "en") == ""


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="this system does not list a process's open files")
def test_nothing_is_left_open(tmp_path):
    before = len(list(OPEN_FILES.iterdir()))
    for name in "abc":
        stopped(tmp_path / name, 300)
    assert len(list(OPEN_FILES.iterdir())) == before
