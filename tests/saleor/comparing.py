"""All tables of the store, comparable: rows of one store beside those of another that was filled at another time."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import ForeignKey, Model, Q, Sum

from storefront.catalog.models import (
    AttributeValue,
    CatalogVersion,
    FacetCount,
    KindRead,
    ProductAttributeValue,
    Stock,
    Tombstone,
    VariantOption,
)
from tests.builders import open_shop

Table = list[dict[str, Any]]

# What the store knows of its own reads, and how often it was written: none of it is the catalogue. Counts are kept in
# parts, whose sums are compared.
OWN_TABLES: Final = (CatalogVersion, Tombstone, KindRead, FacetCount)
# Keys are this store's own; times are those of its reads and writes, and of jobs.
OWN_COLUMNS: Final = ("id", "created_at", "updated_at", "read_at", "stamp", "attempts", "next_try_at", "leased_until")


def catalogue() -> list[type[Model]]:
    return [model for model in apps.get_app_config("catalog").get_models() if model not in OWN_TABLES]


def whole_store() -> dict[str, Table]:
    """Table → its rows; keys of other rows are what those are known by."""
    tables = {model.__name__: sorted((columns_of(row) for row in rows_of(model)), key=str) for model in catalogue()}
    counts = FacetCount.objects.order_by("channel__public_id", "facet").values("channel__public_id", "facet")
    return tables | {"counts of facets": list(counts.annotate(count=Sum("number")).exclude(count=0))}


def every_row() -> dict[str, Table]:
    """All that any of our tables has, as it stands there."""
    models = [model for name in ("catalog", "saleor") for model in apps.get_app_config(name).get_models()]
    return {model.__name__: sorted(model._default_manager.values(), key=str) for model in models}


def rows_of(model: type[Model]) -> list[Model]:
    keys = [field.name for field in model._meta.fields if is_key(field)]
    rows = model._default_manager.select_related(*keys)
    if model is AttributeValue:
        # One that nothing has any longer stays until the next full sweep, and is shown nowhere.
        used = (owner.objects.values("value") for owner in (ProductAttributeValue, VariantOption))
        rows = rows.filter(reduce(or_, (Q(pk__in=values) for values in used)))
    if model is Stock:
        # No units, and no row that says so, are the same.
        rows = rows.filter(quantity__gt=0)
    return list(rows)


def is_key(field: Any) -> bool:
    """Whether a column is another row's key; Saleor's ids of rows that need not be there are none."""
    return isinstance(field, ForeignKey) and (bool(vars(field)["db_constraint"]) or field.target_field.primary_key)


def columns_of(row: Model) -> dict[str, Any]:
    found = {}
    for field in row._meta.fields:
        if field.name in OWN_COLUMNS:
            continue
        value = name_of(getattr(row, field.name)) if is_key(field) else getattr(row, field.attname)
        found[field.name] = sorted(value) if isinstance(field, ArrayField) else value
    return found


def name_of(row: Model | None) -> Any:
    """What a row is known by that others refer to."""
    if row is None:
        return None
    if not hasattr(row, "public_id"):
        return {name: value for name, value in columns_of(row).items() if name not in ("search", "renditions")}
    return row.public_id


def empty_store() -> None:
    """Drop all that the store has, and what it knows of its reads; what every shop has is there again."""
    models = [model for name in ("catalog", "saleor") for model in apps.get_app_config(name).get_models()]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in models)} CASCADE")
    open_shop()


def differing(then: dict[str, Table], now: dict[str, Table]) -> dict[str, list[tuple[str, Any]]]:
    """What of two stores is not the same: table → rows that only one of them has."""
    found = {
        name: [("then", row) for row in then[name] if row not in now[name]]
        + [("now", row) for row in now[name] if row not in then[name]]
        for name in then
    }
    return {name: rows for name, rows in found.items() if rows}
