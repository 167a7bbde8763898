"""The role of the services and the functions by which policies read who acts."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Comes before every table of the registry."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [sql_file(__file__, "role")]
