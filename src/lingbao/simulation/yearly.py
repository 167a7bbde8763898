"""December: resident fees, withheld money turned over, interest, what the year was worth, and the accounts of all."""

from __future__ import annotations

from typing import Any

import numpy as np

from lingbao.career.lifetime import account_at_year_end
from lingbao.law.rule import scalar
from lingbao.law.rules.contribution import account_credit, monthly_contribution
from lingbao.law.rules.index import month_index
from lingbao.law.rules.resident import resident_account_closing, resident_subsidy, resident_subsidy_floor
from lingbao.simulation.layout import (
    ACTIVE,
    AGE_BANDS,
    DEAD,
    DRAWS,
    NOT_YET,
    RATES_OF_RETURN,
    WAITING,
    Coefficient,
    Count,
    Flow,
    LawRow,
    NationRow,
    Process,
    Start,
    State,
    Term,
)
from lingbao.simulation.life_steps import band_of
from lingbao.simulation.scheme_steps import rights_earned

FIRST_STOCK = int(Flow.ACCOUNT_STOCK)
FLOWS = len(Flow)
FIRST_COUNT = int(Flow.PAID_MONTHS)
SECOND_BAND, THIRD_BAND, FOURTH_BAND, LAST_BAND = AGE_BANDS
BANDS = len(AGE_BANDS) + 1


@scalar
def close_year(
    width: int, month: int, row: int, life: Any, law: Any, state: Any, year: Any, worth: Any, nation: Any, annuity: Any,
    fees: Any, subsidies: Any, term: Any, process: Any, beliefs: Any, luck: Any, deflators: Any, fund: Any, people: Any,
) -> None:
    """Close the year of a block and add it to the accounts."""
    for i in range(width):
        status = state[State.STATUS, i]
        if status == NOT_YET:
            continue
        if status == ACTIVE or status == WAITING:
            pay_resident(i, month, life, law, state, year, nation, fees, subsidies, term, beliefs, luck)
            turn_over(i, law, state, year, nation, term)
            save_privately(i, life, state, year, term, process)
            credit_interest(i, law, state, year, nation)
            state[State.LAST_INCOME, i] = state[State.YEAR_INCOME, i] / 12.0
            state[State.LOAN, i] *= 1.0 + term[Term.LOAN_RATE]
        take_stock(i, month, life, law, state, year, annuity, term)
        value_year(i, row, state, year, worth, deflators)
        add_fund(i, row, life, state, year, fund)
        add_people(i, month, row, life, law, state, year, nation, people)
        state[State.YEAR_INCOME, i] = 0.0


@scalar
def pay_resident(
    i: int, month: int, life: Any, law: Any, state: Any, year: Any, nation: Any, fees: Any, subsidies: Any, term: Any,
    beliefs: Any, luck: Any,
) -> None:
    """Pay the resident fee of the year, towards whose end it is collected, and credit it with its subsidy."""
    rate = law[LawRow.RESIDENT_RATE, i]
    here = int(state[State.HERE, i])
    withheld = state[State.WALLET, i] if term[Term.WITHHELD_TO_EMPLOYEE] == 0.0 else 0.0
    member = state[State.SCHEME, i] == 1.0
    share = state[State.FEE, i] * nation[NationRow.FEE_LEVEL] / max(state[State.YEAR_INCOME, i], 1.0)
    pays = member and (
        beliefs[Coefficient.RESIDENT_PAY] - beliefs[Coefficient.PAY_BURDEN] * min(share, 3.0) + luck[1, i] > 0.0
        or term[Term.MANDATORY] == 1.0
    )
    fee = state[State.FEE, i] * nation[NationRow.FEE_LEVEL] if pays else 0.0
    local = 0.0
    for j in range(fees.shape[1]):
        local = subsidies[here, j] if pays and state[State.FEE, i] >= fees[here, j] else local
    least = fees[here, 0] * nation[NationRow.FEE_LEVEL]
    if withheld >= least and not pays:
        local = subsidies[here, 0]
    floor = resident_subsidy_floor(
        fee + (withheld if withheld >= least else 0.0), term[Term.RESIDENT_SUBSIDY_FROM], term[Term.RESIDENT_SUBSIDY_LOW],
        term[Term.RESIDENT_SUBSIDY_HIGH],
    )
    paid = fee > 0.0 or withheld >= least
    subsidy = resident_subsidy(local * nation[NationRow.FEE_LEVEL], floor) if paid else 0.0
    subsidy = np.floor(subsidy * 100.0 + 0.5) / 100.0
    fee = np.floor(fee * 100.0 + 0.5) / 100.0
    before = state[State.RESIDENT_ACCOUNT, i]
    after = resident_account_closing(before, fee + subsidy + withheld, rate, 1.0)
    state[State.RESIDENT_ACCOUNT, i] = after
    state[State.RESIDENT_YEARS, i] += 1.0 if paid else 0.0
    state[State.WALLET, i] -= withheld
    year[Flow.TURNED_OVER, i] += withheld
    year[Flow.RESIDENT_FEES, i] += fee
    year[Flow.RESIDENT_SUBSIDY, i] += subsidy
    year[Flow.RESIDENT_INTEREST, i] += after - before - fee - subsidy - withheld
    year[Flow.RESIDENT_PAYERS, i] = 1.0 if paid else 0.0
    state[State.PAID_LAST, i] = (1.0 if pays else 0.0) if member else state[State.PAID_LAST, i]


