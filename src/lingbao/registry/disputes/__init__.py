"""Complaints and disputes: taken in, referred, answered in time, reviewed by someone else (S10, S6)."""
