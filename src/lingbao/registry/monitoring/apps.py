"""Monitoring as a Django application."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Standing of every member, stated reasons, inferred causes, published figures."""

    name = "lingbao.registry.monitoring"
    label = "registry_monitoring"
    verbose_name = "断缴监测"

    def ready(self) -> None:
        """Make the checks part of every audit, and the data part of a person's export."""
        from lingbao.registry.monitoring import checks  # noqa: F401
        from lingbao.registry.monitoring.reasons import history
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["monitoring"] = history
