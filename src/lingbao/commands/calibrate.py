"""``lingbao calibrate``: find the coefficients of behaviour, or set the model beside every published figure."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lingbao.commands.show import FINE, NOTHING, AsJson, Lang, edge, print_json, show, table, word

if TYPE_CHECKING:
    from lingbao.simulation.calibrate import Line

HEAD = {
    "zh": ("项目", "目标", "模型", "差", "标准误", "差/标准误", "由谁决定", "人群"),
    "en": ("figure", "target", "model", "difference", "error", "in errors", "decided by", "population"),
}
HOLDERS = {
    "coefficients": ("系数", "coefficients"), "population": ("人口", "population"), "process": ("过程", "process"), "law": ("法规", "law"),
}
PARTS = (
    ("fit", True, ("拟合的目标", "Figures that the model is fitted to")),
    ("fit", False, ("拟合的推算数、假设和要求", "Worked out, assumed or demanded, and fitted")),
    ("validate", True, ("验证的目标（从不拟合）", "Figures that nothing is fitted to")),
    ("context", True, ("资料本身的数字", "Figures that describe the sources")),
)
BOUNDS = {"lower": "≥ ", "upper": "≤ ", "": ""}


def calibrate(
    check: Annotated[bool, typer.Option("--check", help="只比较，不拟合 / only compare, fit nothing")] = False,
    size: Annotated[int, typer.Option("--size", help="比较时的模拟人数 / people simulated for the comparison")] = 40_000,
    seed: Annotated[int, typer.Option("--seed", help="比较时的随机数种子 / seed of the comparison")] = 2,
    fit_size: Annotated[int, typer.Option("--fit-size", help="拟合时的模拟人数 / people simulated while fitting")] = 12_000,
    fit_seed: Annotated[int, typer.Option("--fit-seed", help="拟合时的随机数种子 / seed while fitting")] = 1,
    rounds: Annotated[int, typer.Option("--rounds", help="拟合的最多步数 / steps of the search at most")] = 12,
    coefficients: Annotated[Path | None, typer.Option("--coefficients", help="系数文件：拟合时写入，--check 时读取；默认是程序自用的文件 / file of coefficients, written by a fit and read by --check; the program's own if not given")] = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """拟合行为系数并与公布数字比较。 Fit the coefficients of behaviour and compare with published figures."""
    with edge(lang, as_json):
        from lingbao.simulation.behaviour import COEFFICIENTS, FILE, Behaviour
        from lingbao.simulation.calibrate import check as compare
        from lingbao.simulation.targets import load_targets

        targets = load_targets()
        file = coefficients or COEFFICIENTS
        if not check:
            _fit_and_write(file, fit_size, fit_seed, rounds, lang)
        elif not file.is_file():
            raise _unusable(file, "没有这个文件", "there is no such file")
        behaviour = Behaviour.load(FILE, file)
        lines = compare(targets, size=size, seed=seed, behaviour=behaviour)
        if as_json:
            print_json({"size": size, "seed": seed, "lines": [line.to_dict() for line in lines]})
            raise typer.Exit(FINE)
        _print(lines, size, seed, lang)


def _fit_and_write(file: Path, size: int, seed: int, rounds: int, lang: str) -> None:
    """Fit, write the coefficients, and tell each step on the error stream."""
    from datetime import UTC, datetime

    from lingbao.law.errors import InputError
    from lingbao.law.store import Law
    from lingbao.simulation.behaviour import Behaviour
    from lingbao.simulation.calibrate import calibrate as search
    from lingbao.simulation.calibrate import stored
    from lingbao.simulation.targets import load_targets

    if rounds < 1:
        raise InputError("calibrate.rounds", value=rounds, where="--rounds", zh="步数至少为 1。", en="At least one step is needed.")
    law = Law.load()
    found = search(load_targets(), law=law, size=size, seed=seed, rounds=rounds, progress=lambda text: print(text, file=sys.stderr))
    text = stored(found, law_hash=law.hash, size=size, seed=seed, date=datetime.now(UTC).date().isoformat())
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unusable(file, str(error.strerror or error), str(error.strerror or error)) from error
    Behaviour.load.cache_clear()
    print(word((f"系数写入 {file}", f"coefficients written to {file}"), lang), file=sys.stderr)


def _unusable(file: Path, zh: str, en: str) -> Exception:
    from lingbao.law.errors import InputError

    return InputError("calibrate.file", value=str(file), where="--coefficients", zh=f"系数文件不能用：{zh}。请用 --coefficients 指定别的文件。",
                      en=f"The file of coefficients cannot be used: {en}. Name another with --coefficients.")


def _print(lines: list[Line], size: int, seed: int, lang: str) -> None:
    notes: list[str] = []
    for use, published, title in PARTS:
        rows = [_row(line, notes, lang) for line in lines if line.target.use == use and line.target.published == published]
        show(table(word(title, lang), HEAD[lang], rows, figures=(1, 2, 3, 4, 5)))
    show(*notes, word((
        f"模拟 {size:,} 人，种子 {seed}。“标准误”是目标数字的；“差/标准误”另计模拟噪声。带 * 的标准误全部或部分为假设。",
        f"{size:,} people simulated, seed {seed}. 'error' is that of the target; 'in errors' adds the noise of the simulation. "
        "An error with * is wholly or partly assumed."), lang))


def _row(line: Line, notes: list[str], lang: str) -> tuple[str, ...]:
    of = line.target
    said = word((of.reason_zh or of.note_zh, of.reason_en or of.note_en), lang)
    label = word((of.label_zh, of.label_en), lang)
    if said:
        notes.append(f"[{len(notes) + 1}] {label}{word(('：', ': '), lang)}{said}")
        label = f"{label} [{len(notes)}]"
    missing = line.model != line.model
    errors = NOTHING if missing or line.standard_errors != line.standard_errors else f"{line.standard_errors:+.1f}"
    error = _figure(of.error, of.unit)
    return (
        label, BOUNDS[of.bound] + _figure(of.value, of.unit), _figure(line.model, of.unit), _figure(line.difference, of.unit, True),
        f"{error}*" if of.assumed and error != NOTHING else error, errors, word(HOLDERS[of.held_by], lang),
        word((of.population_zh, of.population_en), lang),
    )


def _figure(value: float, unit: str, signed: bool = False) -> str:
    """Write a figure in its unit; a dash where there is none."""
    if value != value:
        return NOTHING
    decimals = {"share": 3, "years": 2, "yuan/month": 0, "persons": 0, "1": 3}[unit]
    rounded = round(value, decimals) + 0.0
    return f"{rounded:{'+' if signed and rounded else ''},.{decimals}f}"
