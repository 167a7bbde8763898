"""The words of monitoring and what they mean, as data that is published with every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from lingbao.law.errors import InputError

FILE = Path(__file__).with_name("definitions.yaml")


@dataclass(frozen=True)
class Definitions:
    """Thresholds by name, and the Chinese and English words of statuses, measures, reasons and causes."""

    numbers: Mapping[str, int]
    statuses: Mapping[str, tuple[str, str]]
    measures: Mapping[str, tuple[str, str]]
    reasons: Mapping[str, tuple[str, str]]
    causes: Mapping[str, tuple[str, str]]

    def reason(self, code: str) -> str:
        """Return the code if it is one of the answers offered.

        Raises
        ------
        InputError
            If it is not.
        """
        if code not in self.reasons:
            raise InputError("monitoring.reason", value=code, zh=f"没有“{code}”这个选项，可选：{'、'.join(self.reasons)}。",
                             en=f"There is no answer '{code}'; there are: {', '.join(self.reasons)}.")
        return code


@cache
def definitions() -> Definitions:
    """Read the definitions, once."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    def words(part: str) -> dict[str, tuple[str, str]]:
        return {name: (each["zh"], each["en"]) for name, each in content[part].items()}

    numbers = {name: each["value"] for name, each in content.items() if isinstance(each, dict) and "value" in each}
    return Definitions(numbers, words("statuses"), words("measures"), words("reasons"), words("causes"))
