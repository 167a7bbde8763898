"""What provinces add to the national formula or change in it: transitional pension, own factors, supplements, rounding.

Every rule here is one form of words found in provincial law; which province uses which form, and with what numbers, is
data. National frame: 国发〔2005〕38号 六, which leaves the transitional pension (过渡性养老金) to the provinces.
"""

from __future__ import annotations

from math import ceil

from lingbao.law.rounding import NUDGE
from lingbao.law.rule import rule

FRAME = "国发〔2005〕38号 六"


@rule(article=FRAME, term_zh="过渡性养老金", label_zh="过渡性养老金", label_en="transitional pension", unit="yuan/month",
      rounding="fen half_up", since="2006-01", mechanisms=("B1",),
      formula="{benefit_base} × {transitional_index} × {transitional_months} ÷ 12 × {transitional_coefficient}")
def transitional_pension(benefit_base: float, transitional_index: float, transitional_months: float,
                         transitional_coefficient: float) -> float:
    """Return the transitional pension in the usual form: indexed wage × years before the account × coefficient.

    Parameters
    ----------
    benefit_base : float
        Base the province uses in this part [yuan/month]; provincial, city or local.
    transitional_index : float
        Index the province uses in this part.
    transitional_months : float
        Months before the account started that count.
    transitional_coefficient : float
        Share for each year.
    """
    return benefit_base * transitional_index * transitional_months / 12.0 * transitional_coefficient


@rule(article="川劳社发〔2006〕17号；辽劳社发〔2006〕81号", term_zh="过渡性养老金", label_zh="过渡性养老金（与基数平均）",
      label_en="transitional pension (mean with the base)", unit="yuan/month", rounding="fen half_up", since="2006-01",
      formula="{benefit_base} × (1 + {transitional_index}) ÷ 2 × {transitional_months} ÷ 12 × {transitional_coefficient}")
def transitional_pension_mean(benefit_base: float, transitional_index: float, transitional_months: float,
                              transitional_coefficient: float) -> float:
    """Return the transitional pension on the mean of base and indexed wage, as Sichuan and Liaoning do.

    Parameters
    ----------
    benefit_base, transitional_index, transitional_months, transitional_coefficient : float
        As in :func:`transitional_pension`.
    """
    return benefit_base * (1.0 + transitional_index) / 2.0 * transitional_months / 12.0 * transitional_coefficient


@rule(article="北京市过渡性养老金规定", term_zh="过渡性养老金", label_zh="过渡性养老金（视同与实际缴费两段）",
      label_en="transitional pension (deemed and paid parts)", unit="yuan/month", rounding="fen half_up", since="2006-01",
      formula="{benefit_base} × ({deemed_index} × {deemed_months} + {paid_index} × {paid_months}) ÷ 12 × {transitional_coefficient}")
def transitional_pension_two_parts(benefit_base: float, deemed_index: float, deemed_months: float, paid_index: float,
                                   paid_months: float, transitional_coefficient: float) -> float:
    """Return the transitional pension of Beijing: deemed months at their own index, early paid months at theirs.

    Parameters
    ----------
    benefit_base : float
        Benefit base [yuan/month].
    deemed_index, paid_index : float
        Index of the deemed months, and of the months paid before the account counted.
    deemed_months, paid_months : float
        Their lengths [months].
    transitional_coefficient : float
        Share for each year.
    """
    return (benefit_base * (deemed_index * deemed_months + paid_index * paid_months) / 12.0
            * transitional_coefficient)


@rule(article="吉政发〔1998〕28号及其后规定", label_zh="过渡系数（按年限）", label_en="transitional coefficient by years",
      unit="fraction", formula="{higher_coefficient}（年限 > {threshold_years}），否则 {lower_coefficient} · "
              "{higher_coefficient} above {threshold_years} years, else {lower_coefficient}")
def coefficient_by_years(years: float, threshold_years: float, higher_coefficient: float,
                         lower_coefficient: float) -> float:
    """Return the transitional coefficient where it depends on the whole length of contribution (Jilin).

    Parameters
    ----------
    years, threshold_years : float
        Contribution years, and the years above which the higher coefficient holds.
    higher_coefficient, lower_coefficient : float
        Share for each year above and up to the threshold.
    """
    return higher_coefficient if years > threshold_years else lower_coefficient


