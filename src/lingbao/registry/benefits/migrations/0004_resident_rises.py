"""Rises of the resident basic pension, where a notice can be read, and the refusal of what was entered wrongly."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the claims of the resident scheme."""

    dependencies: ClassVar = [("registry_benefits", "0003_resident_and_set_off")]
    operations: ClassVar = [sql_file(__file__, "resident_rises")]
