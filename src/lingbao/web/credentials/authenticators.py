"""Each code of an authenticator holds once, whichever process it is shown to: the step of the last one is kept in the database."""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import connection


def holds_once(authenticator: Authenticator, code: str) -> bool:
    """Tell whether a code is the present one and neither it nor a later one was used before; from now on it is used."""
    secret = decrypt(authenticator.data["secret"])
    steps = [step for step in yield_hotp_counters_from_time() if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))]
    if not steps:
        return False
    with connection.cursor() as cursor:  # one statement: of two at once, one finds the row of the other
        cursor.execute("INSERT INTO credentials_laststep AS kept (authenticator_id, step) VALUES (%s, %s)"
                       " ON CONFLICT (authenticator_id) DO UPDATE SET step = excluded.step WHERE kept.step < excluded.step RETURNING 1",
                       [authenticator.pk, max(steps)])
        return cursor.fetchone() is not None
