"""Products as they are in Saleor, taken over into the store.

What was read is compared with what the store has, and only what differs is written, so that a sweep over a shop in
which nothing changed writes nothing. A row takes only a read that began after the one that it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from storefront.catalog.bulk import update_rows
from storefront.catalog.fields import ATTRIBUTE, COMPARE_AT, OPTION, PRICE, STOCK, Fields
from storefront.catalog.models import CatalogVersion, ImportBase, Product, ProductType, ProductVariant, Unlisted
from storefront.catalog.records import Status
from storefront.catalog.snapshots import ShopProduct, load_shop_products
from storefront.catalog.writer.bases import BaseWrite
from storefront.catalog.writer.listings import drop_listings, refresh_listings
from storefront.catalog.writer.products import ProductWrite, delete_products, write_products
from storefront.catalog.writer.remote.categories import ensure_categories
from storefront.catalog.writer.remote.differences import Difference, RemoteProduct, differences
from storefront.catalog.writer.remote.tombstones import is_newer, is_outdated, load_tombstones, record_tombstones


def project_products(remotes: Sequence[RemoteProduct], *, keeps: bool = True) -> list[Difference]:
    """Take over these products; return those that differed. Safe to do twice, in any order of the reads.

    `keeps`: else they are only compared, and nothing is written.
    """
    by_source: dict[str, list[RemoteProduct]] = {}
    for remote in remotes:
        by_source.setdefault(remote.product.source, []).append(remote)
    differing = (project_source(source, products, keeps=keeps) for source, products in sorted(by_source.items()))
    return list(chain.from_iterable(differing))


@transaction.atomic
def project_source(source: str, remotes: Sequence[RemoteProduct], *, keeps: bool) -> list[Difference]:
    ids = [remote.product.public_id for remote in remotes]
    rows = {row.public_id: row for row in locked_with_ids(ids)}
    gone = load_tombstones(ids)
    newer = [
        remote
        for remote in remotes
        if is_newer(rows.get(remote.product.public_id), remote.projected.read_at)
        and not is_outdated(gone.get(remote.product.public_id), remote.projected.read_at)
    ]
    have = {product.public_id: product for product in load_shop_products(source, (), (), ids)}
    digests = digests_of(source, [remote.product.reference for remote in newer])
    changed: list[tuple[RemoteProduct, ShopProduct | None]] = []
    same: list[RemoteProduct] = []
    differing: list[Difference] = []
    for remote in newer:
        before, row = have.get(remote.product.public_id), rows.get(remote.product.public_id)
        fields = ["new"] if before is None or row is None else differences(row, before, remote, digests)
        if fields:
            changed.append((remote, before))
            differing.append(
                Difference(remote.product.public_id, str(remote.product.fields.own["name"]), tuple(fields))
            )
        else:
            same.append(remote)
    if same and keeps:
        note_read(same, rows)
    if changed and keeps:
        release_unique_keys([remote for remote, _ in changed])
        forget_former_references(changed)
        ensure_categories(
            {remote.category.id: remote.category for remote, _ in changed if remote.category},
            min(remote.projected.read_at for remote, _ in changed),
        )
        ensure_product_types({remote.projected.product_type for remote, _ in changed})
        write_products([write_of(remote, before) for remote, before in changed])
    return differing


def locked_with_ids(public_ids: Collection[str]) -> QuerySet[Product]:
    """Return these products, locked, with all that they are compared by besides what records say."""
    locked = (
        Product.objects.select_for_update(of=("self",))
        .select_related("category")
        .prefetch_related(
            Prefetch("variants", ProductVariant.objects.order_by("position", "id").prefetch_related("prices__channel")),
            "media",
            Prefetch("unlisted", Unlisted.objects.select_related("channel")),
        )
    )
    return locked.filter(public_id__in=public_ids).order_by("pk")


def note_read(remotes: Sequence[RemoteProduct], rows: Mapping[str, Product]) -> None:
    """Note of products that did not differ that they were read."""
    update_rows(
        Product,
        ("id", "read_at", "remote_updated_at", "remote_print"),
        [
            (
                rows[remote.product.public_id].pk,
                remote.projected.read_at,
                remote.projected.updated_at,
                remote.projected.print,
            )
            for remote in remotes
        ],
    )


def digests_of(source: str, references: Collection[str]) -> dict[str, str]:
    rows = ImportBase.objects.filter(source=source, kind=ImportBase.Kind.PRODUCT.value, reference__in=references)
    return dict(rows.values_list("reference", "digest"))


def write_of(remote: RemoteProduct, before: ShopProduct | None) -> ProductWrite:
    """Return the write that makes the store's product equal to Saleor's."""
    product = remote.product
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
        base=BaseWrite(fields=product.base, digest=remote.digest) if product.reference else None,
        projected=remote.projected,
    )


def cleared(name: str) -> Any:
    """Return what takes a variant's field away."""
    if name.startswith(OPTION):
        return ""
    return 0 if name.startswith(STOCK) else None if name.startswith((PRICE, COMPARE_AT)) else ""


