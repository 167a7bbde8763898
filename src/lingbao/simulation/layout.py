"""Where everything stands in the arrays of the simulation kernel: rows and columns by name."""

from __future__ import annotations

from enum import IntEnum

LANES = 64
"""Lives in a block."""

TIERS = 9
FEES = 4
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


class Life(IntEnum):
    """Rows of a block that stay the same through a life; the first are those of :class:`Start`."""

    TASTE_EMPLOYEE = len(Start)
    TASTE_RESIDENT = len(Start) + 1
    RHYTHM_SHARE = len(Start) + 2      # place among people when rhythms lie side by side on (0, 1)
    CERTIFIED = len(Start) + 3         # 1 who would pass as hard to employ
    TO_IDLE = len(Start) + 4
    TO_EMPLOYMENT = len(Start) + 5
    BACK = len(Start) + 6
    LEAVES_EMPLOYMENT = len(Start) + 7
    JOINS_PLATFORM = len(Start) + 8
    LEAVES_1 = len(Start) + 9          # hazard of leaving the platform, by months on it
    LEAVES_2 = len(Start) + 10
    LEAVES_3 = len(Start) + 11
    LEAVES_4 = len(Start) + 12
    FLOOR_RATIO = len(Start) + 13      # floor by industry over the surveyed wage; 0 where the law's floor holds
    EXPECTED_MONTHS = len(Start) + 14  # months one expects to draw a pension
    DIVISOR = len(Start) + 15          # payout months one expects


class State(IntEnum):
    """Rows of the state of a block."""

    STATUS = 0           # see Status
    WORKS = 1            # 0 works flexibly, 1 idle, 2 employed
    PLATFORM = 2
    TENURE = 3
    DEVIATION = 4
    INCOME = 5
    YEAR_INCOME = 6
    LAST_INCOME = 7      # mean monthly income of the year before
    PERIOD_INCOME = 8    # income since the last payment date
    SCHEME = 9           # 0 none, 1 resident, 2 employee, 3 fixed amount
    RATIO = 10           # declared base as a share of the wage; 0 the lowest base open
    TIER = 11            # number of the tier or of the fee
    FEE = 12             # resident fee [yuan/year] at the level of the first month
    RHYTHM = 13
    PAID_LAST = 14       # whether the last due payment was made
    ACCOUNT = 15
    CREDITED = 16
    PRODUCT = 17
    INDICES = 18
    MONTHS = 19          # months over which the index is averaged
    ACCRUAL = 20         # months that count in the benefit
    COUNTED = 21         # months that count toward the minimum
    FIXED = 22           # months paid by fixed amount
    DUE_PAYMENT = 23     # due since the last payment date
    DUE_CREDIT = 24
    DUE_INDEX = 25
    DUE_MONTHS = 26
    DUE_ACCRUAL = 27
    DUE_COUNTED = 28
    DUE_FIXED = 29
    DUE_BASE = 30
    DUE_WAGE = 31
    RESIDENT_ACCOUNT = 32
    RESIDENT_YEARS = 33
    WALLET = 34          # withheld from orders, not yet turned over
    SUBSIDISED = 35      # months with the subsidy for people hard to employ
    YOUTH = 36           # months with the youth subsidy
    SUBSIDY_STATE = 37   # shares of a payment borne by others this year
    SUBSIDY_PROVINCE = 38
    SUBSIDY_PLATFORM = 39
    SUBSIDY_YOUTH = 40
    SUBSIDY_HARD = 41
    STOPPED = 42         # months not paid since the first payment, while not drawing
    SPELLS = 43
    EXPOSURE = 44        # months since the first payment
    EVER_PAID = 45
    GAP = 46             # 1 while in a spell of not paying
    PLACE_BASE = 47      # bases paid at the present place
    PLACE_MONTHS = 48
    MOVED = 49           # months since the last move, or large
    PENSION_FROM = 50    # first month drawn, or infinity
    BASIC = 51           # basic part now [yuan/month]
    ACCOUNT_PENSION = 52
    ACCOUNT_LEFT = 53
    FROM_RESIDENT = 54   # 1 when the pension is the resident one
    FIRST_PENSION = 55
    WAGE_AT_CLAIM = 56
    CLAIMED = 57
    LOAN = 58
    CLAIM = 59           # month of the next claim attempt
    DEATH = 60
    HERE = 61            # row of the province of work
    EXTENDED = 62        # 1 once the claim was put off
    JOINED = 63          # 1 in the year of the first payment
    LEFT = 64
    PERSONAL = 65        # personal pension [yuan]
    CAME_FROM = 66       # row of the province before the last move
    OWN_PAID = 67        # sums over the run [yuan]
    SUBSIDIES = 68
    EMPLOYER_PAID = 69
    RESIDENT_PAID = 70
    BENEFITS = 71


NOT_YET, ACTIVE, WAITING, DRAWS, DEAD, OUT = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
"""Where someone is in life: not yet at work; pays or may pay; past the statutory month and waiting for the resident
pension age; draws a pension; dead; account paid out and no pension."""


class Flow(IntEnum):
    """Columns of the fund by year and province; also the yearly sums of a life. Money first, then counts."""

    OWN_CONTRIBUTIONS = 0
    EMPLOYER_CONTRIBUTIONS = 1
    TO_ACCOUNT = 2
    SUBSIDY_STATE = 3
    SUBSIDY_PROVINCE = 4
    SUBSIDY_PLATFORM = 5
    ACCOUNT_INTEREST = 6
    BASIC_BENEFITS = 7
    ACCOUNT_BENEFITS = 8
    DEATH_BENEFITS = 9
    LUMP_SUMS = 10
    TRANSFER_OUT = 11
    TRANSFER_IN = 12
    RESIDENT_FEES = 13
    RESIDENT_SUBSIDY = 14
    RESIDENT_INTEREST = 15
    RESIDENT_BASIC_BENEFITS = 16
    RESIDENT_ACCOUNT_BENEFITS = 17
    WITHHELD = 18
    TURNED_OVER = 19
    LOANS_LENT = 20
    LOANS_REPAID = 21
    TAX_RELIEF = 22
    CONVERTED = 23
    BASE_PAID = 24
    WAGE_MONTHS = 25
    ACCOUNT_STOCK = 26
    RESIDENT_ACCOUNT_STOCK = 27
    ACCRUED_RIGHTS_STOCK = 28
    WALLET_STOCK = 29
    PAID_MONTHS = 30
    MISSED_MONTHS = 31
    PENSION_MONTHS = 32
    MEMBERS = 33
    PAYERS = 34
    PENSIONERS = 35
    RESIDENT_MEMBERS = 36
    RESIDENT_PAYERS = 37
    RESIDENT_PENSIONERS = 38
    DEATHS = 39
    POPULATION = 40
    ENTRANTS = 41
    FIXED_PAYERS = 42
    JOINED = 43
    LEFT = 44


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
