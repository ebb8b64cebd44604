"""The shop's own menus, and where their lines lead."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from storefront.catalog.queries.channels import pages_channel
from storefront.catalog.queries.menus import ShownItem, list_menus
from storefront.catalog.records import GUIDE_TYPE

register = template.Library()

# What Saleor calls the two that every new shop has.
SLUGS = ("navbar", "footer")


@register.simple_tag(takes_context=True)
def shop_menus(context: Any) -> dict[str, list[ShownItem]]:
    """Return slug → the lines of the menus that pages show. An embedded shop has none."""
    if not settings.SALEOR_API_URL:
        return {}
    menus = list_menus(context.get("channel") or pages_channel(), Q(slug__in=SLUGS))
    return {menu.slug: menu.items for menu in menus}


@register.filter
def menu_address(item: ShownItem) -> str:
    """Return where a line leads; empty for a heading. `queries.menus` lets through only safe addresses."""
    if item.page is not None:
        is_guide = item.page.page_type.slug == GUIDE_TYPE
        return reverse("pages:guide" if is_guide else "pages:page", args=[item.page.slug])
    if item.category is not None:
        return reverse("pages:category", args=[item.category.slug])
    if item.collection is not None:
        return reverse("pages:collection", args=[item.collection.slug])
    return item.url
