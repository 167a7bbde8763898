"""Personal pension (个人养老金): what the tax deduction is worth, what is taxed at payout, when it may be drawn."""

from __future__ import annotations

from lingbao.law.rule import rule


@rule(article="个人所得税法 六", term_zh="应纳税所得额", label_zh="应纳税所得额", label_en="taxable income", unit="yuan/year",
      since="2019-01", formula="max({yearly_income} − {basic_allowance} − {deductions}, 0)")
def taxable_income(yearly_income: float, basic_allowance: float, deductions: float) -> float:
    """Taxable income of a year after the basic allowance and all deductions, never below zero."""
    return max(yearly_income - basic_allowance - deductions, 0.0)


@rule(article="个人所得税法 三 税率表", term_zh="应纳税额", label_zh="个人所得税", label_en="income tax", unit="yuan/year",
      rounding="fen half_up", since="2019-01",
      formula="{taxable_income} × 所在级距的税率 − 速算扣除数 · {taxable_income} × rate of its bracket − quick deduction")
def income_tax(taxable_income: float, bracket_limits: tuple, bracket_rates: tuple, quick_deductions: tuple) -> float:
    """Income tax of a year from a table of brackets.

    Parameters
    ----------
    taxable_income : float
        Taxable income [yuan/year].
    bracket_limits : tuple of float
        Upper limits of all brackets but the last [yuan/year]; a limit belongs to the bracket below it.
    bracket_rates, quick_deductions : tuple of float
        Rate [fraction] and quick deduction (速算扣除数) [yuan/year] of each bracket.

    Returns
    -------
    float
        Tax [yuan/year].
    """
    bracket = 0
    for limit in bracket_limits:
        bracket += 1 if taxable_income > limit else 0
    return max(taxable_income, 0.0) * bracket_rates[bracket] - quick_deductions[bracket]


@rule(article="财政部 税务总局公告2023年第12号", term_zh="减半征收", label_zh="个体工商户个人所得税",
      label_en="income tax on a small business", unit="yuan/year", rounding="fen half_up", since="2023-01",
      until="2027-12", formula="tax of {taxable_income} − {halved_share} × tax of min({taxable_income}, {halved_up_to})")
def business_income_tax(
    taxable_income: float, bracket_limits: tuple, bracket_rates: tuple, quick_deductions: tuple,
    halved_up_to: float, halved_share: float,
) -> float:
    """Income tax on business income, with the relief for individual businesses on the income up to a limit.

    Parameters
    ----------
    taxable_income : float
        Taxable business income [yuan/year].
    bracket_limits, bracket_rates, quick_deductions : tuple of float
        Table of business income, as in :func:`income_tax`.
    halved_up_to : float
        Income up to which the tax is reduced [yuan/year].
    halved_share : float
        Share of that tax which is remitted [fraction].

    Returns
    -------
    float
        Tax [yuan/year].
    """
    full = income_tax(taxable_income, bracket_limits, bracket_rates, quick_deductions)
    relieved = income_tax(min(taxable_income, halved_up_to), bracket_limits, bracket_rates, quick_deductions)
    return full - halved_share * relieved


@rule(article="财政部 税务总局公告2024年第21号 一; 国办发〔2022〕7号 三", term_zh="缴费额度", label_zh="可扣除的个人养老金缴费",
      label_en="deductible contribution", unit="yuan/year", since="2022-01",
      formula="min({personal_contribution}, {personal_pension_cap})")
def deductible_contribution(personal_contribution: float, personal_pension_cap: float) -> float:
    """Contribution that may be deducted in a year; nothing above the yearly cap can be paid in."""
    return min(max(personal_contribution, 0.0), personal_pension_cap)


@rule(article="财政部 税务总局公告2024年第21号 一", label_zh="当年少缴个人所得税", label_en="tax saved now", unit="yuan/year",
      rounding="fen half_up", since="2022-01",
      formula="T({taxable_income}) − T({taxable_income} − {deductible_contribution})")
def tax_saved(
    taxable_income: float, deductible_contribution: float,
    bracket_limits: tuple, bracket_rates: tuple, quick_deductions: tuple,
) -> float:
    """Tax saved by the deduction: the difference of two tax bills, exact also where a bracket edge is crossed.

    Nothing for people who pay no income tax. Arguments as in :func:`income_tax`.
    """
    before = income_tax(taxable_income, bracket_limits, bracket_rates, quick_deductions)
    after = income_tax(taxable_income - deductible_contribution, bracket_limits, bracket_rates, quick_deductions)
    return before - after


