"""What templates say about products: prices, cautions, rich text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django import template
from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from storefront.catalog.models import ProductMedia
from storefront.catalog.queries.availability import Availability, units_of
from storefront.catalog.queries.cards import CardPicture
from storefront.catalog.richtext import to_html, to_plain
from storefront.catalog.safety import lower_first
from storefront.catalog.taxonomy import SEVERITY_NAMES, Severity
from storefront.pages.money import money

register = template.Library()
register.filter("plain_text", to_plain)
register.filter("units", units_of)
register.filter("lower_first", lower_first)
register.filter("money", money)

FALLBACK_WIDTH = 640
KINDS = {
    "never": "Never with",
    "ask-first": "Ask a doctor first with",
    "keep-off": "Keep off",
    "contraindication": "Warning",
    "not-for": "Not for",
    "limit": "Limit",
    "stop": "Stop",
}


@register.filter
def rich_text(text: str, top_level: int) -> SafeString:
    """Return Markdown or simple HTML as safe HTML, its headings from this level on."""
    return mark_safe(to_html(text, top_level=top_level))  # noqa: S308 - sanitized there


@register.filter
def web_address(url: str) -> str:
    """Return the address if it is one of the web; a source may say anything."""
    return url if url.startswith(("https://", "http://")) else ""


@register.inclusion_tag("pages/components/picture.html")
def picture(media: ProductMedia | CardPicture, *, sizes: str, is_first: bool = False) -> dict[str, Any]:
    """Return a stored picture in the smallest form that fills its place; `sizes` says how wide that is.

    The first one of a page is not left until somebody scrolls to it.
    """
    content = media.content
    # Every browser that asks for this one can show WebP, and an original may be of any size.
    shown = next((rendition for rendition in content.in_format("webp") if rendition["width"] >= FALLBACK_WIDTH), None)
    shown = shown or next(reversed(content.in_format("webp")), None)
    return {
        "avif": srcset(content.in_format("avif")),
        "webp": srcset(content.in_format("webp")),
        "src": default_storage.url(shown["file"] if shown else content.file),
        "sizes": sizes,
        "alt": media.alt,
        "width": content.width,
        "height": content.height,
        "is_first": is_first,
    }


def srcset(renditions: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{default_storage.url(made['file'])} {made['width']}w" for made in renditions)


@register.filter
def caution_kind(kind: str) -> str:
    """Return the word that stands before a caution of this kind."""
    return KINDS.get(kind, "Note")


@register.filter
def severity_word(severity: Severity) -> str:
    """Return how strict a contraindication is, in words."""
    return SEVERITY_NAMES[severity]


@register.filter
def availability(units: int) -> Availability:
    return Availability(units)


@register.filter
def area_icon(slug: str) -> str:
    """Return the address of an area's icon; empty for an area that a shop's own taxonomy adds."""
    name = f"pages/areas/{slug}.svg"
    return static(name) if (Path(__file__).parents[1] / "static" / name).is_file() else ""
