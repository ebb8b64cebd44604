"""What the objects of every system have: texts, amounts, pictures, lists in connections, and what is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from catalog_import.sources.dialects.headers import our_column, plain

Row = dict[str, str]
Object = dict[str, Any]
AMOUNTS = ("amount", "value", "gross", "price", "net")
ADDRESSES = ("location", "url", "src", "href", "original", "full", "large", "path")
_CURRENCIES = ("currency", "currencyCode", "currency_code")


class Refused(Exception):
    """A value says nothing that its column could hold; the text is for staff."""

    def __init__(self, column: str, message: str, value: Any = "") -> None:
        super().__init__(message)
        self.column = column
        self.value = str(value)[:100]


def with_unread(item: Object, rows: Iterator[Row], read: frozenset[str]) -> Iterator[Row]:
    """The rows of an object, the first with what is not read of it, too: so that it is listed as left out."""
    unread = {
        key: text(value) or "…"
        for key, value in item.items()
        if plain(key) not in read
        and our_column(key, ()) is None
        and not (value is None or value is False or value in ("", [], {}))
    }
    for row in rows:
        yield unread | row
        unread = {}


def unconnected(value: Any, depth: int = 0) -> Any:
    """A value of a GraphQL answer with its connections (`edges` of `node`s, or `nodes`) as plain lists."""
    if isinstance(value, dict):
        if isinstance(value.get("edges"), list):
            return [unconnected(edge.get("node"), depth + 1) for edge in value["edges"] if isinstance(edge, dict)]
        if isinstance(value.get("nodes"), list):
            return [unconnected(node, depth + 1) for node in value["nodes"]]
        if set(value) <= {"node", "cursor"} and "node" in value:
            return unconnected(value["node"], depth + 1)
        return {name: unconnected(part, depth + 1) for name, part in value.items()}
    return [unconnected(part, depth + 1) for part in value] if isinstance(value, list) else value


def snake(item: Object) -> Object:
    """An object whose keys are written like_this: Shopify has two ways."""
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower(): value for key, value in item.items()}


def objects(value: Any) -> list[Object]:
    if isinstance(value, dict):
        return [value]
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A simple value as a text; a list of such as a list with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text(part) for part in value if not isinstance(part, dict | list))
    return "" if isinstance(value, dict) else str(value).strip()


def amount(value: Any, depth: int = 0) -> str:
    """An amount of money with its currency beside it, from a number, a text or an object of any depth."""
    if not isinstance(value, dict) or depth > 3:
        return text(value)
    if isinstance(cents := value.get("centAmount"), int):
        digits = value.get("fractionDigits", 2)
        found = str(Decimal(cents).scaleb(-digits if isinstance(digits, int) and 0 <= digits < 5 else -2))
        return f"{found} {text(value.get('currencyCode'))}".strip()
    currency = next((text(value[name]) for name in _CURRENCIES if value.get(name)), "")
    for name in AMOUNTS:
        if value.get(name) is not None and (found := amount(value[name], depth + 1)):
            return found if not currency or found.endswith(currency) else f"{found} {currency}"
    return ""


def address_of(picture: Mapping[str, Any]) -> str:
    for name in ADDRESSES:
        if isinstance(found := picture.get(name), str) and found:
            return found
    inner = picture.get("image") or picture.get("previewImage") or picture.get("preview_image")
    return address_of(inner) if isinstance(inner, dict) else ""


def alt_of(picture: Object) -> str:
    inner = picture.get("image")
    own = text(picture.get("alt", picture.get("altText", picture.get("alt_text"))))
    return own or (alt_of(inner) if isinstance(inner, dict) else "")


def picture_part(picture: Object) -> str:
    alt = alt_of(picture)
    address = address_of(picture)
    return f"{alt} | {address}" if alt else address
