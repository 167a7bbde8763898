"""Where everything stands in the tables of the simulation: columns by name, and how many there are.

The rows of a block of lives, on which the kernel works, are in block.py.
"""

from __future__ import annotations

from enum import IntEnum

TIERS = 9
FEES = 4
FULL = 1e9
"""Stands for no limit, in months and in wages."""

RATES_OF_RETURN = 7
"""Real yearly rates at which the money of a life is valued, for its rate of return."""


class Start(IntEnum):
    """Columns of a person as the simulation starts."""

    BIRTH = 0            # month
    SEX = 1              # 0 male, 1 female
    RESIDENCE = 2        # number in schema.RESIDENCES
    KIND = 3             # number in schema.KINDS
    HOME = 4             # row of the province
    WORK = 5             # row of the province
    INCOME = 6           # mean monthly income at the start [yuan]
    VOLATILITY = 7       # standard deviation of monthly income as a share of its mean
    MONTHS = 8           # months paid
    INDEX = 9            # mean index of them
    ACCOUNT = 10         # yuan
    SCHEME = 11          # number in schema.SCHEMES
    RESIDENT_YEARS = 12
    RESIDENT_ACCOUNT = 13
    KNOWLEDGE = 14       # 0 none to 1 full
    SELF_RELIANT = 15    # 1 who means to provide for old age oneself
    CLAIM = 16           # statutory month
    RESIDENT_CLAIM = 17  # month of the resident pension age
    MINIMUM = 18         # months needed for a claim then
    ENTRY = 19           # month from which the person works flexibly; the first month or before for those of today
    WEIGHT = 20          # whole number of weight units
    FIFTH = 21           # fifth of income, 0 to 4


class LawRow(IntEnum):
    """Rows of the monthly law by province."""

    WAGE = 0
    FLOOR = 1
    CAP = 2
    TOTAL_RATE = 3
    ACCOUNT_RATE = 4
    REFERENCE_WAGE = 5
    BENEFIT_BASE = 6
    RESIDENT_BASIC = 7
    RESIDENT_RATE = 8
    SURVEY_WAGE = 9      # wage of the month of the last income survey, see options surveyed_base


class NationRow(IntEnum):
    """Rows of the monthly law of the nation."""

    CREDITING = 0
    ADJUSTMENT = 1       # rise of pensions, in January
    INCOME_LEVEL = 2     # flexible income over that of the first month
    FEE_LEVEL = 3        # resident fees over those of the first month
    AMOUNT_LEVEL = 4     # a fixed amount over that of the month in which it begins
    EMPLOYEE_RATE = 5
    EMPLOYER_RATE = 6
    TRANSFER_RATE = 7    # pooled money that moves, of the bases paid
    POVERTY_LINE = 8     # yuan a month
    MINIMUM = 9          # months needed for a claim in this month


class Flow(IntEnum):
    """Columns of the fund by year and province; also the yearly sums of a life. Money first, then counts."""

    OWN_CONTRIBUTIONS = 0
    JOB_CONTRIBUTIONS = 1
    EMPLOYER_CONTRIBUTIONS = 2
    TO_ACCOUNT = 3
    SUBSIDY_STATE = 4
    SUBSIDY_PROVINCE = 5
    SUBSIDY_PLATFORM = 6
    ACCOUNT_INTEREST = 7
    BASIC_BENEFITS = 8
    ACCOUNT_BENEFITS = 9
    DEATH_BENEFITS = 10
    LUMP_SUMS = 11
    TRANSFER_OUT = 12
    TRANSFER_IN = 13
    RESIDENT_FEES = 14
    RESIDENT_SUBSIDY = 15
    RESIDENT_INTEREST = 16
    RESIDENT_BASIC_BENEFITS = 17
    RESIDENT_ACCOUNT_BENEFITS = 18
    WITHHELD = 19
    TURNED_OVER = 20
    RESIDENT_TURNED_OVER = 21
    WITHHELD_FROM_PLATFORM = 22
    LOANS_LENT = 23
    LOANS_REPAID = 24
    TAX_RELIEF = 25
    CONVERTED = 26
    BASE_PAID = 27
    WAGE_MONTHS = 28
    ACCOUNT_STOCK = 29
    RESIDENT_ACCOUNT_STOCK = 30
    ACCRUED_RIGHTS_STOCK = 31
    WALLET_STOCK = 32
    PAID_MONTHS = 33
    MISSED_MONTHS = 34
    PENSION_MONTHS = 35
    MEMBERS = 36
    PAYERS = 37
    PENSIONERS = 38
    RESIDENT_MEMBERS = 39
    RESIDENT_PAYERS = 40
    RESIDENT_PENSIONERS = 41
    DEATHS = 42
    POPULATION = 43
    ENTRANTS = 44
    FIXED_PAYERS = 45
    JOINED = 46
    LEFT = 47
    EMPLOYED = 48


