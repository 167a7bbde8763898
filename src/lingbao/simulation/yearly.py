"""December: resident fees, withheld money turned over, interest, what the year was worth, and the accounts of all."""

from __future__ import annotations

from typing import Any

import numpy as np

from lingbao.career.lifetime import account_at_year_end
from lingbao.law.rounding import fen_half_up
from lingbao.law.rule import scalar
from lingbao.law.rules.contribution import account_credit, monthly_contribution
from lingbao.law.rules.index import month_index
from lingbao.law.rules.resident import resident_account_closing, resident_subsidy, resident_subsidy_floor
from lingbao.simulation.block import (
    ACTIVE,
    DEAD,
    DRAWS,
    LANES,
    NOT_YET,
    WAITING,
    WORTH,
    Life,
    Now,
    State,
    Work,
    Year,
)
from lingbao.simulation.layout import (
    AGE_BANDS,
    CELLS_OF_PEOPLE,
    RATES_OF_RETURN,
    Coefficient,
    Count,
    Flow,
    NationRow,
    Process,
    Term,
)
from lingbao.simulation.life_steps import band_of
from lingbao.simulation.schema import PROVINCES
from lingbao.simulation.scheme_steps import rights_earned

FIRST_COUNT = int(Flow.PAID_MONTHS)
FLOWS = len(Flow)
COUNTS = len(Count)
OUT_OF = int(Flow.TRANSFER_OUT)
SECOND_BAND, THIRD_BAND, FOURTH_BAND, LAST_BAND = AGE_BANDS
BANDS = len(AGE_BANDS) + 1
SLOTS, PLACES, CELLS = 63, 31, 1023
"""Masks above any number of a flow or count, of a province, and of a group: they tell the compiler that it is not negative."""
assert max(FLOWS, COUNTS) <= SLOTS and len(PROVINCES) <= PLACES + 1 and CELLS_OF_PEOPLE <= CELLS + 1
WHICH = max(FLOWS, COUNTS) * LANES
"""Where in the room for whole numbers the list begins of which numbers these are."""
COUNTED = WHICH + (max(FLOWS, COUNTS) + 1) * LANES
"""Length of the room for whole numbers; a whole number of rows, as a graphics processor wants it, of which one value each is used."""


@scalar
def close_year(
    width: int, month: int, row: int, b: Any, nation: Any, term: Any, process: Any, beliefs: Any, deflators: Any, counted: Any,
    fund: Any, people: Any,
) -> None:
    """Close the year of a block and add it to the accounts; groups of people are counted if their table has rows."""
    term_withheld_share = term[Term.WITHHELD_SHARE]
    term_personal_eet = term[Term.PERSONAL_EET]
    term_personal_tee = term[Term.PERSONAL_TEE]
    pay_resident(b, nation, term, beliefs)
    if term_withheld_share > 0.0:
        for i in range(width):
            turn_over(i, b, term)
    if term_personal_eet + term_personal_tee > 0.0:
        save_privately(b, term, process)
    credit_interest(b, nation, term)
    take_stock(b, term)
    value_year(b, row, deflators)
    add_fund(width, row, b, counted, fund)
    if people.shape[0] > 0:
        add_people(width, month, row, b, nation, counted, people)
    for i in range(LANES):
        b[State.YEAR_INCOME + i] = 0.0


