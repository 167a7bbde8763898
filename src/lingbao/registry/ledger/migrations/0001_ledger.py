"""Tables of the ledger, the triggers that keep its promises, the functions that write it, and who sees what."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Needs only the role."""

    initial = True
    dependencies: ClassVar = [("registry", "0001_role")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("tables", "triggers", "posting", "digests", "policies")]
