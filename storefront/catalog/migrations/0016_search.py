from typing import Any

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.core.management import CommandError
from django.db import DatabaseError, migrations, models, transaction

EXTENSIONS = ("pg_trgm", "unaccent")


def create_extensions(apps: Any, schema_editor: Any) -> None:
    """Create what search needs; any database's owner may, as they are trusted extensions."""
    for name in EXTENSIONS:
        try:
            with transaction.atomic(schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        except DatabaseError as error:
            raise CommandError(
                f"Search needs the PostgreSQL extension {name}, and the database refused to create it "
                f"({str(error).strip().splitlines()[0]}). Ask the owner of the database to run "
                f"“CREATE EXTENSION {name};” in it, then start again."
            ) from error


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', "0015_variant_sku_lower"),
    ]

    operations = [
        migrations.RunPython(create_extensions, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='page',
            index=django.contrib.postgres.indexes.GinIndex(fields=['title'], name='page_by_similar_title', opclasses=('gin_trgm_ops',)),
        ),
        migrations.AddIndex(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(fields=['name', 'brand'], name='product_by_similar_name', opclasses=('gin_trgm_ops', 'gin_trgm_ops')),
        ),
        migrations.AddIndex(
            model_name='productvariant',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper(models.Func(models.F('sku'), models.Value('[^A-Za-z0-9]+'), models.Value(''), models.Value('g'), function='regexp_replace')), name='text_pattern_ops'), name='variant_by_compact_sku'),
        ),
    ]
