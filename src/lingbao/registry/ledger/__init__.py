"""The ledger: accounts, entries whose legs sum to zero, and the proof that none was changed."""
