"""Tables of the worker's pages; certificates and their revocations are never changed or removed."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lingbao.registry.database import APPEND_ONLY


class Migration(migrations.Migration):
    """After the registry's own: its trigger function keeps certificates as they were issued."""

    initial = True

    dependencies: ClassVar = [
        ('registry', '0001_role'),
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(max_length=20, unique=True)),
                ('code_index', models.BinaryField(unique=True)),
                ('person_id', models.BigIntegerField(db_index=True)),
                ('kind', models.CharField(max_length=20)),
                ('about', models.CharField(max_length=60)),
                ('content_sealed', models.BinaryField()),
                ('digest', models.CharField(max_length=64)),
                ('law_hash', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Holder',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
                ('phone_sealed', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('certificate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='worker.certificate')),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='SignInFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('login_index', models.BinaryField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'indexes': [models.Index(fields=['login_index', 'at'], name='worker_failure_login')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('matter', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=48)),
                ('about', models.CharField(max_length=60)),
                ('answers_sealed', models.BinaryField()),
                ('sent_to', models.CharField(blank=True, default='', max_length=200)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'matter'), name='worker_draft_once')],
            },
        ),
        *(migrations.RunSQL([(APPEND_ONLY.format(table=table), None)], migrations.RunSQL.noop)
          for table in ('worker_certificate', 'worker_revocation')),
    ]
