"""The tables of the laboratory."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Reforms, runs and wishes."""

    initial = True
    dependencies = ()

    operations = (
        migrations.CreateModel(
            name='StoredReform',
            fields=[
                ('hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('content', models.JSONField()),
                ('conflicts', models.JSONField(default=list)),
                ('made', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('key', models.CharField(max_length=24, primary_key=True, serialize=False)),
                ('reform', models.JSONField(null=True)),
                ('reform_name', models.CharField(blank=True, max_length=200)),
                ('reform_hash', models.CharField(blank=True, max_length=64)),
                ('law_hash', models.CharField(max_length=64)),
                ('program', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField()),
                ('years', models.PositiveSmallIntegerField()),
                ('seed', models.BigIntegerField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('phase', models.CharField(blank=True, max_length=12)),
                ('people_done', models.BigIntegerField(default=0)),
                ('people_total', models.BigIntegerField(default=0)),
                ('people_per_second', models.FloatField(null=True)),
                ('cancel_asked', models.BooleanField(default=False)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('faults', models.JSONField(default=list)),
                ('headline', models.JSONField(default=dict)),
                ('prepared', models.BooleanField(default=False)),
                ('queued', models.DateTimeField(auto_now_add=True)),
                ('started', models.DateTimeField(null=True)),
                ('finished', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state'], name='lab_run_state'), models.Index(fields=['reform_hash', 'law_hash'], name='lab_run_reform')],
            },
        ),
        migrations.CreateModel(
            name='RunRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=64)),
                ('owner', models.CharField(max_length=64)),
                ('withdrawn', models.BooleanField(default=False)),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='lab.run')),
            ],
            options={
                'indexes': [models.Index(fields=['address', 'made'], name='lab_request_address'), models.Index(fields=['owner'], name='lab_request_owner')],
                'constraints': [models.UniqueConstraint(fields=('run', 'owner'), name='lab_request_once')],
            },
        ),
    )
