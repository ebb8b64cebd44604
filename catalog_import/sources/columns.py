"""The columns of a native row: which field each fills, how its cells are read, what ``-`` leaves."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Final

import orjson

from catalog_import.sources import cells
from catalog_import.sources.numbers import WHOLE, has_unit, read_number
from catalog_import.sources.values.categories import category_reading
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_WAREHOUSE, MediaRecord, Status
from storefront.catalog.richtext import from_editorjs
from storefront.catalog.taxonomy import Taxonomy

MAX_NAME = 250
# Of a category and all above it.
MAX_PATH = 1_000
WRONG: Final = object()
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u2060\ufeff\u00ad"))
_HARD_SPACE = re.compile(r"&(?:nbsp|#160|#xa0);", re.IGNORECASE)
# A memory of cells that come again and again ("active", "neck;shoulders"); long or rare ones are not kept.
_REMEMBERED = 2_000


class Kind(Enum):
    KEY = auto()
    PRODUCT = auto()
    VARIANT = auto()
    OPTION = auto()
    ATTRIBUTE = auto()
    STOCK = auto()
    PRICE = auto()
    COMPARE_AT = auto()
    CURRENCY = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the record's field that it fills (and the key in it), how to read it, what ``-`` leaves.

    `read_as` tells what was not literal in a cell that was read, if anything.
    """

    kind: Kind
    field: str
    parse: cells.Parser[Any]
    cleared: Any = ""
    can_clear: bool = True
    key: str = ""
    is_money: bool = False
    read_as: Callable[[str, Any], str] | None = None


class Specs:
    """The columns by name. Those with a name of the file's own (``option: Size``) are made when they are met."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.known: dict[str, Column] = dict(columns_of(taxonomy))
        self.names: tuple[str, ...] = tuple(self.known)
        self._of_field = {column.field: name for name, column in self.known.items() if column.kind is Kind.PRODUCT}

    def of(self, name: str) -> Column:
        column = self.known.get(name)
        if column is None:
            column = self.known[name] = named_column(name)
        return column

    def column_of(self, field: str) -> str:
        """The column that fills a product's field."""
        return self._of_field.get(field, f"attribute: {field}")


def columns_of(taxonomy: Taxonomy) -> Mapping[str, Column]:
    """The columns with a fixed name."""
    return {
        "sku": Column(Kind.KEY, "sku", str),
        "product": Column(Kind.KEY, "product", str),
        "product_reference": Column(Kind.KEY, "product_reference", str),
        "variant_reference": Column(Kind.VARIANT, "reference", cells.parse_code),
        "name": text_column("name", can_clear=False),
        "slug": Column(Kind.PRODUCT, "slug", cells.parse_slug, can_clear=False),
        "description": Column(Kind.PRODUCT, "description", parse_description, read_as=description_reading),
        "brand": text_column("brand"),
        "category": Column(Kind.PRODUCT, "category", cells.text_of(MAX_PATH), read_as=category_reading),
        "seo_title": text_column("seo_title", limit=70),
        "seo_description": text_column("seo_description", limit=300),
        "tool_type": Column(
            Kind.PRODUCT, "tool_type", remembered(cells.slug_of("a known tool type", taxonomy.tool_types)), None
        ),
        "target_areas": Column(
            Kind.PRODUCT, "target_areas", remembered(cells.slugs_of("a known body area", taxonomy.areas)), ()
        ),
        "conditions": Column(
            Kind.PRODUCT, "conditions", remembered(cells.slugs_of("a known condition", taxonomy.conditions)), ()
        ),
        "techniques": Column(
            Kind.PRODUCT, "techniques", remembered(cells.slugs_of("a known technique", taxonomy.techniques)), ()
        ),
        "contraindications": Column(
            Kind.PRODUCT, "contraindications", remembered(cells.contraindications_of(taxonomy.contraindications)), ()
        ),
        "cautions": Column(Kind.PRODUCT, "cautions", remembered(cells.parse_cautions), ()),
        "guide": Column(Kind.PRODUCT, "guide", cells.text_of(255), None),
        "related_guides": Column(Kind.PRODUCT, "related_guides", cells.parse_lines, ()),
        "image": Column(Kind.PRODUCT, "media", cells.parse_media, (), read_as=pictures_reading),
        "material": text_column("material"),
        "warranty_years": Column(
            Kind.PRODUCT, "warranty_years", remembered(cells.parse_years), None, read_as=number_reading
        ),
        "fsa_hsa_eligible": Column(Kind.PRODUCT, "fsa_hsa_eligible", cells.parse_yes_no, None),
        "fsa_hsa_condition": text_column("fsa_hsa_condition"),
        "status": Column(
            Kind.PRODUCT, "status", remembered(cells.parse_status), can_clear=False, read_as=status_reading
        ),
        "variant": text_column("name", kind=Kind.VARIANT),
        "weight_g": Column(Kind.VARIANT, "weight_g", cells.parse_grams, None, read_as=weight_reading),
        "barcode": Column(Kind.VARIANT, "barcode", cells.parse_barcode),
        **{name: named_column(name) for name in ("price", "compare_at_price", "currency", "stock")},
    }