@scalar
def pay_resident(b: Any, nation: Any, term: Any, beliefs: Any) -> None:
    """Pay the resident fee of the year, towards whose end it is collected, and credit it with its subsidy."""
    term_withheld_to_employee = term[Term.WITHHELD_TO_EMPLOYEE]
    term_mandatory = term[Term.MANDATORY]
    term_resident_subsidy_from = term[Term.RESIDENT_SUBSIDY_FROM]
    term_resident_subsidy_low = term[Term.RESIDENT_SUBSIDY_LOW]
    term_resident_subsidy_high = term[Term.RESIDENT_SUBSIDY_HIGH]
    weight_resident_pay = beliefs[Coefficient.RESIDENT_PAY]
    weight_pay_burden = beliefs[Coefficient.PAY_BURDEN]
    level = nation[NationRow.FEE_LEVEL]
    takes_withheld = term_withheld_to_employee == 0.0
    must = term_mandatory == 1.0
    for i in range(LANES):
        status = b[State.STATUS + i]
        fee_level = b[State.FEE + i]
        local_level = b[State.FEE_SUBSIDY + i]
        least_subsidy = b[Life.LEAST_SUBSIDY + i]
        wallet = b[State.WALLET + i]
        paid_last = b[State.PAID_LAST + i]
        before = b[State.RESIDENT_ACCOUNT + i]
        able = (status == ACTIVE) | (status == WAITING)
        member = able & (b[State.SCHEME + i] == 1.0)
        asked = fen_half_up(fee_level * level)
        share = min(asked / max(b[State.YEAR_INCOME + i], 1.0), 3.0)
        willing = weight_resident_pay - weight_pay_burden * share + b[Work.LOGIT + i] > 0.0
        pays = member & (willing | must)
        withheld = wallet if able & takes_withheld else 0.0
        enough = withheld >= b[Life.LEAST_FEE + i] * level
        withheld_pays = (withheld > 0.0) & enough
        fee = asked if pays else 0.0
        local = local_level if pays else least_subsidy
        counting = fee + (withheld if withheld_pays else 0.0)
        floor = resident_subsidy_floor(counting, term_resident_subsidy_from, term_resident_subsidy_low, term_resident_subsidy_high)
        granted = resident_subsidy(fen_half_up(local * level), floor)
        paid = (fee > 0.0) | withheld_pays
        subsidy = granted if paid else 0.0
        closing = resident_account_closing(before, fee + subsidy + withheld, b[Now.RESIDENT_RATE + i], 1.0)
        after = closing if able else before
        interest = after - before - fee - subsidy - withheld
        one = 1.0 if paid else 0.0
        answer = 1.0 if pays else 0.0
        b[State.RESIDENT_ACCOUNT + i] = after
        b[State.RESIDENT_YEARS + i] += one
        b[State.WALLET + i] = wallet - withheld
        b[Year.RESIDENT_TURNED_OVER + i] += withheld
        b[Year.RESIDENT_FEES + i] += fee
        b[Year.RESIDENT_SUBSIDY + i] += subsidy
        b[Year.RESIDENT_INTEREST + i] += interest if able else 0.0
        b[Year.RESIDENT_PAYERS + i] = one
        b[State.PAID_LAST + i] = answer if member else paid_last


@scalar
def turn_over(i: int, b: Any, term: Any) -> None:
    """Turn money withheld from orders into months of the employee scheme, at the lowest base or above; carry the rest."""
    if term[Term.WITHHELD_TO_EMPLOYEE] == 0.0 or b[State.WALLET + i] <= 0.0 or b[State.STATUS + i] != ACTIVE:
        return
    lowest = monthly_contribution(b[Now.FLOOR + i], b[Now.TOTAL_RATE + i])
    months = min(float(int(b[State.WALLET + i] / lowest)), max(12.0 - b[Year.PAID_MONTHS + i], 0.0))
    if months <= 0.0:
        return
    base = min(b[State.WALLET + i] / months / b[Now.TOTAL_RATE + i], b[Now.CAP + i])
    paid = min(monthly_contribution(base, b[Now.TOTAL_RATE + i]) * months, b[State.WALLET + i])
    credit = account_credit(base, b[Now.ACCOUNT_RATE + i]) * months
    b[State.WALLET + i] -= paid
    b[State.CREDITED + i] += credit
    b[State.PRODUCT + i] += credit
    b[State.INDICES + i] += month_index(base, b[Now.REFERENCE_WAGE + i]) * months
    b[State.MONTHS + i] += months
    b[State.ACCRUAL + i] += months
    b[State.COUNTED + i] += months
    b[State.PLACE_BASE + i] += base * months
    b[State.PLACE_MONTHS + i] += months
    b[State.JOINED + i] = max(b[State.JOINED + i], 1.0 - b[State.EVER_PAID + i])
    b[State.EVER_PAID + i] = 1.0
    b[Year.TURNED_OVER + i] += paid
    b[Year.TO_ACCOUNT + i] += credit
    b[Year.BASE_PAID + i] += base * months
    b[Year.WAGE_MONTHS + i] += b[Now.WAGE + i] * months
    b[Year.PAID_MONTHS + i] += months



