"""An XML feed (RSS 2.0 or Atom, as Google Merchant Center takes it) as rows, streamed; no entities, no DTD."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from catalog_import.sources.formats.encoding import Encoding
from catalog_import.sources.formats.limits import Bounded, TooMuch
from catalog_import.sources.formats.tables import Damaged, Item, Table, table_of

MAX_ELEMENTS_OF_AN_ITEM = 5_000
MAX_DEPTH = 40
ITEMS = ("item", "entry", "product", "offer")
KNOWN = "Known are Google Merchant Center feeds (RSS 2.0 or Atom). Export one, or a CSV, XLSX or JSON table."


class BadFeed(Exception):
    """The file is no feed that can be read; the text is for staff."""


def open_xml(path: Path, encoding: Encoding) -> Table:
    """The table of the feed's items: a column for each element, its name without the namespace.

    Raises `BadFeed` where there is no item, or the fault comes before the first one.
    """
    table = table_of(path, lambda: items(path, encoding))
    if table is None:
        raise BadFeed(f"This XML is not a product feed we know: its root is <{root_name(path, encoding)}>. {KNOWN}")
    if not table.header:
        fault = next((found for _, found in items(path, encoding) if isinstance(found, Damaged)), None)
        raise BadFeed(fault.message if fault else f"This XML is not a product feed we know. {KNOWN}")
    return replace(table, is_feed=True)


def items(path: Path, encoding: Encoding) -> Iterator[Item]:
    """Each item as element name → text; rows count the items from 1."""
    number = 0
    with feed_stream(path, encoding) as stream:
        try:
            for number, row in parsed_items(stream):
                yield number, row
        except (ParseError, DefusedXmlException, TooMuch, ValueError, LookupError) as error:
            yield number + 1, Damaged(reason(error, path))


def feed_stream(path: Path, encoding: Encoding) -> Bounded:
    # The parser knows encodings by itself, but not UTF-16 without its mark.
    return Bounded(path, encoding.name if encoding.name.startswith("utf-16-") else "utf-8")


def root_name(path: Path, encoding: Encoding) -> str:
    with feed_stream(path, encoding) as stream:
        for _, element in iterparse(stream, events=("start",), forbid_dtd=True):
            return local_name(element)[:50]
    return ""


def parsed_items(stream: Bounded) -> Iterator[tuple[int, dict[str, str]]]:
    number = depth = since = 0
    path: list[Element] = []
    item: Element | None = None
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            since += 1
            path.append(element)
            if depth > MAX_DEPTH or since > MAX_ELEMENTS_OF_AN_ITEM:
                raise TooMuch("The feed is nested too deeply, or one item has too many elements.")
            if item is None and local_name(element) in ITEMS:
                item = element
            continue
        depth -= 1
        path.pop()
        if item is not None and element is item:
            number += 1
            item, since = None, 0
            stream.took_one()
            yield number, row_of(element)
        if item is None:
            # What was read is let go, or the whole feed would gather in its root.
            element.clear()
            if path:
                path[-1].remove(element)


def row_of(item: Element) -> dict[str, str]:
    """The texts of an item's elements; those of a repeated one stand in lines of their own.

    Details (`product_detail`) become a column each. Shipping, taxes and instalments are objects of their own, which
    the shop sets up itself.
    """
    row: dict[str, str] = {}
    for element in item:
        name = local_name(element)
        if len(element):
            if name == "product_detail":
                parts = {local_name(part): (part.text or "").strip() for part in element}
                if parts.get("attribute_name") and parts.get("attribute_value"):
                    row.setdefault(f"product_detail: {parts['attribute_name']}", parts["attribute_value"])
            continue
        text = (element.text or "").strip()
        if not text and name == "link":
            text = element.get("href", "")
        if text:
            row[name] = f"{row[name]}\n{text}" if name in row else text
    return row


def local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def reason(error: Exception, path: Path) -> str:
    if isinstance(error, DefusedXmlException):
        line = line_of(path, b"<!DOCTYPE")
        where = f" (<!DOCTYPE in line {line})" if line else ""
        return f"The feed has a DTD or entities of its own{where}, which may be an attack. Export it without them."
    if isinstance(error, TooMuch):
        return str(error)
    if isinstance(error, ParseError):
        line, column = error.position
        what = str(error).partition(": line")[0]
        return f"The XML is broken in line {line}, character {column + 1}: {what}.{hint(what)} Export it again."
    return f"The feed cannot be read on from here ({error}). Export it again."


def hint(what: str) -> str:
    """What a fault of XML usually comes from."""
    if "declaration not at start" in what:
        return " Something stands before <?xml; delete the empty lines or signs there."
    if "undefined entity" in what:
        return " Names like &nbsp; belong to web pages; in XML write the sign itself, or &#160;."
    if "not well-formed" in what or "invalid token" in what:
        return " Perhaps a & or < stands there that should be written &amp; or &lt;."
    return ""


def line_of(path: Path, mark: bytes) -> int:
    """The line in which a mark stands near the begin of a file; 0 where it does not."""
    with path.open("rb") as file:
        before, found, _ = file.read(1 << 16).partition(mark)
    return before.count(b"\n") + 1 if found else 0