@scalar
def turn_over(i: int, law: Any, state: Any, year: Any, nation: Any, term: Any) -> None:
    """Turn money withheld from orders into months of the employee scheme, at the lowest base or above; carry the rest."""
    if term[Term.WITHHELD_TO_EMPLOYEE] == 0.0 or state[State.WALLET, i] <= 0.0 or state[State.STATUS, i] != ACTIVE:
        return
    lowest = monthly_contribution(law[LawRow.FLOOR, i], law[LawRow.TOTAL_RATE, i])
    months = min(float(int(state[State.WALLET, i] / lowest)), max(12.0 - year[Flow.PAID_MONTHS, i], 0.0))
    if months <= 0.0:
        return
    base = min(state[State.WALLET, i] / months / law[LawRow.TOTAL_RATE, i], law[LawRow.CAP, i])
    paid = min(monthly_contribution(base, law[LawRow.TOTAL_RATE, i]) * months, state[State.WALLET, i])
    credit = account_credit(base, law[LawRow.ACCOUNT_RATE, i]) * months
    state[State.WALLET, i] -= paid
    state[State.CREDITED, i] += credit
    state[State.PRODUCT, i] += credit
    state[State.INDICES, i] += month_index(base, law[LawRow.REFERENCE_WAGE, i]) * months
    state[State.MONTHS, i] += months
    state[State.ACCRUAL, i] += months
    state[State.COUNTED, i] += months
    state[State.PLACE_BASE, i] += base * months
    state[State.PLACE_MONTHS, i] += months
    state[State.EVER_PAID, i] = 1.0
    year[Flow.TURNED_OVER, i] += paid
    year[Flow.TO_ACCOUNT, i] += credit
    year[Flow.BASE_PAID, i] += base * months
    year[Flow.WAGE_MONTHS, i] += law[LawRow.WAGE, i] * months
    year[Flow.PAID_MONTHS, i] += months


@scalar
def save_privately(i: int, life: Any, state: Any, year: Any, term: Any, process: Any) -> None:
    """Save into a personal pension under EET or TEE (B6): whoever is self-reliant saves a share of taxable income."""
    if term[Term.PERSONAL_EET] == 0.0 and term[Term.PERSONAL_TEE] == 0.0:
        return
    taxable = max(state[State.YEAR_INCOME, i] - year[Flow.OWN_CONTRIBUTIONS, i] - term[Term.PERSONAL_ALLOWANCE], 0.0)
    saved = min(process[Process.PERSONAL_SHARE] * taxable * life[Start.SELF_RELIANT, i], term[Term.PERSONAL_CAP])
    state[State.PERSONAL, i] += saved
    relief = saved * term[Term.PERSONAL_RATE] - saved * term[Term.PERSONAL_PAYOUT_RATE]
    year[Flow.TAX_RELIEF, i] += relief if term[Term.PERSONAL_EET] == 1.0 else 0.0


@scalar
def credit_interest(i: int, law: Any, state: Any, year: Any, nation: Any) -> None:
    """Credit the year's interest to the individual account."""
    after = account_at_year_end(
        state[State.ACCOUNT, i], state[State.CREDITED, i], state[State.PRODUCT, i], nation[NationRow.CREDITING]
    )
    year[Flow.ACCOUNT_INTEREST, i] += after - state[State.ACCOUNT, i] - state[State.CREDITED, i]
    state[State.ACCOUNT, i] = after
    state[State.CREDITED, i] = 0.0
    state[State.PRODUCT, i] = 0.0


