"""What the templates of the importer's pages need."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog_import.models import ImportRun
from catalog_import.staff.display.highlight import highlighted
from catalog_import.staff.items import has_work
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


STATES = {
    "planning": ("being planned", ""),
    "mapping": ("waiting for column mapping", "wants"),
    "failed": ("could not be planned", "bad"),
    "planned": ("waits to be applied", "wants"),
    "running": ("being applied", ""),
    "cancelling": ("being cancelled", "wants"),
    "cancelled": ("cancelled", "past"),
    "refused": ("refused", "bad"),
    "done": ("done", "past"),
    "partly": ("partly applied", "bad"),
}


@register.filter
def state_mark(run: ImportRun) -> SafeString:
    """The state of a run in words, as a mark."""
    words, kind = STATES[run.status]
    if run.status == ImportRun.Status.PLANNED and not has_work(run):
        words, kind = "nothing to apply", "past"
    return format_html('<span class="state {}">{}</span>', kind, words)


@register.filter
def run_title(run: ImportRun) -> str:
    return f"Import {run.pk}: undo of {run.undoes_id}" if run.undoes_id else f"Import {run.pk}"


@register.filter
def what_of(run: ImportRun) -> str:
    """What a run is made of, in words."""
    if run.undoes_id:
        return f"undoes import {run.undoes_id}"
    return ", ".join(run.files) or "recomputed tags and guides"


@register.filter
def count_words(counts: dict[str, int]) -> str:
    """The counts of a plan in a line; what there is none of is left out."""
    words = {
        "create": "new",
        "adopt": "adopted",
        "update": "changed",
        "archive": "archived",
        "delete": "deleted",
        "unchanged": "unchanged",
    }
    said = [f"{counts[name]:,} {word}" for name, word in words.items() if counts.get(name)]
    if found := counts.get("conflict"):
        said.append(f"{found:,} conflict{'' if found == 1 else 's'}")
    return ", ".join(said)


@register.filter
def title_of(titles: dict[str, str], slug: str) -> str:
    return titles.get(slug, slug)


@register.filter
def took_words(run: ImportRun) -> str:
    """How long its applying took."""
    if run.started_at is None or run.finished_at is None:
        return ""
    seconds = (run.finished_at - run.started_at).total_seconds()
    if seconds < 90:
        return f"{max(1, round(seconds))} second{'' if seconds < 1.5 else 's'}"
    return f"{round(seconds / 60)} minutes" if seconds < 90 * 60 else f"{round(seconds / 3600)} hours"


@register.filter
def grouped(number: int) -> str:
    """A number with its thousands parted."""
    return f"{number:,}"