def release_unique_keys(remotes: Sequence[RemoteProduct]) -> None:
    """Let go of SKUs, references and slugs that other rows hold though they are these products' by now.

    Other products changed too, and are read again: what they hold is older. Variants of these products that are no
    longer there go, and so do those whose SKU or reference changed: they are made again.
    """
    ids = [remote.product.public_id for remote in remotes]
    skus = [str(fields["sku"]) for remote in remotes for fields in remote.product.fields.variants.values()]
    others = ProductVariant.objects.filter(sku__in=skus).exclude(product__public_id__in=ids)
    owners = list(others.values_list("product_id", flat=True))
    others.delete()
    wanted = {
        id: ("" if key in remote.projected.nameless else key, str(remote.product.fields.variants[key]["sku"]))
        for remote in remotes
        for key, id in remote.projected.variants.items()
    }
    own = ProductVariant.objects.filter(product__public_id__in=ids)
    gone_variants = [
        pk
        for pk, id, reference, sku in own.values_list("pk", "public_id", "reference", "sku")
        if wanted.get(id) != (reference, sku)
    ]
    ProductVariant.objects.filter(pk__in=gone_variants).delete()
    # Slugs may have changed places, too.
    slugs = {remote.product.public_id: str(remote.product.fields.own["slug"]) for remote in remotes}
    for pk, public_id, slug in Product.objects.filter(slug__in=slugs.values()).values_list("pk", "public_id", "slug"):
        if slugs.get(public_id) != slug:
            Product.objects.filter(pk=pk).update(slug=f"moved-{pk}-{slug}"[:255])
            owners += [] if public_id in slugs else [pk]
    owners += release_references(remotes)
    Product.objects.filter(pk__in=owners).update(read_at=None, remote_updated_at="", remote_print="")
    refresh_listings(owners)


def release_references(remotes: Sequence[RemoteProduct]) -> list[int]:
    """Take these products' references from others that have them; return whose they were."""
    owners: dict[tuple[str, str], str] = {
        (remote.product.source, remote.product.reference): remote.product.public_id
        for remote in remotes
        if remote.product.reference
    }
    same_reference = Product.objects.filter(
        source__in={source for source, _ in owners}, reference__in={reference for _, reference in owners}
    )
    former = [
        pk
        for pk, public_id, source, reference in same_reference.values_list("pk", "public_id", "source", "reference")
        if owners.get((source, reference), public_id) != public_id
    ]
    if former:
        Product.objects.filter(pk__in=former).update(source="", reference="")
    return former


def forget_former_references(changed: Sequence[tuple[RemoteProduct, ShopProduct | None]]) -> None:
    """What sources said of products by references that these no longer have."""
    former: dict[str, list[str]] = {}
    for remote, before in changed:
        if before is None or not before.reference:
            continue
        if (before.source, before.reference) != (remote.product.source, remote.product.reference):
            former.setdefault(before.source, []).append(before.reference)
    for source, references in former.items():
        ImportBase.objects.filter(source=source, kind=ImportBase.Kind.PRODUCT.value, reference__in=references).delete()


def ensure_product_types(slugs: Collection[str]) -> None:
    for slug in slugs:
        ProductType.objects.get_or_create(slug=slug, defaults={"public_id": slug, "name": slug})


@transaction.atomic
def hide_product(public_id: str) -> None:
    """Hide a product that Saleor no longer shows, whatever else is known of it."""
    shown = Product.objects.filter(public_id=public_id, status=Status.ACTIVE.value)
    keys = list(shown.values_list("pk", flat=True))
    if shown.update(status=Status.DRAFT.value):
        drop_listings(keys)
        CatalogVersion.bump()


@transaction.atomic
def forget_products(public_ids: Collection[str], read_at: datetime) -> list[str]:
    """Delete products that a read which began then did not have; return the ids of those that the store had."""
    if not public_ids:
        return []
    record_tombstones(public_ids, read_at)
    older = Product.objects.filter(public_id__in=public_ids).exclude(read_at__gte=read_at)
    deleted = list(older.values_list("public_id", flat=True))
    if deleted:
        delete_products(deleted)
        CatalogVersion.bump()
    return deleted