@scalar
def take_stock(i: int, month: int, life: Any, law: Any, state: Any, year: Any, annuity: Any, term: Any) -> None:
    """Set the stocks and head counts at the year end."""
    status = state[State.STATUS, i]
    drawing = status == DRAWS
    resident = state[State.FROM_RESIDENT, i] == 1.0
    sex = int(life[Start.SEX, i])
    last_age = annuity.shape[2] - 1
    age = min(max(int((float(month) - life[Start.BIRTH, i]) / 12.0), 0), last_age)
    claim_age = min(max(int((life[Start.CLAIM, i] - life[Start.BIRTH, i]) / 12.0), 0), last_age)
    rights = 0.0
    if drawing and not resident:
        rights = (state[State.BASIC, i] + max(state[State.ACCOUNT_PENSION, i], 0.0)) * annuity[1, sex, age] - state[State.ACCOUNT_LEFT, i]
    elif status == ACTIVE and state[State.ACCRUAL, i] > 0.0:
        rights = rights_earned(
            law[LawRow.BENEFIT_BASE, i], state[State.INDICES, i], state[State.MONTHS, i], state[State.ACCRUAL, i],
            term[Term.ACCRUAL_RATE], annuity[1, sex, claim_age],
        )
    year[Flow.ACCOUNT_STOCK, i] = state[State.ACCOUNT, i] + (state[State.ACCOUNT_LEFT, i] if drawing and not resident else 0.0)
    year[Flow.RESIDENT_ACCOUNT_STOCK, i] = state[State.RESIDENT_ACCOUNT, i] + (
        state[State.ACCOUNT_LEFT, i] if drawing and resident else 0.0
    )
    year[Flow.ACCRUED_RIGHTS_STOCK, i] = max(rights, 0.0)
    year[Flow.WALLET_STOCK, i] = state[State.WALLET, i]
    active = status == ACTIVE
    member = active and (state[State.SCHEME, i] >= 2.0 or state[State.WORKS, i] == 2.0)
    year[Flow.MEMBERS, i] = 1.0 if member else 0.0
    year[Flow.PAYERS, i] = 1.0 if year[Flow.PAID_MONTHS, i] > 0.0 else 0.0
    year[Flow.PENSIONERS, i] = 1.0 if drawing and not resident else 0.0
    year[Flow.RESIDENT_MEMBERS, i] = 1.0 if active and not member and state[State.SCHEME, i] == 1.0 else 0.0
    year[Flow.RESIDENT_PENSIONERS, i] = 1.0 if drawing and resident else 0.0
    year[Flow.POPULATION, i] = 1.0 if active else 0.0
    year[Flow.FIXED_PAYERS, i] = 1.0 if year[Flow.FIXED_PAYERS, i] > 0.0 else 0.0
    year[Flow.JOINED, i] = state[State.JOINED, i]
    year[Flow.LEFT, i] = state[State.LEFT, i]


@scalar
def value_year(i: int, row: int, state: Any, year: Any, worth: Any, deflators: Any) -> None:
    """Add the year's money of a life at each rate of return: what one paid, and what one or the heirs drew."""
    paid = year[Flow.OWN_CONTRIBUTIONS, i] + year[Flow.RESIDENT_FEES, i] + year[Flow.LOANS_REPAID, i] + (
        year[Flow.WITHHELD, i] - year[Flow.SUBSIDY_PLATFORM, i] if year[Flow.WITHHELD, i] > 0.0 else 0.0
    )
    drawn = (
        year[Flow.BASIC_BENEFITS, i] + year[Flow.ACCOUNT_BENEFITS, i] + year[Flow.RESIDENT_BASIC_BENEFITS, i]
        + year[Flow.RESIDENT_ACCOUNT_BENEFITS, i] + year[Flow.DEATH_BENEFITS, i] + year[Flow.LUMP_SUMS, i]
    )
    state[State.OWN_PAID, i] += paid
    state[State.SUBSIDIES, i] += (
        year[Flow.SUBSIDY_STATE, i] + year[Flow.SUBSIDY_PROVINCE, i] + year[Flow.SUBSIDY_PLATFORM, i] + year[Flow.RESIDENT_SUBSIDY, i]
    )
    state[State.EMPLOYER_PAID, i] += year[Flow.EMPLOYER_CONTRIBUTIONS, i]
    state[State.RESIDENT_PAID, i] += year[Flow.RESIDENT_FEES, i]
    state[State.BENEFITS, i] += drawn
    for q in range(RATES_OF_RETURN):
        worth[q, i] += paid * deflators[q, row]
        worth[RATES_OF_RETURN + q, i] += drawn * deflators[q, row]


