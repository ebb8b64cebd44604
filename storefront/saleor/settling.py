"""What comes after products were written: pictures, publication, and reading them again whole.

Only then does a product get its digest, and the store what Saleor has. All of it may be done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from storefront.catalog.fields import COMPARE_AT, PRICE
from storefront.catalog.records import Status
from storefront.catalog.writer import ProductWrite
from storefront.catalog.writer.projection import forget_products, project_products
from storefront.saleor import reads
from storefront.saleor.answers import Reader
from storefront.saleor.client import MAX_MUTATIONS, Saleor
from storefront.saleor.collections import put_into_collections
from storefront.saleor.documents import BASE_KEY, DIGEST_KEY, PRODUCT_LISTING_UPDATE, STATE_KEY, Call
from storefront.saleor.identity import product_external
from storefront.saleor.inputs import Writer
from storefront.saleor.pictures import Find, pictures_there, write_pictures
from storefront.saleor.products import Failure
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


def settle(
    saleor: Saleor,
    writer: Writer,
    reader: Reader,
    written: Mapping[int, Written],
    find: Find,
    tick: Callable[[], None] = lambda: None,
) -> dict[int, Failure]:
    """End what was begun with these products, and take them over into the store; gives those that it failed for."""
    failures: dict[int, Failure] = {}
    ids = ids_of(saleor, written)
    for index in written.keys() - ids.keys():
        failures[index] = Failure("Saleor has it no longer; somebody deleted it meanwhile.")
    pictures: dict[int, tuple[PictureState, ...]] = {}

    def show(part: Sequence[tuple[int, str, Written]]) -> None:
        for index, id, one in part:
            wanted = writer.state_after(one.write, None).pictures
            if wanted:
                pictures[index] = write_pictures(saleor, id, pictures_there(saleor, id), wanted, find)
        calls = [
            (index, call)
            for index, id, one in part
            if is_shown(one) and (call := writer.published(id, writer.channels_of(one.write.fields)))
        ]
        note_refusals(calls, do(saleor, [call for _, call in calls]), failures)
        tick()

    new = [(index, ids[index], one) for index, one in written.items() if one.is_new and index in ids]
    reads.in_parallel(saleor, show, reads.portions(new, MAX_MUTATIONS))
    started = timezone.now()
    nodes = reads.whole_nodes(saleor, ids.values())
    changed = [(index, one) for index, one in written.items() if index in ids and not one.is_new]
    touched = repair_changed(saleor, writer, reader, changed, ids, nodes, pictures, find, failures)
    if touched:
        nodes |= reads.whole_nodes(saleor, touched)
    put_into_collections(
        saleor,
        writer.shop,
        {ids[index]: areas_of(one.write) for index, one in written.items() if index in ids and one.write.tags},
        new={id for _, id, _ in new},
    )
    tick()
    keep(saleor, writer, reader, written, ids, nodes, pictures, failures, tick)
    take_over(reader, nodes, started)
    forget_products([id for index, id in ids.items() if id not in nodes])
    return failures


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


def repair_changed(
    saleor: Saleor,
    writer: Writer,
    reader: Reader,
    changed: Sequence[tuple[int, Written]],
    ids: Mapping[int, str],
    nodes: Mapping[str, dict[str, Any]],
    pictures: dict[int, tuple[PictureState, ...]],
    find: Find,
    failures: dict[int, Failure],
) -> list[str]:
    """Change the pictures of products that were changed, and have new prices seen; gives the ids of those that were
    touched."""
    touched: list[str] = []
    calls: list[tuple[int, Call]] = []
    for index, one in changed:
        node = nodes.get(ids[index])
        if node is None:
            continue
        product = reader.product(node)
        wanted = writer.state_after(one.write, product).pictures
        if "media" in one.write.fields.own or any(not picture.id for picture in wanted):
            pictures[index] = write_pictures(saleor, product.id, product.pictures, wanted, find)
            touched.append(product.id)
        shown = [slug for slug, listing in product.listings.items() if listing.is_published]
        if changes_price(one.write) and shown and (call := writer.repriced(product.id, shown)):
            calls.append((index, call))
            touched.append(product.id)
    outcomes = in_documents(saleor, [call for _, call in calls])
    note_refusals(calls, outcomes, failures)
    return touched


def changes_price(write: ProductWrite) -> bool:
    return any(name.startswith((PRICE, COMPARE_AT)) for fields in write.fields.variants.values() for name in fields)


def note_refusals(calls: Sequence[tuple[int, Call]], outcomes: Sequence[Outcome], failures: dict[int, Failure]) -> None:
    for (index, call), outcome in zip(calls, outcomes, strict=True):
        if outcome.refusals and index not in failures:
            column = "status" if call.mutation is PRODUCT_LISTING_UPDATE else ""
            failures[index] = Failure(f"Saleor refuses it: {outcome.refusals[0].message}", column)


def in_documents(saleor: Saleor, calls: Sequence[Call]) -> list[Outcome]:
    """The mutations' outcomes, four in a document, over all connections."""
    found = reads.in_parallel(saleor, lambda part: do(saleor, part), reads.portions(calls, MAX_MUTATIONS))
    return [outcome for part in found for outcome in part]


def keep(
    saleor: Saleor,
    writer: Writer,
    reader: Reader,
    written: Mapping[int, Written],
    ids: Mapping[int, str],
    nodes: Mapping[str, dict[str, Any]],
    pictures: Mapping[int, tuple[PictureState, ...]],
    failures: dict[int, Failure],
    tick: Callable[[], None],
) -> None:
    """Keep with each product what Knotwise knows of it from now on; its node gets the same."""
    calls: list[tuple[int, Call]] = []
    for index, one in written.items():
        node = nodes.get(ids.get(index, ""))
        if node is None or index in failures:
            continue
        product = reader.product(node)
        call = (
            writer.noted(one.write, product) if one.only_noted else writer.kept(one.write, product, pictures.get(index))
        )
        calls.append((index, call))

    def send(part: Sequence[tuple[int, Call]]) -> list[Outcome]:
        outcomes = do(saleor, [call for _, call in part])
        tick()
        return outcomes

    parts = reads.portions(calls, MAX_MUTATIONS)
    outcomes = [outcome for part in reads.in_parallel(saleor, send, parts) for outcome in part]
    note_refusals(calls, outcomes, failures)
    # The answers to those still say the old moment (seen on 3.23.28).
    now = reads.outlines_by_id(saleor, (ids[index] for index, _ in calls))
    for (index, call), outcome in zip(calls, outcomes, strict=True):
        if not outcome.refusals and (outline := now.get(ids[index])):
            patch(nodes[ids[index]], call, outline.updated_at)


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


def take_over(reader: Reader, nodes: Mapping[str, dict[str, Any]], started: datetime) -> None:
    """The store takes over what was read."""
    project_products([there(reader.product(node), started) for node in nodes.values()])
