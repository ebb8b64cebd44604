"""What comes after products were written: pictures, publication, and reading them again whole.

Only then does a product get its digest, and the store what Saleor has. All of it may be done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import DataError, IntegrityError, OperationalError

from storefront.catalog.clock import database_now
from storefront.catalog.fields import COMPARE_AT, PRICE
from storefront.catalog.records import Status
from storefront.catalog.writer import ProductWrite
from storefront.catalog.writer.remote.products import forget_products, project_products
from storefront.saleor.client.batches import in_parallel, portions
from storefront.saleor.client.mutations import Outcome, do
from storefront.saleor.client.transport import MAX_MUTATIONS, Saleor
from storefront.saleor.mirror.products import remote_product
from storefront.saleor.read import queries
from storefront.saleor.read.answers import Reader
from storefront.saleor.schema.documents import (
    BASE_KEY,
    DIGEST_KEY,
    PRODUCT_LISTING_UPDATE,
    STATE_KEY,
    VARIANT_SET_DEFAULT,
    Call,
)
from storefront.saleor.schema.references import product_external, variant_external
from storefront.saleor.schema.state import PictureState
from storefront.saleor.write.collections import put_into_collections
from storefront.saleor.write.failures import Failure, unexpected
from storefront.saleor.write.inputs import Writer
from storefront.saleor.write.pictures import Finder, current_pictures, write_pictures

log = logging.getLogger(__name__)

_FIELDS = {"state": STATE_KEY, "base": BASE_KEY, "digest": DIGEST_KEY}


@dataclass(frozen=True, slots=True)
class Written:
    """A product that was written. `is_new`: it was made; `only_source`: only what its source says is to be kept."""

    write: ProductWrite
    is_new: bool = False
    only_source: bool = False


@dataclass(slots=True)
class Batch:
    """What is known while products are finalized: index → id, id → what was answered of it, index → pictures."""

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
        """Return the mutations' outcomes, four in a document, over all connections; refusals are failures."""

        def send(part: Sequence[tuple[int, Call]]) -> list[Outcome]:
            found = do(self.saleor, [call for _, call in part])
            self.tick()
            return found

        parts = portions(calls, MAX_MUTATIONS)
        outcomes = [outcome for part in in_parallel(self.saleor, send, parts) for outcome in part]
        for (index, call), outcome in zip(calls, outcomes, strict=True):
            if outcome.refusals and index not in self.failures:
                column = "status" if call.mutation is PRODUCT_LISTING_UPDATE else ""
                self.failures[index] = Failure(f"Saleor rejected it: {outcome.refusals[0].message}", column)
        return outcomes


def finalize(
    saleor: Saleor,
    writer: Writer,
    reader: Reader,
    written: Mapping[int, Written],
    finder: Finder,
    tick: Callable[[], None] = lambda: None,
) -> dict[int, Failure]:
    """Complete what was begun with these products, and store them; return those that it failed for.

    `finder` makes, of the pictures that may be asked for, what finds their content; `tick` is called between requests
    and raises where this worker shall not go on.
    """
    batch = Batch(saleor, writer, reader, written, tick, ids_of(saleor, written))
    for index in written.keys() - batch.ids.keys():
        batch.failures[index] = Failure("It was deleted in Saleor in the meantime.")
    publish_new(batch, finder)
    put_into_collections(
        saleor,
        writer.shop,
        {
            batch.ids[index]: areas_of(item.write)
            for index, item in written.items()
            if index in batch.ids and item.write.tags
        },
        new={batch.ids[index] for index, item in written.items() if item.is_new and index in batch.ids},
    )
    started = database_now()
    batch.nodes = queries.whole_nodes(saleor, batch.ids.values())
    if repaired := repair(batch, finder):
        batch.nodes |= queries.whole_nodes(saleor, repaired)
    write_notes(batch)
    store_products(batch, started)
    forget_products([id for id in batch.ids.values() if id not in batch.nodes], started)
    return batch.failures


def publish_new(batch: Batch, finder: Finder) -> None:
    """Give products that were made their pictures and default variants, and show those that are to be shown."""
    new = {index: item for index, item in batch.written.items() if item.is_new and index in batch.ids}
    wanted = {index: batch.writer.state_after(item.write, None).pictures for index, item in new.items()}
    find = finder(chain.from_iterable(wanted.values()))

    def show(index: int) -> None:
        id = batch.ids[index]
        have = current_pictures(batch.saleor, id)
        batch.pictures[index] = write_pictures(
            batch.saleor, id, have, wanted[index], find, replaces=True, tick=batch.tick
        )

    in_parallel(batch.saleor, show, [index for index, pictures in wanted.items() if pictures])
    calls = [
        (index, call)
        for index, item in new.items()
        if is_shown(item)
        and (call := batch.writer.published(batch.ids[index], batch.writer.channels_of(item.write.fields)))
    ]
    # Here, so that they are read but once.
    variants = queries.without_default(batch.saleor, (batch.ids[index] for index in new))
    for index, item in new.items():
        if variant := variants.get(batch.ids[index], {}).get(first_variant(item.write)):
            calls.append((index, default_variant(batch.ids[index], variant)))
    # What is refused here is tried once more below, and told then.
    earlier_failures = dict(batch.failures)
    batch.do(calls)
    batch.failures = earlier_failures


