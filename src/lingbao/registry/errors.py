"""What a command of the registry may refuse, and the refusals of the database in the user's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from lingbao.law.errors import LingbaoError


class RegistryError(LingbaoError):
    """A command of the registry was refused; nothing was written."""


class Conflict(RegistryError):
    """The command contradicts what is already on record, such as one key used for two contents."""


class Forbidden(RegistryError):
    """The actor may not see or do this."""


class NotFound(RegistryError):
    """There is no such thing, or the actor may not know of it."""


class Unbalanced(RegistryError):
    """The legs of an entry do not sum to zero."""


class Overdrawn(RegistryError):
    """An account would hold less than nothing."""


class Immutable(RegistryError):
    """A fact on record was to be changed or removed."""


class Busy(RegistryError):
    """The database refused several times because of other work; the same command may be sent again."""


# SQLSTATE raised by the registry's own triggers and functions, or by PostgreSQL: class, code, zh, en.
_STATES: dict[str, tuple[type[RegistryError], str, str, str]] = {
    "LB001": (Unbalanced, "ledger.unbalanced", "分录各笔之和不为零，未记账。请检查各笔金额。",
              "The legs of the entry do not sum to zero, so nothing was posted. Check the amounts."),
    "LB002": (Immutable, "ledger.immutable", "已登记的事实不可修改或删除。更正请用冲销分录。",
              "A fact on record cannot be changed or removed. Correct it by a reversing entry."),
    "LB003": (NotFound, "ledger.no_account", "账户不存在，未记账。请先开立账户。",
              "The account does not exist, so nothing was posted. Open it first."),
    "LB004": (Conflict, "ledger.closed_day", "该日账簿已封存，不能再记入。请记入今日。",
              "The books of that day are closed. Post to today."),
    "LB005": (Forbidden, "registry.role", "当前身份无权进行此项操作。",
              "The present role may not do this."),
    "LB006": (Conflict, "ledger.legs_elsewhere", "一条分录的各笔必须一次记入，不能事后追加。",
              "The legs of an entry are written at once; none can be added later."),
    "LB007": (Conflict, "ledger.reversal", "冲销必须与原分录相反，且每条分录只能冲销一次。",
              "A reversal mirrors its entry, and an entry is reversed only once."),
    "LB021": (Conflict, "transfer.pensioner", "已领取基本养老金的人员不再转移养老保险关系。",
              "Who draws a pension does not move the relation any more."),
    "LB022": (Conflict, "benefit.not_approved", "发放批次尚未审批，不能发放。",
              "The run is not approved, so nothing was paid."),
    "LB008": (NotFound, "ledger.account_kind", "没有这种账户。请使用账户种类表中的名称。",
              "There is no such kind of account. Use a name from the list of kinds."),
    "42501": (Forbidden, "registry.forbidden", "数据库拒绝：当前身份无权读写此数据。",
              "Refused by the database: the present role may not read or write this."),
}

# Named constraints whose violation has a meaning of its own.
_CONSTRAINTS: dict[str, tuple[type[RegistryError], str, str, str]] = {
    "ledger_entry_legs_check": (
        Unbalanced, "ledger.no_legs", "分录至少要有两个账户，且金额不为零，未记账。",
        "An entry needs two accounts at least, with amounts other than zero; nothing was posted."),
    "ledger_account_not_overdrawn": (
        Overdrawn, "ledger.overdrawn", "账户余额不足，未记账。请核对余额后再试。",
        "The account does not hold enough, so nothing was posted. Check its balance first."),
    "ledger_entry_source": (
        Conflict, "ledger.posted_before", "同一事由已经记账，未重复记账。",
        "The same cause was posted before and was not posted again."),
    "ledger_entry_reversed_once": (
        Conflict, "ledger.reversed_before", "该分录已经冲销过，不能再次冲销。",
        "The entry was reversed before and cannot be reversed again."),
}


def name_constraint(name: str, kind: type[RegistryError], code: str, zh: str, en: str) -> None:
    """Give the violation of a database constraint its meaning; each app names its own when it is loaded."""
    _CONSTRAINTS[name] = (kind, code, zh, en)


def name_state(state: str, kind: type[RegistryError], code: str, zh: str, en: str) -> None:
    """Give an SQLSTATE that a trigger of an app raises its meaning; each app names its own when it is loaded."""
    _STATES[state] = (kind, code, zh, en)


@contextmanager
def in_words() -> Iterator[None]:
    """Let refusals of the database leave the block as what they mean, a `RegistryError`; its faults leave it as they are."""
    try:
        yield
    except DatabaseError as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error


def translated(error: DatabaseError) -> RegistryError | None:
    """Return the refusal that a database error means, or ``None`` if it is a fault and not a refusal."""
    cause = error.__cause__
    found = _CONSTRAINTS.get(getattr(getattr(cause, "diag", None), "constraint_name", None) or "")
    found = found or _STATES.get(getattr(cause, "sqlstate", None) or "")
    if found is None:
        return None
    kind, code, zh, en = found
    detail = getattr(cause.diag, "message_detail", None) if cause is not None and hasattr(cause, "diag") else None
    return kind(code, zh=zh, en=en, value=detail)
