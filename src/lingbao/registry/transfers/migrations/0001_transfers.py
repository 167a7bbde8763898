"""Cases, their steps and papers, and moves between the schemes."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Needs the record of what was paid."""

    initial = True
    dependencies: ClassVar = [("registry", "0001_role"), ("registry_ledger", "0001_ledger"), ("registry_record", "0001_record"),
                              ("registry_people", "0001_people")]
    operations: ClassVar = [sql_file(__file__, "tables")]
