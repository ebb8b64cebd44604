"""One item of a plan: field by field, why it has its tags and guides, and pinning them in the plan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from catalog_import.actions.pin import shop_taxonomy
from catalog_import.models import ImportItem, ImportRun
from catalog_import.planning.pins import PinRefused, record_in_plan
from catalog_import.planning.plan import TAG_CHANGES, Kind, PlanItem
from catalog_import.planning.preconditions import Current
from catalog_import.runs import planned_pins
from catalog_import.runs.planned_pins import current_of
from catalog_import.staff.display.changes import field_changes, shown_conflicts
from catalog_import.staff.display.highlight import highlighted
from catalog_import.staff.items import items_context
from catalog_import.staff.pinning import pin_of, signature
from catalog_import.staff.run_pages import APPLY, VIEW, may_apply, run_context
from catalog_import.tagging.enrich import TAG_LISTS
from catalog_import.tagging.safety import cautions_text
from storefront.catalog.models import Page
from storefront.catalog.queries.guides import all_guides
from storefront.catalog.queries.products import products_with_page
from storefront.catalog.records import Evidence, GuideLink, LinkRole, Status, Tag, Tags
from storefront.catalog.safety import contraindications_of
from storefront.catalog.snapshots import ShopProduct
from storefront.staff.access import is_htmx, staff_view


@require_safe
@staff_view(VIEW)
def items(request: HttpRequest, key: int) -> HttpResponse:
    """The list alone for htmx; the run's page with this part of the list without."""
    run = get_object_or_404(ImportRun, pk=key)
    # Going back in the browser's history, htmx asks for whole pages.
    if not is_htmx(request) or "HX-History-Restore-Request" in request.headers:
        return render(request, "imports/run.html", run_context(request, run))
    return render(request, "imports/_items.html", {"run": run} | items_context(request, run))


@require_safe
@staff_view(VIEW)
def item(request: HttpRequest, key: int, position: int) -> HttpResponse:
    return render(request, "imports/item.html", item_context(request, item_of(key, position)))


@require_POST
@staff_view(APPLY)
def pin_planned(request: HttpRequest, key: int, position: int) -> HttpResponse:
    """Pin in the plan, to be written with it. With htmx the item is answered; without, its page comes again."""
    found, error = item_of(key, position), ""
    try:
        planned_pins.pin_planned(key, position, pin_of(request), signature(request.user))
    except PinRefused as refused:
        error = str(refused)
    done = "" if error else "Pinned in this plan. It is written when the plan is applied, and kept by later imports."
    if is_htmx(request):
        context = item_context(request, item_of(key, position)) | {"error": error, "done": done}
        return render(request, "imports/_item.html", context, status=422 if error else 200)
    if error:
        messages.error(request, error)
    else:
        messages.success(request, done)
    return redirect("imports:item", found.run_id, found.position)


def item_of(key: int, position: int) -> ImportItem:
    return get_object_or_404(ImportItem.objects.select_related("run", "batch"), run=key, position=position)


def item_context(request: HttpRequest, row: ImportItem) -> dict[str, Any]:
    """All that the page of an item shows."""
    plan, run = PlanItem.model_validate(row.plan), row.run
    current = current_of(run, plan)
    tags = plan.tags or (current.tags if current else Tags())
    taxonomy = shop_taxonomy()
    texts = texts_of(plan, current, tags)
    is_product = plan.kind is Kind.PRODUCT
    plain = {name: change for name, change in plan.changes.items() if name not in TAG_CHANGES}
    tagging = {name: change for name, change in plan.changes.items() if name in TAG_CHANGES}
    return {
        "run": run,
        "row": row,
        "plan": plan,
        "in_shop": shop_page(plan),
        "changes": field_changes(plain),
        "tag_changes": field_changes(tagging) if current else [],
        "variants": [(reference, field_changes(changes)) for reference, changes in plan.variant_changes.items()],
        "conflicts": shown_conflicts(plan.conflicts),
        "problems": run.problems.filter(file=plan.file, row__in=(plan.row,)) if plan.file and plan.row else [],
        "areas": named(tags.target_areas, taxonomy.areas),
        "area_slugs": {tag.slug for tag in tags.target_areas},
        "tool_types": named(tags.tool_types, taxonomy.tool_types),
        "conditions": named(tags.conditions, taxonomy.conditions),
        "techniques": named(tags.techniques, taxonomy.techniques),
        "contraindications": contraindications_of(tags, taxonomy) if is_product else (),
        "texts": texts,
        "has_marks": any("<mark>" in text for _, text in texts),
        "links": shown_links(plan, current) if is_product else [],
        "is_product": is_product,
        "taxonomy": taxonomy,
        "guide_choices": guide_choices(run) if is_product else {},
        "may_pin": may_apply(request) and run.status == ImportRun.Status.PLANNED and not run.undoes_id,
    }


def shop_page(plan: PlanItem) -> str:
    """The slug of what the shop shows of it, if it does."""
    if not plan.public_id:
        return ""
    rows = products_with_page() if plan.kind is Kind.PRODUCT else Page.objects.filter(status=Status.ACTIVE.value)
    return rows.filter(public_id=plan.public_id).values_list("slug", flat=True).first() or ""


def named(tags: tuple[Tag, ...], vocabulary: Any) -> list[tuple[str, Tag]]:
    """Tags with the names of their terms; a term that is gone keeps its slug."""
    return [(vocabulary[tag.slug].name if tag.slug in vocabulary else tag.slug, tag) for tag in tags]


def texts_of(plan: PlanItem, current: Current | None, tags: Tags) -> list[tuple[str, SafeString]]:
    """The texts as the shop will have them, the words marked that the tags rest on."""
    if plan.kind is Kind.PRODUCT:
        record = record_in_plan(plan, current)
        texts = {"name": record.name, "description": record.description, "cautions": cautions_text(record.cautions)}
    else:
        own = dict(current.fields.own) if current else {}
        own |= {name: change.after for name, change in plan.changes.items()}
        texts = {name: str(own.get(name) or "") for name in ("title", "summary", "body")}
    evidence: tuple[Evidence, ...] = tuple(
        piece for name in TAG_LISTS for tag in getattr(tags, name) for piece in tag.evidence
    )
    return [(name, highlighted(text, name, evidence)) for name, text in texts.items() if text]


def shown_links(plan: PlanItem, current: Current | None) -> list[GuideLink]:
    """The primary guide first."""
    present = current.links if isinstance(current, ShopProduct) else ()
    links = present if plan.links is None else plan.links
    return sorted(links, key=lambda link: link.role is not LinkRole.PRIMARY)


def guide_choices(run: ImportRun) -> dict[str, str]:
    """Slug → title of the guides that the shop has or will have, by title."""
    found = {guide.slug: guide.title for guide in all_guides()}
    found |= dict(run.items.filter(kind=Kind.GUIDE.value).values_list("reference", "name"))
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))
