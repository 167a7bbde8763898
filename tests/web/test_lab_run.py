"""Runs in the background: a real worker process computes, is cancelled, is killed, and nothing is ever stuck."""

from __future__ import annotations

import html
import io
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from lab_site import ask, browser, end, in_state, run_of, start_worker, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("database")]
LONG = {"size": 1_000_000, "years": 40}  # long enough to be caught in the act


@pytest.fixture
def worker() -> Iterator[Any]:
    """A worker process; ended with the test."""
    process = start_worker()
    yield process
    if process.poll() is None:
        end(process)


def people_are_simulated(key: str) -> Any:
    """A question whether the run of a key has got somewhere."""

    def got_somewhere() -> Any:
        found = run_of(key)
        assert found.state in ("queued", "running"), (found.state, found.faults)
        return found if found.people_done > 0 else None

    return got_somewhere


def test_a_run_is_computed_once_and_read_in_every_form(worker: Any) -> None:
    from lingbao.web.lab import folder
    from lingbao.web.lab.models import Run

    client = browser()
    key = ask(client)
    run = wait_for(in_state(key, "done", "failed"))
    assert run.state == "done", run.faults
    assert run.people_done == run.people_total >= 2 * 1000 and run.attempts == 1

    for lang, heading in (("zh", "谁受益、谁受损"), ("en", "Who gains and who loses")):
        page = client.get(f"/lab/run/{key}/?lang={lang}").content.decode()
        assert heading in page and key in page and "http-equiv" not in page
        for chart in re.findall(r'src="(/lab/run/[^"]+\.svg)"', page):
            answer = client.get(chart)
            assert answer.status_code == 200 and answer.content.startswith(b"<svg") and b"NaN" not in answer.content
        assert len(re.findall(r'src="/lab/run/[^"]+\.svg"', page)) == 10  # six of the page, four of the reports

    for name in folder.tables(key):
        frame = pl.read_parquet(io.BytesIO(client.get(f"/lab/run/{key}/{name}.parquet").content))
        text = client.get(f"/lab/run/{key}/{name}.csv").content
        assert text.startswith(b"\xef\xbb\xbf") and text.decode("utf-8-sig").splitlines()[0] == ",".join(frame.columns)
        assert pl.read_csv(io.BytesIO(text), infer_schema=False).height == frame.height
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(client.get(f"/lab/run/{key}/all.xlsx").content))
    assert {"about", "accounts", "winners"} <= set(book.sheetnames)
    about = dict(book["about"].iter_rows(min_row=2, values_only=True))
    assert about["key"] == key and key in about["cite"] and about["law"] and about["seed"] == "1"

    assert ask(browser(), seed=1) == key and run_of(key).attempts == 1  # the same question is answered at once
    assert Run.objects.count() == 2  # the reform and its baseline
    baseline = Run.objects.get(reform_hash="")
    assert baseline.state == "done" and client.get(f"/lab/run/{baseline.key}/?lang=en").status_code == 200
    gallery = client.get("/lab/").content.decode()
    assert f'href="/lab/run/{key}/"' in gallery and f'href="/lab/run/{baseline.key}/"' in gallery

    folder.remove(key)  # removed to make room: the page offers to compute it again, to the same figures
    page = client.get(f"/lab/run/{key}/?lang=en").content.decode()
    assert "removed to save room" in page and client.get(f"/lab/run/{key}/fund.csv").status_code == 404
    sums = folder.manifest(baseline.key)["sums"]
    assert ask(client) == key
    wait_for(in_state(key, "done"))
    wait_for(lambda: folder.complete(key), 10)
    assert folder.manifest(baseline.key)["sums"] == sums


