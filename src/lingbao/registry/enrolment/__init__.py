"""Enrolment: who is a member of which scheme, where and from when, what they chose to pay, and when they stopped."""
