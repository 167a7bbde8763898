"""The orders of platforms as a Django application."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Platforms, their workers and files, order facts, settlement, turn-over and webhooks."""

    name = "lingbao.registry.orders"
    label = "registry_orders"
    verbose_name = "平台订单"

    def ready(self) -> None:
        from lingbao.registry.orders import audit, refusals  # noqa: F401  the audit adds itself
        from lingbao.registry.orders.exemptions import history
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["exemptions"] = history
        refusals.name_constraints()
