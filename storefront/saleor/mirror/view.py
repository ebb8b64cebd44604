"""A Saleor shop as it is being read, and its facts and guides taken over into the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storefront.catalog.clock import database_now
from storefront.catalog.records import Named
from storefront.catalog.writer.remote.guides import RemoteGuide, project_guides
from storefront.catalog.writer.remote.shop import project_shop
from storefront.saleor.client.transport import Saleor
from storefront.saleor.mirror import changes
from storefront.saleor.mirror.proposals import outdated_proposals
from storefront.saleor.models import Kind
from storefront.saleor.read import queries
from storefront.saleor.read.answers import Reader
from storefront.saleor.read.shop import Shop, load_shop
from storefront.saleor.schema.model import Slugs


@dataclass(slots=True)
class View:
    """A Saleor shop as it is being read: its facts and its guides' pages. `started`: when reading them began."""

    saleor: Saleor
    shop: Shop
    started: datetime
    guides: Sequence[Mapping[str, Any]] = field(default_factory=list)

    @property
    def reader(self) -> Reader:
        return queries.reader_for(self.shop, self.guides)

    @property
    def pages(self) -> dict[str, str]:
        """Slug → id of the guides' pages."""
        return {node["slug"]: node["id"] for node in self.guides}


def open_shop_view(saleor: Saleor, slugs: Slugs) -> View:
    """Read the shop and its guides. Raise as `load_shop` does."""
    view = open_structure_view(saleor, slugs)
    view.guides = guide_nodes(view)
    return view


def open_structure_view(saleor: Saleor, slugs: Slugs) -> View:
    """Read the shop without its guides."""
    started = database_now()
    return View(saleor, load_shop(saleor, slugs), started)


def refresh_shop(view: View) -> bool:
    """Take over channels, warehouses and product types as the view has them; return whether any differed."""
    shop = view.shop
    return project_shop(
        view.started,
        list(shop.channels.values()),
        list(shop.warehouses.values()),
        [
            Named(id=product_type.id, slug=product_type.slug, name=product_type.name)
            for product_type in shop.product_types.values()
        ],
    )


def refresh_guides(view: View) -> None:
    """Read the guides anew, and take them over."""
    started = database_now()
    view.guides = guide_nodes(view)
    take_over_guides(view.reader, view.guides, started)


def take_over_guides(reader: Reader, nodes: Sequence[Mapping[str, Any]], started: datetime) -> bool:
    """Take over all guides, which were asked for at `started`; return whether any differed. What is proposed for
    products that were made by hand depends on them."""
    found = [reader.guide(node, "") for node in nodes]
    if not project_guides([RemoteGuide(guide.guide, guide.bases, guide.published_at) for guide in found], started):
        return False
    changes.mark((Kind.PRODUCT, id) for id in outdated_proposals())
    return True


def guide_nodes(view: View) -> list[Mapping[str, Any]]:
    page_type = view.shop.page_type
    return queries.guide_nodes(view.saleor, page_type.id if page_type else "")
