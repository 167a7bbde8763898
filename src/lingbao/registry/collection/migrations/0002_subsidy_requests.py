"""Requests for a subsidy, asked by the person and answered by the agency."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """One table with its policies."""

    dependencies: ClassVar = [("registry_collection", "0001_collection")]
    operations: ClassVar = [sql_file(__file__, "subsidy_requests")]
