"""What the commands of the laboratory share: how a run is asked for, who computes it, and where it is written."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands.show import AsJson, Lang, word

if TYPE_CHECKING:
    from lingbao.law.reform import Reform
    from lingbao.simulation.executors import Executor

@dataclass(frozen=True)
class Asked:
    """How a run was asked for: the options that ``simulate``, ``compare`` and ``sweep`` have in common."""

    people: Annotated[str, typer.Option("--people", help="模拟人数，如 100000 或 1e6 / people simulated, such as 1e6")]
    seed: Annotated[int, typer.Option("--seed", help="随机数种子 / seed of the random streams")] = 1
    years: Annotated[int, typer.Option("--years", help="模拟年数 / years")] = 40
    projection: Annotated[str, typer.Option("--projection", help="low / base / high")] = "base"
    population: Annotated[Path | None, typer.Option("--population", help="个人数据文件，代替模拟人口 / own person file (Parquet or CSV)")] = None
    threads: Annotated[int | None, typer.Option("--threads", help="线程数，默认全部 / threads, all by default")] = None
    workers: Annotated[int | None, typer.Option("--workers", help="本机 Dask 进程数 / processes of a local Dask cluster")] = None
    cluster: Annotated[str | None, typer.Option("--cluster", help="Dask 调度器地址 / address of a Dask scheduler")] = None
    cuda: Annotated[bool, typer.Option("--cuda", help="用显卡计算 / compute on the graphics processor")] = False
    checkpoint: Annotated[Path | None, typer.Option("--checkpoint", help="检查点文件夹，可续算 / folder from which a broken run goes on")] = None
    out: Annotated[Path | None, typer.Option("--out", help="输出文件夹 / folder for tables and report")] = None
    lang: Lang = "zh"
    as_json: AsJson = False

    def settings(self) -> dict[str, Any]:
        """Return what a plan is made from, checked as far as words go."""
        from lingbao.law.errors import InputError

        if self.projection not in PROJECTIONS:
            raise InputError("simulation.projection", value=self.projection, where="--projection", zh=f"没有情景“{self.projection}”；可用：{'、'.join(PROJECTIONS)}。",
                             en=f"There is no projection '{self.projection}'; there are {', '.join(PROJECTIONS)}.")
        return {"size": whole_people(self.people), "seed": self.seed, "years": self.years, "projection": self.projection, "population": self.population}

    def executor(self) -> Executor:
        """Return who computes."""
        from lingbao.simulation.executors import executor_of

        return executor_of(self.threads, self.workers, self.cluster, self.cuda)


def asking(people: str, without: Sequence[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of :class:`Asked` after its own; it takes them as one argument, ``asked``.

    Parameters
    ----------
    people : str
        How many are simulated where nobody says.
    without : sequence of str
        Options that the command does not have.
    """
    def give(command: Callable[..., None]) -> Callable[..., None]:
        hints = inspect.get_annotations(Asked, eval_str=True)
        shared = [inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, annotation=hints[field.name], default=people if field.name == "people" else field.default)
                  for field in fields(Asked) if field.name not in without]
        own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in inspect.signature(command, eval_str=True).parameters.values() if each.name != "asked"]

        def called(**given: Any) -> None:
            asked = Asked(**{each.name: given.pop(each.name) for each in shared})
            command(asked=asked, **given)

        called.__name__, called.__doc__ = command.__name__, command.__doc__
        called.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        called.__annotations__ = {each.name: each.annotation for each in (*own, *shared)}
        return called

    return give


PROJECTIONS = ("low", "base", "high")


def whole_people(text: str, where: str = "--people") -> int:
    """Read a number of people, written plainly or like 1e6; ``where`` is the option that said it."""
    from lingbao.law.errors import InputError

    try:
        number = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number != int(number) or number < 1:
        raise InputError("simulation.people", value=text, where=where, zh=f"人数“{text}”无效，请写成 100000 或 1e5。",
                         en=f"'{text}' is not a number of people; write it like 100000 or 1e5.")
    return int(number)


def reform_named(name: str) -> Reform:
    """Return a reform by id, file or several joined by ``+``, if the laboratory can run it."""
    from lingbao.law.errors import InputError
    from lingbao.law.reform_library import find_reform
    from lingbao.law.store import Law

    found = find_reform(name, Law.load())
    if "laboratory" not in found.runs_in:
        raise InputError("simulation.reform", value=found.id, where="--reform", zh=f"改革“{found.id}”只能用于规划器，不能在实验室模拟；lingbao reform show {found.id} 说明原因。",
                         en=f"The reform '{found.id}' is for the planner only and cannot be simulated; 'lingbao reform show {found.id}' says why.")
    return found


def usable(folder: Path | None) -> None:
    """Refuse an output folder that cannot be written, before hours are spent on what should go there."""
    from lingbao.law.errors import InputError

    if folder is None:
        return
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), Path("/"))
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise InputError("simulation.out", value=str(folder), where="--out", zh=f"不能写入“{folder}”：{there} 不是可写的文件夹。",
                         en=f"'{folder}' cannot be written: {there} is no folder you may write to.")


def title(reform: Reform | None, lang: str) -> str:
    """Return what a run is called."""
    return word(("现行法律", "the law in force"), lang) if reform is None else reform.id


def billions(value: float, lang: str) -> str:
    """Write a sum of the nation: in 亿元, or in billion yuan."""
    return f"{value / 1e8:,.1f}" if lang == "zh" else f"{value / 1e9:,.2f}"


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a share; a dash where there is none."""
    return "—" if value is None or not math.isfinite(value) else f"{value * 100.0:.{decimals}f}%"


def written(folder: Path | None, lang: str) -> Sequence[str]:
    """Say where the tables and the report are."""
    if folder is None:
        return (word(("没有写出文件；用 --out 指定文件夹。", "Nothing was written; name a folder with --out."), lang),)
    return (word((f"已写入 {folder}：report.zh.html、表格和 manifest.json。", f"Written to {folder}: report.en.html, tables and manifest.json."), lang),)
