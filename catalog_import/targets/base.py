"""What every import target can do."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from django.db.models import Model, QuerySet

from catalog_import.planning.shop import Shop
from catalog_import.runs.lifecycle import EnqueueBatch
from storefront.catalog.writer import GuideWrite, ProductWrite

Row = TypeVar("Row", bound=Model)

# A person waiting at a page gets an answer quickly.
PAGE_PATIENCE_S = 10.0


class OpenShop(Shop, Protocol):
    """The shop while something is planned, or one product or guide of it is edited."""

    def editing(self) -> AbstractContextManager[object]:
        """Return what an edit is wrapped in: it is written whole or not at all."""

    def lock(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Return the rows, locked until the edit ends where the store has the last word."""

    def write_product(self, write: ProductWrite) -> None:
        """Write one product that exists. Raise `SaleorError`."""

    def write_guide(self, write: GuideWrite) -> None:
        """Write one guide that exists. Raise `SaleorError`."""


class ImportTarget(Protocol):
    @property
    def address(self) -> str:
        """What runs are noted for (`ImportRun.target`); empty for the store."""

    @property
    def batch_size(self) -> int:
        """How many items a batch has."""

    def open_shop(self, *, patience_s: float | None = None) -> AbstractContextManager[OpenShop]:
        """Open the shop with its channels, warehouses, categories, attributes and guides up to date.

        `patience_s`: how long a Saleor that does not answer is asked again. Raise `SaleorError` where it does not
        answer, or is not set up.
        """

    def apply_batch(self, run_id: int, number: int, enqueue_batch: EnqueueBatch) -> bool:
        """Perform the next step of a batch; return whether this call did it. It is safe to call twice.

        `enqueue_batch` is called for the batches that may be done next. Raise `SaleorError` where Saleor cannot be
        written to; the batch stays to be done.
        """

    def upload_next_pictures(self) -> bool:
        """Bring the pictures of the next product that waits for them to the shop; return whether there may be more."""
