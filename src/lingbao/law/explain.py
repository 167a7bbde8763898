"""A tree of reasons as sentences: each with value, unit, article, parameter, date, source and confidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lingbao.law.month import format_age, format_month
from lingbao.law.store import Law
from lingbao.law.trace import Node
from lingbao.law.values import Value

CONFIDENCE = {"high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low")}
UNITS = {
    "yuan/month": ("元/月", "yuan a month"), "yuan": ("元", "yuan"), "yuan/year": ("元/年", "yuan a year"),
    "months": ("个月", "months"), "years": ("年", "years"), "year": ("年", ""), "yuan·months": ("元·月", "yuan × months"),
}
NOTES = {
    "input": ("您填写的", "as you gave it"), "chosen": ("按这个方案的档次", "by the tier of this option"),
    "counted": ("按这个方案逐月累计", "counted month by month under this option"), "number": ("由系统算出", "computed"),
    "recorded": ("登记在案的", "as on the record"),
}
REPEATS = 2  # a yearly rule is told for the last years; the earlier ones repeat it
BOTH = " · "  # between the Chinese and the English of a basis that is written in both
PLACEHOLDER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Sentence:
    """One line of an explanation.

    Attributes
    ----------
    depth : int
        Steps away from the figure asked for; 0 is the figure itself.
    kind, name : str
        As in :class:`lingbao.law.trace.Node`.
    label, text : str
        What the figure is called, and the whole sentence.
    value : float
        The value; ``shown`` is the same as people read it, with ``unit``.
    formula : str
        The formula in words, for a rule.
    article, document : str
        Article of the rule; instrument of the parameter.
    path : str
        Parameter path, empty for anything else.
    since, published : str or None
        First month of validity and month of publication, of a parameter.
    sources : tuple of str
    confidence : str
        ``high``, ``medium`` or ``low``; empty where it does not apply.
    notes : tuple of str
    projected, provisional : bool
    """

    depth: int
    kind: str
    name: str
    label: str
    text: str
    value: float
    shown: str
    unit: str
    formula: str = ""
    article: str = ""
    document: str = ""
    path: str = ""
    since: str | None = None
    published: str | None = None
    sources: tuple[str, ...] = ()
    confidence: str = ""
    notes: tuple[str, ...] = ()
    projected: bool = False
    provisional: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the sentence as plain data."""
        return asdict(self)


def render(node: Node, lang: str = "zh", law: Law | None = None, depth: int = 8) -> list[Sentence]:
    """Return the sentences that explain a figure, the figure first, then what it was computed from.

    Parameters
    ----------
    node : Node
        Root of the tree, as a traced rule leaves it on its result (``result.node``).
    lang : {"zh", "en"}
    law : Law, optional
        For labels of terms and parameters; the law of the package when not given.
    depth : int
        Steps to follow.

    Returns
    -------
    list of Sentence
        Each node once, parents before what they rest on.
    """
    store = law or Law.load()
    sentences: list[Sentence] = []
    seen: set[tuple[str, str, float]] = set()
    told: Counter[str] = Counter()
    queue: list[tuple[Node, str, int]] = [(node, node.name, 0)]
    while queue:
        current, called, level = queue.pop(0)
        key = (current.kind, current.name, current.value)
        if key in seen or (current.kind == "number" and level > 0):
            continue
        seen.add(key)
        told[current.name] += current.kind == "rule"
        if told[current.name] > REPEATS and current.kind == "rule":
            continue
        sentences.append(_sentence(current, called, level, lang, store))
        if level < depth:
            queue.extend((child, name, level + 1) for name, child in current.arguments.items())
            queue.extend((step, step.name, level + 1) for step in current.steps)
    return sentences


def label_of(name: str, node: Node | None, lang: str, law: Law) -> str:
    """Return what a figure is called: the rule's label, the term's, or the parameter's."""
    if node is not None and node.rule is not None:
        return node.rule.label_zh if lang == "zh" else node.rule.label_en
    term: Mapping[str, str] | None = law.terms.get(name) or law.terms.get(name.rpartition(".")[2])
    if term:
        return str(term["zh" if lang == "zh" else "en"])
    if node is not None and node.kind == "parameter" and law.has(node.name):
        parameter = law.describe(node.name)
        return parameter.label_zh if lang == "zh" else parameter.label_en
    return name.replace("_", " ")


