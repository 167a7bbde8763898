"""Is a platform worker an employee? A proposed test of five signs, and a third category between the two."""

from __future__ import annotations

from lingbao.law.rule import rule

ARTICLE = "提案：平台劳动关系推定"


@rule(article=ARTICLE, label_zh="符合的从属性特征数", label_en="signs of subordination", unit="signs", mechanisms=("C8",))
def signs_of_subordination(
    pay_set: bool, conduct_bound: bool, electronically_watched: bool, freedom_limited: bool, other_work_barred: bool
) -> int:
    """Number of the five signs that hold.

    Parameters
    ----------
    pay_set : bool
        The platform sets the pay or its upper limit.
    conduct_bound : bool
        Rules bind appearance, conduct towards customers or the way of working.
    electronically_watched : bool
        The work is supervised or graded by electronic means.
    freedom_limited : bool
        Free choice of hours, of refusing tasks or of substitutes is limited, by sanctions too.
    other_work_barred : bool
        Building up own customers or working for others is barred.

    Returns
    -------
    int
        Signs that hold, 0 to 5.
    """
    return int(pay_set) + int(conduct_bound) + int(electronically_watched) + int(freedom_limited) + int(other_work_barred)


@rule(article=ARTICLE, label_zh="是否推定为劳动关系", label_en="employment presumed", unit="yes/no", mechanisms=("C8",),
      formula="{signs_of_subordination} ≥ {signs_needed}")
def employment_presumed(signs_of_subordination: int, signs_needed: int) -> bool:
    """Whether employment is presumed: any so many of the signs are enough."""
    return signs_of_subordination >= signs_needed


@rule(article="提案：第三类劳动者", label_zh="是否属于第三类劳动者", label_en="third category of worker", unit="yes/no",
      mechanisms=("C9",))
def third_category(works_for_platform: bool, platform_controls_work: bool, employment_presumed: bool) -> bool:
    """Whether a worker is neither employee nor independent.

    Such a person works for a platform under its control without being an employee, and has injury cover and a
    provident share without full employment.
    """
    return works_for_platform and platform_controls_work and not employment_presumed
