"""Enrolment as a Django application."""

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    """Memberships, choices of base and rhythm, stops and returns."""

    name = "lingbao.registry.enrolment"
    label = "registry_enrolment"
    verbose_name = "参保"

    def ready(self) -> None:
        """Make the memberships part of a person's own export."""
        from lingbao.registry.enrolment.membership import history
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["enrolment"] = history
