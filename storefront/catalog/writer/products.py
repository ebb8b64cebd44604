"""Writing products: the product's own columns first, then its variants, pictures, tags and links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from pydantic import Field

from storefront.catalog.bulk import as_arrays, check_keys, column_names, copy_rows, fields_of, reserve_keys, update_rows
from storefront.catalog.fields import ATTRIBUTE, Fields, with_prefix
from storefront.catalog.keyset import batched
from storefront.catalog.models import (
    Attribute,
    CatalogVersion,
    Channel,
    ImportBase,
    Product,
    ProductAttributeValue,
    ProductType,
    ProductVariant,
    Stock,
    Unlisted,
    keys_of,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import GuideLink, Record, Tags
from storefront.catalog.writer.bases import BaseWrite, write_bases
from storefront.catalog.writer.categories import category_ids, keys_of_categories
from storefront.catalog.writer.listings import drop_listings, refresh_listings
from storefront.catalog.writer.media import StoredPicture, write_media
from storefront.catalog.writer.search_index import PRODUCT_TEXTS, PRODUCT_VECTOR, index_products
from storefront.catalog.writer.tags import write_links, write_product_tags
from storefront.catalog.writer.variants import write_available, write_variants
from storefront.catalog.writer.vocabulary import free_slug, replace_values

# How many beginnings of slugs are asked for in one statement.
PREFIXES_AT_ONCE = 50

PRODUCT_TYPE = "massage-tool"
COLUMNS = (
    "name",
    "description",
    "brand",
    "material",
    "warranty_years",
    "fsa_hsa_eligible",
    "fsa_hsa_condition",
    "seo_title",
    "seo_description",
    "cautions",
    "status",
)
CHANGED_COLUMNS = (
    *("id", *COLUMNS, "slug", "category", "category_is_default", "source", "reference", "updated_at"),
    *("public_id", "product_type", "read_at", "remote_updated_at", "remote_print"),
)
NEW_COLUMNS = (*CHANGED_COLUMNS, "created_at")
_NULLABLE = {"fsa_hsa_eligible", "warranty_years"}


class Projected(Record):
    """What a product has in Saleor that the store takes over as it is.

    `product_type`: its slug; `variants`: the ids of all of its variants by their key (reference, else SKU), in their
    order; `nameless`: keys of those that have no reference; `pictures`: location → (id, address); `unlisted_in`: slug
    of a channel in which it stands in no list → whether it has its page there; `available`: variant's id → channel →
    units that can be had there; `category`: the id of the one that it
    lies in, though its field `category` says nothing of one that the import chose. `read_at` is when the read began,
    `updated_at` what was said there of its last change, `print` what tells whether it changed since.
    """

    product_type: str
    variants: Mapping[str, str]
    nameless: frozenset[str] = frozenset()
    pictures: Mapping[str, tuple[str, str]] = Field(default_factory=dict)
    unlisted_in: Mapping[str, bool] = Field(default_factory=dict)
    available: Mapping[str, Mapping[str, int]] = Field(default_factory=dict)
    category: str = ""
    read_at: datetime
    updated_at: str = ""
    print: str = ""


class ProductWrite(Record):
    """One product to make or change.

    Without `public_id` it is made; without `reference` it keeps its own. Only the fields that are there are
    written; `tags` and `links` replace what is there, where given. `adopted_variants`: reference → SKU of a variant
    that was made in the shop and gets this reference. `pictures`: location as the file says it → what is stored.
    `is_released`: it loses its reference again, as do the `released_variants`; `gone_variants` are deleted.
    `projected`: the product is in Saleor, and has its ids from there.
    """

    source: str
    reference: str
    public_id: str | None = None
    fields: Fields
    tags: Tags | None = None
    links: tuple[GuideLink, ...] | None = None
    base: BaseWrite | None = None
    adopted_variants: Mapping[str, str] = Field(default_factory=dict)
    pictures: Mapping[str, StoredPicture] = Field(default_factory=dict)
    is_released: bool = False
    released_variants: tuple[str, ...] = ()
    gone_variants: tuple[str, ...] = ()
    projected: Projected | None = None


@transaction.atomic
def write_products(batch: Sequence[ProductWrite], *, bumps: bool = True) -> None:
    """Write a batch of products with all that belongs to them.

    `bumps`: count the catalogue's version up; else the caller does, at the end of its transaction. Everybody who
    writes waits for that one row.

    What belongs to a new product is written before it (its key is reserved, and foreign keys are checked at the
    end), so that its search index is worked out as it is inserted.
    """
    if not batch:
        return
    rows = own_rows(batch)
    writes = {row.pk: write for row, write in zip(rows, batch, strict=True)}
    if len(writes) < len(batch):
        raise ValueError("A product may be in a batch once.")
    new = [row for row in rows if row._state.adding]
    changed = [row for row in rows if not row._state.adding]
    existing = {row.pk for row in changed}
    projected = {pk: write.projected for pk, write in writes.items() if write.projected}
    write_attributes({pk: write.fields.own for pk, write in writes.items()}, existing)
    write_variants(
        {pk: with_adopted(write) for pk, write in writes.items() if write.fields.variants or write.adopted_variants},
        {pk: write.adopted_variants for pk, write in writes.items()},
        existing,
        {pk: remote.variants for pk, remote in projected.items()},
        {pk: remote.nameless for pk, remote in projected.items()},
    )
    let_variants_go(writes)
    write_available({pk: remote.available for pk, remote in projected.items()})
    write_media(
        {pk: write.fields.own["media"] or () for pk, write in writes.items() if "media" in write.fields.own},
        {pk: write.pictures for pk, write in writes.items()},
        {pk: remote.pictures for pk, remote in projected.items()},
    )
    write_product_tags({pk: write.tags for pk, write in writes.items() if write.tags is not None}, existing)
    write_links({pk: write.links for pk, write in writes.items() if write.links is not None}, existing)
    insert_products(new)
    write_unlisted({pk: remote.unlisted_in for pk, remote in projected.items()}, existing)
    update_rows(Product, CHANGED_COLUMNS, (column_values(row, CHANGED_COLUMNS) for row in changed))
    index_products([row.pk for row in changed if changes_words(writes[row.pk])])
    refresh_listings(list(writes))
    keep_bases(zip(batch, (row.updated_at for row in rows), strict=True))
    check_keys()
    if bumps:
        CatalogVersion.bump()


@transaction.atomic
def note_bases(batch: Sequence[ProductWrite]) -> None:
    """Keep what a source has said of products that are as it says already; nothing else is written."""
    stamps = dict(
        Product.objects.filter(public_id__in=[write.public_id for write in batch]).values_list(
            "public_id", "updated_at"
        )
    )
    keep_bases((write, stamps.get(write.public_id or "")) for write in batch)


def keep_bases(written: Iterable[tuple[ProductWrite, datetime | None]]) -> None:
    """Keep what the source said of each product; with it goes the moment of the product's last change."""
    result = list(written)
    write_bases(
        ImportBase.Kind.PRODUCT,
        {
            (write.source, write.reference): write.base.model_copy(update={"stamp": stamp})
            for write, stamp in result
            if write.base is not None
        },
        new={(write.source, write.reference) for write, _ in result if not write.public_id or write.projected},
    )


