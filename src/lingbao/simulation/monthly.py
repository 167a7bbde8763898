"""The month of a block: luck, work and income, what is owed, what is paid, what is drawn; every loop runs over lives.

Each step is one loop or two over the lives of a block, without a branch around what changes, so that the compiler works
on several lives at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lingbao.law.rounding import fen_half_up
from lingbao.law.rule import scalar
from lingbao.law.rules.contribution import base_in_bounds, monthly_contribution
from lingbao.simulation.block import ACTIVE, DRAWS, LANES, Life, Now, State, Work, Year
from lingbao.simulation.choice import lowest_base, pays_now
from lingbao.simulation.draws import SHIFT, TO_SHARE, four_words
from lingbao.simulation.layout import FULL, Coefficient, NationRow, Process, Term
from lingbao.simulation.life_steps import (
    deviation_after,
    hazard_of_leaving,
    income_of_month,
    on_platform_after,
    work_after,
)
from lingbao.simulation.scheme_steps import fixed_due, ordinary_due

FIRST_SHIFT = np.uint64(SHIFT)


@scalar
def draw_words(seed: Any, who: Any, month: int, purpose: int, words: Any) -> None:
    """Write the four words of each life for a month and purpose, word after word."""
    when = np.uint64(month)
    what = np.uint64(purpose)
    for i in range(LANES):
        words[i], words[LANES + i], words[2 * LANES + i], words[3 * LANES + i] = four_words(who[i], when, what, seed)


@scalar
def share_words(words: Any, word: int, b: Any, row: int) -> None:
    """Write a word as numbers evenly spread over (0, 1) into a row of the block."""
    for i in range(LANES):
        b[row + i] = (float(np.int64(words[word * LANES + i])) + 0.5) * TO_SHARE


@scalar
def look_up(words: Any, word: int, shocks: Any, b: Any, row: int) -> None:
    """Write the quantile that a word names into a row of the block; ``shocks`` is the table of one distribution."""
    for i in range(LANES):
        b[row + i] = shocks[words[word * LANES + i] >> FIRST_SHIFT]


@scalar
def draw_month(seed: Any, who: Any, month: int, purpose: int, words: Any, normal: Any, logistic: Any, b: Any) -> None:
    """Draw the luck of a month: income, payment, work, platform."""
    draw_words(seed, who, month, purpose, words)
    look_up(words, 0, normal, b, Work.SHOCK)
    look_up(words, 3, logistic, b, Work.LOGIT)
    share_words(words, 1, b, Work.LUCK)
    share_words(words, 2, b, Work.MORE_LUCK)


@scalar
def work_month(b: Any, nation: Any, seasonal: float, process: Any) -> None:
    """Step work, platform and income by a month."""
    process_persistence = process[Process.PERSISTENCE]
    process_innovation = process[Process.INNOVATION]
    process_premium = process[Process.PREMIUM]
    level = nation[NationRow.INCOME_LEVEL]
    for i in range(LANES):
        able = b[State.STATUS + i] == ACTIVE
        works = work_after(
            b[State.WORKS + i], b[Work.LUCK + i], b[Life.TO_IDLE + i], b[Life.TO_EMPLOYMENT + i],
            b[Life.BACK + i], b[Life.LEAVES_EMPLOYMENT + i],
        )
        works = works if able else 1.0
        platform = on_platform_after(
            b[State.PLATFORM + i], works, b[Work.MORE_LUCK + i], hazard_of_leaving(
                b[State.TENURE + i], b[Life.LEAVES_1 + i], b[Life.LEAVES_2 + i],
                b[Life.LEAVES_3 + i], b[Life.LEAVES_4 + i],
            ), b[Life.JOINS_PLATFORM + i],
        )
        platform = platform if able else 0.0
        b[State.TENURE + i] = b[State.TENURE + i] + 1.0 if (platform == 1.0) & (b[State.PLATFORM + i] == 1.0) else 0.0
        b[State.PLATFORM + i] = platform
        b[State.WORKS + i] = works
        b[State.DEVIATION + i] = deviation_after(
            b[State.DEVIATION + i], b[Work.SHOCK + i], process_persistence, process_innovation
        )
        income = income_of_month(
            b[Life.INCOME + i], level, seasonal, b[Life.VOLATILITY + i], b[State.DEVIATION + i], works,
            process_premium,
        )
        b[State.INCOME + i] = income
        b[State.YEAR_INCOME + i] += income
        b[State.PERIOD_INCOME + i] += income


@scalar
def owes_by_month(term: Any) -> bool:
    """Whether what a month owes by base may differ from the month before though the law stands still."""
    return term[Term.OWN_INCOME] == 1.0 or term[Term.SHARE_OF_INCOME] > 0.0 or term[Term.AFTER_MONTHS] < FULL


@scalar
def set_dues(b: Any, term: Any) -> None:
    """Set what a month owes by base: the base, and payment, credit and index that follow from it."""
    term_after_rate = term[Term.AFTER_RATE]
    term_after_months = term[Term.AFTER_MONTHS]
    term_own_income = term[Term.OWN_INCOME]
    term_least_ratio = term[Term.LEAST_RATIO]
    term_most_ratio = term[Term.MOST_RATIO]
    term_surveyed = term[Term.SURVEYED]
    term_share_of_income = term[Term.SHARE_OF_INCOME]
    for i in range(LANES):
        income = b[State.INCOME + i]
        account_rate = term_after_rate if b[State.COUNTED + i] >= term_after_months else b[Now.ACCOUNT_RATE + i]
        least = lowest_base(
            b[Now.WAGE + i], b[Now.FLOOR + i], b[Now.CAP + i], income, term_own_income,
            term_least_ratio, term_most_ratio, b[Now.SURVEY_WAGE + i],
            b[Life.FLOOR_RATIO + i] * term_surveyed,
        )
        base = min(max(b[State.RATIO + i] * b[Now.WAGE + i], least), b[Now.CAP + i])
        by_income = min(term_share_of_income * income / b[Now.TOTAL_RATE + i], b[Now.CAP + i])
        base = by_income if (term_share_of_income > 0.0) & (b[State.RATIO + i] == 0.0) else base
        payment, credit, index = ordinary_due(base, b[Now.TOTAL_RATE + i], account_rate, b[Now.REFERENCE_WAGE + i])
        b[Work.MONTH_BASE + i] = base
        b[Work.MONTH_PAYMENT + i] = payment
        b[Work.MONTH_CREDIT + i] = credit
        b[Work.MONTH_INDEX + i] = index


@scalar
def owe_month(b: Any, moy: int, nation: Any, term: Any) -> None:
    """Add what a month owes, and book what an employer pays and what platforms withhold."""
    employee_rate = nation[NationRow.EMPLOYEE_RATE]
    employer_rate = nation[NationRow.EMPLOYER_RATE]
    earning = float(13 - moy)
    for i in range(LANES):
        able = b[State.STATUS + i] == ACTIVE
        employed = able & (b[State.WORKS + i] == 2.0)
        owes = able & (b[State.SCHEME + i] == 2.0) & (b[State.WORKS + i] != 2.0)
        income = b[State.INCOME + i]
        base = b[Work.MONTH_BASE + i]
        counts = 1.0 if owes & (base > 0.0) else 0.0
        b[State.DUE_PAYMENT + i] += b[Work.MONTH_PAYMENT + i] if owes else 0.0
        b[State.DUE_CREDIT + i] += b[Work.MONTH_CREDIT + i] if owes else 0.0
        b[State.DUE_INDEX + i] += b[Work.MONTH_INDEX + i] if owes else 0.0
        b[State.DUE_MONTHS + i] += counts
        b[State.DUE_BASE + i] += base if owes else 0.0
        b[State.DUE_WAGE + i] += b[Now.WAGE + i] * counts
        job_base = base_in_bounds(income, b[Now.FLOOR + i], b[Now.CAP + i])
        own, job_credit, job_index = ordinary_due(
            job_base, employee_rate, b[Now.ACCOUNT_RATE + i], b[Now.REFERENCE_WAGE + i]
        )
        one = 1.0 if employed else 0.0
        job_credit = job_credit * one
        b[State.CREDITED + i] += job_credit
        b[State.PRODUCT + i] += job_credit * earning
        b[State.INDICES + i] += job_index * one
        b[State.MONTHS + i] += one
        b[State.ACCRUAL + i] += one
        b[State.COUNTED + i] += one
        b[State.PLACE_BASE + i] += job_base * one
        b[State.PLACE_MONTHS + i] += one
        b[State.EVER_PAID + i] = max(b[State.EVER_PAID + i], one)
        b[State.GAP + i] = b[State.GAP + i] * (1.0 - one)
        b[Year.JOB_CONTRIBUTIONS + i] += own * one
        b[Year.EMPLOYER_CONTRIBUTIONS + i] += monthly_contribution(job_base, employer_rate) * one
        b[Year.TO_ACCOUNT + i] += job_credit
        b[Year.BASE_PAID + i] += job_base * one
        b[Year.WAGE_MONTHS + i] += b[Now.WAGE + i] * one
        b[Year.PAID_MONTHS + i] += one
        outside = able & (not employed) & (b[State.SCHEME + i] == 0.0) & (b[State.EVER_PAID + i] == 1.0)
        b[State.STOPPED + i] += 1.0 if outside else 0.0
        b[State.SPELLS + i] += 1.0 if outside & (b[State.GAP + i] == 0.0) else 0.0
        b[State.GAP + i] = 1.0 if outside else b[State.GAP + i]
        b[State.EXPOSURE + i] += 1.0 if able & (b[State.EVER_PAID + i] == 1.0) else 0.0
    if term[Term.FIXED] == 1.0:
        owe_fixed_amount(b)
    if term[Term.WITHHELD_SHARE] > 0.0:
        withhold(b, term)


@scalar
def set_fixed_dues(b: Any, nation: Any, term: Any) -> None:
    """Set what a month owes by fixed amount (F2): payment, credit, index, months toward the minimum and of accrual, base."""
    amount_level = nation[NationRow.AMOUNT_LEVEL]
    term_account_share = term[Term.ACCOUNT_SHARE]
    term_accrual_full = term[Term.ACCRUAL_FULL]
    term_accrual_proportion = term[Term.ACCRUAL_PROPORTION]
    term_amount = term[Term.AMOUNT]
    term_fixed_index = term[Term.FIXED_INDEX]
    term_index_factor = term[Term.INDEX_FACTOR]
    term_minimum_full = term[Term.MINIMUM_FULL]
    term_minimum_proportion = term[Term.MINIMUM_PROPORTION]
    term_wage_share = term[Term.WAGE_SHARE]
    for i in range(LANES):
        fixed, to_account, fixed_index, to_minimum, to_accrual = fixed_due(
            term_amount, term_wage_share, amount_level, b[Now.WAGE + i],
            b[Now.TOTAL_RATE + i], term_account_share, term_fixed_index,
            term_index_factor, term_minimum_full, term_minimum_proportion,
            term_accrual_full, term_accrual_proportion,
        )
        b[Work.FIXED_PAYMENT + i] = fixed
        b[Work.FIXED_CREDIT + i] = to_account
        b[Work.FIXED_INDEX + i] = fixed_index
        b[Work.FIXED_COUNTED + i] = to_minimum
        b[Work.FIXED_ACCRUAL + i] = to_accrual
        b[Work.FIXED_BASE + i] = fixed / b[Now.TOTAL_RATE + i]


@scalar
def owe_fixed_amount(b: Any) -> None:
    """Add what a month owes by fixed amount (F2)."""
    for i in range(LANES):
        owes = (b[State.STATUS + i] == ACTIVE) & (b[State.SCHEME + i] == 3.0) & (b[State.WORKS + i] != 2.0)
        one = 1.0 if owes else 0.0
        b[State.DUE_PAYMENT + i] += b[Work.FIXED_PAYMENT + i] * one
        b[State.DUE_CREDIT + i] += b[Work.FIXED_CREDIT + i] * one
        b[State.DUE_INDEX + i] += b[Work.FIXED_INDEX + i] * one
        b[State.DUE_MONTHS + i] += one
        b[State.DUE_ACCRUAL + i] += b[Work.FIXED_ACCRUAL + i] * one
        b[State.DUE_COUNTED + i] += b[Work.FIXED_COUNTED + i] * one
        b[State.DUE_FIXED + i] += one
        b[State.DUE_BASE + i] += b[Work.FIXED_BASE + i] * one
        b[State.DUE_WAGE + i] += b[Now.WAGE + i] * one


@scalar
def withhold(b: Any, term: Any) -> None:
    """Take a share of a month's pay on platforms into the wallet (B7, C5); proof of employee insurance exempts."""
    term_exempt = term[Term.EXEMPT]
    term_withheld_by_platform = term[Term.WITHHELD_BY_PLATFORM]
    term_withheld_share = term[Term.WITHHELD_SHARE]
    for i in range(LANES):
        income = b[State.INCOME + i]
        exempt = (term_exempt == 1.0) & (b[State.SCHEME + i] >= 2.0)
        withheld = (
            fen_half_up(term_withheld_share * income)
            if (b[State.PLATFORM + i] == 1.0) & (not exempt) else 0.0
        )
        b[State.WALLET + i] += withheld
        b[State.PERIOD_INCOME + i] -= withheld * (1.0 - term_withheld_by_platform)
        b[Year.WITHHELD + i] += withheld
        b[Year.WITHHELD_FROM_PLATFORM + i] += fen_half_up(withheld * term_withheld_by_platform)


