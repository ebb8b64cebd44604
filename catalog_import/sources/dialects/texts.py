"""Small translations that several foreign formats share: handles, category paths, picture cells, weights."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from catalog_import.sources.dialects.headers import Header, plain
from catalog_import.sources.dialects.native_rows import Fault
from catalog_import.sources.notes import Notes
from catalog_import.sources.numbers import NumberError
from catalog_import.sources.problems import ProblemCode

# What other systems let anybody type: a bad cell there must not cost a whole export.
FORGIVING = frozenset({"barcode", "seo_title", "seo_description", "image", "weight_g"})


def handle_of(text: str) -> str:
    """A text as a handle: "Extra Große" is ``extra-grosse``."""
    plain_text = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", "-", "".join(sign for sign in plain_text if not unicodedata.combining(sign))).strip("-")


def leaf_of(path: str) -> str:
    """The last part of a category's path, "Sport > Massage > Balls"; a bare number names no category."""
    leaf = path.rpartition(">")[2].strip()
    return "" if leaf.isdigit() else leaf


def as_part(text: str) -> str:
    """A text as one part of a list."""
    return text.replace(";", "\\;")


def picture_cell(location: str, alt: str) -> str:
    return as_part(f"{' '.join(alt.split())} | {location}" if alt else location)


def unread_weight(head: str, cell: str, error: NumberError) -> Fault:
    """The fault of a weight that is none; the row goes on without it."""
    message = f'"{cell[:100]}" {error}. The cell was left out.'
    return Fault(head, ProblemCode.INVALID_VALUE, message, cell, is_fatal=False)


def tell_unused(header: Header, known: Collection[str], notes: Notes) -> None:
    """List the columns that have no place in the shop, as one interpretation."""
    unused = [head for head in header.heads if head and plain(head) not in known]
    if unused:
        notes.add("columns that the shop has no field for were left out", example=", ".join(unused))
