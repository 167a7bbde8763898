"""Orders withheld by platforms: files in, facts and postings out, nothing lost or doubled (B7, C5)."""
