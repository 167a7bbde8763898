"""One simulated life as something to read: its luck, its state by name, and the numbers in force around it.

Part of the independent check of the block kernel, see :mod:`lingbao.simulation.one_life`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from types import SimpleNamespace
from typing import Any

from lingbao.law.trace import Node
from lingbao.simulation.block import NOT_YET
from lingbao.simulation.draws import GUMBEL, LOGISTIC, NORMAL, SHIFT
from lingbao.simulation.layout import Flow
from lingbao.simulation.streams import LARGEST_WORD, philox

LONG_AGO = 1000
"""Months since the last move of someone who never moved."""

Words = tuple[int, int, int, int]


class Luck:
    """The random numbers of one person, looked up in the plain streams.

    Parameters
    ----------
    seed, person : int
        Keys of the streams.
    shocks : list of list of float
        Equally likely values of the three distributions.
    """

    def __init__(self, seed: int, person: int, shocks: list[list[float]]) -> None:
        self._seed, self._person, self._shocks = seed, person, shocks

    def words(self, month: int, purpose: int) -> Words:
        """Return the four words for a month and a purpose."""
        person, seed = self._person, self._seed
        return philox(person & LARGEST_WORD, person >> 32, month, purpose, seed & LARGEST_WORD, seed >> 32)

    @staticmethod
    def share(word: int) -> float:
        """Return a word as a number evenly spread over (0, 1)."""
        return (word + 0.5) / (LARGEST_WORD + 1)

    def normal(self, word: int) -> float:
        """Return a standard normal number."""
        return self._shocks[NORMAL][word >> SHIFT]

    def gumbel(self, word: int) -> float:
        """Return an extreme-value number."""
        return self._shocks[GUMBEL][word >> SHIFT]

    def logistic(self, word: int) -> float:
        """Return a logistic number."""
        return self._shocks[LOGISTIC][word >> SHIFT]


@dataclass(frozen=True)
class Told:
    """A figure of a life and the rules it came from.

    Attributes
    ----------
    month : int
    figure : str
        ``payment``, ``account``, ``basic_pension``, ``account_pension`` and the like.
    amount : float
        In yuan, or yuan a month for a pension.
    nodes : tuple of Node
        Trees of rules; a payment has one for each month it pays for. Empty when the rules were not traced.
    """

    month: int
    figure: str
    amount: float
    nodes: tuple[Node, ...]


@dataclass
class Dues:
    """What is owed since the last payment date."""

    payment: float = 0.0
    credit: float = 0.0
    index: float = 0.0
    months: float = 0.0
    accrual: float = 0.0
    counted: float = 0.0
    by_amount: float = 0.0
    base: float = 0.0
    wage: float = 0.0
    nodes: list[Node] = field(default_factory=list)


@dataclass
class Shares:
    """Parts of a payment that others bear this year."""

    hard: float = 0.0
    youth: float = 0.0
    state: float = 0.0
    province: float = 0.0
    platform: float = 0.0


@dataclass
class Life:
    """Everything about one life; amounts in yuan, times in months.

    ``start`` holds what the person begins with, by the names of :class:`~lingbao.simulation.layout.Start`. The rest
    follows :class:`~lingbao.simulation.block.State`, with words for numbers.
    """

    person: int
    start: SimpleNamespace
    luck: Luck
    here: int
    scheme: int
    claim: float
    status: float = NOT_YET
    # a character for life
    taste_employee: float = 0.0
    taste_resident: float = 0.0
    rhythm_share: float = 0.0
    certified: bool = False
    hazards: list[float] = field(default_factory=list)
    floor_ratio: float = 0.0
    platform_hazards: list[float] = field(default_factory=list)
    expected_months: float = 0.0
    divisor: float = 1.0
    # work
    works: float = 0.0
    platform: float = 0.0
    tenure: float = 0.0
    deviation: float = 0.0
    income: float = 0.0
    year_income: float = 0.0
    last_income: float = 0.0
    period_income: float = 0.0
    came_from: int = 0
    moved: int = LONG_AGO
    # declaration
    ratio: float = 0.0
    tier: int = 0
    fee: float = 0.0
    rhythm: int = 1
    shares: Shares = field(default_factory=Shares)
    # employee scheme
    account: float = 0.0
    credited: float = 0.0
    product: float = 0.0
    indices: float = 0.0
    months: float = 0.0
    accrual: float = 0.0
    counted: float = 0.0
    fixed: float = 0.0
    dues: Dues = field(default_factory=Dues)
    place_base: float = 0.0
    place_months: float = 0.0
    subsidised: float = 0.0
    young: float = 0.0
    wallet: float = 0.0
    loan: float = 0.0
    personal: float = 0.0
    # resident scheme
    resident_account: float = 0.0
    resident_years: float = 0.0
    # keeping on
    paid_last: bool = False
    ever_paid: bool = False
    gap: bool = False
    stopped: float = 0.0
    spells: int = 0
    exposure: int = 0
    joined: bool = False
    left: bool = False
    # pension
    extended: bool = False
    pension_from: float = inf
    basic: float = 0.0
    account_pension: float = 0.0
    account_left: float = 0.0
    from_resident: bool = False
    first_pension: float = 0.0
    wage_at_claim: float = 0.0
    claimed: int = 0
    death: float = inf
    # records
    year: list[float] = field(default_factory=lambda: [0.0] * len(Flow))
    told: list[Told] = field(default_factory=list)

    def tell(self, month: int, figure: str, amount: float, *behind: Any) -> None:
        """Note a figure with the trees behind it, if the rules left any."""
        nodes = tuple(each if isinstance(each, Node) else each.node for each in behind if isinstance(each, Node) or hasattr(each, "node"))
        self.told.append(Told(month, figure, float(amount), nodes))


@dataclass(frozen=True)
class Now:
    """The month, and the numbers in force for a life in it.

    Attributes
    ----------
    t, month, month_of_year, row : int
        Months since the start; the month; 1 to 12; number of the year.
    law, nation, term : SimpleNamespace
        Numbers of the place, of the nation and of the scheme, by the names of :mod:`lingbao.simulation.layout`.
    """

    t: int
    month: int
    month_of_year: int
    row: int
    law: SimpleNamespace
    nation: SimpleNamespace
    term: SimpleNamespace
