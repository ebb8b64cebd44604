"""What the templates of the importer's pages need."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from catalog_import.staff.highlight import highlighted
from catalog_import.staff.review import ReviewedItem
from storefront.catalog.taxonomy import Area, Taxonomy

register = template.Library()


@register.filter
def marked(item: ReviewedItem, field: str) -> SafeString:
    """A field of the item's text, the words that speak for its areas in <mark>."""
    return highlighted(getattr(item.row, field), field, item.evidence)


@register.filter
def marked_whole(item: ReviewedItem, field: str) -> SafeString:
    """The same, however long the text is."""
    return highlighted(getattr(item.row, field), field, item.evidence, is_whole=True)


@register.filter
def areas_with_depth(taxonomy: Taxonomy) -> list[tuple[Area, bool]]:
    """The areas in their order, each with whether it lies in a group below the whole body."""
    return [(area, area.parent not in (None, taxonomy.root)) for area in taxonomy.areas.values()]


@register.filter
def strength_words(strength: float) -> str:
    """How weak a weak tag is, in words: the later the one mention stands, the weaker."""
    if strength < 1.25:
        return "very weak: one late mention"
    return "weak: one mention" if strength < 1.75 else "one early mention"