@rule(article="吉林省基本养老金计发办法", term_zh="基础养老金", label_zh="基础养老金（两个基数）", label_en="basic pension (two bases)",
      unit="yuan/month", rounding="fen half_up", since="2006-01",
      formula="({local_base} + {benefit_base} × {mean_index}) ÷ 2 × {months} ÷ 12 × {accrual_rate}")
def basic_pension_two_bases(local_base: float, benefit_base: float, mean_index: float, months: float,
                            accrual_rate: float) -> float:
    """Return the basic pension of Jilin: the local base stands for the wage, the provincial one is indexed.

    Parameters
    ----------
    local_base, benefit_base : float
        Local base and provincial base [yuan/month].
    mean_index : float
        Mean contribution index.
    months : float
        Contribution months.
    accrual_rate : float
        Share for each year.
    """
    return (local_base + benefit_base * mean_index) / 2.0 * months / 12.0 * accrual_rate


@rule(article="豫政〔2006〕29号", term_zh="基础养老金", label_zh="基础养老金（省基数与当地指数化工资）",
      label_en="basic pension (provincial base, local indexed wage)", unit="yuan/month", rounding="fen half_up", since="2006-01",
      formula="({benefit_base} + {local_base} × {mean_index}) ÷ 2 × {months} ÷ 12 × {accrual_rate}")
def basic_pension_local_index(benefit_base: float, local_base: float, mean_index: float, months: float,
                              accrual_rate: float) -> float:
    """Return the basic pension of Henan: the provincial base stands for the wage, the local one is indexed.

    Parameters
    ----------
    benefit_base, local_base : float
        Provincial base and local base [yuan/month].
    mean_index : float
        Mean contribution index, taken over local wages.
    months : float
        Contribution months.
    accrual_rate : float
        Share for each year.
    """
    return (benefit_base + local_base * mean_index) / 2.0 * months / 12.0 * accrual_rate


@rule(article="吉政发〔1998〕28号", label_zh="长缴多得附加", label_en="extra for long contribution", unit="yuan/month",
      rounding="fen half_up",
      formula="({local_base} + {benefit_base} × {mean_index}) ÷ 2 × 超过 {first_step}、{second_step}、{third_step} 年的分段比例 · "
              "({local_base} + {benefit_base} × {mean_index}) ÷ 2 × shares above {first_step}, {second_step}, {third_step} years")
def long_payment_extra(local_base: float, benefit_base: float, mean_index: float, years: float, first_step: float,
                       second_step: float, third_step: float, first_share: float, second_share: float,
                       third_share: float) -> float:
    """Return Jilin's extra for paid years above a threshold, with a larger share for each further band.

    Parameters
    ----------
    local_base, benefit_base : float
        Local base and provincial base [yuan/month].
    mean_index : float
        Mean contribution index.
    years : float
        Years paid.
    first_step, second_step, third_step : float
        Years above which each band starts.
    first_share, second_share, third_share : float
        Share for each year in each band.
    """
    first_band = min(max(years - first_step, 0.0), second_step - first_step)
    second_band = min(max(years - second_step, 0.0), third_step - second_step)
    third_band = max(years - third_step, 0.0)
    shares = first_band * first_share + second_band * second_share + third_band * third_share
    return (local_base + benefit_base * mean_index) / 2.0 * shares


@rule(article="广东省基本养老金计发办法", label_zh="低指数系数", label_en="low-index factor", unit="factor",
      formula="min(1, {mean_index} ÷ {index_threshold})")
def low_index_factor(mean_index: float, index_threshold: float) -> float:
    """Return Guangdong's factor on the base: below the threshold it falls with the index.

    Parameters
    ----------
    mean_index, index_threshold : float
        Mean contribution index, and the index from which the factor is 1.
    """
    return min(1.0, mean_index / index_threshold)


@rule(article="广东省基本养老金计发办法", term_zh="基础养老金", label_zh="基础养老金（低指数折减）",
      label_en="basic pension (low-index factor)", unit="yuan/month", rounding="fen half_up", since="2006-01",
      formula="({benefit_base} × {low_index_factor} + {benefit_base} × {mean_index}) ÷ 2 × {months} ÷ 12 × {accrual_rate}")
