"""After a death: payments end, what was paid beyond it is recovered, heirs receive the account and the grants (社会保险法 第十四条、第十七条)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.law.rules import survivor
from lingbao.law.rules.benefit import years_from_months
from lingbao.law.rules.resident import resident_basic_pension, resident_death_grant
from lingbao.law.store import Law
from lingbao.registry.benefits.claims import POOLS, recover
from lingbao.registry.benefits.inheritance import ACCOUNTS, check_settled, divide, held_by, make_payable
from lingbao.registry.benefits.payment import hold_payments
from lingbao.registry.benefits.redoing import came_to
from lingbao.registry.collection.holdings import lock_person
from lingbao.registry.collection.interest import SCHEMES
from lingbao.registry.errors import Conflict
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.record.queries import months_of
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen

CONDOLENCE = (
    *(f"national.survivor.{name}" for name in ("second_step_years", "third_step_years", "third_step_last_year")),
    *(f"national.benefit.bereavement_months_{name}" for name in ("under_5_years", "under_10_years", "up_to_15_years", "per_further_year")),
    "national.survivor.years_counted_at_most", "national.benefit.bereavement_months_cap",
)


@dataclass(frozen=True)
class Heir:
    """Who inherits which share, by the agreement or judgment shown; ``share`` is a fraction such as ``1/3``."""

    name: str
    share: str


@dataclass(frozen=True)
class Survivors:
    """What survivors receive beside the accounts [fen]: funeral grant and condolence payment."""

    funeral_fen: int = 0
    condolence_fen: int = 0


def work_out(law: Law, *, on: int, months: int, own_fen: int, disposable_income_fen: int, months_drawn: int | None) -> Survivors:
    """Work out what survivors receive by 人社部发〔2021〕18号.

    Parameters
    ----------
    law : Law
    on : int
        Month of the death.
    months, own_fen : int
        Contribution months, and own contributions credited to the account [fen].
    disposable_income_fen : int
        Disposable income per urban resident of the province in the year before [fen/month].
    months_drawn : int or None
        Months for which a pension was drawn; None if none was.
    """
    years = years_from_months(float(months))
    condolence = survivor.condolence_months(years, *(law.number(path, on) for path in CONDOLENCE))
    if months_drawn is not None:
        condolence = survivor.condolence_months_retired(
            condolence, months_drawn / MONTHS_PER_YEAR, law.number("national.benefit.bereavement_months_less_per_pension_year", on),
            law.number("national.benefit.bereavement_months_floor_retired", on))
    income = disposable_income_fen / FEN_PER_YUAN
    funeral = survivor.funeral_grant(income, law.number("national.benefit.funeral_grant_months", on))
    payment = survivor.condolence_payment(income, condolence)
    capped = fen(survivor.death_benefits(funeral, payment, years, law.number("national.survivor.short_payer_years", on), own_fen / FEN_PER_YUAN))
    funeral_fen = min(fen(funeral), capped)
    return Survivors(funeral_fen, capped - funeral_fen)


def settle(actor: Actor, key: str, person: int, *, died_on: date, heirs: Sequence[Heir], province: str, disposable_income_fen: int,
           today: date, law: Law | None = None) -> dict[str, Any]:
    """Settle a death: end the pension, recover months paid after it, and make what heirs receive payable.

    The pension of the month of death is paid; nothing is due from the month after. Heirs receive what the person held in
    both schemes and in every province, whether or not a pension was drawn. Grants follow the scheme whose pension was drawn;
    who drew none has those of employees for the months on record, and the resident scheme knows none before the pension
    (国发〔2014〕8号 六).

    Raises
    ------
    InputError
        If the shares do not make one whole, or the death lies ahead.
    Conflict
        If the death is settled already, a claim waits for its answer, money is on the way between provinces, or another province
        pays the pension, whose agency settles the death.
    """
    law = law or Law.load()
    content = {"person": person, "died_on": str(died_on), "heirs": [asdict(heir) for heir in heirs], "province": province,
               "income": disposable_income_fen}
    shares = [heir.share for heir in heirs]

    def work() -> dict[str, Any]:
        if died_on > today:
            raise InputError("death.ahead", value=str(died_on), where="died_on", zh="死亡日期晚于今天，请核对。", en="The death lies ahead; check the date.")
        divide(0, shares)
        lock_person(person)  # a claim waits, or is seen
        check_settled(person)
        _check_paid_here(person, province)
        last = month(died_on.year, died_on.month)
        hold_payments(province)
        drawn = _end_pension(person, last, law, actor.id, today)
        found = _grants(law, person, province, drawn, last, disposable_income_fen)
        left = sum(each.fen for each in held_by(person) if each.kind in ACCOUNTS)
        number = returning("INSERT INTO benefit_death (person_id, claim_id, province, died_on, account_fen, funeral_fen, condolence_fen, heirs, law_hash, actor)"
                           " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                           [person, drawn and drawn.claim, province, died_on, left, found.funeral_fen, found.condolence_fen,
                            json.dumps([asdict(heir) for heir in heirs], ensure_ascii=False), law.hash, actor.id])
        pool = AccountName(POOLS[drawn.scheme if drawn else "employee"], "province", int(province), province)
        grants = found.funeral_fen + found.condolence_fen
        made = make_payable(number, person, province, shares, grants=(pool, grants) if grants else None, actor=actor.id, law=law, today=today)
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT parts FROM benefit_inheritance WHERE death_id = %s", [number])
            parts = [sum(each) for each in zip(*(row[0] for row in cursor.fetchall()), strict=True)] or [0] * len(heirs)
        return {"person": person, "account_fen": left, "funeral_fen": found.funeral_fen, "condolence_fen": found.condolence_fen,
                "heirs": [{**asdict(heir), "fen": part} for heir, part in zip(heirs, parts, strict=True)], "provinces": made}

    return execute(actor, Command("benefits.death", key, content), work)


def _check_paid_here(person: int, province: str) -> None:
    """Refuse to settle a death beside a pension that another province pays: it would be paid on."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT province FROM benefit_claim WHERE person_id = %s AND state IN ('provisional', 'final') AND province <> %s", [person, province])
        row = cursor.fetchone()
    if row is not None:
        raise Conflict("death.paid_elsewhere", value=row[0], zh=f"养老金由 {row[0]} 发放，死亡待遇请由当地经办机构登记，否则养老金不会停发。",
                       en=f"The pension is paid by province {row[0]}; its agency settles the death, or the pension would go on.")


