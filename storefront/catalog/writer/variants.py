"""Writing variants: their columns, options, prices by channel and stock by warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from storefront.catalog.bulk import copy_rows, reserve_keys, update_rows
from storefront.catalog.fields import COMPARE_AT, OPTION, PRICE, STOCK, VARIANT_COLUMNS, with_prefix
from storefront.catalog.models import (
    Attribute,
    Channel,
    ProductVariant,
    Stock,
    VariantOption,
    VariantPrice,
    Warehouse,
    keys_of,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.writer.vocabulary import replace_values


class WriteRefused(Exception):
    """What was to be written names something that the shop no longer has; the text is for staff."""


class KnownSlugs(dict[str, int]):
    """Slug → key. Asking for a slug that is not there raises `WriteRefused`."""

    def __init__(self, what: str, rows: Iterable[tuple[str, int]]) -> None:
        super().__init__(rows)
        self.what = what

    def __missing__(self, slug: str) -> int:
        raise WriteRefused(f'The shop has no {self.what} "{slug}" any more.')


def write_variants(
    wanted: Mapping[int, Mapping[str, Mapping[str, Any]]],
    adopted: Mapping[int, Mapping[str, str]],
    existing: Collection[int],
    ids: Mapping[int, Mapping[str, str]],
    nameless: Mapping[int, Collection[str]],
) -> None:
    """Product key → variant reference → fields. A variant that is not named is left as it is.

    `adopted`: product key → reference → SKU of a variant that was made in the shop and gets this reference.
    `existing`: the products that are not new. `ids`: product key → reference → id in Saleor, of all variants in their
    order; `nameless`: product key → those among them that have no reference.
    """
    rows = list(ProductVariant.objects.filter(product_id__in=wanted.keys() & existing))
    keys_there = keys_of(rows)
    known = {(row.product_id, keys_there[row.pk]): row for row in rows}
    by_id = {row.public_id: row for row in rows}
    last: dict[int, int] = {}
    for row in rows:
        last[row.product_id] = max(last.get(row.product_id, -1), row.position)
    named = [
        (
            product_id,
            reference,
            by_id.get(ids.get(product_id, {}).get(reference, ""))
            or known.get((product_id, adopted.get(product_id, {}).get(reference, reference))),
            fields,
        )
        for product_id, variants in wanted.items()
        for reference, fields in variants.items()
    ]
    keys = iter(reserve_keys(ProductVariant, sum(row is None for _, _, row, _ in named)))
    new, changed, by_key = [], [], {}
    for product_id, reference, known_row, fields in named:
        if known_row is None:
            last[product_id] = position = last.get(product_id, -1) + 1
            row = ProductVariant(
                pk=next(keys),
                public_id=new_public_id("ProductVariant"),
                product_id=product_id,
                position=position,
            )
            new.append(row)
        else:
            row = known_row
            changed.append(row)
        row.reference = "" if reference in nameless.get(product_id, ()) else reference
        if remote_ids := ids.get(product_id):
            row.public_id, row.position = remote_ids[reference], list(remote_ids).index(reference)
        for column in VARIANT_COLUMNS:
            if column in fields:
                empty = None if column == "weight_g" else ""
                setattr(row, column, empty if fields[column] is None else fields[column])
        by_key[row.pk] = fields
    columns = ("id", "public_id", "position", "reference", *VARIANT_COLUMNS)
    copy_rows(ProductVariant, ("product", *columns), ((row.product_id, *values_of(row, columns)) for row in new))
    update_rows(ProductVariant, columns, (values_of(row, columns) for row in changed))
    variants_there = {row.pk for row in changed}
    write_options(by_key, variants_there)
    write_prices(by_key, variants_there)
    write_stock(by_key, variants_there)


def values_of(row: ProductVariant, columns: Iterable[str]) -> list[Any]:
    return [getattr(row, name) for name in columns]


def write_options(wanted: Mapping[int, Mapping[str, Any]], existing: Collection[int]) -> None:
    by_variant = {pk: stated for pk, fields in wanted.items() if (stated := with_prefix(fields, OPTION))}
    rows = replace_values(VariantOption, "variant", Attribute.Kind.VARIANT, by_variant, existing)
    copy_rows(VariantOption, ("variant", "value", "position"), rows)


def write_prices(wanted: Mapping[int, Mapping[str, Any]], existing: Collection[int]) -> None:
    """Set prices; a cleared one takes the variant out of the channel, a cleared `compare_at` ends a reduction."""
    channels = KnownSlugs("channel", Channel.objects.values_list("slug", "pk"))
    rows = {
        (variant, channel): (pk, amount, compare_at)
        for pk, variant, channel, amount, compare_at in VariantPrice.objects.filter(
            variant_id__in=existing
        ).values_list("pk", "variant_id", "channel_id", "amount", "compare_at_amount")
    }
    new: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    gone: list[int] = []
    for pk, fields in wanted.items():
        amounts, compare_at = with_prefix(fields, PRICE), with_prefix(fields, COMPARE_AT)
        for slug in dict.fromkeys([*amounts, *compare_at]):
            channel = channels[slug]
            row, amount, before = rows.get((pk, channel), (None, None, None))
            if slug in amounts and amounts[slug] is None:
                gone.extend([row] if row else [])
                continue
            if row is None and slug not in amounts:
                continue
            amount = Decimal(amounts[slug]) if slug in amounts else amount
            if slug in compare_at:
                before = None if compare_at[slug] is None else Decimal(compare_at[slug])
            if row is None:
                new.append((pk, channel, amount, before))
            else:
                changed.append((row, amount, before))
    VariantPrice.objects.filter(pk__in=gone).delete()
    copy_rows(VariantPrice, ("variant", "channel", "amount", "compare_at_amount"), new)
    update_rows(VariantPrice, ("id", "amount", "compare_at_amount"), changed)


def write_available(wanted: Mapping[int, Mapping[str, Mapping[str, int]]]) -> None:
    """Product key → variant's id → channel → units that can be had there, of products that are in Saleor."""
    rows = VariantPrice.objects.filter(variant__product_id__in=wanted).values_list(
        "pk", "variant__product_id", "variant__public_id", "channel__slug", "available"
    )
    changed = [
        (pk, now)
        for pk, product, variant, channel, before in rows
        if (now := wanted[product].get(variant, {}).get(channel, 0)) != before
    ]
    update_rows(VariantPrice, ("id", "available"), changed)


def write_stock(wanted: Mapping[int, Mapping[str, Any]], existing: Collection[int]) -> None:
    """Set units by warehouse; a cleared stock is none."""
    warehouses = KnownSlugs("warehouse", Warehouse.objects.values_list("slug", "pk"))
    known = {
        (variant, warehouse): pk
        for pk, variant, warehouse in Stock.objects.select_for_update()
        .filter(variant_id__in=existing)
        .values_list("pk", "variant_id", "warehouse_id")
    }
    new: list[tuple[int, int, int]] = []
    changed: list[tuple[int, int]] = []
    for pk, fields in wanted.items():
        for slug, quantity in with_prefix(fields, STOCK).items():
            row = known.get((pk, warehouses[slug]))
            if row is None:
                new.append((pk, warehouses[slug], quantity or 0))
            else:
                changed.append((row, quantity or 0))
    copy_rows(Stock, ("variant", "warehouse", "quantity"), new)
    update_rows(Stock, ("id", "quantity"), changed)