def basic_pension_low_index(benefit_base: float, low_index_factor: float, mean_index: float, months: float,
                            accrual_rate: float) -> float:
    """Return the basic pension of Guangdong, where the base itself is scaled for low indices.

    Parameters
    ----------
    benefit_base : float
        Benefit base [yuan/month].
    low_index_factor : float
        :func:`low_index_factor`.
    mean_index, months, accrual_rate : float
        As in the national formula.
    """
    return (benefit_base * low_index_factor + benefit_base * mean_index) / 2.0 * months / 12.0 * accrual_rate


@rule(article="沪人社规〔2021〕27号", term_zh="基础养老金", label_zh="基础养老金（零月按月计）", label_en="basic pension (odd months)",
      unit="yuan/month", rounding="jiao up from fen", rounding_article="沪人社规〔2021〕27号（见分进角）", since="2006-01",
      formula="({benefit_base} + {benefit_base} × {mean_index}) ÷ 2 × ({whole_years} × {accrual_rate} + {odd_months} × {odd_month_rate})")
def basic_pension_odd_months(benefit_base: float, mean_index: float, whole_years: float, odd_months: float,
                             accrual_rate: float, odd_month_rate: float) -> float:
    """Return the basic pension of Shanghai: full years at the yearly rate, odd months at a monthly one.

    Parameters
    ----------
    benefit_base, mean_index : float
        Benefit base [yuan/month] and mean contribution index.
    whole_years, odd_months : float
        Contribution time split into full years and months.
    accrual_rate, odd_month_rate : float
        Share for each full year and for each odd month.
    """
    return (benefit_base + benefit_base * mean_index) / 2.0 * (whole_years * accrual_rate
                                                             + odd_months * odd_month_rate)


@rule(article="沪人社规〔2021〕27号", term_zh="个人账户养老金", label_zh="个人账户养老金（见分进角）",
      label_en="account pension (to the jiao)", unit="yuan/month", rounding="jiao up from fen",
      rounding_article="沪人社规〔2021〕27号（见分进角）", since="2006-01", formula="{account_balance} ÷ {payout_months}")
def account_pension_jiao_up(account_balance: float, payout_months: float) -> float:
    """Return the account pension of Shanghai, cut to the fen and then up to the jiao.

    Parameters
    ----------
    account_balance : float
        Balance of the individual account at the claim [yuan].
    payout_months : float
        Payout months of the age at the claim.
    """
    return account_balance / payout_months


@rule(article="沪人社规〔2021〕27号", label_zh="虚账实记部分", label_en="pension from the notional account", unit="yuan/month",
      rounding="fen half_up", formula="{notional_balance} ÷ {fixed_divisor}")
def notional_account_pension(notional_balance: float, fixed_divisor: float) -> float:
    """Return the part of Shanghai's transitional pension that comes from the notional account.

    Parameters
    ----------
    notional_balance : float
        Balance of the notional account [yuan].
    fixed_divisor : float
        Divisor for every age [months].
    """
    return notional_balance / fixed_divisor


@rule(article="浙人社发〔2018〕过渡性调节金", label_zh="过渡性调节金", label_en="transitional regulator", unit="yuan/month",
      rounding="fen half_up", formula="{fixed_sum} + {mean_index} × {months} ÷ 12 × {sum_per_index_year}")
def transitional_regulator(fixed_sum: float, mean_index: float, months: float, sum_per_index_year: float) -> float:
    """Return Zhejiang's regulator: a sum for everyone and a sum for each year times the index.

    Parameters
    ----------
    fixed_sum, sum_per_index_year : float
        The two sums [yuan/month].
    mean_index : float
        Mean contribution index.
    months : float
        Contribution months that count.
    """
    return fixed_sum + mean_index * months / 12.0 * sum_per_index_year


@rule(article="省级规定：独生子女父母加发（如 黔劳社厅发〔2006〕20号）", label_zh="独生子女父母加发", label_en="addition for parents of one child", unit="yuan/month",
      rounding="fen half_up", formula="({basic} + {account} + {transitional}) × {addition_share}")
def one_child_addition(basic: float, account: float, transitional: float, addition_share: float) -> float:
    """Return the addition of Guizhou and Chongqing for parents of an only child, a share of the three parts.

    Parameters
    ----------
    basic, account, transitional : float
        Parts of the pension [yuan/month].
    addition_share : float
        Share added.
    """
    return (basic + account + transitional) * addition_share


