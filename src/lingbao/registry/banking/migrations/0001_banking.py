"""Statements of banks."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the role and its functions."""

    initial = True
    dependencies: ClassVar = [("registry", "0001_role")]
    operations: ClassVar = [sql_file(__file__, "tables")]
