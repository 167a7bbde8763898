"""A platform with workers to test with, and order files as it would send them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lingbao.registry.orders import platforms, taking, workers
from lingbao.registry.orders.platforms import Agreement
from lingbao.registry.orders.tables import row
from lingbao.registry.orders.taking import Answer, Declaration

DAY = date(2026, 11, 1)
TODAY = date(2026, 11, 21)
RATE = 0.05
HEADER = "business_date,order_number,sequence,worker,income_fen,minutes,orders"


@dataclass
class Shop:
    """One platform; ``r1`` to ``r9`` are linked to the persons 101 to 109."""

    id: int

    def send(self, lines: list[str], key: str, *, header: str = HEADER, **changes: Any) -> Answer:
        """Send CSV rows under a declaration that fits them, unless it is changed."""
        content = "\n".join([header, *lines, ""]).encode()
        income = sum(int(row.split(",")[4]) for row in lines if row.split(",")[4].lstrip("-").isdigit())
        said = {"rows": len(lines), "income_fen": income, **changes}
        return taking.take(self.id, Declaration(key, "csv", **said), content, today=TODAY)


def open_shop(code: str = "meal", *, sandbox: bool = False, agreement: Agreement | None = None) -> Shop:
    """Register a platform that withholds five percent of the income, and link nine workers."""
    place = platforms.register_platform(code, "外卖平台", "meal platform", "36", sandbox=sandbox)
    platforms.agree(place.id, agreement or Agreement(
        "income", RATE, date(2026, 1, 1), date(2026, 12, 31), "代扣协议（测试）第一条"))
    workers.link_many(place.id, {f"r{k}": 100 + k for k in range(1, 10)}, proof="签约记录")
    return Shop(place.id)


def order(number: object, worker: str = "r1", income: int = 1000, *, day: date = DAY, sequence: int = 0,
          minutes: object = "", orders: object = "") -> str:
    """Return one CSV row."""
    return f"{day},{number},{sequence},{worker},{income},{minutes},{orders}"


def balance(kind: str, owner_kind: str, owner: int) -> int:
    """Return what an account holds [fen]; 0 if nobody has opened it."""
    found = row("SELECT balance_fen FROM ledger_account WHERE kind = %s AND owner_kind = %s AND owner_id = %s",
                [kind, owner_kind, owner])
    return 0 if found is None else found[0]
