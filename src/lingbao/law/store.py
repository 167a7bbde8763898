"""The law's numbers as one frozen store: what was in force in a month, as far as it was known in another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from lingbao.law import trace
from lingbao.law.errors import MissingLaw, ParameterError
from lingbao.law.loader import DIRECTORY, build, national_topic, provincial_table, read_csv, read_yaml
from lingbao.law.month import format_month
from lingbao.law.places import Province, find, provinces
from lingbao.law.values import Parameter, Value, freeze, plain

__all__ = ["Law", "Parameter", "Province", "Value"]


class Law:
    """The parameters of the law: read once, never changed, and identified by the hash of their content.

    Use :meth:`load`. Months are integers ``year*12 + month-1`` (:mod:`lingbao.law.month`).
    """

    def __init__(self, directory: Path, overlaid: Mapping[str, Parameter] | None = None, digest: str = "") -> None:
        self._directory = directory
        self._overlaid = dict(overlaid or {})
        self._digest = digest
        self._topics: dict[str, dict[str, Parameter]] = {}

    @classmethod
    def load(cls, directory: Path | str | None = None) -> Law:
        """Return the law of the package, or of another parameter directory; the same object every time."""
        return _load(DIRECTORY if directory is None else Path(directory))

    def __reduce__(self) -> tuple[Any, ...]:
        if not self._overlaid:
            return Law.load, (self._directory,)
        return _restore, (self._directory, {p: plain_parameter(q) for p, q in self._overlaid.items()}, self._digest)

    def __repr__(self) -> str:
        return f"<Law {self.hash[:12]}>"

    @property
    def directory(self) -> Path:
        """Folder the parameter files were read from."""
        return self._directory

    # -- reading ------------------------------------------------------------------------------------------------

    def look_up(
        self, path: str, on: int | None = None, known: int | None = None, *, provisional: bool = False
    ) -> Value:
        """Return the value of a parameter in force in month ``on``, as far as it was known in month ``known``.

        Parameters
        ----------
        path : str
            ``national.<topic>.<name>`` or ``provinces.<code>.<name>``, an area as ``…@<Area>``.
        on : int, optional
            Month of the event; the newest known value when not given.
        known : int, optional
            Month from which one looks; values published later do not exist. None: everything in the store is known.
        provisional : bool
            Accept the last known earlier value, flagged, where the one asked for is not known.

        Returns
        -------
        Value
            Flagged ``provisional`` when an earlier year's value stands in because the one asked for was not yet
            known, as agencies do before a year's notice is out.

        Raises
        ------
        MissingLaw
            If the path is unknown, or no value is in force; the message lists the periods that are known.
        """
        values = self.describe(path).values
        if known is not None:
            values = tuple(value for value in values if value.known_from is None or value.known_from <= known)
        if on is None:
            if values:
                return values[-1]
            raise self._missing(path, on, known)
        standing_in: Value | None = None
        for value in reversed(values):
            if value.since is not None and value.since > on:
                continue
            if value.until is None or on <= value.until:
                return value
            standing_in = value
            break
        later = any(value.since is not None and value.since > on for value in values)
        if standing_in is not None and (provisional or (known is not None and not later)):
            note = (f"{format_month(on)} 的数值尚未公布，暂用 {standing_in.period()} 的数值"
                    f"（not known for {format_month(on)}; the value of {standing_in.period()} stands in）")
            return replace(standing_in, provisional=True, notes=(*standing_in.notes, note))
        raise self._missing(path, on, known)

    def number(
        self, path: str, on: int | None = None, known: int | None = None, *, provisional: bool = False
    ) -> float:
        """Return a numeric value as a float that remembers the parameter it came from (see ``law.trace``).

        Raises
        ------
        MissingLaw
            As :meth:`look_up`.
        ParameterError
            If the parameter is a table or a text.
        """
        value = self.look_up(path, on, known, provisional=provisional)
        if isinstance(value.value, bool) or not isinstance(value.value, int | float):
            raise ParameterError(
                "parameter.kind", value=path, where=path,
                zh=f"参数“{path}”是表或文字，不是单个数字；请用 law.table 读取。",
                en=f"The parameter '{path}' is a table or a text, not one number; read it with law.table.",
            )
        return trace.parameter(path, float(value.value), value)

    def table(
        self, path: str, on: int | None = None, known: int | None = None, *, provisional: bool = False
    ) -> Any:
        """Return a value as it stands: a read-only mapping, a tuple, a text or a number."""
        return self.look_up(path, on, known, provisional=provisional).value

    def history(self, path: str) -> tuple[Value, ...]:
        """Return every value of a parameter in order of time."""
        return self.describe(path).values

    def describe(self, path: str) -> Parameter:
        """Return a parameter with its labels, unit, contested points and values.

        Raises
        ------
        MissingLaw
            If there is no such parameter; the message names similar paths.
        """
        if path in self._overlaid:
            return self._overlaid[path]
        parameter = self._topic_of(path).get(path)
        if parameter is None:
            raise self._unknown(path)
        return parameter

    def paths(self) -> tuple[str, ...]:
        """Return every path in the store, sorted."""
        return self._all_paths

    def has(self, path: str) -> bool:
        """Whether the store has this path, in any period."""
        return path in self._overlaid or path in self._topic_of(path)

    def provincial(self, province: str, name: str, area: str | None = None) -> str:
        """Return the path of a provincial parameter: the area's own where it has one, else the province's."""
        own = f"provinces.{province}.{name}@{area}"
        return own if area and self.has(own) else f"provinces.{province}.{name}"

    def rows(self, name: str) -> tuple[Mapping[str, str], ...]:
        """Return a reference table (a CSV file by its name) as rows of text, such as ``medical`` or ``conflicts``.

        Raises
        ------
        MissingLaw
            If there is no such table; the message lists the tables.
        """
        files = {file.stem: file for file in sorted(self._directory.rglob("*.csv"))}
        if name not in files:
            names = ", ".join(files)
            raise MissingLaw(
                "parameter.table", value=name, zh=f"没有名为“{name}”的数据表；现有：{names}。",
                en=f"There is no table '{name}'; there are: {names}.",
            )
        rows: tuple[Mapping[str, str], ...] = freeze(read_csv(files[name]))
        return rows

    # -- documents ----------------------------------------------------------------------------------------------

    @cached_property
    def terms(self) -> Mapping[str, Mapping[str, str]]:
        """Names of arguments: ``terms[name]`` has ``zh``, ``en``, ``unit`` and explanations."""
        return freeze(read_yaml(self._directory / "terms.yaml"))

    @cached_property
    def documents(self) -> Mapping[str, Mapping[str, Any]]:
        """Every instrument cited, by its number such as ``国发〔2005〕38号``."""
        entries = read_yaml(self._directory / "sources.yaml")["documents"]
        return freeze({entry["id"]: entry for entry in entries})

    def cited(self, document: str) -> tuple[Mapping[str, Any], ...]:
        """Return the instruments that a value's ``document`` text cites, in the order in which it names them."""
        found = [(document.find(number), entry) for number, entry in self.documents.items() if number in document]
        return tuple(entry for _, entry in sorted(found, key=lambda item: item[0]))

    @cached_property
    def tokens(self) -> Mapping[str, str]:
        """What each source token means."""
        return freeze(read_yaml(self._directory / "sources.yaml")["tokens"])

    @cached_property
    def projections(self) -> Mapping[str, Any]:
        """The named assumptions about the future; assumptions, never law."""
        return freeze(read_yaml(self._directory / "projections.yaml"))

    # -- identity and change ------------------------------------------------------------------------------------

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all parameter files, and of the changes laid over them."""
        if self._digest:
            return self._digest
        digest = hashlib.sha256()
        for file in sorted(self._directory.rglob("*")):
            if file.suffix in (".yaml", ".csv"):
                digest.update(file.relative_to(self._directory).as_posix().encode())
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def overlay(self, changes: Mapping[str, Any]) -> Law:
        """Return a new law in which some parameters have other values from some month on.

        Parameters
        ----------
        changes : mapping of str to mapping or list of mapping
            By path: ``{"value": …, "since": "2030-01", "until": …, "document": …, "note": …}`` or a list of such.
            A change wins over everything in force within its period; before and after it the law stays.

        Raises
        ------
        MissingLaw
            If a path does not exist: a reform changes the law, it cannot misspell it.
        ParameterError
            If a change lacks its value or its start.
        """
        overlaid = dict(self._overlaid)
        for path, change in changes.items():
            parameter = self.describe(path)
            listed: Sequence[Mapping[str, Any]] = [change] if isinstance(change, Mapping) else change
            overlaid[path] = _changed(parameter, listed)
        text = json.dumps(plain(changes), ensure_ascii=False, sort_keys=True, default=str)
        digest = hashlib.sha256(f"{self.hash}\n{text}".encode()).hexdigest()
        return Law(self._directory, overlaid, digest)

    # -- places -------------------------------------------------------------------------------------------------

    def provinces(self) -> tuple[Province, ...]:
        """Return the 31 provinces in order of code, each ``(code, name_zh, name_en, short_zh)``."""
        return provinces(self._directory)

    def find_province(self, text: str) -> tuple[str, str | None]:
        """Return code and area of a place written as code, Chinese or English name, or city-qualified name.

        Raises
        ------
        InputError
            If the place is not one of the 31 provinces; the message lists them.
        """
        return find(self._directory, text)

    # -- inside -------------------------------------------------------------------------------------------------

    @cached_property
    def _tables(self) -> dict[str, Mapping[str, Any]]:
        """Which table of ``provinces/tables.yaml`` holds a name."""
        found: dict[str, Mapping[str, Any]] = {}
        for table in read_yaml(self._directory / "provinces" / "tables.yaml")["tables"]:
            for kind in ("parameters", "record", "rows"):
                found |= dict.fromkeys(table.get(kind, {}), table)
        return found

    @cached_property
    def _all_paths(self) -> tuple[str, ...]:
        found = set(self._overlaid)
        for file in (self._directory / "national").glob("*.yaml"):
            found |= self._topic(f"national.{file.stem}", file).keys()
        for table in self._tables.values():
            found |= self._table(table).keys()
        return tuple(sorted(found))

    def _topic_of(self, path: str) -> Mapping[str, Parameter]:
        """Read the file that would hold ``path``, once."""
        floor, _, rest = path.partition(".")
        if floor == "national":
            name = rest.partition(".")[0]
            if f"national.{name}" in self._topics:  # no look at the disk for a topic that has been read
                return self._topics[f"national.{name}"]
            file = self._directory / "national" / f"{name}.yaml"
            return self._topic(f"national.{name}", file) if name.isidentifier() and file.is_file() else {}
        if floor == "provinces":
            table = self._tables.get(rest.partition(".")[2].partition("@")[0])
            return self._table(table) if table is not None else {}
        return {}

    def _topic(self, name: str, file: Path) -> Mapping[str, Parameter]:
        if name not in self._topics:
            self._topics[name] = national_topic(file)
        return self._topics[name]

    def _table(self, table: Mapping[str, Any]) -> Mapping[str, Parameter]:
        name = f"provinces/{table['file']}"
        if name not in self._topics:
            self._topics[name] = provincial_table(self._directory, table)
        return self._topics[name]

    def _unknown(self, path: str) -> MissingLaw:
        import difflib

        near = ", ".join(difflib.get_close_matches(path, self.paths(), n=3, cutoff=0.6)) or "lingbao law list"
        return MissingLaw(
            "law.path", value=path, where=path,
            zh=f"参数库中没有“{path}”。没有的数据不作猜测；相近的参数：{near}。",
            en=f"The store has no '{path}'. What is not known is not guessed; near it: {near}.",
        )

    def _missing(self, path: str, on: int | None, known: int | None) -> MissingLaw:
        parameter = self.describe(path)
        periods = ", ".join(_joined(parameter.values)) or "—"
        when = "" if on is None else format_month(on)
        as_of_zh = "" if known is None else f"（以 {format_month(known)} 已公布的为限）"
        as_of_en = "" if known is None else f" (as known in {format_month(known)})"
        return MissingLaw(
            "law.missing", value=when or path, where=path,
            zh=f"“{parameter.label_zh}”在 {when or '任何月份'} 没有已知数值{as_of_zh}；已知的有效期：{periods}。"
               "可查阅当地通知补充数据；对未来月份请使用预测情景。",
            en=f"'{parameter.label_en}' has no known value for {when or 'any month'}{as_of_en}; known periods: {periods}. "
               "Add the figure from the province's notice, or use a projection for future months.",
        )


def _joined(values: Sequence[Value]) -> list[str]:
    """Write the periods of validity with adjoining ones joined."""
    spans: list[list[int | None]] = []
    for value in values:
        if spans and spans[-1][1] is not None and value.since == spans[-1][1] + 1:
            spans[-1][1] = value.until
        else:
            spans.append([value.since, value.until])
    def written(bound: int | None) -> str:
        return "…" if bound is None else format_month(bound)

    return [f"{written(first)}–{written(last)}" for first, last in spans]


def _changed(parameter: Parameter, changes: Sequence[Mapping[str, Any]]) -> Parameter:
    """Lay changes over a parameter: cut what they cover, keep what lies before and after."""
    values = list(parameter.values)
    for change in changes:
        if "value" not in change or not change.get("since"):
            raise ParameterError(
                "overlay.entry", value=str(dict(change)), where=parameter.path,
                zh="改革条目须写明 value 与 since（如 2030-01）。",
                en="A change needs its value and since, such as 2030-01.",
            )
        raw = {"sources": ["reform"], "confidence": "high", "checked": str(change["since"]), "basis": "reform"}
        description = {
            "label_zh": parameter.label_zh, "label_en": parameter.label_en, "unit": parameter.unit, "keyed_by": "month",
        }
        new = build(parameter.path, description, [raw | dict(change)], Path("overlay")).values[0]
        new = replace(new, known_from=new.published)
        kept: list[Value] = []
        for old in values:
            kept += _outside(old, new)
        values = sorted([*kept, new], key=lambda value: -1 if value.since is None else value.since)
    return replace(parameter, values=tuple(values))


def _outside(old: Value, new: Value) -> list[Value]:
    """Return what remains of ``old`` before and after ``new``."""
    assert new.since is not None
    before = old.since is None or old.since < new.since
    after = new.until is not None and (old.until is None or old.until > new.until)
    if old.until is not None and old.until < new.since:
        return [old]
    if new.until is not None and old.since is not None and old.since > new.until:
        return [old]
    remains = [replace(old, until=new.since - 1)] if before else []
    return [*remains, replace(old, since=new.until + 1)] if after and new.until is not None else remains


@lru_cache(maxsize=8)
def _load(directory: Path) -> Law:
    return Law(directory)


def plain_parameter(parameter: Parameter) -> Parameter:
    """Return the parameter with ordinary containers, so that it can be pickled."""
    return replace(parameter, values=tuple(replace(value, value=plain(value.value)) for value in parameter.values))


def _restore(directory: Path, overlaid: Mapping[str, Parameter], digest: str) -> Law:
    frozen = {
        path: replace(parameter, values=tuple(replace(v, value=freeze(v.value)) for v in parameter.values))
        for path, parameter in overlaid.items()
    }
    return Law(directory, frozen, digest)
