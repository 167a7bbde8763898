"""Made-up claims: taken in, refused, granted for the time being, settled, and pensions in payment."""

from __future__ import annotations

from datetime import date

from lingbao.law.errors import MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.store import Law
from lingbao.registry.benefits.claims import claim, finalise, grant, refuse
from lingbao.registry.benefits.payment import approve, disbursed, pay, prepare
from lingbao.registry.benefits.working_out import Claimant
from lingbao.registry.operations.demonstration import Block
from lingbao.registry.operations.demonstration_careers import careers
from lingbao.registry.operations.demonstration_staff import Office, asked

WAITS, REFUSED, OUT_OF = 7, 8, 9  # of so many claims, which one waits and which one is refused
MID = 15  # day of the month on which claims are decided


def make_claims(law: Law, office: Office, blocks: list[Block], seed: int, today: date) -> int:
    """Let the retired of a province claim, decide most claims, pay the pensions up to last month; return how many claimed.

    Each pension is granted on what was known in its month. Where the year's own base has come out since then it is
    settled and the difference paid.
    """
    as_of = today.year * MONTHS_PER_YEAR + today.month - 1
    retired = [row for block in blocks for row in careers(law, block, seed, as_of).iter_rows(named=True)]
    homes = dict(asked("SELECT id, hukou_province::text FROM people_person WHERE id = ANY (%s)", [row["id"] for row in retired]))
    granted: list[int] = []
    for place, row in enumerate(sorted(retired, key=lambda each: (each["claim_month"], each["id"]))):
        key, asked_on = f"demonstration:{row['id']}", _day_in(row["claim_month"], today)
        who = Claimant(row["birth"].year * MONTHS_PER_YEAR + row["birth"].month - 1, row["worker_class"], homes[row["id"]])  # type: ignore[arg-type]
        number = int(claim(office.clerk, key, row["id"], who, relation=office.province, claim_month=row["claim_month"], today=asked_on, law=law)["claim"])
        turn = (int(office.province) + place) % OUT_OF
        if turn == WAITS:
            continue
        if turn == REFUSED:
            refuse(office.supervisor, key, number, reason="材料不全，请补齐后再申请（示例）")
            continue
        try:
            grant(office.supervisor, key, number, today=asked_on, law=law)
        except MissingLaw:
            continue  # the law on record does not say what is needed: the claim waits
        granted.append(number)
    if granted:
        _pay(law, office, as_of, today)
        for number in granted:
            _settle(law, office, number, today)
        prepare(office.clerk, f"demonstration:{as_of}", office.province, as_of)
    return len(retired)


def _pay(law: Law, office: Office, as_of: int, today: date) -> None:
    """Pay all months up to the last one in one run, as after a change of system, and book what the bank paid out."""
    (first,), = asked("SELECT min(first_payment) FROM benefit_claim WHERE province = %s", office.province)
    if first is None or first > as_of - 1:  # type: ignore[operator]
        return
    key = f"demonstration:{as_of - 1}"
    run = int(prepare(office.clerk, key, office.province, as_of - 1, from_month=first)["run"])  # type: ignore[arg-type]
    approve(office.supervisor, key, run)
    paid = pay(run, actor=office.supervisor.id, today=today, law=law)
    if paid.fen:
        disbursed(office.supervisor, key, office.province, paid.fen, reference=key, today=today, law=law)


def _settle(law: Law, office: Office, number: int, today: date) -> None:
    (state,), = asked("SELECT state FROM benefit_claim WHERE id = %s", number)
    if state == "provisional":
        finalise(office.supervisor, f"demonstration:{number}", number, today=today, law=law)


def _day_in(month: int, today: date) -> date:
    return min(date(month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, MID), today)
