"""Reforms by name: those shipped, and those that visitors made, under the hash of their content."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from lingbao.law.errors import InputError
from lingbao.law.reform import Reform, compose
from lingbao.law.reform_library import library
from lingbao.law.reform_read import parse_reform, reform_of
from lingbao.law.store import Law
from lingbao.web.lab import gallery
from lingbao.web.lab.models import Run, StoredReform

HASH = re.compile(r"^[0-9a-f]{64}$")
DESIGN = re.compile(r"^F2-\d{3}$")
UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what YAML does not take
MOST_BYTES = 64 * 1024
KEPT_DAYS = 30  # reforms that were never run


def shipped(name: str) -> Reform | None:
    """Return a shipped reform by its id, capitals aside."""
    wanted = name.lower()
    return next((reform for reform in (*library(), *gallery.designs()) if reform.id.lower() == wanted), None)


def find(name: str) -> Reform:
    """Return a shipped reform by its id, or a stored one by its hash.

    Raises
    ------
    InputError
        If there is none.
    """
    found = shipped(name)
    if found is not None:
        return found
    row = StoredReform.objects.filter(hash=name).first() if HASH.match(name) else None
    if row is None:
        raise InputError(
            "lab.no_reform", value=name[:80], zh=f"没有名为“{name[:80]}”的改革。请在改革目录中选择，或重新上传。",
            en=f"There is no reform '{name[:80]}'. Choose one in the gallery, or upload it again.",
        )
    return reform_of(row.content)


def composed(first: Reform, second: Reform) -> Reform:
    """Return the second reform laid over the first.

    Raises
    ------
    LingbaoError
        If they are the same, nothing runs both, or the law does not carry them together.
    """
    if first.hash == second.hash:
        raise InputError("lab.same", value=first.id, zh="请选两项不同的改革。", en="Choose two different reforms.")
    made = compose(first, second)
    made.apply(Law.load())
    if "laboratory" not in made.runs_in:
        raise InputError("lab.together", value=made.id, zh="这两项改革不能一起在实验室运行：其中一项只用于规划器。",
                         en="These two cannot run together in the laboratory: one of them is for the planner only.")
    return made


def conflicts_of(reform: Reform) -> list[dict[str, Any]]:
    """Return the conflicts that were found when a stored reform was composed."""
    row = StoredReform.objects.filter(hash=reform.hash).first()
    return list(row.conflicts) if row is not None else []


def store(reform: Reform) -> str:
    """Keep a reform and return the name of its page: the id of a shipped one, otherwise its hash."""
    known = shipped(reform.id)
    if known is not None and known.hash == reform.hash:
        return known.id
    StoredReform.objects.get_or_create(hash=reform.hash, defaults={
        "content": reform.to_dict(), "conflicts": [conflict.to_dict() for conflict in reform.conflicts],
    })
    return reform.hash


def read(text: str, name: str, law: Law) -> Reform:
    """Read a reform file that somebody sent.

    Raises
    ------
    LingbaoError
        With file, line, path and what is allowed.
    """
    odd = UNREADABLE.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise InputError("lab.file", value=f"U+{ord(odd.group()):04X}", where=f"{name}:{line}",
                         zh=f"有不可见的控制字符 U+{ord(odd.group()):04X}，请删去；文件应为纯文本。",
                         en=f"There is a control character, U+{ord(odd.group()):04X}; remove it. The file must be plain text.")
    if len(text.encode()) > MOST_BYTES:
        raise InputError("lab.file", value=len(text), where=name, zh=f"改革文件太大，最多 {MOST_BYTES // 1024} KB。",
                         en=f"The reform file is too large; the limit is {MOST_BYTES // 1024} kB.")
    if not text.strip():
        raise InputError("lab.file", where=name, zh="文件是空的。", en="The file is empty.")
    reform = parse_reform(text, name, law)
    reform.apply(law)
    return replace(reform, conflicts=())


def forget_unused() -> int:
    """Delete stored reforms that nobody ran within a month, and return how many those were."""
    old = StoredReform.objects.filter(made__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    found, _ = old.exclude(hash__in=Run.objects.values("reform_hash")).delete()
    return int(found)
