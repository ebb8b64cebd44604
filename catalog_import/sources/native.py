"""Native rows → product records, each with where it stands.

A native row says what a row of any file says in our columns' names. Rows of one product are gathered until its last
one was read. All problems are told; an error skips its row, an error in a product's own column the whole product.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from catalog_import.problems import Place, Problem, ProblemCode, problem_at, warning_at
from catalog_import.sources import cells
from catalog_import.sources.cells import CLEAR, CellError
from catalog_import.sources.columns import WRONG, Column, Kind, Specs
from catalog_import.sources.notes import Notes
from storefront.catalog.records import (
    DEFAULT_CHANNEL,
    DEFAULT_CURRENCY,
    MediaRecord,
    Money,
    ProductRecord,
    VariantRecord,
)
from storefront.catalog.taxonomy import Taxonomy

MAX_KEY = 250


@dataclass(frozen=True, slots=True)
class Fault:
    """What a translator found wrong with a row, in the file's own column. One that is not fatal costs its cell only."""

    column: str
    code: ProblemCode
    message: str
    value: str = ""
    is_fatal: bool = True


@dataclass(slots=True)
class NativeRow:
    """A row in our words: our column → trimmed text, filled cells only.

    A row that is no variant says something of its product alone. `pictures` (position, cell) are added to those of
    the product's other rows; a row with `faults` is left out. `heads`: our column → the file's header, where this
    row takes it from another column than the table's other rows.
    """

    row: int
    cells: dict[str, str]
    is_variant: bool = True
    pictures: tuple[tuple[int, str], ...] = ()
    faults: tuple[Fault, ...] = ()
    heads: Mapping[str, str] | None = None

    def reference(self) -> str:
        """What the row's product is known by; empty when the row does not say."""
        said = self.cells
        for name in ("product_reference", "product", "sku"):
            cell = said.get(name)
            if cell and cell != CLEAR:
                return key_of(cell)
        return ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The table that rows come from: its place, our column → its header, our column → its decimal sign.

    `forgiving`: columns of which a bad cell is left out with a warning, instead of its row: another system filled them
    by rules of its own, and nobody here can be asked to mend thousands.
    """

    place: Place
    heads: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    forgiving: frozenset[str] = frozenset()

    def at(self, row: int) -> Place:
        return Place(self.place.file, row, self.place.sheet)

    def head(self, column: str) -> str:
        return self.heads.get(column) or column


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A record and where it stands: its first row, the row of each variant by reference, the file's own headers."""

    record: ProductRecord
    place: Place
    variant_places: Mapping[str, Place] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)

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
    is_bad: bool = False
    has_faulty_rows: bool = False


class Reader:
    """Gathers native rows into products. State of one reading, nothing more.

    `currencies`: channel slug → ISO 4217 code, for the channels whose currency is known.
    """

    def __init__(self, taxonomy: Taxonomy, currencies: Mapping[str, str], notes: Notes) -> None:
        self.specs = Specs(taxonomy)
        self.currencies = currencies
        self.notes = notes
        self.problems: list[Problem] = []
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
        row_reader = _RowReader(self, place, origin)
        if row.faults:
            for fault in row.faults:
                tell = problem_at if fault.is_fatal else warning_at
                self.problems.append(tell(place, fault.column, fault.code, fault.message, value=fault.value))
            if any(fault.is_fatal for fault in row.faults):
                group.has_faulty_rows = True
                group.is_bad = group.is_bad or not row.is_variant
                return
        sku = ""
        if row.is_variant and not (sku := self.usable_sku(row, place, origin)):
            group.has_faulty_rows = True
            return
        if len(reference) > MAX_KEY:
            name = "product_reference" if row.cells.get("product_reference") else "product"
            row_reader.error(name, ProblemCode.TOO_LONG, too_long(reference), reference)
            group.has_faulty_rows = True
            return
        found = row_reader.read(row)
        if found.own is None:
            group.is_bad = True
        else:
            self.merge(group, found.own, place, origin)
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

    def usable_sku(self, row: NativeRow, place: Place, origin: Origin) -> str:
        """The row's SKU; empty, and told, when there is none or it was there before."""
        cell = row.cells.get("sku", "")
        if not cell or cell == CLEAR:
            message = "The row has no SKU, so it was left out."
            self.problems.append(problem_at(place, origin.head("sku"), ProblemCode.MISSING_VALUE, message))
            return ""
        sku = key_of(cell)
        if len(sku) > MAX_KEY:
            code, message = ProblemCode.TOO_LONG, too_long(sku)
            self.problems.append(problem_at(place, origin.head("sku"), code, message, value=sku))
            return ""
        # Two SKUs that differ in case or spaces only are one to the people who read them.
        here = origin.number << 40 | row.row
        taken = self.skus.setdefault(hash("".join(sku.split()).casefold()), here)
        if taken != here:
            where = f"row {taken & (1 << 40) - 1}" + (" of an earlier sheet" if taken >> 40 != origin.number else "")
            message = f'The SKU "{sku}" stands in {where} already; this row was left out.'
            self.problems.append(problem_at(place, origin.head("sku"), ProblemCode.DUPLICATE_SKU, message, value=sku))
            return ""
        return sku

    def merge(self, group: _Group, own: Mapping[str, Any], place: Place, origin: Origin) -> None:
        """The first row that says something of the product is believed; another word later is told."""
        known = group.own
        for name, value in own.items():
            if name == "attributes":
                self.merge(_Group(place, known.setdefault("attributes", {})), value, place, origin)
            elif name not in known:
                known[name] = value
            elif known[name] != value:
                message = "The product says something else here than in its first row, which was believed."
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
                message = f'The product "{cells.shown(reference)}" has no row of a variant, so it was left out.'
                self.problems.append(warning_at(group.place, "", ProblemCode.MISSING_VALUE, message))
            return None
        if group.pictures:
            pictures = [media for _, media in sorted(group.pictures, key=lambda pair: pair[0])]
            group.own["media"] = tuple({media.location: media for media in pictures}.values())
        said = {"reference": reference, "variants": tuple(group.variants.values()), **group.own}
        try:
            return ReadProduct(ProductRecord.model_validate(said), group.place, group.places, origin.heads)
        except ValidationError as error:
            self.problems.append(invalid(error, group.place))
            return None


