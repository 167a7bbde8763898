"""Claims and payments as a Django application."""

from django.apps import AppConfig

from lingbao.registry.errors import Conflict, Forbidden, name_constraint


class BenefitsConfig(AppConfig):
    """Claims, calculations, payment runs, rises, deaths."""

    name = "lingbao.registry.benefits"
    label = "registry_benefits"
    verbose_name = "待遇"

    def ready(self) -> None:
        """Give the constraints their meaning, and make the checks part of every audit, and the data part of a person's export."""
        from lingbao.registry.benefits import checks  # noqa: F401
        from lingbao.registry.benefits.payment import history
        from lingbao.registry.benefits.set_off import history as recoveries
        from lingbao.registry.benefits.undoing import history as deaths
        from lingbao.registry.people.rights import EXPORTS

        EXPORTS["benefits"] = history
        EXPORTS["recoveries"] = recoveries
        EXPORTS["deaths"] = deaths
        name_constraint("benefit_claim_one", Conflict, "benefit.claimed", "已有待遇申请或已在领取，不能重复申请。",
                        "A pension is claimed or drawn already; it cannot be claimed twice.")
        name_constraint("benefit_run_once", Conflict, "benefit.run_once", "该月该省已有同类发放批次，请继续原批次。",
                        "There is a run of this kind for the month and province already; go on with that one.")
        name_constraint("benefit_run_two_persons", Forbidden, "benefit.two_persons", "发放批次须由编制人以外的另一人审批。",
                        "A run must be approved by someone other than who prepared it.")
        name_constraint("benefit_adjustment_two_persons", Forbidden, "benefit.two_persons", "待遇调整须由录入人以外的另一人审批。",
                        "A rise must be approved by someone other than who entered it.")
        for name in ("benefit_adjustment_once", "benefit_adjustment_resident_once"):
            name_constraint(name, Conflict, "benefit.rise_once", "这项调整已经录入过；录入有误的先写明理由退回，再重新录入。",
                            "This rise is entered already; refuse a wrong entry with its reason first, then enter it anew.")
        name_constraint("benefit_death_once", Conflict, "benefit.death_once", "该人死亡待遇已核定，不能重复。",
                        "The death benefits of this person are settled already.")
