"""What staff say about searches, and forgetting what was searched."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from storefront.catalog.models import SearchCount, SearchOpening, SearchPin, SearchSynonym

RARE_AFTER = timedelta(days=7)
# What was searched less often all in all.
RARE = 3

_FORGET_RARE = """
WITH rare AS (
    SELECT query FROM catalog_searchcount GROUP BY query HAVING sum(searches) < %(rare)s AND max(day) < %(before)s
), openings AS (
    DELETE FROM catalog_searchopening WHERE query IN (SELECT query FROM rare)
)
DELETE FROM catalog_searchcount WHERE query IN (SELECT query FROM rare)
"""


def add_synonym(phrase: str, vocabulary: str, slug: str) -> None:
    SearchSynonym.objects.get_or_create(phrase=phrase, vocabulary=vocabulary, slug=slug)


def remove_synonym(number: int) -> None:
    SearchSynonym.objects.filter(pk=number).delete()


def set_pin(query: str, slug: str, *, is_guide: bool, is_hidden: bool) -> None:
    SearchPin.objects.update_or_create(query=query, is_guide=is_guide, slug=slug, defaults={"is_hidden": is_hidden})


def remove_pin(number: int) -> None:
    SearchPin.objects.filter(pk=number).delete()


@transaction.atomic
def forget_old_searches() -> None:
    """Delete what is older than the shop keeps it, and what was searched only once or twice a week ago."""
    today = timezone.now().date()
    oldest = today - timedelta(days=settings.SEARCH_REPORT_DAYS)
    SearchCount.objects.filter(day__lte=oldest).delete()
    SearchOpening.objects.filter(day__lte=oldest).delete()
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_RARE, {"rare": RARE, "before": today - RARE_AFTER})
