"""Tags and guides for products that somebody made in Saleor's dashboard; named in the settings, so that the shop never
imports it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from celery import shared_task
from django.conf import settings
from pydantic import ValidationError

from catalog_import.enrich import enrich_product
from catalog_import.matching import GuideIndex
from catalog_import.nudges import send
from catalog_import.pinning import renew_product
from storefront.catalog.fields import Fields, product_record
from storefront.catalog.records import GuideLink, Tags
from storefront.catalog.snapshots import ShopProduct, load_shop_guides
from storefront.catalog.taxonomy import load_taxonomy

log = logging.getLogger(__name__)

# By these alone tags and guides are worked out.
READ = ("name", "description")


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


def write_later(public_ids: Iterable[str]) -> None:
    """Have a worker write to Saleor what is proposed for these. What is lost is proposed again by the next sweep."""
    for public_id in public_ids:
        send("catalog_import.write_proposal", public_id)


@shared_task(name="catalog_import.write_proposal")
def write_proposal(public_id: str) -> None:
    renew_product(public_id)
