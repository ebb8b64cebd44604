"""What is measured of following Saleor (`storefront.config.metrics`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from storefront.saleor.client.connection import has_saleor
from storefront.saleor.mirror.changes import waiting_since
from storefront.saleor.models import Change, Routine


def measures() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Yield (name, help, labels, value) of each measure; none without Saleor."""
    if not has_saleor():
        return
    now = timezone.now()
    since = waiting_since()
    failing = Change.objects.exclude(message="").count()
    yield "knotwise_saleor_changes", "Changes in Saleor that are not read yet.", {}, Change.objects.count()
    yield "knotwise_saleor_changes_failing", "Those among them that could not be read.", {}, failing
    waited = (now - since).total_seconds() if since else 0.0
    yield "knotwise_saleor_seconds_behind", "Since the oldest of them was marked.", {}, waited
    for routine in Routine.objects.order_by("name"):
        if routine.ended_at is not None:
            ago = (now - routine.ended_at).total_seconds()
            yield "knotwise_saleor_seconds_since_sweep", "Since a sweep of Saleor ended.", {"sweep": routine.name}, ago