@scalar
def fen_of(yuan: float) -> int:
    """Return an amount in whole fen."""
    return int(np.rint(yuan * 100.0))


@scalar
def add_fund(i: int, row: int, life: Any, state: Any, year: Any, fund: Any) -> None:
    """Add a life's year to the accounts of its province, in whole fen times whole weight units."""
    weight = int(life[Start.WEIGHT, i])
    here = int(state[State.HERE, i])
    for q in range(FIRST_COUNT):
        if year[q, i] != 0.0:
            where = int(state[State.CAME_FROM, i]) if q == Flow.TRANSFER_OUT else here
            fund[row, where, q] += fen_of(year[q, i]) * weight
    for q in range(FIRST_COUNT, FLOWS):
        if year[q, i] != 0.0:
            fund[row, here, q] += int(year[q, i]) * weight


@scalar
def add_people(
    i: int, month: int, row: int, life: Any, law: Any, state: Any, year: Any, nation: Any, people: Any
) -> None:
    """Add a life's year to its group."""
    status = state[State.STATUS, i]
    if status == DEAD:
        return
    weight = int(life[Start.WEIGHT, i])
    band = band_of(float(month) - life[Start.BIRTH, i], SECOND_BAND, THIRD_BAND, FOURTH_BAND, LAST_BAND)
    cell = (
        ((int(life[Start.SEX, i]) * 4 + int(life[Start.RESIDENCE, i])) * 4 + int(life[Start.KIND, i])) * 5
        + int(life[Start.FIFTH, i])
    ) * BANDS + band
    if status == ACTIVE:
        paid = year[Flow.PAID_MONTHS, i]
        member = year[Flow.MEMBERS, i] == 1.0
        people[row, cell, Count.POPULATION] += weight
        people[row, cell, Count.EMPLOYEE_MEMBERS] += weight if member else 0
        people[row, cell, Count.RESIDENT_MEMBERS] += weight if year[Flow.RESIDENT_MEMBERS, i] == 1.0 else 0
        people[row, cell, Count.NONE] += weight if not member and state[State.SCHEME, i] == 0.0 else 0
        people[row, cell, Count.PAYERS] += weight if paid > 0.0 else 0
        people[row, cell, Count.STOPPED] += weight if paid == 0.0 and state[State.GAP, i] == 1.0 else 0
        people[row, cell, Count.EVER_STOPPED] += weight if state[State.SPELLS, i] > 0.0 else 0
        people[row, cell, Count.STOPPED_MONTHS] += weight * int(state[State.STOPPED, i])
        people[row, cell, Count.EXPOSURE_MONTHS] += weight * int(state[State.EXPOSURE, i])
        people[row, cell, Count.INCOME] += weight * fen_of(state[State.YEAR_INCOME, i])
        people[row, cell, Count.OWN_CONTRIBUTIONS] += weight * fen_of(year[Flow.OWN_CONTRIBUTIONS, i])
        people[row, cell, Count.MONTHS_PAID] += weight * int(paid)
        people[row, cell, Count.FIXED_PAYERS] += weight if year[Flow.FIXED_PAYERS, i] > 0.0 else 0
        people[row, cell, Count.FLOOR_PAYERS] += weight if state[State.SCHEME, i] == 2.0 and state[State.TIER, i] == 0.0 else 0
        people[row, cell, Count.PLATFORM_WORKERS] += weight if state[State.PLATFORM, i] == 1.0 else 0
    if status == DRAWS:
        pension = state[State.BASIC, i] + state[State.ACCOUNT_PENSION, i]
        resident = state[State.FROM_RESIDENT, i] == 1.0
        people[row, cell, Count.RESIDENT_PENSIONERS if resident else Count.PENSIONERS] += weight
        people[row, cell, Count.RESIDENT_PENSION if resident else Count.PENSION] += weight * fen_of(pension)
        people[row, cell, Count.POOR_PENSIONERS] += weight if pension < nation[NationRow.POVERTY_LINE] else 0
