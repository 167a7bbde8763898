"""The contribution record: which months and years a person has paid, on which base, in which place, by which entry."""
