"""Taking over what is elsewhere: with Saleor, the store is its projection.

What was read is compared with what the store has, and only what differs is written, so that a sweep over a shop in
which nothing changed writes nothing. A row takes only a read that began after the one that it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from storefront.catalog.fields import ATTRIBUTE, COMPARE_AT, OPTION, PRICE, STOCK, Fields
from storefront.catalog.models import (
    CatalogVersion,
    Channel,
    Gone,
    ImportBase,
    Page,
    PageType,
    Product,
    ProductType,
    ProductVariant,
    Warehouse,
)
from storefront.catalog.search import index_pages
from storefront.catalog.snapshots import ShopGuide, ShopProduct, load_shop_guides, load_shop_products
from storefront.catalog.writer.bases import BaseWrite, write_bases
from storefront.catalog.writer.guides import COLUMNS as GUIDE_COLUMNS
from storefront.catalog.writer.guides import GUIDE_TYPE, column_value, delete_guides
from storefront.catalog.writer.kinds import PLACES, Named, let_slugs_go, takes
from storefront.catalog.writer.products import ProductWrite, Projected, delete_products, write_products
from storefront.catalog.writer.structure import have_categories
from storefront.catalog.writer.tags import write_page_tags

LISTS = ("cautions", "sources")


class ChannelThere(Named):
    currency: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class ProductThere:
    """A product as it is elsewhere. `digest` stands for what its source last said."""

    product: ShopProduct
    projected: Projected
    digest: str = ""
    category: Named | None = None


@dataclass(frozen=True, slots=True)
class GuideThere:
    """A guide as it is elsewhere. `bases`: source → what it last said of it."""

    guide: ShopGuide
    bases: Mapping[str, Fields]
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the store has not, or not as it is elsewhere. `fields`: what of it, in words for staff."""

    id: str
    name: str
    fields: tuple[str, ...] = ()


@transaction.atomic
def project_shop(
    started: datetime, channels: Sequence[ChannelThere], warehouses: Sequence[Named], types: Sequence[Named]
) -> bool:
    """Make channels and warehouses equal to those elsewhere, and have the product types; gives whether any changed.

    `started`: when reading them began.
    """
    if not takes(PLACES, started):
        return False
    changed = project_named(Channel, channels, ("name", "currency", "is_active"), goes=True)
    changed += project_named(Warehouse, warehouses, ("name",), goes=True)
    project_named(ProductType, types, ("name",), goes=False)
    if changed:
        CatalogVersion.bump()
    return bool(changed)


def project_named(
    model: type[Channel] | type[Warehouse] | type[ProductType],
    found: Sequence[Named],
    columns: Sequence[str],
    *,
    goes: bool,
) -> int:
    """Rows equal to what is elsewhere, found by id, else by slug; gives how many changed. `goes`: others go."""
    rows: list[Any] = list(model._default_manager.all())
    by_id, by_slug = {row.public_id: row for row in rows}, {row.slug: row for row in rows}
    ids = {one.id for one in found}
    kept, changed = set(), []
    for one in found:
        row = by_id.get(one.id)
        if row is None and (same_slug := by_slug.get(one.slug)) is not None and same_slug.public_id not in ids:
            row = same_slug
        row = row or model(slug="")
        now = {"public_id": one.id, "slug": one.slug} | {name: getattr(one, name) for name in columns}
        if row.pk is None or any(getattr(row, name) != value for name, value in now.items()):
            changed.append((row, now))
        kept.add(row.pk)
    gone = [row for row in rows if goes and row.pk not in kept]
    for row in gone:
        row.delete()
    # Slugs may have changed places, and are unique.
    for row, now in changed:
        if row.pk is not None and row.slug != now["slug"]:
            model._default_manager.filter(pk=row.pk).update(slug=f"moved-{row.pk}-{row.slug}"[:255])
    for row, now in changed:
        for name, value in now.items():
            setattr(row, name, value)
        row.save()
    return len(changed) + len(gone)


def project_products(found: Sequence[ProductThere], *, keeps: bool = True) -> list[Difference]:
    """Take over these products; gives those that differed. Safe to do twice, in any order of the reads.

    `keeps`: else they are only compared, and nothing is written.
    """
    by_source: dict[str, list[ProductThere]] = {}
    for one in found:
        by_source.setdefault(one.product.source, []).append(one)
    return [one for source, ones in sorted(by_source.items()) for one in project_source(source, ones, keeps=keeps)]


