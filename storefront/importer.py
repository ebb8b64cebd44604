"""What the shop asks of the importer, which it never imports: the importer's app registers an implementation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    # Apps are made ready by this module in every process, also in those that need none of these.
    from storefront.catalog.records import GuideLink, Tags
    from storefront.catalog.snapshots import ShopProduct

    Proposer = Callable[[ShopProduct], tuple[Tags, tuple[GuideLink, ...]]]


class Importer(Protocol):
    def build_proposer(self) -> Proposer:
        """Return what proposes tags and guides for products that nobody gave any, by the guides as they are now."""

    def enqueue_proposals(self, public_ids: Sequence[str]) -> None:
        """Have a worker write to Saleor what is proposed for these products."""

    def is_running(self) -> bool:
        """Return whether an import is writing now."""

    def renew_product(self, public_id: str) -> None:
        """Infer a product's tags and guides again, in the transaction that changed its text."""

    def renew_guide(self, slug: str) -> None:
        """Infer a guide's tags again, in the transaction that changed its text."""


_registered: list[Importer] = []


def register_importer(importer: Importer) -> None:
    """Have the shop ask this importer from now on; called in `AppConfig.ready`."""
    _registered[:] = [importer]


def get_importer() -> Importer:
    """Return the registered importer. Raise `ImproperlyConfigured` where its app is not installed."""
    if not _registered:
        raise ImproperlyConfigured("No importer is registered. Add catalog_import to INSTALLED_APPS.")
    return _registered[0]
