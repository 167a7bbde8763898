"""Pieces of migration that every app of the registry uses: its SQL files, append-only tables, grants, row policies."""

from __future__ import annotations

from pathlib import Path

from django.db.migrations import RunSQL

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
"""


def sql_file(migration: str, name: str) -> RunSQL:
    """Return the operation that runs ``sql/<name>.sql`` of the app whose migration module is `migration` (``__file__``).

    A file may contain ``--append-only <table>`` lines; each becomes the two triggers that refuse change of the table.
    """
    text = (Path(migration).parent.parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    lines = [
        APPEND_ONLY.format(table=line.split()[1]) if line.startswith("--append-only ") else line
        for line in text.splitlines()
    ]
    # Sent as one text: psycopg runs several statements at once when there are no parameters.
    return RunSQL([("\n".join(lines), None)], RunSQL.noop)
