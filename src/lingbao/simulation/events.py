"""What happens to a life at single moments: its beginning, each January, the claim, death, the end of the run."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from lingbao.career.lifetime import account_at_claim
from lingbao.law.rule import scalar
from lingbao.law.rules.benefit import adjusted_pension
from lingbao.law.rules.resident import resident_account_pension
from lingbao.law.rules.survivor import (
    condolence_months,
    condolence_months_retired,
    condolence_payment,
    funeral_grant,
)
from lingbao.simulation.draws import NORMAL, SHIFT, TO_SHARE, four_words
from lingbao.simulation.layout import (
    ACTIVE,
    DEAD,
    DRAWS,
    NOT_YET,
    OUT,
    RATES_OF_RETURN,
    WAITING,
    Coefficient,
    Flow,
    LawRow,
    Life,
    NationRow,
    Outcome,
    Process,
    Start,
    State,
    Term,
)
from lingbao.simulation.life_steps import dies_in
from lingbao.simulation.scheme_steps import account_part, basic_part, rights_earned, topped_up
from lingbao.simulation.streams import Purpose

TASTES_PURPOSE = int(Purpose.TASTES)
START_PURPOSE = int(Purpose.START)
YEAR_PURPOSE = int(Purpose.YEAR)
NEW_FORM = 3
MIGRANT_FROM = 2
"""Residence groups from this number on are migrants."""
LONG_AGO = 1000.0


@scalar
def share_of(word: Any) -> float:
    """Return a word as a number evenly spread over (0, 1)."""
    return (float(np.int64(word)) + 0.5) * TO_SHARE


@scalar
def begin_block(
    seed: Any, who: Any, width: int, low: int, start: Any, life: Any, state: Any, beliefs: Any, process: Any, hazards: Any,
    leaving: Any, shocks: Any, annuity: Any, terms: Any, first: int,
) -> None:
    """Fill a block with lives as they start; a life that is not there stays NOT_YET with weight 0."""
    for i in range(life.shape[1]):
        state[State.DEATH, i] = inf
        state[State.CLAIM, i] = inf
        state[State.PENSION_FROM, i] = inf
        state[State.RHYTHM, i] = 1.0
        life[Start.ENTRY, i] = inf
        life[Start.INCOME, i] = 1.0
        life[Start.CLAIM, i] = inf
        life[Life.DIVISOR, i] = 1.0
    for i in range(width):
        for q in range(start.shape[1]):
            life[q, i] = start[low + i, q]
        w0, w1, w2, w3 = four_words(who[i], np.uint64(0), np.uint64(TASTES_PURPOSE), seed)
        life[Life.TASTE_EMPLOYEE, i] = beliefs[Coefficient.EMPLOYEE_TASTE] * shocks[NORMAL, w0 >> np.uint64(SHIFT)]
        life[Life.TASTE_RESIDENT, i] = beliefs[Coefficient.RESIDENT_TASTE] * shocks[NORMAL, w1 >> np.uint64(SHIFT)]
        life[Life.RHYTHM_SHARE, i] = share_of(w2)
        life[Life.CERTIFIED, i] = 1.0 if share_of(w3) < process[Process.CERTIFIED] else 0.0
        kind = int(life[Start.KIND, i])
        life[Life.TO_IDLE, i] = hazards[kind, 0]
        life[Life.TO_EMPLOYMENT, i] = hazards[kind, 1]
        life[Life.BACK, i] = hazards[kind, 2]
        life[Life.LEAVES_EMPLOYMENT, i] = hazards[kind, 3]
        life[Life.FLOOR_RATIO, i] = hazards[kind, 4]
        w0, w1, w2, w3 = four_words(who[i], np.uint64(0), np.uint64(START_PURPOSE), seed)
        form = share_of(w3)
        sort = 0 if form < process[Process.RIDERS] else 1 if form < process[Process.RIDERS_AND_DRIVERS] else 2
        if kind == NEW_FORM:
            life[Life.JOINS_PLATFORM, i] = leaving[sort, 0]
            life[Life.LEAVES_1, i] = leaving[sort, 1]
            life[Life.LEAVES_2, i] = leaving[sort, 2]
            life[Life.LEAVES_3, i] = leaving[sort, 3]
            life[Life.LEAVES_4, i] = leaving[sort, 4]
        sex = int(life[Start.SEX, i])
        age_at_claim = int((life[Start.CLAIM, i] - life[Start.BIRTH, i]) / 12.0)
        life[Life.EXPECTED_MONTHS, i] = annuity[0, sex, min(max(age_at_claim, 0), annuity.shape[2] - 1)]
        life[Life.DIVISOR, i] = annuity[2, sex, min(max(age_at_claim, 0), annuity.shape[2] - 1)]
        state[State.HERE, i] = life[Start.WORK, i]
        state[State.CAME_FROM, i] = life[Start.WORK, i]
        state[State.LAST_INCOME, i] = life[Start.INCOME, i]
        state[State.MOVED, i] = LONG_AGO
        state[State.ACCOUNT, i] = life[Start.ACCOUNT, i]
        state[State.MONTHS, i] = life[Start.MONTHS, i]
        state[State.INDICES, i] = life[Start.MONTHS, i] * life[Start.INDEX, i]
        state[State.ACCRUAL, i] = life[Start.MONTHS, i]
        state[State.COUNTED, i] = life[Start.MONTHS, i]
        state[State.PLACE_MONTHS, i] = life[Start.MONTHS, i]
        state[State.EVER_PAID, i] = 1.0 if life[Start.MONTHS, i] > 0.0 else 0.0
        state[State.SCHEME, i] = life[Start.SCHEME, i]
        state[State.PAID_LAST, i] = 1.0 if life[Start.SCHEME, i] > 0.0 else 0.0
        state[State.RESIDENT_ACCOUNT, i] = life[Start.RESIDENT_ACCOUNT, i]
        state[State.RESIDENT_YEARS, i] = life[Start.RESIDENT_YEARS, i]
        state[State.CLAIM, i] = life[Start.CLAIM, i]
        if life[Start.ENTRY, i] <= float(first):
            luck = share_of(w0)
            state[State.WORKS, i] = (
                1.0 if luck < process[Process.START_IDLE]
                else 2.0 if luck < process[Process.START_IDLE] + process[Process.START_EMPLOYED] else 0.0
            )
            if kind == NEW_FORM and share_of(w1) < process[Process.START_ON_PLATFORM] and state[State.WORKS, i] == 0.0:
                state[State.PLATFORM, i] = 1.0
                state[State.TENURE, i] = float(int(24.0 * share_of(w2) * share_of(w2)))


@scalar
def begin_year(
    seed: Any, who: Any, width: int, january: int, row: int, life: Any, state: Any, year: Any, nation: Any, mortality: Any,
    term: Any, process: Any, province_ends: Any,
) -> None:
    """Open a year: clear its sums, raise pensions, let people enter and move, draw who will die in it and when."""
    for q in range(year.shape[0]):
        for i in range(year.shape[1]):
            year[q, i] = 0.0
    for i in range(width):
        status = state[State.STATUS, i]
        state[State.JOINED, i] = 0.0
        state[State.LEFT, i] = 0.0
        if status == NOT_YET and life[Start.ENTRY, i] < float(january + 12):
            state[State.STATUS, i] = ACTIVE
            year[Flow.ENTRANTS, i] = 1.0 if life[Start.ENTRY, i] >= float(january) else 0.0
            state[State.LAST_INCOME, i] = life[Start.INCOME, i] * nation[NationRow.INCOME_LEVEL]
            status = state[State.STATUS, i]
        if status == DEAD or status == NOT_YET:
            continue
        w0, w1, w2, _ = four_words(who[i], np.uint64(january), np.uint64(YEAR_PURPOSE), seed)
        insured = 1 if status == DRAWS and state[State.FROM_RESIDENT, i] == 0.0 else 0
        age = min(int((float(january + 6) - life[Start.BIRTH, i]) / 12.0), mortality.shape[3] - 1)
        state[State.DEATH, i] = dies_in(
            share_of(w0), mortality[row, insured, int(life[Start.SEX, i]), age], float(january)
        )
        if status == DRAWS:
            rise = nation[NationRow.ADJUSTMENT]
            state[State.BASIC, i] = adjusted_pension(state[State.BASIC, i], rise)
            state[State.ACCOUNT_PENSION, i] = (
                state[State.ACCOUNT_PENSION, i] if state[State.FROM_RESIDENT, i] == 1.0
                else adjusted_pension(state[State.ACCOUNT_PENSION, i], rise)
            )
        if status == ACTIVE:
            move(share_of(w1), share_of(w2), i, life, state, year, nation, term, process, province_ends)


@scalar
def move(
    luck: float, where: float, i: int, life: Any, state: Any, year: Any, nation: Any, term: Any, process: Any,
    province_ends: Any,
) -> None:
    """Let someone move to another province, or home; the money that moves with a member is booked in both."""
    migrant = life[Start.RESIDENCE, i] >= MIGRANT_FROM
    away = state[State.HERE, i] != life[Start.HOME, i]
    leaves = process[Process.MOVE_MIGRANT] if migrant else process[Process.MOVE_LOCAL]
    returns = process[Process.RETURN_HOME] if away else 0.0
    if luck >= leaves + returns:
        return
    there = life[Start.HOME, i]
    if luck >= returns:
        there = 0.0
        while there < province_ends.shape[0] - 1 and where >= province_ends[int(there)]:
            there += 1.0
    if there == state[State.HERE, i]:
        return
    at_law = nation[NationRow.TRANSFER_RATE] * state[State.PLACE_BASE, i]
    implied = term[Term.POOL_MOVES] * (nation[NationRow.EMPLOYER_RATE] * state[State.PLACE_BASE, i])
    moved = at_law if term[Term.POOL_MOVES] < 0.0 else max(implied, at_law)
    year[Flow.TRANSFER_OUT, i] += moved
    year[Flow.TRANSFER_IN, i] += moved
    state[State.CAME_FROM, i] = state[State.HERE, i]
    state[State.HERE, i] = there
    state[State.PLACE_BASE, i] = 0.0
    state[State.PLACE_MONTHS, i] = 0.0
    state[State.MOVED, i] = 0.0


@scalar
def next_event(state: Any, width: int, month: float) -> float:
    """Return the earliest claim or death from ``month`` on, or infinity."""
    earliest = inf
    for i in range(width):
        status = state[State.STATUS, i]
        if status == NOT_YET or status == DEAD:
            continue
        if state[State.DEATH, i] >= month:
            earliest = min(earliest, state[State.DEATH, i])
        if (status == ACTIVE or status == WAITING) and state[State.CLAIM, i] >= month:
            earliest = min(earliest, state[State.CLAIM, i])
    return earliest


@scalar
def happen(
    width: int, month: int, t: int, life: Any, law: Any, state: Any, year: Any, law_table: Any, nation: Any, payout: Any,
    fees: Any, subsidies: Any, term: Any, process: Any,
) -> None:
    """Carry out the claims and deaths of a month."""
    for i in range(width):
        status = state[State.STATUS, i]
        if status == NOT_YET or status == DEAD:
            continue
        if status == ACTIVE and state[State.CLAIM, i] == float(month):
            claim_employee(i, month, t, life, law, state, year, law_table, nation, payout, term)
        if state[State.STATUS, i] == WAITING and state[State.CLAIM, i] <= float(month):
            claim_resident(i, month, life, law, state, year, nation, fees, term)
        if state[State.DEATH, i] == float(month):
            die(i, month, life, law, state, year, term, process)


@scalar
def claim_employee(
    i: int, month: int, t: int, life: Any, law: Any, state: Any, year: Any, law_table: Any, nation: Any, payout: Any,
    term: Any,
) -> None:
    """Claim at the statutory month: a pension with enough months; else pay on, or wait for the resident pension."""
    missing = nation[NationRow.MINIMUM] - state[State.COUNTED, i]
    if missing <= 0.0 and state[State.MONTHS, i] > 0.0:
        moy = float(month % 12 + 1)
        balance = account_at_claim(
            state[State.ACCOUNT, i], state[State.CREDITED, i], state[State.PRODUCT, i], nation[NationRow.CREDITING], moy
        )
        interest = balance - state[State.ACCOUNT, i] - state[State.CREDITED, i]
        home = state[State.PLACE_MONTHS, i] < term[Term.PLACE_MONTHS]
        place = int(life[Start.HOME, i] if home else state[State.HERE, i])
        benefit_base = law_table[t, LawRow.BENEFIT_BASE, place]
        account = account_part(
            balance, payout[int(float(month) - life[Start.BIRTH, i])], term[Term.LAW_1997], term[Term.DIVISOR_1997]
        )
        basic = basic_part(
            benefit_base, state[State.INDICES, i], state[State.MONTHS, i], state[State.ACCRUAL, i],
            term[Term.ACCRUAL_RATE], term[Term.LAW_1997], term[Term.FLAT_SHARE], term[Term.BONUS_FROM_MONTHS],
            term[Term.BONUS_PER_YEAR], term[Term.BONUS_FROM_INDEX], term[Term.BONUS_PER_INDEX],
        )
        year[Flow.ACCOUNT_INTEREST, i] += interest
        state[State.BASIC, i] = topped_up(basic, account, benefit_base, term[Term.FLOOR_SHARE])
        state[State.ACCOUNT_PENSION, i] = account
        state[State.ACCOUNT_LEFT, i] = balance
        begin_pension(i, month, law, state, year, term)
        return
    pays_on = state[State.SCHEME, i] >= 2.0 and state[State.PAID_LAST, i] == 1.0
    if pays_on and state[State.EXTENDED, i] == 0.0 and missing <= term[Term.EXTENSION]:
        state[State.EXTENDED, i] = 1.0
        state[State.CLAIM, i] = float(month) + float(int(missing + 0.999999)) + state[State.RHYTHM, i]
        return
    state[State.STATUS, i] = WAITING
    state[State.CLAIM, i] = max(life[Start.RESIDENT_CLAIM, i], float(month))


@scalar
def claim_resident(
    i: int, month: int, life: Any, law: Any, state: Any, year: Any, nation: Any, fees: Any, term: Any
) -> None:
    """Claim the resident pension: the employee account merges into it; without enough years the money is paid out."""
    moy = float(month % 12 + 1)
    balance = account_at_claim(
        state[State.ACCOUNT, i], state[State.CREDITED, i], state[State.PRODUCT, i], nation[NationRow.CREDITING], moy
    )
    year[Flow.ACCOUNT_INTEREST, i] += balance - state[State.ACCOUNT, i] - state[State.CREDITED, i]
    state[State.ACCOUNT, i] = 0.0
    state[State.CREDITED, i] = 0.0
    state[State.PRODUCT, i] = 0.0
    years = state[State.RESIDENT_YEARS, i] + state[State.COUNTED, i] / 12.0
    missing = max(term[Term.RESIDENT_MINIMUM] / 12.0 - years, 0.0)
    buys = state[State.SCHEME, i] == 1.0 or term[Term.MANDATORY] == 1.0
    if missing > 0.0 and not buys:
        year[Flow.LUMP_SUMS, i] += balance + state[State.RESIDENT_ACCOUNT, i] + state[State.WALLET, i]
        state[State.RESIDENT_ACCOUNT, i] = 0.0
        state[State.WALLET, i] = 0.0
        state[State.STATUS, i] = OUT
        return
    fee = max(state[State.FEE, i], fees[int(state[State.HERE, i]), 0]) * nation[NationRow.FEE_LEVEL]
    bought = float(int(missing + 0.999999)) * fee
    year[Flow.RESIDENT_FEES, i] += bought
    year[Flow.CONVERTED, i] += balance
    account = state[State.RESIDENT_ACCOUNT, i] + bought + balance + state[State.WALLET, i]
    state[State.RESIDENT_ACCOUNT, i] = 0.0
    state[State.WALLET, i] = 0.0
    further = max(years - term[Term.RESIDENT_MINIMUM] / 12.0, 0.0)
    added = term[Term.BASIC_PER_YEAR] * further + term[Term.BASIC_PER_HUNDRED] * max(fee / 100.0 - 1.0, 0.0)
    state[State.BASIC, i] = law[LawRow.RESIDENT_BASIC, i] + added
    state[State.ACCOUNT_PENSION, i] = resident_account_pension(account, term[Term.RESIDENT_DIVISOR])
    state[State.ACCOUNT_LEFT, i] = account
    state[State.FROM_RESIDENT, i] = 1.0
    begin_pension(i, month, law, state, year, term)
    if term[Term.WAITING_MONTHS] > 0.0 and state[State.SPELLS, i] > 0.0:
        state[State.PENSION_FROM, i] += term[Term.WAITING_MONTHS]


@scalar
def begin_pension(i: int, month: int, law: Any, state: Any, year: Any, term: Any) -> None:
    """Set what every pension begins with; what is left in the wallet is paid out."""
    year[Flow.LUMP_SUMS, i] += state[State.WALLET, i]
    state[State.WALLET, i] = 0.0
    state[State.ACCOUNT, i] = 0.0
    state[State.CREDITED, i] = 0.0
    state[State.PRODUCT, i] = 0.0
    state[State.STATUS, i] = DRAWS
    state[State.PENSION_FROM, i] = float(month) + term[Term.PENSION_DELAY]
    state[State.FIRST_PENSION, i] = state[State.BASIC, i] + state[State.ACCOUNT_PENSION, i]
    state[State.WAGE_AT_CLAIM, i] = law[LawRow.WAGE, i]
    state[State.CLAIMED, i] = float(month)


@scalar
def die(i: int, month: int, life: Any, law: Any, state: Any, year: Any, term: Any, process: Any) -> None:
    """End a life: the accounts go to the heirs, with funeral grant and condolence payment for members."""
    left = (
        state[State.ACCOUNT_LEFT, i] + state[State.ACCOUNT, i] + state[State.CREDITED, i] + state[State.RESIDENT_ACCOUNT, i]
        + state[State.WALLET, i]
    )
    income = process[Process.GRANT_INCOME] * law[LawRow.WAGE, i]
    months = 0.0
    if state[State.ACCRUAL, i] > 0.0 and state[State.FROM_RESIDENT, i] == 0.0 and state[State.STATUS, i] != OUT:
        months = condolence_months(
            state[State.ACCRUAL, i] / 12.0, term[Term.GRANT_SECOND_FROM], term[Term.GRANT_THIRD_FROM],
            term[Term.GRANT_THIRD_UNTIL], term[Term.GRANT_FIRST], term[Term.GRANT_SECOND], term[Term.GRANT_THIRD],
            term[Term.GRANT_PER_YEAR], term[Term.GRANT_YEARS], term[Term.GRANT_CAP],
        )
        if state[State.STATUS, i] == DRAWS:
            drawn = max(float(month) - state[State.PENSION_FROM, i], 0.0) / 12.0
            months = condolence_months_retired(months, drawn, term[Term.GRANT_LESS], term[Term.GRANT_FLOOR])
        left += funeral_grant(income, term[Term.FUNERAL_MONTHS]) + condolence_payment(income, months)
    year[Flow.DEATH_BENEFITS, i] += left
    year[Flow.DEATHS, i] += 1.0
    state[State.ACCOUNT, i] = 0.0
    state[State.CREDITED, i] = 0.0
    state[State.PRODUCT, i] = 0.0
    state[State.ACCOUNT_LEFT, i] = 0.0
    state[State.RESIDENT_ACCOUNT, i] = 0.0
    state[State.WALLET, i] = 0.0
    state[State.LOAN, i] = 0.0
    state[State.STATUS, i] = DEAD


@scalar
def finish_block(
    width: int, low: int, last: int, life: Any, law: Any, state: Any, worth: Any, annuity: Any, deflators: Any, term: Any,
    outcomes: Any,
) -> None:
    """Write what became of each life, if outcomes are kept; rights still to be drawn are valued at the last month."""
    if outcomes.shape[0] == 0:
        return
    final = deflators.shape[1] - 1
    for i in range(width):
        row = low + i
        outcomes[row, Outcome.SCHEME_LAST] = state[State.SCHEME, i]
        outcomes[row, Outcome.PROVINCE] = state[State.HERE, i]
        outcomes[row, Outcome.MONTHS_PAID] = state[State.COUNTED, i]
        outcomes[row, Outcome.FIXED_MONTHS] = state[State.FIXED, i]
        outcomes[row, Outcome.STOPPED_MONTHS] = state[State.STOPPED, i]
        outcomes[row, Outcome.SPELLS_STOPPED] = state[State.SPELLS, i]
        outcomes[row, Outcome.OWN_PAID] = state[State.OWN_PAID, i]
        outcomes[row, Outcome.SUBSIDIES] = state[State.SUBSIDIES, i]
        outcomes[row, Outcome.EMPLOYER_PAID] = state[State.EMPLOYER_PAID, i]
        outcomes[row, Outcome.RESIDENT_PAID] = state[State.RESIDENT_PAID, i]
        outcomes[row, Outcome.BENEFITS] = state[State.BENEFITS, i]
        outcomes[row, Outcome.CLAIM_MONTH] = state[State.CLAIMED, i]
        outcomes[row, Outcome.FROM_RESIDENT] = state[State.FROM_RESIDENT, i]
        outcomes[row, Outcome.PENSION_FIRST] = state[State.FIRST_PENSION, i]
        outcomes[row, Outcome.WAGE_AT_CLAIM] = state[State.WAGE_AT_CLAIM, i]
        outcomes[row, Outcome.INCOME_AT_CLAIM] = state[State.LAST_INCOME, i]
        outcomes[row, Outcome.DEATH_MONTH] = state[State.DEATH, i] if state[State.STATUS, i] == DEAD else 0.0
        sex = int(life[Start.SEX, i])
        age = min(int((float(last) - life[Start.BIRTH, i]) / 12.0), annuity.shape[2] - 1)
        left = 0.0
        if state[State.STATUS, i] == DRAWS:
            left = (state[State.BASIC, i] + state[State.ACCOUNT_PENSION, i]) * annuity[1, sex, max(age, 0)]
        elif state[State.STATUS, i] == ACTIVE and state[State.MONTHS, i] > 0.0:
            claim_age = min(max(int((life[Start.CLAIM, i] - life[Start.BIRTH, i]) / 12.0), 0), annuity.shape[2] - 1)
            left = rights_earned(
                law[LawRow.BENEFIT_BASE, i], state[State.INDICES, i], state[State.MONTHS, i], state[State.ACCRUAL, i],
                term[Term.ACCRUAL_RATE], annuity[1, sex, claim_age],
            ) + state[State.ACCOUNT, i] + state[State.RESIDENT_ACCOUNT, i]
        elif state[State.STATUS, i] == ACTIVE or state[State.STATUS, i] == WAITING:
            left = state[State.ACCOUNT, i] + state[State.RESIDENT_ACCOUNT, i]
        outcomes[row, Outcome.RIGHTS_LEFT] = left
        for q in range(RATES_OF_RETURN):
            outcomes[row, Outcome.PAID_AT_RATE + q] = worth[q, i]
            outcomes[row, Outcome.DRAWN_AT_RATE + q] = worth[RATES_OF_RETURN + q, i] + left * deflators[q, final]
