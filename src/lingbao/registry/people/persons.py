"""Persons: registered once, found when they come again, changed with a reason, read with a purpose."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction

from lingbao.law.errors import InputError
from lingbao.registry.asking import often
from lingbao.registry.errors import NotFound
from lingbao.registry.keys import blind_index, seal, unseal
from lingbao.registry.people.identity import IdentityNumber, masked_name
from lingbao.registry.session import Actor

SEALED = ("identity_number", "name", "phone")
_PHONE = re.compile(r"1[0-9]{10}")
_COLUMN = {"identity_number": "identity_sealed", "name": "name_sealed", "phone": "phone_sealed"}
_OPEN = ("hukou_kind", "hukou_province", "residence_province", "residence_city")


@dataclass(frozen=True)
class Registration:
    """What is known of a person who registers.

    Parameters
    ----------
    identity_number : IdentityNumber
        Checked by `read_identity_number`.
    name : str
        As on the card.
    hukou_kind : str
        ``urban`` or ``rural``.
    hukou_province, residence_province : str
        Two digits.
    residence_city, phone : str, optional
        City of residence; mobile telephone of eleven digits.
    """

    identity_number: IdentityNumber
    name: str
    hukou_kind: str
    hukou_province: str
    residence_province: str
    residence_city: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Registered:
    """The number of a person, and whether he was on record already."""

    person: int
    found: bool


@dataclass(frozen=True)
class Masked:
    """A person as lists show him: no sealed data, so no line in the access log."""

    id: int
    public_id: uuid.UUID
    identity_masked: str
    name_masked: str
    sex: str
    birth: date
    hukou_kind: str
    hukou_province: str
    residence_province: str
    residence_city: str | None


_MASKED = tuple(field.name for field in fields(Masked))


def register(actor: Actor, who: Registration) -> Registered:
    """Register a person, or find the one who already has this identity number, in whatever province (S6).

    A person found keeps what is on record; changes are a matter of `change`. The acting province sees him from now on,
    and he sees in his log that it looked.
    """
    found = find(who.identity_number, purpose=actor.purpose or "登记核对")
    if found is not None:
        return Registered(found, True)
    public = uuid.uuid4()
    row = {
        "public_id": public,
        "identity_sealed": seal(who.identity_number.text, _about("identity_number", public)),
        "identity_index": blind_index(who.identity_number.text, "identity_number"),
        "identity_masked": who.identity_number.masked,
        **_sealed_fields({"name": who.name, "phone": who.phone}, public),
        "sex": who.identity_number.sex, "birth": who.identity_number.birth,
        "hukou_kind": who.hukou_kind, "hukou_province": who.hukou_province,
        "residence_province": who.residence_province, "residence_city": who.residence_city,
        "changed_by": actor.id, "change_reason": "登记",
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO people_person ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
                           list(row.values()))
    except IntegrityError:  # registered elsewhere at this very moment
        found = find(who.identity_number, purpose=actor.purpose or "登记核对")
        if found is None:
            raise
        return Registered(found, True)
    # The keyed hash finds him again; a worker's own province may be another, so the number comes by that road.
    found = find(who.identity_number, purpose="登记")
    assert found is not None
    return Registered(found, False)


def find(number: IdentityNumber, *, purpose: str, searching: bool = False) -> int | None:
    """Return the person with this identity number, or ``None``; merged persons are found under the number kept.

    Parameters
    ----------
    number : IdentityNumber
    purpose : str
        Shown to the person; a number that nobody has leaves a line of its own and counts as a reading.
    searching : bool
        Only looked up, not registered: another province sees the person for a while only.

    Raises
    ------
    TooManyRead
        If the actor read, or looked for, more people in an hour than the limit allows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_find(%s, %s, %s)", [blind_index(number.text, "identity_number"), purpose, searching])
        return cursor.fetchone()[0]


def masked_worker(login: str, *, purpose: str) -> tuple[Actor, Masked | None] | None:
    """Return the actor behind a login together with the person it stands for, or None if no active actor has it.

    One statement for what every page of a worker needs first; the actor is not set in it, so call it as the system.
    """
    found = often(f"SELECT a.id, a.role, a.person_id, {', '.join(f'p.{name}' for name in _MASKED)} FROM people_actor a"
                  " LEFT JOIN people_person p ON p.id = a.person_id AND a.role = 'worker' WHERE a.active AND a.login = %s", [login])
    if not found:
        return None
    row, = found
    return Actor(row[0], row[1], person=row[2], purpose=purpose), None if row[3] is None else Masked(*row[3:])


