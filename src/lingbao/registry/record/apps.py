"""The contribution record as a Django application."""

from django.apps import AppConfig

from lingbao.registry.errors import Conflict, name_constraint


class RecordConfig(AppConfig):
    """Months and years paid."""

    name = "lingbao.registry.record"
    label = "registry_record"
    verbose_name = "缴费记录"

    def ready(self) -> None:
        """Give the constraints their meaning, and make the checks part of every audit, and the data part of a person's export."""
        from lingbao.registry.people.rights import EXPORTS
        from lingbao.registry.record import checks  # noqa: F401
        from lingbao.registry.record.queries import history

        EXPORTS["record"] = history
        name_constraint("record_month_once", Conflict, "record.month_paid", "该月已有缴费记录，不能重复记入。",
                        "The month is paid already and cannot be credited twice.")
        name_constraint("record_year_once", Conflict, "record.year_paid", "该年度居民缴费已有记录，不能重复记入。",
                        "The resident year is paid already and cannot be credited twice.")
