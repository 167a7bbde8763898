"""Payments to heirs."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After deaths, and the requests to banks."""

    dependencies: ClassVar = [("registry_benefits", "0001_benefits"), ("registry_collection", "0001_collection")]
    operations: ClassVar = [sql_file(__file__, "heirs")]
