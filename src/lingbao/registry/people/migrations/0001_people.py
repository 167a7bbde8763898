"""Tables of people, the functions through which sealed data are read, and who sees whom."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the ledger: an agency sees those who hold an account in its province."""

    initial = True
    dependencies: ClassVar = [("registry_ledger", "0001_ledger")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("tables", "functions", "policies")]