@scalar
def save_privately(b: Any, term: Any, process: Any) -> None:
    """Save into a personal pension under EET or TEE (B6): whoever is self-reliant saves a share of taxable income."""
    term_personal_eet = term[Term.PERSONAL_EET]
    term_personal_allowance = term[Term.PERSONAL_ALLOWANCE]
    term_personal_cap = term[Term.PERSONAL_CAP]
    term_personal_rate = term[Term.PERSONAL_RATE]
    term_personal_payout_rate = term[Term.PERSONAL_PAYOUT_RATE]
    process_personal_share = process[Process.PERSONAL_SHARE]
    deferred = term_personal_eet == 1.0
    for i in range(LANES):
        able = b[State.STATUS + i] == ACTIVE
        taxable = max(b[State.YEAR_INCOME + i] - b[Year.OWN_CONTRIBUTIONS + i] - b[Year.JOB_CONTRIBUTIONS + i] - term_personal_allowance, 0.0)
        saved = min(process_personal_share * taxable * b[Life.SELF_RELIANT + i], term_personal_cap)
        saved = saved if able else 0.0
        b[State.PERSONAL + i] += saved
        relief = saved * (term_personal_rate - term_personal_payout_rate)
        b[Year.TAX_RELIEF + i] += relief if deferred else 0.0


@scalar
def credit_interest(b: Any, nation: Any, term: Any) -> None:
    """Credit the year's interest to the individual account, and take the year's mean income over."""
    term_loan_rate = term[Term.LOAN_RATE]
    rate = nation[NationRow.CREDITING]
    for i in range(LANES):
        able = (b[State.STATUS + i] == ACTIVE) | (b[State.STATUS + i] == WAITING)
        after = account_at_year_end(b[State.ACCOUNT + i], b[State.CREDITED + i], b[State.PRODUCT + i], rate)
        b[Year.ACCOUNT_INTEREST + i] += after - b[State.ACCOUNT + i] - b[State.CREDITED + i] if able else 0.0
        b[State.ACCOUNT + i] = after if able else b[State.ACCOUNT + i]
        b[State.CREDITED + i] = 0.0
        b[State.PRODUCT + i] = 0.0
        b[State.LAST_INCOME + i] = b[State.YEAR_INCOME + i] / 12.0 if b[State.STATUS + i] == ACTIVE else b[State.LAST_INCOME + i]
        b[State.LOAN + i] *= 1.0 + term_loan_rate


@scalar
def take_stock(b: Any, term: Any) -> None:
    """Set the stocks and head counts at the year end; a pension in payment is worth what is still to come of it."""
    term_accrual_rate = term[Term.ACCRUAL_RATE]
    for i in range(LANES):
        active = b[State.STATUS + i] == ACTIVE
        draws = b[State.STATUS + i] == DRAWS
        resident = b[State.FROM_RESIDENT + i] == 1.0
        in_payment = (b[State.BASIC + i] + b[State.ACCOUNT_PENSION + i]) * b[Work.ANNUITY + i] - b[State.ACCOUNT_LEFT + i]
        earned = rights_earned(
            b[Now.BENEFIT_BASE + i], b[State.INDICES + i], b[State.MONTHS + i], b[State.ACCRUAL + i], term_accrual_rate,
            b[Life.ANNUITY_AT_CLAIM + i],
        )
        rights = in_payment if draws & (not resident) else earned if active else 0.0
        b[Year.ACCRUED_RIGHTS_STOCK + i] = max(rights, 0.0)
        b[Year.ACCOUNT_STOCK + i] = b[State.ACCOUNT + i] + (b[State.ACCOUNT_LEFT + i] if draws & (not resident) else 0.0)
        b[Year.RESIDENT_ACCOUNT_STOCK + i] = b[State.RESIDENT_ACCOUNT + i] + (
            b[State.ACCOUNT_LEFT + i] if draws & resident else 0.0
        )
        b[Year.WALLET_STOCK + i] = b[State.WALLET + i]
        flexible = active & (b[State.WORKS + i] != 2.0)
        member = flexible & (b[State.SCHEME + i] >= 2.0)
        b[Year.MEMBERS + i] = 1.0 if member else 0.0
        b[Year.PAYERS + i] = 1.0 if flexible & (b[Year.PAID_MONTHS + i] > 0.0) else 0.0
        b[Year.PENSIONERS + i] = 1.0 if draws & (not resident) else 0.0
        b[Year.RESIDENT_MEMBERS + i] = 1.0 if flexible & (b[State.SCHEME + i] == 1.0) else 0.0
        b[Year.RESIDENT_PENSIONERS + i] = 1.0 if draws & resident else 0.0
        b[Year.POPULATION + i] = 1.0 if flexible else 0.0
        b[Year.EMPLOYED + i] = 1.0 if active & (not flexible) else 0.0
        b[Year.FIXED_PAYERS + i] = 1.0 if b[Year.FIXED_PAYERS + i] > 0.0 else 0.0
        b[Year.JOINED + i] = b[State.JOINED + i]
        b[Year.LEFT + i] = b[State.LEFT + i]


