"""What is over its period may be erased, and nothing else."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After every table that it names."""

    dependencies: ClassVar = [("registry", "0002_audit"), ("registry_people", "0003_merges"), ("registry_notices", "0001_notices"),
                              ("registry_orders", "0002_own"), ("registry_banking", "0001_banking")]
    operations: ClassVar = [sql_file(__file__, "retention")]
