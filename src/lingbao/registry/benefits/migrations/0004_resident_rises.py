"""Rises of the resident basic pension, where a notice can be read, the refusal of what was entered wrongly, and the second person as the database knows him."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """After the claims of the resident scheme."""

    dependencies: ClassVar = [("registry_benefits", "0003_resident_and_set_off")]
    operations: ClassVar = [sql_file(__file__, name) for name in ("resident_rises", "second_person")]
