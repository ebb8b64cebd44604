"""Reading again what changed in Saleor: whatever an event or a sweep has marked.

Any number of workers may do it at once. What one of them is at no other takes, and what changes meanwhile is marked
anew; so the last word is always a read that began after the last change.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence

from storefront.catalog.writer.variants import WriteRefused
from storefront.saleor.client.errors import NotPermitted, SaleorRefused, SaleorUnreachable, is_permission_error
from storefront.saleor.client.transport import Saleor
from storefront.saleor.mirror import changes, structure
from storefront.saleor.mirror.products import hide_if_unpublished, take_over_products
from storefront.saleor.mirror.proposals import Proposing
from storefront.saleor.models import Change, Kind
from storefront.saleor.read import queries
from storefront.saleor.read.answers import Reader
from storefront.saleor.schema.model import Slugs

log = logging.getLogger(__name__)


def follow(
    saleor: Saleor, slugs: Slugs, tick: Callable[[], None] = lambda: None, *, seconds: float | None = None
) -> int:
    """Read again all that is marked and that nobody else is at; return how many marks that were.

    `seconds`: so long another batch is begun, and then the worker is left to others. `tick` is called between batches,
    and raises where this worker shall not go on. What cannot be read is put off, and stops nothing else. Raises
    `SaleorUnreachable`, and `SaleorRefused` where Saleor answers no question about products; what was not read stays
    marked.
    """
    end = None if seconds is None else time.monotonic() + seconds
    count = 0
    while (end is None or time.monotonic() < end) and (taken := changes.take()):
        try:
            read(saleor, slugs, taken)
        except (SaleorUnreachable, SaleorRefused):
            changes.release(taken)
            raise
        count += len(taken)
        tick()
    return count


def read(saleor: Saleor, slugs: Slugs, taken: Sequence[Change]) -> None:
    """Read these, all of one kind; what fails in a batch is tried one by one."""
    kind = Kind(taken[0].kind)
    try:
        if kind is Kind.PRODUCT:
            read_products(saleor, slugs, [row.saleor_id for row in taken])
        else:
            structure.refresh(kind, saleor, slugs)
    except SaleorUnreachable:
        raise
    except Exception as error:
        if (isinstance(error, SaleorRefused) or is_permission_error(error)) and kind is Kind.PRODUCT:
            # No other product would be answered; of kinds, each may need a permission of its own.
            raise NotPermitted(f"Saleor does not let the app read products: {error}") from error
        if len(taken) == 1:
            log.exception("%s could not be read from Saleor", taken[0])
            changes.postpone(taken, f"{type(error).__name__}: {error}")
            if kind is Kind.PRODUCT:
                hide_if_unpublished(saleor, taken[0].saleor_id)
            return
        for row in taken:
            read(saleor, slugs, [row])
        return
    changes.finish(taken)


def read_products(saleor: Saleor, slugs: Slugs, ids: Collection[str]) -> None:
    try:
        take_over_products(saleor, product_reader(saleor, slugs), ids, Proposing(writes=True))
    except WriteRefused:
        # A channel or a warehouse that is new, and no event of it came yet.
        structure.refresh_places(saleor, slugs)
        take_over_products(saleor, product_reader(saleor, slugs), ids, Proposing(writes=True))


def product_reader(saleor: Saleor, slugs: Slugs) -> Reader:
    """Return a reader of products. A guide that the store does not have yet is read first: products may refer to it."""
    guides = queries.guide_index(saleor, slugs)
    if guides != structure.known_guides():
        structure.refresh_guides(saleor, slugs)
    return Reader(slugs, guides)
