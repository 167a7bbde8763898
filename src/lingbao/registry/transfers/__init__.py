"""Moving the pension relation between provinces and between the two schemes, step by step and to the fen (B5, S6)."""
