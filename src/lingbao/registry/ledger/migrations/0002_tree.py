"""A tree of hashes over the lines of each closed day."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the digests."""

    dependencies: ClassVar = [("registry_ledger", "0001_ledger")]
    operations: ClassVar = [sql_file(__file__, "tree")]
