"""Notices as a Django application."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Messages queued, sent and received."""

    name = "lingbao.registry.notices"
    label = "registry_notices"
    verbose_name = "通知"

    def ready(self) -> None:
        """Make the data part of a person's export."""
        from lingbao.registry.notices.sending import history
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["notices"] = history
