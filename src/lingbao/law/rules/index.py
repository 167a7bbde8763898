"""How high someone paid: the contribution index (缴费指数) of a month, a year and a career.

The index is the base paid on over an average wage. National law fixes the idea (国发〔2005〕38号 六); provinces differ
in the wage they divide by, the months they divide by, and in floors. Each convention is a rule of its own.
"""

from __future__ import annotations

from lingbao.law.rule import rule

ARTICLE = "国发〔2005〕38号 六"


@rule(article=ARTICLE, term_zh="月缴费指数", label_zh="当月缴费指数", label_en="index of the month", unit="index",
      formula="{contribution_base} ÷ {reference_wage}")
def month_index(contribution_base: float, reference_wage: float) -> float:
    """Return the index of one month.

    Parameters
    ----------
    contribution_base : float
        Contribution base of the month [yuan/month].
    reference_wage : float
        Average wage the province divides by [yuan/month].
    """
    return contribution_base / reference_wage


@rule(article=ARTICLE, term_zh="年缴费指数", label_zh="当年缴费指数", label_en="index of the year", unit="index",
      rounding="0.001 half_up", rounding_article="省级缴费记录：三位小数", formula="{contribution_base} ÷ {reference_wage}")
def year_index(contribution_base: float, reference_wage: float) -> float:
    """Return the index of one year as contribution records keep it, to three decimals.

    Parameters
    ----------
    contribution_base, reference_wage : float
        Mean base of the months paid in the year, and the average wage [yuan/month].
    """
    return contribution_base / reference_wage


@rule(article=ARTICLE, label_zh="当月缴费指数（上年工资口径）", label_en="index over the wage of the year before", unit="index",
      formula="{contribution_base} ÷ {previous_year_wage}")
def month_index_over_previous_year(contribution_base: float, previous_year_wage: float) -> float:
    """Return the index of a month where the province divides by the average wage of the year before."""
    return contribution_base / previous_year_wage


@rule(article=ARTICLE, label_zh="当月缴费指数（当年工资口径）", label_en="index over the wage of the same year", unit="index",
      formula="{contribution_base} ÷ {same_year_wage}")
def month_index_over_same_year(contribution_base: float, same_year_wage: float) -> float:
    """Return the index of a month where the province divides by the average wage of the same year."""
    return contribution_base / same_year_wage


@rule(article=ARTICLE, term_zh="平均缴费指数", label_zh="平均缴费指数", label_en="mean contribution index", unit="index",
      rounding="0.0001 half_up", rounding_article="核定表：四位小数", formula="{index_sum} ÷ {months_paid}")
def mean_index(index_sum: float, months_paid: float) -> float:
    """Return the mean index over the months paid; months not paid lower the years, not the index.

    Parameters
    ----------
    index_sum : float
        Sum of the indices of the months paid.
    months_paid : float
        Months paid.
    """
    return index_sum / months_paid


@rule(article="省级规定：以应缴费月数为分母（如 陕政发〔2006〕20号、京人社办发〔2012〕183号）", term_zh="平均缴费指数",
      label_zh="平均缴费指数（含中断月）", label_en="mean index over months due", unit="index", rounding="0.0001 half_up",
      rounding_article="核定表：四位小数", formula="{index_sum} ÷ ({months_paid} + {gap_months})")
def mean_index_over_months_due(index_sum: float, months_paid: float, gap_months: float) -> float:
    """Return the mean index where the province counts months due: a gap lowers the index too.

    Parameters
    ----------
    index_sum : float
        Sum of the indices of the months paid.
    months_paid, gap_months : float
        Months paid, and months due but not paid.
    """
    return index_sum / (months_paid + gap_months)


@rule(article=ARTICLE, term_zh="平均缴费指数", label_zh="平均缴费指数（含视同缴费）", label_en="mean index with deemed months",
      unit="index", rounding="0.0001 half_up", rounding_article="核定表：四位小数",
      formula="({index_sum} + {deemed_index} × {deemed_months}) ÷ ({months_paid} + {deemed_months})")
def mean_index_with_deemed(index_sum: float, months_paid: float, deemed_index: float, deemed_months: float) -> float:
    """Return the mean index of paid and deemed months together.

    Parameters
    ----------
    index_sum : float
        Sum of the indices of the months paid.
    months_paid, deemed_months : float
        Months paid and months deemed paid before the account started.
    deemed_index : float
        Index that the province gives a deemed month.
    """
    return (index_sum + deemed_index * deemed_months) / (months_paid + deemed_months)


@rule(article=ARTICLE, label_zh="加入新月份后的平均缴费指数", label_en="mean index after further months", unit="index",
      formula="({earlier_index} × {earlier_months} + {index} × {months}) ÷ ({earlier_months} + {months})")
def combined_index(earlier_index: float, earlier_months: float, index: float, months: float) -> float:
    """Return the month-weighted mean of two spells.

    Parameters
    ----------
    earlier_index, index : float
        Mean index of the first and of the second spell.
    earlier_months, months : float
        Their lengths [months]; together above 0.
    """
    return (earlier_index * earlier_months + index * months) / (earlier_months + months)


@rule(article="省级规定：缴费指数上下限", label_zh="限幅后的缴费指数", label_en="index held within bounds", unit="index",
      formula="{lowest_index} ≤ {index} ≤ {highest_index}")
def bounded_index(index: float, lowest_index: float, highest_index: float) -> float:
    """Return an index held within a province's bounds; the national text has none.

    Parameters
    ----------
    index, lowest_index, highest_index : float
        Index as computed, and the bounds.
    """
    return min(max(index, lowest_index), highest_index)


@rule(article="省级规定：缴费指数下限（如 沪人社规〔2021〕27号）", label_zh="不低于下限的缴费指数", label_en="index not below a floor",
      unit="index", formula="max({index}, {index_floor})")
def index_at_least(index: float, index_floor: float) -> float:
    """Return an index lifted to the floor a province sets for some years or for one part of the pension."""
    return max(index, index_floor)
