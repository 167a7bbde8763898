"""One life, month by month: who the person is, what was paid, what is planned, what the law makes of it."""
