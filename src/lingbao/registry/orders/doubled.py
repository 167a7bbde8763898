"""An order that was taken on two days: what the registry does about one that the audit found."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from lingbao.law.errors import InputError
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.taking import Answer, Declaration, known, take
from lingbao.registry.session import SYSTEM, run_as


def take_back(platform_id: int, order_number: str, day: date) -> Answer:
    """Take an order back on one of the days on which it stands; on the other it stays.

    It is done as the platform itself would do it: by a correction of the next sequence, in a file of one row whose key names
    the order and the day, so that the platform finds it in its files and in the reconciliation. Asked again it gives the same answer.

    Parameters
    ----------
    day : datetime.date
        The business date that is wrong.

    Raises
    ------
    InputError
        If the order does not stand on that day and on another.
    """
    key = f"doubled-{day}-{order_number}"
    before = run_as(SYSTEM, lambda: row("SELECT sha256 FROM orders_file WHERE platform_id = %s AND key = %s", [platform_id, key]))
    answer = None if before is None else known(platform_id, key, bytes(before[0]))
    if answer is not None:
        return answer
    said = _correction(platform_id, order_number, day)
    content = json.dumps({"orders": [said]}, sort_keys=True).encode()
    return take(platform_id, Declaration(key, "json", 1, said["income_fen"]), content, oldest=day)


def _correction(platform_id: int, order_number: str, day: date) -> dict[str, Any]:
    """Return the row that takes the order back on a day."""
    found = run_as(SYSTEM, lambda: rows(
        "SELECT f.business_date, max(f.sequence), sum(f.orders), sum(f.minutes), sum(f.income_fen)::bigint, min(w.reference)"
        " FROM orders_fact f JOIN orders_worker w ON w.id = f.worker_id WHERE f.platform_id = %s AND f.order_number = %s"
        " GROUP BY 1", [platform_id, order_number]))
    standing = {on: rest for on, _, orders, *rest in found if orders > 0}
    if day not in standing or len(standing) < 2:
        raise InputError("orders.not_doubled", value=order_number, where="day",
                         zh=f"订单 {order_number} 登记在：{'、'.join(map(str, sorted(standing))) or '无'}。只有登记在两个以上业务日期的订单，才能冲销其中一天。",
                         en=f"The order {order_number} stands on: {', '.join(map(str, sorted(standing))) or 'no day'}."
                            " Only one that stands on several days is taken back on one of them.")
    minutes, income, worker = standing[day]
    sequence = 1 + max(last for _, last, *_ in found)  # of all its days: a correction stands on one day only, as an order does
    return {"business_date": str(day), "order_number": order_number, "sequence": sequence, "worker": worker,
            "orders": -1, "minutes": -int(minutes), "income_fen": -int(income)}
