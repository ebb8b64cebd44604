"""An XML feed (RSS 2.0 or Atom, as Google Merchant Center takes it) as rows, streamed; no entities, no DTD."""

from __future__ import annotations

from collections.abc import Iterator
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


def open_xml(path: Path, encoding: Encoding) -> Table | None:
    """The table of the feed's items: a column for each element, its name without the namespace."""
    return table_of(path, lambda: items(path, encoding))


def items(path: Path, encoding: Encoding) -> Iterator[Item]:
    """Each item as element name → text; rows count the items from 1."""
    number = 0
    # The parser knows encodings by itself, but not UTF-16 without its mark.
    with Bounded(path, encoding.name if encoding.name.startswith("utf-16-") else "utf-8") as stream:
        try:
            for number, row in parsed_items(stream):
                yield number, row
        except (ParseError, DefusedXmlException, TooMuch, ValueError, LookupError) as error:
            yield number + 1, Damaged(reason(error))


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
    row: dict[str, str] = {}
    for element in item:
        name = local_name(element)
        if len(element):
            # Shipping, taxes and instalments are objects of their own, which the shop sets up itself.
            continue
        text = (element.text or "").strip()
        if not text and name == "link":
            text = element.get("href", "")
        if text:
            row[name] = f"{row[name]},{text}" if name in row else text
    return row


def local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def reason(error: Exception) -> str:
    if isinstance(error, DefusedXmlException):
        return "The feed has a DTD or entities of its own, which may be an attack. Export it without them."
    if isinstance(error, TooMuch):
        return str(error)
    return f"The feed cannot be read on from here ({error}). Export it again."
