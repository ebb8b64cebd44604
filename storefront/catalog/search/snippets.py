"""Where the words of a search stand in a text: pieces of it, those that match marked. Data, not HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

# Characters that no stored text has in it for another reason; a text that has them is only marked otherwise.
_START, _STOP = "\x02", "\x03"
_OPTIONS = f"StartSel={_START}, StopSel={_STOP}, MaxFragments=1, MinWords=8, MaxWords=22"
# Of a long text so much is looked at.
MAX_TEXT = 3000

_SNIPPETS = """
SELECT id, ts_headline('english', left(regexp_replace({text}, '<[^>]*>', ' ', 'g'), %s), to_tsquery('english', %s), %s)
FROM {table} WHERE id = ANY(%s)
"""
_OF_PRODUCTS = _SNIPPETS.format(table="catalog_product", text="description")
_OF_GUIDES = _SNIPPETS.format(table="catalog_page", text="body")


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_match: bool = False


def load_snippets(words: Sequence[str], keys: Sequence[int], *, is_guide: bool) -> Mapping[int, tuple[Piece, ...]]:
    """Return key → the part of the product's or guide's text that has the words; none for a text without them."""
    if not words or not keys:
        return {}
    with connection.cursor() as cursor:
        sql = _OF_GUIDES if is_guide else _OF_PRODUCTS
        cursor.execute(sql, [MAX_TEXT, " | ".join(words), _OPTIONS, list(keys)])
        found = {key: pieces_of(text) for key, text in cursor.fetchall()}
    return {key: pieces for key, pieces in found.items() if any(piece.is_match for piece in pieces)}


def pieces_of(marked: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for part in marked.split(_START):
        match, stop, rest = part.rpartition(_STOP)
        pieces += [Piece(match, is_match=True)] if stop and match else []
        pieces += [Piece(rest)] if rest else []
    return tuple(pieces)
