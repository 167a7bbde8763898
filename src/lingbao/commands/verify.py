"""``lingbao verify``: run golden cases against the rules and the law of this version."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated

import typer


def verify(
    files: Annotated[list[Path], typer.Argument(help="算例文件或文件夹 (YAML files or folders of golden cases)")],
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 (print JSON)")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en (zh or en)")] = "zh",
) -> None:
    """逐条核对标准算例，列出每一处不符。Check golden cases and show every difference."""
    from rich.console import Console

    from lingbao.law.errors import LingbaoError
    from lingbao.verify.runner import verify as run

    try:
        report = run(files)
    except LingbaoError as error:
        if json:
            typer.echo(json_format.dumps({"error": error.to_dict()}, ensure_ascii=False))
        else:
            Console(stderr=True).print(error.message(lang), style="red", markup=False)
        raise typer.Exit(2) from error
    if json:
        typer.echo(json_format.dumps(report.to_dict(), ensure_ascii=False, default=str, indent=2))
    else:
        Console().print(report.render(lang))
    raise typer.Exit(0 if report.ok else 1)
