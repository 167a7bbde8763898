"""Merges proposed by one and decided by another; how much of personal data one may read in an hour; files opened with a purpose."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the events of actors."""

    dependencies: ClassVar = [("registry_people", "0002_actor_events")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("merges", "reading_limit", "files")]