@rule(article="财政部 税务总局公告2024年第21号 一", label_zh="同一税率档内少缴个人所得税",
      label_en="tax saved within one bracket", unit="yuan/year", rounding="fen half_up", since="2022-01",
      formula="{deductible_contribution} × {marginal_rate}")
def tax_saved_within_bracket(deductible_contribution: float, marginal_rate: float) -> float:
    """Tax saved when the whole deduction stays inside one bracket; otherwise :func:`tax_saved` is the law."""
    return deductible_contribution * marginal_rate


@rule(article="财政部 税务总局公告2024年第21号 一", label_zh="领取时个人所得税", label_en="tax at payout", unit="yuan",
      rounding="fen half_up", since="2022-01", formula="{amount_drawn} × {payout_tax_rate}")
def payout_tax(amount_drawn: float, payout_tax_rate: float) -> float:
    """Tax on money drawn: a flat rate on the whole, contributions and returns alike."""
    return amount_drawn * payout_tax_rate


@rule(article="财政部 税务总局公告2024年第21号 一", label_zh="税收净得益", label_en="net gain of the tax treatment",
      unit="yuan", rounding="fen half_up", since="2022-01", formula="{tax_saved} − {payout_tax}")
def net_tax_gain(tax_saved: float, payout_tax: float) -> float:
    """Tax saved now less tax paid later; negative for those whose own rate is below the payout rate."""
    return tax_saved - payout_tax


@rule(article="国办发〔2022〕7号; 财政部 税务总局公告2024年第21号", label_zh="递延纳税(EET)到手额", label_en="net value, taxed at payout",
      unit="yuan", rounding="fen half_up", mechanisms=("B6",),
      formula="({personal_contribution}) × {growth_factor} × (1 − {payout_tax_rate})")
def value_taxed_at_payout(personal_contribution: float, growth_factor: float, payout_tax_rate: float) -> float:
    """Money in hand at payout when contributions and returns are exempt and the payout is taxed (EET)."""
    return personal_contribution * growth_factor * (1.0 - payout_tax_rate)


@rule(article="对照方案：先税后免 (no law in force)", label_zh="当期纳税(TEE)到手额", label_en="net value, taxed at payment",
      unit="yuan", rounding="fen half_up", mechanisms=("B6",),
      formula="{personal_contribution} × (1 − {marginal_rate}) × {growth_factor}")
def value_taxed_at_payment(personal_contribution: float, growth_factor: float, marginal_rate: float) -> float:
    """Money in hand at payout when the same income is taxed first and everything later is exempt (TEE)."""
    return personal_contribution * (1.0 - marginal_rate) * growth_factor


@rule(article="国办发〔2022〕7号 五; 人社部发〔2022〕70号", term_zh="领取条件", label_zh="是否可领取个人养老金",
      label_en="may draw the personal pension", unit="yes/no", since="2022-04")
def may_draw_personal_pension(reached_pension_age: bool, lost_ability_to_work: bool, settled_abroad: bool) -> bool:
    """Whether the personal pension may be drawn under the original conditions; any one is enough."""
    return reached_pension_age or lost_ability_to_work or settled_abroad


@rule(article="关于领取个人养老金有关问题的通知 (2025)", term_zh="提前领取", label_zh="是否可提前领取个人养老金",
      label_en="may draw the personal pension early", unit="yes/no", since="2025-09")
def may_draw_personal_pension_early(
    medical_cost: float, disposable_income_year: float, unemployment_months: float,
    unemployment_months_needed: float, on_minimum_allowance: bool,
) -> bool:
    """Whether hardship opens the account early; any one of three cases is enough.

    Parameters
    ----------
    medical_cost : float
        Medical cost borne by the household in the last twelve months [yuan].
    disposable_income_year : float
        The province's disposable income per head of the year before [yuan/year]; the cost must exceed it.
    unemployment_months : float
        Months of unemployment benefit drawn within the window of the rule [months].
    unemployment_months_needed : float
        Months that open the account [months].
    on_minimum_allowance : bool
        Now drawing the minimum living allowance (最低生活保障).

    Returns
    -------
    bool
        True when the account may be drawn.
    """
    return (
        medical_cost > disposable_income_year
        or unemployment_months >= unemployment_months_needed
        or on_minimum_allowance
    )
