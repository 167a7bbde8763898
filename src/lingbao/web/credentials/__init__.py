"""One-time codes: how staff come in the first time and again, and how a worker proves to hold a telephone."""
