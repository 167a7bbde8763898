"""Claims of the resident scheme, and the set-off of what was paid too much."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Adds columns and tables; the function that pays a chunk knows both already."""

    dependencies: ClassVar = [("registry_benefits", "0002_heirs")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("resident", "due", "set_off")]
