"""Looking at the shop for a plan: the store, which with Saleor is first brought up to what Saleor has of what is looked
at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings

from storefront.catalog.models import Product
from storefront.catalog.taxonomy import load_taxonomy
from storefront.saleor.client.connection import has_saleor, open_saleor
from storefront.saleor.mirror import products, structure
from storefront.saleor.mirror.view import View, open_shop_view, refresh_guides, refresh_shop
from storefront.saleor.models import Kind
from storefront.saleor.provision.setup import require_vocabulary


@contextmanager
def looking(*, patience_s: float | None = None) -> Iterator[View | None]:
    """Look at the shop: its channels, warehouses, categories, attributes and guides are up to date. None: the store is
    the shop itself.

    `patience_s`: how long a Saleor that does not answer is asked again. Raises `SaleorError` where it does not, or is
    not set up.
    """
    if not has_saleor():
        yield None
        return
    with open_saleor(patience_s=patience_s) as saleor:
        view = open_shop_view(saleor, settings.SALEOR_SLUGS)
        view.shop.own_product_type()
        view.shop.own_page_type()
        require_vocabulary(view.shop, load_taxonomy(settings.TAXONOMY_FOLDER))
        refresh_shop(view)
        for kind in (Kind.ATTRIBUTE, Kind.CATEGORY):
            structure.refresh(kind, saleor, settings.SALEOR_SLUGS)
        refresh_guides(view)
        yield view


def look_for(
    view: View | None,
    source: str,
    references: Iterable[str],
    skus: Iterable[str],
    digests: Mapping[str, str] | None = None,
) -> None:
    """Bring the products that these may be up to date; `digests` as for `refresh_products`."""
    if view is not None:
        products.refresh_products(view, source, references, skus, digests)


def look_at_products(view: View | None, public_ids: Iterable[str]) -> None:
    """The same for products by their ids."""
    if view is not None:
        products.take_over(view, list(public_ids))


def look_at_all(view: View | None, source: str | None = None) -> None:
    """The same for all products, or for those of one source, which are read whole."""
    if view is not None:
        products.refresh_all(view)
        if source is not None:
            ids = list(Product.objects.filter(source=source).values_list("public_id", flat=True))
            for start in range(0, len(ids), 400):
                products.take_over(view, ids[start : start + 400])
