"""Categories as files write them: a name in any spelling, a slug, or a path like "Home > Massage > Balls"."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from storefront.catalog.twins import twin_key

_PATH = re.compile(r"[>»›]")
# A part of a list; neither ``\\;`` nor the end of an entity parts it.
_LISTED = re.compile(r"(?:&#?\w{1,30};|\\;|[^;])+")

_REMEMBERED = 10_000


class Categories:
    """The categories that are known by now, of the shop and of the file: one name for all spellings of each."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: dict[str, str] = {}
        # Cells as they come again and again.
        self._cells: dict[str, str] = {}
        for name in names:
            self._names.setdefault(category_key(name), name)

    def named(self, cell: str) -> str:
        """Return the category that a cell means: the known one, else the one that it names first."""
        name = self._cells.get(cell)
        if name is None:
            name = self._named(cell)
            if len(self._cells) < _REMEMBERED:
                self._cells[cell] = name
        return name

    def _named(self, cell: str) -> str:
        if known := self._names.get(category_key(plain_name(cell))):
            return known
        first = first_listed(cell)
        parts = [plain_name(part) for part in _PATH.split(first)]
        if len(parts) == 1:
            slashed = [plain_name(part) for part in first.split("/")]
            ends = [category_key(" ".join(slashed[start:])) for start in range(len(slashed))]
            # A lone slash may belong to the name ("Heat/Cold"), unless it leads to a category that is known.
            if len(slashed) > 2 or any(end in self._names for end in ends):
                parts = slashed
        parts = [part for part in parts if part] or [plain_name(cell)]
        ends = [category_key(" ".join(parts[start:])) for start in range(len(parts))]
        found = next((place for place, end in enumerate(ends) if end in self._names), len(ends) - 1)
        name = self._names.get(ends[found], parts[-1])
        for end in ends[: found + 1]:
            self._names[end] = name
        return name


def category_key(name: str) -> str:
    # Of signs alone, a name is known by itself.
    return twin_key(name) or name


def plain_name(text: str) -> str:
    return " ".join(html.unescape(text).split()) if "&" in text else " ".join(text.split())


def first_listed(cell: str) -> str:
    """Return the first category of a list; ``\\;`` is a semicolon in a name."""
    return next((part for part in _LISTED.findall(cell) if part.strip()), cell).replace("\\;", ";")


def as_category_cell(name: str) -> str:
    """Return a category's name as a cell that is read as this very name, whatever signs are in it."""
    for sign, written in (("&", "&amp;"), (">", "&gt;"), ("»", "&raquo;"), ("›", "&rsaquo;"), ("/", "&#47;")):
        name = name.replace(sign, written) if sign in name else name
    return re.sub(r"(?<!&amp)(?<!&gt)(?<!&raquo)(?<!&rsaquo)(?<!&#47);", "\\\\;", name) if ";" in name else name


def category_reading(cell: str, value: str) -> str:
    """Return what of a category's cell was not literal."""
    parts = _LISTED.findall(cell)
    if len([part for part in parts if part.strip()]) > 1:
        return "of several categories the first was taken"
    return "of a path the category was taken" if _PATH.search(cell) or cell.count("/") > 1 else ""
