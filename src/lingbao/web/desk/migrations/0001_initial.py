"""Work that goes on behind the desk's pages."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Jobs."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("about", models.BigIntegerField(default=0)),
                ("province", models.CharField(blank=True, max_length=2)),
                ("content", models.JSONField(default=dict)),
                ("asked_by", models.BigIntegerField()),
                ("asked", models.DateTimeField(auto_now_add=True)),
                ("state", models.CharField(choices=[("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                                           default="queued", max_length=10)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("fault", models.JSONField(null=True)),
                ("began", models.DateTimeField(null=True)),
                ("finished", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "about", "id"], name="desk_job_of")],
                "constraints": [models.UniqueConstraint(condition=models.Q(("state__in", ("queued", "running"))),
                                                        fields=("kind", "about", "province"), name="desk_job_once")],
            },
        ),
    ]
