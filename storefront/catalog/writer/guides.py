"""Writing guides: pages of the type "guide" with their tags."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from storefront.catalog.fields import Fields
from storefront.catalog.models import CatalogVersion, ImportBase, Page, PageType, Product
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import GUIDE_TYPE, Record, Tags
from storefront.catalog.snapshots import GUIDE_COLUMNS
from storefront.catalog.writer.bases import BaseWrite, write_bases
from storefront.catalog.writer.search_index import index_pages
from storefront.catalog.writer.tags import write_page_tags


class GuideWrite(Record):
    """One guide to make or change: only `fields.own` is written, and the tags where given."""

    source: str
    slug: str
    fields: Fields
    tags: Tags | None = None
    base: BaseWrite | None = None


@transaction.atomic
def write_guides(batch: Sequence[GuideWrite], *, bumps: bool = True) -> None:
    """Write a batch of guides, by slug. `bumps`: count the catalogue's version up; else the caller does, at its end."""
    if not batch:
        return
    guide_type = PageType.objects.get(slug=GUIDE_TYPE)
    slugs = [write.slug for write in batch]
    rows = {
        page.slug: page for page in Page.objects.select_for_update(of=("self",)).filter(slug__in=slugs).order_by("pk")
    }
    known = set(rows)
    for write in batch:
        row = rows.setdefault(write.slug, Page(public_id=new_public_id("Page"), slug=write.slug, page_type=guide_type))
        for column in GUIDE_COLUMNS:
            if column in write.fields.own:
                setattr(row, column, column_value(column, write.fields.own[column]))
    Page.objects.bulk_create([row for slug, row in rows.items() if slug not in known])
    changed = [row for slug, row in rows.items() if slug in known]
    for row in changed:
        row.updated_at = timezone.now()
    Page.objects.bulk_update(changed, [*GUIDE_COLUMNS, "updated_at"])
    write_page_tags({rows[write.slug].pk: write.tags for write in batch if write.tags is not None})
    write_bases(
        ImportBase.Kind.GUIDE,
        {(write.source, write.slug): write.base for write in batch if write.base is not None},
    )
    index_pages([row.pk for row in rows.values()])
    if bumps:
        CatalogVersion.bump()


def lock_guides(slugs: Collection[str]) -> None:
    """Lock guides until the transaction ends, always in the same order."""
    list(Page.objects.select_for_update(of=("self",)).filter(slug__in=slugs).order_by("pk").values_list("pk"))


def column_value(column: str, value: object) -> object:
    if column == "reviewed_on":
        return date.fromisoformat(str(value)) if value else None
    return value if value is not None else ""


@transaction.atomic
def delete_guides(slugs: Collection[str]) -> None:
    """Delete guides, their links, and what any source has said of them. The caller bumps the version."""
    if not slugs:
        return
    pages = Page.objects.filter(slug__in=slugs, page_type__slug=GUIDE_TYPE)
    # Products that linked to them have changed: no import may treat them as the ones it wrote.
    Product.objects.filter(guide_links__page__in=pages).update(updated_at=timezone.now())
    pages.delete()
    ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference__in=slugs).delete()
