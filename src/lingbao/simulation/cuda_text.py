"""The text of the block kernel as one thread of a graphics processor reads it: a block of one life.

Nothing of the simulation is written a second time. The kernel and every function it calls are taken as they stand, and
three things are said in another way, because a thread has no lives beside it and shares the accounts with all others:

- a block has one lane, so that the beginning of row R is R and not 64 R, and each thread lives the lives that fall to it;
- the arrays of a block are memory of the thread;
- adding to the accounts is one indivisible step. They hold whole numbers, so the order of adding does not show.

Besides, functions to whole numbers go by the name that the device's library has for them, and rows and columns, which the
text calls by name, by their numbers.
"""

from __future__ import annotations
import __future__

import ast
import functools
import inspect
import sys
import textwrap
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import numba
import numpy as np
from numba import cuda

from lingbao.law.rounding import ROUNDINGS
from lingbao.law.rule import WHOLE_NUMBER, Rule, rebind, source_of
from lingbao.simulation.block import LANES

ACCOUNTS = ("fund", "people", "choices")
"""Names under which the kernel's functions know the arrays that all threads add to."""

WHOLE = ("floor", "ceil", "rint")
"""Functions to whole numbers that the kernel's text takes from numpy, and its rules from ``math``."""


@functools.cache
def _to_whole(name: str) -> Any:
    """Return such a function as the device has it; the simulator of a device has numpy's."""
    settings: Any = numba.config
    if settings.ENABLE_CUDASIM:
        return getattr(np, name)
    from numba.cuda import libdevice

    return getattr(libdevice, name)


def kernel_of(block_kernel: Callable[..., Any]) -> Any:
    """Return the graphics kernel that lives the lives of a block kernel, one thread a life.

    Raises
    ------
    TypeError
        If the text has no loop over blocks or no accounts to add to, so that it would not do what is said here.
    """
    text = getattr(block_kernel, "__wrapped__", block_kernel)
    said = _Said()
    kernel = cuda.jit(_said_otherwise(text, said))
    if said.loops != 1 or not said.arrays:
        raise TypeError(f"{text.__name__} has {said.loops} loops over blocks and {said.arrays} arrays of a block; one and some were expected")
    return kernel


@functools.cache
def on_device(function: Callable[..., Any]) -> Any:
    """Return the twin of a rule or helper that runs inside a graphics kernel, rounding included."""
    if function in WHOLE_NUMBER:
        return _to_whole(function.__name__)
    if function in ROUNDINGS.values():
        return cuda.jit(device=True)(rebind(function, on_device))
    source = source_of(function)
    if source is None:
        raise TypeError(f"{function!r} is neither a rule nor a scalar helper")
    core = cuda.jit(device=True)(_said_otherwise(source, _Said()))
    meta = getattr(function, "rule", None)
    if not isinstance(meta, Rule) or meta.rounding is None:
        return core
    names = ", ".join(inspect.signature(source).parameters)
    scope: dict[str, Any] = {"core": core, "rounding": on_device(ROUNDINGS[meta.rounding])}
    exec(f"def {source.__name__}({names}):\n    return rounding(core({names}))\n", scope)
    return cuda.jit(device=True)(scope[source.__name__])


class _Said:
    """What was said otherwise in a text."""

    def __init__(self) -> None:
        self.loops = self.arrays = self.others = 0


