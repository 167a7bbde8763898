"""The people as a Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, agencies, actors, consents, corrections and the access log."""

    name = "lingbao.registry.people"
    label = "registry_people"
    verbose_name = "人员"

    def ready(self) -> None:
        """Make the accounts part of a person's own export: the ledger itself knows nothing of people."""
        from lingbao.registry.ledger.queries import person_statements
        from lingbao.registry.people import actor_events, reading_limit  # noqa: F401  name their refusals
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["accounts"] = person_statements
