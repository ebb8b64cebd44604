"""What is read from Saleor as a whole, kind by kind: all of it is small next to the products.

Each function reads a kind, has the store take it over, marks products that must be read again because of it, and gives
whether anything differed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils import timezone

from storefront.catalog.models import Page, Product
from storefront.catalog.writer.guides import GUIDE_TYPE
from storefront.catalog.writer.projection import GuideThere, project_guides
from storefront.saleor import changes, documents, reads, structure
from storefront.saleor.answers import Reader
from storefront.saleor.client import Saleor
from storefront.saleor.events import Kind
from storefront.saleor.model import Slugs
from storefront.saleor.projection import look_at_shop, refresh_shop
from storefront.saleor.renames import refresh_values


def refresh_places(saleor: Saleor, slugs: Slugs) -> bool:
    """Channels, warehouses and types."""
    return refresh_shop(look_at_shop(saleor, slugs))


def refresh_attributes(saleor: Saleor, slugs: Slugs) -> bool:
    """Attributes with their values."""
    differed = structure.refresh_attributes(saleor, slugs)
    return refresh_values(saleor, slugs) or bool(differed)


def refresh_categories(saleor: Saleor, _: Slugs) -> bool:
    differed, lost = structure.refresh_categories(saleor)
    changes.mark((Kind.PRODUCT, id) for id in lost)
    return bool(differed)


def refresh_collections(saleor: Saleor, _: Slugs) -> bool:
    return bool(structure.refresh_collections(saleor))


def refresh_menus(saleor: Saleor, _: Slugs) -> bool:
    return bool(structure.refresh_menus(saleor))


def refresh_pages(saleor: Saleor, slugs: Slugs) -> bool:
    """All pages, guides among them."""
    differed = structure.refresh_pages(saleor, slugs)
    return refresh_guides(saleor, slugs) or bool(differed)


def refresh_guides(saleor: Saleor, slugs: Slugs) -> bool:
    """The guides alone. What is proposed for products that were made by hand depends on them."""
    started = timezone.now()
    type_id = reads.guide_type(saleor, slugs)
    nodes = list(saleor.pages(documents.PAGES, {"type": [type_id]}, "pages")) if type_id else []
    reader = Reader(slugs, {})
    found = [reader.guide(node, "") for node in nodes]
    if not project_guides([GuideThere(one.guide, one.bases, one.published_at) for one in found], started):
        return False
    by_hand = Product.objects.filter(reference="").values_list("public_id", flat=True)
    changes.mark((Kind.PRODUCT, id) for id in by_hand)
    return True


def known_guides() -> dict[str, str]:
    """Id → slug of the guides that the store has."""
    return dict(Page.objects.filter(page_type__slug=GUIDE_TYPE).values_list("public_id", "slug"))


REFRESH: Final[Mapping[Kind, Callable[[Saleor, Slugs], bool]]] = {
    Kind.SHOP: refresh_places,
    Kind.ATTRIBUTE: refresh_attributes,
    Kind.CATEGORY: refresh_categories,
    Kind.PAGE: refresh_pages,
    Kind.COLLECTION: refresh_collections,
    Kind.MENU: refresh_menus,
}
