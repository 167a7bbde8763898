"""What is wrong with a reform file: each fault with its line, its place, and what is allowed, in two languages."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.reform_schema import reform_schema

Place = tuple[str | int, ...]

KINDS = {
    "string": ("文字", "a text"), "number": ("数字", "a number"), "integer": ("整数", "a whole number"),
    "boolean": ("true 或 false", "true or false"), "array": ("列表", "a list"), "object": ("键值表", "a mapping"),
}
PATTERNS = {"month": ("YYYY-MM 形式的年月，如 2030-01", "a month such as 2030-01, in quotes")}


class Faults:
    """Collects the faults of one file and raises them together."""

    def __init__(self, name: str, lines: dict[Place, int]) -> None:
        self.name, self.lines = name, lines
        self.found: list[LingbaoError] = []

    def add(self, place: Place, code: str, value: object, zh: str, en: str) -> None:
        """Record a fault at a place in the file."""
        written = _written(place)
        self.found.append(InputError(
            code, value=value, where=f"{self.name}:{self.line(place)}",
            zh=f"{written}：{zh}" if written else zh, en=f"{written}: {en}" if written else en,
        ))

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place around it."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise ErrorList(self.found)

    def form(self, data: Any) -> None:
        """Hold the data against the schema."""
        errors = sorted(_validator().iter_errors(data), key=lambda error: self.line(tuple(error.absolute_path)))
        for error in errors:
            place = tuple(error.absolute_path)
            say: Callable[[Faults, Place, Any], None] = SAY.get(error.validator, Faults._other)
            say(self, place, error)

    def _unknown_key(self, place: Place, error: Any) -> None:
        allowed = list(error.schema.get("properties", {}))
        for key in error.instance:
            if key not in allowed:
                near = _near(key, allowed)
                self.add(
                    (*place, key), "reform.key", key, f"没有这个键。允许：{near}。", f"There is no such key. Allowed: {near}.",
                )

    def _missing_key(self, place: Place, error: Any) -> None:
        for key in error.validator_value:
            if key not in error.instance and f"'{key}'" in error.message:
                self.add(place, "reform.missing", key, f"缺少“{key}”。", f"'{key}' is missing.")

    def _one_of(self, place: Place, error: Any) -> None:
        names = " / ".join(entry["required"][0] for entry in error.validator_value)
        count = ("恰好写一个", "exactly one") if error.validator == "oneOf" else ("至少写一个", "at least one")
        self.add(place, "reform.choice", None, f"应{count[0]}：{names}。", f"It needs {count[1]} of: {names}.")

    def _not_allowed(self, place: Place, error: Any) -> None:
        near = _near(error.instance, error.validator_value)
        self.add(
            place, "reform.value", error.instance, f"“{error.instance}”不在允许之列：{near}。",
            f"'{error.instance}' is not allowed; allowed: {near}.",
        )

    def _kind(self, place: Place, error: Any) -> None:
        wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        zh, en = " / ".join(KINDS[kind][0] for kind in wanted), " or ".join(KINDS[kind][1] for kind in wanted)
        if error.schema == _month():
            zh, en = PATTERNS["month"]
        self.add(
            place, "reform.kind", error.instance, f"“{error.instance}”应为{zh}。", f"'{error.instance}' must be {en}.",
        )

    def _pattern(self, place: Place, error: Any) -> None:
        allowed = error.validator_value
        zh, en = PATTERNS["month"] if error.schema == _month() else (f"符合 {allowed} 的文字", f"a text that matches {allowed}")
        self.add(
            place, "reform.value", error.instance, f"“{error.instance}”应为{zh}。", f"'{error.instance}' must be {en}.",
        )

    def _range(self, place: Place, error: Any) -> None:
        least, most = error.schema.get("minimum", "—"), error.schema.get("maximum", "—")
        if "exclusiveMinimum" in error.schema:
            least = f">{error.schema['exclusiveMinimum']}"
        unit = error.schema.get("description", "").rpartition(" [")[2].rstrip("]") if "[" in error.schema.get("description", "") else ""
        self.add(
            place, "reform.range", error.instance, f"{error.instance} 超出允许范围：{least} 至 {most}" + (f"（单位 {unit}）。" if unit else "。"),
            f"{error.instance} is out of range; allowed: {least} to {most}" + (f" (unit {unit})." if unit else "."),
        )

    def _empty(self, place: Place, error: Any) -> None:
        self.add(place, "reform.empty", error.instance, "不能为空。", "It must not be empty.")

    def _other(self, place: Place, error: Any) -> None:
        self.add(place, "reform.form", error.instance, f"不合要求（{error.message}）。", f"Not as it should be: {error.message}.")


SAY: dict[str, Callable[[Faults, Place, Any], None]] = {
    "additionalProperties": Faults._unknown_key, "required": Faults._missing_key, "oneOf": Faults._one_of,
    "anyOf": Faults._one_of, "enum": Faults._not_allowed, "type": Faults._kind, "pattern": Faults._pattern,
    "minimum": Faults._range, "maximum": Faults._range, "exclusiveMinimum": Faults._range,
    "minLength": Faults._empty, "minItems": Faults._empty, "minProperties": Faults._empty,
}


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    return Draft202012Validator(reform_schema())


def _month() -> Any:
    return reform_schema()["$defs"]["month"]


def _near(word: object, allowed: Iterable[object]) -> str:
    """The allowed words, those like the given one first."""
    words = [str(item) for item in allowed]
    like = difflib.get_close_matches(str(word), words, n=3, cutoff=0.5)
    return ", ".join([*like, *(item for item in words if item not in like)])


def _written(place: Place) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text
