"""The ordinary PostgreSQL backend, except that the server is started at the first connection."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from lingbao.web.database import start_embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL whose address is known only once the embedded server runs."""

    def get_connection_params(self) -> dict[str, Any]:
        running = start_embedded()
        for key in ("HOST", "PORT", "USER", "PASSWORD"):
            self.settings_dict[key] = running[key]
        return super().get_connection_params()
