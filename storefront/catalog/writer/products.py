"""Writing products: the product's own columns first, then its variants, pictures, tags and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from storefront.catalog.fields import ATTRIBUTE, Fields, with_prefix
from storefront.catalog.models import (
    Attribute,
    CatalogVersion,
    ImportBase,
    Product,
    ProductAttributeValue,
    ProductType,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import GuideLink, Record, Tags
from storefront.catalog.search import index_products
from storefront.catalog.writer.bases import write_bases
from storefront.catalog.writer.media import StoredPicture, write_media
from storefront.catalog.writer.tags import write_links, write_product_tags
from storefront.catalog.writer.variants import write_variants
from storefront.catalog.writer.vocabulary import attribute_slug, category_ids, free_slug, one_by_slug, value_ids

PRODUCT_TYPE = "massage-tool"
COLUMNS = (
    "name",
    "description",
    "brand",
    "material",
    "warranty_years",
    "fsa_hsa_eligible",
    "seo_title",
    "seo_description",
    "cautions",
    "status",
)
_NULLABLE = {"fsa_hsa_eligible", "warranty_years"}


class ProductWrite(Record):
    """One product to make or change.

    Without `public_id` it is made; without `reference` it keeps its own. Only the fields that are there are
    written; `tags` and `links` replace what is there, where given. `adopted_variants`: reference → SKU of a variant
    that was made in the shop and gets this reference. `pictures`: location as the file says it → what is stored.
    """

    source: str
    reference: str
    public_id: str | None = None
    fields: Fields
    tags: Tags | None = None
    links: tuple[GuideLink, ...] | None = None
    base: Fields | None = None
    adopted_variants: Mapping[str, str] = {}
    pictures: Mapping[str, StoredPicture] = {}


@transaction.atomic
def write_products(batch: Sequence[ProductWrite]) -> None:
    """Write a batch of products with all that belongs to them."""
    writes = {row.pk: write for row, write in zip(write_own_columns(batch), batch, strict=True)}
    if len(writes) < len(batch):
        raise ValueError("A product may be in a batch once.")
    write_attributes({pk: write.fields.own for pk, write in writes.items()})
    write_variants(
        {pk: with_adopted(write) for pk, write in writes.items() if write.fields.variants or write.adopted_variants},
        {pk: write.adopted_variants for pk, write in writes.items()},
    )
    write_media(
        {pk: write.fields.own["media"] or () for pk, write in writes.items() if "media" in write.fields.own},
        {pk: write.pictures for pk, write in writes.items()},
    )
    write_product_tags({pk: write.tags for pk, write in writes.items() if write.tags is not None})
    write_links({pk: write.links for pk, write in writes.items() if write.links is not None})
    write_bases(
        ImportBase.Kind.PRODUCT,
        {(write.source, write.reference): write.base for write in batch if write.base is not None},
        new={(write.source, write.reference) for write in batch if not write.public_id},
    )
    index_products(list(writes))
    CatalogVersion.bump()


def with_adopted(write: ProductWrite) -> dict[str, dict[str, Any]]:
    """The variants to write, those among them that only get a reference."""
    only_adopted: dict[str, dict[str, Any]] = {reference: {} for reference in write.adopted_variants}
    return only_adopted | write.fields.variants


def write_own_columns(batch: Sequence[ProductWrite]) -> list[Product]:
    """The products' rows, made or changed, in the order of the batch."""
    product_type = ProductType.objects.get(slug=PRODUCT_TYPE)
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
            reference__in=[write.reference for write in batch if not write.public_id]
        )
    }
    categories = category_ids(str(write.fields.own.get("category") or "") for write in batch)
    rows = []
    for write in batch:
        found = known[write.public_id] if write.public_id else made_before.get((write.source, write.reference))
        row = found or Product(public_id=new_public_id("Product"), product_type=product_type)
        if write.reference:
            row.source, row.reference = write.source, write.reference
        for column in COLUMNS:
            if column in write.fields.own:
                setattr(row, column, column_value(column, write.fields.own[column]))
        if "category" in write.fields.own:
            row.category_id = categories.get(str(write.fields.own["category"] or ""))
        rows.append(row)
    give_slugs(rows, [str(write.fields.own.get("slug") or "") for write in batch])
    Product.objects.bulk_create([row for row in rows if row.pk is None])
    changed = [row for row in rows if row.public_id in known or (row.source, row.reference) in made_before]
    for row in changed:
        row.updated_at = timezone.now()
    Product.objects.bulk_update(
        changed, [*COLUMNS, "slug", "category", "source", "reference", "updated_at"], batch_size=500
    )
    return rows


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
    taken = set(
        Product.objects.exclude(public_id__in=proposals)
        .filter(slug__regex=r"^(" + "|".join(escape_slug(slug) for _, slug in proposals.values()) + r")(-\d+)?$")
        .values_list("slug", flat=True)
        if proposals
        else ()
    )
    for row, slug in proposals.values():
        row.slug = free_slug(slug, taken)
        taken.add(row.slug)


def escape_slug(slug: str) -> str:
    """A slug inside a PostgreSQL regular expression; a slug has letters, digits, - and _ only."""
    return "".join(letter if letter.isalnum() or letter in "-_" else f"\\{letter}" for letter in slug)


def write_attributes(wanted: Mapping[int, Mapping[str, Any]]) -> None:
    """Product key → its fields; those named `attribute: SLUG` are written, an empty value removes."""
    by_product = {pk: said for pk, own in wanted.items() if (said := with_prefix(own, ATTRIBUTE))}
    if not by_product:
        return
    names = {name for said in by_product.values() for name in said}
    values: dict[str, set[str]] = {name: set() for name in names}
    for said in by_product.values():
        for name, value in said.items():
            if value:
                values[name].add(str(value))
    ids = value_ids(Attribute.Kind.PRODUCT, values)
    for pk, said in by_product.items():
        slugs = [attribute_slug(name) for name in said]
        ProductAttributeValue.objects.filter(product_id=pk, value__attribute__slug__in=slugs).delete()
    ProductAttributeValue.objects.bulk_create(
        [
            ProductAttributeValue(product_id=pk, value_id=ids[(name, str(value))])
            for pk, said in by_product.items()
            for name, value in one_by_slug(said).items()
            if value
        ]
    )
