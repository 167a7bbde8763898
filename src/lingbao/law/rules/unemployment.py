"""Unemployment insurance: voluntary payment of flexible workers, months of benefit, benefit that falls by step."""

from __future__ import annotations

import math

from lingbao.law.rule import rule


@rule(article="粤人社规〔2025〕50号", label_zh="失业保险费", label_en="unemployment contribution", unit="yuan/month",
      rounding="fen half_up", since="2026-01", mechanisms=("S2",), formula="{contribution_base} × {unemployment_rate}")
def unemployment_contribution(contribution_base: float, unemployment_rate: float) -> float:
    """Contribution of a flexible worker where the place lets them join; all of it is their own."""
    return contribution_base * unemployment_rate


@rule(article="失业保险条例 十七; 社会保险法 四十六", term_zh="领取期限", label_zh="失业保险金最长月数",
      label_en="longest months of unemployment benefit", unit="months", since="1999-01")
def unemployment_benefit_months(
    years_insured: float, first_from_years: float, second_from_years: float, third_from_years: float,
    first_months: int, second_months: int, third_months: int,
) -> int:
    """Longest time of benefit by years insured.

    Parameters
    ----------
    years_insured : float
        Years insured before the loss of work [years].
    first_from_years, second_from_years, third_from_years : float
        Years from which each step holds [years].
    first_months, second_months, third_months : int
        Longest benefit of each step [months].

    Returns
    -------
    int
        Months [months]; none below the first step.
    """
    if years_insured < first_from_years:
        return 0
    if years_insured < second_from_years:
        return first_months
    return second_months if years_insured < third_from_years else third_months


@rule(article="渐进式延迟法定退休年龄的办法 七", term_zh="代缴养老保险费", label_zh="失业保险基金代缴月数",
      label_en="months bridged by the unemployment fund", unit="months", since="2025-01")
def pension_bridge_months(months_to_retirement: int, bridge_window_months: int, draws_unemployment_benefit: bool) -> int:
    """Months for which the unemployment fund pays pension contributions up to the statutory age.

    Parameters
    ----------
    months_to_retirement : int
        Months to the statutory age [months].
    bridge_window_months : int
        The bridge is open to those with fewer months to go [months].
    draws_unemployment_benefit : bool
        Now drawing unemployment benefit.

    Returns
    -------
    int
        Months [months].
    """
    near = 0 < months_to_retirement < bridge_window_months
    return months_to_retirement if near and draws_unemployment_benefit else 0


@rule(article="提案：递减失业金", label_zh="递减失业保险金", label_en="unemployment benefit falling by step", unit="yuan/month",
      rounding="fen half_up", mechanisms=("S2",),
      formula="max({first_benefit} × {step_factor}^⌊{months_drawn} ÷ {step_months}⌋, {least_benefit})")
def stepped_unemployment_benefit(
    first_benefit: float, months_drawn: int, step_months: int, step_factor: float, least_benefit: float
) -> float:
    """Benefit of a month when it falls by step the longer it is drawn.

    Parameters
    ----------
    first_benefit : float
        Benefit of the first step [yuan/month].
    months_drawn : int
        Months drawn before this one [months].
    step_months : int
        Length of a step [months].
    step_factor : float
        What is left at each further step [fraction].
    least_benefit : float
        The benefit never falls below this [yuan/month].

    Returns
    -------
    float
        Benefit [yuan/month].
    """
    return max(first_benefit * step_factor ** math.floor(months_drawn / step_months), least_benefit)