MONEY_FLOWS = Flow.WALLET_STOCK + 1
"""Columns in fen; the others are counts."""


class Count(IntEnum):
    """Columns of the people by year and group."""

    POPULATION = 0
    EMPLOYEE_MEMBERS = 1
    RESIDENT_MEMBERS = 2
    NONE = 3
    PAYERS = 4
    STOPPED = 5
    EVER_STOPPED = 6
    STOPPED_MONTHS = 7
    EXPOSURE_MONTHS = 8
    INCOME = 9               # fen of the year
    OWN_CONTRIBUTIONS = 10   # fen of the year
    MONTHS_PAID = 11
    FIXED_PAYERS = 12
    FLOOR_PAYERS = 13
    PENSIONERS = 14
    PENSION = 15             # fen of the month of December
    RESIDENT_PENSIONERS = 16
    RESIDENT_PENSION = 17
    POOR_PENSIONERS = 18
    PLATFORM_WORKERS = 19
    EMPLOYED = 20            # in a job with an employer; not among the others


AGE_BANDS = (25, 35, 45, 55)
"""Ages at which the second to the last band begins [years]."""

CELLS_OF_PEOPLE = 2 * 4 * 4 * 5 * (len(AGE_BANDS) + 1)
"""Sex × residence × kind × fifth of income × age band."""


class Outcome(IntEnum):
    """Columns of what became of a person."""

    SCHEME_LAST = 0
    PROVINCE = 1
    MONTHS_PAID = 2
    FIXED_MONTHS = 3
    STOPPED_MONTHS = 4
    SPELLS_STOPPED = 5
    OWN_PAID = 6
    SUBSIDIES = 7
    EMPLOYER_PAID = 8
    RESIDENT_PAID = 9
    CLAIM_MONTH = 10
    FROM_RESIDENT = 11
    PENSION_FIRST = 12
    WAGE_AT_CLAIM = 13
    INCOME_AT_CLAIM = 14
    DEATH_MONTH = 15
    BENEFITS = 16
    RIGHTS_LEFT = 17
    PAID_AT_RATE = 18                         # RATES_OF_RETURN columns: present value of what one paid
    DRAWN_AT_RATE = 18 + RATES_OF_RETURN      # and of what one drew, rights left included


OUTCOMES = 18 + 2 * RATES_OF_RETURN


