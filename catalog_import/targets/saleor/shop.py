"""Saleor during a plan or an edit: what is asked for is read there and taken over into the store first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from catalog_import.planning.shop import Sold
from catalog_import.targets.base import Row
from storefront.catalog.models import Product
from storefront.catalog.snapshots import load_variant_ids
from storefront.catalog.taxonomy import load_taxonomy
from storefront.catalog.writer import GuideWrite, ProductWrite
from storefront.pictures.uploads import finder
from storefront.saleor.client.connection import open_saleor
from storefront.saleor.client.errors import SaleorError
from storefront.saleor.mirror import structure
from storefront.saleor.mirror.products import refresh_all, refresh_products, take_over
from storefront.saleor.mirror.view import View, open_shop_view, refresh_guides, refresh_shop
from storefront.saleor.models import Kind
from storefront.saleor.provision.setup import require_vocabulary
from storefront.saleor.read import queries
from storefront.saleor.write import guides, products
from storefront.saleor.write.failures import Failure, PendingWrite
from storefront.saleor.write.finalize import Written, finalize
from storefront.saleor.write.inputs import Writer
from storefront.saleor.write.sales import find_sales

PIECE = 400


class EditRefused(SaleorError):
    """Saleor did not accept an edit; the text is for staff."""


@contextmanager
def open_shop(*, patience_s: float | None = None) -> Iterator[SaleorShop]:
    """Open Saleor as the shop; see `ImportTarget.open_shop`."""
    with open_saleor(patience_s=patience_s) as saleor:
        view = open_shop_view(saleor, settings.SALEOR_SLUGS)
        view.shop.own_product_type()
        view.shop.own_page_type()
        require_vocabulary(view.shop, load_taxonomy(settings.TAXONOMY_FOLDER))
        refresh_shop(view)
        for kind in (Kind.ATTRIBUTE, Kind.CATEGORY):
            structure.refresh(kind, saleor, settings.SALEOR_SLUGS)
        refresh_guides(view)
        yield SaleorShop(view)


@dataclass(frozen=True, slots=True)
class SaleorShop:
    view: View
    keeps_replaced_pictures: bool = False
    has_proposals: bool = True

    def refresh_matching(
        self, source: str, references: Iterable[str], skus: Iterable[str], digests: Mapping[str, str] | None = None
    ) -> None:
        refresh_products(self.view, source, references, skus, digests)

    def refresh_products(self, public_ids: Iterable[str]) -> None:
        take_over(self.view, list(public_ids))

    def refresh_all(self, source: str | None = None) -> None:
        refresh_all(self.view)
        if source is not None:
            ids = list(Product.objects.filter(source=source).values_list("public_id", flat=True))
            for start in range(0, len(ids), PIECE):
                take_over(self.view, ids[start : start + PIECE])

    def find_sold(self, products: Collection[str], since: datetime) -> Sold:
        return Sold(load_variant_ids(products), find_sales(self.view.saleor, sorted(products), since))

    def editing(self) -> AbstractContextManager[object]:
        """Nothing here is locked while Saleor is asked: it has the last word."""
        return nullcontext()

    def lock(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return rows

    def write_product(self, write: ProductWrite) -> None:
        view, public_id = self.view, write.public_id or ""
        remote = take_over(view, [public_id]).get(public_id)
        if remote is None:
            raise EditRefused("This product is no longer in Saleor.")
        writer = Writer(view.shop, view.pages)
        require(products.update_products(view.saleor, writer, {0: PendingWrite(write, remote)}))
        require(finalize(view.saleor, writer, view.reader, {0: Written(write)}, finder))

    def write_guide(self, write: GuideWrite) -> None:
        view = self.view
        remote = queries.guides_of(view.shop, view.guides, write.source)
        require(guides.write_guides(view.saleor, Writer(view.shop, view.pages), {0: write}, remote))
        refresh_guides(view)


def require(failures: dict[int, Failure]) -> None:
    for failure in failures.values():
        raise EditRefused(failure.message)