@dataclass(frozen=True)
class Drawn:
    """The pension that a death ended: the claim, its scheme, and the months for which it was drawn."""

    claim: int
    scheme: str
    months: int


def _grants(law: Law, person: int, province: str, drawn: Drawn | None, last: int, disposable_income_fen: int) -> Survivors:
    if drawn is not None and drawn.scheme == "resident":
        return Survivors(resident_grant(law, province, on=last))
    with acting_as(SYSTEM):
        months = months_of(person)
    if not months:
        return Survivors()
    return work_out(law, on=last, months=len(months), own_fen=sum(each.account_fen for each in months),
                    disposable_income_fen=disposable_income_fen, months_drawn=drawn and drawn.months)


def resident_grant(law: Law, province: str, *, on: int) -> int:
    """Work out the grant at the death of a resident pensioner, where the place has one on record [fen].

    The national law leaves a grant to the places (国发〔2014〕8号 六、七); none is made up where none is recorded.
    """
    path = f"provinces.{province}.resident_additions"
    rows = [row for row in (law.history(path)[-1].value if law.has(path) else ()) if row["kind"] == "death_grant" and row["since"] <= on]
    if not rows:
        return 0
    local = float(law.look_up(f"provinces.{province}.resident_basic", on, provisional=True).value)
    basic = resident_basic_pension(local, law.number("national.resident.minimum_basic_pension", on, provisional=True))
    return fen(resident_death_grant(basic, float(rows[-1]["value"])))


def _end_pension(person: int, last: int, law: Law, actor: int, today: date) -> Drawn | None:
    """End the pension after its last month and note what was paid beyond it, rises made up since included; None where none was drawn.

    What payments beyond it took from the account goes back to the account: they were no pension, and the fund alone has lost them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, first_payment, scheme, province FROM benefit_claim WHERE person_id = %s AND state IN ('provisional', 'final') FOR NO KEY UPDATE",
                       [person])
        row = cursor.fetchone()
        if row is None:
            return None
        claim, first, scheme, province = row
        cursor.execute("SELECT coalesce(sum(account_fen), 0)::bigint FROM benefit_payment WHERE claim_id = %s AND kind = 'monthly' AND month > %s", [claim, last])
        from_account, beyond = cursor.fetchone()[0], came_to(claim, last)
        cursor.execute("UPDATE benefit_claim SET state = 'ended', last_payment = %s WHERE id = %s", [last, claim])
    if beyond:
        recovery = recover(claim, "death", beyond)
        if from_account:
            with acting_as(SYSTEM):
                account, pool = open_accounts([AccountName(SCHEMES[scheme][0], "person", person, province), AccountName(POOLS[scheme], "province", int(province), province)])
                post([Draft("pension_restored", [Leg(account, from_account), Leg(pool, -from_account)], source=f"recovery:{recovery}")], actor=actor,
                     law_hash=law.hash, reason="死亡后多发养老金中个人账户部分退回账户", value_date=today)
    return Drawn(claim, scheme, max(last - first + 1, 0))
