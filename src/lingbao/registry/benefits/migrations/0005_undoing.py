"""The undoing of a death that was registered wrongly, and what heirs gave back."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After deaths, heirs, and what was paid too much."""

    dependencies: ClassVar = [("registry_benefits", "0004_resident_rises")]
    operations: ClassVar = [sql_file(__file__, "undoing")]