def test_the_page_shows_what_the_simulation_found(worker: Any) -> None:
    from lingbao.law.reform_library import find_reform
    from lingbao.simulation.run import simulate
    from lingbao.web.lab import folder

    key = ask(browser())
    wait_for(in_state(key, "done"))
    direct = simulate(reform=find_reform("N8"), size=1000, years=10, seed=1, keep=1000)
    assert folder.manifest(key)["sums"] == direct.manifest["sums"]
    last = direct.people.filter(pl.col("year") == 2034).group_by("measure").agg(pl.col("value").sum())
    members = dict(last.iter_rows())["employee_members"]
    shown = folder.table(key, "years").filter((pl.col("year") == 2034) & (pl.col("measure") == "employee_members"))["reform"][0]
    assert shown == pytest.approx(members, rel=1e-12)
    page = browser().get(f"/lab/run/{key}/?lang=zh").content.decode()
    assert f"{members / 1e4:,.0f} 万人" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_decomposition_inequality_burden_and_uncertainty_stand_on_the_page(worker: Any, lang: str) -> None:
    """The page shows the sections of the simulation's own report, each with its table, chart and files."""
    from lingbao.web.lab import folder, sections

    client = browser()
    key = ask(client, "F3", uncertainty=1)
    assert wait_for(in_state(key, "done", "failed")).state == "done"
    page = client.get(f"/lab/run/{key}/?lang={lang}").content.decode()
    kept = sections.read(folder.folder_of(key))
    assert set(kept) == {"burden", "inequality", "transfers", "redistribution", "factors", "uncertainty"}
    for name, section in kept.items():
        assert html.escape(section.title(lang)) in page, name
        assert client.get(f"/lab/run/{key}/{name}.csv").status_code == 200
        drawn = client.get(f"/lab/run/{key}/{lang}/narrow/{name}.svg")
        assert drawn.status_code == (404 if section.chart is None else 200), name
        assert (f"/{lang}/narrow/{name}.svg" in page) == (section.chart is not None)
    parts = kept["factors"].frame
    accounts = folder.table(key, "accounts").filter((pl.col("year") == 2034) & (pl.col("measure") == "contributions"))
    assert parts.filter(pl.col("function") == "production")["part"].sum() == pytest.approx(accounts["difference"][0], rel=1e-6)
    assert kept["uncertainty"].frame.filter(pl.col("figure") == "coverage_change")["total"][0] > 0.0
    assert page.count('class="scroll lab-scroll" tabindex="0"') == len(kept)
    plain = re.search(r'class="tag" href="/lab/run/([0-9a-f]{24})/"', page)
    assert plain and set(sections.read(folder.folder_of(plain[1]))) == {"burden", "inequality", "lorenz", "transfers", "factors"}
    assert "lorenz.svg" in client.get(f"/lab/run/{plain[1]}/").content.decode()


def test_a_result_of_before_there_were_sections_is_still_read(worker: Any) -> None:
    from lingbao.web.lab import folder, sections

    client = browser()
    key = ask(client, "F3")
    wait_for(in_state(key, "done"))
    (folder.folder_of(key) / sections.FILE).unlink()
    page = client.get(f"/lab/run/{key}/?lang=en")
    assert page.status_code == 200 and 'id="equality"' not in page.content.decode() and 'id="fund"' in page.content.decode()


def test_a_running_run_is_cancelled_and_leaves_nothing(worker: Any) -> None:
    from lingbao.web.lab import folder

    client = browser()
    key = ask(client, **LONG)
    wait_for(people_are_simulated(key))
    page = client.get(f"/lab/run/{key}/?lang=en").content.decode()
    assert "<progress" in page and re.search(r"/ [\d,]+ people", page) and "Time left" in page
    client.post(f"/lab/run/{key}/cancel/")
    wait_for(in_state(key, "cancelled"), 60)
    wait_for(lambda: not list(folder.folder_of(key).parent.glob(f"{key}*")), 10)
    after = ask(client, seed=3)
    assert wait_for(in_state(after, "done", "failed")).state == "done"  # the worker goes on with the next


def test_a_killed_worker_loses_nothing() -> None:
    from lingbao.web.lab import folder

    key = ask(browser(), size=300_000, years=40)
    first = start_worker()
    wait_for(people_are_simulated(key))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert run_of(key).state == "running"  # nobody could write that it ended
    second = start_worker()
    try:
        run = wait_for(in_state(key, "done", "failed"))
        assert run.state == "done" and run.attempts == 2 and folder.complete(key)
        assert not list(folder.folder_of(key).parent.glob("*.part-*")) and not folder.checkpoint_of(key).exists()
    finally:
        end(second)


