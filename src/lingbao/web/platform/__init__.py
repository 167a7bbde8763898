"""The console of a platform: keys, files, errors by row, reconciliation, webhooks, documentation."""
