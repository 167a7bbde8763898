"""The registry: people, enrolments, money in double entry, orders of platforms, transfers, claims and supervision."""
