"""The laboratory: everyone's life, simulated, under the law and under any reform.

>>> from lingbao.law.reform_library import find_reform
>>> from lingbao.simulation import compare, simulate
>>> baseline, reform = simulate(size=2_000, years=5), simulate(reform=find_reform("F3"), size=2_000, years=5)
>>> compare(baseline, reform).accounts.columns
['year', 'item', 'baseline', 'reform', 'difference']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lingbao.simulation.behaviour import Behaviour
    from lingbao.simulation.comparison import Comparison, compare
    from lingbao.simulation.plan import Plan, plan_of
    from lingbao.simulation.report import write_comparison, write_run
    from lingbao.simulation.result import Result
    from lingbao.simulation.run import finish, simulate
    from lingbao.simulation.run_tables import read_run
    from lingbao.simulation.sweep import Sweep, run_sweep, sweep_of
    from lingbao.simulation.sweep_ranking import sweep_table

_HOME = {
    "Behaviour": "behaviour", "Comparison": "comparison", "compare": "comparison", "Plan": "plan", "plan_of": "plan",
    "write_comparison": "report", "write_run": "report", "Result": "result", "finish": "run", "simulate": "run",
    "read_run": "run_tables", "Sweep": "sweep", "run_sweep": "sweep", "sweep_of": "sweep", "sweep_table": "sweep_ranking",
}

__all__ = [
    "Behaviour", "Comparison", "Plan", "Result", "Sweep", "compare", "finish", "plan_of", "read_run", "run_sweep", "simulate",
    "sweep_of", "sweep_table", "write_comparison", "write_run",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
