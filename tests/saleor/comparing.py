"""All tables of the store, comparable: rows of one store beside those of another that was filled at another time."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.db.models import ForeignKey, Model

from storefront.catalog.models import CatalogVersion, Gone, KindRead

Table = list[dict[str, Any]]

# What the store knows of its own reads, and how often it was written: none of it is the catalogue.
OWN_TABLES: Final = (CatalogVersion, Gone, KindRead)
# Keys are this store's own; times are those of its reads and writes, and of errands.
OWN_COLUMNS: Final = ("id", "created_at", "updated_at", "read_at", "stamp", "attempts", "next_try_at", "leased_until")
# Saleor has no id for these that a product's answer tells.
OWN_IDS: Final = ("AttributeValue",)


def catalogue() -> list[type[Model]]:
    return [model for model in apps.get_app_config("catalog").get_models() if model not in OWN_TABLES]


def whole_store() -> dict[str, Table]:
    """Table → its rows; keys of other rows are what those are known by."""
    return {model.__name__: sorted((columns_of(row) for row in rows_of(model)), key=str) for model in catalogue()}


def every_row() -> dict[str, Table]:
    """All that any of our tables has, as it stands there."""
    models = [model for name in ("catalog", "saleor") for model in apps.get_app_config(name).get_models()]
    return {model.__name__: sorted(model._default_manager.values(), key=str) for model in models}


def rows_of(model: type[Model]) -> list[Model]:
    keys = [field.name for field in model._meta.fields if is_key(field)]
    return list(model._default_manager.select_related(*keys))


def is_key(field: Any) -> bool:
    """Whether a column is another row's key; Saleor's ids of rows that need not be there are none."""
    return isinstance(field, ForeignKey) and bool(vars(field)["db_constraint"])


def columns_of(row: Model) -> dict[str, Any]:
    found = {}
    for field in row._meta.fields:
        if field.name in OWN_COLUMNS or (field.name == "public_id" and type(row).__name__ in OWN_IDS):
            continue
        found[field.name] = name_of(getattr(row, field.name)) if is_key(field) else getattr(row, field.attname)
    return found


def name_of(row: Model | None) -> Any:
    """What a row is known by that others refer to."""
    if row is None:
        return None
    if type(row).__name__ in OWN_IDS or not hasattr(row, "public_id"):
        return {name: value for name, value in columns_of(row).items() if name not in ("search", "renditions")}
    return row.public_id
