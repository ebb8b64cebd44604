"""The review queue: what tagging and linking left for people to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog_import.actions.pin import shop_taxonomy
from storefront.catalog.keyset import CursorError, Window
from storefront.catalog.models import Page, PageTag, Product, ProductTag, Vocabulary
from storefront.catalog.queries import reviews
from storefront.catalog.queries.guides import all_guides
from storefront.catalog.queries.products import products_with_page
from storefront.catalog.queries.reviews import Queue
from storefront.catalog.queries.safety import product_contraindications
from storefront.catalog.records import Evidence, LinkRole, Origin
from storefront.staff.access import staff_view
from storefront.staff.counts import queue_lengths, shown_queues

PAGE_SIZE = 20
SEARCH_LENGTH = 200

ABOUT = {
    Queue.NO_AREA: "Neither the file nor the text says an area, so shoppers find these only by searching.",
    Queue.WEAK: "Every area is based on a single mention in the description; weakest first. Check that the marked "
    "words mean what the tool is for; pin the areas that are right.",
    Queue.NO_GUIDE: "No guide fits well enough by itself. Pin the one that teaches this tool best.",
    Queue.BY_HAND: "Created in the dashboard, not by an import. What they are for was inferred from their "
    "text. Pin the areas that are right.",
    Queue.GUIDES: "No product that is shown links to these guides. Pin the areas that a guide is for; the next "
    "retagging links products with it.",
    Queue.AREAS: "Body areas that have no product or no guide. Products and guides for a part of an area count too.",
}
TITLES = {
    Queue.NO_AREA: "No body area",
    Queue.WEAK: "Weak tags",
    Queue.NO_GUIDE: "No guide",
    Queue.BY_HAND: "Made in the dashboard",
    Queue.GUIDES: "Guides without a product",
    Queue.AREAS: "Areas",
}


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """A product or guide as a row of a queue shows it. `has_page`: whether shoppers find a page of the product."""

    row: Product | Page
    has_page: bool
    areas: list[ProductTag | PageTag]
    evidence: tuple[Evidence, ...]

    @property
    def area_slugs(self) -> set[str]:
        return {tag.term.slug for tag in self.areas}

    @property
    def is_pinned(self) -> bool:
        return any(tag.origin == Origin.PINNED.value for tag in self.areas)


def reviewed(rows: Sequence[Product | Page]) -> list[ReviewedItem]:
    keys = [row.pk for row in rows if isinstance(row, Product)]
    shown = set(products_with_page().filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return [reviewed_item(row, has_page=row.pk in shown) for row in rows]


def reviewed_item(row: Product | Page, *, has_page: bool) -> ReviewedItem:
    areas = [tag for tag in row.shown_tags if tag.vocabulary == Vocabulary.AREA.value]
    evidence = tuple(Evidence.model_validate(piece) for tag in areas for piece in tag.evidence)
    return ReviewedItem(row, has_page, areas, evidence)


def pinned_names(product: Product, queue: Queue) -> list[str]:
    """What a person pinned of the product in this queue, in words."""
    if queue is Queue.NO_GUIDE:
        links = (link for link in product.shown_links if link.origin == Origin.PINNED.value)
        return [f"the guide “{link.page.title}”" for link in links if link.role == LinkRole.PRIMARY.value]
    tags = (tag for tag in product.shown_tags if tag.origin == Origin.PINNED.value)
    return [tag.term.name for tag in tags if tag.vocabulary == Vocabulary.AREA.value]


@require_safe
@staff_view("catalog.view_product")
def start(request: HttpRequest) -> HttpResponse:
    """To the first queue that has something in it."""
    lengths = queue_lengths()
    return redirect("imports:review_queue", next((name for name, count in lengths.items() if count), Queue.NO_AREA))


@require_safe
@staff_view("catalog.view_product")
def queue(request: HttpRequest, queue: str) -> HttpResponse:
    if queue not in shown_queues():
        raise Http404("There is no such queue.")
    name = Queue(queue)
    text = request.GET.get("q", "").strip()[:SEARCH_LENGTH]
    context: dict[str, Any] = {
        "tabs": [(tab, TITLES[tab], count) for tab, count in queue_lengths().items()],
        "title": TITLES[name],
        "about": ABOUT[name],
        "text": text,
        **row_context(request, name),
    }
    if name is Queue.AREAS:
        return render(request, "imports/review_areas.html", context | {"areas": reviews.areas_to_review()})
    with refusing_bad_cursors():
        page: Any = (
            reviews.guides_to_review(search=text, window=window(request))
            if name is Queue.GUIDES
            else reviews.products_to_review(name, search=text, window=window(request))
        )
    context |= {"page": page, "items": reviewed(page.rows)}
    if (key := key_of(request.GET.get("settled", ""))) is not None and name is not Queue.GUIDES:
        found = reviews.product_to_review(key)
        context |= {"settled": found, "settled_names": pinned_names(found, name) if found else []}
    return render(request, "imports/review.html", context)


def key_of(text: str) -> int | None:
    """A row's own key as an address or a form says it; None for anything else."""
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None


@require_safe
@staff_view("catalog.view_product")
def product(request: HttpRequest, key: int) -> HttpResponse:
    """What one product is for and on what words that rests, with forms to pin it and to take pins back."""
    return render(request, "imports/product.html", product_context(request, product_of(key)))


def product_of(key: int) -> Product:
    """Raises `Http404` where it is gone."""
    found = reviews.product_to_review(key)
    if found is None:
        raise Http404("This product is not in the shop.")
    return found


@require_safe
@staff_view("catalog.view_product")
def widget(request: HttpRequest) -> HttpResponse:
    """What a product is for, as a small page beside it in Saleor's dashboard. `productId` is Saleor's; one that was not
    read yet gets a page that says so."""
    found = reviews.product_to_review_by_id(request.GET.get("productId", ""))
    return render(request, "imports/widget.html", product_context(request, found) if found else {})


def product_context(request: HttpRequest, found: Product) -> dict[str, Any]:
    """What a page about one product shows."""
    primary = next((link for link in found.shown_links if link.role == LinkRole.PRIMARY.value), None)
    return row_context(request, Queue.NO_GUIDE) | {
        "item": reviewed([found])[0],
        "tool_type": next((tag for tag in found.shown_tags if tag.vocabulary == Vocabulary.TOOL_TYPE.value), None),
        "conditions": [tag for tag in found.shown_tags if tag.vocabulary == Vocabulary.CONDITION.value],
        "contraindications": product_contraindications(found),
        "primary": primary,
        "related": [link for link in found.shown_links if link is not primary],
    }


def row_context(request: HttpRequest, name: Queue) -> dict[str, Any]:
    """What each row needs besides its product or guide."""
    return {
        "queue": name.value,
        "taxonomy": shop_taxonomy(),
        "guides": all_guides() if name is Queue.NO_GUIDE else (),
        "may_pin": may_pin(request, "page" if name is Queue.GUIDES else "product"),
    }


def may_pin(request: HttpRequest, model: str) -> bool:
    """Whether to show the forms; the views that write check the permission themselves."""
    return request.user.has_perm(f"catalog.change_{model}")


@contextmanager
def refusing_bad_cursors() -> Iterator[None]:
    """Answer an address with a place in a list that is none as a bad request."""
    try:
        yield
    except CursorError as error:
        raise BadRequest(str(error)) from error


def window(request: HttpRequest) -> Window:
    """The part of a list that the address asks for."""
    before = request.GET.get("before")
    if before:
        return {"last": PAGE_SIZE, "before": before}
    return {"first": PAGE_SIZE, "after": request.GET.get("after") or None}
