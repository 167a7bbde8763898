"""Memberships that cannot overlap, choices and events that cannot change."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the people."""

    initial = True
    dependencies: ClassVar = [("registry_people", "0001_people")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("tables", "policies", "temporary")]
