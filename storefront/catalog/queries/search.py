"""Reading a search. Its index is written by `writer.search_index`.

Words count by their stem; the last letters of a word may be missing ("ball trig" finds "Trigger point ball"), as in
Saleor.
"""

from __future__ import annotations

import re
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable
from django.db.models import Model, QuerySet

_WORD = re.compile(r"\w+", re.UNICODE)
MAX_WORDS = 12

Row = TypeVar("Row", bound=Model)


def search_query(text: str) -> SearchQueryCombinable | None:
    """Return what a person typed as a query for the index: every word, each as a beginning. None if it has no word."""
    words = _WORD.findall(text)[:MAX_WORDS]
    if not words:
        return None
    text = " & ".join(f"{word}:*" for word in words)
    # By their stems, or as they stand: "t" is the beginning of a word to whoever types, and no word to the stemmer.
    return SearchQuery(text, search_type="raw", config="english") | SearchQuery(
        text, search_type="raw", config="simple"
    )


def matching(rows: QuerySet[Row], text: str) -> QuerySet[Row]:
    """Return the products or pages that fit what a person typed; none for a text without a word."""
    words = search_query(text)
    return rows.none() if words is None else rows.filter(search=words)
