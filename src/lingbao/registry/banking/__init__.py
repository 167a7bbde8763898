"""The bank's own statement against the books: each line with its entry, and what has none."""