def _said_otherwise(source: Callable[..., Any], said: _Said) -> Callable[..., Any]:
    """Return a function with its calls bound to device twins, and with its text changed where a thread needs it."""
    bound = rebind(source, on_device)
    scope = bound.__globals__
    scope |= {name: scope[name] // LANES for name in _beginnings_of_rows(source.__module__) & scope.keys()} | {"LANES": 1}
    tree = ast.parse(textwrap.dedent(inspect.getsource(source)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    _ForOneThread(scope, said).visit(definition)
    if not (said.loops or said.arrays or said.others):
        return bound
    ast.increment_lineno(tree, source.__code__.co_firstlineno - 1)
    scope |= {"cuda": cuda, "_float64": numba.float64, "_uint64": numba.uint64, "_int64": numba.int64} | {f"_{name}": _to_whole(name) for name in WHOLE}
    code = compile(ast.fix_missing_locations(tree), source.__code__.co_filename, "exec", __future__.annotations.compiler_flag,
                   dont_inherit=True)
    exec(code, scope)
    made: Callable[..., Any] = scope[source.__name__]
    return made


def _has_beginnings(kind: type[IntEnum]) -> bool:
    """Tell whether the members of an enumeration are beginnings of rows in a block, see layout."""
    return len(kind) > 1 and all(member % LANES == 0 for member in kind)


@functools.cache
def _beginnings_of_rows(module: str) -> frozenset[str]:
    """Return the names of a module, its own and those it has from others of the simulation, that count in lanes.

    Such a number was made from ``LANES``, from the beginning of a row, or from another such number.
    """
    found: set[str] = set()
    here = vars(sys.modules[module])
    for line in ast.parse(inspect.getsource(sys.modules[module])).body:
        match line:
            case ast.ImportFrom(module=str(origin), names=names) if origin.startswith(__package__ or "lingbao.simulation"):
                found |= {each.name for each in names} & _beginnings_of_rows(origin)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if isinstance(here[name], int):
                used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
                owners = [here.get(node.value.id) for node in ast.walk(value)
                          if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
                rows = [kind for kind in owners if isinstance(kind, type) and issubclass(kind, IntEnum) and _has_beginnings(kind)]
                if rows or used & {"LANES", *found}:
                    if here[name] % LANES:
                        raise TypeError(f"{module}.{name} = {here[name]} counts in lanes but is no multiple of {LANES}")
                    found.add(name)
    return frozenset(found)


class _ForOneThread(ast.NodeTransformer):
    """Says the three things otherwise; everything else stays as it is."""

    def __init__(self, scope: dict[str, Any], said: _Said) -> None:
        self.scope = scope
        self.said = said

    def visit_For(self, node: ast.For) -> Any:
        """Turn ``for low in range(0, lives, LANES)`` into the lives that fall to this thread."""
        match node.iter:
            case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=0), lives, ast.Name(id="LANES")]):
                node.iter = _expression(f"range(cuda.grid(1), {ast.unparse(lives)}, cuda.gridsize(1))")
                self.said.loops += 1
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> Any:
        """Turn ``name = np.zeros(shape, type)`` into memory of the thread, set to zero."""
        self.generic_visit(node)
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="zeros"), args=given)):
                shape = self._known(given[0])
                kind = np.dtype(self._known(given[1]) if len(given) > 1 else np.float64).name
                self.said.arrays += 1
                sizes = shape if isinstance(shape, tuple) else (shape,)
                places = [f"_{name}_{axis}" for axis in range(len(sizes))]
                lines = [f"{name} = cuda.local.array({sizes}, _{kind})"]
                lines += ["    " * axis + f"for {place} in range({size}):" for axis, (place, size) in enumerate(zip(places, sizes, strict=True))]
                lines.append("    " * len(sizes) + f"{name}[{', '.join(places)}] = 0")
                return ast.parse("\n".join(lines)).body
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """Turn ``fund[where] += amount`` into one indivisible step."""
        match node:
            case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name), slice=where), op=ast.Add(), value=amount) if name in ACCOUNTS:
                self.said.others += 1
                return self.generic_visit(ast.parse(f"cuda.atomic.add({name}, {ast.unparse(where)}, {ast.unparse(amount)})").body[0])
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        """Turn ``np.floor(x)`` and its like into the device's own."""
        match node.func:
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in WHOLE:
                node.func = ast.Name(f"_{name}", ast.Load())
                self.said.others += 1
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Turn ``State.ACCOUNT`` into its number, which the device's compiler needs for an index."""
        match node.value:
            case ast.Name(id=name) if isinstance(kind := self.scope.get(name), type) and issubclass(kind, IntEnum):
                self.said.others += 1
                return ast.Constant(int(kind[node.attr]) // (LANES if _has_beginnings(kind) else 1))
        return self.generic_visit(node)

    def _known(self, node: ast.expr) -> Any:
        """Return a shape or type, which the compiler must know beforehand."""
        return eval(compile(ast.Expression(node), "<shape>", "eval"), self.scope)


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