class Term(IntEnum):
    """Options of scheme that a reform may set, and numbers of the law that hold for everyone; see terms.py."""

    OWN_INCOME = 0
    LEAST_RATIO = 1
    MOST_RATIO = 2
    SHARE_OF_INCOME = 3
    FIXED = 4
    AMOUNT = 5
    WAGE_SHARE = 6
    LONGEST = 7
    ACCOUNT_SHARE = 8
    MINIMUM_FULL = 9
    MINIMUM_PROPORTION = 10
    ACCRUAL_FULL = 11
    ACCRUAL_PROPORTION = 12
    FIXED_INDEX = 13
    INDEX_FACTOR = 14
    WITHHELD_SHARE = 15
    WITHHELD_BY_PLATFORM = 16
    WITHHELD_TO_EMPLOYEE = 17
    EXEMPT = 18
    AFTER_MONTHS = 19
    AFTER_RATE = 20
    BONUS_FROM_MONTHS = 21
    BONUS_PER_YEAR = 22
    BONUS_FROM_INDEX = 23
    BONUS_PER_INDEX = 24
    FLOOR_SHARE = 25
    YOUTH_AGE = 26
    YOUTH_MONTHS = 27
    YOUTH_SHARE = 28
    LOAN_MONTHS = 29
    LOAN_SHARE = 30
    LOAN_RATE = 31
    LOAN_PENSION_SHARE = 32
    PLATFORM_SHARE = 33
    PROVINCE_SHARE = 34
    STATE_SHARE = 35
    INCOME_BELOW = 36
    TAX_RELIEF = 37
    POOL_MOVES = 38          # share of the pooled money that moves; negative: at the rate of the law
    PORTABLE = 39
    MANDATORY = 40
    BASIC_PER_YEAR = 41
    BASIC_PER_HUNDRED = 42
    WAITING_MONTHS = 43
    LAW_1997 = 44
    PERSONAL_EET = 45
    PERSONAL_TEE = 46
    HARD_AGE_MALE = 47
    HARD_AGE_FEMALE = 48
    HARD_SHARE = 49
    HARD_MONTHS = 50
    ACCRUAL_RATE = 51
    FLAT_SHARE = 52
    DIVISOR_1997 = 53
    RESIDENT_DIVISOR = 54
    RESIDENT_MINIMUM = 55    # months
    RESIDENT_SUBSIDY_FROM = 56
    RESIDENT_SUBSIDY_LOW = 57
    RESIDENT_SUBSIDY_HIGH = 58
    PENSION_DELAY = 59
    EXTENSION = 60           # months one may pay on past the statutory month
    PLACE_MONTHS = 61
    FUNERAL_MONTHS = 62
    GRANT_SECOND_FROM = 63   # condolence payment, see rules.survivor
    GRANT_THIRD_FROM = 64
    GRANT_THIRD_UNTIL = 65
    GRANT_FIRST = 66
    GRANT_SECOND = 67
    GRANT_THIRD = 68
    GRANT_PER_YEAR = 69
    GRANT_YEARS = 70
    GRANT_CAP = 71
    GRANT_LESS = 72
    GRANT_FLOOR = 73
    RHYTHM_MONTH = 74        # cumulated shares of people who would choose a rhythm, among those on offer
    RHYTHM_QUARTER = 75
    RHYTHM_HALF = 76
    PERSONAL_CAP = 77
    PERSONAL_ALLOWANCE = 78
    PERSONAL_RATE = 79
    PERSONAL_PAYOUT_RATE = 80
    SURVEYED = 81


class Process(IntEnum):
    """Assumptions on work, moves and views that are one number each; see behaviour.yaml."""

    PERSISTENCE = 0
    INNOVATION = 1
    PREMIUM = 2
    CERTIFIED = 3
    RIDERS = 4               # share of riders among new forms of work
    RIDERS_AND_DRIVERS = 5
    MOVE_LOCAL = 6           # yearly probabilities of moving to another province
    MOVE_MIGRANT = 7
    RETURN_HOME = 8
    GRANT_INCOME = 9         # disposable income over the average wage, for death grants
    START_IDLE = 10
    START_EMPLOYED = 11
    START_ON_PLATFORM = 12
    PERSONAL_SHARE = 13


class Coefficient(IntEnum):
    """Coefficients of behaviour; see choice.py and behaviour.yaml."""

    EMPLOYEE = 0
    EMPLOYEE_AGE = 1
    EMPLOYEE_RURAL = 2
    EMPLOYEE_HABIT = 3
    EMPLOYEE_TASTE = 4
    RESIDENT = 5
    RESIDENT_AGE = 6
    RESIDENT_RURAL = 7
    RESIDENT_HABIT = 8
    RESIDENT_TASTE = 9
    NONE_HABIT = 10
    WORTH = 11
    WORTH_KNOWLEDGE = 12
    WORTH_SELF = 13
    BURDEN = 14
    BURDEN_SQUARED = 15
    WAIT = 16
    ENOUGH = 17
    MOVE = 18
    TIER_SCALE = 19
    FLOOR = 20
    FIXED = 21
    PAY = 22
    PAY_BURDEN = 23
    PAY_IDLE = 24
    PAY_HABIT = 25
    PAY_MOVE = 26
    RESIDENT_PAY = 27
    PRESENT_BIAS = 28
