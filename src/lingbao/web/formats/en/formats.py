"""A day in English as the pages write a month: ``13 November 2026``."""

DATE_FORMAT = "j F Y"
