"""What is read from Saleor as a whole, kind by kind: all of it is small next to the products.

Each function reads a kind, has the store take it over, marks products that must be read again because of it, and gives
whether anything differed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db.models import Max

from storefront.catalog.clock import database_now
from storefront.catalog.models import Page
from storefront.catalog.records import GUIDE_TYPE
from storefront.saleor import changes, documents, reads, structure
from storefront.saleor.answers import Reader
from storefront.saleor.client import Saleor
from storefront.saleor.events import Kind
from storefront.saleor.model import Slugs
from storefront.saleor.projection import look_at_shop, refresh_shop, take_guides
from storefront.saleor.renames import refresh_values


def refresh_places(saleor: Saleor, slugs: Slugs) -> bool:
    """Channels, warehouses and types."""
    return refresh_shop(look_at_shop(saleor, slugs))


def refresh_attributes(saleor: Saleor, slugs: Slugs) -> bool:
    return bool(structure.refresh_attributes(saleor, slugs))


def refresh_categories(saleor: Saleor, _: Slugs) -> bool:
    differed, lost = structure.refresh_categories(saleor)
    changes.mark((Kind.PRODUCT, id) for id in lost)
    return bool(differed)


def refresh_collections(saleor: Saleor, _: Slugs) -> bool:
    return bool(structure.refresh_collections(saleor))


def refresh_menus(saleor: Saleor, _: Slugs) -> bool:
    return bool(structure.refresh_menus(saleor))


def refresh_pages(saleor: Saleor, slugs: Slugs) -> bool:
    """Page types, and all pages but the guides."""
    return bool(structure.refresh_pages(saleor, slugs))


def refresh_guides(saleor: Saleor, slugs: Slugs) -> bool:
    started = database_now()
    type_id = reads.guide_type(saleor, slugs)
    nodes = list(saleor.pages(documents.PAGES, {"type": [type_id]}, "pages")) if type_id else []
    return take_guides(Reader(slugs, {}), nodes, started)


def known_guides() -> dict[str, str]:
    """Id → slug of the guides that the store has."""
    return dict(Page.objects.filter(page_type__slug=GUIDE_TYPE).values_list("public_id", "slug"))


def guides_now() -> object:
    """Equal as long as the store's guides are what they were: what reading products and proposing depends on."""
    return known_guides(), Page.objects.filter(page_type__slug=GUIDE_TYPE).aggregate(Max("updated_at"))


# Kind → what is read of it, each by itself.
REFRESH: Final[Mapping[Kind, Sequence[Callable[[Saleor, Slugs], bool]]]] = {
    Kind.SHOP: (refresh_places,),
    Kind.ATTRIBUTE: (refresh_attributes, refresh_values),
    Kind.CATEGORY: (refresh_categories,),
    Kind.PAGE: (refresh_pages, refresh_guides),
    Kind.COLLECTION: (refresh_collections,),
    Kind.MENU: (refresh_menus,),
}


def refresh(kind: Kind, saleor: Saleor, slugs: Slugs) -> bool:
    """Read all of a kind; gives whether anything differed."""
    differs = [part(saleor, slugs) for part in REFRESH[kind]]
    return any(differs)
