"""What comes after products were written: pictures, publication, and reading them again whole.

Only then does a product get its digest, and the store what Saleor has. All of it may be done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, OperationalError

from storefront.catalog.clock import database_now
from storefront.catalog.fields import COMPARE_AT, PRICE
from storefront.catalog.records import Status
from storefront.catalog.writer import ProductWrite
from storefront.catalog.writer.remote.products import forget_products, project_products
from storefront.saleor import reads
from storefront.saleor.answers import Reader, SaleorProduct
from storefront.saleor.client import MAX_MUTATIONS, Saleor
from storefront.saleor.collections import put_into_collections
from storefront.saleor.documents import (
    BASE_KEY,
    DIGEST_KEY,
    PRODUCT_LISTING_UPDATE,
    STATE_KEY,
    VARIANT_SET_DEFAULT,
    Call,
)
from storefront.saleor.identity import product_external
from storefront.saleor.inputs import Writer
from storefront.saleor.pictures import Finder, pictures_there, write_pictures
from storefront.saleor.products import Failure, unexpected
from storefront.saleor.projection import there
from storefront.saleor.state import PictureState
from storefront.saleor.writes import Outcome, do

log = logging.getLogger(__name__)

_FIELDS = {"state": STATE_KEY, "base": BASE_KEY, "digest": DIGEST_KEY}


@dataclass(frozen=True, slots=True)
class Written:
    """A product that was written. `is_new`: it was made; `only_noted`: only what its source says is to be kept."""

    write: ProductWrite
    is_new: bool = False
    only_noted: bool = False


@dataclass(slots=True)
class Settling:
    """What is known while products are settled: index → id, id → what was answered of it, index → pictures."""

    saleor: Saleor
    writer: Writer
    reader: Reader
    written: Mapping[int, Written]
    tick: Callable[[], None]
    ids: dict[int, str]
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    pictures: dict[int, tuple[PictureState, ...]] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)

    def do(self, calls: Sequence[tuple[int, Call]]) -> list[Outcome]:
        """The mutations' outcomes, four in a document, over all connections; refusals are failures."""

        def send(part: Sequence[tuple[int, Call]]) -> list[Outcome]:
            found = do(self.saleor, [call for _, call in part])
            self.tick()
            return found

        parts = reads.portions(calls, MAX_MUTATIONS)
        outcomes = [outcome for part in reads.in_parallel(self.saleor, send, parts) for outcome in part]
        for (index, call), outcome in zip(calls, outcomes, strict=True):
            if outcome.refusals and index not in self.failures:
                column = "status" if call.mutation is PRODUCT_LISTING_UPDATE else ""
                self.failures[index] = Failure(f"Saleor refuses it: {outcome.refusals[0].message}", column)
        return outcomes


def settle(
    saleor: Saleor,
    writer: Writer,
    reader: Reader,
    written: Mapping[int, Written],
    finder: Finder,
    tick: Callable[[], None] = lambda: None,
) -> dict[int, Failure]:
    """End what was begun with these products, and take them over into the store; gives those that it failed for.

    `finder` makes, of the pictures that may be asked for, what finds their content; `tick` is called between requests
    and raises where this worker shall not go on.
    """
    now = Settling(saleor, writer, reader, written, tick, ids_of(saleor, written))
    for index in written.keys() - now.ids.keys():
        now.failures[index] = Failure("Saleor has it no longer; somebody deleted it meanwhile.")
    show_new(now, finder)
    put_into_collections(
        saleor,
        writer.shop,
        {now.ids[index]: areas_of(one.write) for index, one in written.items() if index in now.ids and one.write.tags},
        new={now.ids[index] for index, one in written.items() if one.is_new and index in now.ids},
    )
    started = database_now()
    now.nodes = reads.whole_nodes(saleor, now.ids.values())
    if touched := mend(now, finder):
        now.nodes |= reads.whole_nodes(saleor, touched)
    keep(now)
    take_over(now, started)
    forget_products([id for id in now.ids.values() if id not in now.nodes], started)
    return now.failures


def show_new(now: Settling, finder: Finder) -> None:
    """Give products that were made their pictures, and show those that are to be shown."""
    new = [(index, now.ids[index], one) for index, one in now.written.items() if one.is_new and index in now.ids]
    wanted = {index: now.writer.state_after(one.write, None).pictures for index, _, one in new}
    find = finder([picture for pictures in wanted.values() for picture in pictures])

    def show(one: tuple[int, str, Written]) -> None:
        index, id, _ = one
        have = pictures_there(now.saleor, id)
        now.pictures[index] = write_pictures(now.saleor, id, have, wanted[index], find, replaces=True, tick=now.tick)

    reads.in_parallel(now.saleor, show, [one for one in new if wanted[one[0]]])
    calls = [
        (index, call)
        for index, id, one in new
        if is_shown(one) and (call := now.writer.published(id, now.writer.channels_of(one.write.fields)))
    ]
    # What is refused here is tried once more below, and told then.
    told = dict(now.failures)
    now.do(calls)
    now.failures = told