@transaction.atomic
def project_source(source: str, found: Sequence[ProductThere], *, keeps: bool) -> list[Difference]:
    ids = [one.product.public_id for one in found]
    locked = Product.objects.select_for_update(of=("self",)).select_related("category")
    rows = {row.public_id: row for row in locked.filter(public_id__in=ids).order_by("pk")}
    gone = gone_since(ids)
    newer = [
        one
        for one in found
        if is_newer(rows.get(one.product.public_id), one.projected.read_at)
        and not is_outdated(gone.get(one.product.public_id), one.projected.read_at)
    ]
    have = {product.public_id: product for product in load_shop_products(source, (), (), ids)}
    digests = digests_of(source, [one.product.reference for one in newer])
    changed: list[tuple[ProductThere, ShopProduct | None]] = []
    differing: list[Difference] = []
    for one in newer:
        before, row = have.get(one.product.public_id), rows.get(one.product.public_id)
        fields = ["new"] if before is None or row is None else differences(row, before, one, digests)
        if fields:
            changed.append((one, before))
            differing.append(Difference(one.product.public_id, str(one.product.fields.own["name"]), tuple(fields)))
        elif keeps:
            note_read(one)
    if changed and keeps:
        make_room([one for one, _ in changed])
        forget_former_references(changed)
        have_categories(
            {one.category.id: one.category for one, _ in changed if one.category},
            min(one.projected.read_at for one, _ in changed),
        )
        have_types({one.projected.product_type for one, _ in changed})
        write_products([write_of(one, before) for one, before in changed])
    return differing


def note_read(one: ProductThere) -> None:
    """Note of a product that did not differ that it was read."""
    Product.objects.filter(public_id=one.product.public_id).update(
        read_at=one.projected.read_at,
        remote_updated_at=one.projected.updated_at,
        remote_print=one.projected.print,
    )


def is_newer(row: Product | Page | None, read_at: datetime) -> bool:
    return row is None or row.read_at is None or row.read_at < read_at


def gone_since(ids: Collection[str]) -> dict[str, datetime]:
    """Id → when it was found to be no longer there."""
    return dict(Gone.objects.filter(public_id__in=ids).values_list("public_id", "read_at"))


def is_outdated(gone_at: datetime | None, read_at: datetime) -> bool:
    return gone_at is not None and gone_at >= read_at


def digests_of(source: str, references: Collection[str]) -> dict[str, str]:
    rows = ImportBase.objects.filter(source=source, kind=ImportBase.Kind.PRODUCT.value, reference__in=references)
    return dict(rows.values_list("reference", "digest"))


def differences(row: Product, before: ShopProduct, one: ProductThere, digests: Mapping[str, str]) -> list[str]:
    """What of the store's product is not as it is elsewhere, in words for staff; the order of variants counts."""
    product = one.product
    now, then = plain(product.fields), plain(before.fields)
    found = differing_names(then.own, now.own)
    for key in dict.fromkeys([*then.variants, *now.variants]):
        has, had = now.variants.get(key), then.variants.get(key)
        if has is None or had is None:
            found.append(f"variant {key}")
        else:
            found += [f"{name} of {key}" for name in differing_names(had, has)]
    said = {
        "order of variants": list(product.fields.variants) == list(before.fields.variants),
        "tags": before.tags == product.tags,
        "guides": before.links == product.links,
        "reference": (before.source, before.reference, before.nameless)
        == (product.source, product.reference, product.nameless),
        "what its source said": before.base == product.base and digests.get(product.reference, "") == one.digest,
    }
    found += [name for name, is_same in said.items() if not is_same]
    return found or differing_ids(row, one.projected)


