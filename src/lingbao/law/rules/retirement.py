"""When someone may claim: the month of retirement, the window around it, and the months that must be paid by then.

Sources: 国发〔1978〕104号 (ages until 2024), 全国人大常委会关于实施渐进式延迟法定退休年龄的决定 of 2024-09-13 with the
办法 it approves (from 2025), 人社部发〔2024〕94号 (flexible retirement). Ages, steps and tables come in as arguments.
"""

from __future__ import annotations

from lingbao.law.month import year_of
from lingbao.law.rule import rule

DELAY_ARTICLE = "关于实施渐进式延迟法定退休年龄的决定（2024-09-13）办法 第一条"
YEARS_ARTICLE = "关于实施渐进式延迟法定退休年龄的决定（2024-09-13）办法 第二条"
WINDOW_ARTICLE = "关于实施渐进式延迟法定退休年龄的决定（2024-09-13）办法 第三条；人社部发〔2024〕94号"


@rule(article="社会保险法 第十条；劳社部发〔2001〕20号 三", unit="0/1", term_zh="灵活就业人员参保", since="2011-07",
      label_zh="可否以灵活就业身份参保", label_en="may join as a flexible worker",
      formula="{minimum_age_months} ≤ {age_months} < {retirement_age_months}", mechanisms=("N1",))
def may_join(age_months: int, minimum_age_months: int, retirement_age_months: int, employer_pays: int) -> int:
    """Say whether someone may insure themselves as a flexible worker: old enough, not retired, no employer paying.

    Parameters
    ----------
    age_months, minimum_age_months, retirement_age_months : int
        Age now, least age to join, and statutory retirement age [months].
    employer_pays : int
        1 if an employer pays the employee scheme for this person, else 0.

    Returns
    -------
    int
        1 if the person may join, else 0.
    """
    return 1 if minimum_age_months <= age_months < retirement_age_months and employer_pays == 0 else 0


@rule(article="国发〔1978〕104号 第一条", unit="month", term_zh="法定退休年龄", name="statutory_month", until="2024-12",
      label_zh="法定退休时间（2024年以前）", label_en="statutory retirement month (until 2024)",
      formula="{birth} + {original_age}", mechanisms=("B1",))
def statutory_month_1978(birth: int, original_age: int) -> int:
    """Return the retirement month under the ages of 1978: the month of the birthday.

    Parameters
    ----------
    birth : int
        Birth month (``year*12 + month-1``).
    original_age : int
        Statutory age before the reform [months].
    """
    return birth + original_age


@rule(article=DELAY_ARTICLE, unit="months", term_zh="延迟月数", since="2025-01", label_zh="延迟退休月数",
      label_en="months of delay",
      formula="min(({birth} − {first_affected_birth}) ÷ {birth_months_per_step} + 1, {max_delay})", mechanisms=("B1",))
def delay_months(birth: int, first_affected_birth: int, birth_months_per_step: int, max_delay: int) -> int:
    """Count the months by which the reform delays retirement: one more for every step of birth months.

    Parameters
    ----------
    birth, first_affected_birth : int
        Birth month, and the first birth month of this class that is delayed.
    birth_months_per_step : int
        Birth months that share one month of delay [months]; 4 or 2 by class.
    max_delay : int
        Longest delay of the class [months].

    Returns
    -------
    int
        0 for those born before the first affected month, then 1, 2, … up to ``max_delay``.
    """
    steps = (birth - first_affected_birth) // birth_months_per_step + 1
    return min(max(steps, 0), max_delay)


@rule(article=DELAY_ARTICLE, unit="month", term_zh="法定退休年龄", since="2025-01", label_zh="法定退休时间",
      label_en="statutory retirement month", formula="{birth} + {original_age} + {delay_months}", mechanisms=("B1",))
def statutory_month(birth: int, original_age: int, delay_months: int) -> int:
    """Return the month in which the statutory age is reached.

    Parameters
    ----------
    birth : int
        Birth month.
    original_age : int
        Age of the class before the reform [months].
    delay_months : int
        :func:`delay_months` [months].
    """
    return birth + original_age + delay_months


@rule(article=WINDOW_ARTICLE, unit="month", term_zh="弹性提前退休", since="2025-01", label_zh="最早可退休时间",
      label_en="earliest retirement month", formula="{statutory_month} − min({early_window}, {delay_months})")
def earliest_month(statutory_month: int, delay_months: int, early_window: int) -> int:
    """Return the first month that may be chosen: up to ``early_window`` early, never below the age of before the reform.

    Parameters
    ----------
    statutory_month, delay_months : int
        Statutory month and the months of delay in it.
    early_window : int
        Longest early retirement [months].
    """
    return statutory_month - min(early_window, delay_months)


@rule(article=WINDOW_ARTICLE, unit="month", term_zh="弹性延迟退休", since="2025-01", label_zh="最迟可退休时间",
      label_en="latest retirement month", formula="{statutory_month} + {late_window}")
def latest_month(statutory_month: int, late_window: int) -> int:
    """Return the last month to which an employee and the employer may agree to put off retirement.

    Parameters
    ----------
    statutory_month : int
        Statutory month.
    late_window : int
        Longest late retirement [months].
    """
    return statutory_month + late_window


