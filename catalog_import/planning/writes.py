"""A plan's items as writes of the catalogue: what the store and Saleor are asked to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from catalog_import.planning.plan import PlanItem
from catalog_import.planning.threeway import Change
from storefront.catalog.fields import Fields
from storefront.catalog.writer import BaseWrite, GuideWrite, ProductWrite

T = TypeVar("T")


def split_by_unique_key(found: Iterable[T], key: Callable[[T], str]) -> list[list[T]]:
    """Split the writes so that each part has every key once: a feed may name one product in several places."""
    parts: list[list[T]] = []
    times: Counter[str] = Counter()
    for one in found:
        place = times[key(one)]
        times[key(one)] += 1
        if place == len(parts):
            parts.append([])
        parts[place].append(one)
    return parts


def is_deleted(item: PlanItem) -> bool:
    """Whether an undo deletes it."""
    return bool(item.undoing and item.undoing.is_deleted)


def guide_write(source: str, item: PlanItem) -> GuideWrite:
    return GuideWrite(
        source=source,
        slug=item.reference,
        fields=written_fields(item),
        tags=item.tags,
        base=base_write(item),
    )


def product_write(source: str, item: PlanItem) -> ProductWrite:
    undoing = item.undoing
    return ProductWrite(
        source=source,
        reference=item.reference,
        public_id=item.public_id,
        fields=written_fields(item),
        tags=item.tags,
        links=item.links,
        base=base_write(item),
        adopted_variants=item.adopted_variants,
        is_released=bool(undoing and undoing.is_released),
        released_variants=undoing.released_variants if undoing else (),
        gone_variants=tuple(undoing.gone_variants) if undoing else (),
    )


def base_write(item: PlanItem) -> BaseWrite | None:
    """What is to be kept of what the source has said; None where nothing is new."""
    dropped = item.undoing.dropped if item.undoing else Fields()
    found = BaseWrite(fields=item.newly_said(), dropped=dropped, digest=item.digest)
    return found if found != BaseWrite() else None


def written_fields(item: PlanItem) -> Fields:
    def after(changes: Mapping[str, Change]) -> dict[str, object]:
        return {name: change.after for name, change in changes.items()}

    variants = {reference: after(changes) for reference, changes in item.variant_changes.items()}
    # The database keeps a plan's objects by the length of their keys, and lists as they are.
    places = {sku: place for place, sku in enumerate(item.skus)}
    ordered = sorted(variants, key=lambda reference: places.get(str(variants[reference].get("sku")), len(places)))
    return Fields(own=after(item.changes), variants={reference: variants[reference] for reference in ordered})
