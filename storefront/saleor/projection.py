"""Saleor read into the store: the shop, its guides, and the products that are asked for.

An import looks at the store, as every other read does; what it is about to look at is read from Saleor just before.
Of a product that did not change since, that costs a line of a page.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storefront.catalog.clock import database_now
from storefront.catalog.models import Product, ProductVariant
from storefront.catalog.writer.products import Projected
from storefront.catalog.writer.remote.differences import Difference, RemoteProduct
from storefront.catalog.writer.remote.full_reads import Named
from storefront.catalog.writer.remote.guides import RemoteGuide, project_guides
from storefront.catalog.writer.remote.products import forget_products, hide_product, project_products
from storefront.catalog.writer.remote.shop import RemoteChannel, project_shop
from storefront.saleor import changes, reads
from storefront.saleor.answers import Reader, SaleorProduct
from storefront.saleor.client import Saleor
from storefront.saleor.errors import SaleorError
from storefront.saleor.events import Kind
from storefront.saleor.identity import product_external
from storefront.saleor.model import Slugs
from storefront.saleor.prints import is_shown
from storefront.saleor.proposals import Proposing, proposed_otherwise
from storefront.saleor.shop import Shop, load_shop
from storefront.saleor.state import UNSETTLED

log = logging.getLogger(__name__)


@dataclass(slots=True)
class View:
    """A Saleor shop as it is being read: its facts and its guides' pages. `started`: when reading them began."""

    saleor: Saleor
    shop: Shop
    started: datetime
    guides: Sequence[Mapping[str, Any]] = field(default_factory=list)

    @property
    def reader(self) -> Reader:
        return reads.reader_for(self.shop, self.guides)

    @property
    def pages(self) -> dict[str, str]:
        """Slug → id of the guides' pages."""
        return {node["slug"]: node["id"] for node in self.guides}


def look_at(saleor: Saleor, slugs: Slugs) -> View:
    """Read the shop and its guides. Raises as `load_shop` does."""
    view = look_at_shop(saleor, slugs)
    view.guides = reads.guide_nodes(saleor, view.shop)
    return view


def look_at_shop(saleor: Saleor, slugs: Slugs) -> View:
    """The same without the guides."""
    started = database_now()
    return View(saleor, load_shop(saleor, slugs), started)


def refresh_shop(view: View) -> bool:
    """Take over channels, warehouses and product types as the view has them; gives whether any differed."""
    shop = view.shop
    return project_shop(
        view.started,
        [
            RemoteChannel(id=one.id, slug=one.slug, name=one.name, currency=one.currency, is_active=one.is_active)
            for one in shop.channels.values()
        ],
        [Named(id=id, slug=slug, name=shop.warehouse_names[slug]) for slug, id in shop.warehouses.items()],
        [Named(id=one.id, slug=one.slug, name=one.name) for one in shop.product_types.values()],
    )


def refresh_guides(view: View) -> None:
    """Read the guides anew, and take them over."""
    started = database_now()
    view.guides = reads.guide_nodes(view.saleor, view.shop)
    take_guides(view.reader, view.guides, started)


def take_guides(reader: Reader, nodes: Sequence[Mapping[str, Any]], started: datetime) -> bool:
    """Take over all guides, which were asked for at `started`; gives whether any differed. What is proposed for
    products that were made by hand depends on them."""
    found = [reader.guide(node, "") for node in nodes]
    if not project_guides([RemoteGuide(one.guide, one.bases, one.published_at) for one in found], started):
        return False
    changes.mark((Kind.PRODUCT, id) for id in proposed_otherwise())
    return True


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
    outlines = reads.outlines_by_id(view.saleor, sorted(set(known.values())))
    gone = set(known.values()) - outlines.keys()
    forget_products(gone, started)
    found = {key for key, id in known.items() if id not in gone}
    externals = [product_external(source, reference) for reference in wanted if ("reference", reference) not in found]
    others = reads.outlines_by_external(view.saleor, externals)
    outlines |= {one.id: one for one in others.values()}
    ids = set(outlines)
    if unknown := [sku for sku in looked_for if ("sku", sku) not in found]:
        ids |= set(reads.sku_owners(view.saleor, unknown).values())
    take_over(view, ids - unchanged_ids(source, outlines, digests or {}))


