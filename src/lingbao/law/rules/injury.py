"""Occupational injury cover of platform workers (职业伤害保障): what each order costs, and who pays it."""

from __future__ import annotations

from lingbao.law.rule import rule


@rule(article="人社部发〔2025〕24号 附件; 人社厅函〔2025〕79号", term_zh="按单缴费", label_zh="职业伤害保障费",
      label_en="injury cover fee", unit="yuan", rounding="fen half_up", since="2022-07", mechanisms=("S4",),
      formula="{orders} × {fee_per_order} × {fee_factor}")
def injury_fee(orders: float, fee_per_order: float, fee_factor: float) -> float:
    """Fee of a month for a platform's orders in one sector of one province.

    Parameters
    ----------
    orders : float
        Orders completed in the month [orders].
    fee_per_order : float
        Base amount of the sector [yuan/order].
    fee_factor : float
        Factor by which the base amount floats with the platform's record of claims [1].

    Returns
    -------
    float
        Fee [yuan].
    """
    return orders * fee_per_order * fee_factor


@rule(article="人社部发〔2025〕24号 附件", label_zh="劳动者负担的职业伤害保障费", label_en="injury fee borne by the worker", unit="yuan",
      rounding="fen half_up", since="2022-07", mechanisms=("S4",), formula="{injury_fee} × (1 − {platform_share})")
def injury_fee_of_worker(injury_fee: float, platform_share: float) -> float:
    """Part of the fee that the worker bears; nothing while the platform bears the whole fee, as the law has it."""
    return injury_fee * (1.0 - platform_share)


@rule(article="提案：按任务与时段认定", label_zh="是否属于职业伤害时段", label_en="injured while on an order", unit="yes/no",
      mechanisms=("S4",))
def injured_on_order(
    minute_of_injury: float, minute_accepted: float, minute_completed: float, return_minutes: float
) -> bool:
    """Whether an injury falls within a task: from accepting an order to its completion and the way back.

    Parameters
    ----------
    minute_of_injury, minute_accepted, minute_completed : float
        Points in time on one clock [minutes].
    return_minutes : float
        Time after completion that still counts [minutes].

    Returns
    -------
    bool
        True when the injury counts as occupational.
    """
    return minute_accepted <= minute_of_injury <= minute_completed + return_minutes
