"""Messages, each once, and who sees them."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Needs the people written to, and what they are written about."""

    initial = True
    dependencies: ClassVar = [("registry_monitoring", "0001_monitoring"), ("registry_disputes", "0001_disputes")]
    operations: ClassVar = [sql_file(__file__, "tables")]