@rule(article="川劳社发〔2006〕17号", label_zh="独生子女父母加发（按年限）", label_en="addition for parents of one child, by years",
      unit="yuan/month", rounding="fen half_up", formula="{benefit_base} × {mean_index} × {months} ÷ 12 × {addition_per_year}")
def one_child_addition_by_years(benefit_base: float, mean_index: float, months: float,
                                addition_per_year: float) -> float:
    """Return Sichuan's addition for parents of an only child, a share of the indexed wage for each year.

    Parameters
    ----------
    benefit_base, mean_index, months : float
        As in the national formula.
    addition_per_year : float
        Share of the indexed wage for each year.
    """
    return benefit_base * mean_index * months / 12.0 * addition_per_year


@rule(article="西藏自治区高原补贴规定", label_zh="高原补贴比例", label_en="share of the plateau supplement", unit="fraction",
      formula="{years} 年所在档的比例 · share of the step of {years} years")
def plateau_share(years: float, first_years: float, second_years: float, third_years: float, first_share: float,
                  second_share: float, third_share: float) -> float:
    """Return the share of the plateau supplement by years worked on the plateau.

    Parameters
    ----------
    years : float
        Years worked there.
    first_years, second_years, third_years : float
        Years from which each share holds.
    first_share, second_share, third_share : float
        The shares.
    """
    if years >= third_years:
        return third_share
    if years >= second_years:
        return second_share
    return first_share if years >= first_years else 0.0


@rule(article="西藏自治区高原补贴规定", label_zh="高原补贴", label_en="plateau supplement", unit="yuan/month",
      rounding="fen half_up", formula="{benefit_base} × {mean_index} × {supplement_share}")
def plateau_supplement(benefit_base: float, mean_index: float, supplement_share: float) -> float:
    """Return Tibet's plateau supplement, a share of the indexed wage.

    Parameters
    ----------
    benefit_base, mean_index : float
        Benefit base [yuan/month] and mean contribution index.
    supplement_share : float
        :func:`plateau_share`.
    """
    return benefit_base * mean_index * supplement_share


@rule(article="省级规定：年限进位（如 皖政〔2006〕59号、闽政〔2006〕24号）", label_zh="进位后的缴费月数",
      label_en="contribution months, years rounded up", unit="months", formula="{months} ÷ 12，按 {years_step} 年进位，再 × 12 · {months} ÷ 12, up to steps of {years_step} years, × 12")
def months_in_year_steps(months: float, years_step: float) -> float:
    """Return contribution months after the years are rounded up to a province's step (Anhui, Fujian, Guangxi).

    Parameters
    ----------
    months : float
        Contribution months.
    years_step : float
        Step to which years are rounded up [years].
    """
    return ceil(months / 12.0 / years_step - NUDGE) * years_step * 12.0


@rule(article="省级规定：总额见角进位（如 浙劳社老〔2006〕142号）", term_zh="基本养老金", label_zh="基本养老金合计（进位到角）",
      label_en="total pension, rounded up to the jiao", unit="yuan/month", rounding="jiao up",
      formula="{basic} + {account} + {transitional} + {additions}")
def pension_total_jiao_up(basic: float, account: float, transitional: float, additions: float) -> float:
    """Return the total where the province rounds it up to the jiao (Zhejiang, Guangxi).

    Parameters
    ----------
    basic, account, transitional, additions : float
        Parts of the pension [yuan/month].
    """
    return basic + account + transitional + additions


@rule(article="沪人社规〔2021〕27号", label_zh="各项金额（见分进角）", label_en="part cut to the fen, then up to the jiao",
      unit="yuan/month", rounding="jiao up from fen", rounding_article="沪人社规〔2021〕27号", formula="{part}")
def part_jiao_up_from_fen(part: float) -> float:
    """Return a part of the pension as Shanghai pays it: cut to the fen, then any fen becomes a jiao."""
    return part


@rule(article="省级规定：各项见角进位（广西）", label_zh="各项金额（进位到角）", label_en="part rounded up to the jiao", unit="yuan/month",
      rounding="jiao up", formula="{part}")
def part_jiao_up(part: float) -> float:
    """Return a part of the pension rounded up to the jiao, as Guangxi pays it."""
    return part
