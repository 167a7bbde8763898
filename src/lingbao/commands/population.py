"""``lingbao population``: make the synthetic flexible workers, or check a file of persons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands.laboratory import whole_people
from lingbao.commands.show import FINE, AsJson, Lang, edge, print_json, show, table, word

if TYPE_CHECKING:
    from lingbao.simulation.diagnostics import Line, Tally
    from lingbao.simulation.population import Population

HEAD = {
    "zh": ("项目", "类别", "目标", "得到", "差", "依据"),
    "en": ("figure", "category", "target", "achieved", "difference", "basis"),
}
COMPARED, ASSUMED = ("仅比较", "compared"), ("假设", "assumed")
CATEGORIES = {
    "male": "男", "female": "女", "below_senior_secondary": "高中以下", "senior_secondary": "高中或中专", "college": "大专及以上",
    "local_urban": "本地城镇", "local_rural": "本地农村", "urban_to_urban": "城—城流动", "rural_to_urban": "乡—城流动",
    "casual": "零工", "labour_service": "劳务", "self_employed": "个体经营", "new_form": "新就业形态",
    "none": "未参保", "resident": "居民养老保险", "employee": "职工养老保险", "5000 or less": "5000元及以下", "above 5000": "5000元以上",
}


def population(
    people: Annotated[str | None, typer.Option("--people", help="人数，如 100000 或 1e5 / how many, such as 1e5")] = None,
    seed: Annotated[int, typer.Option("--seed", help="随机数种子 / seed of the random streams")] = 1,
    out: Annotated[Path | None, typer.Option("--out", help="写到这个 Parquet 文件 / Parquet file to write")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="检查个人数据文件（Parquet 或 CSV）/ check a person file")] = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """生成模拟的灵活就业人口，或检查个人数据文件。 Make a synthetic population, or check a person file."""
    with edge(lang, as_json):
        if check is not None:
            _check(check, lang, as_json)
            return
        from lingbao.law.errors import InputError

        if people is None or out is None:
            raise InputError("population.options", where="lingbao population",
                             zh="请写明 --people 人数和 --out 文件，或用 --check 文件。",
                             en="Give --people and --out, or --check with a file.")
        made, tally = _make(whole_people(people), seed, out, lang, as_json)
        _report(made, tally, out, lang, as_json)


def _check(file: Path, lang: str, as_json: bool) -> None:
    from lingbao.simulation.person_file import check_people

    found = check_people(file)
    if as_json:
        print_json({"file": str(file), "rows": found.rows, "weight": found.weight, "faults": []})
        return
    show(word((f"{file}：{found.rows:,} 行，代表 {found.weight:,.0f} 人，没有发现错误。",
               f"{file}: {found.rows:,} rows standing for {found.weight:,.0f} people; no faults found."), lang))


def _make(size: int, seed: int, out: Path, lang: str, as_json: bool) -> tuple[Population, Tally]:
    """Make and write the people under a progress bar with speed and time left, on the error stream."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from lingbao.simulation.population import SAMPLE, Population

    with Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
                  TextColumn("{task.fields[speed]}"), TimeRemainingColumn(), console=Console(stderr=True),
                  disable=as_json) as bar:
        def task(title: tuple[str, str], total: int) -> Any:
            work = bar.add_task(word(title, lang), total=total, speed="")

            def done(count: int) -> None:
                bar.advance(work, count)
                speed = bar.tasks[work].speed
                if speed:
                    bar.update(work, speed=word((f"每秒 {speed:,.0f} 人", f"{speed:,.0f} people/s"), lang))

            return done

        made = Population.of(size, seed, progress=task(("加权", "weights"), min(size, SAMPLE)))
        tally = made.write(out, progress=task(("生成", "people"), size))
    return made, tally


def _report(made: Population, tally: Tally, out: Path, lang: str, as_json: bool) -> None:
    """Say what was written and how near it comes to every margin and published figure."""
    if as_json:
        print_json({"file": str(out), **made.origin(), "rows": tally.rows, "weight": tally.weight,
                    "effective_people": tally.effective, "diagnostics": [line.to_dict() for line in tally.lines()]})
        raise typer.Exit(FINE)
    lines = tally.lines()
    used = list({line.assumption.name: line.assumption for line in lines}.values())
    rows = [_row(line, used.index(line.assumption) + 1, lang) for line in lines]
    rows = [("", *row[1:]) if before and before[0] == row[0] else row for before, row in zip([(), *rows], rows, strict=False)]
    title = word((f"{out}：{tally.rows:,} 人", f"{out}: {tally.rows:,} people"), lang)
    notes = [f"[{number}] {word((of.label_zh, of.label_en), lang)}{word(('（假设）', ' (assumed)'), lang) if of.assumed else ''}: "
             f"{of.source}. {of.population}." for number, of in enumerate(used, start=1)]
    show(table(title, HEAD[lang], rows, figures=(2, 3, 4)), *notes,
         word((f"加权后的有效人数 {tally.effective:,.0f}。“假设”指没有找到灵活就业人员的公布数字；“仅比较”的数字不参与加权。",
               f"Effective number of people after weighting: {tally.effective:,.0f}. 'Assumed' means that nothing "
               "published was found for flexible workers; the weights do not use what is only compared."), lang))


def _row(line: Line, number: int, lang: str) -> tuple[str, ...]:
    of = line.assumption
    category = CATEGORIES.get(line.category, line.category) if lang == "zh" else line.category.replace("_", " ")
    remark = word(COMPARED, lang) if of.use == "compared" else word(ASSUMED, lang) if of.assumed else ""
    return (word((of.label_zh, of.label_en), lang), category, _figure(line.target, of.unit), _figure(line.achieved, of.unit),
            _figure(line.difference, of.unit, signed=True), f"[{number}] {remark}".rstrip())


def _figure(value: float, unit: str, signed: bool = False) -> str:
    """Write shares as percent, large numbers whole, others with two decimals; what rounds to nothing has no sign."""
    scaled, decimals, sign = (value * 100.0, 2, "%") if unit == "share" else (value, 0 if unit == "persons" else 2, "")
    rounded = round(scaled, decimals) + 0.0
    return f"{rounded:{'+' if signed and rounded else ''},.{decimals}f}{sign}"
