"""What should I do: compare options for one person, optimise, advise, and check an official award."""

from lingbao.planner.compare import Comparison, plan
from lingbao.planner.options import Preferences

__all__ = ["Comparison", "Preferences", "plan"]
