"""What was stored before keeps what cameras noted: a worker writes each file again without it."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def ask_for_stripping(apps: Any, schema_editor: Any) -> None:
    apps.get_model("catalog", "Picture").objects.update(
        todo="strip", next_try_at=timezone.now(), attempts=0, leased_until=None, message=""
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_unlisted_by_link")]

    operations = [
        migrations.AlterField(
            model_name="picture",
            name="digest",
            field=models.CharField(
                help_text="SHA-256 of the file it was stored from, hex.", max_length=64, unique=True
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="todo",
            field=models.CharField(
                blank=True,
                choices=[("strip", "Strip"), ("webp", "Webp"), ("avif", "Avif"), ("", "Nothing")],
                default="webp",
                max_length=10,
            ),
        ),
        migrations.RunPython(ask_for_stripping, migrations.RunPython.noop),
    ]
