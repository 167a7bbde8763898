"""Lines of a statement in the worker's words, and the law behind the amount of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules.account import statement_interest
from lingbao.law.rules.contribution import account_part_of_amount, monthly_contribution, pooled_share
from lingbao.law.store import Law
from lingbao.law.trace import node_of, noted, parameter, traced
from lingbao.registry.ledger.queries import Account, Line, accounts_of, statement
from lingbao.web import explanation, figures
from lingbao.web.account import words

FIRST_YEAR = 1950
FIRST_MONTH = FIRST_YEAR * MONTHS_PER_YEAR  # a smaller number at the end of a cause is a year


@dataclass(frozen=True)
class Shown:
    """A line as the page shows it."""

    entry: int
    account: int
    kind: str
    what: str
    day: object
    fen: int
    balance: int
    reversed: bool
    law_hash: str

    @property
    def yuan(self) -> float:
        """Amount [yuan]."""
        return self.fen / 100

    @property
    def balance_yuan(self) -> float:
        """Balance after it [yuan]."""
        return self.balance / 100


def described(line: Line, lang: str) -> str:
    """Say what a line is: its kind, and the month or year it pays."""
    zh, month, year = lang == "zh", month_paid(line), year_paid(line)
    bought = year is not None and line.reason.startswith("补缴")
    text = ("补缴" if zh else "Bought") if bought else words.said(words.ENTRIES, line.kind, lang)
    if year is not None:
        text += f" {year}年" if zh else f" {year}"
    elif month is not None:
        text += f" {figures.month(month, lang)}"
    if line.reverses is not None:
        text += "（冲回）" if zh else " (taken back)"
    return text


def month_paid(line: Line) -> int | None:
    """Return the month that a contribution or subsidy pays; None where it pays none, or a whole year."""
    number = _paid(line)
    return number if number >= FIRST_MONTH and year_paid(line) is None else None


def year_paid(line: Line) -> int | None:
    """Return the year that a contribution pays at once: a fee of the resident scheme, or the months of a year in one entry."""
    number = _paid(line)
    if line.kind != "contribution" or number < FIRST_YEAR:
        return None
    if number < FIRST_MONTH:
        return number
    return number // MONTHS_PER_YEAR if line.reason.rstrip().endswith("年") else None


def _paid(line: Line) -> int:
    """The number at the end of a line's cause, such as ``bill:3:24310``; 0 where it has none."""
    last = (line.source or "").rpartition(":")[2]
    return int(last) if line.kind in ("contribution", "subsidy") and last.isascii() and last.isdigit() else 0


def accounts(person: int, lang: str, as_of: date | None = None, known_on: date | None = None) -> list[tuple[Account, str, list[Shown]]]:
    """Return the accounts of a worker that had moved by a day (none: today), with their lines, the latest first.

    `known_on` leaves out what was booked after that day, such as a correction with an earlier date.
    """
    found = []
    for account in accounts_of("person", person):
        lines = [Shown(each.entry, account.id, each.kind, described(each, lang), each.value_date, each.amount_fen, each.balance_fen,
                       each.reversed_by is not None, each.law_hash) for each in statement(account.id, as_of=as_of, known_on=known_on)]
        if lines:
            found.append((account, words.said(words.ACCOUNTS, account.kind, lang), lines[::-1]))
    order = list(words.ACCOUNTS)
    return sorted(found, key=lambda each: order.index(each[0].kind) if each[0].kind in order else len(order))


@dataclass(frozen=True)
class Batch:
    """What a platform reported of the worker in one file: orders, those exempt, income and what was withheld [fen]."""

    zh: str
    en: str
    orders: int
    exempt: int
    income_fen: int
    withheld_fen: int

    @property
    def income(self) -> float:
        """Income [yuan]."""
        return self.income_fen / 100

    @property
    def withheld(self) -> float:
        """Withheld [yuan]."""
        return self.withheld_fen / 100


def batch_of(line: Line) -> Batch | None:
    """Return what lies behind a line of withheld money (inside a transaction of the worker), None for other lines."""
    source, _, file = (line.source or "").partition(":")
    if line.kind != "orders.file" or source != "file":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.name_zh, p.name_en, sum(w.orders)::int, sum(w.exempt)::int, sum(w.income_fen)::bigint, sum(w.withheld_fen)::bigint"
                       " FROM orders_file_worker w JOIN orders_platform p ON p.id = w.platform_id WHERE w.file_id = %s GROUP BY p.id", [int(file)])
        row = cursor.fetchone()
    return None if row is None else Batch(*row)


@dataclass(frozen=True)
class Reason:
    """Why an amount is what it is: what it is called, the steps that lead to it, the newest first."""

    title: str
    steps: list[object]


def reasons(law: Law, line: Line, account: Account, person: int, lang: str) -> list[Reason]:
    """Return the law behind a line: a contribution is worked out again from its base; other kinds name their rule alone.

    The base is the recorded one, so the steps end in the very amounts that were posted.
    """
    month = month_paid(line)
    if line.kind == "contribution" and month is not None and account.kind in ("individual", "suspense"):
        return _contribution(law, month, account.province, person, lang)
    if line.kind == "interest":
        rate = law.look_up("national.account.crediting_rate", line.value_date.year * MONTHS_PER_YEAR)
        node = node_of("crediting_rate", parameter(rate.path, float(rate.value), rate))
        rule = statement_interest.rule
        title = f"{rule.label_zh if lang == 'zh' else rule.label_en}（{rule.article}）" if lang == "zh" else f"{rule.label_en} ({rule.article})"
        return [Reason(title, list(explanation.steps(node, lang)))]
    return []


def _contribution(law: Law, month: int, province: str, person: int, lang: str) -> list[Reason]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT base_fen FROM record_month WHERE person_id = %s AND month = %s AND base_fen IS NOT NULL ORDER BY id DESC LIMIT 1",
                       [person, month])
        row = cursor.fetchone()
    if row is None:
        return []

    def rate(name: str) -> float:
        own = f"provinces.{province}.{name}"
        value = law.look_up(own if law.has(own) else f"national.contribution.{name}", month, provisional=True)
        return parameter(value.path, float(value.value), value)  # type: ignore[no-any-return]

    base = noted("recorded", "base", row[0] / 100)
    total, account = rate("total_rate"), rate("account_rate")
    amount = traced(monthly_contribution)(base, total)
    part = traced(account_part_of_amount)(amount, account, total)
    pooled = traced(pooled_share)(amount, part)
    zh = lang == "zh"
    return [
        Reason("这个月一共缴多少" if zh else "What the month costs", list(explanation.steps(node_of("amount", amount), lang))),
        Reason("其中进您个人账户的" if zh else "What goes into your own account", list(explanation.steps(node_of("part", part), lang))),
        Reason("其中进统筹基金的" if zh else "What goes into the pooled fund", list(explanation.steps(node_of("pooled", pooled), lang))),
    ]
