"""Tags and guides for products that somebody made in Saleor's dashboard; named in the settings, so that the shop never
imports it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.conf import settings
from pydantic import ValidationError

from catalog_import.tagging.enrich import TAG_LISTS, enrich_product
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.fields import Fields, product_record
from storefront.catalog.records import GuideLink, Origin, Tag, Tags
from storefront.catalog.snapshots import ShopProduct, load_shop_guides
from storefront.catalog.taxonomy import load_taxonomy

log = logging.getLogger(__name__)

Said = TypeVar("Said", Tag, GuideLink)

# By these alone tags and guides are worked out.
READ = ("name", "description", "cautions")


def proposer() -> Callable[[ShopProduct], tuple[Tags, tuple[GuideLink, ...]]]:
    """A function that proposes, against the guides as they are in the store now. What a person set stays."""
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    guides = GuideIndex([guide.tagged() for guide in load_shop_guides("")], taxonomy)

    def propose(product: ShopProduct) -> tuple[Tags, tuple[GuideLink, ...]]:
        own = {name: product.fields.own[name] for name in READ}
        try:
            record = product_record(product.reference or "-", Fields(own=own), {})
        except ValidationError:
            log.warning("Nothing can be proposed for %s", product.public_id, exc_info=True)
            return product.tags, product.links
        found = enrich_product(record, guides, taxonomy, current_tags=product.tags, current_links=product.links)
        return found.tags, found.links

    return propose


def without_proposals(product: ShopProduct) -> ShopProduct:
    """The product as it is in a shop that the store mirrors: what is only proposed for one that no source ever wrote
    is in the store alone, and an import that adopts it has to write it."""
    if product.base != Fields():
        return product
    lists = {name: said(getattr(product.tags, name)) for name in TAG_LISTS}
    return replace(product, tags=product.tags.model_copy(update=lists), links=said(product.links))


def said(found: tuple[Said, ...]) -> tuple[Said, ...]:
    return tuple(one for one in found if one.origin is not Origin.INFERRED)
