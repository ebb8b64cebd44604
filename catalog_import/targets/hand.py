"""What a person decides of one product or guide, written at once: into the store, or into Saleor and read again."""

from __future__ import annotations

from storefront.catalog.writer import GuideWrite, ProductWrite, write_guides, write_products
from storefront.pictures.uploads import finder
from storefront.saleor.client.errors import SaleorError
from storefront.saleor.mirror.products import take_over
from storefront.saleor.mirror.view import View, refresh_guides
from storefront.saleor.read import queries
from storefront.saleor.write import guides, products
from storefront.saleor.write.failures import Failure, PendingWrite
from storefront.saleor.write.finalize import Written, finalize
from storefront.saleor.write.inputs import Writer

# Whoever waits at a page is told soon.
PATIENCE_S = 10.0


class HandRefused(SaleorError):
    """Saleor did not take it; the text is for staff."""


def write_product(view: View | None, write: ProductWrite) -> None:
    """Write one product that is there. Raises `SaleorError`."""
    if view is None:
        write_products([write])
        return
    public_id = write.public_id or ""
    there = take_over(view, [public_id]).get(public_id)
    if there is None:
        raise HandRefused("Saleor has this product no longer.")
    writer = Writer(view.shop, view.pages)
    require(products.update_products(view.saleor, writer, {0: PendingWrite(write, there)}))
    require(finalize(view.saleor, writer, view.reader, {0: Written(write)}, finder))


def write_guide(view: View | None, write: GuideWrite) -> None:
    """Write one guide that is there. Raises `SaleorError`."""
    if view is None:
        write_guides([write])
        return
    there = queries.guides_of(view.shop, view.guides, write.source)
    require(guides.write_guides(view.saleor, Writer(view.shop, view.pages), {0: write}, there))
    refresh_guides(view)


def require(failures: dict[int, Failure]) -> None:
    for failure in failures.values():
        raise HandRefused(failure.message)
