"""What happens to a life at single moments: its beginning, each January, the claim, death, the end of the run."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from lingbao.career.lifetime import account_at_claim
from lingbao.law.rounding import fen_half_up
from lingbao.law.rule import scalar
from lingbao.law.rules.benefit import adjusted_pension
from lingbao.law.rules.resident import resident_account_pension
from lingbao.law.rules.survivor import (
    condolence_months,
    condolence_months_retired,
    condolence_payment,
    funeral_grant,
)
from lingbao.simulation.block import (
    ACTIVE,
    DEAD,
    DRAWS,
    LANES,
    NOT_YET,
    OUT,
    WAITING,
    WORTH,
    Life,
    Now,
    State,
    Work,
    Year,
)
from lingbao.simulation.draws import NORMAL, SHIFT, TO_SHARE, four_words
from lingbao.simulation.layout import RATES_OF_RETURN, Coefficient, LawRow, NationRow, Outcome, Process, Term
from lingbao.simulation.life_steps import dies_in
from lingbao.simulation.monthly import draw_words, share_words
from lingbao.simulation.scheme_steps import account_part, basic_part, rights_earned, topped_up
from lingbao.simulation.streams import Purpose

TASTES_PURPOSE = int(Purpose.TASTES)
START_PURPOSE = int(Purpose.START)
YEAR_PURPOSE = int(Purpose.YEAR)
YEAR_ROWS = len(Year)
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
    seed: Any, who: Any, width: int, low: int, start: Any, b: Any, beliefs: Any, process: Any, hazards: Any, leaving: Any,
    shocks: Any, annuity: Any, first: int,
) -> None:
    """Fill a block with lives as they start; a life that is not there stays NOT_YET with weight 0."""
    for i in range(LANES):
        b[State.DEATH + i] = inf
        b[State.CLAIM + i] = inf
        b[State.PENSION_FROM + i] = inf
        b[State.RHYTHM + i] = 1.0
        b[Life.ENTRY + i] = inf
        b[Life.INCOME + i] = 1.0
        b[Life.CLAIM + i] = inf
        b[Life.DIVISOR + i] = 1.0
    for i in range(width):
        for q in range(start.shape[1]):
            b[q * LANES + i] = start[low + i, q]
        w0, w1, w2, w3 = four_words(who[i], np.uint64(0), np.uint64(TASTES_PURPOSE), seed)
        b[Life.TASTE_EMPLOYEE + i] = beliefs[Coefficient.EMPLOYEE_TASTE] * shocks[NORMAL, w0 >> np.uint64(SHIFT)]
        b[Life.TASTE_RESIDENT + i] = beliefs[Coefficient.RESIDENT_TASTE] * shocks[NORMAL, w1 >> np.uint64(SHIFT)]
        b[Life.RHYTHM_SHARE + i] = share_of(w2)
        b[Life.CERTIFIED + i] = 1.0 if share_of(w3) < process[Process.CERTIFIED] else 0.0
        kind = int(b[Life.KIND + i])
        b[Life.TO_IDLE + i] = hazards[kind, 0]
        b[Life.TO_EMPLOYMENT + i] = hazards[kind, 1]
        b[Life.BACK + i] = hazards[kind, 2]
        b[Life.LEAVES_EMPLOYMENT + i] = hazards[kind, 3]
        b[Life.FLOOR_RATIO + i] = hazards[kind, 4]
        w0, w1, w2, w3 = four_words(who[i], np.uint64(0), np.uint64(START_PURPOSE), seed)
        form = share_of(w3)
        sort = 0 if form < process[Process.RIDERS] else 1 if form < process[Process.RIDERS_AND_DRIVERS] else 2
        if kind == NEW_FORM:
            b[Life.JOINS_PLATFORM + i] = leaving[sort, 0]
            b[Life.LEAVES_1 + i] = leaving[sort, 1]
            b[Life.LEAVES_2 + i] = leaving[sort, 2]
            b[Life.LEAVES_3 + i] = leaving[sort, 3]
            b[Life.LEAVES_4 + i] = leaving[sort, 4]
        sex = int(b[Life.SEX + i])
        age_at_claim = int((b[Life.CLAIM + i] - b[Life.BIRTH + i]) / 12.0)
        b[Life.EXPECTED_MONTHS + i] = annuity[0, sex, min(max(age_at_claim, 0), annuity.shape[2] - 1)]
        b[Life.DIVISOR + i] = annuity[2, sex, min(max(age_at_claim, 0), annuity.shape[2] - 1)]
        b[Life.ANNUITY_AT_CLAIM + i] = annuity[1, sex, min(max(age_at_claim, 0), annuity.shape[2] - 1)]
        b[Life.GROUP + i] = (
            (b[Life.SEX + i] * 4.0 + b[Life.RESIDENCE + i]) * 4.0 + b[Life.KIND + i]
        ) * 5.0 + b[Life.FIFTH + i]
        b[State.HERE + i] = b[Life.WORK + i]
        b[State.CAME_FROM + i] = b[Life.WORK + i]
        b[State.LAST_INCOME + i] = b[Life.INCOME + i]
        b[State.MOVED + i] = -LONG_AGO
        b[State.ACCOUNT + i] = b[Life.ACCOUNT + i]
        b[State.MONTHS + i] = b[Life.MONTHS + i]
        b[State.INDICES + i] = b[Life.MONTHS + i] * b[Life.INDEX + i]
        b[State.ACCRUAL + i] = b[Life.MONTHS + i]
        b[State.COUNTED + i] = b[Life.MONTHS + i]
        b[State.PLACE_MONTHS + i] = b[Life.MONTHS + i]
        b[State.EVER_PAID + i] = 1.0 if b[Life.MONTHS + i] > 0.0 else 0.0
        b[State.SCHEME + i] = b[Life.SCHEME + i]
        b[State.PAID_LAST + i] = 1.0 if b[Life.SCHEME + i] > 0.0 else 0.0
        b[State.RESIDENT_ACCOUNT + i] = b[Life.RESIDENT_ACCOUNT + i]
        b[State.RESIDENT_YEARS + i] = b[Life.RESIDENT_YEARS + i]
        b[State.CLAIM + i] = b[Life.CLAIM + i]
        if b[Life.ENTRY + i] <= float(first):
            luck = share_of(w0)
            b[State.WORKS + i] = (
                1.0 if luck < process[Process.START_IDLE]
                else 2.0 if luck < process[Process.START_IDLE] + process[Process.START_EMPLOYED] else 0.0
            )
            if kind == NEW_FORM and share_of(w1) < process[Process.START_ON_PLATFORM] and b[State.WORKS + i] == 0.0:
                b[State.PLATFORM + i] = 1.0
                b[State.TENURE + i] = float(int(24.0 * share_of(w2) * share_of(w2)))


@scalar
def first_entry(b: Any, width: int) -> float:
    """Return the month from which the first of a block works flexibly."""
    earliest = inf
    for i in range(width):
        earliest = min(earliest, b[Life.ENTRY + i])
    return earliest


@scalar
def begin_year(
    seed: Any, who: Any, width: int, january: int, mortality: Any, b: Any, words: Any, nation: Any, annuity: Any, term: Any,
    process: Any, province_ends: Any,
) -> None:
    """Open a year: clear its sums, let people enter, raise pensions, draw who will die in it and when, let people move.

    ``mortality`` holds the year's probabilities [population or insured, sex, age].
    """
    for q in range(YEAR_ROWS):
        for i in range(LANES):
            b[Year.OWN_CONTRIBUTIONS + q * LANES + i] = 0.0
    level = nation[NationRow.INCOME_LEVEL]
    rise = nation[NationRow.ADJUSTMENT]
    begins = float(january)
    for i in range(LANES):
        enters = (b[State.STATUS + i] == NOT_YET) & (b[Life.ENTRY + i] < begins + 12.0)
        b[State.JOINED + i] = 0.0
        b[State.LEFT + i] = 0.0
        fresh = enters & (b[Life.ENTRY + i] >= begins)
        b[State.STATUS + i] = ACTIVE if enters else b[State.STATUS + i]
        b[State.WORKS + i] = 0.0 if fresh else b[State.WORKS + i]
        b[State.DEVIATION + i] = 0.0 if fresh else b[State.DEVIATION + i]
        b[Year.ENTRANTS + i] = 1.0 if fresh else 0.0
        b[State.LAST_INCOME + i] = b[Life.INCOME + i] * level if enters else b[State.LAST_INCOME + i]
        raised = b[State.FROM_RESIDENT + i] == 0.0
        b[State.BASIC + i] = adjusted_pension(b[State.BASIC + i], rise)
        account = adjusted_pension(b[State.ACCOUNT_PENSION + i], rise)
        b[State.ACCOUNT_PENSION + i] = account if raised else b[State.ACCOUNT_PENSION + i]
    draw_words(seed, who, january, YEAR_PURPOSE, words)
    share_words(words, 0, b, Work.LUCK)
    share_words(words, 1, b, Work.MORE_LUCK)
    share_words(words, 2, b, Work.THIRD_LUCK)
    oldest = mortality.shape[2] - 1
    for i in range(LANES):
        age = min(max(int((begins + 11.0 - b[Life.BIRTH + i]) / 12.0), 0), oldest)
        middle = min(max(int((begins + 6.0 - b[Life.BIRTH + i]) / 12.0), 0), oldest)
        insured = 1 if (b[State.STATUS + i] == DRAWS) & (b[State.FROM_RESIDENT + i] == 0.0) else 0
        b[Work.RISK + i] = mortality[insured, int(b[Life.SEX + i]), middle]
        b[Work.ANNUITY + i] = annuity[1, int(b[Life.SEX + i]), age]
    for i in range(LANES):
        lives = (b[State.STATUS + i] != NOT_YET) & (b[State.STATUS + i] != DEAD)
        death = dies_in(b[Work.LUCK + i], b[Work.RISK + i], begins)
        b[State.DEATH + i] = death if lives else b[State.DEATH + i]
    for i in range(width):
        if b[State.STATUS + i] == ACTIVE:
            move(b[Work.MORE_LUCK + i], b[Work.THIRD_LUCK + i], january, i, b, nation, term, process, province_ends)


@scalar
def who_is_there(b: Any, width: int) -> tuple[bool, bool, bool]:
    """Whether in a block anyone is alive and entered, may pay or waits for the resident pension, and draws a pension."""
    present, working, drawing = False, False, False
    for i in range(width):
        status = b[State.STATUS + i]
        working = working or status == ACTIVE or status == WAITING
        drawing = drawing or status == DRAWS
        present = present or (status != NOT_YET and status != DEAD)
    return present, working, drawing


@scalar
def nobody_comes(b: Any, width: int) -> bool:
    """Whether nobody of a block is still to enter."""
    coming = 0
    for i in range(width):
        coming += 1 if b[State.STATUS + i] == NOT_YET else 0
    return coming == 0


@scalar
def move(
    luck: float, where: float, january: int, i: int, b: Any, nation: Any, term: Any, process: Any, province_ends: Any,
) -> None:
    """Let someone move to another province, or home; the money that moves with a member is booked in both."""
    migrant = b[Life.RESIDENCE + i] >= MIGRANT_FROM
    away = b[State.HERE + i] != b[Life.HOME + i]
    leaves = process[Process.MOVE_MIGRANT] if migrant else process[Process.MOVE_LOCAL]
    returns = process[Process.RETURN_HOME] if away else 0.0
    if luck >= leaves + returns:
        return
    there = b[Life.HOME + i]
    if luck >= returns:
        there = 0.0
        while there < province_ends.shape[0] - 1 and where >= province_ends[int(there)]:
            there += 1.0
    if there == b[State.HERE + i]:
        return
    at_law = nation[NationRow.TRANSFER_RATE] * b[State.PLACE_BASE + i]
    implied = term[Term.POOL_MOVES] * (nation[NationRow.EMPLOYER_RATE] * b[State.PLACE_BASE + i])
    moved = at_law if term[Term.POOL_MOVES] < 0.0 else max(implied, at_law)
    b[Year.TRANSFER_OUT + i] += moved
    b[Year.TRANSFER_IN + i] += moved
    b[State.CAME_FROM + i] = b[State.HERE + i]
    b[State.HERE + i] = there
    b[State.PLACE_BASE + i] = 0.0
    b[State.PLACE_MONTHS + i] = 0.0
    b[State.MOVED + i] = float(january)


@scalar
def next_event(b: Any, width: int, month: float) -> float:
    """Return the earliest claim or death from ``month`` on, or infinity."""
    earliest = inf
    for i in range(width):
        status = b[State.STATUS + i]
        if status == NOT_YET or status == DEAD:
            continue
        if b[State.DEATH + i] >= month:
            earliest = min(earliest, b[State.DEATH + i])
        if (status == ACTIVE or status == WAITING) and b[State.CLAIM + i] >= month:
            earliest = min(earliest, b[State.CLAIM + i])
    return earliest


@scalar
def happen(
    width: int, month: int, t: int, b: Any, law_table: Any, nation: Any, payout: Any, fees: Any, term: Any, process: Any,
) -> None:
    """Carry out the claims and deaths of a month."""
    for i in range(width):
        status = b[State.STATUS + i]
        if status == NOT_YET or status == DEAD:
            continue
        if status == ACTIVE and b[State.CLAIM + i] == float(month):
            claim_employee(i, month, t, b, law_table, nation, payout, term)
        if b[State.STATUS + i] == WAITING and b[State.CLAIM + i] <= float(month):
            claim_resident(i, month, b, nation, fees, term)
        if b[State.DEATH + i] == float(month):
            die(i, month, b, term, process)


@scalar
def claim_employee(
    i: int, month: int, t: int, b: Any, law_table: Any, nation: Any, payout: Any, term: Any,
) -> None:
    """Claim at the statutory month: a pension with enough months; else pay on, or wait for the resident pension."""
    missing = nation[NationRow.MINIMUM] - b[State.COUNTED + i]
    if missing <= 0.0 and b[State.MONTHS + i] > 0.0:
        moy = float(month % 12 + 1)
        balance = account_at_claim(
            b[State.ACCOUNT + i], b[State.CREDITED + i], b[State.PRODUCT + i], nation[NationRow.CREDITING], moy
        )
        interest = balance - b[State.ACCOUNT + i] - b[State.CREDITED + i]
        home = b[State.PLACE_MONTHS + i] < term[Term.PLACE_MONTHS]
        place = int(b[Life.HOME + i] if home else b[State.HERE + i])
        benefit_base = law_table[t, LawRow.BENEFIT_BASE, place]
        account = account_part(
            balance, payout[int(float(month) - b[Life.BIRTH + i])], term[Term.LAW_1997], term[Term.DIVISOR_1997]
        )
        basic = basic_part(
            benefit_base, b[State.INDICES + i], b[State.MONTHS + i], b[State.ACCRUAL + i],
            term[Term.ACCRUAL_RATE], term[Term.LAW_1997], term[Term.FLAT_SHARE], term[Term.BONUS_FROM_MONTHS],
            term[Term.BONUS_PER_YEAR], term[Term.BONUS_FROM_INDEX], term[Term.BONUS_PER_INDEX],
        )
        b[Year.ACCOUNT_INTEREST + i] += interest
        b[State.BASIC + i] = topped_up(basic, account, benefit_base, term[Term.FLOOR_SHARE])
        b[State.ACCOUNT_PENSION + i] = account
        b[State.ACCOUNT_LEFT + i] = balance
        begin_pension(i, month, b, term)
        return
    pays_on = b[State.SCHEME + i] >= 2.0 and b[State.PAID_LAST + i] == 1.0
    if pays_on and b[State.EXTENDED + i] == 0.0 and missing <= term[Term.EXTENSION]:
        b[State.EXTENDED + i] = 1.0
        b[State.CLAIM + i] = float(month) + float(int(missing + 0.999999)) + b[State.RHYTHM + i]
        return
    b[State.STATUS + i] = WAITING
    b[State.CLAIM + i] = max(b[Life.RESIDENT_CLAIM + i], float(month))


@scalar
def claim_resident(
    i: int, month: int, b: Any, nation: Any, fees: Any, term: Any
) -> None:
    """Claim the resident pension: the employee account merges into it; without enough years the money is paid out."""
    moy = float(month % 12 + 1)
    balance = account_at_claim(
        b[State.ACCOUNT + i], b[State.CREDITED + i], b[State.PRODUCT + i], nation[NationRow.CREDITING], moy
    )
    b[Year.ACCOUNT_INTEREST + i] += balance - b[State.ACCOUNT + i] - b[State.CREDITED + i]
    b[State.ACCOUNT + i] = 0.0
    b[State.CREDITED + i] = 0.0
    b[State.PRODUCT + i] = 0.0
    years = b[State.RESIDENT_YEARS + i] + b[State.COUNTED + i] / 12.0
    missing = max(term[Term.RESIDENT_MINIMUM] / 12.0 - years, 0.0)
    buys = b[State.SCHEME + i] == 1.0 or term[Term.MANDATORY] == 1.0
    if missing > 0.0 and not buys:
        b[Year.LUMP_SUMS + i] += balance + b[State.RESIDENT_ACCOUNT + i] + b[State.WALLET + i]
        b[State.RESIDENT_ACCOUNT + i] = 0.0
        b[State.WALLET + i] = 0.0
        b[State.STATUS + i] = OUT
        return
    fee = max(b[State.FEE + i], fees[int(b[State.HERE + i]), 0]) * nation[NationRow.FEE_LEVEL]
    bought = fen_half_up(float(int(missing + 0.999999)) * fee)
    b[Year.RESIDENT_FEES + i] += bought
    b[Year.CONVERTED + i] += balance
    b[Year.RESIDENT_TURNED_OVER + i] += b[State.WALLET + i]
    account = b[State.RESIDENT_ACCOUNT + i] + bought + balance + b[State.WALLET + i]
    b[State.RESIDENT_ACCOUNT + i] = 0.0
    b[State.WALLET + i] = 0.0
    further = max(years - term[Term.RESIDENT_MINIMUM] / 12.0, 0.0)
    added = term[Term.BASIC_PER_YEAR] * further + term[Term.BASIC_PER_HUNDRED] * max(fee / 100.0 - 1.0, 0.0)
    b[State.BASIC + i] = b[Now.RESIDENT_BASIC + i] + added
    b[State.ACCOUNT_PENSION + i] = resident_account_pension(account, term[Term.RESIDENT_DIVISOR])
    b[State.ACCOUNT_LEFT + i] = account
    b[State.FROM_RESIDENT + i] = 1.0
    begin_pension(i, month, b, term)
    if term[Term.WAITING_MONTHS] > 0.0 and b[State.SPELLS + i] > 0.0:
        b[State.PENSION_FROM + i] += term[Term.WAITING_MONTHS]


@scalar
def begin_pension(i: int, month: int, b: Any, term: Any) -> None:
    """Set what every pension begins with; what is left in the wallet is paid out."""
    b[Year.LUMP_SUMS + i] += b[State.WALLET + i]
    b[State.WALLET + i] = 0.0
    b[State.ACCOUNT + i] = 0.0
    b[State.CREDITED + i] = 0.0
    b[State.PRODUCT + i] = 0.0
    b[State.STATUS + i] = DRAWS
    b[State.PENSION_FROM + i] = float(month) + term[Term.PENSION_DELAY]
    b[State.FIRST_PENSION + i] = b[State.BASIC + i] + b[State.ACCOUNT_PENSION + i]
    b[State.WAGE_AT_CLAIM + i] = b[Now.WAGE + i]
    b[State.CLAIMED + i] = float(month)


@scalar
def die(i: int, month: int, b: Any, term: Any, process: Any) -> None:
    """End a life: the accounts go to the heirs, with funeral grant and condolence payment for members."""
    left = (
        b[State.ACCOUNT_LEFT + i] + b[State.ACCOUNT + i] + b[State.CREDITED + i] + b[State.RESIDENT_ACCOUNT + i]
        + b[State.WALLET + i]
    )
    income = process[Process.GRANT_INCOME] * b[Now.WAGE + i]
    months = 0.0
    if b[State.ACCRUAL + i] > 0.0 and b[State.FROM_RESIDENT + i] == 0.0 and b[State.STATUS + i] != OUT:
        months = condolence_months(
            b[State.ACCRUAL + i] / 12.0, term[Term.GRANT_SECOND_FROM], term[Term.GRANT_THIRD_FROM],
            term[Term.GRANT_THIRD_UNTIL], term[Term.GRANT_FIRST], term[Term.GRANT_SECOND], term[Term.GRANT_THIRD],
            term[Term.GRANT_PER_YEAR], term[Term.GRANT_YEARS], term[Term.GRANT_CAP],
        )
        if b[State.STATUS + i] == DRAWS:
            drawn = max(float(month) - b[State.PENSION_FROM + i], 0.0) / 12.0
            months = condolence_months_retired(months, drawn, term[Term.GRANT_LESS], term[Term.GRANT_FLOOR])
        left += funeral_grant(income, term[Term.FUNERAL_MONTHS]) + condolence_payment(income, months)
    b[Year.DEATH_BENEFITS + i] += left
    b[Year.DEATHS + i] += 1.0
    b[State.ACCOUNT + i] = 0.0
    b[State.CREDITED + i] = 0.0
    b[State.PRODUCT + i] = 0.0
    b[State.ACCOUNT_LEFT + i] = 0.0
    b[State.RESIDENT_ACCOUNT + i] = 0.0
    b[State.WALLET + i] = 0.0
    b[State.LOAN + i] = 0.0
    b[State.STATUS + i] = DEAD


@scalar
def finish_block(
    width: int, low: int, last: int, b: Any, annuity: Any, deflators: Any, term: Any,
    outcomes: Any,
) -> None:
    """Write what became of each life, if outcomes are kept; rights still to be drawn are valued at the last month."""
    if outcomes.shape[0] == 0:
        return
    final = deflators.shape[1] - 1
    for i in range(width):
        row = low + i
        outcomes[row, Outcome.SCHEME_LAST] = b[State.SCHEME + i]
        outcomes[row, Outcome.PROVINCE] = b[State.HERE + i]
        outcomes[row, Outcome.MONTHS_PAID] = b[State.MONTHS + i]
        outcomes[row, Outcome.FIXED_MONTHS] = b[State.FIXED + i]
        outcomes[row, Outcome.STOPPED_MONTHS] = b[State.STOPPED + i]
        outcomes[row, Outcome.SPELLS_STOPPED] = b[State.SPELLS + i]
        outcomes[row, Outcome.OWN_PAID] = b[State.OWN_PAID + i]
        outcomes[row, Outcome.SUBSIDIES] = b[State.SUBSIDIES + i]
        outcomes[row, Outcome.EMPLOYER_PAID] = b[State.EMPLOYER_PAID + i]
        outcomes[row, Outcome.RESIDENT_PAID] = b[State.RESIDENT_PAID + i]
        outcomes[row, Outcome.BENEFITS] = b[State.BENEFITS + i]
        outcomes[row, Outcome.CLAIM_MONTH] = b[State.CLAIMED + i]
        outcomes[row, Outcome.FROM_RESIDENT] = b[State.FROM_RESIDENT + i]
        outcomes[row, Outcome.PENSION_FIRST] = b[State.FIRST_PENSION + i]
        outcomes[row, Outcome.WAGE_AT_CLAIM] = b[State.WAGE_AT_CLAIM + i]
        outcomes[row, Outcome.INCOME_AT_CLAIM] = b[State.LAST_INCOME + i]
        outcomes[row, Outcome.DEATH_MONTH] = b[State.DEATH + i] if b[State.STATUS + i] == DEAD else 0.0
        sex = int(b[Life.SEX + i])
        age = min(int((float(last) - b[Life.BIRTH + i]) / 12.0), annuity.shape[2] - 1)
        left = 0.0
        if b[State.STATUS + i] == DRAWS:
            left = (b[State.BASIC + i] + b[State.ACCOUNT_PENSION + i]) * annuity[1, sex, max(age, 0)]
        elif b[State.STATUS + i] == ACTIVE and b[State.MONTHS + i] > 0.0:
            claim_age = min(max(int((b[Life.CLAIM + i] - b[Life.BIRTH + i]) / 12.0), 0), annuity.shape[2] - 1)
            left = rights_earned(
                b[Now.BENEFIT_BASE + i], b[State.INDICES + i], b[State.MONTHS + i], b[State.ACCRUAL + i],
                term[Term.ACCRUAL_RATE], annuity[1, sex, claim_age],
            ) + b[State.ACCOUNT + i] + b[State.RESIDENT_ACCOUNT + i]
        elif b[State.STATUS + i] == ACTIVE or b[State.STATUS + i] == WAITING:
            left = b[State.ACCOUNT + i] + b[State.RESIDENT_ACCOUNT + i]
        outcomes[row, Outcome.RIGHTS_LEFT] = left
        for q in range(RATES_OF_RETURN):
            outcomes[row, Outcome.PAID_AT_RATE + q] = b[WORTH + q * LANES + i]
            outcomes[row, Outcome.DRAWN_AT_RATE + q] = b[WORTH + (RATES_OF_RETURN + q) * LANES + i] + left * deflators[q, final]