def known_ids(source: str, references: Collection[str], skus: Collection[str]) -> dict[tuple[str, str], str]:
    """("reference" or "sku", key) → id, of the products that the store knows."""
    found = {
        ("reference", reference): id
        for reference, id in Product.objects.filter(source=source, reference__in=references).values_list(
            "reference", "public_id"
        )
    }
    owners = ProductVariant.objects.filter(sku__in=skus).values_list("sku", "product__public_id")
    return found | {("sku", sku): id for sku, id in owners}


def unchanged_ids(source: str, outlines: Mapping[str, reads.Outline], digests: Mapping[str, str]) -> set[str]:
    """The products that need not be read whole."""
    rows = Product.objects.filter(source=source, public_id__in=outlines).values_list(
        "public_id", "reference", "remote_updated_at"
    )
    return {
        id
        for id, reference, updated_at in rows
        if updated_at == outlines[id].updated_at
        and outlines[id].digest not in ("", *UNSETTLED)
        and outlines[id].digest == digests.get(reference)
    }


def take_over(view: View, ids: Collection[str]) -> dict[str, SaleorProduct]:
    """Read these products whole and take them over; one that is no longer there goes. Gives them by id."""
    return take_over_products(view.saleor, view.reader, ids)


def take_over_products(
    saleor: Saleor, reader: Reader, ids: Collection[str], proposing: Proposing | None = None
) -> dict[str, SaleorProduct]:
    """The same with no more of the shop known than which pages are guides."""
    started = database_now()
    found = reads.whole_products(saleor, reader, sorted(ids))
    project(found.values(), started, proposing or Proposing())
    forget_products(set(ids) - found.keys(), started)
    return found


def take_publication(saleor: Saleor, id: str) -> None:
    """Take over of a product, of which the rest cannot be taken, that it is no longer shown. Raises nothing: it is a
    last resort."""
    try:
        node = reads.whole_nodes(saleor, [id]).get(id)
    except SaleorError:
        return
    if node is None or not any(is_shown(one) for one in node["channelListings"] or ()):
        hide_product(id)


def project(
    found: Iterable[SaleorProduct], started: datetime, proposing: Proposing, *, keeps: bool = True
) -> list[Difference]:
    """The store takes over these products, which were asked for at `started`, with what is proposed for them; gives
    those that differed. `keeps`: else they are only compared."""
    proposed = [proposing.proposed(one) for one in found]
    differing = project_products([there(one, started) for one in proposed], keeps=keeps)
    if keeps:
        proposing.write_back()
    return differing


@dataclass(frozen=True, slots=True)
class Outdated:
    """What of all `products` of Saleor the store has not as they are by their prints, or has though they are gone."""

    products: int
    changed: list[str]
    gone: set[str]


def find_outdated(saleor: Saleor) -> Outdated:
    known = dict(Product.objects.values_list("public_id", "remote_print"))
    prints = reads.all_prints(saleor)
    changed = [id for id, found in prints.items() if known.get(id) != found]
    return Outdated(len(prints), changed, reads.missing(saleor, known.keys() - prints.keys()))


def refresh_all(view: View) -> None:
    """Take over every product that changed since it was last read; those that are gone go."""
    started = database_now()
    found = find_outdated(view.saleor)
    for part in reads.portions(found.changed, 400):
        take_over(view, part)
    forget_products(found.gone, started)


def there(one: SaleorProduct, started: datetime) -> RemoteProduct:
    """A product as it was read, for the store."""
    category = None
    if one.category_id:
        category = Named(id=one.category_id, slug=one.category_slug, name=one.category_name)
    return RemoteProduct(
        product=one.product,
        projected=Projected(
            product_type=one.type_slug,
            variants={key: variant.id for key, variant in one.variants.items()},
            nameless=one.product.nameless,
            pictures=one.picture_places(),
            unlisted_in=one.unlisted_in(),
            available={variant.id: variant.available for variant in one.variants.values()},
            category=one.category_id,
            read_at=started,
            updated_at=one.updated_at,
            print=one.print,
        ),
        digest="" if one.is_pending or not one.product.reference else one.digest,
        category=category,
    )
