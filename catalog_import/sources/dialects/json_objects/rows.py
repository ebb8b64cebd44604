"""Tells whose an object is, and has it turned into rows. Shopify's bulk files have what belongs to a product in lines
of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalog_import.sources.dialects.json_objects.own import native_rows
from catalog_import.sources.dialects.json_objects.saleor import SALEOR, is_saleor, saleor_rows
from catalog_import.sources.dialects.json_objects.shopify import (
    SHOPIFY,
    SHOPIFY_VARIANT,
    is_shopify,
    shopify_rows,
    shopify_variant,
)
from catalog_import.sources.dialects.json_objects.values import (
    Object,
    Refused,
    Row,
    address_of,
    alt_of,
    objects,
    snake,
    text,
    unconnected,
    with_unread,
)
from catalog_import.sources.dialects.json_objects.woocommerce import WOOCOMMERCE, is_woocommerce, woocommerce_row
from catalog_import.sources.formats.tables import Damaged

_SHOPIFY_ID = "gid://shopify/"
# What an answer about a single product wraps it in.
_WRAPPERS = frozenset({"data", "product", "node"})


@dataclass(slots=True)
class JsonRows:
    """Turns the objects of one file into rows, in their order. State of one reading: Shopify's bulk files have what
    belongs to a product in lines of its own."""

    handles: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)

    def rows(self, item: Object) -> Iterable[Row | Damaged]:
        try:
            return list(self.found(item))
        except Refused as error:
            return [Damaged(str(error), error.value, error.column)]

    def found(self, item: Object) -> Iterator[Row]:
        while len(item) == 1 and (inner := next(iter(item.items())))[0] in _WRAPPERS and isinstance(inner[1], dict):
            item = inner[1]
        if str(item.get("id", "")).startswith(_SHOPIFY_ID) and not isinstance(item.get("variants"), dict):
            yield from self.bulk_rows(unconnected(item))
            return
        item = unconnected(item)
        if is_shopify(item):
            yield from with_unread(item, shopify_rows(item), SHOPIFY)
        elif is_woocommerce(item):
            yield from with_unread(item, iter([woocommerce_row(item)]), WOOCOMMERCE)
        elif is_saleor(item):
            yield from with_unread(item, saleor_rows(item), SALEOR)
        else:
            yield from native_rows(item)

    def bulk_rows(self, line: Object) -> Iterator[Row]:
        """A line of a bulk operation: a product, or what belongs to one."""
        line = snake(line)
        kind = str(line["id"]).removeprefix(_SHOPIFY_ID).partition("/")[0]
        parent = str(line.get("__parent_id", line.get("__parentid", "")))
        if kind == "Product":
            handle = text(line.get("handle")) or str(line["id"]).rpartition("/")[2]
            self.handles[str(line["id"])] = handle
            names = [text(option.get("name")) for option in objects(line.get("options"))]
            self.options[handle] = names
            yield from with_unread(line, shopify_rows({"variants": []} | line | {"handle": handle}), SHOPIFY)
        elif kind == "ProductVariant":
            if parent not in self.handles:
                raise Refused("", f"The product {parent[:100]} of this variant does not stand above it in the file.")
            handle = self.handles[parent]
            row = shopify_variant(line, self.options.get(handle, [])) | {"Handle": handle}
            yield from with_unread(line, iter([row]), SHOPIFY_VARIANT)
        elif parent in self.handles and (address := address_of(line)):
            row = {"Handle": self.handles[parent], "Image Src": address}
            yield row | {"Image Alt Text": alt} if (alt := alt_of(line)) else row
        elif handle := self.handles.get(parent, ""):
            yield {"Handle": handle, kind: text(line.get("key", line.get("id")))}


# What is read of each system's products, as `plain` writes it.
