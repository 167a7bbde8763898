"""Platforms, the keys by which they show who they are, and what they agreed to withhold."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.session import SYSTEM, Actor, run_as

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
NUMBERS = {"order": "amount_per_order", "hours": "amount_per_hour", "income": "rate"}


@dataclass(frozen=True)
class Platform:
    """A platform as the registry knows it; a sandbox has the same tables and answers, but no money moves."""

    id: int
    code: str
    name_zh: str
    name_en: str
    province: str
    sandbox: bool


@dataclass(frozen=True)
class Key:
    """A new key: the secret is shown once and only its SHA-256 is kept."""

    key_id: str
    secret: str

    @property
    def text(self) -> str:
        """What the platform sends in ``Authorization: Bearer …``."""
        return f"{self.key_id}.{self.secret}"


@dataclass(frozen=True)
class Agreement:
    """How a platform withholds in a period.

    Parameters
    ----------
    method : str
        ``order``, ``hours`` or ``income``.
    number : float
        Yuan per order, yuan per hour, or share of the income.
    since, until : datetime.date
        First and last business date.
    source : str
        The document that says so.
    """

    method: str
    number: float
    since: date
    until: date
    source: str


def register_platform(code: str, name_zh: str, name_en: str, province: str, *, sandbox: bool = False) -> Platform:
    """Register a platform, whose books stand in `province` (two digits).

    Raises
    ------
    InputError
        If the code has other signs than small letters, digits and hyphens, or a name is missing.
    Conflict
        If the code is taken.
    """
    if not _CODE.fullmatch(code):
        raise InputError("orders.platform_code_shape", value=code, where="code", zh="平台代码应为 2 至 40 个小写字母、数字或横线，并以字母或数字开头。",
                         en="The code of a platform has 2 to 40 small letters, digits or hyphens and begins with a letter or digit.")
    if not name_zh.strip() or not name_en.strip():
        raise InputError("orders.platform_name", where="name", zh="请填写平台的中文名和英文名。", en="Give the platform's name in Chinese and in English.")
    return Platform(*run_as(SYSTEM, lambda: rows(
        "INSERT INTO orders_platform (code, name_zh, name_en, province, sandbox) VALUES (%s, %s, %s, %s, %s)"
        " RETURNING id, code, name_zh, name_en, province, sandbox", [code, name_zh, name_en, province, sandbox]))[0])


def platform(number: int) -> Platform:
    """Return a platform.

    Raises
    ------
    NotFound
        If there is none of this number.
    """
    found = run_as(SYSTEM, lambda: row(
        "SELECT id, code, name_zh, name_en, province, sandbox FROM orders_platform WHERE id = %s", [number]))
    if found is None:
        raise NotFound("orders.no_platform", value=number, zh=f"没有编号为 {number} 的平台。", en=f"There is no platform {number}.")
    return Platform(*found)


def platform_named(code: str) -> Platform:
    """Return the platform with a code.

    Raises
    ------
    NotFound
        If there is none.
    """
    found = run_as(SYSTEM, lambda: row("SELECT id FROM orders_platform WHERE code = %s", [code]))
    if found is None:
        raise NotFound("orders.no_platform", value=code, zh=f"没有代码为“{code}”的平台，请先登记。", en=f"There is no platform '{code}'; register it first.")
    return platform(found[0])


def issue_key(platform_id: int, *, expires_at: datetime | None = None) -> Key:
    """Make a new key for a platform; old ones stay valid until they are revoked, so that keys can change without a gap."""
    kind = "sandbox" if platform(platform_id).sandbox else "live"
    key = Key(f"lb-{kind}-{secrets.token_hex(6)}", secrets.token_urlsafe(32))
    run_as(SYSTEM, lambda: rows(
        "INSERT INTO orders_credential (key_id, platform_id, secret_sha256, expires_at) VALUES (%s, %s, %s, %s)",
        [key.key_id, platform_id, _hashed(key.secret), expires_at]))
    return key


def revoke_key(key_id: str) -> bool:
    """End a key at once and tell whether it was in force."""
    return bool(run_as(SYSTEM, lambda: rows(
        "UPDATE orders_credential SET revoked_at = clock_timestamp() WHERE key_id = %s AND revoked_at IS NULL RETURNING key_id", [key_id])))


def authenticate(text: str) -> Actor:
    """Return the platform that a key belongs to, as the actor it may be.

    Raises
    ------
    Forbidden
        If the key is unknown, wrong, expired or revoked; the message does not say which.
    """
    key_id, _, secret = text.partition(".")
    kept = run_as(SYSTEM, lambda: row(
        "SELECT platform_id, secret_sha256 FROM orders_credential WHERE key_id = %s AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > clock_timestamp())", [key_id.replace("\0", "")]))
    if kept is None or not hmac.compare_digest(bytes(kept[1]), _hashed(secret)):
        raise Forbidden("orders.key", zh="密钥无效、已过期或已停用。请在平台控制台换发。",
                        en="The key is not valid, has expired or was revoked. Issue a new one in the console.")
    return Actor(id=0, role="platform", platform=kept[0], purpose="orders")


def agree(platform_id: int, agreement: Agreement) -> None:
    """Record how a platform withholds in a period; periods of one platform never overlap.

    Raises
    ------
    InputError
        If the method is unknown, the number is none it can withhold, the period is empty or the document is not named.
    Conflict
        If an agreement of this platform covers part of the period.
    """
    if agreement.method not in NUMBERS:
        raise InputError("orders.method", value=agreement.method, zh=f"代扣方式应为 {'、'.join(NUMBERS)} 之一。",
                         en=f"The method must be one of {', '.join(NUMBERS)}.")
    kept = round(agreement.number, 6 if agreement.method == "income" else 4) if math.isfinite(agreement.number) else 0  # as the tables keep it
    if not 0 < kept < (1 if agreement.method == "income" else 10**8):
        raise InputError("orders.agreed_number", value=agreement.number, where="number", zh="按单、按工时应为大于零的元数；按收入应为 0 与 1 之间的比例，如 0.05。",
                         en="Per order or hour it is an amount above zero [yuan]; of the income, a share between 0 and 1 such as 0.05.")
    if agreement.until < agreement.since:
        raise InputError("orders.agreed_period", value=agreement.until, where="until", zh="末日不能早于首日。", en="The last day is not before the first.")
    if not agreement.source.strip():
        raise InputError("orders.source", value=agreement.source, zh="代扣协议必须写明依据的文件。",
                         en="A withholding agreement must name the document it rests on.")
    run_as(SYSTEM, lambda: rows(
        f"INSERT INTO orders_agreement (platform_id, since, until, method, {NUMBERS[agreement.method]}, source)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [platform_id, agreement.since, agreement.until, agreement.method, agreement.number, agreement.source]))


def agreements(platform_id: int) -> list[Agreement]:
    """Return the agreements of a platform, earliest first (inside an open transaction)."""
    return [Agreement(*found) for found in rows(
        "SELECT method, coalesce(amount_per_order, amount_per_hour, rate)::float8, since, until, source"
        " FROM orders_agreement WHERE platform_id = %s ORDER BY since", [platform_id])]


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()  # 256 random bits need no slow hash
