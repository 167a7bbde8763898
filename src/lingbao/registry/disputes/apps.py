"""Disputes as a Django application."""

from django.apps import AppConfig

from lingbao.registry.errors import Conflict, name_constraint


class DisputesConfig(AppConfig):
    """Complaints, reviews and transfer disputes."""

    name = "lingbao.registry.disputes"
    label = "registry_disputes"
    verbose_name = "投诉与争议"

    def ready(self) -> None:
        """Give the constraints their meaning, and make the data part of a person's export."""
        from lingbao.registry.disputes.services import history
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["disputes"] = history
        name_constraint("dispute_event_once", Conflict, "dispute.overtaken", "该事项刚刚由他人办理了一步，请刷新后再办。",
                        "Someone else has just taken a step in this matter; reload it first.")
        name_constraint("dispute_case_about_once", Conflict, "dispute.open", "同一事项已有投诉正在办理。",
                        "A complaint about the same thing is under way.")