@dataclass(slots=True)
class _Found:
    """What the cells of a row say; `own` is None when a word of the product is wrong."""

    own: dict[str, Any] | None
    variant: dict[str, Any]
    amounts: dict[str, Any]
    compare_at: dict[str, Any]
    pictures: list[tuple[int, MediaRecord]]
    currency: str = ""
    is_good: bool = True


class _RowReader:
    """Reads the cells of one row, and tells what is wrong with each."""

    __slots__ = ("notes", "origin", "place", "reader")

    def __init__(self, reader: Reader, place: Place, origin: Origin) -> None:
        self.reader = reader
        self.place = place
        self.origin = origin
        self.notes = reader.notes

    def read(self, row: NativeRow) -> _Found:
        own: dict[str, Any] | None = {}
        wrong_own = False
        found = _Found(own, {}, {}, {}, [])
        of, known = self.reader.specs.of, self.reader.specs.known
        for name, cell in row.cells.items():
            column = known.get(name) or of(name)
            kind = column.kind
            if kind is Kind.KEY:
                continue
            value = self.cell(name, column, cell, found)
            if value is WRONG:
                if name in self.origin.forgiving:
                    continue
                if kind is Kind.PRODUCT or kind is Kind.ATTRIBUTE:
                    wrong_own = True
                else:
                    found.is_good = False
            elif kind is Kind.PRODUCT:
                own[column.field] = value  # type: ignore[index]
            elif kind is Kind.VARIANT:
                found.variant[column.field] = value
            elif kind is Kind.PRICE:
                found.amounts[column.key] = value
            elif kind is Kind.COMPARE_AT:
                found.compare_at[column.key] = value
            elif kind is Kind.CURRENCY:
                found.currency = value
            elif kind is Kind.ATTRIBUTE:
                own.setdefault("attributes", {})[column.key] = value  # type: ignore[union-attr]
            else:
                found.variant.setdefault(column.field, {})[column.key] = value
        for position, cell in row.pictures:
            media = self.cell("image", self.reader.specs.of("image"), cell, found)
            if media is WRONG:
                wrong_own = wrong_own or "image" not in self.origin.forgiving
            else:
                found.pictures += [(position, one) for one in media]
        if wrong_own:
            found.own = None
        return found

    def cell(self, name: str, column: Column, cell: str, found: _Found) -> Any:
        """The cell's value, or `WRONG` with its problem told."""
        if cell == CLEAR:
            if column.can_clear:
                return column.cleared
            self.error(
                name, ProblemCode.INVALID_VALUE, f"{self.origin.head(name)} cannot be cleared; give a value.", cell
            )
            return WRONG
        try:
            if column.is_money:
                return self.money(name, column, cell, found)
            value = column.parse(cell)
        except CellError as error:
            self.error(name, code_for(name, str(error)), str(error), cell)
            return WRONG
        if column.read_as is not None and (how := column.read_as(cell, value)):
            self.notes.add(how, row=self.place.row, column=self.origin.head(name), example=cell)
        return value

    def money(self, name: str, column: Column, cell: str, found: _Found) -> Any:
        money = cells.parse_money(cell, self.origin.decimals.get(name, ""))
        for how in money.how:
            self.notes.add(how, row=self.place.row, column=self.origin.head(name), example=cell)
        if not money.currencies:
            return money.value
        expected = self.reader.currencies.get(column.key)
        if expected and expected not in money.currencies:
            self.wrong_currency(name, money.currencies[0], column.key, expected)
            return WRONG
        if column.key == DEFAULT_CHANNEL:
            found.variant["beside"] = money.currencies
        return money.value

    def variant(self, found: _Found, sku: str) -> VariantRecord | None:
        """The variant of a row; None when something of it is wrong."""
        said = found.variant
        beside = said.pop("beside", ())
        currency = found.currency or (beside[0] if beside else "")
        expected = self.reader.currencies.get(DEFAULT_CHANNEL)
        if found.currency and expected and found.currency != expected:
            self.wrong_currency("currency", found.currency, DEFAULT_CHANNEL, expected)
            found.is_good = False
        elif found.currency and beside and found.currency not in beside:
            message = f"The price is in {beside[0]}, the row's currency is {found.currency}. Make the two agree."
            self.error("currency", ProblemCode.WRONG_CURRENCY, message, found.currency)
            found.is_good = False
        for channel in found.compare_at:
            if channel not in found.amounts and found.is_good:
                name = "compare_at_price" if channel == DEFAULT_CHANNEL else f"compare_at_price: {channel}"
                message = "There is a price before the reduction, but no price. Give the price in the same row."
                self.error(name, ProblemCode.MISSING_VALUE, message)
                found.is_good = False
        if not found.is_good:
            return None
        said["sku"] = sku
        return None if self.set_reference(said, sku) is None else self.with_prices(found, said, currency)

    def set_reference(self, said: dict[str, Any], sku: str) -> str | None:
        reference = key_of(said.get("reference") or sku)
        if len(reference) > MAX_KEY:
            self.error("variant_reference", ProblemCode.TOO_LONG, too_long(reference), reference)
            return None
        said["reference"] = reference
        return reference

    def with_prices(self, found: _Found, said: dict[str, Any], currency: str) -> VariantRecord | None:
        if found.amounts:
            prices = said["prices"] = {}
            for channel, amount in found.amounts.items():
                money = {
                    "amount": amount,
                    "currency": self.reader.currencies.get(channel) or currency or DEFAULT_CURRENCY,
                }
                if channel in found.compare_at:
                    before = money["compare_at"] = found.compare_at[channel]
                    if before is not None and before < amount:
                        self.warn_of_compare_at(channel, before, amount)
                prices[channel] = Money(**money)
        try:
            return VariantRecord.model_validate(said)
        except ValidationError as error:
            self.reader.problems.append(invalid(error, self.place))
            return None

    def warn_of_compare_at(self, channel: str, before: Any, amount: Any) -> None:
        name = "compare_at_price" if channel == DEFAULT_CHANNEL else f"compare_at_price: {channel}"
        message = f"The price before the reduction ({before}) is below the price ({amount}). Are they swapped?"
        head = self.origin.head(name)
        problem = warning_at(self.place, head, ProblemCode.COMPARE_AT_BELOW_PRICE, message, value=str(before))
        self.reader.problems.append(problem)

    def wrong_currency(self, name: str, stated: str, channel: str, expected: str) -> None:
        message = f"The price is in {stated}, but {channel} sells in {expected}. Give the price in {expected}."
        self.error(name, ProblemCode.WRONG_CURRENCY, message, stated)

    def error(self, name: str, code: ProblemCode, message: str, value: str = "") -> None:
        head = self.origin.head(name)
        if name in self.origin.forgiving:
            problem = warning_at(self.place, head, code, f"{message} The cell was left out.", value=value)
        else:
            problem = problem_at(self.place, head, code, message, value=value)
        self.reader.problems.append(problem)


def key_of(cell: str) -> str:
    """A reference or SKU as it is compared: trimmed and in Unicode NFC, as in `normalise_key`, but quick for ASCII."""
    text = cell.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def too_long(key: str) -> str:
    return f"The text has {len(key)} characters, the shop keeps {MAX_KEY}. Shorten it."


def invalid(error: ValidationError, place: Place) -> Problem:
    fault = error.errors()[0]
    where = str(fault["loc"][0]) if fault["loc"] else ""
    return problem_at(
        place, where, ProblemCode.INVALID_VALUE, f"{fault['msg']}.", value=cells.shown(str(fault.get("input", "")))
    )


def code_for(column: str, message: str) -> ProblemCode:
    if column in ("target_areas", "tool_type", "conditions"):
        return ProblemCode.UNKNOWN_SLUG
    if column == "barcode":
        return ProblemCode.BAD_BARCODE
    is_long = message.startswith(("The text has", "The list has"))
    return ProblemCode.TOO_LONG if is_long else ProblemCode.INVALID_VALUE
