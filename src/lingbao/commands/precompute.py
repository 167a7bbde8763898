"""``lingbao precompute``: simulate the baseline and the shipped reforms for the laboratory pages, so that they load at once."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from lingbao.commands.laboratory import whole_people
from lingbao.commands.show import DISAGREES, Lang, edge
from lingbao.law.errors import InputError, LingbaoError

if TYPE_CHECKING:
    from lingbao.web.lab.experiment import Experiment

SIZE, YEARS, SEED = "100000", 40, 1
KEPT_PEOPLE, KEPT_OF_A_DESIGN = 100_000, 20_000  # a design's own rows are only needed for shares


def precompute(
    size: Annotated[str, typer.Option("--size", help="模拟人数，可写 1e5 / people, such as 1e5")] = SIZE,
    years: Annotated[int, typer.Option("--years", help="年数 / years")] = YEARS,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / seed")] = SEED,
    reform: Annotated[list[str] | None, typer.Option("--reform", help="只算这些编号，可重复 / only these ids, may be repeated")] = None,
    designs: Annotated[bool, typer.Option("--designs", help="连同 324 个定额缴费方案 / with the 324 fixed-amount designs")] = False,
    lang: Lang = "zh",
) -> None:
    """预先算好实验室的结果。 Compute the laboratory's results beforehand."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingbao.web.settings")
    import django

    django.setup()
    from lingbao.commands.serve import prepare
    from lingbao.web.database import stop_embedded

    with edge(lang, False):
        wanted = _wanted(whole_people(size, "--size"), years, seed, reform or [], designs)
        try:
            prepare()
            failed = _all(wanted, lang)
        finally:
            stop_embedded()
    if failed:
        raise typer.Exit(DISAGREES)


def _wanted(size: int, years: int, seed: int, names: list[str], designs: bool) -> list[Experiment]:
    """Return what is to be computed, the baseline first."""
    from lingbao.law.reform_library import library
    from lingbao.web.lab import gallery, stored
    from lingbao.web.lab.experiment import Experiment

    if names:
        chosen = [stored.shipped(name) for name in names]
        for name, found in zip(names, chosen, strict=True):
            if found is None:
                raise InputError("precompute.reform", value=name, where="--reform", zh=f"没有名为“{name}”的随附改革；lingbao reform list 列出全部。",
                                 en=f"There is no shipped reform '{name}'; 'lingbao reform list' names them all.")
        reforms = [found for found in chosen if found is not None]
    else:
        reforms = [each for each in (*library(), *(gallery.designs() if designs else ())) if "laboratory" in each.runs_in]
    return [Experiment(None, size, years, seed), *(Experiment(each, size, years, seed) for each in reforms)]


def _all(wanted: list[Experiment], lang: str) -> int:
    """Compute everything that is not there yet, and return how many failed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lingbao.web.lab import execute, folder
    from lingbao.web.lab.models import Run
    from lingbao.web.lab.stored import DESIGN

    console = Console(highlight=False, markup=False, soft_wrap=True)
    began, people, failed, there = time.perf_counter(), 0, 0, 0
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=len(wanted))
        for experiment in wanted:
            name = experiment.reform.id if experiment.reform else ("现行法律" if lang == "zh" else "the law in force")
            bar.update(task, description=name)
            if folder.complete(experiment.key) and Run.objects.filter(key=experiment.key, state=Run.State.DONE).update(prepared=True):
                there += 1
            else:
                watch = execute.Watch()
                try:
                    execute.compute(experiment, watch, KEPT_OF_A_DESIGN if DESIGN.match(name) else KEPT_PEOPLE)
                except LingbaoError as error:
                    failed += 1
                    console.print(f"{name}: {error.message(lang)}")
                else:
                    people += experiment.size
                    execute.settle(experiment.key, prepared=True)
            bar.advance(task)
    seconds = time.perf_counter() - began
    if lang == "zh":
        console.print(f"算好 {len(wanted) - failed - there} 个，原有 {there} 个，失败 {failed} 个；{people:,} 人，{seconds:.0f} 秒。")
    else:
        console.print(f"{len(wanted) - failed - there} computed, {there} there before, {failed} failed; {people:,} people in {seconds:.0f} s.")
    return failed
