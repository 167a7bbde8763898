"""Errors as part of the interface: which value is wrong, why, and what would be right, in two languages."""

from __future__ import annotations

from typing import Any


class LingbaoError(Exception):
    """Base of every error a user may see.

    Parameters
    ----------
    code : str
        Stable dotted identifier, such as ``person.birth``.
    value : object
        The offending value as it was given.
    zh, en : str
        What was wrong, why, and what would be right.
    where : str, optional
        Where the value came from: a field, a row and column, a parameter path.
    """

    def __init__(self, code: str, *, zh: str, en: str, value: object = None, where: str | None = None) -> None:
        super().__init__(en)
        self.code = code
        self.value = value
        self.zh = zh
        self.en = en
        self.where = where

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes whole, whatever the subclass needs to be made."""
        return _restored, (type(self), self.args, self.__dict__)

    def message(self, lang: str = "zh") -> str:
        """Return the text in ``lang`` (``zh`` or ``en``), with the place it came from."""
        text = self.zh if lang == "zh" else self.en
        return f"{self.where}: {text}" if self.where else text

    def to_dict(self) -> dict[str, object]:
        """Return the error as plain data for JSON."""
        return {"code": self.code, "value": None if self.value is None else str(self.value),
                "where": self.where, "zh": self.zh, "en": self.en}


class InputError(LingbaoError):
    """Something a person or a file said cannot be true or cannot be read."""


class MissingLaw(LingbaoError):
    """The law has no known value for what was asked; nothing is guessed in its place."""


class ParameterError(LingbaoError):
    """A parameter file breaks its schema."""


class ErrorList(LingbaoError):
    """Several errors found at once, so that all can be mended at once."""

    def __init__(self, errors: list[LingbaoError]) -> None:
        self.errors = errors
        super().__init__(
            "several",
            zh="；".join(error.message("zh") for error in errors),
            en="; ".join(error.message("en") for error in errors),
        )

    def to_dict(self) -> dict[str, object]:
        return {"code": self.code, "errors": [error.to_dict() for error in self.errors]}


def _restored(kind: type[LingbaoError], args: tuple[Any, ...], state: dict[str, Any]) -> LingbaoError:
    """Make an error again as it was."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error
