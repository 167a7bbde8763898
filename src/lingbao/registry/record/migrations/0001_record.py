"""Tables of months and years paid, and who sees them."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Needs the role and the ledger."""

    initial = True
    dependencies: ClassVar = [("registry", "0001_role"), ("registry_ledger", "0001_ledger")]
    operations: ClassVar = [sql_file(__file__, "tables")]
