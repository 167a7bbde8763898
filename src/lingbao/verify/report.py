"""What a run over golden cases found: counts by topic and every failure with inputs, expected and got."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Failure:
    """One case whose answer is not the expected one.

    Attributes
    ----------
    id, topic : str
        The case.
    inputs, expected : dict
        As the file gives them.
    got : dict
        What the rules gave, under the same names as ``expected``.
    reasons : tuple of str
        One line for each thing that is wrong.
    source : str
        Where the case comes from.
    """

    id: str
    topic: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    got: dict[str, Any]
    reasons: tuple[str, ...]
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as plain data for JSON."""
        return {"id": self.id, "topic": self.topic, "inputs": self.inputs, "expected": self.expected,
                "got": self.got, "reasons": list(self.reasons), "source": self.source}


@dataclass
class Report:
    """The outcome of a run.

    Attributes
    ----------
    passed, failed, skipped : Counter
        Number of cases by topic.
    failures : list of Failure
        Every failed case, in the order of the files.
    """

    passed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing failed and something was checked."""
        return not self.failures and self.passed.total() > 0

    @property
    def topics(self) -> list[str]:
        """Topics that occurred, sorted."""
        return sorted({*self.passed, *self.failed, *self.skipped})

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        by_topic = {
            topic: {"passed": self.passed[topic], "failed": self.failed[topic], "skipped": self.skipped[topic]}
            for topic in self.topics
        }
        return {"passed": self.passed.total(), "failed": self.failed.total(), "skipped": self.skipped.total(),
                "by_topic": by_topic, "failures": [failure.to_dict() for failure in self.failures]}

    def render(self, lang: str = "zh") -> RenderableType:
        """Return the report for a terminal: a table by topic, then each failure."""
        parts: list[RenderableType] = [self._table(lang)]
        parts.extend(_shown(failure, lang) for failure in self.failures)
        return Group(*parts)

    def _table(self, lang: str) -> Table:
        zh = lang == "zh"
        table = Table(title="标准算例" if zh else "Golden cases")
        table.add_column("主题" if zh else "topic")
        for name in ("通过", "未通过", "跳过") if zh else ("passed", "failed", "skipped"):
            table.add_column(name, justify="right")
        for topic in self.topics:
            table.add_row(topic, str(self.passed[topic]), str(self.failed[topic]), str(self.skipped[topic]))
        table.add_section()
        table.add_row("合计" if zh else "total", str(self.passed.total()), str(self.failed.total()),
                      str(self.skipped.total()))
        return table


def _shown(failure: Failure, lang: str) -> RenderableType:
    """Write one failure in full."""
    words = (("输入", "应为", "得到", "来源") if lang == "zh" else ("inputs", "expected", "got", "source"))
    text = Text(f"\n✗ {failure.id}  {failure.topic}\n", style="bold red")
    for word, value in zip(words, (failure.inputs, failure.expected, failure.got, failure.source), strict=True):
        text.append(f"  {word}: {value}\n", style="default")
    for reason in failure.reasons:
        text.append(f"  • {reason}\n", style="yellow")
    return text
