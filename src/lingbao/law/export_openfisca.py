"""Write the law's numbers in the parameter layout of OpenFisca: folders, one YAML file a parameter, values by date.

What OpenFisca can hold is a number in force from a date on. A value that ends without a successor is followed by null;
tables, texts and undated values are left out and counted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.law.values import Parameter, Value

UNITS = {"yuan/month": "currency-CNY", "yuan/year": "currency-CNY", "yuan": "currency-CNY", "1": "/1", "1/year": "/1"}


class Exported(NamedTuple):
    """How many parameters were written, and how many hold what the layout cannot express."""

    written: int
    left_out: int


def export(law: Law, directory: Path | str) -> Exported:
    """Write every numeric parameter under ``directory``.

    Provinces become ``provinces/province_36/benefit_base.yaml``; an area ``benefit_base__Shenzhen.yaml``.

    Raises
    ------
    InputError
        If the directory exists and is not empty: nothing is overwritten.
    """
    target = Path(directory)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(
            "export.directory", value=str(target), zh=f"文件夹“{target}”不是空的，请另选一个。",
            en=f"The folder '{target}' is not empty; choose another.",
        )
    written = left_out = 0
    for path in law.paths():
        content = _content(law, law.describe(path))
        if content is None:
            left_out += 1
            continue
        file = target / _file_of(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, content)
        written += 1
    _index(law, target)
    return Exported(written, left_out)


def _file_of(path: str) -> Path:
    floor, place, name = path.split(".", 2)
    folder = f"province_{place}" if floor == "provinces" else place
    return Path(floor) / folder / f"{name.replace('@', '__').replace(' ', '_')}.yaml"


def _content(law: Law, parameter: Parameter) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    for value, following in zip(parameter.values, (*parameter.values[1:], None), strict=True):
        number = value.value
        if value.since is None or isinstance(number, bool) or not isinstance(number, int | float):
            return None
        values[_date(value.since)] = {"value": number, "metadata": _metadata(law, value)}
        if value.until is not None and (following is None or following.since != value.until + 1):
            values[_date(value.until + 1)] = {"value": None}
    return {
        "description": parameter.label_en,
        "metadata": {"unit": UNITS.get(parameter.unit, parameter.unit), "label_zh": parameter.label_zh},
        "values": values,
    }


def _metadata(law: Law, value: Value) -> dict[str, Any]:
    found: dict[str, Any] = {"confidence": value.confidence, "sources": list(value.sources)}
    if value.document:
        titles = [f"{entry['id']} {entry['title_zh']}" for entry in law.cited(value.document)]
        found["reference"] = titles or [value.document]
    if value.published is not None:
        found["published"] = format_month(value.published)
    return found


def _date(month: int) -> str:
    return f"{format_month(month)}-01"


def _index(law: Law, target: Path) -> None:
    """Write an ``index.yaml`` with a description into every folder."""
    names = {f"province_{province.code}": f"{province.name_en} {province.name_zh}" for province in law.provinces()}
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        description = names.get(folder.name, f"Lingbao parameters: {folder.name}")
        content: dict[str, Any] = {"description": description}
        if folder == target:
            content["metadata"] = {"law_hash": law.hash}
        _write(folder / "index.yaml", content)


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
