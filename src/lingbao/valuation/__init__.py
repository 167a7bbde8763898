"""What paying now and drawing later is worth: rate of return, payback, present value, survival, replacement rate."""

from __future__ import annotations

from lingbao.valuation.life_table import LifeTable, insured_table, population_table
from lingbao.valuation.options import Valuation, value_options

__all__ = ["LifeTable", "Valuation", "insured_table", "population_table", "value_options"]
