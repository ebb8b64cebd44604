"""Saleor as the shop; the store mirrors it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.conf import settings

from catalog_import.runs.lifecycle import EnqueueBatch
from catalog_import.targets.saleor import batches, pictures
from catalog_import.targets.saleor.shop import SaleorShop, open_shop

__all__ = ["SaleorTarget"]


class SaleorTarget:
    # A batch takes seconds for some dozens of products; progress is reported by batches.
    batch_size = 200

    @property
    def address(self) -> str:
        return str(settings.SALEOR_API_URL)

    def open_shop(self, *, patience_s: float | None = None) -> AbstractContextManager[SaleorShop]:
        return open_shop(patience_s=patience_s)

    def apply_batch(self, run_id: int, number: int, enqueue_batch: EnqueueBatch) -> bool:
        return batches.apply_batch(run_id, number, enqueue_batch)

    def upload_next_pictures(self) -> bool:
        return pictures.upload_next()