@rule(article=WINDOW_ARTICLE, unit="months", term_zh="弹性延迟退休", since="2025-01", label_zh="可延迟的月数",
      label_en="late window open to this person", formula="{late_window}（{has_employer} = 1）")
def late_window_open(late_window: int, has_employer: int) -> int:
    """Return the late window this person has: it needs an employer's agreement, so a flexible worker has none.

    Parameters
    ----------
    late_window : int
        Longest late retirement [months].
    has_employer : int
        1 for someone with an employer to agree with, 0 for a flexible worker.
    """
    return late_window if has_employer == 1 else 0


@rule(article=WINDOW_ARTICLE, unit="0/1", since="2025-01", label_zh="所选时间是否在弹性范围内",
      label_en="chosen month lies within the window", formula="{earliest} ≤ {chosen_month} ≤ {latest}")
def within_window(chosen_month: int, earliest: int, latest: int) -> int:
    """Return 1 if a chosen retirement month lies within the person's window, else 0."""
    return 1 if earliest <= chosen_month <= latest else 0


@rule(article="关于实施渐进式延迟法定退休年龄的决定（2024-09-13）办法 第二条；人社部发〔2024〕94号", unit="year", since="2025-01",
      label_zh="最低缴费年限对应的年份", label_en="year that fixes the minimum contribution period",
      formula="min({chosen_month}, {statutory_month}) 所在年 · year of min({chosen_month}, {statutory_month})")
def reference_year(chosen_month: int, statutory_month: int) -> int:
    """Return the calendar year whose minimum applies: the chosen year when early, the statutory year when late.

    Parameters
    ----------
    chosen_month, statutory_month : int
        Month in which the person claims, and the statutory month.
    """
    return year_of(min(chosen_month, statutory_month))


@rule(article="国发〔2005〕38号 六；社会保险法 第十六条", unit="months", term_zh="最低缴费年限", name="minimum_months",
      since="1998-01", until="2024-12", label_zh="最低缴费月数（2024年以前）",
      label_en="minimum contribution months (until 2024)", formula="{minimum_floor}", mechanisms=("B1",))
def minimum_months_flat(minimum_floor: int) -> int:
    """Return the months that must be paid before a monthly pension: the same for every year until 2024."""
    return minimum_floor


@rule(article=YEARS_ARTICLE, unit="months", term_zh="最低缴费年限", since="2025-01", label_zh="最低缴费月数",
      label_en="minimum contribution months",
      formula="min({minimum_floor} + {months_per_year} × ({year} − {first_year} + 1), {minimum_cap})", mechanisms=("B1",))
def minimum_months(year: int, first_year: int, months_per_year: int, minimum_floor: int, minimum_cap: int) -> int:
    """Return the months that must be paid before a monthly pension, by the year that :func:`reference_year` gives.

    Parameters
    ----------
    year : int
        Reference year.
    first_year : int
        First year in which the minimum rises.
    months_per_year : int
        Rise a year [months].
    minimum_floor, minimum_cap : int
        Minimum before the rise and after it [months].
    """
    return min(max(minimum_floor + months_per_year * (year - first_year + 1), minimum_floor), minimum_cap)


@rule(article=YEARS_ARTICLE, unit="months", label_zh="还差的缴费月数", label_en="contribution months still missing",
      formula="max({minimum_months} − {months_paid}, 0)")
def months_short(minimum_months: int, months_paid: int) -> int:
    """Return how many contribution months are still missing.

    Parameters
    ----------
    minimum_months, months_paid : int
        Minimum of the reference year, and months credited so far including deemed months.
    """
    return max(minimum_months - months_paid, 0)


@rule(article="社会保险法 第十六条；人社部令第13号 第二条", unit="month", term_zh="延长缴费", since="2011-07",
      label_zh="缴满最低年限的月份", label_en="month in which the minimum is complete", formula="{from_month} + {months_needed}")
def month_of_completion(from_month: int, months_needed: int) -> int:
    """Return the month in which someone who pays on every month from ``from_month`` has the minimum.

    Parameters
    ----------
    from_month : int
        First month of the extension.
    months_needed : int
        :func:`months_short` at that month.
    """
    return from_month + months_needed


@rule(article="国发〔1978〕104号 第一条；办法（2024） 第八条", unit="month", term_zh="特殊工种提前退休", label_zh="特殊工种（高原）退休时间",
      label_en="retirement month after special work or on the plateau",
      formula="{birth} + {special_age}，{years_worked} ≥ {years_required}；否则 {statutory_month} · "
              "{birth} + {special_age} if {years_worked} ≥ {years_required}, else {statutory_month}")
def special_work_month(birth: int, special_age: int, years_worked: float, years_required: float,
                       statutory_month: int) -> int:
    """Return the earlier month open after enough years of listed work, otherwise the statutory month.

    Years paid as a flexible worker are not years of listed work.

    Parameters
    ----------
    birth : int
        Birth month.
    special_age : int
        Age of the list the work stands on, or of the plateau province [months].
    years_worked, years_required : float
        Years of such work, and years the list asks for.
    statutory_month : int
        Statutory month of the class.
    """
    return birth + special_age if years_worked >= years_required else statutory_month
