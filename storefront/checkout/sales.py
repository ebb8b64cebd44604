"""What was ordered, for those who ask before they delete."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Sum

from storefront.checkout.models import OrderLine


def units_ordered(products: Collection[str]) -> dict[str, int]:
    """Return the public id of each variant of these products that anybody ordered here → how many units."""
    lines = OrderLine.objects.filter(variant__product__public_id__in=products).order_by()
    units = lines.values_list("variant__public_id").annotate(units=Sum("quantity"))
    return {str(variant): int(count) for variant, count in units}