@scalar
def value_year(b: Any, row: int, deflators: Any) -> None:
    """Add the year's money of a life at each rate of return: what one paid, and what one or the heirs drew."""
    for i in range(LANES):
        by_worker = b[Year.WITHHELD + i] - b[Year.WITHHELD_FROM_PLATFORM + i]
        paid = b[Year.OWN_CONTRIBUTIONS + i] + b[Year.JOB_CONTRIBUTIONS + i] + b[Year.RESIDENT_FEES + i] + b[Year.LOANS_REPAID + i] + by_worker
        drawn = (
            b[Year.BASIC_BENEFITS + i] + b[Year.ACCOUNT_BENEFITS + i] + b[Year.RESIDENT_BASIC_BENEFITS + i]
            + b[Year.RESIDENT_ACCOUNT_BENEFITS + i] + b[Year.DEATH_BENEFITS + i] + b[Year.LUMP_SUMS + i]
        )
        b[State.OWN_PAID + i] += paid
        b[State.SUBSIDIES + i] += (
            b[Year.SUBSIDY_STATE + i] + b[Year.SUBSIDY_PROVINCE + i] + b[Year.SUBSIDY_PLATFORM + i] + b[Year.RESIDENT_SUBSIDY + i]
        )
        b[State.EMPLOYER_PAID + i] += b[Year.EMPLOYER_CONTRIBUTIONS + i]
        b[State.RESIDENT_PAID + i] += b[Year.RESIDENT_FEES + i]
        b[State.BENEFITS + i] += drawn
        b[Work.WORTH + i] = paid
        b[Work.INCOME + i] = drawn
    for q in range(RATES_OF_RETURN):
        factor = deflators[q, row]
        for i in range(LANES):
            b[WORTH + q * LANES + i] += b[Work.WORTH + i] * factor
            b[WORTH + (RATES_OF_RETURN + q) * LANES + i] += b[Work.INCOME + i] * factor


@scalar
def add_fund(width: int, row: int, b: Any, counted: Any, fund: Any) -> None:
    """Add the year to the accounts of each life's province: whole fen, or counts, times whole weight units.

    ``counted`` [COUNTED] is room for the whole numbers of a block: those of flows that anyone has, one after the other, and
    behind them which flows these are.
    """
    for i in range(width):
        moved = np.int64(np.rint(b[Year.TRANSFER_OUT + i] * 100.0) * b[Life.WEIGHT + i])
        if moved != 0:
            fund[row, int(b[State.CAME_FROM + i]), OUT_OF] += moved
    moving = 0
    for q in range(FLOWS):
        if q == OUT_OF:
            continue
        scale = 100.0 if q < FIRST_COUNT else 1.0
        first = Year.OWN_CONTRIBUTIONS + q * LANES
        anyone = np.int64(0)
        for i in range(LANES):
            whole = np.int64(np.rint(b[first + i] * scale) * b[Life.WEIGHT + i])
            counted[(moving & SLOTS) * LANES + i] = whole
            anyone |= whole
        counted[WHICH + (moving & SLOTS)] = q
        moving += 1 if anyone != 0 else 0
    for i in range(width):
        here = int(b[State.HERE + i]) & PLACES
        for n in range(moving):
            fund[row, here, counted[WHICH + n] & SLOTS] += counted[n * LANES + i]


