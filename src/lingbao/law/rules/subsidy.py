"""Contribution subsidies of flexible workers: how much of what was paid comes back, and for how long."""

from __future__ import annotations

from lingbao.law.rule import rule


@rule(article="财社〔2023〕181号; 就业促进法 五十二", term_zh="社会保险补贴", label_zh="社会保险补贴（按比例）",
      label_en="contribution subsidy, share", unit="yuan/month", rounding="fen half_up", since="2024-01", mechanisms=("N10",),
      formula="min(min({contribution_paid}, {subsidised_at_most}) × {subsidy_share}, {subsidy_cap})")
def contribution_subsidy(
    contribution_paid: float, subsidised_at_most: float, subsidy_share: float, subsidy_cap: float
) -> float:
    """Subsidy as a share of what was actually paid.

    Parameters
    ----------
    contribution_paid : float
        Actually paid by the person [yuan/month].
    subsidised_at_most : float
        Payment above this is not subsidised [yuan/month]; infinite where the place sets no such limit.
    subsidy_share : float
        Share paid back [fraction].
    subsidy_cap : float
        Most paid [yuan/month]; infinite where the place sets no amount.

    Returns
    -------
    float
        Subsidy [yuan/month].
    """
    return min(min(contribution_paid, subsidised_at_most) * subsidy_share, subsidy_cap)


@rule(article="财社〔2023〕181号", term_zh="社会保险补贴", label_zh="社会保险补贴（分段）", label_en="contribution subsidy, two shares",
      unit="yuan/month", rounding="fen half_up", since="2024-01", mechanisms=("N10",),
      formula="min({contribution_paid}, {lowest_contribution}) × {subsidy_share} + "
              "max({contribution_paid} − {lowest_contribution}, 0) × {subsidy_share_above}")
def contribution_subsidy_two_shares(
    contribution_paid: float, lowest_contribution: float, subsidy_share: float, subsidy_share_above: float
) -> float:
    """Subsidy with one share for the payment at the lowest base and another for what is paid above it."""
    low = min(contribution_paid, lowest_contribution)
    return low * subsidy_share + (contribution_paid - low) * subsidy_share_above


@rule(article="财社〔2023〕181号", term_zh="社会保险补贴", label_zh="社会保险补贴（定额）", label_en="contribution subsidy, fixed amount",
      unit="yuan/month", rounding="fen half_up", since="2024-01", mechanisms=("N10",),
      formula="min({subsidy_amount}, {contribution_paid})")
def contribution_subsidy_fixed(subsidy_amount: float, contribution_paid: float) -> float:
    """Subsidy of a fixed amount, never more than was actually paid."""
    return min(subsidy_amount, contribution_paid)


@rule(article="财社〔2023〕181号", label_zh="补贴国家上限", label_en="national limit of the subsidy", unit="yuan/month",
      rounding="fen half_up", since="2024-01", formula="{contribution_paid} × {subsidy_share_limit}")
def subsidy_limit(contribution_paid: float, subsidy_share_limit: float) -> float:
    """Most that the national rule lets a place pay back: a share of what was actually paid."""
    return contribution_paid * subsidy_share_limit


@rule(article="财社〔2023〕181号", term_zh="补贴期限", label_zh="补贴月数", label_en="months of subsidy", unit="months",
      since="2024-01")
def subsidy_months(months_to_retirement: int, near_retirement_months: int, subsidy_longest_months: int) -> int:
    """Months for which people recognised as hard to employ are subsidised.

    Parameters
    ----------
    months_to_retirement : int
        Months to the statutory age when first recognised [months].
    near_retirement_months : int
        With fewer months to go the subsidy lasts until retirement [months].
    subsidy_longest_months : int
        Longest for all others [months].

    Returns
    -------
    int
        Months [months].
    """
    months = max(months_to_retirement, 0)
    return months if months < near_retirement_months else min(months, subsidy_longest_months)


@rule(article="财社〔2023〕181号", label_zh="高校毕业生补贴月数", label_en="months of subsidy for graduates", unit="months",
      since="2024-01", formula="{graduate_longest_months} if {months_since_leaving_school} ≤ {graduate_window_months} else 0")
def graduate_subsidy_months(
    months_since_leaving_school: int, graduate_window_months: int, graduate_longest_months: int
) -> int:
    """Months for which graduates in flexible work are subsidised, if they came within the window after school."""
    return graduate_longest_months if months_since_leaving_school <= graduate_window_months else 0


@rule(article="财社〔2023〕181号", label_zh="补贴后自付", label_en="contribution after subsidy", unit="yuan/month",
      rounding="fen half_up", since="2024-01", formula="{contribution_paid} − {subsidy}")
def contribution_after_subsidy(contribution_paid: float, subsidy: float) -> float:
    """What the person bears. Months and base count in full: the subsidy repays the person, not the scheme."""
    return contribution_paid - subsidy


@rule(article="提案：青年缴费补贴", label_zh="青年缴费补贴", label_en="contribution subsidy for the young", unit="yuan/month",
      rounding="fen half_up", mechanisms=("N10",))
def youth_subsidy(
    contribution_paid: float, age_months: int, youth_age_years: int, months_subsidised: int,
    youth_longest_months: int, youth_share: float,
) -> float:
    """Proposed subsidy for young payers: a share of the payment under an age, for a number of months."""
    entitled = age_months < youth_age_years * 12 and months_subsidised < youth_longest_months
    return contribution_paid * youth_share if entitled else 0.0


@rule(article="提案：三方分担补贴", label_zh="分担补贴中的一份", label_en="one party's part of a shared subsidy", unit="yuan/month",
      rounding="fen half_up", mechanisms=("B8", "C6"), formula="{subsidy} × {party_share}")
def shared_subsidy_part(subsidy: float, party_share: float) -> float:
    """Part of a subsidy borne by one of platform, province and state, by its agreed share."""
    return subsidy * party_share
