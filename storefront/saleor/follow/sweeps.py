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
from storefront.saleor.client.errors import SaleorRefused, SaleorUnreachable
from storefront.saleor.client.transport import Saleor
from storefront.saleor.follow import following
from storefront.saleor.mirror import changes, structure
from storefront.saleor.mirror.products import find_outdated, project
from storefront.saleor.mirror.proposals import Proposing
from storefront.saleor.models import Change, Kind
from storefront.saleor.read import queries
from storefront.saleor.read.answers import Reader
from storefront.saleor.read.queries import WholePage
from storefront.saleor.schema.model import Slugs

log = logging.getLogger(__name__)

Tick = Callable[[], None]

# So many may go at once, whatever share of the shop they are.
MOST_REMOVED_AT_ONCE = 100

# As routines.
CHANGED, ALL = "sync-changed", "sync-all"


@dataclass(slots=True)
class SweepResult:
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
    """Do nothing between requests: this sweep is not interactive."""


def sweep_changed(
    saleor: Saleor, slugs: Slugs, tick: Tick = nothing, *, allow_mass_removal: bool = False
) -> SweepResult:
    """Sweep by fingerprints. `tick` is called between requests, and raises where this worker shall not go on.

    `allow_mass_removal`: most of the products may go. Raise `SaleorError`; what was found by then stays marked.
    """
    swept = SweepResult(kinds=sweep_kinds(saleor, slugs, tick))
    started = database_now()
    found = find_outdated(saleor)
    tick()
    changes.mark((Kind.PRODUCT, id) for id in found.changed)
    swept.products = found.products
    swept.gone = forget(found.gone, started, allow_mass_removal=allow_mass_removal)
    before = dict(Product.objects.values_list("public_id", "updated_at"))
    following.follow(saleor, slugs, tick)
    after = Product.objects.values_list("public_id", "updated_at", "name")
    swept.differing = [Difference(id, name) for id, updated_at, name in after if before.get(id) != updated_at]
    swept.failed = unread()
    return swept


def sweep_all(saleor: Saleor, slugs: Slugs, tick: Tick = nothing, *, allow_mass_removal: bool = False) -> SweepResult:
    """Sweep by reading every product; `tick`, `allow_mass_removal` and what is raised as above."""
    swept = SweepResult(kinds=sweep_kinds(saleor, slugs, tick))
    sweep_products(saleor, slugs, swept, tick, allow_mass_removal=allow_mass_removal)
    following.follow(saleor, slugs, tick)
    forget_unused_values()
    swept.failed = unread()
    return swept


def check_all(saleor: Saleor, slugs: Slugs) -> SweepResult:
    """Return what a full sweep would find, and store nothing of it. Raise `SaleorError`."""
    swept = SweepResult(products=0)
    for kind, parts in structure.REFRESH.items():
        for part in parts:
            with rolled_back():
                differs = part(saleor, slugs)
            if differs and kind not in swept.kinds:
                swept.kinds.append(kind)
    sweep_products(saleor, slugs, swept, nothing, allow_mass_removal=True, keeps=False)
    return swept


def unread() -> list[str]:
    """Return what is marked and could not be read the last time."""
    return [str(change) for change in Change.objects.exclude(message="")]


def sweep_kinds(saleor: Saleor, slugs: Slugs, tick: Tick) -> list[Kind]:
    """Begin a sweep with all that is small, and with what could not be read before. A kind that cannot be read is
    marked, and stops nothing else."""
    changes.retry_postponed()
    found = []
    for kind in structure.REFRESH:
        try:
            if structure.refresh(kind, saleor, slugs):
                found.append(kind)
        except (SaleorUnreachable, SaleorRefused):
            raise
        except Exception:
            log.warning("%s could not be stored", kind.label, exc_info=True)
            changes.mark([(kind, "")])
        tick()
    return found


def sweep_products(
    saleor: Saleor, slugs: Slugs, swept: SweepResult, tick: Tick, *, allow_mass_removal: bool, keeps: bool = True
) -> None:
    started = database_now()
    known = set(Product.objects.values_list("public_id", flat=True))
    ids = queries.all_ids(saleor)
    context = ReadContext(saleor, slugs)
    for page in queries.whole_pages(saleor, ids):
        context.renew()
        take_page(context, page, swept, keeps=keeps)
        tick()
    swept.products = len(ids)
    gone = queries.missing(saleor, known - set(ids))
    with nullcontext() if keeps else rolled_back():
        swept.gone += forget(gone, started, allow_mass_removal=allow_mass_removal)


@dataclass(slots=True)
class ReadContext:
    """What reading products depends on. A guide that is made while a sweep goes on may be referred to at once."""

    saleor: Saleor
    slugs: Slugs
    guides: object = None
    reader: Reader = field(init=False)
    proposals: Proposing = field(init=False)

    def renew(self) -> None:
        guides = structure.guides_version()
        if self.guides != guides:
            self.guides = guides
            self.reader = Reader(self.slugs, queries.guide_index(self.saleor, self.slugs))
            self.proposals = Proposing(writes=True)


def take_page(context: ReadContext, page: WholePage, swept: SweepResult, *, keeps: bool) -> None:
    """Take a page over, one product by one where that fails; what cannot be taken is marked, and tried again."""
    try:
        if not page.is_answered:
            raise ValueError("Saleor gave no answer.")
        found = [context.reader.product(node) for node in page.nodes]
        differing = project(found, page.started, context.proposals, keeps=keeps)
        with nullcontext() if keeps else rolled_back():
            gone = forget(set(page.ids) - {product.id for product in found}, page.started, allow_mass_removal=True)
    except Exception:
        if page.is_answered and len(page.ids) > 1:
            for part in page.parts():
                take_page(context, part, swept, keeps=keeps)
            return
        log.warning("Products could not be stored: %s", ", ".join(page.ids), exc_info=True)
        swept.failed += page.ids
        if keeps:
            changes.mark((Kind.PRODUCT, id) for id in page.ids)
    else:
        swept.differing += differing
        swept.gone += gone


def forget(ids: set[str], started: datetime, *, allow_mass_removal: bool = False) -> list[Difference]:
    """Let go of these products, which were no longer there in a read that began then.

    Raise `SaleorRefused` where that is most of the shop, unless `allow_mass_removal`: it is more likely that Saleor was
    asked with too few rights, or is another one.
    """
    if not allow_mass_removal and len(ids) > MOST_REMOVED_AT_ONCE and len(ids) > Product.objects.count() / 2:
        raise SaleorRefused(
            f"{len(ids)} of {Product.objects.count()} products are no longer in Saleor. Nothing was removed here. If "
            "they were really deleted, run: storefront saleor sync --yes"
        )
    names = dict(Product.objects.filter(public_id__in=ids).values_list("public_id", "name"))
    return [Difference(id, names.get(id, id)) for id in forget_products(ids, started)]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Roll back whatever is written here."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
