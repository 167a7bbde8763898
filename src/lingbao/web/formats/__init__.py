"""How a date is written in each language, where it differs from what Django does."""
