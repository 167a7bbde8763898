"""Transfers as a Django application."""

from django.apps import AppConfig

from lingbao.registry.errors import Conflict, name_constraint


class TransfersConfig(AppConfig):
    """Cases, their steps and papers, and moves between the schemes."""

    name = "lingbao.registry.transfers"
    label = "registry_transfers"
    verbose_name = "关系转移"

    def ready(self) -> None:
        """Give the constraints their meaning, and make the checks part of every audit, and the data part of a person's export."""
        from lingbao.registry.people.rights import EXPORTS
        from lingbao.registry.transfers import checks  # noqa: F401
        from lingbao.registry.transfers.cases import history
        from lingbao.registry.transfers.conversion_cases import history as conversions

        EXPORTS["transfers"] = history
        EXPORTS["conversions"] = conversions
        name_constraint("transfer_case_one_open", Conflict, "transfer.open", "已有一件转移正在办理，办结后才能再次申请。",
                        "A transfer is under way; another can be applied for once it has ended.")
        name_constraint("transfer_conversion_one_open", Conflict, "conversion.open", "已有一件城乡衔接正在办理。",
                        "A move between the schemes is under way.")
        name_constraint("transfer_event_once", Conflict, "transfer.overtaken", "该转移刚刚由他人办理了一步，请刷新后再办。",
                        "Someone else has just taken a step in this transfer; reload it first.")
