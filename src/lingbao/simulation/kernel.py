"""Everyone's life in blocks: months outside, a block of lives inside, sums streamed into integer accounts.

The state of a block is one array, so that rows lie at known distances and the steps of a month become SIMD code. The
steps are the scalar functions of life_steps, choice and scheme_steps and the rules of the law; what happens to a life
once a year or once in all (declaration, claim, death, accounts of the year) stands in yearly.py and events.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lingbao.law.compile import kernel
from lingbao.law.rules.contribution import base_in_bounds
from lingbao.simulation.choice import lowest_base, pays_now
from lingbao.simulation.declaration import declare
from lingbao.simulation.draws import LOGISTIC, NORMAL, SHIFT, TO_SHARE, four_words
from lingbao.simulation.events import begin_block, begin_year, finish_block, happen, next_event
from lingbao.simulation.layout import (
    ACTIVE,
    DRAWS,
    LANES,
    RATES_OF_RETURN,
    WAITING,
    Coefficient,
    Flow,
    LawRow,
    Life,
    NationRow,
    Process,
    Start,
    State,
    Term,
)
from lingbao.simulation.life_steps import (
    deviation_after,
    hazard_of_leaving,
    income_of_month,
    on_platform_after,
    work_after,
)
from lingbao.simulation.scheme_steps import fixed_due, ordinary_due
from lingbao.simulation.streams import Purpose
from lingbao.simulation.yearly import close_year

LIFE_ROWS = len(Start) + len(Life)
LAW_ROWS = len(LawRow)
STATE_ROWS = len(State)
YEAR_ROWS = len(Flow)
MONTH_PURPOSE = int(Purpose.MONTH)


@kernel()
def live(
    seed: int, first: int, ids: Any, start: Any, changes: Any, law_table: Any, nation: Any, mortality: Any,
    annuity: Any, fees: Any, subsidies: Any, tiers: Any, terms: Any, since: int, beliefs: Any, process: Any,
    season: Any, hazards: Any, leaving: Any, province_ends: Any, shocks: Any, discounts: Any, deflators: Any,
    payout: Any, fund: Any, people: Any, choices: Any, outcomes: Any,
) -> None:
    """Live the lives of ``start`` from month ``first`` on; see plan.py for what each table holds.

    ``fund`` [years, provinces, len(Flow)], ``people`` [years, cells, len(Count)] and ``choices`` [years, tiers, rhythms]
    are int64 and added to; ``outcomes`` [n or 0, OUTCOMES] is filled.
    """
    lives = start.shape[0]
    month_count = nation.shape[0]
    seed_word = np.uint64(seed)
    for low in range(0, lives, LANES):
        width = min(LANES, lives - low)
        block = np.zeros((LIFE_ROWS + LAW_ROWS + STATE_ROWS + YEAR_ROWS + 2 * RATES_OF_RETURN + 8, LANES))
        life = block[0:LIFE_ROWS]
        law = block[LIFE_ROWS:LIFE_ROWS + LAW_ROWS]
        state = block[LIFE_ROWS + LAW_ROWS:LIFE_ROWS + LAW_ROWS + STATE_ROWS]
        year = block[LIFE_ROWS + LAW_ROWS + STATE_ROWS:LIFE_ROWS + LAW_ROWS + STATE_ROWS + YEAR_ROWS]
        worth = block[LIFE_ROWS + LAW_ROWS + STATE_ROWS + YEAR_ROWS:LIFE_ROWS + LAW_ROWS + STATE_ROWS + YEAR_ROWS + 2 * RATES_OF_RETURN]
        luck = block[LIFE_ROWS + LAW_ROWS + STATE_ROWS + YEAR_ROWS + 2 * RATES_OF_RETURN:]
        words = np.zeros((4, LANES), np.uint64)
        who = np.zeros(LANES, np.uint64)
        for i in range(width):
            who[i] = np.uint64(ids[low + i])
        begin_block(
            seed_word, who, width, low, start, life, state, beliefs, process, hazards, leaving, shocks, annuity, terms, first
        )
        coming = 0.0
        working = True
        for t in range(month_count):
            month = first + t
            moy = month % 12 + 1
            term = terms[1] if month >= since else terms[0]
            if moy == 1:
                begin_year(
                    seed_word, who, width, month, (month - first) // 12, life, state, year, nation[t], mortality, term, process,
                    province_ends,
                )
            if changes[t] or moy == 1:
                for i in range(LANES):
                    here = int(state[State.HERE, i])
                    for q in range(LAW_ROWS):
                        law[q, i] = law_table[t, q, here]
            if moy == 1:
                declare(
                    seed_word, who, width, month, (month - first) // 12, life, law, state, nation[t], fees, subsidies, tiers, term,
                    beliefs, discounts, shocks, choices,
                )
                coming = next_event(state, width, float(month))
                working = False
                for i in range(width):
                    working = working or state[State.STATUS, i] == ACTIVE or state[State.STATUS, i] == WAITING
            if working:
                month_word = np.uint64(month)
                for i in range(LANES):
                    words[0, i], words[1, i], words[2, i], words[3, i] = four_words(
                        who[i], month_word, np.uint64(MONTH_PURPOSE), seed_word
                    )
                for i in range(LANES):
                    luck[0, i] = shocks[NORMAL, words[0, i] >> np.uint64(SHIFT)]
                    luck[1, i] = shocks[LOGISTIC, words[3, i] >> np.uint64(SHIFT)]
                for i in range(LANES):
                    luck[2, i] = (float(np.int64(words[1, i])) + 0.5) * TO_SHARE
                    luck[3, i] = (float(np.int64(words[2, i])) + 0.5) * TO_SHARE
                level = nation[t, NationRow.INCOME_LEVEL]
                seasonal = season[moy - 1]
                for i in range(LANES):
                    able = state[State.STATUS, i] == ACTIVE
                    works = work_after(
                        state[State.WORKS, i], luck[2, i], life[Life.TO_IDLE, i], life[Life.TO_EMPLOYMENT, i],
                        life[Life.BACK, i], life[Life.LEAVES_EMPLOYMENT, i],
                    )
                    works = works if able else 1.0
                    platform = on_platform_after(
                        state[State.PLATFORM, i], works, luck[3, i], hazard_of_leaving(
                            state[State.TENURE, i], life[Life.LEAVES_1, i], life[Life.LEAVES_2, i],
                            life[Life.LEAVES_3, i], life[Life.LEAVES_4, i],
                        ), life[Life.JOINS_PLATFORM, i],
                    )
                    platform = platform if able else 0.0
                    state[State.TENURE, i] = state[State.TENURE, i] + 1.0 if (platform == 1.0) & (state[State.PLATFORM, i] == 1.0) else 0.0
                    state[State.PLATFORM, i] = platform
                    state[State.WORKS, i] = works
                    state[State.DEVIATION, i] = deviation_after(
                        state[State.DEVIATION, i], luck[0, i], process[Process.PERSISTENCE], process[Process.INNOVATION]
                    )
                    income = income_of_month(
                        life[Start.INCOME, i], level, seasonal, life[Start.VOLATILITY, i], state[State.DEVIATION, i], works,
                        process[Process.PREMIUM],
                    )
                    state[State.INCOME, i] = income
                    state[State.YEAR_INCOME, i] += income
                    state[State.PERIOD_INCOME, i] += income
                    state[State.MOVED, i] += 1.0
                amount_level = nation[t, NationRow.AMOUNT_LEVEL]
                employee_rate = nation[t, NationRow.EMPLOYEE_RATE]
                employer_rate = nation[t, NationRow.EMPLOYER_RATE]
                earning = float(13 - moy)
                for i in range(LANES):
                    able = state[State.STATUS, i] == ACTIVE
                    employed = able & (state[State.WORKS, i] == 2.0)
                    owes = able & (state[State.SCHEME, i] >= 2.0) & (state[State.WORKS, i] != 2.0)
                    income = state[State.INCOME, i]
                    account_rate = (
                        term[Term.AFTER_RATE] if state[State.COUNTED, i] >= term[Term.AFTER_MONTHS]
                        else law[LawRow.ACCOUNT_RATE, i]
                    )
                    least = lowest_base(
                        law[LawRow.WAGE, i], law[LawRow.FLOOR, i], law[LawRow.CAP, i], income, term[Term.OWN_INCOME],
                        term[Term.LEAST_RATIO], term[Term.MOST_RATIO], law[LawRow.SURVEY_WAGE, i],
                        life[Life.FLOOR_RATIO, i] * term[Term.SURVEYED],
                    )
                    base = min(max(state[State.RATIO, i] * law[LawRow.WAGE, i], least), law[LawRow.CAP, i])
                    by_income = min(term[Term.SHARE_OF_INCOME] * income / law[LawRow.TOTAL_RATE, i], law[LawRow.CAP, i])
                    base = by_income if (term[Term.SHARE_OF_INCOME] > 0.0) & (state[State.RATIO, i] == 0.0) else base
                    payment, credit, index = ordinary_due(
                        base, law[LawRow.TOTAL_RATE, i], account_rate, law[LawRow.REFERENCE_WAGE, i]
                    )
                    counts = 1.0 if base > 0.0 else 0.0
                    fixed, to_account, fixed_index, to_minimum, to_accrual = fixed_due(
                        term[Term.AMOUNT], term[Term.WAGE_SHARE], amount_level, law[LawRow.WAGE, i],
                        law[LawRow.TOTAL_RATE, i], term[Term.ACCOUNT_SHARE], term[Term.FIXED_INDEX],
                        term[Term.INDEX_FACTOR], term[Term.MINIMUM_FULL], term[Term.MINIMUM_PROPORTION],
                        term[Term.ACCRUAL_FULL], term[Term.ACCRUAL_PROPORTION],
                    )
                    by_amount = state[State.SCHEME, i] == 3.0
                    state[State.DUE_PAYMENT, i] += (fixed if by_amount else payment) if owes else 0.0
                    state[State.DUE_CREDIT, i] += (to_account if by_amount else credit) if owes else 0.0
                    state[State.DUE_INDEX, i] += (fixed_index if by_amount else index) if owes else 0.0
                    state[State.DUE_MONTHS, i] += (1.0 if by_amount else counts) if owes else 0.0
                    state[State.DUE_ACCRUAL, i] += (to_accrual if by_amount else counts) if owes else 0.0
                    state[State.DUE_COUNTED, i] += (to_minimum if by_amount else counts) if owes else 0.0
                    state[State.DUE_FIXED, i] += (1.0 if by_amount else 0.0) if owes else 0.0
                    state[State.DUE_BASE, i] += (fixed / law[LawRow.TOTAL_RATE, i] if by_amount else base) if owes else 0.0
                    state[State.DUE_WAGE, i] += law[LawRow.WAGE, i] if owes else 0.0
                    job_base = base_in_bounds(income, law[LawRow.FLOOR, i], law[LawRow.CAP, i])
                    own, job_credit, job_index = ordinary_due(
                        job_base, employee_rate, law[LawRow.ACCOUNT_RATE, i], law[LawRow.REFERENCE_WAGE, i]
                    )
                    one = 1.0 if employed else 0.0
                    job_credit = job_credit * one
                    state[State.CREDITED, i] += job_credit
                    state[State.PRODUCT, i] += job_credit * earning
                    state[State.INDICES, i] += job_index * one
                    state[State.MONTHS, i] += one
                    state[State.ACCRUAL, i] += one
                    state[State.COUNTED, i] += one
                    state[State.PLACE_BASE, i] += job_base * one
                    state[State.PLACE_MONTHS, i] += one
                    state[State.EVER_PAID, i] = max(state[State.EVER_PAID, i], one)
                    state[State.GAP, i] = state[State.GAP, i] * (1.0 - one)
                    year[Flow.OWN_CONTRIBUTIONS, i] += own * one
                    year[Flow.EMPLOYER_CONTRIBUTIONS, i] += job_base * employer_rate * one
                    year[Flow.TO_ACCOUNT, i] += job_credit
                    year[Flow.BASE_PAID, i] += job_base * one
                    year[Flow.WAGE_MONTHS, i] += law[LawRow.WAGE, i] * one
                    year[Flow.PAID_MONTHS, i] += one
                    exempt = (term[Term.EXEMPT] == 1.0) & (state[State.SCHEME, i] >= 2.0)
                    withheld = (
                        term[Term.WITHHELD_SHARE] * income
                        if (state[State.PLATFORM, i] == 1.0) & (not exempt) else 0.0
                    )
                    state[State.WALLET, i] += withheld
                    state[State.PERIOD_INCOME, i] -= withheld * (1.0 - term[Term.WITHHELD_BY_PLATFORM])
                    year[Flow.WITHHELD, i] += withheld
                    year[Flow.SUBSIDY_PLATFORM, i] += withheld * term[Term.WITHHELD_BY_PLATFORM]
                    outside = able & (not employed) & (state[State.SCHEME, i] == 0.0) & (state[State.EVER_PAID, i] == 1.0)
                    state[State.STOPPED, i] += 1.0 if outside else 0.0
                    state[State.SPELLS, i] += 1.0 if outside & (state[State.GAP, i] == 0.0) else 0.0
                    state[State.GAP, i] = 1.0 if outside else state[State.GAP, i]
                    state[State.EXPOSURE, i] += 1.0 if able & (state[State.EVER_PAID, i] == 1.0) else 0.0
                quarter = 1.0 if moy % 3 == 0 else 0.0
                half = 1.0 if moy % 6 == 0 else 0.0
                yearly = 1.0 if moy == 12 else 0.0
                for i in range(LANES):
                    rhythm = state[State.RHYTHM, i]
                    posts = yearly if rhythm == 12.0 else half if rhythm == 6.0 else quarter if rhythm == 3.0 else 1.0
                    due = (posts == 1.0) & (state[State.DUE_MONTHS, i] > 0.0) & (state[State.STATUS, i] == ACTIVE)
                    months = state[State.DUE_MONTHS, i]
                    hard = state[State.SUBSIDY_HARD, i] if state[State.SUBSIDISED, i] < term[Term.HARD_MONTHS] else 0.0
                    young = state[State.SUBSIDY_YOUTH, i] if state[State.YOUTH, i] < term[Term.YOUTH_MONTHS] else 0.0
                    others = min(
                        hard + young + state[State.SUBSIDY_STATE, i] + state[State.SUBSIDY_PROVINCE, i]
                        + state[State.SUBSIDY_PLATFORM, i], 1.0,
                    )
                    payment = state[State.DUE_PAYMENT, i]
                    near = life[Start.CLAIM, i] - float(month) <= term[Term.LOAN_MONTHS]
                    lent = payment * (1.0 - others) * (term[Term.LOAN_SHARE] if near else 0.0)
                    net = payment * (1.0 - others) - lent
                    pays = pays_now(
                        beliefs[Coefficient.PAY], beliefs[Coefficient.PAY_BURDEN], beliefs[Coefficient.PAY_IDLE],
                        beliefs[Coefficient.PAY_HABIT], beliefs[Coefficient.PAY_MOVE] * (1.0 - term[Term.PORTABLE]), net,
                        state[State.PERIOD_INCOME, i], 1.0 if state[State.WORKS, i] == 1.0 else 0.0,
                        state[State.PAID_LAST, i], 1.0 if state[State.MOVED, i] < 12.0 else 0.0, luck[1, i],
                    )
                    kept = 1.0 if due & pays else 0.0
                    missed = 1.0 if due & (not pays) else 0.0
                    before = state[State.EVER_PAID, i]
                    credit = state[State.DUE_CREDIT, i] * kept
                    state[State.CREDITED, i] += credit
                    state[State.PRODUCT, i] += credit * earning
                    state[State.INDICES, i] += state[State.DUE_INDEX, i] * kept
                    state[State.MONTHS, i] += months * kept
                    state[State.ACCRUAL, i] += state[State.DUE_ACCRUAL, i] * kept
                    state[State.COUNTED, i] += state[State.DUE_COUNTED, i] * kept
                    state[State.FIXED, i] += state[State.DUE_FIXED, i] * kept
                    state[State.PLACE_BASE, i] += state[State.DUE_BASE, i] * kept
                    state[State.PLACE_MONTHS, i] += months * kept
                    state[State.SUBSIDISED, i] += months * kept * (1.0 if hard > 0.0 else 0.0)
                    state[State.YOUTH, i] += months * kept * (1.0 if young > 0.0 else 0.0)
                    state[State.LOAN, i] += lent * kept
                    year[Flow.OWN_CONTRIBUTIONS, i] += net * kept
                    year[Flow.LOANS_LENT, i] += lent * kept
                    year[Flow.SUBSIDY_STATE, i] += payment * kept * min(hard + young + state[State.SUBSIDY_STATE, i], others)
                    year[Flow.SUBSIDY_PROVINCE, i] += payment * kept * state[State.SUBSIDY_PROVINCE, i]
                    year[Flow.SUBSIDY_PLATFORM, i] += payment * kept * state[State.SUBSIDY_PLATFORM, i]
                    year[Flow.TAX_RELIEF, i] += payment * kept * state[State.SUBSIDY_PLATFORM, i] * term[Term.TAX_RELIEF]
                    year[Flow.TO_ACCOUNT, i] += credit
                    year[Flow.BASE_PAID, i] += state[State.DUE_BASE, i] * kept
                    year[Flow.WAGE_MONTHS, i] += state[State.DUE_WAGE, i] * kept
                    year[Flow.PAID_MONTHS, i] += months * kept
                    year[Flow.FIXED_PAYERS, i] += state[State.DUE_FIXED, i] * kept
                    year[Flow.MISSED_MONTHS, i] += months * missed
                    state[State.STOPPED, i] += months * missed * before
                    state[State.SPELLS, i] += missed * before * (1.0 - state[State.GAP, i])
                    state[State.GAP, i] = 1.0 if missed * before == 1.0 else 0.0 if kept == 1.0 else state[State.GAP, i]
                    state[State.EVER_PAID, i] = max(before, kept)
                    state[State.JOINED, i] = max(state[State.JOINED, i], kept * (1.0 - before))
                    state[State.PAID_LAST, i] = kept if due else state[State.PAID_LAST, i]
                    drop = 0.0 if posts == 1.0 else 1.0
                    state[State.PERIOD_INCOME, i] *= drop
                    state[State.DUE_PAYMENT, i] *= drop
                    state[State.DUE_CREDIT, i] *= drop
                    state[State.DUE_INDEX, i] *= drop
                    state[State.DUE_MONTHS, i] *= drop
                    state[State.DUE_ACCRUAL, i] *= drop
                    state[State.DUE_COUNTED, i] *= drop
                    state[State.DUE_FIXED, i] *= drop
                    state[State.DUE_BASE, i] *= drop
                    state[State.DUE_WAGE, i] *= drop
            for i in range(LANES):
                draws = (state[State.STATUS, i] == DRAWS) & (float(month) >= state[State.PENSION_FROM, i])
                resident = state[State.FROM_RESIDENT, i] == 1.0
                basic = state[State.BASIC, i] if draws else 0.0
                account = state[State.ACCOUNT_PENSION, i] if draws else 0.0
                year[Flow.BASIC_BENEFITS, i] += 0.0 if resident else basic
                year[Flow.ACCOUNT_BENEFITS, i] += 0.0 if resident else account
                year[Flow.RESIDENT_BASIC_BENEFITS, i] += basic if resident else 0.0
                year[Flow.RESIDENT_ACCOUNT_BENEFITS, i] += account if resident else 0.0
                year[Flow.PENSION_MONTHS, i] += 1.0 if draws else 0.0
                state[State.ACCOUNT_LEFT, i] = max(state[State.ACCOUNT_LEFT, i] - account, 0.0)
                repaid = min(state[State.LOAN, i], term[Term.LOAN_PENSION_SHARE] * (basic + account))
                state[State.LOAN, i] -= repaid
                year[Flow.LOANS_REPAID, i] += repaid
            if float(month) == coming:
                happen(
                    width, month, t, life, law, state, year, law_table, nation[t], payout, fees, subsidies, term, process
                )
                coming = next_event(state, width, float(month) + 1.0)
            if moy == 12:
                close_year(
                    width, month, (month - first) // 12, life, law, state, year, worth, nation[t], annuity, fees, subsidies,
                    term, process, beliefs, luck, deflators, fund, people,
                )
        finish_block(width, low, first + month_count - 1, life, law, state, worth, annuity, deflators, terms[1], outcomes)