def test_a_stopped_worker_puts_its_run_back() -> None:
    key = ask(browser(), **LONG)
    worker = start_worker()
    wait_for(people_are_simulated(key))
    assert end(worker) == 0
    run = run_of(key)
    assert run.state == "queued" and run.attempts == 0


def test_a_worker_ends_with_the_process_that_started_it(worker: Any) -> None:
    key = ask(browser())
    wait_for(in_state(key, "done"))
    worker.stdin.close()
    assert worker.wait(30) == 0


def test_a_run_that_keeps_killing_its_worker_is_given_up(worker: Any) -> None:
    from lingbao.web.lab.models import Run

    end(worker)
    key = ask(browser())
    Run.objects.filter(key=key).update(state="running", attempts=3)
    second = start_worker()
    try:
        run = wait_for(in_state(key, "failed"))
        assert run.faults[0]["code"] == "lab.given_up"
        assert "memory" in browser().get(f"/lab/run/{key}/?lang=en").content.decode()
    finally:
        end(second)


def test_a_run_asked_of_another_version_is_not_passed_off_as_its_result(worker: Any) -> None:
    from lingbao.web.lab import folder
    from lingbao.web.lab.models import Run

    end(worker)
    key = ask(browser(), seed=77)
    Run.objects.filter(key=key).update(seed=99)  # what the row asks for no longer has this key
    second = start_worker()
    try:
        assert wait_for(in_state(key, "failed", "done")).faults[0]["code"] == "lab.outdated"
        assert not folder.complete(key)
    finally:
        end(second)


def test_only_one_worker_works_and_the_other_takes_over(worker: Any) -> None:
    other = start_worker()
    try:
        key = ask(browser())
        wait_for(in_state(key, "done"))
        worker.kill()
        worker.wait()
        after = ask(browser(), seed=2)
        wait_for(in_state(after, "done"))
    finally:
        end(other)


def test_the_supervisor_starts_a_dead_worker_again() -> None:
    from lingbao.web.database import address
    from lingbao.web.lab.supervisor import Supervisor

    keeper = Supervisor({"DATABASE_URL": address()})
    keeper.start()
    try:
        first = wait_for(lambda: keeper.process)
        os.kill(first.pid, signal.SIGKILL)
        wait_for(lambda: keeper.process is not first, 30)
        key = ask(browser())
        assert wait_for(in_state(key, "done", "failed")).state == "done"
    finally:
        keeper.stop()
    assert keeper.process is not None and keeper.process.poll() is not None and not keeper.thread.is_alive()


def test_the_worker_is_spawned_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork beside the fork of the server would wait for good on a pipe that the server's child holds open."""
    from lingbao.web.lab.supervisor import Supervisor

    def refuse(*asked: object) -> int:
        raise AssertionError("forked")

    monkeypatch.setattr(subprocess, "_fork_exec", refuse)
    keeper = Supervisor({}, "this")
    keeper.start()
    try:
        wait_for(lambda: keeper.process, 30)
    finally:
        keeper.stop()


def test_the_api_runs_what_the_pages_run(worker: Any) -> None:
    client = browser()
    sent = client.post("/api/v1/lab/runs", json.dumps({"reform": "F3", "size": 1000, "years": 5}), content_type="application/json").json()
    key = sent["key"]
    assert sent["state"] == "queued" and len(sent["secret"]) > 20
    wait_for(in_state(key, "done"))
    state = client.get(f"/api/v1/lab/runs/{key}").json()
    assert state["percent"] == 100 and key in state["cite_en"] and "accounts" in state["tables"]
    table = client.get(f"/api/v1/lab/runs/{key}/tables/accounts").json()
    assert table["rows"] == len(table["values"]) and table["next"] is None and "reform" in table["columns"]
    fund = client.get(f"/api/v1/lab/runs/{key}/tables/persons").json()
    assert fund["rows"] == 1000
    assert client.get(f"/api/v1/lab/runs/{key}/tables/nothing").status_code == 404
    again = browser().post("/api/v1/lab/runs", json.dumps({"reform": "F3", "size": 1000, "years": 5}), content_type="application/json").json()
    assert again["state"] == "done" and again["key"] == key
