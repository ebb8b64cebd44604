"""The search report: what was searched, what found nothing, what was opened from the answer.

Numbers for each day and text, and nothing of who searched. What looks like an address or a number of somebody is not
counted, and what is rare or old is forgotten (`writer.searches`). Counting is one statement that waits for nobody;
where it fails, the search is answered all the same.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from storefront.catalog.search.understanding import query_key

# So many different searches are counted on a day, and so many openings.
MAX_ROWS_A_DAY = 5000
_ADDRESS = re.compile(r"\S@\S")
_DIGITS = re.compile(r"\d")
MAX_DIGITS = 6

log = logging.getLogger(__name__)

# A row that somebody else is just changing is left out, rather than waited for.
_COUNT = """
WITH known AS (
    SELECT id FROM {table} WHERE {match} FOR UPDATE SKIP LOCKED
), changed AS (
    UPDATE {table} SET {change} FROM known WHERE {table}.id = known.id
)
INSERT INTO {table} ({names}) SELECT {values}
WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {match})
    AND (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE day = %(day)s LIMIT {most}) AS counted) < {most}
ON CONFLICT DO NOTHING
"""
_SEARCHED = _COUNT.format(
    table="catalog_searchcount",
    match="day = %(day)s AND query = %(query)s",
    change="searches = searches + 1, empty = empty + %(empty)s",
    names="day, query, searches, empty",
    values="%(day)s, %(query)s, 1, %(empty)s",
    most=MAX_ROWS_A_DAY,
)
_OPENED = _COUNT.format(
    table="catalog_searchopening",
    match="day = %(day)s AND query = %(query)s AND is_guide = %(is_guide)s AND slug = %(slug)s",
    change="number = number + 1",
    names="day, query, is_guide, slug, number",
    values="%(day)s, %(query)s, %(is_guide)s, %(slug)s, 1",
    most=MAX_ROWS_A_DAY,
)
# Only what was searched is opened from a search: a row without one is a made-up address.
_OPENED = _OPENED.replace(
    "ON CONFLICT",
    "AND EXISTS (SELECT 1 FROM catalog_searchcount WHERE day >= %(day)s - 1 AND query = %(query)s) ON CONFLICT",
)

_REPORT = """
SELECT query, sum(searches), sum(empty),
    coalesce((SELECT sum(number) FROM catalog_searchopening opening
        WHERE opening.query = counted.query AND opening.day >= %(since)s), 0)
FROM catalog_searchcount counted WHERE day >= %(since)s
GROUP BY query {having} ORDER BY {order} DESC, query LIMIT %(most)s
"""
_MOST_SEARCHED = _REPORT.format(having="", order="sum(searches)")
_NOTHING_FOUND = _REPORT.format(having="HAVING sum(empty) > 0", order="sum(empty)")
_MOST_OPENED = """
SELECT query, is_guide, slug, sum(number) FROM catalog_searchopening
WHERE day >= %(since)s GROUP BY query, is_guide, slug ORDER BY sum(number) DESC, query, slug LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Searched:
    """How often a text was searched, found nothing, and led to something that was opened."""

    query: str
    searches: int
    empty: int
    opened: int


@dataclass(frozen=True, slots=True)
class Opened:
    """How often a product or guide was opened from a search."""

    query: str
    is_guide: bool
    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    most_searched: Sequence[Searched]
    nothing_found: Sequence[Searched]
    most_opened: Sequence[Opened]


def count_search(text: str, *, is_empty: bool) -> None:
    """Count a search. Never raises."""
    _count(_SEARCHED, text, empty=int(is_empty))


def count_opening(text: str, slug: str, *, is_guide: bool) -> None:
    """Count that a product or guide was opened from the answer to a search. Never raises."""
    _count(_OPENED, text, slug=slug, is_guide=is_guide)


def _count(statement: str, text: str, **values: str | int) -> None:
    query = query_key(text)
    if not settings.SEARCH_REPORT_DAYS or not query or is_personal(text):
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            parameters: dict[str, Any] = {**values, "day": today(), "query": query}
            cursor.execute(statement, parameters)
    except DatabaseError as error:
        # Its message could have the text that was searched.
        log.warning("A search could not be counted for the report: %s", type(error).__name__)


def is_personal(text: str) -> bool:
    """Return whether a text looks like an e-mail address, or has as many digits as a telephone number."""
    return bool(_ADDRESS.search(text)) or len(_DIGITS.findall(text)) > MAX_DIGITS


def today() -> date:
    return timezone.now().date()


def read_report(days: int, most: int) -> Report:
    """Return the report of the last days, at most so many lines of each kind."""
    values: dict[str, Any] = {"since": today() - timedelta(days=days - 1), "most": most}

    def rows(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())

    return Report(
        [Searched(*row) for row in rows(_MOST_SEARCHED)],
        [Searched(*row) for row in rows(_NOTHING_FOUND)],
        [Opened(*row) for row in rows(_MOST_OPENED)],
    )
