"""Pins written to the shop and taken back: each call is one transaction, and gives the item as it is then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings

from catalog_import.planning.pins import (
    Pin,
    PinRefused,
    Signature,
    pinned_links,
    pinned_tags,
    require_known,
    without_pinned_links,
    without_pins,
)
from catalog_import.planning.planner import PRODUCT_TAG_FIELDS, stated
from catalog_import.tagging.enrich import TAG_LISTS, enrich_guide, enrich_product
from catalog_import.tagging.matching import GuideIndex
from catalog_import.targets import current_target
from catalog_import.targets.base import PAGE_PATIENCE_S, OpenShop
from storefront.catalog.fields import Fields, guide_record, product_record
from storefront.catalog.models import ImportBase, Page, Product
from storefront.catalog.records import GuideLink, TaggedGuide, TaggedProduct, Tags
from storefront.catalog.snapshots import ShopProduct, load_shop_guides, load_shop_products
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy
from storefront.catalog.writer import GuideWrite, ProductWrite
from storefront.saleor.client.errors import SaleorError

ProductChange = Callable[[ShopProduct, GuideIndex], tuple[Tags, tuple[GuideLink, ...]]]


def pin_product(public_id: str, pin: Pin, signature: Signature, taxonomy: Taxonomy) -> TaggedProduct:
    """Pin for a product of the shop; its guides are matched again. Return its new state.

    Raises `PinRefused`, also where the product is gone.
    """

    def changed(product: ShopProduct, guides: GuideIndex) -> tuple[Tags, tuple[GuideLink, ...]]:
        require_known(pin, taxonomy, guides.slugs)
        return pinned_tags(product.tags, pin, signature), pinned_links(product.links, pin, signature)

    return rewrite_product(public_id, taxonomy, changed)


def unpin_product(public_id: str, names: Collection[str], taxonomy: Taxonomy) -> TaggedProduct:
    """Take back the pins of these lists (those of `Pin.chosen()`): what the file states or the text says is back."""

    def changed(product: ShopProduct, guides: GuideIndex) -> tuple[Tags, tuple[GuideLink, ...]]:
        return without_pins(product.tags, names), without_pinned_links(product.links, names)

    return rewrite_product(public_id, taxonomy, changed)


def renew_product(public_id: str) -> None:
    """Recompute a product's tags and guides after its text was edited by hand; pins stay."""
    rewrite_product(public_id, shop_taxonomy(), lambda product, guides: (product.tags, product.links))


def renew_guide(slug: str) -> None:
    """Recompute a guide's tags. The next retagging links products with it again."""
    rewrite_guide(slug, shop_taxonomy(), lambda tags: tags)


def shop_taxonomy() -> Taxonomy:
    return load_taxonomy(settings.TAXONOMY_FOLDER)


@contextmanager
def open_for_edit() -> Iterator[OpenShop]:
    """Open the shop for an interactive edit. An edit that Saleor rejects raises `PinRefused` with the reason."""
    try:
        with current_target().open_shop(patience_s=PAGE_PATIENCE_S) as shop:
            yield shop
    except SaleorError as error:
        raise PinRefused(f"The change could not be written to Saleor: {error}") from error


def rewrite_product(public_id: str, taxonomy: Taxonomy, changed: ProductChange) -> TaggedProduct:
    with open_for_edit() as shop:
        shop.refresh_products([public_id])
        with shop.editing():
            return rewritten_product(shop, public_id, taxonomy, changed)


def rewritten_product(shop: OpenShop, public_id: str, taxonomy: Taxonomy, changed: ProductChange) -> TaggedProduct:
    row = shop.lock(Product.objects.filter(public_id=public_id)).first()
    if row is None:
        raise PinRefused("This product is no longer in the shop.")
    (product,) = load_shop_products(row.source, (), (), [public_id])
    guides = GuideIndex([guide.tagged() for guide in load_shop_guides(row.source)], taxonomy)
    tags, links = changed(product, guides)
    own = product.fields.own | stated(product.base.own, PRODUCT_TAG_FIELDS)
    record = product_record(product.reference or "-", Fields(own=own), {})
    tagged = enrich_product(record, guides, taxonomy, current_tags=tags, current_links=links)
    write = ProductWrite(
        source=row.source, reference="", public_id=public_id, fields=Fields(), tags=tagged.tags, links=tagged.links
    )
    shop.write_product(write)
    return tagged


def pin_guide(slug: str, areas: Sequence[str], signature: Signature, taxonomy: Taxonomy) -> TaggedGuide:
    """Pin a guide's body areas. Products are linked with it anew by the next retagging. Raises `PinRefused`."""
    pin = Pin(target_areas=tuple(areas))
    require_known(pin, taxonomy, ())
    return rewrite_guide(slug, taxonomy, lambda tags: pinned_tags(tags, pin, signature))


def unpin_guide(slug: str, taxonomy: Taxonomy) -> TaggedGuide:
    """Take the pin of a guide's areas back."""
    return rewrite_guide(slug, taxonomy, lambda tags: without_pins(tags, ("target_areas",)))


def rewrite_guide(slug: str, taxonomy: Taxonomy, changed: Callable[[Tags], Tags]) -> TaggedGuide:
    with open_for_edit() as shop, shop.editing():
        return rewritten_guide(shop, slug, taxonomy, changed)


def rewritten_guide(shop: OpenShop, slug: str, taxonomy: Taxonomy, changed: Callable[[Tags], Tags]) -> TaggedGuide:
    if shop.lock(Page.objects.filter(slug=slug, page_type__slug="guide")).first() is None:
        raise PinRefused("This guide is no longer in the shop.")
    guide = next(guide for guide in load_shop_guides("") if guide.slug == slug)
    # What any source states of a guide counts, since a guide is one for all of them.
    bases = ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference=slug).order_by("-source")
    said: dict[str, object] = {}
    for fields in bases.values_list("fields", flat=True):
        said |= stated(Fields.model_validate(fields).own, TAG_LISTS)
    record = guide_record(slug, Fields(own=guide.fields.own | said))
    tagged = enrich_guide(record, taxonomy, changed(guide.tags))
    shop.write_guide(GuideWrite(source="", slug=slug, fields=Fields(), tags=tagged.tags))
    return tagged
