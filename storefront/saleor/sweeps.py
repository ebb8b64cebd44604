"""Sweeps: all of Saleor looked at, since an event may be lost and some changes have none.

The cheap one reads a print of each product and, whole, only those of which it is another one. The full one reads every
product whole. A check is a full one of which nothing is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from storefront.catalog.models import Product
from storefront.catalog.writer.projection import Difference, forget_products
from storefront.saleor import changes, following, kinds, reads
from storefront.saleor.answers import Reader
from storefront.saleor.client import Saleor
from storefront.saleor.events import Kind
from storefront.saleor.model import Slugs
from storefront.saleor.models import Change
from storefront.saleor.projection import project
from storefront.saleor.proposals import Proposing
from storefront.saleor.reads import WholePage

log = logging.getLogger(__name__)

Tick = Callable[[], None]

# As routines.
CHANGED, ALL = "sync-changed", "sync-all"


@dataclass(slots=True)
class Swept:
    """What a sweep found. `kinds`: those of which anything differed, besides products; `failed`: products that could
    not be read, which are tried again by themselves."""

    products: int = 0
    kinds: list[Kind] = field(default_factory=list)
    differing: list[Difference] = field(default_factory=list)
    gone: list[Difference] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        return not (self.kinds or self.differing or self.gone or self.failed)


def nothing() -> None:
    """A sweep that nobody waits for."""


def sweep_changed(saleor: Saleor, slugs: Slugs, tick: Tick = nothing) -> Swept:
    """The cheap sweep. `tick` is called between requests, and raises where this worker shall not go on. Raises
    `SaleorError`; what was found by then stays marked."""
    swept = Swept(kinds=sweep_kinds(saleor, slugs, tick))
    started = timezone.now()
    known = dict(Product.objects.values_list("public_id", "remote_print"))
    prints = reads.all_prints(saleor)
    tick()
    changes.mark((Kind.PRODUCT, id) for id, found in prints.items() if known.get(id) != found)
    swept.products = len(prints)
    swept.gone = forget(reads.missing(saleor, known.keys() - prints.keys()), started)
    before = dict(Product.objects.values_list("public_id", "updated_at"))
    following.follow(saleor, slugs, tick)
    after = Product.objects.values_list("public_id", "updated_at", "name")
    swept.differing = [Difference(id, name) for id, updated_at, name in after if before.get(id) != updated_at]
    swept.failed = unread()
    return swept


def sweep_all(saleor: Saleor, slugs: Slugs, tick: Tick = nothing) -> Swept:
    """The full sweep; `tick` and what is raised as above."""
    swept = Swept(kinds=sweep_kinds(saleor, slugs, tick))
    sweep_products(saleor, slugs, swept, tick)
    following.follow(saleor, slugs, tick)
    swept.failed = unread()
    return swept


def check_all(saleor: Saleor, slugs: Slugs) -> Swept:
    """What a full sweep would find; nothing is kept of it. Raises `SaleorError`."""
    swept = Swept(products=0)
    for kind, refresh in kinds.REFRESH.items():
        with undone():
            if refresh(saleor, slugs):
                swept.kinds.append(kind)
    sweep_products(saleor, slugs, swept, nothing, keeps=False)
    return swept


def unread() -> list[str]:
    """What is marked and could not be read the last time."""
    return [str(one) for one in Change.objects.exclude(message="")]


def sweep_kinds(saleor: Saleor, slugs: Slugs, tick: Tick) -> list[Kind]:
    found = []
    for kind, refresh in kinds.REFRESH.items():
        if refresh(saleor, slugs):
            found.append(kind)
        tick()
    return found


def sweep_products(saleor: Saleor, slugs: Slugs, swept: Swept, tick: Tick, *, keeps: bool = True) -> None:
    started = timezone.now()
    known = set(Product.objects.values_list("public_id", flat=True))
    ids = reads.all_ids(saleor)
    reader = Reader(slugs, reads.guide_index(saleor, slugs))
    proposing = Proposing()
    for page in reads.whole_pages(saleor, ids):
        with transaction.atomic() if keeps else undone():
            take_page(reader, page, proposing, swept, keeps=keeps)
        tick()
    swept.products = len(ids)
    gone = reads.missing(saleor, known - set(ids))
    with transaction.atomic() if keeps else undone():
        swept.gone += forget(gone, started)


def take_page(reader: Reader, page: WholePage, proposing: Proposing, swept: Swept, *, keeps: bool) -> None:
    """Take a page over, one product by one where that fails; what cannot be taken is marked, and tried again."""
    try:
        if not page.is_answered:
            raise ValueError("Saleor gave no answer to it.")
        with transaction.atomic():
            found = [reader.product(node) for node in page.nodes]
            differing = project(found, page.started, proposing, keeps=keeps)
            gone = forget(set(page.ids) - {one.id for one in found}, page.started)
    except Exception:
        if page.is_answered and len(page.ids) > 1:
            for part in page.parts():
                take_page(reader, part, proposing, swept, keeps=keeps)
            return
        log.warning("Products cannot be taken over: %s", ", ".join(page.ids), exc_info=True)
        swept.failed += page.ids
        changes.mark((Kind.PRODUCT, id) for id in page.ids)
    else:
        swept.differing += differing
        swept.gone += gone


def forget(ids: set[str], started: datetime) -> list[Difference]:
    """Let go of these products, which were no longer there in a read that began then."""
    names = dict(Product.objects.filter(public_id__in=ids).values_list("public_id", "name"))
    return [Difference(id, names.get(id, id)) for id in forget_products(ids, started)]


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written here is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
