"""The audit of the registry: every promise that can be recomputed from the facts is recomputed, none is trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

from lingbao.registry.session import Actor, acting_as

AUDITOR = Actor(id=0, role="auditor", purpose="audit")


@dataclass(frozen=True)
class Finding:
    """Something that does not hold.

    Parameters
    ----------
    code : str
        Which promise, such as ``ledger.balance``.
    where : str
        Entry, account, day or file.
    zh, en : str
        What is wrong, with the figures.
    """

    code: str
    where: str
    zh: str
    en: str


Check = Callable[[], Iterable[Finding]]
_CHECKS: dict[str, Check] = {}


def audit_check(name: str) -> Callable[[Check], Check]:
    """Make a function part of every audit under `name`; each app adds the promises it can recompute."""

    def added(check: Check) -> Check:
        _CHECKS[name] = check
        return check

    return added


def checks() -> tuple[str, ...]:
    """Return the names of the checks, in order."""
    return tuple(sorted(_CHECKS))


def audit(names: Iterable[str] | None = None) -> list[Finding]:
    """Run the checks (all by default) on one view of the database and return what does not hold."""
    with acting_as(AUDITOR):
        return [finding for name in (checks() if names is None else names) for finding in _CHECKS[name]()]


def fingerprint() -> dict[str, str]:
    """Return a hash of every table, function, trigger, policy, constraint and grant, by name.

    Two databases whose fingerprints are equal guard their facts alike: compare before a backup and after a restore.
    """
    parts = {
        "table": "SELECT relname, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, relacl) FROM pg_class"
                 " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')",
        "column": "SELECT c.relname || '.' || a.attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attacl)"
                  " FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace"
                  " AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped",
        "function": "SELECT proname || '(' || pg_get_function_identity_arguments(oid) || ')',"
                    " concat_ws(' ', pg_get_functiondef(oid), proacl) FROM pg_proc"
                    " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'",
        "trigger": "SELECT c.relname || '.' || tgname, concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled) FROM pg_trigger t"
                   " JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal",
        "policy": "SELECT tablename || '.' || policyname, concat_ws(' ', permissive, roles, cmd, qual, with_check)"
                  " FROM pg_policies WHERE schemaname = 'public'",
        "constraint": "SELECT conrelid::regclass || '.' || conname, concat_ws(' ', pg_get_constraintdef(oid), convalidated)"
                      " FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
    }
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for kind, query in parts.items():
            cursor.execute(query)
            for name, text in cursor.fetchall():
                found[f"{kind} {name}"] = hashlib.sha256((text or "").encode()).hexdigest()
    return dict(sorted(found.items()))
