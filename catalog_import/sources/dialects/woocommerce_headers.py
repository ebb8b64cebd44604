"""WooCommerce's column names in the languages that it exports in (`woocommerce.yaml`) → the English ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from catalog_import.sources.dialects.headers import plain
from catalog_import.sources.values.yaml_data import load_data

DATA = Path(__file__).with_name("woocommerce.yaml")
_ATTRIBUTE = re.compile(r"\A(?=.*\b(?:attribut[eo]?|atributo|eigenschap|kenmerk|atrybutu?)\b)(?=\D*(\d{1,3})\b).*")
_NAME = re.compile(r"\b(?:name|nom|nombre|nome|naam|nazwa)\b")
_VALUE = re.compile(r"\b(?:values?|wert|werte|valeurs?|valor|valores|valore|valori|valuta|waarden?|wartosc|wartosci)\b")
_WEIGHT = re.compile(r"(?:gewicht|poids|peso|waga)(?: (kg|g|lbs?|oz|livres?))?")


# The columns of an export in WooCommerce's own order (`get_default_column_names` of its exporter).
_ORDER = (
    *("id", "type", "sku", "gtin upc ean or isbn", "name", "published", "is featured", "visibility in catalog"),
    *("short description", "description", "date sale price starts", "date sale price ends", "tax status", "tax class"),
    *("in stock", "stock", "low stock amount", "backorders allowed", "sold individually"),
)


def english_names(headers: Sequence[str]) -> list[str]:
    """Return the headers of an export as the English ones call them. One that is not known is called what stands in its
    place between two known ones."""
    names = [english(header) for header in headers]
    known = [(place, _ORDER.index(name)) for place, name in enumerate(names) if name in _ORDER]
    for (start, first), (end, last) in pairwise(known):
        if 1 < end - start == last - first:
            names[start + 1 : end] = _ORDER[first + 1 : last]
    return names


def english(header: str) -> str:
    """Return a header as WooCommerce's English exports call it, in plain words; any other in plain words."""
    head = plain(header)
    # "¿Existencias?" asks whether there is what "Existencias" counts.
    if found := _names().get(question(header)) or _names().get(head):
        return found
    if found_weight := _WEIGHT.fullmatch(head):
        unit = (found_weight[1] or "").replace("livres", "lbs").replace("livre", "lb")
        return f"weight {unit}".strip()
    if head.startswith(("attribute ", "meta ")):
        return head
    if attribute := _ATTRIBUTE.fullmatch(head):
        what = "name" if _NAME.search(head) else "value s" if _VALUE.search(head) else "flag"
        return f"attribute {attribute[1]} {what}"
    return head


@lru_cache(1)
def _names() -> dict[str, str]:
    listed = load_data(DATA)
    names = {plain(word): name for name, words in listed.items() for word in words if "?" not in word}
    asked = {question(word): name for name, words in listed.items() for word in words if "?" in word}
    return {plain(word): name for name, words in listed.items() for word in words} | names | asked


def question(header: str) -> str:
    return plain(header) + ("?" if "?" in header else "")
