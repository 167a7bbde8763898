"""How much is withheld: by order, by hours worked or by income, as the platform agreed with its workers (B7, C5).

No statute lays down the numbers. They come from the withholding agreement of the platform, with its source.
"""

from __future__ import annotations

import numpy as np

from lingbao.law.compile import kernel
from lingbao.law.rule import rule

PROPOSAL = "平台按单代扣方案（建议）；平台与劳动者的代扣协议"
METHODS = ("order", "hours", "income")


@rule(article=PROPOSAL, label_zh="按单代扣", label_en="withheld by order", unit="yuan", rounding="fen half_up",
      formula="{orders} × {amount_per_order}", mechanisms=("B7", "C5"))
def withheld_by_order(orders: float, amount_per_order: float) -> float:
    """Return what is withheld when every order bears the same amount.

    Parameters
    ----------
    orders : float
        Orders completed [orders].
    amount_per_order : float
        Amount of the agreement [yuan/order].
    """
    return orders * amount_per_order


@rule(article=PROPOSAL, label_zh="按工时代扣", label_en="withheld by hours", unit="yuan", rounding="fen half_up",
      formula="{minutes_worked} ÷ 60 × {amount_per_hour}", mechanisms=("B7", "C5"))
def withheld_by_hours(minutes_worked: float, amount_per_hour: float) -> float:
    """Return what is withheld for the time an order took.

    Parameters
    ----------
    minutes_worked : float
        Time from accepting the order to completing it [minutes].
    amount_per_hour : float
        Amount of the agreement [yuan/hour].
    """
    return minutes_worked / 60.0 * amount_per_hour


@rule(article=PROPOSAL, label_zh="按收入代扣", label_en="withheld by income", unit="yuan", rounding="fen half_up",
      formula="{order_income} × {withholding_rate}", mechanisms=("B7", "C5"))
def withheld_by_income(order_income: float, withholding_rate: float) -> float:
    """Return what is withheld as a share of what the order pays the worker.

    Parameters
    ----------
    order_income : float
        Income of the worker from the order [yuan].
    withholding_rate : float
        Share of the agreement.
    """
    return order_income * withholding_rate


@rule(article="代扣款转入缴费", label_zh="可转入的份数", label_en="units that can be paid", unit="units",
      formula="min(⌊{available} ÷ {unit_amount}⌋, {most_units})", mechanisms=("B7", "C6"))
def units_covered(available: float, unit_amount: float, most_units: float) -> float:
    """Return how many whole contributions the received money pays; the remainder is carried.

    Parameters
    ----------
    available : float
        Money received for the person and not yet used [yuan].
    unit_amount : float
        Contribution of a month in the employee scheme, or the step in which the resident scheme takes money [yuan].
    most_units : float
        How many may be paid now at most.
    """
    return min((available + 0.001) // unit_amount, most_units)  # a tenth of a fen against binary fractions


@kernel()
def withheld_fen(method, orders, minutes, income_fen, number, exempt, answer):  # type: ignore[no-untyped-def]
    """Fill `answer` with what each row withholds [fen]; a refund gives back what the same row would have withheld.

    Parameters
    ----------
    method : ndarray of int8
        Place in `METHODS`.
    orders, minutes, income_fen : ndarray of int64
        The facts of each row; all three are negative or zero in a refund.
    number : ndarray of float64
        Amount per order, amount per hour or rate, as the method asks.
    exempt : ndarray of bool
        Rows of workers with employee insurance.
    answer : ndarray of int64
        Filled in.
    """
    for row in range(answer.shape[0]):
        if exempt[row]:
            answer[row] = 0
            continue
        if method[row] == 0:
            fact = float(orders[row])
            yuan = withheld_by_order(abs(fact), number[row])
        elif method[row] == 1:
            fact = float(minutes[row])
            yuan = withheld_by_hours(abs(fact), number[row])
        else:
            fact = income_fen[row] / 100.0
            yuan = withheld_by_income(abs(fact), number[row])
        fen = int(np.floor(yuan * 100.0 + 0.5))
        answer[row] = fen if fact >= 0.0 else -fen
