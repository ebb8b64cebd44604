"""What a plan needs of the shop that it is made against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from storefront.saleor.write.sales import Sales


@dataclass(frozen=True, slots=True)
class Sold:
    """Products and variants that must not be deleted because they were, or may have been, ordered.

    `variants`: product's id → what a variant is known by → its id. Without `sales` nothing was ever ordered.
    """

    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sales: Sales | None = None

    def why_kept(self, product: str, keys: Iterable[str]) -> str:
        """Return why these variants of a product must not be deleted, in a sentence; empty where they may be."""
        if self.sales is None:
            return ""
        ids = self.variants.get(product, {})
        return self.sales.why_kept(ids[key] for key in keys if key in ids)


class Shop(Protocol):
    """The shop during one plan. Plans read the store; what is refreshed is in the store as the shop has it."""

    @property
    def keeps_replaced_pictures(self) -> bool:
        """Whether a picture that an import replaced can come back."""

    @property
    def has_proposals(self) -> bool:
        """Whether the store shows tags and guides that are only proposed, and that the shop does not have."""

    def refresh_matching(
        self, source: str, references: Iterable[str], skus: Iterable[str], digests: Mapping[str, str] | None = None
    ) -> None:
        """Refresh the products that these may be; those whose digest is known are left as they are."""

    def refresh_products(self, public_ids: Iterable[str]) -> None:
        """Refresh products by their ids."""

    def refresh_all(self, source: str | None = None) -> None:
        """Refresh all products; those of `source` are read whole."""

    def find_sold(self, products: Collection[str], since: datetime) -> Sold:
        """Return what was ordered of products that were all made after `since`."""
