"""Where everything stands in a block of lives, on which the kernel works: rows by name.

A block is one array without a second dimension: the value of row R for life i stands at ``R + i``, and the members of
Life, Now, State, Year and Work are such beginnings of rows. Distances between rows are then known to the compiler wherever
the array is passed, and it can work on several lives at once.
"""

from __future__ import annotations

from enum import IntEnum

from lingbao.simulation.layout import RATES_OF_RETURN

LANES = 64
"""Lives in a block."""


class Life(IntEnum):
    """Rows of a block that stay the same through a life; the first are the columns of :class:`Start`."""

    BIRTH = 0 * LANES
    SEX = 1 * LANES
    RESIDENCE = 2 * LANES
    KIND = 3 * LANES
    HOME = 4 * LANES
    WORK = 5 * LANES
    INCOME = 6 * LANES
    VOLATILITY = 7 * LANES
    MONTHS = 8 * LANES
    INDEX = 9 * LANES
    ACCOUNT = 10 * LANES
    SCHEME = 11 * LANES
    RESIDENT_YEARS = 12 * LANES
    RESIDENT_ACCOUNT = 13 * LANES
    KNOWLEDGE = 14 * LANES
    SELF_RELIANT = 15 * LANES
    CLAIM = 16 * LANES
    RESIDENT_CLAIM = 17 * LANES
    MINIMUM = 18 * LANES
    ENTRY = 19 * LANES
    WEIGHT = 20 * LANES
    FIFTH = 21 * LANES
    TASTE_EMPLOYEE = 22 * LANES
    TASTE_RESIDENT = 23 * LANES
    RHYTHM_SHARE = 24 * LANES  # place among people when rhythms lie side by side on (0, 1)
    CERTIFIED = 25 * LANES  # 1 who would pass as hard to employ
    TO_IDLE = 26 * LANES
    TO_EMPLOYMENT = 27 * LANES
    BACK = 28 * LANES
    LEAVES_EMPLOYMENT = 29 * LANES
    JOINS_PLATFORM = 30 * LANES
    LEAVES_1 = 31 * LANES  # hazard of leaving the platform, by months on it
    LEAVES_2 = 32 * LANES
    LEAVES_3 = 33 * LANES
    LEAVES_4 = 34 * LANES
    FLOOR_RATIO = 35 * LANES  # floor by industry over the surveyed wage; 0 where the law's floor holds
    EXPECTED_MONTHS = 36 * LANES  # months one expects to draw a pension
    DIVISOR = 37 * LANES  # payout months one expects
    ANNUITY_AT_CLAIM = 38 * LANES
    LEAST_FEE = 39 * LANES
    LEAST_SUBSIDY = 40 * LANES
    GROUP = 41 * LANES  # sex, residence, kind of work and fifth of income as one number


class Now(IntEnum):
    """Rows of a block that hold the law of each life's province this month; in the order of :class:`LawRow`."""

    WAGE = 42 * LANES
    FLOOR = 43 * LANES
    CAP = 44 * LANES
    TOTAL_RATE = 45 * LANES
    ACCOUNT_RATE = 46 * LANES
    REFERENCE_WAGE = 47 * LANES
    BENEFIT_BASE = 48 * LANES
    RESIDENT_BASIC = 49 * LANES
    RESIDENT_RATE = 50 * LANES
    SURVEY_WAGE = 51 * LANES


