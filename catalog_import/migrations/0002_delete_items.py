"""Runs of earlier versions keep their line in the history; their items had another form and go."""

from typing import Any

from django.db import migrations


def end_runs(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("catalog_import", "ImportRun").objects
    runs.filter(status__in=("planned", "running")).update(status="partly")
    apps.get_model("catalog_import", "ImportBatch").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("catalog_import", "0001_initial")]
    operations = [
        migrations.DeleteModel(name="ImportItem"),
        migrations.RunPython(end_runs, migrations.RunPython.noop),
    ]
