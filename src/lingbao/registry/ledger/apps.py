"""The ledger as a Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, entries, legs, commands and day digests."""

    name = "lingbao.registry.ledger"
    label = "registry_ledger"
    verbose_name = "账簿"

    def ready(self) -> None:
        """Make the ledger's checks part of every audit."""
        from lingbao.registry.ledger import checks  # noqa: F401
