"""Tags and guides for products that were made in Saleor's dashboard, where nobody gave any.

They are worked out by the importer, as the product is read: so they come
from the product's text and the guides alone, and are the same when the store is filled anew. Saleor gets them only
where the shop wants that (`SALEOR_WRITE_PROPOSALS`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from storefront.catalog.queries.reviews import made_by_hand
from storefront.catalog.snapshots import load_shop_products
from storefront.importer import get_importer
from storefront.saleor.client.batches import portions
from storefront.saleor.read.answers import SaleorProduct

if TYPE_CHECKING:
    from storefront.importer import Proposer

# Products that are looked at together.
CHUNK = 500


@dataclass(slots=True)
class Proposing:
    """What is proposed while products are read. The guides are looked at once, with the first product that needs it.

    `writes`: what is proposed is written to Saleor, where the shop wants that. Not by who reads in order to write: each
    write would ask for the next.
    """

    writes: bool = False
    proposer: Proposer | None = None
    to_write: list[str] = field(default_factory=list)

    def proposed(self, product: SaleorProduct) -> SaleorProduct:
        """Return the product with what is proposed for it, if it is one that was made by hand."""
        if product.product.reference and not product.is_foreign:
            return product
        if self.proposer is None:
            self.proposer = get_importer().build_proposer()
        tags, links = self.proposer(product.product)
        if (tags, links) == (product.product.tags, product.product.links):
            return product
        self.to_write.append(product.id)
        return replace(product, product=replace(product.product, tags=tags, links=links))

    def write_back(self) -> None:
        """Have what was proposed written to Saleor, where the shop wants it, once the store has it for good."""
        ids, self.to_write = self.to_write, []
        if ids and self.writes and settings.SALEOR_WRITE_PROPOSALS:
            transaction.on_commit(partial(get_importer().enqueue_proposals, ids))


def outdated_proposals() -> list[str]:
    """Return the products for which something else is proposed by now than the store has; they are to be read again."""
    ids = list(made_by_hand().values_list("public_id", flat=True))
    if not ids:
        return []
    propose = get_importer().build_proposer()
    return [
        product.public_id
        for part in portions(ids, CHUNK)
        for product in load_shop_products("", (), (), part)
        if propose(product) != (product.tags, product.links)
    ]
