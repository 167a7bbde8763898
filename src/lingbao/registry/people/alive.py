"""Whether a death is on record: then nothing new begins for the person, and what is left is the heirs'."""

from __future__ import annotations

from datetime import date

from django.db import connection

from lingbao.registry.collection.holdings import lock_person
from lingbao.registry.errors import Conflict
from lingbao.registry.session import SYSTEM, acting_as


def died_on(person: int) -> date | None:
    """Return the day of a death that is settled and was not undone."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT died_on FROM benefit_death WHERE person_id = %s AND undone_by IS NULL", [person])
        row = cursor.fetchone()
    return None if row is None else row[0]


def check_alive(person: int) -> None:
    """Hold the person to the end of the transaction, and refuse what is for the living.

    Raises
    ------
    Conflict
        If a death is on record.
    """
    lock_person(person)
    died = died_on(person)
    if died is not None:
        raise Conflict("benefit.died", value=str(died), zh=f"已登记本人于 {died} 去世，账户由继承人领取，这一项不能再办；登记有误的，先由参保地撤销死亡登记。",
                       en=f"The person is registered as died on {died} and the accounts are the heirs', so this cannot be done any more. If that is wrong, have the death undone first.")
