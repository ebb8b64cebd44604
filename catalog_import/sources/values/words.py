"""Words for yes, no and the states of a product, in the languages and systems that files come from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from catalog_import.sources.values.word_lists import word_list
from storefront.catalog.records import Status


def folded_word(cell: str) -> str:
    """Return a word as the tables below write it: no accents, no case, no number's dress (1.0 is 1, − is -)."""
    text = unicodedata.normalize("NFKD", cell.casefold().replace("−", "-"))
    text = " ".join(re.sub(r"[_\s]+", " ", "".join(sign for sign in text if not unicodedata.combining(sign))).split())
    return re.sub(r"^(-?\d+)[.,]0+$", r"\1", text)


def _words(name: str) -> frozenset[str]:
    return frozenset(map(folded_word, word_list(name)))


YES, NO = _words("yes_words"), _words("no_words")
STATUS: Mapping[str, Status] = {
    # A lone letter may be the code of anything.
    **{word: Status.ACTIVE for word in YES if len(word) > 1 or word in "1y"},
    **{word: Status.DRAFT for word in NO if len(word) > 1 or word in "0n"},
    **dict.fromkeys(_words("active"), Status.ACTIVE),
    **dict.fromkeys(_words("draft"), Status.DRAFT),
    **dict.fromkeys(_words("archived"), Status.ARCHIVED),
}
_TOTALS = _words("totals")


def is_total(cell: str) -> bool:
    """Return whether a cell names a sum: "Total", "Summe: 12", "Grand total (EUR)"."""
    return len(cell) < 40 and folded_word(re.sub(r"\(.*\)|[\d:=.,#]|\b[A-Z]{3}\b|[€$£]", "", cell)) in _TOTALS


def is_active(cell: str) -> bool:
    """Return whether a word for a state says that the product is on sale."""
    return STATUS.get(folded_word(cell)) is Status.ACTIVE


def yes_or_no(cell: str) -> bool | None:
    """Return what a flag says, None where it is no flag in any language known."""
    word = folded_word(cell) if len(cell) < 40 else ""
    return True if word in YES else False if word in NO else None
