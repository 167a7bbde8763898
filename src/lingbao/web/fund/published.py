"""The tables of the public page, as its downloads and the API both give them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lingbao.web.fund import accounts

_INTERRUPTION = ("group", "cell", "members", "ever", "mean_years", "density", "first_job_known")
_STANDARDS = ("what", "province", "finished", "open_late", "median_working_days", "longest_working_days", "in_time")
_TABLES: dict[str, tuple[tuple[str, ...], Callable[[], Iterable[Iterable[Any]]]]] = {
    "digests": (accounts.DIGEST, accounts.digest_lines),
    "flows": (("province", *accounts.FLOWS), lambda: ([line["province"], *line["cells"].values()] for line in accounts.flows())),
    "balances": (("kind", "fen"), lambda: ([line["kind"], line["fen"]] for line in accounts.balances())),
    "members": (("group", "cell", "status", "persons"), lambda: (
        [table["group"], line["code"], status, count]
        for table in accounts.members() for line in table["lines"] for status, count in zip(table["codes"], line["cells"], strict=True))),
    "interruption": (_INTERRUPTION, lambda: ([each[name] for name in _INTERRUPTION] for each in accounts.stopped()["interruption"])),
    "standards": (_STANDARDS, lambda: ([each[name] for name in _STANDARDS] for each in accounts.service())),
}
NAMES = tuple(_TABLES)


def lines(name: str) -> list[dict[str, Any]]:
    """Return a published table, one of `NAMES`; what is not published, cells of few among them, is None."""
    heading, found = _TABLES[name]
    return [dict(zip(heading, line, strict=True)) for line in found()]


def text(name: str) -> str:
    """Return the same as CSV; what is not published is an empty cell."""
    heading, found = _TABLES[name]
    return accounts.table(heading, found())