class State(IntEnum):
    """Rows of the state of a block."""

    STATUS = 52 * LANES  # see Status
    WORKS = 53 * LANES  # 0 works flexibly, 1 idle, 2 employed
    PLATFORM = 54 * LANES
    TENURE = 55 * LANES
    DEVIATION = 56 * LANES
    INCOME = 57 * LANES
    YEAR_INCOME = 58 * LANES
    LAST_INCOME = 59 * LANES  # mean monthly income of the year before
    PERIOD_INCOME = 60 * LANES  # income since the last payment date
    SCHEME = 61 * LANES  # 0 none, 1 resident, 2 employee, 3 fixed amount
    RATIO = 62 * LANES  # declared base as a share of the wage; 0 the lowest base open
    TIER = 63 * LANES  # number of the tier or of the fee
    FEE = 64 * LANES  # resident fee [yuan/year] at the level of the first month
    RHYTHM = 65 * LANES
    PAID_LAST = 66 * LANES  # whether the last due payment was made
    ACCOUNT = 67 * LANES
    CREDITED = 68 * LANES
    PRODUCT = 69 * LANES
    INDICES = 70 * LANES
    MONTHS = 71 * LANES  # months over which the index is averaged
    ACCRUAL = 72 * LANES  # months that count in the benefit
    COUNTED = 73 * LANES  # months that count toward the minimum
    FIXED = 74 * LANES  # months paid by fixed amount
    DUE_PAYMENT = 75 * LANES  # due since the last payment date
    DUE_CREDIT = 76 * LANES
    DUE_INDEX = 77 * LANES
    DUE_MONTHS = 78 * LANES
    DUE_ACCRUAL = 79 * LANES  # of months by fixed amount alone, as the next two
    DUE_COUNTED = 80 * LANES
    DUE_FIXED = 81 * LANES
    DUE_BASE = 82 * LANES
    DUE_WAGE = 83 * LANES
    RESIDENT_ACCOUNT = 84 * LANES
    RESIDENT_YEARS = 85 * LANES
    WALLET = 86 * LANES  # withheld from orders, not yet turned over
    SUBSIDISED = 87 * LANES  # months with the subsidy for people hard to employ
    YOUTH = 88 * LANES  # months with the youth subsidy
    SUBSIDY_STATE = 89 * LANES  # shares of a payment borne by others this year
    SUBSIDY_PROVINCE = 90 * LANES
    SUBSIDY_PLATFORM = 91 * LANES
    SUBSIDY_YOUTH = 92 * LANES
    SUBSIDY_HARD = 93 * LANES
    STOPPED = 94 * LANES  # months not paid since the first payment, while not drawing
    SPELLS = 95 * LANES
    EXPOSURE = 96 * LANES  # months since the first payment
    EVER_PAID = 97 * LANES
    GAP = 98 * LANES  # 1 while in a spell of not paying
    PLACE_BASE = 99 * LANES  # bases paid at the present place
    PLACE_MONTHS = 100 * LANES
    MOVED = 101 * LANES  # month of the last move, or long ago
    PENSION_FROM = 102 * LANES  # first month drawn, or infinity
    BASIC = 103 * LANES  # basic part now [yuan/month]
    ACCOUNT_PENSION = 104 * LANES
    ACCOUNT_LEFT = 105 * LANES
    FROM_RESIDENT = 106 * LANES  # 1 when the pension is the resident one
    FIRST_PENSION = 107 * LANES
    WAGE_AT_CLAIM = 108 * LANES
    CLAIMED = 109 * LANES
    LOAN = 110 * LANES
    CLAIM = 111 * LANES  # month of the next claim attempt
    DEATH = 112 * LANES
    HERE = 113 * LANES  # row of the province of work
    EXTENDED = 114 * LANES  # 1 once the claim was put off
    JOINED = 115 * LANES  # 1 in the year of the first payment
    LEFT = 116 * LANES
    PERSONAL = 117 * LANES  # personal pension [yuan]
    CAME_FROM = 118 * LANES  # row of the province before the last move
    OWN_PAID = 119 * LANES  # sums over the run [yuan]
    SUBSIDIES = 120 * LANES
    EMPLOYER_PAID = 121 * LANES
    RESIDENT_PAID = 122 * LANES
    BENEFITS = 123 * LANES
    FEE_SUBSIDY = 124 * LANES  # local subsidy to the fee [yuan/year] at the level of the first month


