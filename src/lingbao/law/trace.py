"""The traced twin of a rule: ordinary Python that records a tree of what was computed from what.

Values that come out of a rule, or out of the law's parameters, are numbers that remember where they come from
(:class:`SourcedFloat`, :class:`SourcedInt`). When such a number enters the next rule the tree links up by itself.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from lingbao.law.rounding import ROUNDINGS
from lingbao.law.rule import WHOLE_NUMBER, Rule, rebind, round_result, source_of


@dataclass(frozen=True)
class Node:
    """One step of an explanation.

    Attributes
    ----------
    kind : str
        ``rule`` (computed by a rule), ``parameter`` (a value of the law), ``input`` (what the person said),
        ``chosen`` (by an option), ``counted`` (along a life) or ``number`` (plain arithmetic between rules).
    name : str
        Rule name, parameter path or argument name.
    value : float
        The value after legal rounding.
    unrounded : float
        The value before rounding; equal to ``value`` where no rounding is declared.
    rule : Rule or None
        The rule, for ``kind == "rule"``.
    origin : object or None
        The parameter value with its document and sources, for ``kind == "parameter"``.
    arguments : dict of str to Node
        What it was computed from, by argument name.
    steps : tuple of Node
        Rules that this rule called on the way, in order.
    """

    kind: str
    name: str
    value: float
    unrounded: float
    rule: Rule | None = None
    origin: Any = None
    arguments: dict[str, Node] = field(default_factory=dict)
    steps: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first, each once."""
        seen: set[int] = set()
        stack = [self]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            stack.extend(reversed([*node.arguments.values(), *node.steps]))

    def find(self, name: str) -> Node | None:
        """Return the first node called ``name``, or None."""
        return next((node for node in self.walk() if node.name == name), None)


class SourcedFloat(float):
    """A float that knows the node it came from; arithmetic gives plain floats again."""

    node: Node

    def __new__(cls, value: float, node: Node) -> SourcedFloat:
        number = super().__new__(cls, value)
        number.node = node
        return number


class SourcedInt(int):
    """An int that knows the node it came from."""

    node: Node

    def __new__(cls, value: int, node: Node) -> SourcedInt:
        number = super().__new__(cls, value)
        number.node = node
        return number


def sourced(value: Any, node: Node) -> Any:
    """Attach ``node`` to a number; booleans and other values pass unchanged."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return SourcedInt(value, node)
    return SourcedFloat(value, node) if isinstance(value, float) else value


def parameter(name: str, value: Any, origin: Any) -> Any:
    """Return ``value`` as a number that comes from parameter ``name``; ``origin`` carries document and sources."""
    return sourced(value, Node("parameter", name, value, value, origin=origin))


def given(name: str, value: Any) -> Any:
    """Return ``value`` as a number that the person gave under ``name``."""
    return sourced(value, Node("input", name, value, value))


def noted(kind: str, name: str, value: Any) -> Any:
    """Return ``value`` as a number of another kind of leaf: ``chosen`` by an option, or ``counted`` along a life."""
    return sourced(value, Node(kind, name, value, value))


def node_of(name: str, value: Any) -> Node:
    """Return the node behind a number, or a leaf for a plain one."""
    node = getattr(value, "node", None)
    return node if isinstance(node, Node) else Node("number", name, value, value)


_calls: ContextVar[list[Node] | None] = ContextVar("calls", default=None)


@functools.cache
def traced(function: Callable[..., Any]) -> Any:
    """Return the recording twin of a rule or helper: same text, results that remember their arguments."""
    if function in ROUNDINGS.values() or function in WHOLE_NUMBER:
        return function
    source = source_of(function)
    if source is None:
        raise TypeError(f"{function!r} is neither a rule nor a scalar helper")
    twin = rebind(source, traced)
    meta = getattr(function, "rule", None)
    if not isinstance(meta, Rule):
        return twin
    rounding = ROUNDINGS[meta.rounding] if meta.rounding else None
    signature = inspect.signature(source)
    names = tuple(signature.parameters)

    @functools.wraps(source)
    def record(*args: Any, **kwargs: Any) -> Any:
        if len(args) == len(names):
            given_arguments = dict(zip(names, args, strict=True))
        else:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs, given_arguments = bound.args, bound.kwargs, dict(bound.arguments)
        inner: list[Node] = []
        token = _calls.set(inner)
        try:
            unrounded = twin(*args, **kwargs)
        finally:
            _calls.reset(token)
        value = unrounded if rounding is None else round_result(meta, rounding, unrounded)
        arguments = {name: node_of(name, argument) for name, argument in given_arguments.items()}
        node = Node("rule", meta.name, value, unrounded, rule=meta, arguments=arguments, steps=tuple(inner))
        outer = _calls.get()
        if outer is not None:
            outer.append(node)
        return sourced(value, node)

    return record
