"""What paying now and drawing later is worth: rate of return, payback, present value, survival, replacement rate."""

from __future__ import annotations

from lingbao.valuation.life_table import LifeTable, insured_table, population_table
from lingbao.valuation.options import Valuation, value_options
from lingbao.valuation.rate_of_return import RateOfReturn, rate_of_return
from lingbao.valuation.replacement_rate import replacement_rate

__all__ = [
    "LifeTable", "RateOfReturn", "Valuation", "insured_table", "population_table", "rate_of_return", "replacement_rate",
    "value_options",
]
