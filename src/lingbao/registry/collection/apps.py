"""Collection as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """Bills, payments and their callbacks, refunds, interest and subsidies."""

    name = "lingbao.registry.collection"
    label = "registry_collection"
    verbose_name = "征缴"

    def ready(self) -> None:
        """Make the checks of collection part of every audit, and bills, refunds and requests part of a person's export."""
        from lingbao.registry.collection import checks  # noqa: F401
        from lingbao.registry.collection.parts import history
        from lingbao.registry.collection.proposals import history as refunds
        from lingbao.registry.collection.subsidy_requests import history as subsidies
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["collection"] = history
        EXPORTS["refunds"] = refunds
        EXPORTS["subsidies"] = subsidies
