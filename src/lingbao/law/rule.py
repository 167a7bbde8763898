"""What a rule of law is: a small scalar function that carries its article, unit, rounding and labels.

The text of a rule is written once. ``rule`` leaves it an ordinary Python function and attaches what the statute
says about it. Two twins are made from the same code object by rebinding the names it uses: a *traced* twin, in
which every rule it calls records itself (see :mod:`lingbao.law.trace`), and a *compiled* twin, in which every rule
it calls is a numba function (see :mod:`lingbao.law.compile`). No second copy of a formula exists anywhere.
"""

from __future__ import annotations

import functools
import inspect
import math
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from lingbao.law.rounding import ROUNDINGS

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """A rule of law and what the statute says about it.

    Attributes
    ----------
    name : str
        The rule's name; variants of different periods share it.
    source : Callable
        The plain function as written, before legal rounding.
    article : str
        Instrument and article.
    unit : str
        Unit of the result.
    label_zh, label_en : str
        Short name for people.
    term_zh : str
        The statute's own word.
    formula : str
        The formula with argument names in braces, for showing with numbers put in.
    rounding : str or None
        Name in :data:`lingbao.law.rounding.ROUNDINGS`.
    rounding_article : str
        Where the rounding is laid down, when it is.
    since, until : str or None
        First and last month (``YYYY-MM``) in which the rule is in force; None is open.
    mechanisms : tuple of str
        Ids of the source papers' mechanisms.
    """

    name: str
    source: Callable[..., Any]
    article: str
    unit: str
    label_zh: str
    label_en: str
    term_zh: str = ""
    formula: str = ""
    rounding: str | None = None
    rounding_article: str = ""
    since: str | None = None
    until: str | None = None
    mechanisms: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments, in order."""
        return tuple(inspect.signature(self.source).parameters)


REGISTRY: dict[str, list[Callable[..., Any]]] = {}


def rule(
    *,
    article: str,
    unit: str,
    label_zh: str,
    label_en: str,
    term_zh: str = "",
    formula: str = "",
    rounding: str | None = None,
    rounding_article: str = "",
    since: str | None = None,
    until: str | None = None,
    mechanisms: tuple[str, ...] = (),
    name: str | None = None,
) -> Callable[[F], F]:
    """Register a scalar function as a rule of law; see :class:`Rule` for the meaning of the parameters.

    The decorated function stays callable as ordinary Python and applies the declared rounding.
    """
    if rounding is not None and rounding not in ROUNDINGS:
        raise ValueError(f"unknown rounding {rounding!r}; known: {', '.join(ROUNDINGS)}")

    def register(function: F) -> F:
        meta = Rule(
            name=name or function.__name__, source=function, article=article, unit=unit, label_zh=label_zh,
            label_en=label_en, term_zh=term_zh, formula=formula, rounding=rounding,
            rounding_article=rounding_article, since=since, until=until, mechanisms=mechanisms,
        )
        if rounding is None:
            public: Any = function
        else:
            rounded = ROUNDINGS[rounding]

            @functools.wraps(function)
            def public(*args: Any, **kwargs: Any) -> Any:
                return round_result(meta, rounded, function(*args, **kwargs))

        public.rule = meta
        REGISTRY.setdefault(meta.name, []).append(public)
        return public

    return register


def round_result(meta: Rule, rounded: Callable[[float], float], value: float) -> float:
    """Round a rule's result; one that is no number means that some law behind it is not known.

    Raises
    ------
    MissingLaw
        If the value is not a number or not finite; nothing is guessed in its place.
    """
    try:
        return rounded(value)
    except (ValueError, OverflowError):
        from lingbao.law.errors import MissingLaw

        raise MissingLaw(
            "rule.no_number", value=value, where=meta.name,
            zh=f"计算“{meta.label_zh}”所需的某个数字没有收录，无法给出结果；请换一个年月，或补充当地公布的数字。",
            en=f"A number needed for '{meta.label_en}' is not known, so no figure is given; try another month or add the local figure.",
        ) from None


def scalar(function: F) -> F:
    """Mark a plain helper that rules call: it is compiled with them but not shown in explanations."""
    function.scalar = True  # type: ignore[attr-defined]
    return function


def plain(function: F) -> F:
    """Return the function itself: the runner that neither traces nor compiles."""
    return function


def rules() -> Iterator[Rule]:
    """Yield every registered rule."""
    for variants in REGISTRY.values():
        for function in variants:
            yield function.rule  # type: ignore[attr-defined]


def in_force(name: str, on: str) -> Callable[..., Any]:
    """Return the variant of rule ``name`` in force in month ``on`` (``YYYY-MM``).

    Raises
    ------
    MissingLaw
        If no variant is in force then; the message lists the periods that are known.
    """
    from lingbao.law.errors import MissingLaw

    variants = REGISTRY.get(name, [])
    for function in variants:
        meta: Rule = function.rule  # type: ignore[attr-defined]
        if (meta.since is None or meta.since <= on) and (meta.until is None or on <= meta.until):
            return function
    periods = ", ".join(
        f"{f.rule.since or '…'}–{f.rule.until or '…'}" for f in variants  # type: ignore[attr-defined]
    ) or "none"
    raise MissingLaw(
        "rule.period", value=on, where=name,
        zh=f"{on} 没有名为“{name}”的有效规则；已知的有效期：{periods}。",
        en=f"No rule '{name}' is in force in {on}; known periods: {periods}.",
    )


# Whole-number functions that a compiled rule must take from the processor: Python's return an int, which would stop
# the compiler from working on several lives at once.
WHOLE_NUMBER: tuple[Callable[..., Any], ...] = (math.floor, math.ceil)


def source_of(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return the plain source function of a rule or scalar helper, or None for anything else."""
    meta = getattr(function, "rule", None)
    if isinstance(meta, Rule):
        return meta.source
    return function if getattr(function, "scalar", False) else None


def rebind(source: Callable[..., Any], twin: Callable[[Any], Any]) -> Callable[..., Any]:
    """Copy ``source`` with every rule or helper it names replaced by ``twin`` of it.

    Works on the code object, so the copy has the same text, line numbers and file.
    """
    if not isinstance(source, types.FunctionType):
        raise TypeError(f"{source!r} is not a plain function")
    bindings = dict(source.__globals__)
    for used in source.__code__.co_names:
        value = bindings.get(used)
        if callable(value) and (
            source_of(value) is not None or value in ROUNDINGS.values() or value in WHOLE_NUMBER
        ):
            bindings[used] = twin(value)
    copy = types.FunctionType(
        source.__code__, bindings, source.__name__, source.__defaults__, source.__closure__
    )
    copy.__kwdefaults__ = source.__kwdefaults__
    copy.__module__ = source.__module__
    copy.__qualname__ = source.__qualname__
    copy.__doc__ = source.__doc__
    return copy