@transaction.atomic
def delete_products(public_ids: Collection[str]) -> None:
    """Delete products with all that belongs to them, and what their sources have said of them. The caller bumps the
    version."""
    if not public_ids:
        return
    rows = Product.objects.filter(public_id__in=public_ids)
    for source in set(rows.values_list("source", flat=True)):
        ImportBase.objects.filter(
            kind=ImportBase.Kind.PRODUCT.value,
            source=source,
            reference__in=list(rows.filter(source=source).values_list("reference", flat=True)),
        ).delete()
    drop_listings(list(rows.values_list("pk", flat=True)))
    rows.delete()


def lock_products(public_ids: Collection[str]) -> None:
    """Lock products and their stock until the transaction ends, always in the same order."""
    keys = list(
        Product.objects.select_for_update().filter(public_id__in=public_ids).order_by("pk").values_list("pk", flat=True)
    )
    list(
        Stock.objects.select_for_update(of=("self",))
        .filter(variant__product_id__in=keys)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def let_variants_go(writes: Mapping[int, ProductWrite]) -> None:
    """Take the reference from released variants, and delete those that go."""
    touched = [pk for pk, write in writes.items() if write.released_variants or write.gone_variants]
    if not touched:
        return
    released, gone = [], []
    rows = list(ProductVariant.objects.filter(product_id__in=touched))
    keys = keys_of(rows)
    for row in rows:
        if keys[row.pk] in writes[row.product_id].gone_variants:
            gone.append(row.pk)
        elif keys[row.pk] in writes[row.product_id].released_variants:
            released.append(row.pk)
    ProductVariant.objects.filter(pk__in=released).update(reference="")
    ProductVariant.objects.filter(pk__in=gone).delete()


def changes_words(write: ProductWrite) -> bool:
    """Return whether any of the words by which a product is found may change; a price or a stock is none of them."""
    return bool(
        write.fields.own
        or write.tags is not None
        or write.gone_variants
        or any(name in fields for fields in write.fields.variants.values() for name in ("sku", "name"))
    )


def with_adopted(write: ProductWrite) -> dict[str, dict[str, Any]]:
    """Return the variants to write, those among them that only get a reference."""
    only_adopted: dict[str, dict[str, Any]] = {reference: {} for reference in write.adopted_variants}
    return only_adopted | write.fields.variants


def own_rows(batch: Sequence[ProductWrite]) -> list[Product]:
    """Return the products' rows with their columns set, in the order of the batch; a new one has its key, unsaved."""
    types = {row.slug: row for row in ProductType.objects.all()}
    known = {
        row.public_id: row
        for row in Product.objects.select_for_update().filter(
            public_id__in=[write.public_id for write in batch if write.public_id]
        )
    }
    # A batch that runs again finds what its first run made, and makes no twin.
    made_before = {
        (row.source, row.reference): row
        for row in Product.objects.select_for_update().filter(
            source__in={write.source for write in batch if is_found_by_reference(write)},
            reference__in=[write.reference for write in batch if is_found_by_reference(write)],
        )
    }
    categories = category_ids(str(write.fields.own.get("category") or "") for write in batch if not write.projected)
    remote_categories = keys_of_categories([write.projected.category for write in batch if write.projected])
    result = [
        known[write.public_id]
        if write.public_id and (write.public_id in known or not write.projected)
        else made_before.get((write.source, write.reference))
        for write in batch
    ]
    keys = iter(reserve_keys(Product, result.count(None)))
    now = timezone.now()
    rows = []
    for write, existing in zip(batch, result, strict=True):
        row = existing or Product(
            pk=next(keys), public_id=new_public_id("Product"), product_type=types[PRODUCT_TYPE], created_at=now
        )
        row.updated_at = now
        if write.projected:
            row.public_id, row.product_type = write.public_id or row.public_id, types[write.projected.product_type]
            row.read_at, row.remote_updated_at = write.projected.read_at, write.projected.updated_at
            row.remote_print = write.projected.print
            row.source, row.reference = write.source, write.reference
            row.category_id = remote_categories.get(write.projected.category)
            row.category_is_default = bool(write.projected.category) and not write.fields.own.get("category")
        if write.is_released:
            row.source = row.reference = ""
        elif write.reference:
            row.source, row.reference = write.source, write.reference
        for column in COLUMNS:
            if column in write.fields.own:
                setattr(row, column, column_value(column, write.fields.own[column]))
        if "category" in write.fields.own and not write.projected:
            row.category_id, row.category_is_default = categories.get(str(write.fields.own["category"] or "")), False
        rows.append(row)
    give_slugs(rows, [str(write.fields.own.get("slug") or "") for write in batch])
    return rows


def is_found_by_reference(write: ProductWrite) -> bool:
    return bool(write.reference and (write.projected or not write.public_id))


def column_values(row: Product, columns: Sequence[str]) -> list[Any]:
    return [getattr(row, field.attname) for field in fields_of(Product, columns)]


def insert_products(rows: Sequence[Product]) -> None:
    """Insert the rows with their search index."""
    if not rows:
        return
    fields = fields_of(Product, NEW_COLUMNS)
    names = ", ".join(column_names(fields))
    arrays, values = as_arrays(fields, [column_values(row, NEW_COLUMNS) for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO catalog_product ({names}, search) "  # noqa: S608 - names of columns
            f"SELECT p.*, {PRODUCT_VECTOR} FROM {arrays} AS p ({names}) {PRODUCT_TEXTS}",
            values,
        )


def column_value(column: str, value: Any) -> Any:
    if value is None:
        return None if column in _NULLABLE else ""
    return Decimal(value) if column == "warranty_years" else value


def give_slugs(rows: Iterable[Product], wanted: Iterable[str]) -> None:
    """The slug that the file says, or one from the name; made unique by a number where it is taken.

    A product that has a slug keeps it unless the file says another: page addresses survive re-imports.
    """
    proposals = {}
    for row, slug in zip(rows, wanted, strict=True):
        if slug or not row.slug:
            proposals[row.public_id] = (row, (slug or slugify(row.name, allow_unicode=True) or "product")[:240])
    taken = taken_slugs({slug for _, slug in proposals.values()}, proposals)
    for row, slug in proposals.values():
        row.slug = free_slug(slug, taken)
        taken.add(row.slug)


def taken_slugs(wanted: Collection[str], besides: Collection[str]) -> set[str]:
    """Return those of the wanted slugs that other products have, with all their numbered forms."""
    others = Product.objects.exclude(public_id__in=besides)
    taken = set(others.filter(slug__in=wanted).values_list("slug", flat=True))
    for slugs in batched(sorted(taken), PREFIXES_AT_ONCE):
        # By how they begin, which the index of slugs answers.
        begins = reduce(or_, (Q(slug__startswith=f"{slug}-") for slug in slugs))
        taken.update(others.filter(begins).values_list("slug", flat=True))
    return taken


def write_unlisted(wanted: Mapping[int, Mapping[str, bool]], existing: Collection[int]) -> None:
    """Product key → slugs of the channels in which it stands in no list, with whether it has its page there, in the
    place of what was. `existing`: not new."""
    Unlisted.objects.filter(product_id__in=wanted.keys() & existing).delete()
    slugs = {slug for result in wanted.values() for slug in result}
    channels = dict(Channel.objects.filter(slug__in=slugs).values_list("slug", "pk")) if slugs else {}
    Unlisted.objects.bulk_create(
        Unlisted(product_id=pk, channel_id=channels[slug], is_reachable=is_reachable)
        for pk, result in wanted.items()
        for slug, is_reachable in sorted(result.items())
        if slug in channels
    )


def write_attributes(wanted: Mapping[int, Mapping[str, Any]], existing: Collection[int]) -> None:
    """Product key → its fields; those named `attribute: SLUG` are written, an empty value removes.

    `existing`: the products that are not new.
    """
    by_product = {pk: stated for pk, own in wanted.items() if (stated := with_prefix(own, ATTRIBUTE))}
    rows = replace_values(ProductAttributeValue, "product", Attribute.Kind.PRODUCT, by_product, existing)
    copy_rows(ProductAttributeValue, ("product", "value"), ((pk, value) for pk, value, _ in rows))
