"""Claims, payments, rises, deaths; who sees them; the payment of a chunk."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Needs the transfers, which a pensioner no longer makes."""

    initial = True
    dependencies: ClassVar = [("registry_transfers", "0001_transfers")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("tables", "policies", "paying")]