class Year(IntEnum):
    """Rows of a block that hold the sums of the year, in the order of :class:`Flow`."""

    OWN_CONTRIBUTIONS = 125 * LANES
    JOB_CONTRIBUTIONS = 126 * LANES
    EMPLOYER_CONTRIBUTIONS = 127 * LANES
    TO_ACCOUNT = 128 * LANES
    SUBSIDY_STATE = 129 * LANES
    SUBSIDY_PROVINCE = 130 * LANES
    SUBSIDY_PLATFORM = 131 * LANES
    ACCOUNT_INTEREST = 132 * LANES
    BASIC_BENEFITS = 133 * LANES
    ACCOUNT_BENEFITS = 134 * LANES
    DEATH_BENEFITS = 135 * LANES
    LUMP_SUMS = 136 * LANES
    TRANSFER_OUT = 137 * LANES
    TRANSFER_IN = 138 * LANES
    RESIDENT_FEES = 139 * LANES
    RESIDENT_SUBSIDY = 140 * LANES
    RESIDENT_INTEREST = 141 * LANES
    RESIDENT_BASIC_BENEFITS = 142 * LANES
    RESIDENT_ACCOUNT_BENEFITS = 143 * LANES
    WITHHELD = 144 * LANES
    TURNED_OVER = 145 * LANES
    RESIDENT_TURNED_OVER = 146 * LANES
    WITHHELD_FROM_PLATFORM = 147 * LANES
    LOANS_LENT = 148 * LANES
    LOANS_REPAID = 149 * LANES
    TAX_RELIEF = 150 * LANES
    CONVERTED = 151 * LANES
    BASE_PAID = 152 * LANES
    WAGE_MONTHS = 153 * LANES
    ACCOUNT_STOCK = 154 * LANES
    RESIDENT_ACCOUNT_STOCK = 155 * LANES
    ACCRUED_RIGHTS_STOCK = 156 * LANES
    WALLET_STOCK = 157 * LANES
    PAID_MONTHS = 158 * LANES
    MISSED_MONTHS = 159 * LANES
    PENSION_MONTHS = 160 * LANES
    MEMBERS = 161 * LANES
    PAYERS = 162 * LANES
    PENSIONERS = 163 * LANES
    RESIDENT_MEMBERS = 164 * LANES
    RESIDENT_PAYERS = 165 * LANES
    RESIDENT_PENSIONERS = 166 * LANES
    DEATHS = 167 * LANES
    POPULATION = 168 * LANES
    ENTRANTS = 169 * LANES
    FIXED_PAYERS = 170 * LANES
    JOINED = 171 * LANES
    LEFT = 172 * LANES
    EMPLOYED = 173 * LANES


class Work(IntEnum):
    """Rows of a block for what lives only within a step: luck, and what a declaration weighs."""

    SHOCK = 174 * LANES
    LOGIT = 175 * LANES
    LUCK = 176 * LANES
    MORE_LUCK = 177 * LANES
    THIRD_LUCK = 178 * LANES
    POSTS = 179 * LANES
    RISK = 180 * LANES
    INCOME = 181 * LANES
    AGE = 182 * LANES
    WORTH = 183 * LANES
    DISCOUNT = 184 * LANES
    RESIDENT_DISCOUNT = 185 * LANES
    VESTS = 186 * LANES
    OWN_SHARE = 187 * LANES
    ACCOUNT_RATE = 188 * LANES
    LEAST = 189 * LANES
    BEST = 190 * LANES
    BEST_VALUE = 191 * LANES
    FEE_BEST = 192 * LANES
    FEE_VALUE = 193 * LANES
    RURAL = 194 * LANES
    MISSING = 195 * LANES
    CHOSEN_FEE = 196 * LANES
    CHOSEN_SUBSIDY = 197 * LANES
    ANNUITY = 198 * LANES
    CELL = 199 * LANES
    SHOCKS = 200 * LANES  # SHOCK_ROWS rows of extreme-value shocks
    FEES = 217 * LANES  # FEES rows of fees, then of subsidies
    MONTH_BASE = 225 * LANES  # what a month owes by base, while the law stands still
    MONTH_PAYMENT = 226 * LANES
    MONTH_CREDIT = 227 * LANES
    MONTH_INDEX = 228 * LANES
    FIXED_PAYMENT = 229 * LANES  # what a month owes by fixed amount
    FIXED_CREDIT = 230 * LANES
    FIXED_INDEX = 231 * LANES
    FIXED_COUNTED = 232 * LANES
    FIXED_ACCRUAL = 233 * LANES
    FIXED_BASE = 234 * LANES
    KEPT = 235 * LANES  # whether a life paid this month, and what it was lent
    LENT = 236 * LANES


WORTH = 237 * LANES
"""First of the rows that value the money of a life: paid at each rate of return, then drawn at each."""

BLOCK = (237 + 2 * RATES_OF_RETURN) * LANES
"""Length of a block."""

SHOCK_ROWS = 17
"""Three schemes, nine tiers, the fixed amount, four fees."""

NOT_YET, ACTIVE, WAITING, DRAWS, DEAD, OUT = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
"""Where someone is in life: not yet at work; pays or may pay; past the statutory month and waiting for the resident
pension age; draws a pension; dead; account paid out and no pension."""
