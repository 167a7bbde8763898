"""Bills, requests to banks and their messages, subsidies; what is asked once and settled once."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After enrolment, ledger, the contribution record, and the platforms, one of which may have asked that money go back."""

    initial = True
    dependencies: ClassVar = [("registry_enrolment", "0001_enrolment"), ("registry_record", "0001_record"), ("registry_orders", "0001_initial")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("tables", "policies")]
