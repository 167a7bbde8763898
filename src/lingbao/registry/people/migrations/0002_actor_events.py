"""What was done to the accounts of staff is kept, and an authenticator is reset by two persons."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the people."""

    dependencies: ClassVar = [("registry_people", "0001_people")]
    operations: ClassVar = [sql_file(__file__, "actor_events")]