def masked(persons: Sequence[int]) -> list[Masked]:
    """Return persons as lists show them, those only whom the actor may see, in order of number."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_MASKED)} FROM people_person WHERE id = ANY(%s) ORDER BY id", [list(persons)])
        return [Masked(*row) for row in cursor.fetchall()]


def read(persons: Sequence[int], fields: Sequence[str], *, purpose: str) -> dict[int, dict[str, str | None]]:
    """Return sealed fields in clear; the database writes who read them and why before it hands them over.

    Parameters
    ----------
    persons : sequence of int
        Those the actor may not see are left out.
    fields : sequence of str
        Of ``identity_number``, ``name``, ``phone``.
    purpose : str
        Shown to the person beside the reader.

    Raises
    ------
    InputError
        Without a purpose, or for an unknown field.
    """
    if not purpose.strip():
        raise InputError("person.purpose", where="purpose", zh="查看个人信息须写明用途，本人可以看到。",
                         en="Reading personal data needs a purpose; the person will see it.")
    unknown = [field for field in fields if field not in SEALED]
    if unknown:
        raise InputError("person.field", value=unknown[0], where="fields", zh=f"没有 {unknown[0]} 这一项。",
                         en=f"There is no field {unknown[0]}.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_read(%s::bigint[], %s::text[], %s)", [list(persons), list(fields), purpose])
        rows = cursor.fetchall()
    return {
        person: {
            field: None if cell is None else unseal(cell, _about(field, public))
            for field, cell in zip(SEALED, cells, strict=True) if field in fields
        }
        for person, public, *cells in rows
    }


def change(actor: Actor, person: int, fields: Mapping[str, str | None], *, reason: str) -> None:
    """Change name, telephone, hukou or residence of a person; the row as it was is kept.

    Raises
    ------
    NotFound
        If the actor may not see or change the person.
    InputError
        For a field that cannot be changed here.
    """
    unknown = [field for field in fields if field not in (*_OPEN, "name", "phone")]
    if unknown or not fields:
        raise InputError("person.field", value=unknown[:1], where="fields",
                         zh=f"此项不能更改：{'、'.join(unknown) or '（未指明）'}。可更改姓名、电话、户籍和居住地。",
                         en=f"This cannot be changed: {', '.join(unknown) or '(none named)'}. Name, telephone, hukou and residence can.")
    found = masked([person])
    if found:
        sealed = _sealed_fields({k: v for k, v in fields.items() if k in SEALED}, found[0].public_id)
        row: dict[str, Any] = {**{k: v for k, v in fields.items() if k in _OPEN}, **sealed,
                               "changed_by": actor.id, "change_reason": reason}
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE people_person SET {', '.join(f'{name} = %s' for name in row)} WHERE id = %s",
                           [*row.values(), person])
            if cursor.rowcount == 1:
                return
    raise NotFound("person.unknown", value=person, zh=f"没有编号为 {person} 的人员，或不在您的管辖范围内。",
                   en=f"There is no person {person}, or not within your province.")


def handle(person: int, province: str, cause: str, *, ends: bool = False) -> None:
    """Let a province see a person while it handles something of his, or end that; for the registry itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_handle(%s, %s, %s, %s)", [person, province, cause, ends])


def _sealed_fields(fields: Mapping[str, str | None], public: uuid.UUID) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if "name" in fields:
        name = re.sub(r"\s+", " ", fields["name"] or "").strip()
        if not name or len(name) > 100 or any(not c.isprintable() for c in name):
            raise InputError("person.name", where="name", zh="姓名为空、过长或含有不可见字符。请按身份证填写。",
                             en="The name is empty, too long or has invisible characters. Write it as on the card.")
        row.update(name_sealed=seal(name, _about("name", public)), name_index=blind_index(name, "name"),
                   name_masked=masked_name(name))
    if "phone" in fields:
        phone = re.sub(r"[\s-]", "", fields["phone"] or "") or None
        if phone is not None and not _PHONE.fullmatch(phone):
            raise InputError("person.phone", where="phone", zh="手机号应为 1 开头的 11 位数字。请重新输入。",
                             en="A mobile number has eleven digits and begins with 1. Enter it again.")
        row.update(phone_sealed=None if phone is None else seal(phone, _about("phone", public)),
                   phone_index=None if phone is None else blind_index(phone, "phone"))
    return row


def _about(field: str, public: uuid.UUID) -> str:
    return f"people_person.{field}:{public}"
