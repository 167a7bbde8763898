"""One field of a question: what it asks, what it takes, and how a wrong answer is answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lingbao.law.errors import InputError

LONGEST_ANSWER = 40
# Digits that a Chinese keyboard may give, and signs that people write into amounts.
_WIDE = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
_NUMBER = re.compile(r"^-?\d{1,12}(?:\.\d{1,8})?$")


@dataclass(frozen=True)
class Choice:
    """One answer to choose, with its words and an explanation."""

    value: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes
    ----------
    name : str
        Its name in the address and the form.
    kind : str
        ``choice`` (radio buttons), ``select`` (list), ``number``, ``integer``, ``money``, ``month`` or ``text``.
    zh, en : str
        The question.
    hint_zh, hint_en : str
        Where to find the answer, or what happens without one.
    choices : callable
        Returns the choices, for ``choice`` and ``select``.
    low, high : float
        Smallest and largest sensible number.
    optional : bool
        Whether it may be left empty.
    unit_zh, unit_en : str
        Unit shown beside the input.
    """

    name: str
    kind: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    choices: Callable[[], tuple[Choice, ...]] = tuple
    low: float = 0.0
    high: float = 1e9
    optional: bool = False
    unit_zh: str = ""
    unit_en: str = ""

    @property
    def options(self) -> tuple[Choice, ...]:
        """The choices."""
        return self.choices()

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are answers."""
        return self.kind == "integer"

    def _fault(self, value: str, zh: str, en: str) -> InputError:
        return InputError(f"answer.{self.name}", value=value, zh=zh, en=en)

    def read(self, text: str) -> Any:
        """Return the answer as a value: text of a choice, a number, or None where it may be empty.

        Raises
        ------
        InputError
            If it is missing, not one of the choices, not a number or out of range.
        """
        text = text.strip()
        if len(text) > LONGEST_ANSWER:
            raise self._fault(text[:LONGEST_ANSWER], f"“{self.zh}”太长，最多 {LONGEST_ANSWER} 个字符。",
                              f"“{self.en}” is too long; at most {LONGEST_ANSWER} characters.")
        if not text:
            if self.optional:
                return None
            verb = "请选择" if self.kind in ("choice", "select") else "请填写"
            raise self._fault(text, f"{verb}：{self.zh}", f"Please answer: {self.en}")
        if self.kind in ("choice", "select"):
            if text not in {choice.value for choice in self.options}:
                raise self._fault(text, f"“{text}”不在可选项中，请重新选择：{self.zh}",
                                  f"“{text}” is not one of the answers. Please choose again: {self.en}")
            return text
        return self._number(text)

    def _number(self, text: str) -> float | int:
        digits = re.sub(r"[,\s¥￥元]", "", text.translate(_WIDE))
        if not _NUMBER.match(digits):
            raise self._fault(text, f"“{text}”不是数字。请只填数字：{self.zh}",
                              f"“{text}” is not a number. Use digits only: {self.en}")
        value = float(digits)
        if self.whole and value != int(value):
            raise self._fault(text, f"“{text}”应为整数：{self.zh}", f"“{text}” must be a whole number: {self.en}")
        if not self.low <= value <= self.high:
            raise self._fault(text, f"“{text}”超出范围，应在 {self.low:,.10g} 到 {self.high:,.10g} 之间：{self.zh}",
                              f"“{text}” is out of range; it must lie between {self.low:,.10g} and {self.high:,.10g}: {self.en}")
        return int(value) if self.whole else value
