"""The citizen identity number of GB 11643: its check character, birth date and sex, and how it is shown."""

from __future__ import annotations

import contextlib
import functools
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from lingbao.law.errors import InputError
from lingbao.law.store import Law

_PATTERN = re.compile(r"[0-9]{17}[0-9X]")
_CHARACTERS = "10X98765432"  # of ISO 7064 MOD 11-2: the check character for each remainder


@dataclass(frozen=True)
class IdentityNumber:
    """A number whose check character, division and birth date hold.

    Parameters
    ----------
    text : str
        Eighteen characters.
    birth : datetime.date
        Date of birth, digits 7 to 14.
    sex : str
        ``male`` or ``female``, from the parity of digit 17.
    """

    text: str
    birth: date
    sex: str

    @property
    def masked(self) -> str:
        """First and last character only: enough to recognise one's own, too little to be of use to others."""
        return self.text[0] + "*" * (len(self.text) - 2) + self.text[-1]


def check_character(first_seventeen: str) -> str:
    """Return the check character of GB 11643: digits weighted by powers of two, remainder of division by eleven."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first_seventeen))
    return _CHARACTERS[total % 11]


def read_identity_number(text: str, *, today: date) -> IdentityNumber:
    """Return the number in `text`; spaces and a small x are forgiven.

    Raises
    ------
    InputError
        If it has another length, an unknown division, no such birth date, one after `today`, or a wrong check
        character. The number itself is never part of the message.
    """
    number = re.sub(r"\s", "", text).upper().translate(str.maketrans("０１２３４５６７８９Ｘ", "0123456789X"))
    if not _PATTERN.fullmatch(number):
        raise _wrong("form", "公民身份号码应为 18 位：17 位数字，末位为数字或 X。请对照身份证重新输入。",
                     "An identity number has 18 characters: 17 digits and a digit or X. Copy it from the card.")
    if not number.startswith(_divisions()):
        raise _wrong("division", "公民身份号码的前两位不是任何省份的代码。请对照身份证重新输入。",
                     "The first two digits are no code of a province. Copy the number from the card.")
    birth: date | None = None
    with contextlib.suppress(ValueError):
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    if birth is None or birth > today:
        raise _wrong("birth", "公民身份号码第 7 至 14 位不是已经过去的日期。请对照身份证重新输入。",
                     "Digits 7 to 14 are not a date that has passed. Copy the number from the card.")
    if check_character(number[:17]) != number[17]:
        raise _wrong("check", "公民身份号码的末位校验码不符，可能有一位输错。请对照身份证重新输入。",
                     "The last character does not fit the others; a digit is probably wrong. Copy the number from the card.")
    return IdentityNumber(number, birth, "male" if int(number[16]) % 2 else "female")


def masked_name(name: str) -> str:
    """Return a name with only its first character shown."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def _wrong(what: str, zh: str, en: str) -> InputError:
    return InputError(f"person.identity_number.{what}", where="identity_number", zh=zh, en=en)


@functools.cache
def _divisions() -> tuple[str, ...]:
    other = yaml.safe_load((Path(__file__).parent / "identity.yaml").read_text(encoding="utf-8"))
    provinces = tuple(province.code for province in Law.load().provinces())
    return (*provinces, *other["other_divisions"], other["foreign_permanent_residents"])
