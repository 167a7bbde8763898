"""After a death: payments end, what was paid beyond it is recovered, heirs receive the account and the grants (社会保险法 第十四条、第十七条)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import DatabaseError, connection

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.law.rules import survivor
from lingbao.law.rules.account import inheritable_balance
from lingbao.law.rules.benefit import years_from_months
from lingbao.law.rules.resident import resident_basic_pension, resident_death_grant
from lingbao.law.store import Law
from lingbao.registry.benefits.claims import POOLS, recover
from lingbao.registry.benefits.schemes import held
from lingbao.registry.collection.interest import SCHEMES
from lingbao.registry.errors import translated
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.record.queries import months_of
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.transfers.booking import account_balance
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
    """What survivors receive [fen]: the account left, funeral grant and condolence payment."""

    account_fen: int
    funeral_fen: int
    condolence_fen: int


def work_out(law: Law, *, on: int, months: int, own_fen: int, account_fen: int, disposable_income_fen: int, months_drawn: int | None) -> Survivors:
    """Work out what survivors receive by 人社部发〔2021〕18号.

    Parameters
    ----------
    law : Law
    on : int
        Month of the death.
    months, own_fen : int
        Contribution months, and own contributions credited to the account [fen].
    account_fen : int
        Account left [fen].
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
    return Survivors(fen(inheritable_balance(account_fen / FEN_PER_YUAN)), funeral_fen, capped - funeral_fen)


def divide(total_fen: int, shares: Sequence[str]) -> list[int]:
    """Divide fen by shares that make one whole; the fen left over go to the largest remainders, the first of equals first.

    Raises
    ------
    InputError
        If the shares do not make one, or one is not positive.
    """
    try:
        fractions = [Fraction(share) for share in shares]
    except (ValueError, ZeroDivisionError):
        fractions = []
    if sum(fractions) != 1 or min(fractions, default=Fraction(0)) <= 0:
        raise InputError("death.shares", value=", ".join(shares), zh="继承份额应均为正数且合计为 1，例如 1/2、1/4、1/4。",
                         en="Shares must be positive and make one, such as 1/2, 1/4, 1/4.")
    parts = [int(total_fen * share) for share in fractions]
    order = sorted(range(len(parts)), key=lambda i: (-(total_fen * fractions[i] - parts[i]), i))
    for i in order[: total_fen - sum(parts)]:
        parts[i] += 1
    return parts


def settle(actor: Actor, key: str, person: int, *, died_on: date, heirs: Sequence[Heir], province: str, disposable_income_fen: int,
           today: date, law: Law | None = None) -> dict[str, Any]:
    """Settle a death: end the pension, recover months paid after it, and make what heirs receive payable.

    The pension of the month of death is paid; nothing is due from the month after.

    Raises
    ------
    InputError
        If the shares do not make one whole, or the death lies ahead.
    Conflict
        If the death is settled already.
    """
    law = law or Law.load()
    content = {"person": person, "died_on": str(died_on), "heirs": [asdict(heir) for heir in heirs], "province": province,
               "income": disposable_income_fen}

    def work() -> dict[str, Any]:
        if died_on > today:
            raise InputError("death.ahead", value=str(died_on), where="died_on", zh="死亡日期晚于今天，请核对。", en="The death lies ahead; check the date.")
        last = month(died_on.year, died_on.month)
        scheme = _scheme(person)
        claim, drawn = _end_pension(person, last)
        with acting_as(SYSTEM):
            months = months_of(person)
        if scheme == "resident":
            found = work_out_resident(law, province, on=last, account_fen=held("resident_account", person, province))
        else:
            found = work_out(law, on=last, months=len(months), own_fen=sum(each.account_fen for each in months),
                             account_fen=account_balance(person, province), disposable_income_fen=disposable_income_fen, months_drawn=drawn)
        grants = found.funeral_fen + found.condolence_fen
        parts = divide(found.account_fen + grants, [heir.share for heir in heirs])
        entry = _book(person, province, scheme, found.account_fen, grants, actor.id, law, today)
        shown = [{"name": heir.name, "share": heir.share, "fen": part} for heir, part in zip(heirs, parts, strict=True)]
        _insert([person, claim, province, died_on, found.account_fen, found.funeral_fen, found.condolence_fen,
                 json.dumps(shown, ensure_ascii=False), entry, law.hash, actor.id])
        return {"person": person, "account_fen": found.account_fen, "funeral_fen": found.funeral_fen,
                "condolence_fen": found.condolence_fen, "heirs": shown, "entry": entry}

    return execute(actor, Command("benefits.death", key, content), work)


def work_out_resident(law: Law, province: str, *, on: int, account_fen: int) -> Survivors:
    """Work out what survivors of a resident pensioner receive: the account left, and the grant where the place has one on record.

    The national law leaves a grant to the places (国发〔2014〕8号 六、七); none is made up where none is recorded.
    """
    path = f"provinces.{province}.resident_additions"
    rows = [row for row in (law.history(path)[-1].value if law.has(path) else ()) if row["kind"] == "death_grant" and row["since"] <= on]
    grant = 0.0
    if rows:
        local = float(law.look_up(f"provinces.{province}.resident_basic", on, provisional=True).value)
        basic = resident_basic_pension(local, law.number("national.resident.minimum_basic_pension", on, provisional=True))
        grant = resident_death_grant(basic, float(rows[-1]["value"]))
    return Survivors(fen(inheritable_balance(account_fen / FEN_PER_YUAN)), fen(grant), 0)


def _scheme(person: int) -> str:
    """Scheme whose pension the person draws; the employee scheme where none is drawn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheme FROM benefit_claim WHERE person_id = %s AND state IN ('provisional', 'final')", [person])
        row = cursor.fetchone()
    return "employee" if row is None else str(row[0])


def _end_pension(person: int, last: int) -> tuple[int | None, int | None]:
    """End the pension after its last month; return the claim and the months drawn, None where there was none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, first_payment FROM benefit_claim WHERE person_id = %s AND state IN ('provisional', 'final') FOR NO KEY UPDATE",
                       [person])
        row = cursor.fetchone()
        if row is None:
            return None, None
        cursor.execute("SELECT coalesce(sum(amount_fen), 0)::bigint FROM benefit_payment WHERE claim_id = %s AND kind = 'monthly' AND month > %s",
                       [row[0], last])
        beyond = cursor.fetchone()[0]
        cursor.execute("UPDATE benefit_claim SET state = 'ended', last_payment = %s WHERE id = %s", [last, row[0]])
    if beyond:
        recover(row[0], "death", beyond)
    return row[0], max(last - row[1] + 1, 0)


def _book(person: int, province: str, scheme: str, account: int, grants: int, actor: int, law: Law, today: date) -> int | None:
    """Make the account left and the grants payable to the heirs."""
    if account + grants == 0:
        return None
    with acting_as(SYSTEM):
        individual, pool, payable = open_accounts([
            AccountName(SCHEMES[scheme][0], "person", person, province), AccountName(POOLS[scheme], "province", int(province), province),
            AccountName("refund_payable", "person", person, province)])
        legs = [leg for leg in (Leg(individual, -account), Leg(pool, -grants), Leg(payable, account + grants)) if leg.fen]
        return post([Draft("inheritance", legs, source=f"death:{person}")], actor=actor, law_hash=law.hash,
                    reason="个人账户继承与丧葬抚恤待遇", value_date=today)[0]


def _insert(values: list[Any]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO benefit_death (person_id, claim_id, province, died_on, account_fen, funeral_fen, condolence_fen, heirs,"
                           " entry_id, law_hash, actor) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", values)
    except DatabaseError as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error
