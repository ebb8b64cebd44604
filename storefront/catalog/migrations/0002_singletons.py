"""The rows that every shop has: the embedded channel, its warehouse, the types, the version counter."""

from typing import Any

from django.db import migrations

from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_CURRENCY, DEFAULT_WAREHOUSE


def make(apps: Any, schema_editor: Any) -> None:
    rows = [
        ("Channel", {"slug": DEFAULT_CHANNEL, "name": "Default channel", "currency": DEFAULT_CURRENCY}),
        ("Warehouse", {"slug": DEFAULT_WAREHOUSE, "name": "Default warehouse"}),
        ("ProductType", {"slug": "massage-tool", "name": "Massage tool"}),
        ("PageType", {"slug": "guide", "name": "Guide"}),
        ("PageType", {"slug": "page", "name": "Page"}),
    ]
    for model, fields in rows:
        apps.get_model("catalog", model).objects.create(public_id=new_public_id(model), **fields)
    apps.get_model("catalog", "CatalogVersion").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