@scalar
def pay_month(b: Any, month: int, moy: int, term: Any, beliefs: Any) -> None:
    """Let everyone whose payment date it is pay what is due, or not; what is not paid lapses."""
    term_hard_months = term[Term.HARD_MONTHS]
    term_youth_months = term[Term.YOUTH_MONTHS]
    term_loan_months = term[Term.LOAN_MONTHS]
    term_loan_share = term[Term.LOAN_SHARE]
    term_portable = term[Term.PORTABLE]
    term_tax_relief = term[Term.TAX_RELIEF]
    weight_pay = beliefs[Coefficient.PAY]
    weight_pay_burden = beliefs[Coefficient.PAY_BURDEN]
    weight_pay_idle = beliefs[Coefficient.PAY_IDLE]
    weight_pay_habit = beliefs[Coefficient.PAY_HABIT]
    weight_pay_move = beliefs[Coefficient.PAY_MOVE]
    earning = float(13 - moy)
    quarter = 1.0 if moy % 3 == 0 else 0.0
    half = 1.0 if moy % 6 == 0 else 0.0
    yearly = 1.0 if moy == 12 else 0.0
    someone = 0
    for i in range(LANES):
        rhythm = b[State.RHYTHM + i]
        posts = yearly if rhythm == 12.0 else half if rhythm == 6.0 else quarter if rhythm == 3.0 else 1.0
        posts = 1.0 if float(month) == b[State.CLAIM + i] else posts
        b[Work.POSTS + i] = posts
        due = (posts == 1.0) & (b[State.DUE_MONTHS + i] > 0.0) & (b[State.STATUS + i] == ACTIVE)
        someone += 1 if due else 0
    if someone == 0:
        for i in range(LANES):
            b[State.PERIOD_INCOME + i] *= 1.0 - b[Work.POSTS + i]
        return
    for i in range(LANES):
        posts = b[Work.POSTS + i]
        due = (posts == 1.0) & (b[State.DUE_MONTHS + i] > 0.0) & (b[State.STATUS + i] == ACTIVE)
        months = b[State.DUE_MONTHS + i]
        hard = b[State.SUBSIDY_HARD + i] if b[State.SUBSIDISED + i] < term_hard_months else 0.0
        young = b[State.SUBSIDY_YOUTH + i] if b[State.YOUTH + i] < term_youth_months else 0.0
        asked = hard + young + b[State.SUBSIDY_STATE + i] + b[State.SUBSIDY_PROVINCE + i] + b[State.SUBSIDY_PLATFORM + i]
        others = min(asked, 1.0)
        scale = others / asked if asked > 0.0 else 0.0
        payment = b[State.DUE_PAYMENT + i]
        near = b[Life.CLAIM + i] - float(month) <= term_loan_months
        lent = payment * (1.0 - others) * (term_loan_share if near else 0.0)
        net = payment * (1.0 - others) - lent
        pays = pays_now(
            weight_pay, weight_pay_burden, weight_pay_idle,
            weight_pay_habit, weight_pay_move * (1.0 - term_portable), net,
            b[State.PERIOD_INCOME + i], 1.0 if b[State.WORKS + i] == 1.0 else 0.0,
            b[State.PAID_LAST + i], 1.0 if float(month) - b[State.MOVED + i] < 11.0 else 0.0, b[Work.LOGIT + i],
        )
        kept = 1.0 if due & pays else 0.0
        missed = 1.0 if due & (not pays) else 0.0
        before = b[State.EVER_PAID + i]
        credit = b[State.DUE_CREDIT + i] * kept
        b[State.CREDITED + i] += credit
        b[State.PRODUCT + i] += credit * earning
        b[State.INDICES + i] += b[State.DUE_INDEX + i] * kept
        b[State.MONTHS + i] += months * kept
        by_base = months - b[State.DUE_FIXED + i]
        b[State.ACCRUAL + i] += by_base * kept
        b[State.COUNTED + i] += by_base * kept
        b[State.PLACE_BASE + i] += b[State.DUE_BASE + i] * kept
        b[State.PLACE_MONTHS + i] += months * kept
        b[State.SUBSIDISED + i] += months * kept * (1.0 if hard > 0.0 else 0.0)
        b[State.YOUTH + i] += months * kept * (1.0 if young > 0.0 else 0.0)
        b[Year.OWN_CONTRIBUTIONS + i] += net * kept
        b[Work.LENT + i] = lent * kept
        b[Work.KEPT + i] = kept
        b[Year.SUBSIDY_STATE + i] += payment * kept * scale * (hard + young + b[State.SUBSIDY_STATE + i])
        b[Year.SUBSIDY_PROVINCE + i] += payment * kept * scale * b[State.SUBSIDY_PROVINCE + i]
        b[Year.SUBSIDY_PLATFORM + i] += payment * kept * scale * b[State.SUBSIDY_PLATFORM + i]
        b[Year.TAX_RELIEF + i] += payment * kept * scale * b[State.SUBSIDY_PLATFORM + i] * term_tax_relief
        b[Year.TO_ACCOUNT + i] += credit
        b[Year.BASE_PAID + i] += b[State.DUE_BASE + i] * kept
        b[Year.WAGE_MONTHS + i] += b[State.DUE_WAGE + i] * kept
        b[Year.PAID_MONTHS + i] += months * kept
        b[Year.MISSED_MONTHS + i] += months * missed
        b[State.STOPPED + i] += months * missed * before
        b[State.SPELLS + i] += missed * before * (1.0 - b[State.GAP + i])
        b[State.GAP + i] = 1.0 if missed * before == 1.0 else 0.0 if kept == 1.0 else b[State.GAP + i]
        b[State.EVER_PAID + i] = max(before, kept)
        b[State.JOINED + i] = max(b[State.JOINED + i], kept * (1.0 - before))
        b[State.PAID_LAST + i] = kept if due else b[State.PAID_LAST + i]
        drop = 0.0 if posts == 1.0 else 1.0
        b[State.PERIOD_INCOME + i] *= drop
        b[State.DUE_PAYMENT + i] *= drop
        b[State.DUE_CREDIT + i] *= drop
        b[State.DUE_INDEX + i] *= drop
        b[State.DUE_MONTHS + i] *= drop
        b[State.DUE_BASE + i] *= drop
        b[State.DUE_WAGE + i] *= drop
    if term_loan_share > 0.0:
        for i in range(LANES):
            b[State.LOAN + i] += b[Work.LENT + i]
            b[Year.LOANS_LENT + i] += b[Work.LENT + i]
    if term[Term.FIXED] == 1.0:
        pay_fixed_amount(b)


