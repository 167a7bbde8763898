"""The worker's pages, one module for each thing a worker does."""
