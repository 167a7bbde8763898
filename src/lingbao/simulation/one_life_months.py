"""A month of one life: work and income, what is owed, what is paid, what is drawn.

Part of the independent check of the block kernel, see :mod:`lingbao.simulation.one_life`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rounding import fen_half_up
from lingbao.law.rules.contribution import base_in_bounds
from lingbao.simulation.block import ACTIVE, DRAWS, WAITING
from lingbao.simulation.choice import lowest_base, pays_now
from lingbao.simulation.layout import Flow
from lingbao.simulation.life_steps import (
    deviation_after,
    hazard_of_leaving,
    income_of_month,
    on_platform_after,
    work_after,
)
from lingbao.simulation.one_life_choice import EMPLOYEE, FIXED, NONE
from lingbao.simulation.one_life_events import EMPLOYED, IDLE
from lingbao.simulation.one_life_state import Dues, Life, Now
from lingbao.simulation.streams import Purpose

if TYPE_CHECKING:
    from lingbao.simulation.one_life import World


def month_of(life: Life, now: Now, world: World) -> float:
    """Live a month of work and dues, and return the month's shock to willingness to pay."""
    normal, working, platform, willing = life.luck.words(now.month, Purpose.MONTH) if life.status in (ACTIVE, WAITING) else (0, 0, 0, 0)
    shock = life.luck.logistic(willing)
    if life.status != ACTIVE:
        return shock
    work(life, now, world, life.luck.normal(normal), life.luck.share(working), life.luck.share(platform))
    if life.works == EMPLOYED:
        contribute_in_employment(life, now, world)
    elif life.scheme >= EMPLOYEE:
        owe(life, now, world)
    withhold(life, now)
    count_time(life)
    if now.month_of_year % life.rhythm == 0 or now.month == life.claim:
        post(life, now, world, shock)
    return shock


def work(life: Life, now: Now, world: World, shock: float, luck: float, platform_luck: float) -> None:
    """Settle this month's work, platform and income."""
    process = world.process
    life.works = work_after(life.works, luck, *life.hazards)
    joins, *leaving = life.platform_hazards
    on_it = on_platform_after(life.platform, life.works, platform_luck, hazard_of_leaving(life.tenure, *leaving), joins)
    life.tenure = life.tenure + 1.0 if on_it == 1.0 and life.platform == 1.0 else 0.0
    life.platform = on_it
    life.deviation = deviation_after(life.deviation, shock, process.persistence, process.innovation)
    life.income = income_of_month(
        life.start.income, now.nation.income_level, world.season[now.month_of_year - 1], life.start.volatility, life.deviation,
        life.works, process.premium)
    life.year_income += life.income
    life.period_income += life.income
    life.moved += 1


def contribute_in_employment(life: Life, now: Now, world: World) -> None:
    """Pay through an employer: nothing to decide."""
    law, nation, year = now.law, now.nation, life.year
    base = base_in_bounds(life.income, law.floor, law.cap)
    own, credit, index = world.rules.ordinary_due(base, nation.employee_rate, law.account_rate, law.reference_wage)
    life.credited += credit
    life.product += credit * (13 - now.month_of_year)
    life.indices += index
    life.months += 1.0
    life.accrual += 1.0
    life.counted += 1.0
    life.place_base += base
    life.place_months += 1.0
    life.ever_paid, life.gap = True, False
    year[Flow.JOB_CONTRIBUTIONS] += own
    year[Flow.EMPLOYER_CONTRIBUTIONS] += world.rules.monthly_contribution(base, nation.employer_rate)
    year[Flow.TO_ACCOUNT] += credit
    year[Flow.BASE_PAID] += base
    year[Flow.WAGE_MONTHS] += law.wage
    year[Flow.PAID_MONTHS] += 1.0
    life.tell(now.month, "employee_contribution", own, own)


def owe(life: Life, now: Now, world: World) -> None:
    """Add this month to what falls due at the next payment date."""
    law, term, dues = now.law, now.term, life.dues
    if life.scheme == FIXED:
        payment, credit, index, counted, accrual = world.rules.fixed_due(
            term.amount, term.wage_share, now.nation.amount_level, law.wage, law.total_rate, term.account_share, term.fixed_index,
            term.index_factor, term.minimum_full, term.minimum_proportion, term.accrual_full, term.accrual_proportion)
        base, months, by_amount = payment / law.total_rate, 1.0, 1.0
    else:
        base = base_of(life, now)
        rate = term.after_rate if life.counted >= term.after_months else law.account_rate
        payment, credit, index = world.rules.ordinary_due(base, law.total_rate, rate, law.reference_wage)
        months = counted = accrual = 1.0 if base > 0.0 else 0.0
        by_amount = 0.0
    dues.payment += payment
    dues.credit += credit
    dues.index += index
    dues.months += months
    dues.accrual += accrual
    dues.counted += counted
    dues.by_amount += by_amount
    dues.base += base
    dues.wage += law.wage
    if hasattr(payment, "node"):
        dues.nodes.append(payment.node)


