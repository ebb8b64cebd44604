"""Column headers: the spellings that people and other systems use, and our column's name for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

MAX_HEAD = 200
PREFIXES = ("option", "price", "compare_at_price", "stock", "attribute")

# Our column → other words for it, as `plain` writes them. Only words that can mean nothing else.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "sku": ("stock keeping unit", "sku code", "sku number", "variant sku", "article number", "item number", "item no"),
    "product": ("handle", "product handle", "parent sku"),
    "product_reference": ("product ref", "product id"),
    "variant_reference": ("variant ref", "variant id"),
    "name": ("title", "product name", "product title", "item name"),
    "variant": ("variant name", "variant title"),
    "price": ("unit price", "selling price", "retail price"),
    "compare_at_price": ("compare at", "original price", "list price", "was price", "price before", "msrp"),
    "currency": ("currency code",),
    "description": ("desc", "product description", "long description", "body html"),
    "brand": ("vendor", "manufacturer", "maker", "brand name"),
    "slug": ("url slug",),
    "category": ("product category", "product type"),
    "seo_title": ("meta title",),
    "seo_description": ("meta description",),
    "tool_type": ("type of tool", "tool types"),
    "target_areas": ("target area", "body area", "body areas", "body part", "body parts", "area", "areas"),
    "conditions": ("condition treated", "complaint", "complaints"),
    "cautions": ("caution", "warning", "warnings", "contraindications"),
    "guide": ("primary guide", "guide slug"),
    "related_guides": ("related guide",),
    "stock": ("qty", "quantity", "inventory", "in stock quantity", "stock quantity", "stock level", "on hand"),
    "weight_g": ("weight grams", "weight in grams", "grams"),
    "barcode": ("gtin", "ean", "upc", "ean code", "ean 13", "gtin 13", "barcode ean", "isbn"),
    "image": ("images", "image url", "image urls", "picture", "pictures", "photo", "photos", "image link"),
    "material": ("materials",),
    "warranty_years": ("warranty", "warranty in years", "guarantee years"),
    "fsa_hsa_eligible": ("fsa hsa", "hsa fsa eligible", "fsa eligible", "hsa eligible"),
    "status": ("product status",),
}


def plain(head: str) -> str:
    """A header in plain words: "Body area(s)" is ``body areas``, "g:image_link" ``g image link``."""
    return re.sub(r"[\W_]+", " ", head.casefold().replace("(s)", "s")).strip()


def column_name(head: str) -> str:
    """A header's text as a column's name: "Compare at price" is `compare_at_price`, "Option:Size" `option: Size`."""
    prefix, colon, rest = head.partition(":")
    name = re.sub(r"[\s_-]+", "_", prefix.strip().lower())
    return f"{name}: {rest.strip()}" if colon else name


def our_column(head: str, known: Collection[str]) -> str | None:
    """The column of ours that a header names, by its own name or another word for it."""
    if len(head) > MAX_HEAD:
        return None
    name = column_name(head)
    prefix, colon, rest = name.partition(": ")
    if name in known or (colon and rest and prefix in PREFIXES):
        return name
    return _OTHER_WORDS.get(plain(head))


_OTHER_WORDS = {word: name for name, words in SPELLINGS.items() for word in (plain(name), *words)}


class Header:
    """A header row of another system: its columns found by their plain names."""

    def __init__(self, header: Iterable[str]) -> None:
        self.heads = list(header)
        self.places: dict[str, int] = {}
        for place, head in enumerate(self.heads):
            self.places.setdefault(plain(head), place)

    def head(self, *names: str) -> str:
        """The file's own header of the first of these columns that is there."""
        return next((self.heads[self.places[name]] for name in names if name in self.places), "")

    def heads_of(self, columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Our column → the file's own header for it."""
        return {ours: self.head(*theirs) for ours, theirs in columns.items()}
