"""The laboratory: everyone's life, simulated. Its foundation is the random streams and the synthetic population."""
