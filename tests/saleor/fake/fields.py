"""Plain columns: what is unique, how long a text may be, slugs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.saleor.fake.refusals import Failed, Refused, error, not_found
from tests.saleor.fake.state import Row, Shop, parse_id
from tests.saleor.fake.texts import slug_of

Given = Mapping[str, Any]

# Of a name, where it is not 250.
NAME_LENGTHS: Final = {"Attribute": 255, "ProductVariant": 255}
LENGTHS: Final = {"title": 250, "slug": 255, "external_reference": 250, "sku": 255}
SEO_LENGTHS: Final = {"title": 70, "description": 300}
WORDS: Final = {
    "Attribute": "Attribute",
    "AttributeValue": "Attribute value",
    "Category": "Category",
    "Channel": "Channel",
    "Collection": "Collection",
    "Menu": "Menu",
    "Page": "Page",
    "PageType": "Page type",
    "Product": "Product",
    "ProductType": "Product type",
    "ProductVariant": "Product variant",
    "Warehouse": "Warehouse",
}
UNIQUE: Final = {"slug": "Slug", "external_reference": "External reference", "sku": "Sku"}
CAMEL: Final = {"external_reference": "externalReference"}
ASCII_SLUGS: Final = ("Page", "Channel")


def existing(shop: Shop, gid: str, kind: str, field: str = "id") -> Any:
    """The row with this id. Refused where there is none of this kind, whatever the id is of."""
    row = shop.node(gid, kind)
    if row is None:
        raise not_found(gid, field)
    return row


def find(shop: Shop, gid: str, kind: str, field: str = "id") -> Any:
    """The row with this id. Refused where there is none, or where the id is of something else."""
    parsed = parse_id(gid)
    if parsed is None:
        raise Refused(error(field, "GRAPHQL_ERROR", f"Invalid ID: {gid}. Expected: {kind}."))
    if parsed[0] != kind:
        raise Refused(error(field, "GRAPHQL_ERROR", f"Invalid ID: {gid}. Expected: {kind}, received: {parsed[0]}."))
    return existing(shop, gid, kind, field)


def column_errors(
    shop: Shop, kind: str, given: Given, *, pk: Any = None, long: str | None = "INVALID", blank: str = "REQUIRED"
) -> Iterator[dict[str, Any]]:
    """What is wrong with the columns given for a row; `pk` is the row's own, if it is there already.

    `long` and `blank` are the codes for a text that is too long, and for none.
    """
    lengths = {"name": NAME_LENGTHS.get(kind, 250), **LENGTHS}
    for name, length in lengths.items():
        text = given.get(name)
        if isinstance(text, str) and len(text) > length:
            message = f"Ensure this value has at most {length} characters (it has {len(text)})."
            yield error(CAMEL.get(name, name), long, message)
        elif name in ("name", "title") and name in given and not text and kind != "ProductVariant":
            yield error(name, blank, "This field cannot be blank.")
    yield from slug_errors(kind, given.get("slug"))
    for name, label in UNIQUE.items():
        text = given.get(name)
        if text is None or (name == "slug" and not text):
            continue
        if any(row.pk != pk for row in shop.table(kind).where(**{name: text})):
            yield error(CAMEL.get(name, name), "UNIQUE", f"{WORDS[kind]} with this {label} already exists.")


def slug_errors(kind: str, slug: str | None) -> Iterator[dict[str, Any]]:
    if not slug:
        return
    if kind in ASCII_SLUGS and not re.fullmatch(r"[-a-zA-Z0-9_]+", slug):
        message = "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."
        yield error("slug", "INVALID", message)
    elif not re.fullmatch(r"[-\w]+", slug):
        message = "Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."
        yield error("slug", "INVALID", message)


def seo_errors(given: Given, code: str) -> Iterator[dict[str, Any]]:
    """Saleor looks at these texts twice, and says so twice."""
    for name, length in SEO_LENGTHS.items():
        text = (given.get("seo") or {}).get(name) or ""
        if len(text) > length:
            message = f"Ensure this value has at most {length} characters (it has {len(text)})."
            yield from [error(f"seo{name.title()}", code, message)] * 2


def check_columns(shop: Shop, kind: str, given: Given, *, pk: Any = None) -> None:
    found = list(column_errors(shop, kind, given, pk=pk))
    if found:
        raise Refused(*found)


def check_no_nul(value: Any) -> None:
    """PostgreSQL keeps no NUL in a text, and Saleor does not look for it."""
    if isinstance(value, str) and "\x00" in value:
        raise Failed("DataError")
    if isinstance(value, Mapping):
        for part in value.values():
            check_no_nul(part)
    elif isinstance(value, list):
        for part in value:
            check_no_nul(part)


def slugs_of(shop: Shop, kind: str) -> set[str]:
    return {row.slug for row in shop.table(kind)}


def new_slug(shop: Shop, kind: str, given: Given, name: str = "name") -> str:
    """The slug given, or one made from the name."""
    return given.get("slug") or slug_of(given[name], slugs_of(shop, kind))


def check_slug_kept(given: Given) -> None:
    """A slug cannot be taken away."""
    if "slug" in given and not given["slug"]:
        raise Refused(error("slug", "REQUIRED", "Slug value cannot be blank."))


def pairs(given: Given, name: str) -> dict[str, str]:
    """Metadata of an input."""
    found = {item["key"]: item["value"] for item in given.get(name) or ()}
    if any(not key.strip() for key in found):
        camel = "privateMetadata" if name == "private_metadata" else name
        raise Refused(error(camel, "REQUIRED", "Metadata key cannot be empty."))
    return found


def set_columns(row: Row, given: Given, *names: str) -> None:
    for name in names:
        if name in given:
            setattr(row, name, given[name])
    row.metadata.update(pairs(given, "metadata"))
    row.private_metadata.update(pairs(given, "private_metadata"))
