"""Sweeps: all of Saleor looked at, since an event may be lost and some changes have none.

The cheap one reads a print of each product and, whole, only those of which it is another one. The full one reads every
product whole. A check is a full one of which nothing is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from storefront.catalog.clock import database_now
from storefront.catalog.models import Product
from storefront.catalog.writer.remote.differences import Difference
from storefront.catalog.writer.remote.products import forget_products
from storefront.catalog.writer.vocabulary import forget_unused_values
from storefront.saleor import changes, following, kinds, reads
from storefront.saleor.answers import Reader
from storefront.saleor.client import Saleor
from storefront.saleor.errors import SaleorRefused, SaleorUnreachable
from storefront.saleor.events import Kind
from storefront.saleor.model import Slugs
from storefront.saleor.models import Change
from storefront.saleor.projection import find_outdated, project
from storefront.saleor.proposals import Proposing
from storefront.saleor.reads import WholePage

log = logging.getLogger(__name__)

Tick = Callable[[], None]

# So many may go at once, whatever share of the shop they are.
SUDDEN = 100

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


def sweep_changed(saleor: Saleor, slugs: Slugs, tick: Tick = nothing, *, is_sure: bool = False) -> Swept:
    """The cheap sweep. `tick` is called between requests, and raises where this worker shall not go on. `is_sure`: most
    of the products may go. Raises `SaleorError`; what was found by then stays marked."""
    swept = Swept(kinds=sweep_kinds(saleor, slugs, tick))
    started = database_now()
    found = find_outdated(saleor)
    tick()
    changes.mark((Kind.PRODUCT, id) for id in found.changed)
    swept.products = found.products
    swept.gone = forget(found.gone, started, is_sure=is_sure)
    before = dict(Product.objects.values_list("public_id", "updated_at"))
    following.follow(saleor, slugs, tick)
    after = Product.objects.values_list("public_id", "updated_at", "name")
    swept.differing = [Difference(id, name) for id, updated_at, name in after if before.get(id) != updated_at]
    swept.failed = unread()
    return swept


def sweep_all(saleor: Saleor, slugs: Slugs, tick: Tick = nothing, *, is_sure: bool = False) -> Swept:
    """The full sweep; `tick`, `is_sure` and what is raised as above."""
    swept = Swept(kinds=sweep_kinds(saleor, slugs, tick))
    sweep_products(saleor, slugs, swept, tick, is_sure=is_sure)
    following.follow(saleor, slugs, tick)
    forget_unused_values()
    swept.failed = unread()
    return swept


def check_all(saleor: Saleor, slugs: Slugs) -> Swept:
    """What a full sweep would find; nothing is kept of it. Raises `SaleorError`."""
    swept = Swept(products=0)
    for kind, parts in kinds.REFRESH.items():
        for part in parts:
            with undone():
                differs = part(saleor, slugs)
            if differs and kind not in swept.kinds:
                swept.kinds.append(kind)
    sweep_products(saleor, slugs, swept, nothing, is_sure=True, keeps=False)
    return swept


def unread() -> list[str]:
    """What is marked and could not be read the last time."""
    return [str(one) for one in Change.objects.exclude(message="")]


def sweep_kinds(saleor: Saleor, slugs: Slugs, tick: Tick) -> list[Kind]:
    """Begin a sweep with all that is small, and with what could not be read before. A kind that cannot be read is
    marked, and stops nothing else."""
    changes.try_again()
    found = []
    for kind in kinds.REFRESH:
        try:
            if kinds.refresh(kind, saleor, slugs):
                found.append(kind)
        except (SaleorUnreachable, SaleorRefused):
            raise
        except Exception:
            log.warning("%s cannot be taken over", kind.label, exc_info=True)
            changes.mark([(kind, "")])
        tick()
    return found


def sweep_products(
    saleor: Saleor, slugs: Slugs, swept: Swept, tick: Tick, *, is_sure: bool, keeps: bool = True
) -> None:
    started = database_now()
    known = set(Product.objects.values_list("public_id", flat=True))
    ids = reads.all_ids(saleor)
    looking = Looking(saleor, slugs)
    for page in reads.whole_pages(saleor, ids):
        looking.renew()
        take_page(looking, page, swept, keeps=keeps)
        tick()
    swept.products = len(ids)
    gone = reads.missing(saleor, known - set(ids))
    with nullcontext() if keeps else undone():
        swept.gone += forget(gone, started, is_sure=is_sure)


@dataclass(slots=True)
class Looking:
    """What reading products depends on. A guide that is made while a sweep goes on may be referred to at once."""

    saleor: Saleor
    slugs: Slugs
    guides: object = None
    reader: Reader = field(init=False)
    proposing: Proposing = field(init=False)

    def renew(self) -> None:
        guides = kinds.guides_now()
        if self.guides != guides:
            self.guides = guides
            self.reader = Reader(self.slugs, reads.guide_index(self.saleor, self.slugs))
            self.proposing = Proposing(writes=True)


def take_page(looking: Looking, page: WholePage, swept: Swept, *, keeps: bool) -> None:
    """Take a page over, one product by one where that fails; what cannot be taken is marked, and tried again."""
    try:
        if not page.is_answered:
            raise ValueError("Saleor gave no answer to it.")
        found = [looking.reader.product(node) for node in page.nodes]
        differing = project(found, page.started, looking.proposing, keeps=keeps)
        with nullcontext() if keeps else undone():
            gone = forget(set(page.ids) - {one.id for one in found}, page.started, is_sure=True)
    except Exception:
        if page.is_answered and len(page.ids) > 1:
            for part in page.parts():
                take_page(looking, part, swept, keeps=keeps)
            return
        log.warning("Products cannot be taken over: %s", ", ".join(page.ids), exc_info=True)
        swept.failed += page.ids
        if keeps:
            changes.mark((Kind.PRODUCT, id) for id in page.ids)
    else:
        swept.differing += differing
        swept.gone += gone


def forget(ids: set[str], started: datetime, *, is_sure: bool = False) -> list[Difference]:
    """Let go of these products, which were no longer there in a read that began then.

    Raises `SaleorRefused` where that is most of the shop, unless somebody `is_sure`: it is more likely that Saleor was
    asked with too few rights, or is another one.
    """
    if not is_sure and len(ids) > SUDDEN and len(ids) > Product.objects.count() / 2:
        raise SaleorRefused(
            f"Saleor has {len(ids)} of {Product.objects.count()} products no longer. Nothing was removed here. If they "
            "are really gone, run: storefront saleor sync --yes"
        )
    names = dict(Product.objects.filter(public_id__in=ids).values_list("public_id", "name"))
    return [Difference(id, names.get(id, id)) for id in forget_products(ids, started)]


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written here is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