@scalar
def add_people(width: int, month: int, row: int, b: Any, nation: Any, counted: Any, people: Any) -> None:
    """Add the year to the group of each life, by age band.

    Groups lie far apart in memory, so all are fetched before the first is added to.
    """
    count_people(b, nation, counted)
    for i in range(LANES):
        band = band_of(float(month) - b[Life.BIRTH + i], SECOND_BAND, THIRD_BAND, FOURTH_BAND, LAST_BAND)
        b[Work.CELL + i] = b[Life.GROUP + i] * float(BANDS) + float(band)
    moving = 0
    for q in range(COUNTS):
        anyone = np.int64(0)
        for i in range(LANES):
            counted[(moving & SLOTS) * LANES + i] = counted[q * LANES + i]
            anyone |= counted[q * LANES + i]
        counted[WHICH + (moving & SLOTS)] = q
        moving += 1 if anyone != 0 else 0
    fetched = 0
    for i in range(width):
        cell = int(b[Work.CELL + i]) & CELLS
        fetched += people[row, cell, 0] ^ people[row, cell, COUNTS // 2] ^ people[row, cell, COUNTS - 1]
    b[Work.RISK] = float(fetched)
    for i in range(width):
        status = b[State.STATUS + i]
        if status == DEAD or status == NOT_YET:
            continue
        cell = int(b[Work.CELL + i]) & CELLS
        for n in range(moving):
            people[row, cell, counted[WHICH + n] & SLOTS] += counted[n * LANES + i]


@scalar
def count_people(b: Any, nation: Any, counted: Any) -> None:
    """Write what each life adds to its group: as a flexible worker, in employment, or drawing a pension."""
    poverty_line = nation[NationRow.POVERTY_LINE]
    for i in range(LANES):
        weight = b[Life.WEIGHT + i]
        flexible = weight if b[Year.POPULATION + i] == 1.0 else 0.0
        member = b[Year.MEMBERS + i] == 1.0
        resident = b[State.SCHEME + i] == 1.0
        counted[Count.POPULATION * LANES + i] = int(flexible)
        counted[Count.EMPLOYED * LANES + i] = int(weight * b[Year.EMPLOYED + i])
        counted[Count.INCOME * LANES + i] = int(flexible * np.rint(b[State.YEAR_INCOME + i] * 100.0))
        counted[Count.EMPLOYEE_MEMBERS * LANES + i] = int(flexible if member else 0.0)
        at_floor = member & (b[State.SCHEME + i] == 2.0) & (b[State.TIER + i] == 0.0)
        counted[Count.FLOOR_PAYERS * LANES + i] = int(flexible if at_floor else 0.0)
        counted[Count.RESIDENT_MEMBERS * LANES + i] = int(flexible if (not member) & resident else 0.0)
        counted[Count.NONE * LANES + i] = int(0.0 if member | resident else flexible)
        counted[Count.PLATFORM_WORKERS * LANES + i] = int(flexible if b[State.PLATFORM + i] == 1.0 else 0.0)
    for i in range(LANES):
        weight = b[Life.WEIGHT + i]
        known = weight if (b[Year.POPULATION + i] == 1.0) & (b[State.EVER_PAID + i] == 1.0) else 0.0
        months = b[Year.PAID_MONTHS + i]
        counted[Count.PAYERS * LANES + i] = int(known if months > 0.0 else 0.0)
        counted[Count.STOPPED * LANES + i] = int(known if (months == 0.0) & (b[State.GAP + i] == 1.0) else 0.0)
        counted[Count.EVER_STOPPED * LANES + i] = int(known if b[State.SPELLS + i] > 0.0 else 0.0)
        counted[Count.STOPPED_MONTHS * LANES + i] = int(known * b[State.STOPPED + i])
        counted[Count.EXPOSURE_MONTHS * LANES + i] = int(known * b[State.EXPOSURE + i])
        counted[Count.OWN_CONTRIBUTIONS * LANES + i] = int(known * np.rint(b[Year.OWN_CONTRIBUTIONS + i] * 100.0))
        counted[Count.MONTHS_PAID * LANES + i] = int(known * months)
        counted[Count.FIXED_PAYERS * LANES + i] = int(known if b[Year.FIXED_PAYERS + i] > 0.0 else 0.0)
    for i in range(LANES):
        draws = b[Life.WEIGHT + i] if b[State.STATUS + i] == DRAWS else 0.0
        pension = b[State.BASIC + i] + b[State.ACCOUNT_PENSION + i]
        fen = np.rint(pension * 100.0)
        from_resident = b[State.FROM_RESIDENT + i] == 1.0
        counted[Count.PENSIONERS * LANES + i] = int(0.0 if from_resident else draws)
        counted[Count.PENSION * LANES + i] = int(0.0 if from_resident else draws * fen)
        counted[Count.RESIDENT_PENSIONERS * LANES + i] = int(draws if from_resident else 0.0)
        counted[Count.RESIDENT_PENSION * LANES + i] = int(draws * fen if from_resident else 0.0)
        counted[Count.POOR_PENSIONERS * LANES + i] = int(draws if pension < poverty_line else 0.0)
