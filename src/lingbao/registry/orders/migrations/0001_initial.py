"""Tables of platforms, workers, files and order facts, their policies and grants."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Comes after the ledger, to whose kinds of account it adds one."""

    initial = True
    dependencies: ClassVar = [("registry", "0001_role"), ("registry_ledger", "0001_ledger")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("tables", "facts", "policies")]
