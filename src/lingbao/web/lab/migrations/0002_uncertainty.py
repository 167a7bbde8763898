"""Runs whose uncertainty was asked for as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more column of a run."""

    dependencies = (("lab", "0001_initial"),)

    operations = (
        migrations.AddField(model_name="run", name="uncertainty", field=models.BooleanField(default=False)),
    )