def shown(value: float, unit: str, lang: str) -> str:
    """Write a value with its unit as people read it; a table of the law is named, not printed."""
    if not isinstance(value, int | float):
        return "见法规参数表" if lang == "zh" else "see the table of the law"
    if unit == "month":
        return format_month(int(value))
    if unit in ("1", "fraction", "1/year", "fraction/year"):
        return f"{value * 100:.4g}%" if abs(value) < 1 and unit != "1" else f"{value:.4g}"
    if unit in ("months",) and float(value).is_integer() and abs(value) >= 480 and lang == "zh":
        return f"{int(value)} 个月（{format_age(int(value), 'zh')}）"
    number = f"{value:,.2f}" if unit.startswith("yuan") else f"{value:.4f}".rstrip("0").rstrip(".")
    zh, en = UNITS.get(unit, (unit, unit))
    word = zh if lang == "zh" else en
    return f"{number} {word}".strip() if word not in ("index", "0/1") else number


def _unit(name: str, node: Node, law: Law) -> str:
    if node.rule is not None:
        unit = node.rule.unit
    elif isinstance(node.origin, Value):
        unit = node.origin.unit
    else:
        unit = str((law.terms.get(name) or {}).get("unit", ""))
    return "fraction" if unit == "1" and name.rpartition("_")[2] in ("rate", "share", "ratio") else unit


def _formula(node: Node, lang: str, law: Law, numbers: bool) -> str:
    """Fill a rule's formula with labels or with numbers."""
    assert node.rule is not None
    chinese, _, english = node.rule.formula.partition(BOTH)

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        child = node.arguments.get(name)
        if child is None:
            return name
        return shown(child.value, _unit(name, child, law), lang).split(" ")[0] if numbers else label_of(name, None, lang, law)

    return PLACEHOLDER.sub(fill, chinese if lang == "zh" or not english else english)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _sentence(node: Node, called: str, depth: int, lang: str, law: Law) -> Sentence:
    zh = lang == "zh"
    label = label_of(called if node.rule is None else node.name, node, lang, law)
    unit = _unit(called, node, law)
    value = shown(node.value, unit, lang)
    if node.rule is not None:
        chinese, _, english = node.rule.article.partition(BOTH)
        article = chinese if zh or not english else english
        words, numbers = _formula(node, lang, law, False), _formula(node, lang, law, True)
        if zh:
            text = f"{label} = {words} = {numbers} = {value}。依据：{article}。" if words else f"{label}：{value}。依据：{article}。"
        else:
            text = f"{label} = {words} = {numbers} = {value}. Basis: {article}." if words else f"{label}: {value}. Basis: {article}."
        return Sentence(depth, "rule", node.name, label, text, _number(node.value), value, unit, words, article)
    if isinstance(node.origin, Value):
        return _of_parameter(node, node.origin, label, value, unit, depth, zh)
    note = NOTES.get(node.kind, NOTES["number"])[0 if zh else 1]
    text = f"{label}：{value}（{note}）。" if zh else f"{label}: {value} ({note})."
    return Sentence(depth, node.kind, node.name, label, text, _number(node.value), value, unit)


def _of_parameter(node: Node, origin: Value, label: str, value: str, unit: str, depth: int, zh: bool) -> Sentence:
    since = format_month(origin.since) if origin.since is not None else None
    published = format_month(origin.published) if origin.published is not None else None
    confidence = CONFIDENCE[origin.confidence][0 if zh else 1]
    if origin.projected:
        last_zh, last_en = origin.notes[:2] if len(origin.notes) > 1 else ("", "")
        text = f"{label}：{value}（推算值，不是已公布的规定{last_zh}）。" if zh else f"{label}: {value} (a projection, not published law{last_en})."
    elif zh:
        text = (f"{label}：{value}" + (f"，自 {since} 起" if since else "") + (f"，依据 {origin.document}" if origin.document else "")
                + f"；可信度：{confidence}" + ("；当年数未公布，暂用上一年的" if origin.provisional else "") + "。")
    else:
        text = (f"{label}: {value}" + (f", from {since}" if since else "") + (f", under {origin.document}" if origin.document else "")
                + f"; confidence: {confidence}" + ("; this year's figure is not out, last year's stands in" if origin.provisional else "") + ".")
    return Sentence(
        depth, "parameter", node.name, label, text, _number(node.value), value, unit, document=origin.document,
        path=origin.path, since=since, published=published, sources=origin.sources, confidence=origin.confidence,
        notes=origin.notes, projected=origin.projected, provisional=origin.provisional,
    )
