"""Benchmarks: each prints the answer beside the time."""
