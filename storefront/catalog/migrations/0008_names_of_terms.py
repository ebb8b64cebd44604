from __future__ import annotations

from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_structure")]

    operations = [
        migrations.AddField(
            model_name="term",
            name="default_name",
            field=models.CharField(
                blank=True,
                default="",
                help_text="The taxonomy's; `name` is another one where it was renamed.",
                max_length=120,
            ),
        ),
        migrations.RunPython(
            lambda apps, _: apps.get_model("catalog", "Term").objects.update(default_name=F("name")),
            migrations.RunPython.noop,
        ),
    ]
