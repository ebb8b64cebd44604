"""Remember what the columns of a source's tables mean."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog_import", "0010_quality")]

    operations = [
        migrations.CreateModel(
            name="KnownMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=50)),
                ("headers", models.CharField(help_text="A digest of the table's headers.", max_length=64)),
                ("mapping", models.JSONField(help_text="Their column → our column.")),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "headers"), name="mapping_of_a_source_once")
                ],
            },
        ),
    ]
