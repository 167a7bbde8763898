"""Who is signed in, asked for with every page: by a question that a connection plans once."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model

from lingbao.registry.asking import often


class Logins(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in as allauth has it."""

    def get_user(self, user_id: int) -> Any:
        """Return the login of a session, or None if it may not sign in any more."""
        model = get_user_model()
        fields = model._meta.concrete_fields
        found = often(f"SELECT {', '.join(field.column for field in fields)} FROM {model._meta.db_table} WHERE id = %s", [user_id])
        user = model.from_db("default", [field.attname for field in fields], found[0]) if found else None
        return user if user is not None and self.user_can_authenticate(user) else None
