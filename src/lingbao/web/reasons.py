"""The reasons of entries as a reader of one language sees them: what is withheld by platforms is booked with a reason in both."""

from __future__ import annotations

BETWEEN = " · "
IN_BOTH = "orders."  # kinds of entries whose reason the registry writes in both languages, the Chinese first


def both(kind: str, reason: str) -> dict[str, str]:
    """Return the reason of an entry by language; one that was written in one language stands in both as it is."""
    zh, between, en = reason.partition(BETWEEN)
    return {"zh": zh, "en": en} if between and kind.startswith(IN_BOTH) else {"zh": reason, "en": reason}
