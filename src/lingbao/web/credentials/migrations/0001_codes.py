"""Tables of one-time codes."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """After the table of logins."""

    initial = True
    dependencies: ClassVar = [("mfa", "0003_authenticator_type_uniq"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations: ClassVar = [
        migrations.CreateModel("Invitation", [
            ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
            ("code_hash", models.BinaryField()),
            ("expires_at", models.DateTimeField()),
        ]),
        migrations.CreateModel("LastStep", [
            ("authenticator", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="mfa.authenticator")),
            ("step", models.BigIntegerField()),
        ]),
        migrations.CreateModel("TextCode", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("purpose", models.CharField(max_length=10)),
            ("about", models.CharField(max_length=60)),
            ("phone_index", models.BinaryField()),
            ("phone_sealed", models.BinaryField()),
            ("address_index", models.BinaryField()),
            ("code_hash", models.BinaryField()),
            ("sent_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField()),
            ("wrong", models.PositiveSmallIntegerField(default=0)),
            ("confirmed_at", models.DateTimeField(null=True)),
            ("used_at", models.DateTimeField(null=True)),
        ], options={"indexes": [models.Index(fields=["phone_index", "sent_at"], name="credentials_text_phone"),
                                models.Index(fields=["address_index", "sent_at"], name="credentials_text_address")]}),
    ]
