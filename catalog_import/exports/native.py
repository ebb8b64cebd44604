"""Products as rows of the native file: what the importer reads back as "nothing to do".

A row per variant with the references that identify it. Only what was stated is written as areas, tool type and
guides; what was worked out from the text is worked out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from catalog_import.sources.cells import as_part
from catalog_import.sources.columns import as_plain_cell
from catalog_import.sources.values.categories import as_category_cell
from storefront.catalog.fields import ATTRIBUTE, COMPARE_AT, OPTION, PRICE, STOCK
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_WAREHOUSE, Origin, Tag
from storefront.catalog.snapshots import ShopProduct

TEXTS = ("name", "slug", "description", "brand", "category", "seo_title", "seo_description")
# Texts in which an entity of a web page would be read as the sign that it stands for.
PLAIN = ("name", "brand", "seo_title", "seo_description", "material", "fsa_hsa_condition")
FACTS = ("material", "warranty_years", "fsa_hsa_eligible", "fsa_hsa_condition", "status")
STATED = ("tool_type", "target_areas", "conditions", "techniques", "contraindications", "guide", "related_guides")
OWN_COLUMNS = (*TEXTS, *STATED, "cautions", "image", *FACTS)
VARIANT_COLUMNS = ("sku", "product_reference", "variant_reference", "variant", "weight_g", "barcode")

Cell = str | list[str]
Row = dict[str, Cell]


def native_rows(product: ShopProduct) -> Iterator[Row]:
    """A row for each variant; the first carries the product's own columns. An empty text says nothing."""
    own = own_cells(product)
    for index, (reference, fields) in enumerate(product.fields.variants.items()):
        row: Row = {
            "sku": str(fields["sku"]),
            "product_reference": product.reference,
            "variant_reference": reference,
            "variant": as_plain_cell(str(fields.get("name") or "")),
            "weight_g": text_of(fields.get("weight_g")),
            "barcode": str(fields.get("barcode") or ""),
        }
        for name, value in fields.items():
            if name not in row and name != "name":
                cell = text_of(value)
                row[column_of(name)] = as_plain_cell(cell) if name.startswith(OPTION) else cell
        yield row | (own if index == 0 else {})


def column_of(field: str) -> str:
    """A variant's field as a column: the default channel and warehouse have plain names."""
    plain = {
        PRICE + DEFAULT_CHANNEL: "price",
        COMPARE_AT + DEFAULT_CHANNEL: "compare_at_price",
        STOCK + DEFAULT_WAREHOUSE: "stock",
    }
    return plain.get(field, field)


def own_cells(product: ShopProduct) -> Row:
    own = product.fields.own
    cells: Row = {name: text_of(own.get(name)) for name in (*TEXTS, *FACTS)}
    cells |= {name: as_plain_cell(text_of(own.get(name))) for name in PLAIN}
    cells["category"] = as_category_cell(text_of(own.get("category")))
    cells["cautions"] = [f"{caution['kind']}: {caution['text']}" for caution in own.get("cautions") or ()]
    cells["image"] = [
        f"{media['alt']} | {media['location']}" if media["alt"] else media["location"]
        for media in own.get("media") or ()
    ]
    cells |= {name: as_plain_cell(text_of(value)) for name, value in own.items() if name.startswith(ATTRIBUTE)}
    return cells | stated_cells(product)


def stated_cells(product: ShopProduct) -> Row:
    """Areas, tool type, conditions and guides that the source stated or a person pinned."""
    base, tags = product.base.own, product.tags
    return {
        "tool_type": str(base.get("tool_type") or "".join(pinned_slugs(tags.tool_types))),
        "target_areas": base.get("target_areas") or pinned_slugs(tags.target_areas),
        "conditions": base.get("conditions") or pinned_slugs(tags.conditions),
        "techniques": base.get("techniques") or pinned_slugs(tags.techniques),
        "contraindications": base.get("contraindications") or pinned_slugs(tags.contraindications),
        "guide": str(base.get("guide") or ""),
        "related_guides": list(base.get("related_guides") or ()),
    }


def pinned_slugs(tags: Sequence[Tag]) -> list[str]:
    return [tag.slug for tag in tags] if any(tag.origin is Origin.PINNED for tag in tags) else []


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def cell_text(cell: Cell) -> str:
    """A cell of a table: the parts of a list between semicolons, those inside a part marked."""
    return cell if isinstance(cell, str) else "; ".join(map(as_part, cell))


def columns_of(products: Iterable[ShopProduct]) -> list[str]:
    """All columns that these products need, in the order of the docs."""
    further: dict[str, None] = {}
    attributes: dict[str, None] = {}
    for product in products:
        attributes.update(dict.fromkeys(name for name in product.fields.own if name.startswith(ATTRIBUTE)))
        for fields in product.fields.variants.values():
            named = (name for name in fields if name.startswith((OPTION, PRICE, COMPARE_AT, STOCK)))
            further.update(dict.fromkeys(column_of(name) for name in named))
    return [*VARIANT_COLUMNS, *further, *OWN_COLUMNS, *attributes]