def named_column(name: str) -> Column:
    """A column of a channel, a warehouse, an option or an attribute."""
    prefix, _, key = name.partition(": ")
    match prefix:
        case "price":
            return Column(
                Kind.PRICE, "prices", cells.parse_price, can_clear=False, key=key or DEFAULT_CHANNEL, is_money=True
            )
        case "compare_at_price":
            return Column(Kind.COMPARE_AT, "prices", cells.parse_price, None, key=key or DEFAULT_CHANNEL, is_money=True)
        case "stock":
            return Column(
                *(Kind.STOCK, "stock", cells.parse_units, 0), key=key or DEFAULT_WAREHOUSE, read_as=number_reading
            )
        case "currency":
            return Column(Kind.CURRENCY, "currency", remembered(cells.parse_currency), key=key or DEFAULT_CHANNEL)
        case "option":
            return Column(Kind.OPTION, "options", parse_option, key=key, read_as=text_reading)
        case _:
            return Column(Kind.ATTRIBUTE, "attributes", plain_text_of(2_000), key=key, read_as=text_reading)


def text_column(field: str, *, limit: int = MAX_NAME, can_clear: bool = True, kind: Kind = Kind.PRODUCT) -> Column:
    return Column(kind, field, plain_text_of(limit), can_clear=can_clear, read_as=text_reading)


def plain_text_of(limit: int) -> cells.Parser[str]:
    """A text that is shown as it is: entities of a web page are no part of it, ``&nbsp;`` is a space."""
    within = cells.text_of(limit)

    def parse(cell: str) -> str:
        if "&" in cell and _ENTITY.search(cell):
            cell = html.unescape(_HARD_SPACE.sub(" ", cell)).strip()
        if not cell.isascii():
            cell = cell.translate(_INVISIBLE).strip()
        return within(cell)

    return parse


def parse_option(cell: str) -> str:
    """The value of an option: a text that no spreadsheet made a date or a rounded number of."""
    return _option_text(cells.parse_code(cell))


def parse_description(cell: str) -> str:
    """A text; an Editor.js document, as Saleor keeps descriptions, becomes the text that it stands for."""
    if cell.startswith("{") and '"blocks"' in cell:
        try:
            document = orjson.loads(cell)
        except orjson.JSONDecodeError:
            document = None
        if isinstance(document, dict) and isinstance(document.get("blocks"), list):
            cell = from_editorjs(document)
    return _description(cell)


def as_plain_cell(text: str) -> str:
    """A plain text as a cell that is read as this very text, even where it looks like an entity."""
    return text.replace("&", "&amp;") if "&" in text and _ENTITY.search(text) else text


_option_text = plain_text_of(MAX_NAME)
_description = cells.text_of(50_000)


def text_reading(cell: str, value: str) -> str:
    if value == cell:
        return ""
    return "HTML entities were decoded" if "&" in cell else "invisible characters were left out"


def description_reading(cell: str, value: str) -> str:
    return "" if value == cell else "the text was taken out of an Editor.js document"


def pictures_reading(cell: str, value: tuple[MediaRecord, ...]) -> str:
    """How a cell with pictures was parted, where not by semicolons."""
    if len(value) > 1 + cell.count(";"):
        return "several pictures in one cell were told apart"
    return "an address was read without its scheme, as https" if cell.lstrip().startswith("//") else ""


def weight_reading(cell: str, value: int) -> str:
    if cell.isdigit():
        return ""
    return "weights with a unit were turned into grams" if has_unit(cell) else number_reading(cell, value)


def status_reading(cell: str, value: Status) -> str:
    return "" if cell.lower() == value else f'"{cell.lower()}" was read as {value}'


def number_reading(cell: str, value: Any) -> str:
    if cell.isdigit():
        return ""
    return " and ".join(read_number(cell, WHOLE if isinstance(value, int) else "").how)


def remembered(parse: cells.Parser[Any]) -> cells.Parser[Any]:
    look_up = lru_cache(_REMEMBERED)(parse)
    return lambda cell: look_up(cell) if len(cell) < 1_000 else parse(cell)
