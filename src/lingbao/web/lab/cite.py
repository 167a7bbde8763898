"""How a result is cited: what was run, by which version, where it can be read again."""

from __future__ import annotations

from lingbao import __version__
from lingbao.web.lab.models import Run


def citation(run: Run, lang: str, address: str = "") -> str:
    """Return one line that names a result so that anybody can compute it again."""
    title = (run.reform or {}).get(f"title_{lang}", "现行法律" if lang == "zh" else "The law in force")
    when = run.finished.date().isoformat() if run.finished else ""
    reform = run.reform_hash[:12] or "—"
    if lang == "zh":
        return (f"灵保 {__version__} 改革实验室：{title}。模拟 {run.size:,} 人、{run.years} 年，种子 {run.seed}；法规 {run.law_hash[:12]}，"
                f"改革 {reform}，程序 {run.program[:12]}；结果 {run.key}，{when} 计算。{address}")
    return (f"Lingbao {__version__}, laboratory: {title}. {run.size:,} simulated people over {run.years} years, seed {run.seed}; law {run.law_hash[:12]}, "
            f"reform {reform}, program {run.program[:12]}; result {run.key}, computed on {when}. {address}")