def repair(batch: Batch, finder: Finder) -> list[str]:
    """Repair pictures that change or are not uploaded yet, products that were made and never shown, and prices that
    Saleor has not computed; return the ids of what was changed."""
    products = {index: batch.reader.product(batch.nodes[id]) for index, id in batch.ids.items() if id in batch.nodes}
    writes = {index: batch.written[index].write for index in products}
    states = {index: batch.writer.state_after(writes[index], product) for index, product in products.items()}
    wanted = {
        index: state.pictures
        for index, state in states.items()
        if index not in batch.pictures
        and ("media" in writes[index].fields.own or any(not picture.id for picture in state.pictures))
    }
    find = finder(chain.from_iterable(wanted.values()))

    def change(index: int) -> None:
        product, replaces = products[index], "media" in writes[index].fields.own
        batch.pictures[index] = write_pictures(
            batch.saleor, product.id, product.pictures, wanted[index], find, replaces=replaces, tick=batch.tick
        )

    in_parallel(batch.saleor, change, list(wanted))
    calls: list[tuple[int, Call]] = []
    for index, product in products.items():
        shown = [slug for slug, listing in product.listings.items() if listing.is_published]
        hidden = [slug for slug in product.listings if slug not in shown]
        call = None
        if product.is_made and hidden and states[index].status is Status.ACTIVE:
            call = batch.writer.published(product.id, hidden)
        elif changes_price(writes[index]) and not batch.written[index].is_new:
            call = batch.writer.repriced(product.id, shown)
        if call:
            calls.append((index, call))
        if not product.default_variant and product.variants:
            calls.append((index, default_variant(product.id, next(iter(product.variants.values())).id)))
    batch.do(calls)
    return [batch.ids[index] for index in {*wanted, *(index for index, _ in calls)}]


def first_variant(write: ProductWrite) -> str:
    """Return the `externalReference` of the first variant; "" where the write has none."""
    product = product_external(write.source, write.reference)
    for reference, fields in write.fields.variants.items():
        return variant_external(product, reference, str(fields.get("sku") or ""))
    return ""


def default_variant(product: str, variant: str) -> Call:
    """Return the mutation that gives a product its default variant.

    Bulk mutations give none (seen on 3.23.28), and storefronts show a product by it."""
    return Call(VARIANT_SET_DEFAULT, {"productId": product, "variantId": variant})


def ids_of(saleor: Saleor, written: Mapping[int, Written]) -> dict[int, str]:
    """Return index → Saleor's id. What was made is found by its reference."""
    externals = {
        index: product_external(item.write.source, item.write.reference)
        for index, item in written.items()
        if not item.write.public_id
    }
    found = queries.outlines_by_external(saleor, externals.values())
    known = {external: outline.id for external, outline in found.items()}
    ids = {index: item.write.public_id or known.get(externals[index], "") for index, item in written.items()}
    return {index: id for index, id in ids.items() if id}


def areas_of(write: ProductWrite) -> list[str]:
    return [tag.slug for tag in write.tags.target_areas] if write.tags else []


def is_shown(item: Written) -> bool:
    return bool(item.write.fields.own.get("status", Status.ACTIVE.value) == Status.ACTIVE.value)


def changes_price(write: ProductWrite) -> bool:
    return any(name.startswith((PRICE, COMPARE_AT)) for fields in write.fields.variants.values() for name in fields)


def write_notes(batch: Batch) -> None:
    """Keep with each product what Knotwise knows of it from now on; its node gets the same."""
    calls: list[tuple[int, Call]] = []
    for index, id in batch.ids.items():
        if id not in batch.nodes or index in batch.failures:
            continue
        try:
            item, product = batch.written[index], batch.reader.product(batch.nodes[id])
            pictures = batch.pictures.get(index)
            note = batch.writer.final_note(item.write, product, pictures, only_source=item.only_source)
            calls.append((index, note))
        except Exception as error:
            log.exception("The metadata of %s could not be built", id)
            batch.failures[index] = unexpected(error)
    before = queries.outlines_by_id(batch.saleor, (batch.ids[index] for index, _ in calls))
    outcomes = batch.do(calls)
    # The answers to those still say the old moment (seen on 3.23.28).
    after = queries.outlines_by_id(batch.saleor, (batch.ids[index] for index, _ in calls))
    for (index, call), outcome in zip(calls, outcomes, strict=True):
        id = batch.ids[index]
        if outcome.refusals or id not in before or id not in after:
            continue
        # Where somebody edited it since it was read, it is to be read again before it is believed.
        is_as_read = before[id].updated_at == batch.nodes[id]["updatedAt"]
        patch(batch.nodes[id], call, after[id].updated_at if is_as_read else "")


def patch(node: dict[str, Any], call: Call, updated_at: str) -> None:
    """Change a node as writing its metadata changed the product, so that it need not be read once more."""
    values = {entry["key"]: entry["value"] for entry in call.values.get("input", ())}
    gone = set(call.values.get("keys", ()))
    for name, key in _FIELDS.items():
        if key in values:
            node[name] = values[key]
        elif key in gone:
            node[name] = None
    node["updatedAt"] = updated_at


def store_products(batch: Batch, started: datetime) -> None:
    """Store what was read. What cannot be stored does not stop the others."""
    found = {id: remote_product(batch.reader.product(node), started) for id, node in batch.nodes.items()}
    try:
        project_products(list(found.values()))
        return
    except (IntegrityError, DataError, OperationalError):
        log.warning("A batch could not be stored; its products are stored one by one", exc_info=True)
    for index, id in batch.ids.items():
        try:
            project_products([found[id]] if id in found else [])
        except (IntegrityError, DataError, OperationalError) as error:
            batch.failures.setdefault(index, unexpected(error))
