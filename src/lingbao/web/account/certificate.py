"""Certificates: what the record says on a day, kept as issued, and opened for checking by the code printed on it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from lingbao.law.month import MONTHS_PER_YEAR, format_month
from lingbao.law.store import Law
from lingbao.registry.errors import NotFound
from lingbao.registry.keys import blind_index, seal, unseal
from lingbao.registry.people.identity import masked_name
from lingbao.registry.people.persons import read
from lingbao.registry.record.queries import months_of, years_of
from lingbao.web.account.access import Me, china, this_month
from lingbao.web.account.models import Certificate

KIND = "contributions"
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
CODE_LENGTH = 16


@dataclass(frozen=True)
class Issued:
    """A certificate with its code, which is shown to the worker and stored as a keyed hash alone."""

    serial: str
    code: str
    content: dict[str, Any]
    digest: str
    law_hash: str
    issued_at: datetime
    revoked: str = ""
    revoked_at: datetime | None = None


def content_of(me: Me) -> dict[str, Any]:
    """Return what a certificate says today (inside a transaction of the worker)."""
    months, years = months_of(me.number), years_of(me.number)
    by_year: dict[int, dict[str, Any]] = {}
    for each in months:
        line = by_year.setdefault(each.month // MONTHS_PER_YEAR, {"months": 0, "provinces": []})
        line["months"] += 1
        if each.province not in line["provinces"]:
            line["provinces"].append(each.province)
    recent = {each.month for each in months}
    run = 0
    while this_month() - run - (0 if this_month() in recent else 1) in recent:
        run += 1
    return {
        "name": read([me.number], ["name"], purpose="出具证明")[me.number]["name"], "identity": me.person.identity_masked,
        "months": len(months), "first": format_month(months[0].month) if months else None,
        "last": format_month(months[-1].month) if months else None, "running": run,
        "years": [{"year": year, **line} for year, line in sorted(by_year.items(), reverse=True)],
        "resident_years": [each.year for each in years],
    }


def issue(me: Me, key: str, content: dict[str, Any], law: Law) -> Issued:
    """Issue a certificate, once for a key: the code follows from it, so that the same button gives the same paper."""
    about = f"certificate:{me.number}:{key}"
    code = code_of(about)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    now = timezone.now()
    Certificate.objects.get_or_create(code_index=_index(code), defaults={
        "serial": f"{china(now):%Y%m%d}{secrets.randbelow(10**8):08d}", "person_id": me.number, "kind": KIND, "about": about,
        "content_sealed": seal(text, about), "digest": _digest(text), "law_hash": law.hash, "issued_at": now})
    return opened(code)


def opened(code: str) -> Issued:
    """Return the certificate behind a code, as issued, with its revocation if there is one.

    Raises
    ------
    NotFound
        If there is none, or what is kept is not what was issued.
    """
    plain = "".join(each for each in code.upper() if each in ALPHABET)
    found = Certificate.objects.filter(code_index=_index(plain)).select_related("revocation").first() if len(plain) == CODE_LENGTH else None
    if found is None:
        raise NotFound("certificate.unknown", zh="查不到这份证明。请核对验证码；如果证明上的码也查不到，它不是本系统出具的。",
                       en="There is no such certificate. Check the code; if the code on the paper is not found, it was not issued here.")
    text = unseal(bytes(found.content_sealed), found.about)
    if _digest(text) != found.digest:
        raise NotFound("certificate.changed", zh="这份证明的内容与出具时不符，不能作准。", en="What is kept is not what was issued; do not rely on it.")
    revocation = getattr(found, "revocation", None)
    return Issued(found.serial, plain, json.loads(text), found.digest, found.law_hash, found.issued_at,
                  revocation.reason if revocation else "", revocation.at if revocation else None)


def certificates_of(person: int) -> list[dict[str, Any]]:
    """Return a person's certificates in order as plain data, without their codes, for the person's own export."""
    return [{"serial": each.serial, "issued_at": each.issued_at, "content": json.loads(unseal(bytes(each.content_sealed), each.about))}
            for each in Certificate.objects.filter(person_id=person).order_by("id")]


def masked(content: dict[str, Any]) -> dict[str, Any]:
    """Return what whoever checks a certificate sees: the name covered as in lists."""
    return {**content, "name": masked_name(content["name"])}


def grouped(code: str) -> str:
    """Write a code in groups of four."""
    return "-".join(code[place:place + 4] for place in range(0, len(code), 4))


def code_of(about: str) -> str:
    """Return the code of a certificate: a keyed hash of what it is, so that it need not be stored and cannot be guessed."""
    number = int.from_bytes(blind_index(about, "certificate code"), "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def _index(code: str) -> bytes:
    return blind_index(code, "certificate")


def _digest(text: str) -> str:
    """Return a keyed digest of what a certificate says: nobody can try names against it."""
    return blind_index(text, "certificate content").hex()
