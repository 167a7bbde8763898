"""Formulas that a case states in words: parsed as plain arithmetic over given names, nothing else."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping

from lingbao.law.errors import InputError

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {"min": min, "max": max}
_WRITTEN = str.maketrans({"×": "*", "÷": "/", "−": "-", "（": "(", "）": ")", "，": ","})

# Chinese names of the quantities, the longer before the shorter they contain.
_CHINESE = (
    ("省级计发基数", "C_province"), ("当地计发基数", "C_local"), ("养老金计发基数", "C"), ("计发基数", "C"),
    ("指数化月平均缴费工资", "indexed_wage"), ("指数化工资", "indexed_wage"), ("平均缴费指数", "index"), ("缴费指数", "index"),
    ("指数", "index"), ("视同缴费年限", "years"), ("缴费年限", "years"), ("年限", "years"), ("过渡系数", "rate"), ("系数", "rate"),
    ("个人账户储存额", "account"), ("计发月数", "divisor"),
)


def normalised(form: str) -> str:
    """Return a formula without spaces, with plain operators, so that equal forms are equal texts."""
    written = form.translate(_WRITTEN).replace("%", "/100")
    for chinese, name in _CHINESE:
        written = written.replace(chinese, name)
    return re.sub(r"\s+", "", written)


def definitions(form: str) -> tuple[str, dict[str, str]]:
    """Split ``formula with a=…, b=…`` into the formula and its definitions."""
    main, *rest = re.split(r"\bwith\b|\bwhere\b|其中", form.translate(_WRITTEN))
    named: dict[str, str] = {}
    for part in re.split(r";|,(?=\s*\w+\s*=)", rest[0]) if rest else []:
        name, _, text = part.partition("=")
        named[name.strip()] = text.strip()
    return main.strip(), named


def evaluate(form: str, names: Mapping[str, float]) -> float:
    """Compute a formula of numbers, names, ``+ - * /``, ``min``, ``max`` and brackets.

    Raises
    ------
    InputError
        If the text holds anything else, or a name that is not given.
    """
    main, named = definitions(form)
    known = dict(names)
    for name, text in named.items():
        known[name] = evaluate(text, known)
    try:
        tree = ast.parse(normalised(main), mode="eval")
    except SyntaxError as error:
        raise _unreadable(form, str(error.msg)) from error
    return _value(tree.body, known, form)


def _value(node: ast.expr, names: Mapping[str, float], form: str) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in names:
        return float(names[node.id])
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, names, form), _value(node.right, names, form))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, names, form)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS and not node.keywords:
        return _FUNCTIONS[node.func.id](*(_value(argument, names, form) for argument in node.args))
    raise _unreadable(form, ast.unparse(node))


def _unreadable(form: str, part: str) -> InputError:
    return InputError(
        "case.form", value=form, where="form", zh=f"公式“{form}”中的“{part}”无法识别；可用：数字、已给的名称、+ - * / min max 和括号。",
        en=f"'{part}' in the formula '{form}' cannot be read; use numbers, given names, + - * / min max and brackets.",
    )