def differing_names(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [name for name in dict.fromkeys([*then, *now]) if then.get(name) != now.get(name)]


def plain(fields: Fields) -> Fields:
    """The fields without those that say nothing: one that was never said and one that is empty are alike."""

    def said(of: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in of.items()
            if value not in (None, "", []) and not (name.startswith(STOCK) and value == 0)
        }

    return Fields(own=said(fields.own), variants={key: said(one) for key, one in fields.variants.items()})


def differing_ids(row: Product, projected: Projected) -> list[str]:
    variants = list(row.variants.order_by("position", "id").values_list("public_id", flat=True))
    pictures = dict(row.media.exclude(remote_id="").values_list("location", "remote_id"))
    hidden = set(row.unlisted.values_list("channel__slug", flat=True))
    said = {
        "ids of variants": variants == list(projected.variants.values()),
        # An address may be signed anew each time.
        "ids of pictures": pictures == {location: id for location, (id, _) in projected.pictures.items()},
        "publication": hidden == projected.hidden_in,
        "category": (row.category.public_id if row.category else "") == projected.category,
    }
    return [name for name, is_same in said.items() if not is_same]


def write_of(one: ProductThere, before: ShopProduct | None) -> ProductWrite:
    """The write that makes the store's product equal to the one elsewhere."""
    product = one.product
    own = dict(product.fields.own)
    variants = {key: dict(fields) for key, fields in product.fields.variants.items()}
    if before is not None:
        own |= {name: "" for name in before.fields.own if name.startswith(ATTRIBUTE) and name not in own}
        for key, fields in before.fields.variants.items():
            if key in variants:
                variants[key] |= {name: cleared(name) for name in fields if name not in variants[key]}
    return ProductWrite(
        source=product.source,
        reference=product.reference,
        public_id=product.public_id,
        fields=Fields(own=own, variants=variants),
        tags=product.tags,
        links=product.links,
        base=BaseWrite(fields=product.base, digest=one.digest) if product.reference else None,
        projected=one.projected,
    )


def cleared(name: str) -> Any:
    """What takes a variant's field away."""
    if name.startswith(OPTION):
        return ""
    return 0 if name.startswith(STOCK) else None if name.startswith((PRICE, COMPARE_AT)) else ""


def make_room(found: Sequence[ProductThere]) -> None:
    """Let go of SKUs, references and slugs that other rows hold though they are these products' by now.

    Other products changed too, and are read again: what they hold is older. Variants of these products that are no
    longer there go, and so do those whose SKU or reference changed: they are made anew.
    """
    ids = [one.product.public_id for one in found]
    skus = [str(fields["sku"]) for one in found for fields in one.product.fields.variants.values()]
    elsewhere = ProductVariant.objects.filter(sku__in=skus).exclude(product__public_id__in=ids)
    owners = list(elsewhere.values_list("product_id", flat=True))
    elsewhere.delete()
    wanted = {
        id: ("" if key in one.projected.nameless else key, str(one.product.fields.variants[key]["sku"]))
        for one in found
        for key, id in one.projected.variants.items()
    }
    own = ProductVariant.objects.filter(product__public_id__in=ids)
    gone_variants = [
        pk
        for pk, id, reference, sku in own.values_list("pk", "public_id", "reference", "sku")
        if wanted.get(id) != (reference, sku)
    ]
    ProductVariant.objects.filter(pk__in=gone_variants).delete()
    # Slugs may have changed places, too.
    slugs = {one.product.public_id: str(one.product.fields.own["slug"]) for one in found}
    for pk, public_id, slug in Product.objects.filter(slug__in=slugs.values()).values_list("pk", "public_id", "slug"):
        if slugs.get(public_id) != slug:
            Product.objects.filter(pk=pk).update(slug=f"moved-{pk}-{slug}"[:255])
            owners += [] if public_id in slugs else [pk]
    for one in found:
        if one.product.reference:
            twins = Product.objects.filter(source=one.product.source, reference=one.product.reference)
            gone = twins.exclude(public_id=one.product.public_id)
            owners += list(gone.values_list("pk", flat=True))
            gone.update(source="", reference="")
    Product.objects.filter(pk__in=owners).update(read_at=None, remote_updated_at="", remote_print="")


def forget_former_references(changed: Sequence[tuple[ProductThere, ShopProduct | None]]) -> None:
    """What sources said of products by references that these no longer have."""
    for one, before in changed:
        if before is None or not before.reference:
            continue
        if (before.source, before.reference) != (one.product.source, one.product.reference):
            ImportBase.objects.filter(
                source=before.source, kind=ImportBase.Kind.PRODUCT.value, reference=before.reference
            ).delete()


def have_types(slugs: Collection[str]) -> None:
    for slug in slugs:
        ProductType.objects.get_or_create(slug=slug, defaults={"public_id": slug, "name": slug})


@transaction.atomic
def forget_products(public_ids: Collection[str], read_at: datetime) -> list[str]:
    """Products that were no longer there in a read that began then; gives the ids of those that the store had."""
    if not public_ids:
        return []
    remember_gone(public_ids, read_at)
    older = Product.objects.filter(public_id__in=public_ids).exclude(read_at__gte=read_at)
    found = list(older.values_list("public_id", flat=True))
    if found:
        delete_products(found)
        CatalogVersion.bump()
    return found


def remember_gone(public_ids: Collection[str], read_at: datetime) -> None:
    Gone.objects.bulk_create(
        [Gone(public_id=id, read_at=read_at) for id in sorted(public_ids)],
        update_conflicts=True,
        unique_fields=["public_id"],
        update_fields=["read_at"],
    )


def tidy_gone(before: datetime) -> None:
    """Forget what was gone before then: no read takes so long."""
    Gone.objects.filter(read_at__lt=before).delete()


@transaction.atomic
def project_guides(found: Sequence[GuideThere], read_at: datetime, *, is_all: bool = True) -> int:
    """Take over the guides; gives how many differed. `is_all`: others are no longer there."""
    guide_type = PageType.objects.get(slug=GUIDE_TYPE)
    have = {guide.public_id: guide for guide in load_shop_guides("")}
    ids = {one.guide.public_id for one in found}
    # One that was a plain page while the shop called guides something else is there already.
    known = Page.objects.select_for_update().filter(Q(page_type=guide_type) | Q(public_id__in=ids))
    rows = {row.public_id: row for row in known.order_by("pk")}
    count = 0
    gone = {
        row.public_id: row.slug
        for row in rows.values()
        if is_all and row.public_id not in ids and is_newer(row, read_at)
    }
    remember_gone(gone.keys(), read_at)
    past = gone_since(ids)
    found = [one for one in found if not is_outdated(past.get(one.guide.public_id), read_at)]
    # Before the others: another page may have one of their slugs by now.
    delete_guides(gone.values())
    forget_former_slugs(found, rows, read_at)
    bases = said_by_sources([one.guide.slug for one in found])
    # Slugs may have changed places, and are unique.
    slugs = {one.guide.public_id: one.guide.slug for one in found}
    keys = {id: row.pk for id, row in rows.items()}
    let_slugs_go(Page, {slug: keys.get(id) for id, slug in slugs.items()})
    for one in found:
        guide = one.guide
        row = rows.get(guide.public_id)
        if not is_newer(row, read_at):
            continue
        before = have.get(guide.public_id)
        is_same = (
            before is not None
            and before.slug == guide.slug
            and row is not None
            and row.published_at == one.published_at
            and plain(before.fields) == plain(guide.fields)
            and before.tags == guide.tags
            and bases.get(guide.slug, {}) == dict(one.bases)
        )
        if row is None:
            row = Page(public_id=guide.public_id, page_type=guide_type)
        row.read_at, row.page_type, row.published_at = read_at, guide_type, one.published_at
        if is_same:
            row.save(update_fields=["read_at"])
            continue
        row.slug = guide.slug
        row.updated_at = timezone.now()
        for column in GUIDE_COLUMNS:
            value = guide.fields.own.get(column)
            setattr(row, column, column_value(column, [] if value is None and column in LISTS else value))
        row.save()
        write_page_tags({row.pk: guide.tags})
        index_pages([row.pk])
        said = ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference=guide.slug)
        said.exclude(source__in=one.bases).delete()
        write_bases(
            ImportBase.Kind.GUIDE,
            {(source, guide.slug): BaseWrite(fields=fields) for source, fields in one.bases.items()},
            new={(source, guide.slug) for source in one.bases},
        )
        count += 1
    if count or gone:
        CatalogVersion.bump()
    return count


def forget_former_slugs(found: Sequence[GuideThere], rows: Mapping[str, Page], read_at: datetime) -> None:
    """What sources said of guides by slugs that these no longer have; it is written anew by the new ones."""
    former = [
        row.slug
        for one in found
        if (row := rows.get(one.guide.public_id)) is not None and row.slug != one.guide.slug and is_newer(row, read_at)
    ]
    ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference__in=former).delete()


def said_by_sources(slugs: Collection[str]) -> dict[str, dict[str, Fields]]:
    """Slug → source → what it last said of the guide."""
    found: dict[str, dict[str, Fields]] = {}
    for row in ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference__in=slugs):
        found.setdefault(row.reference, {})[row.source] = Fields.model_validate(row.fields)
    return found