def base_of(life: Life, now: Now) -> Any:
    """Return the base on which a month is due: the declared tier within bounds, or what a share of income amounts to."""
    law, term = now.law, now.term
    if term.share_of_income > 0.0 and life.ratio == 0.0:
        return min(term.share_of_income * life.income / law.total_rate, law.cap)
    least = lowest_base(
        law.wage, law.floor, law.cap, life.income, term.own_income, term.least_ratio, term.most_ratio, law.survey_wage,
        life.floor_ratio * term.surveyed)
    return base_in_bounds(life.ratio * law.wage, least, law.cap)


def withhold(life: Life, now: Now) -> None:
    """Withhold a share of the pay for orders, unless there is proof of another insurance."""
    term = now.term
    exempt = term.exempt == 1.0 and life.scheme >= EMPLOYEE
    if life.platform == 1.0 and not exempt and term.withheld_share > 0.0:
        amount = fen_half_up(term.withheld_share * life.income)
        life.wallet += amount
        life.period_income -= amount * (1.0 - term.withheld_by_platform)
        life.year[Flow.WITHHELD] += amount
        life.year[Flow.WITHHELD_FROM_PLATFORM] += fen_half_up(amount * term.withheld_by_platform)


def count_time(life: Life) -> None:
    """Count months since the first payment, and those among them in no scheme."""
    if not life.ever_paid:
        return
    life.exposure += 1
    if life.scheme == NONE and life.works != EMPLOYED:
        life.stopped += 1.0
        life.spells += 0 if life.gap else 1
        life.gap = True


def post(life: Life, now: Now, world: World, shock: float) -> None:
    """Decide on what is due at a payment date, pay it or not, and begin a new period."""
    dues, period_income = life.dues, life.period_income
    life.dues, life.period_income = Dues(), 0.0
    if dues.months == 0.0:
        return
    term, beliefs, year, shares = now.term, world.beliefs, life.year, life.shares
    hard = shares.hard if life.subsidised < term.hard_months else 0.0
    youth = shares.youth if life.young < term.youth_months else 0.0
    promised = hard + youth + shares.state + shares.province + shares.platform
    scale = 1.0 / promised if promised > 1.0 else 1.0
    after_subsidies = dues.payment * (1.0 - min(promised, 1.0))
    lent = after_subsidies * term.loan_share if life.start.claim - now.month <= term.loan_months else 0.0
    net = after_subsidies - lent
    pays = pays_now(
        beliefs.pay, beliefs.pay_burden, beliefs.pay_idle, beliefs.pay_habit, beliefs.pay_move * (1.0 - term.portable), net,
        period_income, 1.0 if life.works == IDLE else 0.0, 1.0 if life.paid_last else 0.0, 1.0 if life.moved < MONTHS_PER_YEAR else 0.0, shock)
    life.paid_last = pays
    if not pays:
        year[Flow.MISSED_MONTHS] += dues.months
        if life.ever_paid:
            life.stopped += dues.months
            life.spells += 0 if life.gap else 1
            life.gap = True
        return
    life.joined = life.joined or not life.ever_paid
    life.ever_paid, life.gap = True, False
    life.credited += dues.credit
    life.product += dues.credit * (13 - now.month_of_year)
    life.indices += dues.index
    life.months += dues.months
    life.accrual += dues.accrual
    life.counted += dues.counted
    life.fixed += dues.by_amount
    life.place_base += dues.base
    life.place_months += dues.months
    life.subsidised += dues.months if hard > 0.0 else 0.0
    life.young += dues.months if youth > 0.0 else 0.0
    life.loan += lent
    for flow, amount in {
        Flow.OWN_CONTRIBUTIONS: net, Flow.LOANS_LENT: lent, Flow.SUBSIDY_STATE: dues.payment * (hard + youth + shares.state) * scale,
        Flow.SUBSIDY_PROVINCE: dues.payment * shares.province * scale, Flow.SUBSIDY_PLATFORM: dues.payment * shares.platform * scale,
        Flow.TAX_RELIEF: dues.payment * shares.platform * scale * term.tax_relief, Flow.TO_ACCOUNT: dues.credit,
        Flow.BASE_PAID: dues.base, Flow.WAGE_MONTHS: dues.wage, Flow.PAID_MONTHS: dues.months, Flow.FIXED_PAYERS: dues.by_amount,
    }.items():
        year[flow] += amount
    life.tell(now.month, "payment", dues.payment, *dues.nodes)


def draw_pension(life: Life, now: Now) -> None:
    """Draw the month's pension and pay back a loan from it."""
    if life.status != DRAWS or now.month < life.pension_from:
        return
    basic, account = (Flow.RESIDENT_BASIC_BENEFITS, Flow.RESIDENT_ACCOUNT_BENEFITS) if life.from_resident else (
        Flow.BASIC_BENEFITS, Flow.ACCOUNT_BENEFITS)
    life.year[basic] += life.basic
    life.year[account] += life.account_pension
    life.year[Flow.PENSION_MONTHS] += 1.0
    life.account_left = max(life.account_left - life.account_pension, 0.0)
    repaid = min(life.loan, now.term.loan_pension_share * (life.basic + life.account_pension))
    life.loan -= repaid
    life.year[Flow.LOANS_REPAID] += repaid
