"""The orders of a worker as the worker sees them: by day, one by one, with the file and the entry behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lingbao.registry.asking import often
from lingbao.registry.orders.platforms import Agreement, agreements
from lingbao.registry.orders.tables import row, rows


@dataclass(frozen=True)
class OwnDay:
    """What one platform withheld on one day [fen]; `orders` counts refunds and corrections too."""

    day: date
    platform: int
    name_zh: str
    name_en: str
    orders: int
    income_fen: int
    withheld_fen: int


@dataclass(frozen=True)
class OwnMoves:
    """What moved in the own accounts since a day: withheld by platforms, received from them, put into the accounts [fen]."""

    withheld: int
    received: int
    credited: int


@dataclass(frozen=True)
class OwnOrder:
    """An order, or a refund or correction of it (`sequence` above 0).

    Attributes
    ----------
    day : datetime.date
    platform : int
    number : str
        The platform's number of the order.
    sequence : int
    orders : int
        1, or below for what is taken back.
    minutes : int
        Time worked, 0 where the platform does not send it [minutes].
    income_fen, withheld_fen : int
        Income, and what was withheld of it [fen].
    exempt : bool
        Nothing is withheld: an employer insures the worker on that day.
    file : int
        The file it came in.
    """

    day: date
    platform: int
    number: str
    sequence: int
    orders: int
    minutes: int
    income_fen: int
    withheld_fen: int
    exempt: bool
    file: int


@dataclass(frozen=True)
class Behind:
    """The file an order came in.

    Attributes
    ----------
    key : str
        The platform's name of the file.
    received_at : datetime.datetime
    identified : bool
        Whether the worker was known when it came; if not, `entry` is the one that brought the money over since.
    entry : int or None
        The entry in the books; None where nothing was withheld.
    received_on : datetime.date or None
        Day on which the platform's money came in; None while it is owed.
    law_hash : str
    """

    key: str
    received_at: datetime
    identified: bool
    entry: int | None
    received_on: date | None
    law_hash: str


def moves_since(day: date) -> OwnMoves:
    """Return what moved in the own accounts since a day (inside a transaction of the worker)."""
    found, = often("SELECT * FROM orders_own_moves(%s)", [day])
    return OwnMoves(*found)


def days(first: date, last: date) -> list[OwnDay]:
    """Return the sums by day and platform, the latest first (inside a transaction of the worker)."""
    return [OwnDay(*found) for found in rows(
        "SELECT d.business_date, d.platform_id, p.name_zh, p.name_en, d.orders, d.income_fen, d.withheld_fen"
        " FROM orders_own_days(%s, %s) d JOIN orders_platform p ON p.id = d.platform_id ORDER BY 1 DESC, 2", [first, last])]


_ORDER = ("SELECT business_date, platform_id, order_number, sequence, orders, minutes, income_fen, withheld_fen, exempt, file_id"
          " FROM orders_fact WHERE worker_id = ANY ((SELECT orders_workers_of_person())::integer[])")


def orders_of(day: date) -> list[OwnOrder]:
    """Return the single orders of a day in order of their numbers (inside a transaction of the worker)."""
    return [OwnOrder(*found) for found in rows(f"{_ORDER} AND business_date = %s ORDER BY platform_id, order_number, sequence", [day])]


def order(day: date, platform: int, number: str) -> list[OwnOrder]:
    """Return an order with its refunds and corrections of that day; nothing where it is not the worker's own."""
    return [OwnOrder(*found) for found in rows(
        f"{_ORDER} AND business_date = %s AND platform_id = %s AND order_number = %s ORDER BY sequence", [day, platform, number])]


def behind(file: int) -> Behind | None:
    """Return the file behind an order, None where it names no order of the worker."""
    found = row("SELECT key, received_at, identified, entry_id, received_on, law_hash FROM orders_own_file(%s)", [file])
    return None if found is None else Behind(*found)


def agreement_on(platform: int, day: date) -> Agreement | None:
    """Return how a platform withheld on a day, by the agreement the worker may read."""
    return next((each for each in agreements(platform) if each.since <= day <= each.until), None)
