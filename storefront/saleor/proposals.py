"""Tags and guides for products that were made in Saleor's dashboard, where nobody gave any.

They are worked out by the importer, which is named in the settings (`PROPOSER`), as the product is read: so they come
from the product's text and the guides alone, and are the same when the store is filled anew. Saleor gets them only
where the shop wants that (`SALEOR_WRITE_PROPOSALS`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from storefront.catalog.queries.reviews import made_by_hand
from storefront.catalog.records import GuideLink, Tags
from storefront.catalog.snapshots import ShopProduct, load_shop_products
from storefront.saleor.answers import SaleorProduct

# Products that are looked at together.
CHUNK = 500

Proposer = Callable[[ShopProduct], tuple[Tags, tuple[GuideLink, ...]]]


@dataclass(slots=True)
class Proposing:
    """What is proposed while products are read. The guides are looked at once, with the first product that needs it.

    `writes`: what is proposed is written to Saleor, where the shop wants that. Not by who reads in order to write: each
    write would ask for the next.
    """

    writes: bool = False
    proposer: Proposer | None = None
    to_write: list[str] = field(default_factory=list)

    def proposed(self, one: SaleorProduct) -> SaleorProduct:
        """The product with what is proposed for it, if it is one that was made by hand."""
        if one.product.reference and not one.is_foreign:
            return one
        if self.proposer is None:
            self.proposer = import_string(settings.PROPOSER)()
        tags, links = self.proposer(one.product)
        if (tags, links) == (one.product.tags, one.product.links):
            return one
        self.to_write.append(one.id)
        return replace(one, product=replace(one.product, tags=tags, links=links))

    def write_back(self) -> None:
        """Have what was proposed written to Saleor, where the shop wants it, once the store has it for good."""
        ids, self.to_write = self.to_write, []
        if ids and self.writes and settings.SALEOR_WRITE_PROPOSALS:
            transaction.on_commit(partial(import_string(settings.WRITE_PROPOSALS), ids))


def proposed_otherwise() -> list[str]:
    """The products for which something else is proposed by now than the store has; they are to be read again."""
    ids = list(made_by_hand().values_list("public_id", flat=True))
    if not ids:
        return []
    propose: Proposer = import_string(settings.PROPOSER)()
    found = []
    for start in range(0, len(ids), CHUNK):
        for product in load_shop_products("", (), (), ids[start : start + CHUNK]):
            if propose(product) != (product.tags, product.links):
                found.append(product.public_id)
    return found
