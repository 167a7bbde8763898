"""The output folder of a run or of a comparison: manifest, tables for programs and papers, and a report that opens offline.

::

    manifest.json                    what was run: law, reform, seed, size, versions, machine, time, hash of every file
    fund.parquet people.parquet …    the tables, as the run made them
    tables/<section>.csv             each section of the report, unrounded
    tables.zh.xlsx tables.en.xlsx    the same as workbooks
    report.zh.html report.en.html    the report; no scripts, nothing loaded from elsewhere
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import polars as pl

from lingbao.law.errors import InputError
from lingbao.law.reform_library import library
from lingbao.law.store import Law
from lingbao.simulation.comparison import Comparison
from lingbao.simulation.report_charts import svg
from lingbao.simulation.report_compared import comparison_sections
from lingbao.simulation.report_sections import Section, run_sections
from lingbao.simulation.report_tables import heads, is_number, text_rows, write_csv, write_workbook
from lingbao.simulation.report_words import LANGUAGES, Lang
from lingbao.simulation.run_tables import TABLES, RunTables

PAGE = Path(__file__).with_name("report.html")
NUMERIC, LONG = ' class="n"', ' class="long"'
AT_LENGTH = 40
"""Letters from which a cell gets more room."""
PACKAGES = ("lingbao", "numpy", "numba", "polars", "scipy")
RUN_NOTE = {
    "zh": "这是模拟结果，不是统计数据，也不是预测：人物是按已发表的比例合成的，行为是校准的，未来按指定情景推算。只含灵活就业人员，另有说明的除外。",
    "en": "These are results of a simulation, neither statistics nor a forecast: people are synthetic, made to published shares; behaviour "
          "is calibrated; the future follows the named projection. Flexible workers only, unless said otherwise.",
}
WORDS: dict[Lang, dict[str, str]] = {
    "zh": {"run": "模拟报告", "compare": "改革与基准的比较", "sweep": "改革方案比选", "contents": "目录", "made": "本报告如何得出", "table": "数据表", "baseline": "基准",
           "law": "现行法规", "other": "English"},
    "en": {"run": "Report of a simulation", "compare": "A reform beside the baseline", "sweep": "Reforms ranked", "contents": "Contents", "made": "How this was made",
           "table": "Data", "baseline": "baseline", "law": "the law in force", "other": "中文"},
}


def machine() -> dict[str, Any]:
    """Return the machine and versions of a run; nothing that names its owner."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "unknown"
    return {"versions": versions, "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count() or 0}}


def write_run(run: RunTables, folder: Path | str, law: Law | None = None, extra: Sequence[Section] = ()) -> Path:
    """Write the output folder of a run.

    Parameters
    ----------
    run : RunTables
        The result of a simulation.
    folder : Path
        Made where it is not there; files of an earlier run in it are replaced.
    law : Law, optional
        With it the report shows national ratios.
    extra : sequence of Section
        Further sections, such as the split of uncertainty.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    sections = [*run_sections(run, law), *extra]
    return write_folder(Path(folder), "run", run.manifest, {name: getattr(run, name) for name in TABLES}, sections)


def write_comparison(compared: Comparison, folder: Path | str, law: Law | None = None, extra: Sequence[Section] = ()) -> Path:
    """Write the output folder of a comparison; the fund's effect is discounted at the projection's nominal rate.

    Parameters and errors as :func:`write_run`; ``law`` gives the projections, the package's own where it is not given.
    """
    known = law or Law.load()
    manifest = {"baseline": dict(compared.baseline.manifest), "reform": dict(compared.reform.manifest)}
    rate = discount_rate(known, str(compared.baseline.manifest.get("projection", "base")), int(compared.accounts["year"].min()))  # type: ignore[arg-type]
    tables = {"fund": compared.fund, "accounts": compared.accounts, "people": compared.people, "pairs": compared.pairs}
    return write_folder(Path(folder), "compare", manifest | {"discount_rate": rate}, tables, [*comparison_sections(compared, rate), *extra])


def discount_rate(law: Law, projection: str, year: int) -> float:
    """Return the nominal yearly rate of discount of a projection [fraction]."""
    path = law.projections["projections"][projection]["paths"]["discount_rate"]
    return float(np.interp(year, [float(point[0]) for point in path], [float(point[1]) for point in path]))


def write_folder(folder: Path, kind: str, manifest: Mapping[str, Any], tables: Mapping[str, pl.DataFrame], sections: Sequence[Section]) -> Path:
    """Write an output folder of any kind: ``run``, ``compare`` or ``sweep``; parameters and errors as :func:`write_run`."""
    made = {"kind": kind, **manifest, **{name: value for name, value in machine().items() if name not in manifest},
            "written": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").unlink(missing_ok=True)
        for name, frame in tables.items():
            frame.write_parquet(folder / f"{name}.parquet")
        for section in sections:
            write_csv(section.frame, folder / "tables" / f"{section.name}.csv")
        for lang in LANGUAGES:
            write_workbook(sections, _facts(made), folder / f"tables.{lang}.xlsx", lang)
            (folder / f"report.{lang}.html").write_text(page(kind, made, sections, lang), encoding="utf-8")
        made["files"] = {file.relative_to(folder).as_posix(): _hash(file) for file in _files(folder, tables, sections)}
        # The manifest comes last: a folder without it is one that was not finished.
        (folder / "manifest.json").write_text(json.dumps(made, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError("report.folder", value=str(folder), where=str(folder),
                         zh=f"无法写入文件夹：{error.strerror or error}。请检查路径和权限。",
                         en=f"The folder cannot be written: {error.strerror or error}. Check the path and whether you may write there.") from error
    return folder


def _files(folder: Path, tables: Mapping[str, pl.DataFrame], sections: Sequence[Section]) -> list[Path]:
    return [*(folder / f"{name}.parquet" for name in tables), *(folder / "tables" / f"{section.name}.csv" for section in sections),
            *(folder / f"{name}.{lang}.{ending}" for name, ending in (("tables", "xlsx"), ("report", "html")) for lang in LANGUAGES)]


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _facts(manifest: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Return a manifest as lines of name and value, inner names joined by dots."""
    lines: list[tuple[str, str]] = []
    for name, value in manifest.items():
        if isinstance(value, Mapping):
            lines += _facts(value, f"{before}{name}.")
        else:
            lines.append((f"{before}{name}", str(value)))
    return lines


def _title(kind: str, manifest: Mapping[str, Any], lang: Lang) -> str:
    """Return the title of a report; a reform of the library is called by its title, any other by its id."""
    if kind == "sweep":
        return f"{WORDS[lang]['sweep']}{'：' if lang == 'zh' else ': '}{manifest['reforms']}{' 项' if lang == 'zh' else ' reforms'}"
    run = manifest["reform"] if kind == "compare" else manifest
    of = str(run.get("reform") or WORDS[lang]["law"])
    for reform in library():
        if reform.id == of and reform.hash == run.get("reform_hash"):
            of = f"{of} {reform.title_zh if lang == 'zh' else reform.title_en}"
    return f"{WORDS[lang][kind]}{'：' if lang == 'zh' else ': '}{of}"


def citation(manifest: Mapping[str, Any], lang: Lang) -> str:
    """Return how a run is cited: program and version, law, reform, seed and size."""
    run = manifest.get("reform") if isinstance(manifest.get("reform"), Mapping) else manifest
    assert isinstance(run, Mapping)
    law, known = str(run.get("law", ""))[:12], manifest.get("versions", {}).get("lingbao", "")
    of = run.get("reform") or (f"{run['reforms']}{' 项' if lang == 'zh' else ' reforms'}" if "reforms" in run else "")
    reform = f"{of} ({str(run.get('reform_hash', ''))[:12]})" if of else WORDS[lang]["baseline"]
    people, years, seed = run.get("people", ""), run.get("years", ""), run.get("seed", "")
    if lang == "zh":
        return f"引用：灵保 Lingbao {known}，法规 {law}，改革 {reform}，{people} 人 × {years} 年，种子 {seed}。"
    return f"Cite as: Lingbao {known}, law {law}, reform {reform}, {people} persons × {years} years, seed {seed}."


def page(kind: str, manifest: Mapping[str, Any], sections: Sequence[Section], lang: Lang) -> str:
    """Return the report as one HTML page in a language: every chart drawn into it, a table under each."""
    other = LANGUAGES[1 - LANGUAGES.index(lang)]
    words = WORDS[lang]
    return Template(PAGE.read_text(encoding="utf-8")).substitute(
        lang="zh-CN" if lang == "zh" else "en", other_lang="en" if lang == "zh" else "zh-CN", other_file=f"report.{other}.html",
        other_name=words["other"], title=escape(_title(kind, manifest, lang)), note=escape(RUN_NOTE[lang]), contents=escape(words["contents"]),
        links="\n".join(f'<li><a href="#{section.name}">{escape(section.title(lang))}</a></li>' for section in sections),
        sections="\n".join(_section(section, lang) for section in sections), made_title=escape(words["made"]),
        made="\n".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in _facts(manifest)),
        citation=escape(citation(manifest, lang)),
    )


def _section(section: Section, lang: Lang) -> str:
    title = escape(section.title(lang))
    drawn = section.frame if section.drawn is None else section.drawn
    figure = ""
    if section.chart is not None and drawn.height:
        picture = svg(section.chart, drawn, lang, section.name)
        figure = f'<figure role="img" aria-label="{title}">{picture}</figure>\n'
    numeric = is_number(section, lang)
    head = "".join(f'<th scope="col"{NUMERIC if right else ""}>{escape(name)}</th>' for name, right in zip(heads(section, lang), numeric, strict=True))
    body = "\n".join(
        "<tr>" + "".join(f"<td{NUMERIC if right else LONG if len(text) > AT_LENGTH else ''}>{escape(text)}</td>" for text, right in row) + "</tr>"
        for row in text_rows(section, lang)
    )
    caption = f"{WORDS[lang]['table']}{'：' if lang == 'zh' else ': '}{title}"
    return (f'<section id="{section.name}"><h2>{title}</h2>\n<p>{escape(section.text(lang))}</p>\n{figure}'
            f'<div class="table" tabindex="0"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div></section>')
