"""Index SKUs without regard to case: files may spell them otherwise."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_tombstone")]

    operations = [
        migrations.AddIndex("productvariant", models.Index(Lower("sku"), name="variant_sku_lower")),
    ]
