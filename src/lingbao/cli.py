"""The one command, ``lingbao``: each subcommand is loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click
import typer
from typer.core import TyperGroup

# name: (module, attribute, help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "plan": ("lingbao.commands.plan", "plan", "比较参保方案 / Compare what to pay and what it brings"),
    "retire": ("lingbao.commands.retire", "retire", "退休时间和最低年限 / Retirement dates and minimum years"),
    "check-award": ("lingbao.commands.check_award", "check_award", "核对养老金核定表 / Check an official award form"),
    "explain": ("lingbao.commands.explain", "explain", "一个数字的依据 / The law behind a figure"),
    "law": ("lingbao.commands.law", "app", "查法规参数 / The law's numbers, sources and coverage"),
    "reform": ("lingbao.commands.reform", "app", "改革文件 / Reforms as files: list, show, check, compare"),
    "statement": ("lingbao.commands.statement", "statement", "读缴费明细 / Read a contribution statement"),
    "verify": ("lingbao.commands.verify", "verify", "跑核对用例 / Run golden cases"),
    "replicate": ("lingbao.commands.replicate", "app", "复算论文中的数字 / Printed figures, computed again"),
    "population": ("lingbao.commands.population", "population", "模拟人口 / Synthetic flexible workers"),
    "simulate": ("lingbao.commands.simulate", "simulate", "模拟全国灵活就业人员 / Simulate the flexibly employed"),
    "compare": ("lingbao.commands.compare", "compare", "改革与现行法律对比 / A reform beside the law in force"),
    "sweep": ("lingbao.commands.sweep", "sweep", "324 个定额方案一次比选 / All fixed-amount designs, ranked"),
    "precompute": ("lingbao.commands.precompute", "precompute", "预先算好实验室的结果 / Laboratory results beforehand"),
    "calibrate": ("lingbao.commands.calibrate", "calibrate", "拟合行为系数 / Fit and check the model of behaviour"),
    "registry": ("lingbao.commands.registry", "app", "登记库的运行维护 / Operating the registry"),
    "serve": ("lingbao.commands.serve", "serve", "启动网站 / Serve the site"),
}


class Lazy(TyperGroup):
    """A group whose commands are imported when asked for, so that ``--help`` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        target = getattr(importlib.import_module(module), attribute)
        if isinstance(target, typer.Typer):
            return typer.main.get_command(target)
        single = typer.Typer(add_completion=False)
        single.command(cmd_name)(target)
        return typer.main.get_command(single)


app = typer.Typer(cls=Lazy, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="灵保：灵活就业人员的养老保险，法规即代码。 Lingbao: the law of the basic pension as code.")


@app.callback()
def root() -> None:
    """灵保 Lingbao."""


def main() -> None:
    """Run the command line; what a user can cause is said in words, never as a traceback."""
    from lingbao.law.errors import LingbaoError

    try:
        app()
    except LingbaoError as error:
        lang = "en" if "--lang=en" in sys.argv or ("--lang" in sys.argv and "en" in sys.argv) else "zh"
        print(error.message(lang), file=sys.stderr)
        raise SystemExit(2) from None
