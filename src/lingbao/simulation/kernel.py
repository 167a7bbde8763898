"""Everyone's life in blocks: months outside, a block of lives inside, sums streamed into integer accounts.

The steps of a month stand in monthly.py, what happens once a year in declaration.py and yearly.py, single moments of a
life in events.py; all work on one block, see block.py. What they compute is in the scalar functions of life_steps, choice
and scheme_steps and in the rules of the law.

Who shares a block with whom changes no result, so people of like age and rhythm of payment are put together: a block
whose lives have not begun, have ended, draw pensions only, or have no payment date this month skips what does not
concern it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lingbao.law.compile import kernel
from lingbao.law.rule import scalar
from lingbao.simulation.block import BLOCK, LANES, Now, State
from lingbao.simulation.declaration import declare
from lingbao.simulation.draws import GUMBEL, LOGISTIC, NORMAL, four_words
from lingbao.simulation.events import (
    TASTES_PURPOSE,
    begin_block,
    begin_year,
    finish_block,
    first_entry,
    happen,
    next_event,
    nobody_comes,
    share_of,
    who_is_there,
)
from lingbao.simulation.layout import LawRow, NationRow, Term
from lingbao.simulation.monthly import (
    draw_month,
    draw_pensions,
    owe_month,
    owes_by_month,
    pay_month,
    set_dues,
    set_fixed_dues,
    work_month,
)
from lingbao.simulation.streams import Purpose
from lingbao.simulation.yearly import COUNTED, close_year

LAW_ROWS = len(LawRow)
NATION_ROWS = len(NationRow)
TERMS = len(Term)
MONTH_PURPOSE = int(Purpose.MONTH)


@scalar
def level_moves(nation: Any, t: int) -> bool:
    """Whether an absolute fixed amount grows this month."""
    return t == 0 or nation[t, NationRow.AMOUNT_LEVEL] != nation[t - 1, NationRow.AMOUNT_LEVEL]


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
    month_count = nation.shape[0]
    normal, gumbel, logistic = shocks[NORMAL], shocks[GUMBEL], shocks[LOGISTIC]
    seed_word = np.uint64(seed)
    for low in range(0, start.shape[0], LANES):
        width = min(LANES, start.shape[0] - low)
        b = np.zeros(BLOCK)
        words = np.zeros(4 * LANES, np.uint64)
        who = np.zeros(LANES, np.uint64)
        term = np.zeros(TERMS)
        nation_now = np.zeros(NATION_ROWS)
        counted = np.zeros(COUNTED, np.int64)
        for i in range(width):
            who[i] = np.uint64(ids[low + i])
        begin_block(seed_word, who, width, low, start, b, beliefs, process, hazards, leaving, shocks, annuity, first)
        comes = first_entry(b, width)
        coming = 0.0
        present, working, drawing = False, False, False
        for t in range(month_count):
            month = first + t
            moy = month % 12 + 1
            if t == 0 or month == since:
                for q in range(TERMS):
                    term[q] = terms[1 if month >= since else 0, q]
            for q in range(NATION_ROWS):
                nation_now[q] = nation[t, q]
            if float(month) + 12.0 <= comes and moy == 1:
                continue
            if moy == 1:
                begin_year(
                    seed_word, who, width, month, mortality[t // 12], b, words, nation_now, annuity, term, process, province_ends,
                )
                present, working, drawing = who_is_there(b, width)
                if not present and nobody_comes(b, width):
                    break
            if not present:
                continue
            if changes[t] != 0 or moy == 1:
                for i in range(LANES):
                    words[i] = np.uint64(int(b[State.HERE + i]))
                for q in range(LAW_ROWS):
                    if moy == 1 or (changes[t] >> q) & 1 == 1:
                        for i in range(LANES):
                            b[Now.WAGE + q * LANES + i] = law_table[t, q, words[i]]
            if moy == 1:
                if working:
                    declare(
                        seed_word, who, width, month, t // 12, b, words, nation_now, fees, subsidies, tiers, term, beliefs,
                        discounts, gumbel, choices,
                    )
                coming = next_event(b, width, float(month))
            if working:
                draw_month(seed_word, who, month, MONTH_PURPOSE, words, normal, logistic, b)
                work_month(b, nation_now, season[moy - 1], process)
                if moy == 1 or changes[t] != 0 or month == since or owes_by_month(term):
                    set_dues(b, term)
                if term[Term.FIXED] == 1.0 and (moy == 1 or changes[t] != 0 or month == since or level_moves(nation, t)):
                    set_fixed_dues(b, nation_now, term)
                owe_month(b, moy, nation_now, term)
                pay_month(b, month, moy, term, beliefs)
            if drawing:
                draw_pensions(b, month, term)
            if float(month) == coming:
                happen(width, month, t, b, law_table, nation_now, payout, fees, term, process)
                coming = next_event(b, width, float(month) + 1.0)
                drawing = True
            if moy == 12:
                close_year(width, month, t // 12, b, nation_now, term, process, beliefs, deflators, counted, fund, people)
        finish_block(width, low, first + month_count - 1, b, annuity, deflators, terms[1], outcomes)


@kernel()
def rhythm_shares(seed: int, ids: Any, shares: Any) -> None:
    """Write each person's place among people when rhythms of payment lie side by side, as begin_block draws it."""
    seed_word = np.uint64(seed)
    for i in range(ids.shape[0]):
        _, _, word, _ = four_words(np.uint64(ids[i]), np.uint64(0), np.uint64(TASTES_PURPOSE), seed_word)
        shares[i] = share_of(word)
