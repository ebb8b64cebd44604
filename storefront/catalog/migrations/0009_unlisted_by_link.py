from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_names_of_terms")]

    operations = [
        migrations.AddField(
            model_name="unlisted",
            name="is_reachable",
            field=models.BooleanField(default=False, help_text="It has its page there all the same."),
        ),
    ]