@scalar
def pay_fixed_amount(b: Any) -> None:
    """Count months paid by fixed amount (F2) as what they are: parts of a month toward the minimum and of accrual."""
    for i in range(LANES):
        kept = b[Work.KEPT + i]
        fixed = b[State.DUE_FIXED + i]
        drop = 1.0 - b[Work.POSTS + i]
        b[State.ACCRUAL + i] += b[State.DUE_ACCRUAL + i] * kept
        b[State.COUNTED + i] += b[State.DUE_COUNTED + i] * kept
        b[State.FIXED + i] += fixed * kept
        b[Year.FIXED_PAYERS + i] += fixed * kept
        b[State.DUE_ACCRUAL + i] *= drop
        b[State.DUE_COUNTED + i] *= drop
        b[State.DUE_FIXED + i] *= drop


@scalar
def draw_pensions(b: Any, month: int, term: Any) -> None:
    """Pay the pensions of a month, and let them repay loans."""
    term_loan_pension_share = term[Term.LOAN_PENSION_SHARE]
    for i in range(LANES):
        draws = (b[State.STATUS + i] == DRAWS) & (float(month) >= b[State.PENSION_FROM + i])
        resident = b[State.FROM_RESIDENT + i] == 1.0
        basic = b[State.BASIC + i] if draws else 0.0
        account = b[State.ACCOUNT_PENSION + i] if draws else 0.0
        b[Year.BASIC_BENEFITS + i] += 0.0 if resident else basic
        b[Year.ACCOUNT_BENEFITS + i] += 0.0 if resident else account
        b[Year.RESIDENT_BASIC_BENEFITS + i] += basic if resident else 0.0
        b[Year.RESIDENT_ACCOUNT_BENEFITS + i] += account if resident else 0.0
        b[Year.PENSION_MONTHS + i] += 1.0 if draws else 0.0
        b[State.ACCOUNT_LEFT + i] = max(b[State.ACCOUNT_LEFT + i] - account, 0.0)
        repaid = min(b[State.LOAN + i], term_loan_pension_share * (basic + account))
        b[State.LOAN + i] -= repaid
        b[Year.LOANS_REPAID + i] += repaid
