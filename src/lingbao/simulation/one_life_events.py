"""Single moments of one life: its beginning, each January, the claim, death, and each December.

Part of the independent check of the block kernel, see :mod:`lingbao.simulation.one_life`.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from lingbao.law.rounding import fen_half_up
from lingbao.simulation.block import ACTIVE, DEAD, DRAWS, NOT_YET, OUT, WAITING
from lingbao.simulation.layout import Flow
from lingbao.simulation.one_life_choice import EMPLOYEE, RESIDENT
from lingbao.simulation.one_life_state import Life, Now
from lingbao.simulation.schema import KINDS, RESIDENCES
from lingbao.simulation.streams import NO_MONTH, Purpose

if TYPE_CHECKING:
    from lingbao.simulation.one_life import World

NEW_FORM = KINDS.index("new_form")
FIRST_MIGRANT = RESIDENCES.index("urban_to_urban")
IDLE, EMPLOYED = 1.0, 2.0
LONGEST_TENURE_AT_START = 24
ALMOST_ONE = 0.999999


def give_character(life: Life, world: World) -> None:
    """Set tastes, hazards and expectations, which stay for life, and the work of those who are there at the start."""
    luck, process, start = life.luck, world.process, life.start
    first, second, third, fourth = luck.words(NO_MONTH, Purpose.TASTES)
    life.taste_employee = world.beliefs.employee_taste * luck.normal(first)
    life.taste_resident = world.beliefs.resident_taste * luck.normal(second)
    life.rhythm_share = luck.share(third)
    life.certified = luck.share(fourth) < process.certified
    *life.hazards, life.floor_ratio = world.hazards[int(start.kind)]
    first, second, third, fourth = luck.words(NO_MONTH, Purpose.START)
    if start.kind == NEW_FORM:
        form = luck.share(fourth)
        life.platform_hazards = world.platforms[0 if form < process.riders else 1 if form < process.riders_and_drivers else 2]
    else:
        life.platform_hazards = [0.0] * 5
    age = world.age_in_table(start.claim - start.birth)
    life.expected_months = world.annuity[0][int(start.sex)][age]
    life.divisor = world.annuity[2][int(start.sex)][age]
    if start.entry <= world.first:
        draw = luck.share(first)
        if draw < process.start_idle:
            life.works = IDLE
        elif draw < process.start_idle + process.start_employed:
            life.works = EMPLOYED
        elif start.kind == NEW_FORM and luck.share(second) < process.start_on_platform:
            life.platform = 1.0
            life.tenure = float(floor(LONGEST_TENURE_AT_START * luck.share(third) * luck.share(third)))


def open_year(life: Life, now: Now, world: World) -> None:
    """Let a life enter, draw whether and when it ends this year, raise its pension, and perhaps move it."""
    life.year = [0.0] * len(Flow)
    life.joined = life.left = False
    if life.status == NOT_YET and life.start.entry < now.month + 12:
        life.status = ACTIVE
        life.year[Flow.ENTRANTS] = 1.0 if life.start.entry >= now.month else 0.0
        life.last_income = life.start.income * now.nation.income_level
    if life.status in (NOT_YET, DEAD):
        return
    dying, moving, where, _ = life.luck.words(now.month, Purpose.YEAR)
    insured = 1 if life.status == DRAWS and not life.from_resident else 0
    age = world.age_in_table(now.month + 6 - life.start.birth)
    life.death = world.rules.dies_in(life.luck.share(dying), world.mortality(now.row, insured, int(life.start.sex), age), float(now.month))
    if life.status == DRAWS:
        life.basic = world.rules.adjusted_pension(life.basic, now.nation.adjustment)
        if not life.from_resident:
            life.account_pension = world.rules.adjusted_pension(life.account_pension, now.nation.adjustment)
        life.tell(now.month, "basic_pension", life.basic, life.basic)
        life.tell(now.month, "account_pension", life.account_pension, life.account_pension)
    if life.status == ACTIVE:
        move(life, now, world, life.luck.share(moving), life.luck.share(where))


def move(life: Life, now: Now, world: World, luck: float, where: float) -> None:
    """Move a life home or elsewhere, or leave it where it is; pooled money moves with a member."""
    home = int(life.start.home)
    returns = world.process.return_home if life.here != home else 0.0
    leaves = world.process.move_migrant if life.start.residence >= FIRST_MIGRANT else world.process.move_local
    if luck < returns:
        there = home
    elif luck < returns + leaves:
        last = len(world.province_ends) - 1
        there = next((row for row, end in enumerate(world.province_ends) if where < end), last)
    else:
        return
    if there == life.here:
        return
    money = now.nation.transfer_rate * life.place_base
    if now.term.pool_moves >= 0.0:
        money = max(now.term.pool_moves * (now.nation.employer_rate * life.place_base), money)
    life.year[Flow.TRANSFER_OUT] += money
    life.year[Flow.TRANSFER_IN] += money
    life.came_from, life.here = life.here, there
    life.place_base = life.place_months = 0.0
    life.moved = 0


def happen(life: Life, now: Now, world: World) -> None:
    """Carry out a claim or a death that falls into the month."""
    if life.status == ACTIVE and life.claim == now.month:
        claim_from_employee_scheme(life, now, world)
    if life.status == WAITING and life.claim <= now.month:
        claim_from_resident_scheme(life, now, world)
    if life.status not in (NOT_YET, DEAD) and life.death == now.month:
        die(life, now, world)


def claim_from_employee_scheme(life: Life, now: Now, world: World) -> None:
    """Claim with the months needed; without them pay on if that can still lead there, else wait for the resident pension."""
    term = now.term
    missing = now.nation.minimum - life.counted
    if missing > 0.0 or life.months == 0.0:
        keeps_paying = life.scheme >= EMPLOYEE and life.paid_last
        if keeps_paying and not life.extended and missing <= term.extension:
            life.extended = True
            life.claim = now.month + floor(missing + ALMOST_ONE) + life.rhythm
        else:
            life.status = WAITING
            life.claim = max(life.start.resident_claim, now.month)
        return
    balance = balance_at_claim(life, now, world)
    at_home = life.place_months < term.place_months
    benefit_base = world.benefit_base(now, int(life.start.home) if at_home else life.here)
    if term.law_1997 == 1.0:
        account = world.rules.account_pension_1997(balance, term.divisor_1997)
        basic = world.rules.basic_pension_1997(benefit_base, term.flat_share)
        index = world.rules.mean_index(life.indices, life.months)
    else:
        account = world.rules.account_pension(balance, world.payout[int(now.month - life.start.birth)])
        index = world.rules.mean_index(life.indices, life.months)
        basic = world.rules.basic_pension(benefit_base, index, life.accrual, term.accrual_rate)
    bonus = world.rules.bonus_factor(
        life.accrual, index, term.bonus_from_months, term.bonus_per_year, term.bonus_from_index, term.bonus_per_index)
    life.basic = world.rules.topped_up(basic * bonus, account, benefit_base, term.floor_share)
    life.account_pension = float(account)
    life.account_left = float(balance)
    life.tell(now.month, "account", balance, balance)
    life.tell(now.month, "basic_pension", life.basic, basic)
    life.tell(now.month, "account_pension", account, account)
    begin_pension(life, now)


def claim_from_resident_scheme(life: Life, now: Now, world: World) -> None:
    """Merge the employee account and buy missing years, or have the money paid out and draw nothing."""
    term = now.term
    balance = float(balance_at_claim(life, now, world))
    clear_account(life)
    years = life.resident_years + life.counted / 12.0
    missing = max(term.resident_minimum / 12.0 - years, 0.0)
    money = life.resident_account + life.wallet
    wallet, life.resident_account, life.wallet = life.wallet, 0.0, 0.0
    if missing > 0.0 and life.scheme != RESIDENT and term.mandatory != 1.0:
        life.year[Flow.LUMP_SUMS] += balance + money
        life.status = OUT
        return
    fee = max(life.fee, world.fees[life.here][0]) * now.nation.fee_level
    bought = fen_half_up(floor(missing + ALMOST_ONE) * fee)
    life.year[Flow.RESIDENT_FEES] += bought
    life.year[Flow.CONVERTED] += balance
    life.year[Flow.RESIDENT_TURNED_OVER] += wallet
    account = money + bought + balance
    further = max(years - term.resident_minimum / 12.0, 0.0)
    added = term.basic_per_year * further + term.basic_per_hundred * max(fee / 100.0 - 1.0, 0.0)
    pension = world.rules.resident_account_pension(account, term.resident_divisor)
    life.basic = float(now.law.resident_basic) + added
    life.account_pension, life.account_left, life.from_resident = float(pension), account, True
    life.tell(now.month, "basic_pension", life.basic, now.law.resident_basic)
    life.tell(now.month, "account_pension", pension, pension)
    begin_pension(life, now)
    if life.spells > 0:
        life.pension_from += term.waiting_months


def balance_at_claim(life: Life, now: Now, world: World) -> float:
    """Return the account at the claim and book its interest."""
    balance: float = world.rules.account_at_claim(
        life.account, life.credited, life.product, now.nation.crediting, float(now.month_of_year))
    life.year[Flow.ACCOUNT_INTEREST] += balance - life.account - life.credited
    return balance


def clear_account(life: Life) -> None:
    """Empty the account of the employee scheme."""
    life.account = life.credited = life.product = 0.0


def begin_pension(life: Life, now: Now) -> None:
    """Set what every pension begins with."""
    life.year[Flow.LUMP_SUMS] += life.wallet
    life.wallet = 0.0
    clear_account(life)
    life.status = DRAWS
    life.claimed = now.month
    life.pension_from = now.month + now.term.pension_delay
    life.first_pension = life.basic + life.account_pension
    life.wage_at_claim = float(now.law.wage)


def die(life: Life, now: Now, world: World) -> None:
    """End a life; what is left goes to the heirs, with the grants for members of the employee scheme."""
    term = now.term
    left = life.account_left + life.account + life.credited + life.resident_account + life.wallet
    if life.accrual > 0.0 and not life.from_resident and life.status != OUT:
        income = world.process.grant_income * now.law.wage
        months = world.rules.condolence_months(
            life.accrual / 12.0, term.grant_second_from, term.grant_third_from, term.grant_third_until, term.grant_first,
            term.grant_second, term.grant_third, term.grant_per_year, term.grant_years, term.grant_cap)
        if life.status == DRAWS:
            drawn = max(now.month - life.pension_from, 0.0) / 12.0
            months = world.rules.condolence_months_retired(months, drawn, term.grant_less, term.grant_floor)
        funeral, condolence = world.rules.funeral_grant(income, term.funeral_months), world.rules.condolence_payment(income, months)
        left += funeral + condolence
        life.tell(now.month, "death_grants", funeral + condolence, funeral, condolence)
    life.year[Flow.DEATH_BENEFITS] += left
    life.year[Flow.DEATHS] += 1.0
    clear_account(life)
    life.account_left = life.resident_account = life.wallet = life.loan = 0.0
    life.status = DEAD


def close_year(life: Life, now: Now, world: World, resident_shock: float) -> None:
    """Settle what is settled once a year: resident fee, withheld money, private saving, interest."""
    if life.status in (ACTIVE, WAITING):
        pay_resident_fee(life, now, world, resident_shock)
        if life.status == ACTIVE:
            turn_over(life, now, world)
            save_privately(life, now, world)
        balance = world.rules.account_at_year_end(life.account, life.credited, life.product, now.nation.crediting)
        life.year[Flow.ACCOUNT_INTEREST] += balance - life.account - life.credited
        if balance > 0.0:
            life.tell(now.month, "account", balance, balance)
        life.account, life.credited, life.product = balance, 0.0, 0.0
    life.loan *= 1.0 + now.term.loan_rate
    if life.status == ACTIVE:
        life.last_income = life.year_income / 12.0
    take_stock(life, now, world)


def pay_resident_fee(life: Life, now: Now, world: World, shock: float) -> None:
    """Pay the resident fee, or not, and credit it with its subsidy; money withheld for the scheme goes the same way."""
    term, beliefs, level = now.term, world.beliefs, now.nation.fee_level
    fees, subsidies = world.fees[life.here], world.subsidies[life.here]
    withheld = life.wallet if term.withheld_to_employee == 0.0 else 0.0
    wanted = fen_half_up(life.fee * level)
    burden = min(wanted / max(life.year_income, 1.0), 3.0)
    willing = beliefs.resident_pay - beliefs.pay_burden * burden + shock > 0.0
    pays = life.scheme == RESIDENT and (willing or term.mandatory == 1.0)
    enough_withheld = 0.0 < withheld >= fees[0] * level
    fee = wanted if pays else 0.0
    counts = fee > 0.0 or enough_withheld
    subsidy = 0.0
    if counts:
        tiers_reached = [subsidy for tier, subsidy in zip(fees, subsidies, strict=True) if life.fee >= tier]
        local = tiers_reached[-1] if pays else subsidies[0]
        least = world.rules.resident_subsidy_floor(
            fee + (withheld if enough_withheld else 0.0), term.resident_subsidy_from, term.resident_subsidy_low,
            term.resident_subsidy_high)
        subsidy = world.rules.resident_subsidy(fen_half_up(local * level), least)
        life.resident_years += 1.0
    credit = fee + subsidy + withheld
    balance = world.rules.resident_account_closing(life.resident_account, credit, now.law.resident_rate, 1.0)
    life.year[Flow.RESIDENT_INTEREST] += balance - life.resident_account - credit
    life.year[Flow.RESIDENT_FEES] += fee
    life.year[Flow.RESIDENT_SUBSIDY] += subsidy
    life.year[Flow.RESIDENT_TURNED_OVER] += withheld
    life.year[Flow.RESIDENT_PAYERS] = 1.0 if counts else 0.0
    if balance > 0.0:
        life.tell(now.month, "resident_account", balance, balance)
    life.resident_account = balance
    life.wallet -= withheld
    if life.scheme == RESIDENT:
        life.paid_last = pays


def turn_over(life: Life, now: Now, world: World) -> None:
    """Buy months of the employee scheme with money withheld from orders."""
    law, year = now.law, life.year
    if now.term.withheld_to_employee == 0.0 or life.wallet <= 0.0:
        return
    affordable = life.wallet // world.rules.monthly_contribution(law.floor, law.total_rate)
    months = min(affordable, max(12.0 - year[Flow.PAID_MONTHS], 0.0))
    if months <= 0.0:
        return
    base = min(life.wallet / months / law.total_rate, law.cap)
    paid = min(world.rules.monthly_contribution(base, law.total_rate) * months, life.wallet)
    credit = world.rules.account_credit(base, law.account_rate) * months
    life.wallet -= paid
    life.credited += credit
    life.product += credit
    life.indices += world.rules.month_index(base, law.reference_wage) * months
    life.months += months
    life.accrual += months
    life.counted += months
    life.place_base += base * months
    life.place_months += months
    life.joined = life.joined or not life.ever_paid
    life.ever_paid = True
    for flow, amount in ((Flow.TURNED_OVER, paid), (Flow.TO_ACCOUNT, credit), (Flow.BASE_PAID, base * months),
                         (Flow.WAGE_MONTHS, law.wage * months), (Flow.PAID_MONTHS, months)):
        year[flow] += amount


def save_privately(life: Life, now: Now, world: World) -> None:
    """Save into a personal pension where one is on offer; only relief at the payment is given back."""
    term = now.term
    if term.personal_eet == 0.0 and term.personal_tee == 0.0:
        return
    taxable = max(life.year_income - life.year[Flow.OWN_CONTRIBUTIONS] - life.year[Flow.JOB_CONTRIBUTIONS] - term.personal_allowance, 0.0)
    saved = min(world.process.personal_share * taxable * life.start.self_reliant, term.personal_cap)
    life.personal += saved
    if term.personal_eet == 1.0:
        life.year[Flow.TAX_RELIEF] += saved * (term.personal_rate - term.personal_payout_rate)


def take_stock(life: Life, now: Now, world: World) -> None:
    """Set stocks and heads at the end of the year."""
    year, active, draws = life.year, life.status == ACTIVE, life.status == DRAWS
    rights = 0.0
    if draws and not life.from_resident:
        annuity = world.annuity[1][int(life.start.sex)][world.age_in_table(now.month - life.start.birth)]
        rights = (life.basic + life.account_pension) * annuity - life.account_left
    elif active and life.accrual > 0.0:
        rights = earned(life, now, world)
    year[Flow.ACCOUNT_STOCK] = life.account + (life.account_left if draws and not life.from_resident else 0.0)
    year[Flow.RESIDENT_ACCOUNT_STOCK] = life.resident_account + (life.account_left if draws and life.from_resident else 0.0)
    year[Flow.ACCRUED_RIGHTS_STOCK] = max(rights, 0.0)
    year[Flow.WALLET_STOCK] = life.wallet
    flexible = active and life.works != EMPLOYED
    heads = {
        Flow.POPULATION: flexible, Flow.EMPLOYED: active and not flexible, Flow.MEMBERS: flexible and life.scheme >= EMPLOYEE,
        Flow.RESIDENT_MEMBERS: flexible and life.scheme == RESIDENT, Flow.PAYERS: flexible and year[Flow.PAID_MONTHS] > 0.0,
        Flow.PENSIONERS: draws and not life.from_resident, Flow.RESIDENT_PENSIONERS: draws and life.from_resident,
        Flow.FIXED_PAYERS: year[Flow.FIXED_PAYERS] > 0.0, Flow.JOINED: life.joined, Flow.LEFT: life.left,
    }
    for flow, is_so in heads.items():
        year[flow] = 1.0 if is_so else 0.0


def earned(life: Life, now: Now, world: World) -> float:
    """Return what the months paid so far are worth, were the pension to begin at the claim."""
    annuity = world.annuity[1][int(life.start.sex)][world.age_in_table(life.start.claim - life.start.birth)]
    return float(world.rules.rights_earned(
        now.law.benefit_base, life.indices, life.months, life.accrual, now.term.accrual_rate, annuity))
