"""The matters of a worker in one request each: the questions of the pages, their checks, and the same services behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router

from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.registry.errors import Conflict
from lingbao.registry.keys import blind_index
from lingbao.registry.ledger.commands import Command, answer_of, execute
from lingbao.web.account.access import me_of
from lingbao.web.account.matter import Asked, Matter
from lingbao.web.account.urls import MATTERS
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry import worker_schemas as w
from lingbao.web.api.registry.worker_access import KEY, worker
from lingbao.web.api.schemas import Strict
from lingbao.web.errors import several
from lingbao.web.fields import Field

BY_NAME: dict[str, Matter] = {each.name: each for each in MATTERS}
Answers = Mapping[str, str]


def text_of(value: Any) -> str:
    """Write a value of a request as the page's form would send it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2f}" if isinstance(value, float) else value.isoformat() if isinstance(value, date) else str(value)


def answers_of(data: Any) -> dict[str, str]:
    """Return the answers in the body of a request, without those that were left out."""
    return {name: text_of(value) for name, value in data.model_dump(exclude_none=True).items()}


def questions(request: HttpRequest, matter: Matter, answers: Answers) -> dict[str, Any]:
    """Return the questions that these answers lead to, with what may be answered; what is wrong is left as not answered."""
    asked = _asked(request, matter)
    elsewhere = matter.open(asked)
    shown = []
    for each in matter.questions if elsewhere is None else ():
        if not each.applies(asked):
            continue
        rows = each.fields(asked)
        for row in rows:
            try:
                asked.values[row.name] = row.read(answers[row.name])
            except (KeyError, InputError):
                continue
        shown.append({"slug": each.slug, "zh": each.zh, "en": each.en, "hint_zh": each.hint_zh, "hint_en": each.hint_en,
                      "fields": [_field(row) for row in rows], "notes": [{"zh": zh, "en": en} for zh, en in each.beside(asked)]})
    return {"matter": matter.name, "zh": matter.zh, "en": matter.en, "open": elsewhere is None, "elsewhere": elsewhere, "questions": shown}


def _field(row: Field) -> dict[str, Any]:
    said: dict[str, Any] = {"name": row.name, "kind": row.kind, "zh": row.zh, "en": row.en, "hint_zh": row.hint_zh, "hint_en": row.hint_en, "optional": row.optional}
    if row.kind in ("choice", "select"):
        said["choices"] = [asdict(choice) for choice in row.options]
    elif row.kind in ("number", "integer", "money"):
        said |= {"low": row.low, "high": row.high, "unit_zh": row.unit_zh, "unit_en": row.unit_en}
    return said


def consequences(request: HttpRequest, matter: Matter, answers: Answers) -> dict[str, Any]:
    """Return what follows from the answers, as the page on which they are checked; nothing is sent.

    Raises
    ------
    ErrorList
        What is wrong with the answers.
    """
    asked = _asked(request, matter)
    _open(matter, asked)
    _read(matter, asked, answers)
    rows, notes = matter.told(asked)
    zh, en = matter.button(asked)
    return {"matter": matter.name, "rows": [{"label": each.label, "answer": each.answer} for each in rows],
            "notes": [{"zh": zh_note, "en": en_note} for zh_note, en_note in notes], "button": {"zh": zh, "en": en}}


def send(request: HttpRequest, matter: Matter, answers: Answers, key: str, *, asks_outside: Command | None = None) -> dict[str, Any]:
    """Do a matter once for a key, and return where it stands.

    Parameters
    ----------
    asks_outside : Command, optional
        For a matter that asks somebody outside, such as a bank, who is not asked within a transaction: the command that
        stands before the asking. Once it stands, the matter goes on where the connection broke.

    Raises
    ------
    ErrorList
        What is wrong with the answers.
    Conflict
        If the matter is not open, or the key was used for something else.
    """
    asked = _asked(request, matter, key)
    # What is asked may be personal: the stored command knows it by a keyed hash alone.
    content = {"answers": blind_index(json.dumps(dict(answers), sort_keys=True), "api command").hex()}
    command = Command(f"api.{matter.name}", key, content)

    def answer_at(address: str) -> dict[str, Any]:
        return {"number": _number(address), "page": address}

    def work() -> dict[str, Any]:
        _open(matter, asked)
        _read(matter, asked, answers)
        return answer_at(matter.send(asked))

    if asked.me is None:  # nobody has the key yet; the matter itself is done once for a person
        answer = work()
        me = me_of(request)
        assert me is not None
        return dict(execute(me.actor, command, lambda: answer))
    if asks_outside is None:
        return dict(execute(asked.me.actor, command, work))
    actor = asked.me.actor
    stored = answer_of(actor, command)
    if stored is not None:
        return dict(stored)
    if answer_of(actor, asks_outside) is None:
        _open(matter, asked)
    _read(matter, asked, answers)
    address = matter.send(asked)
    return dict(execute(actor, command, lambda: answer_at(address)))


def done(request: HttpRequest, matter: Matter, data: Any, key: str) -> dict[str, Any]:
    """Do a matter of the worker who is signed in, with the answers in the body of the request; errors as `send`."""
    worker(request)
    return send(request, matter, answers_of(data), key)


def sends(router: Router, address: str, matter: Matter, takes: type[Strict], zh: str, en: str, told: str) -> None:
    """Add the operation that does a matter of the worker who is signed in.

    Parameters
    ----------
    takes : type
        Body of the request: its fields are those of the matter's questions.
    zh, en, told : str
        What it is called in both languages, and what is said of it.
    """
    def operation(request: HttpRequest, data: Any, idempotency_key: s.IdempotencyKey = KEY) -> Any:
        return done(request, matter, data, idempotency_key)

    operation.__name__, operation.__doc__ = f"send_{matter.name.replace('-', '_')}", told
    operation.__annotations__["data"] = takes
    router.post(address, **s.operation(zh, en, w.DoneOut))(operation)


def _asked(request: HttpRequest, matter: Matter, key: str = "") -> Asked:
    return Asked(request, getattr(request, "me", None), {}, key)


def _open(matter: Matter, asked: Asked) -> None:
    elsewhere = matter.open(asked)
    if elsewhere is not None:
        raise Conflict("account.not_open", value=elsewhere, where=matter.name, zh=f"“{matter.zh}”现在不能办，请看 {elsewhere}。",
                       en=f"'{matter.en}' is not open now; see {elsewhere}.")


def _read(matter: Matter, asked: Asked, answers: Answers) -> None:
    """Read the answers in the order of the questions; an answer to what is not asked is a fault too."""
    faults: list[LingbaoError] = []
    left = set(answers)
    for each in matter.questions:
        if not each.applies(asked):
            continue
        for row in each.fields(asked):
            left.discard(row.name)
            try:
                asked.values[row.name] = row.read(answers.get(row.name, ""))
            except InputError as error:
                faults += several(error)
        if faults:  # later questions depend on earlier answers
            raise faults[0] if len(faults) == 1 else ErrorList(faults)
    if left:
        name = sorted(left)[0]
        raise InputError("answer.not_asked", value=name[:40], where=name[:40], zh=f"“{name[:40]}”在这里不用填，或者不是可选的一项。",
                         en=f"'{name[:40]}' is not asked here.")


def _number(address: str) -> str | None:
    parts = address.strip("/").split("/")
    return parts[2] if len(parts) == 3 else None
