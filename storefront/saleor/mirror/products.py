"""Products of Saleor, taken over into the store.

An import looks at the store, as every other read does; what it is about to look at is read from Saleor just before.
Of a product that did not change since, that costs a line of a page.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from storefront.catalog.clock import database_now
from storefront.catalog.models import Product, ProductVariant
from storefront.catalog.writer.products import Projected
from storefront.catalog.writer.remote.differences import Difference, RemoteProduct
from storefront.catalog.writer.remote.products import forget_products, hide_product, project_products
from storefront.saleor.client.batches import portions
from storefront.saleor.client.errors import SaleorError
from storefront.saleor.client.transport import Saleor
from storefront.saleor.mirror.proposals import Proposing
from storefront.saleor.mirror.view import View
from storefront.saleor.read import queries
from storefront.saleor.read.answers import Reader, SaleorProduct
from storefront.saleor.read.fingerprints import is_shown
from storefront.saleor.schema.references import product_external
from storefront.saleor.schema.state import UNFINISHED

log = logging.getLogger(__name__)


def refresh_products(
    view: View,
    source: str,
    references: Iterable[str],
    skus: Iterable[str],
    digests: Mapping[str, str] | None = None,
) -> None:
    """Take over the products that have one of these references in `source`, or a variant with one of these SKUs.

    `digests`: reference → what stands for all that its file says. One of which Saleor has just that, and that was not
    touched since it was read, is not read whole again.
    """
    wanted, looked_for = list(dict.fromkeys(references)), list(dict.fromkeys(skus))
    known = known_ids(source, wanted, looked_for)
    started = database_now()
    outlines = queries.outlines_by_id(view.saleor, sorted(set(known.values())))
    gone = set(known.values()) - outlines.keys()
    forget_products(gone, started)
    found = {key for key, id in known.items() if id not in gone}
    externals = [product_external(source, reference) for reference in wanted if ("reference", reference) not in found]
    others = queries.outlines_by_external(view.saleor, externals)
    outlines |= {outline.id: outline for outline in others.values()}
    ids = set(outlines)
    if unknown := [sku for sku in looked_for if ("sku", sku) not in found]:
        ids |= set(queries.sku_owners(view.saleor, unknown).values())
    take_over(view, ids - unchanged_ids(source, outlines, digests or {}))


def known_ids(source: str, references: Collection[str], skus: Collection[str]) -> dict[tuple[str, str], str]:
    """Return ("reference" or "sku", key) → id, of the products that the store knows."""
    found = {
        ("reference", reference): id
        for reference, id in Product.objects.filter(source=source, reference__in=references).values_list(
            "reference", "public_id"
        )
    }
    owners = ProductVariant.objects.filter(sku__in=skus).values_list("sku", "product__public_id")
    return found | {("sku", sku): id for sku, id in owners}


def unchanged_ids(source: str, outlines: Mapping[str, queries.Outline], digests: Mapping[str, str]) -> set[str]:
    """Return the products that need not be read whole."""
    rows = Product.objects.filter(source=source, public_id__in=outlines).values_list(
        "public_id", "reference", "remote_updated_at"
    )
    return {
        id
        for id, reference, updated_at in rows
        if updated_at == outlines[id].updated_at
        and outlines[id].digest not in ("", *UNFINISHED)
        and outlines[id].digest == digests.get(reference)
    }


def take_over(view: View, ids: Collection[str]) -> dict[str, SaleorProduct]:
    """Read these products whole and take them over; one that is no longer there goes. Gives them by id."""
    return take_over_products(view.saleor, view.reader, ids)


def take_over_products(
    saleor: Saleor, reader: Reader, ids: Collection[str], proposals: Proposing | None = None
) -> dict[str, SaleorProduct]:
    """Do as `take_over` with no more of the shop known than which pages are guides."""
    started = database_now()
    found = queries.whole_products(saleor, reader, sorted(ids))
    project(found.values(), started, proposals or Proposing())
    forget_products(set(ids) - found.keys(), started)
    return found


def hide_if_unpublished(saleor: Saleor, id: str) -> None:
    """Take over of a product, of which the rest cannot be taken, that it is no longer shown. Raise nothing: it is a
    last resort."""
    try:
        node = queries.whole_nodes(saleor, [id]).get(id)
    except SaleorError:
        return
    if node is None or not any(is_shown(listing) for listing in node["channelListings"] or ()):
        hide_product(id)


def project(
    found: Iterable[SaleorProduct], started: datetime, proposals: Proposing, *, keeps: bool = True
) -> list[Difference]:
    """Store these products, which were asked for at `started`, with what is proposed for them; return those that
    differed. `keeps`: else they are only compared."""
    proposed = [proposals.proposed(product) for product in found]
    differing = project_products([remote_product(product, started) for product in proposed], keeps=keeps)
    if keeps:
        proposals.write_back()
    return differing


@dataclass(frozen=True, slots=True)
class Outdated:
    """What of all `products` of Saleor the store has not as they are by their prints, or has though they are gone."""

    products: int
    changed: list[str]
    gone: set[str]


def find_outdated(saleor: Saleor) -> Outdated:
    known = dict(Product.objects.values_list("public_id", "remote_print"))
    prints = queries.all_fingerprints(saleor)
    changed = [id for id, found in prints.items() if known.get(id) != found]
    return Outdated(len(prints), changed, queries.missing(saleor, known.keys() - prints.keys()))


def refresh_all(view: View) -> None:
    """Take over every product that changed since it was last read; those that are gone go."""
    started = database_now()
    found = find_outdated(view.saleor)
    for part in portions(found.changed, 400):
        take_over(view, part)
    forget_products(found.gone, started)


def remote_product(product: SaleorProduct, started: datetime) -> RemoteProduct:
    """Return a product as it was read, for the store."""
    return RemoteProduct(
        product=product.product,
        projected=Projected(
            product_type=product.type_slug,
            variants={key: variant.id for key, variant in product.variants.items()},
            nameless=product.product.nameless,
            pictures=product.picture_places(),
            unlisted_in=product.unlisted_in(),
            available={variant.id: variant.available for variant in product.variants.values()},
            category=product.category_id,
            read_at=started,
            updated_at=product.updated_at,
            print=product.print,
        ),
        digest="" if product.is_pending or not product.product.reference else product.digest,
        category=product.category,
    )
