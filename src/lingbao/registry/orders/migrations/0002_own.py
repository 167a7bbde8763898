"""A worker reads the own orders, with agreement, file and entry."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Functions and a policy; no table changes."""

    dependencies: ClassVar = [("registry_orders", "0001_initial")]
    operations: ClassVar = [sql_file(__file__, "own")]
