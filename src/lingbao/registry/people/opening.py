"""Opening a person's file: with a purpose that the person sees, written down once for a piece of work."""

from __future__ import annotations

from django.db import connection

from lingbao.law.errors import InputError

LONGEST = 200
# A file may be opened from something that waits and concerns the person; it then is the purpose. Tables of the same rights.
CONCERNED = {
    "transfers": "transfer_case", "claims": "benefit_claim", "matters": "dispute_case", "corrections": "people_correction",
    "refunds": "collection_refund_proposal", "subsidies": "collection_subsidy_request", "conversions": "transfer_conversion",
    "exemptions": "orders_exemption_request",
    "recoveries": "(SELECT r.id, c.person_id FROM benefit_recovery r JOIN benefit_claim c ON c.id = r.claim_id)",
    "setoffs": "(SELECT p.id, c.person_id FROM benefit_set_off_plan p JOIN benefit_claim c ON c.id = p.claim_id)",
}


class PurposeNeeded(InputError):
    """A file was to be opened and nobody said why."""


def concerns(kind: str, number: int, person: int) -> bool:
    """Return whether a case is one of this person, as far as the acting role may see."""
    if kind not in CONCERNED:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {CONCERNED[kind]} AS one WHERE id = %s AND person_id = %s", [number, person])
        return cursor.fetchone() is not None


def opened(person: int, purpose: str = "") -> None:
    """Write down that the acting role opens a file, unless it did so for the same purpose within the last twelve hours.

    Parameters
    ----------
    person : int
        One that the actor may see.
    purpose : str
        Shown to the person; may be left out where the file was opened within the last twelve hours.

    Raises
    ------
    PurposeNeeded
        Without a purpose, where the file was not opened before.
    TooManyRead
        If the actor opened the files of too many people in an hour.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_open(%s, %s)", [person, purpose.strip()[:LONGEST]])
        if not cursor.fetchone()[0]:
            raise PurposeNeeded("person.file_purpose", value=person, where="purpose",
                                zh="打开个人档案须写明用途，本人可以看到。请选择或写明用途，或从相应的事项里打开。",
                                en="Opening a person's file needs a purpose; the person will see it. Say why, or open it from the case it is about.")
