"""The store as the shop itself, where no Saleor is connected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from catalog_import.planning.shop import Sold
from catalog_import.runs.lifecycle import EnqueueBatch
from catalog_import.targets.base import Row
from catalog_import.targets.store import batches
from storefront.catalog.snapshots import load_variant_ids
from storefront.catalog.writer import GuideWrite, ProductWrite, write_guides, write_products
from storefront.checkout.sales import units_ordered
from storefront.saleor.write.sales import Sales

__all__ = ["StoreTarget"]


class StoreShop:
    """The store is always up to date with itself."""

    keeps_replaced_pictures = True
    has_proposals = False

    def refresh_matching(
        self, source: str, references: Iterable[str], skus: Iterable[str], digests: Mapping[str, str] | None = None
    ) -> None:
        pass

    def refresh_products(self, public_ids: Iterable[str]) -> None:
        pass

    def refresh_all(self, source: str | None = None) -> None:
        pass

    def find_sold(self, products: Collection[str], since: datetime) -> Sold:
        return Sold(load_variant_ids(products), Sales({}, units_ordered(products)))

    def editing(self) -> AbstractContextManager[object]:
        return transaction.atomic()

    def lock(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return rows.select_for_update()

    def write_product(self, write: ProductWrite) -> None:
        write_products([write])

    def write_guide(self, write: GuideWrite) -> None:
        write_guides([write])


class StoreTarget:
    address = ""
    batch_size = 400

    def open_shop(self, *, patience_s: float | None = None) -> AbstractContextManager[StoreShop]:
        return nullcontext(StoreShop())

    def apply_batch(self, run_id: int, number: int, enqueue_batch: EnqueueBatch) -> bool:
        return batches.apply_batch(run_id, number, enqueue_batch)

    def upload_next_pictures(self) -> bool:
        return False
