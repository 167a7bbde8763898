"""Pension claims, the monthly payment, the yearly rise, and what heirs receive."""
