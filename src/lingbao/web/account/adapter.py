"""How allauth fits this site: no mail, no messages across pages, secrets of the second factor sealed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from lingbao.registry.keys import seal, unseal
from lingbao.web.security import client_address

ABOUT = "second factor"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by telephone number or staff login; the site sends no mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up has a page of its own."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Count sign-ins by the address the proxy names: behind it every peer's address is the proxy's own."""
        return client_address("", request)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: no address is kept."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are sealed with a key outside the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return b64encode(seal(text, ABOUT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return unseal(b64decode(encrypted_text), ABOUT)
