"""Matters, their steps, and who sees them."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Needs the role, and who sees whom."""

    initial = True
    dependencies: ClassVar = [("registry", "0001_role"), ("registry_people", "0001_people")]
    operations: ClassVar = [sql_file(__file__, "tables")]
