"""Lingbao 灵保: the law of the basic pension as code, and the planner that explains it."""
