"""What is known of every payer, kept up by triggers on the record; reasons stated and causes inferred."""

from typing import ClassVar

from django.db import migrations

from lingbao.registry.database import sql_file


class Migration(migrations.Migration):
    """Needs members and the record."""

    initial = True
    dependencies: ClassVar = [("registry_record", "0001_record"), ("registry_enrolment", "0001_enrolment"),
                              ("registry_people", "0001_people"),
                              ("registry_benefits", "0001_benefits")]
    operations: ClassVar = [sql_file(__file__, "tables")]
