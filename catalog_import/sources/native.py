"""Native rows → product records, each with where it stands.

A native row says what a row of any file says in our columns' names. Rows of one product are gathered until its last
one was read. All problems are reported; an error skips its row, an error in a product column skips the whole product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from catalog_import.sources.cells import CLEAR, shown
from catalog_import.sources.dialects.native_rows import NativeRow, Origin, key_of
from catalog_import.sources.problems import Place, ProblemCode, problem_at, warning_at
from catalog_import.sources.row_reader import MAX_KEY, Context, RowReader, invalid, too_long
from catalog_import.sources.values.damage import damage_of_code
from storefront.catalog.records import MediaRecord, ProductRecord, VariantRecord
from storefront.catalog.richtext import normalise
from storefront.catalog.twins import folded_key


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A record and where it stands: its first row, the row of each variant by reference, the file's own headers.

    `made_up`: reference of a variant → the SKU that the importer makes for its row where there is none; it is the
    variant's own SKU where there was none.
    """

    record: ProductRecord
    place: Place
    variant_places: Mapping[str, Place] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    made_up: Mapping[str, str] = field(default_factory=dict)

    def head(self, column: str) -> str:
        """What the file calls a column of ours."""
        return self.heads.get(column) or column


@dataclass(slots=True)
class _Group:
    """The rows of one product so far."""

    place: Place
    own: dict[str, Any] = field(default_factory=dict)
    variants: dict[str, VariantRecord] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    pictures: list[tuple[int, MediaRecord]] = field(default_factory=list)
    made_up: dict[str, str] = field(default_factory=dict)
    is_bad: bool = False
    has_faulty_rows: bool = False


class Reader:
    """Gathers native rows into products. State of one reading, nothing more."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.specs = context.specs
        self.problems = context.problems
        self.groups: dict[str, _Group] = {}
        # Hash of a SKU → table and row: a million SKUs must not fill the memory.
        self.skus: dict[int, int] = {}

    def add(self, row: NativeRow, origin: Origin) -> None:
        """Take in a row; `finish` then gives the product once its last row was taken in."""
        place = origin.at(row.row)
        reference = row.reference()
        group = self.groups.get(reference)
        if group is None:
            group = self.groups[reference] = _Group(place)
        if row.heads:
            origin = replace(origin, heads={**origin.heads, **row.heads})
        row_reader = RowReader(self.context, place, origin)
        for fault in row.faults:
            tell = problem_at if fault.is_fatal else warning_at
            column = row_reader.origin.head(fault.column)
            self.problems.append(tell(place, column, fault.code, fault.message, value=fault.value))
        # A mangled code must not become what its product is known by.
        keys = [(name, cell) for name in ("product", "product_reference") if (cell := row.cells.get(name, ""))]
        damaged = [(name, cell, why) for name, cell in keys if (why := damage_of_code(cell))]
        for name, cell, why in damaged:
            row_reader.error(name, ProblemCode.INVALID_VALUE, why, cell)
        if damaged or any(fault.is_fatal for fault in row.faults):
            group.has_faulty_rows = True
            group.is_bad = group.is_bad or not row.is_variant
            return
        sku = ""
        if row.is_variant and not (sku := self.usable_sku(row, row_reader)):
            group.has_faulty_rows = True
            return
        if len(reference) > MAX_KEY:
            name = "product_reference" if row.cells.get("product_reference") else "product"
            row_reader.error(name, ProblemCode.TOO_LONG, too_long(reference), reference)
            group.has_faulty_rows = True
            return
        found = row_reader.read(row)
        if found.is_own_good:
            self.merge(group, found.own, place, origin)
        else:
            group.is_bad = True
        group.pictures += found.pictures
        if not row.is_variant:
            return
        variant = row_reader.variant(found, sku)
        if variant is None:
            group.has_faulty_rows = True
        elif variant.reference in group.variants:
            message = f'The variant reference "{variant.reference}" is there twice in this product.'
            row_reader.error("variant_reference", ProblemCode.DUPLICATE_REFERENCE, message, variant.reference)
        else:
            group.variants[variant.reference] = variant
            group.places[variant.reference] = place
            if row.made_up:
                group.made_up[variant.reference] = row.made_up

    def usable_sku(self, row: NativeRow, reader: RowReader) -> str:
        """The row's SKU; empty, and told, when there is none or it was there before."""
        cell = row.cells.get("sku", "")
        if not cell or cell == CLEAR:
            reader.error("sku", ProblemCode.MISSING_VALUE, "The row has no SKU, so it was left out.")
            return ""
        sku = key_of(cell)
        if len(sku) > MAX_KEY:
            reader.error("sku", ProblemCode.TOO_LONG, too_long(sku), sku)
            return ""
        if row.made_up != sku and (damage := damage_of_code(sku)):
            reader.error("sku", ProblemCode.INVALID_VALUE, damage, sku)
            return ""
        # Two SKUs that differ in case or spaces only are one to the people who read them.
        number = reader.origin.number
        here = number << 40 | row.row
        taken = self.skus.setdefault(hash(folded_key(sku)), here)
        if taken != here:
            where = f"row {taken & (1 << 40) - 1}" + (" of an earlier sheet" if taken >> 40 != number else "")
            message = f'The SKU "{sku}" is already used in {where}; this row was skipped.'
            reader.error("sku", ProblemCode.DUPLICATE_SKU, message, sku)
            return ""
        return sku

    def merge(self, group: _Group, own: Mapping[str, Any], place: Place, origin: Origin) -> None:
        """The first row with product values wins; later rows that differ are reported."""
        known = group.own
        for name, value in own.items():
            if name == "attributes":
                self.merge(_Group(place, known.setdefault("attributes", {})), value, place, origin)
            elif name not in known:
                known[name] = value
            elif known[name] != value:
                message = "This differs from the product's first row; the value of the first row was used."
                column = origin.head(self.specs.column_of(name))
                self.problems.append(
                    warning_at(place, column, ProblemCode.CONFLICTING_VALUE, message, value=str(value))
                )

    def finish(self, reference: str, origin: Origin) -> ReadProduct | None:
        """The product whose last row was taken in; None when nothing of it is good."""
        group = self.groups.pop(reference)
        if group.is_bad:
            return None
        if not group.variants:
            if not group.has_faulty_rows:
                message = f'The product "{shown(reference)}" has no row of a variant, so it was left out.'
                self.problems.append(warning_at(group.place, "", ProblemCode.MISSING_VALUE, message))
            return None
        if group.pictures:
            pictures = [media for _, media in sorted(group.pictures, key=lambda pair: pair[0])]
            group.own["media"] = tuple({media.location: media for media in pictures}.values())
        if description := group.own.get("description"):
            # Once a product, in this one place of all sources; in a cell, a new line is meant as one.
            group.own["description"] = normalise(description, keeps_lines=True)
        said = {"reference": reference, "variants": tuple(group.variants.values()), **group.own}
        try:
            record = ProductRecord.model_validate(said)
            return ReadProduct(record, group.place, group.places, origin.heads, group.made_up)
        except ValidationError as error:
            self.problems.append(invalid(error, group.place))
            return None
