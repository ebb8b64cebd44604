"""How many listed products there are under each facet's value, counted by the writer."""

from __future__ import annotations

from django.db.models import Sum

from storefront.catalog.models import Channel, FacetCount


def listed_counts(in_channel: Channel) -> dict[str, int]:
    """Return facet's value, like "area:neck", → number of listed products; only those that have one."""
    counts = FacetCount.objects.filter(channel=in_channel).order_by().values_list("facet").annotate(count=Sum("number"))
    return dict(counts.filter(count__gt=0))
