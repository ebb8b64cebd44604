"""The native products table: rows → product records.

One row per variant; rows with the same `product` handle are one product. All problems are gathered;
an error skips its row, an error in a product's own column the whole product.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from catalog_import.problems import Place, Problem, ProblemCode, problem_at, warning_at
from catalog_import.sources import cells
from catalog_import.sources.cells import CLEAR, CellError
from catalog_import.sources.rows import Row, read_csv
from storefront.catalog.records import (
    DEFAULT_CHANNEL,
    DEFAULT_CURRENCY,
    DEFAULT_WAREHOUSE,
    Money,
    ProductRecord,
    VariantRecord,
    normalise_key,
)
from storefront.catalog.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: the record's field that it fills, how to read it, what ``-`` leaves."""

    field: str
    parse: cells.Parser[Any]
    cleared: Any = ""
    can_clear: bool = True


@dataclass(frozen=True, slots=True)
class Columns:
    product: Mapping[str, Column]
    variant: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A record and where it stands: its first row, and the row of each variant by reference."""

    record: ProductRecord
    place: Place
    variant_places: Mapping[str, Place] = field(default_factory=dict)


# Read apart from the others: they say which record a row belongs to, or go together in a price.
KEY_COLUMNS = ("sku", "product", "product_reference", "variant_reference")
PRICE_COLUMNS = ("price", "compare_at_price", "currency")
PREFIXES = ("option", "price", "stock", "attribute")


def columns_of(taxonomy: Taxonomy) -> Columns:
    """The columns that are read one by one, by their name in the file."""
    text = cells.text_of
    return Columns(
        product={
            "name": Column("name", text(250), can_clear=False),
            "slug": Column("slug", text(255), can_clear=False),
            "description": Column("description", text(50_000)),
            "brand": Column("brand", text(250)),
            "category": Column("category", text(250)),
            "seo_title": Column("seo_title", text(70)),
            "seo_description": Column("seo_description", text(300)),
            "tool_type": Column("tool_type", cells.slug_of("a known tool type", taxonomy.tool_types), None),
            "target_areas": Column("target_areas", cells.slugs_of("a known body area", taxonomy.areas), ()),
            "conditions": Column("conditions", cells.slugs_of("a known condition", taxonomy.conditions), ()),
            "cautions": Column("cautions", cells.parse_cautions, ()),
            "guide": Column("guide", text(255), None),
            "related_guides": Column("related_guides", cells.parse_lines, ()),
            "image": Column("media", cells.parse_media, ()),
            "material": Column("material", text(250)),
            "warranty_years": Column("warranty_years", cells.parse_years, None),
            "fsa_hsa_eligible": Column("fsa_hsa_eligible", cells.parse_yes_no, None),
            "status": Column("status", cells.parse_status, can_clear=False),
        },
        variant={
            "variant": Column("name", text(250)),
            "weight_g": Column("weight_g", cells.parse_grams, None),
            "barcode": Column("barcode", cells.parse_barcode),
        },
    )


def read_products(
    path: Path, taxonomy: Taxonomy, currencies: Mapping[str, str]
) -> tuple[list[ReadProduct], list[Problem]]:
    """The products of a native CSV file, in its order, and everything that is wrong with it.

    `currencies`: channel slug → ISO 4217 code, for the channels whose currency is known.
    """
    header, rows, problems = read_csv(path)
    if not header:
        return [], problems
    columns = columns_of(taxonomy)
    names, found = understand_header(path.name, header, columns)
    problems += found
    if "sku" not in names.values():
        message = "There is no column sku. Every row needs its stock keeping unit."
        return [], [*problems, problem_at(Place(path.name, 1), "sku", ProblemCode.MISSING_COLUMN, message)]
    reader = _Reader(columns, currencies)
    for row in rows:
        reader.add(row, {name: cell for head, name in names.items() if (cell := row.cells.get(head))})
    return reader.products(), problems + reader.problems


def understand_header(file: str, header: list[str], columns: Columns) -> tuple[dict[str, str], list[Problem]]:
    """The header's text → our column's name, for the columns that we know; case and spacing do not matter."""
    known = [*KEY_COLUMNS, *PRICE_COLUMNS, "stock", *columns.product, *columns.variant]
    place = Place(file, 1)
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for head in header:
        name = column_name(head)
        prefix = name.partition(":")[0]
        if not head:
            continue
        if name not in known and not (":" in name and prefix in PREFIXES):
            near = cells.nearest(name, known)
            message = f'The column "{head}" is not known and was left out.' + (
                f' Did you mean "{near}"?' if near else ""
            )
            problems.append(warning_at(place, head, ProblemCode.UNKNOWN_COLUMN, message))
        elif name in names.values():
            message = f'The column "{head}" is there twice; the first one was read.'
            problems.append(warning_at(place, head, ProblemCode.DUPLICATE_COLUMN, message))
        else:
            names[head] = name
    return names, problems


def column_name(head: str) -> str:
    """A header's text as a column's name: "Compare at price" is `compare_at_price`, "Option:Size" `option: Size`."""
    prefix, colon, rest = head.partition(":")
    name = re.sub(r"[\s_-]+", "_", prefix.strip().lower())
    return f"{name}: {rest.strip()}" if colon else name


class _Reader:
    """Gathers rows into products. State of one file's reading, nothing more."""

    def __init__(self, columns: Columns, currencies: Mapping[str, str]) -> None:
        self.columns = columns
        self.currencies = currencies
        self.problems: list[Problem] = []
        self.own: dict[str, dict[str, Any]] = {}
        self.variants: dict[str, dict[str, VariantRecord]] = {}
        self.places: dict[str, dict[str, Place]] = {}
        self.first: dict[str, Place] = {}
        self.bad: set[str] = set()
        self.skus: dict[str, Place] = {}

    def add(self, row: Row, said: Mapping[str, str]) -> None:
        sku = normalise_key(said.get("sku", ""))
        if not sku or sku == CLEAR:
            self.error(row.place, "sku", ProblemCode.MISSING_VALUE, "The row has no SKU, so it was left out.")
            return
        # Two SKUs that differ in case or spaces only are one to the people who read them.
        taken = self.skus.setdefault("".join(sku.split()).casefold(), row.place)
        if taken is not row.place:
            message = f'The SKU "{sku}" stands in row {taken.row} already; this row was left out.'
            self.error(row.place, "sku", ProblemCode.DUPLICATE_SKU, message, sku)
            return
        reference = normalise_key(said.get("product_reference") or said.get("product") or sku)
        self.first.setdefault(reference, row.place)
        own = self.read_own(row.place, said)
        if own is None:
            self.bad.add(reference)
            return
        self.merge_own(reference, row.place, own)
        variant = self.read_variant(row.place, said, sku)
        if variant is None:
            return
        siblings = self.variants.setdefault(reference, {})
        if variant.reference in siblings:
            message = f'The variant reference "{variant.reference}" is there twice in this product.'
            self.error(row.place, "variant_reference", ProblemCode.DUPLICATE_REFERENCE, message, variant.reference)
            return
        siblings[variant.reference] = variant
        self.places.setdefault(reference, {})[variant.reference] = row.place

    def read_own(self, place: Place, said: Mapping[str, str]) -> dict[str, Any] | None:
        """The product's own fields that the row says; None when one of them is wrong."""
        own, is_good = {}, True
        for name, column in self.columns.product.items():
            if name in said:
                value = self.read_cell(place, name, column, said[name])
                is_good = is_good and value is not _WRONG
                own[column.field] = value
        attributes = {
            name.removeprefix("attribute: "): "" if cell == CLEAR else cell
            for name, cell in said.items()
            if name.startswith("attribute: ")
        }
        if attributes:
            own["attributes"] = attributes
        return own if is_good else None

    def merge_own(self, reference: str, place: Place, own: Mapping[str, Any]) -> None:
        """The first row that says something of the product is believed; another word later is told."""
        known = self.own.setdefault(reference, {})
        for name, value in own.items():
            if name not in known:
                known[name] = value
            elif known[name] != value:
                column = next((key for key, found in self.columns.product.items() if found.field == name), name)
                message = "The product says something else here than in its first row, which was believed."
                self.problems.append(
                    warning_at(place, column, ProblemCode.CONFLICTING_VALUE, message, value=str(value))
                )

    def read_variant(self, place: Place, said: Mapping[str, str], sku: str) -> VariantRecord | None:
        """The variant of a row; None when something of it is wrong."""
        found: dict[str, Any] = {"sku": sku, "reference": said.get("variant_reference") or sku}
        is_good = True
        for name, column in self.columns.variant.items():
            if name in said:
                value = self.read_cell(place, name, column, said[name])
                is_good = is_good and value is not _WRONG
                found[column.field] = value
        options = {name.removeprefix("option: "): cell for name, cell in said.items() if name.startswith("option: ")}
        if options:
            found["options"] = {name: "" if cell == CLEAR else cell for name, cell in options.items()}
        stock = self.read_stock(place, said)
        prices = self.read_prices(place, said)
        if stock is None or prices is None or not is_good:
            return None
        found |= ({"stock": stock} if stock else {}) | ({"prices": prices} if prices else {})
        try:
            return VariantRecord.model_validate(found)
        except ValidationError as error:
            fault = error.errors()[0]
            where = str(fault["loc"][0]) if fault["loc"] else ""
            self.error(place, where, ProblemCode.INVALID_VALUE, f"{fault['msg']}.", str(fault.get("input", "")))
            return None

    def read_stock(self, place: Place, said: Mapping[str, str]) -> dict[str, int] | None:
        stock = {}
        column = Column("stock", cells.parse_units, 0)
        for name, cell in said.items():
            if name == "stock" or name.startswith("stock: "):
                units = self.read_cell(place, name, column, cell)
                if units is _WRONG:
                    return None
                stock[name.removeprefix("stock").removeprefix(": ") or DEFAULT_WAREHOUSE] = units
        return stock

    def read_prices(self, place: Place, said: Mapping[str, str]) -> dict[str, Money] | None:
        """Channel → price. `compare_at_price` and `currency` go with the plain `price`."""
        prices = {}
        column = Column("price", cells.parse_price, can_clear=False)
        stated = self.read_cell(place, "currency", Column("currency", cells.parse_currency), said.get("currency", ""))
        if stated is _WRONG:
            return None
        for name, cell in said.items():
            if name != "price" and not name.startswith("price: "):
                continue
            channel = name.removeprefix("price").removeprefix(": ") or DEFAULT_CHANNEL
            amount = self.read_cell(place, name, column, cell)
            if amount is _WRONG:
                return None
            known = self.currencies.get(channel)
            if known and stated and stated != known and name == "price":
                message = f"The price is in {stated}, but {channel} sells in {known}. Give the price in {known}."
                self.error(place, "currency", ProblemCode.WRONG_CURRENCY, message, stated)
                return None
            prices[channel] = Money(amount=amount, currency=known or stated or DEFAULT_CURRENCY)
        compare_at = said.get("compare_at_price")
        if compare_at and DEFAULT_CHANNEL in prices:
            before = self.read_cell(
                place, "compare_at_price", Column("compare_at", cells.parse_price, None), compare_at
            )
            if before is _WRONG:
                return None
            prices[DEFAULT_CHANNEL] = Money.model_validate(prices[DEFAULT_CHANNEL].said() | {"compare_at": before})
        return prices

    def read_cell(self, place: Place, name: str, column: Column, cell: str) -> Any:
        """The cell's value, or `_WRONG` with its problem noted."""
        if cell == CLEAR:
            if column.can_clear:
                return column.cleared
            self.error(place, name, ProblemCode.INVALID_VALUE, f"{name} cannot be cleared; give a value.", cell)
            return _WRONG
        if not cell:
            return column.cleared
        try:
            return column.parse(cell)
        except CellError as error:
            self.error(place, name, code_for(name, str(error)), str(error), cell)
            return _WRONG

    def error(self, place: Place, column: str, code: ProblemCode, message: str, value: str = "") -> None:
        self.problems.append(problem_at(place, column, code, message, value=value))

    def products(self) -> list[ReadProduct]:
        """The products of which at least one variant is good, in the file's order."""
        return [
            ReadProduct(
                ProductRecord.model_validate(
                    {"reference": reference, "variants": tuple(self.variants[reference].values())}
                    | self.own.get(reference, {})
                ),
                place,
                self.places[reference],
            )
            for reference, place in self.first.items()
            if reference not in self.bad and self.variants.get(reference)
        ]


_WRONG = object()


def code_for(column: str, message: str) -> ProblemCode:
    if column in ("target_areas", "tool_type", "conditions"):
        return ProblemCode.UNKNOWN_SLUG
    if column == "barcode":
        return ProblemCode.BAD_BARCODE
    return ProblemCode.TOO_LONG if message.startswith("The text has") else ProblemCode.INVALID_VALUE