def mend(now: Settling, finder: Finder) -> list[str]:
    """Pictures that change or are not uploaded yet, products that were made and never shown, prices that Saleor has not
    worked out; gives the ids of what was touched."""
    found = [
        (index, one, now.reader.product(node))
        for index, one in now.written.items()
        if (node := now.nodes.get(now.ids.get(index, ""))) is not None
    ]
    states = {index: now.writer.state_after(one.write, product) for index, one, product in found}
    wanted = {
        index: states[index].pictures
        for index, one, _ in found
        if index not in now.pictures
        and ("media" in one.write.fields.own or any(not picture.id for picture in states[index].pictures))
    }
    find = finder([picture for pictures in wanted.values() for picture in pictures])

    def change(one: tuple[int, Written, SaleorProduct]) -> None:
        index, each, product = one
        now.pictures[index] = write_pictures(
            now.saleor,
            product.id,
            product.pictures,
            wanted[index],
            find,
            replaces="media" in each.write.fields.own,
            tick=now.tick,
        )

    reads.in_parallel(now.saleor, change, [one for one in found if one[0] in wanted])
    calls: list[tuple[int, Call]] = []
    for index, one, product in found:
        shown = [slug for slug, listing in product.listings.items() if listing.is_published]
        hidden = [slug for slug in product.listings if slug not in shown]
        call = None
        if product.is_made and hidden and states[index].status is Status.ACTIVE:
            call = now.writer.published(product.id, hidden)
        elif changes_price(one.write) and not one.is_new:
            call = now.writer.repriced(product.id, shown)
        if call:
            calls.append((index, call))
        if call := default_variant(product):
            calls.append((index, call))
    now.do(calls)
    return [now.ids[index] for index in {*wanted, *(index for index, _ in calls)}]


def default_variant(product: SaleorProduct) -> Call | None:
    """Return the mutation that gives a product its first variant as the default one, where it has none.

    Bulk mutations give none (seen on 3.23.28), and storefronts show a product by it."""
    if product.default_variant or not product.variants:
        return None
    first = next(iter(product.variants.values()))
    return Call(VARIANT_SET_DEFAULT, {"productId": product.id, "variantId": first.id})


def ids_of(saleor: Saleor, written: Mapping[int, Written]) -> dict[int, str]:
    """Index → Saleor's id. What was made is found by its reference."""
    externals = {
        index: product_external(one.write.source, one.write.reference)
        for index, one in written.items()
        if not one.write.public_id
    }
    found = reads.outlines_by_external(saleor, externals.values())
    ids = {index: found[external].id for index, external in externals.items() if external in found}
    return ids | {index: one.write.public_id for index, one in written.items() if one.write.public_id}


def areas_of(write: ProductWrite) -> list[str]:
    return [tag.slug for tag in write.tags.target_areas] if write.tags else []


def is_shown(one: Written) -> bool:
    return bool(one.write.fields.own.get("status", Status.ACTIVE.value) == Status.ACTIVE.value)


def changes_price(write: ProductWrite) -> bool:
    return any(name.startswith((PRICE, COMPARE_AT)) for fields in write.fields.variants.values() for name in fields)


def keep(now: Settling) -> None:
    """Keep with each product what Knotwise knows of it from now on; its node gets the same."""
    calls: list[tuple[int, Call]] = []
    for index, one in now.written.items():
        node = now.nodes.get(now.ids.get(index, ""))
        if node is None or index in now.failures:
            continue
        try:
            product = now.reader.product(node)
            pictures = now.pictures.get(index)
            kept = now.writer.noted if one.only_noted else now.writer.kept
            calls.append((index, kept(one.write, product, pictures)))
        except Exception as error:
            log.exception("What is to be kept of %s could not be worked out", now.ids[index])
            now.failures[index] = unexpected(error)
    before = reads.outlines_by_id(now.saleor, (now.ids[index] for index, _ in calls))
    outcomes = now.do(calls)
    # The answers to those still say the old moment (seen on 3.23.28).
    after = reads.outlines_by_id(now.saleor, (now.ids[index] for index, _ in calls))
    for (index, call), outcome in zip(calls, outcomes, strict=True):
        id = now.ids[index]
        if outcome.refusals or id not in before or id not in after:
            continue
        # Where somebody edited it since it was read, it is to be read again before it is believed.
        is_as_read = before[id].updated_at == now.nodes[id]["updatedAt"]
        patch(now.nodes[id], call, after[id].updated_at if is_as_read else "")


def patch(node: dict[str, Any], call: Call, updated_at: str) -> None:
    """The node as it is after its metadata was written, so that it need not be read once more."""
    said = {one["key"]: one["value"] for one in call.values.get("input", ())}
    gone = set(call.values.get("keys", ()))
    for name, key in _FIELDS.items():
        if key in said:
            node[name] = said[key]
        elif key in gone:
            node[name] = None
    node["updatedAt"] = updated_at


def take_over(now: Settling, started: datetime) -> None:
    """The store takes over what was read. What it cannot take does not stop the others."""
    found = {id: there(now.reader.product(node), started) for id, node in now.nodes.items()}
    try:
        project_products(list(found.values()))
        return
    except (IntegrityError, DataError, OperationalError):
        log.warning("Products are taken over one by one", exc_info=True)
    for index, id in now.ids.items():
        try:
            project_products([found[id]] if id in found else [])
        except (IntegrityError, DataError, OperationalError) as error:
            now.failures.setdefault(index, unexpected(error))
