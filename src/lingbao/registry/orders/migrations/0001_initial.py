"""Tables of platforms, workers, files and order facts, of transfers and exemptions at the desk, their policies and grants."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Comes after the ledger, to whose kinds of account it adds one, and after the people, whom its policies ask for."""

    initial = True
    dependencies: ClassVar = [("registry", "0001_role"), ("registry_ledger", "0001_ledger"), ("registry_people", "0001_people")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("tables", "facts", "policies", "receipts", "exemptions")]
