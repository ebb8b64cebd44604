"""Guides as they are in Saleor, taken over into the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from storefront.catalog.fields import Fields
from storefront.catalog.models import CatalogVersion, ImportBase, Page, PageType
from storefront.catalog.records import GUIDE_TYPE
from storefront.catalog.snapshots import GUIDE_COLUMNS, ShopGuide, load_shop_guides
from storefront.catalog.writer.bases import BaseWrite, write_bases
from storefront.catalog.writer.guides import column_value, delete_guides
from storefront.catalog.writer.remote.differences import plain
from storefront.catalog.writer.remote.full_reads import release_slugs
from storefront.catalog.writer.remote.tombstones import is_newer, is_outdated, load_tombstones, record_tombstones
from storefront.catalog.writer.search_index import index_pages
from storefront.catalog.writer.tags import write_page_tags

LISTS = ("cautions", "sources")


@dataclass(frozen=True, slots=True)
class RemoteGuide:
    """A guide as it is in Saleor. `bases`: source → what it last said of it."""

    guide: ShopGuide
    bases: Mapping[str, Fields]
    published_at: datetime | None = None


@transaction.atomic
def project_guides(remotes: Sequence[RemoteGuide], read_at: datetime, *, is_all: bool = True) -> int:
    """Take over the guides; return how many differed. `is_all`: others are no longer there."""
    guide_type = PageType.objects.get(slug=GUIDE_TYPE)
    have = {guide.public_id: guide for guide in load_shop_guides("")}
    ids = {remote.guide.public_id for remote in remotes}
    # One that was a plain page while the shop called guides something else is there already.
    known = Page.objects.select_for_update().filter(Q(page_type=guide_type) | Q(public_id__in=ids))
    rows = {row.public_id: row for row in known.order_by("pk")}
    count = 0
    gone = {
        row.public_id: row.slug
        for row in rows.values()
        if is_all and row.public_id not in ids and is_newer(row, read_at)
    }
    record_tombstones(gone.keys(), read_at)
    past = load_tombstones(ids)
    remotes = [remote for remote in remotes if not is_outdated(past.get(remote.guide.public_id), read_at)]
    # Before the others: another page may have one of their slugs by now.
    delete_guides(gone.values())
    forget_former_slugs(remotes, rows, read_at)
    bases = bases_by_slug([remote.guide.slug for remote in remotes])
    # Slugs may have changed places, and are unique.
    slugs = {remote.guide.public_id: remote.guide.slug for remote in remotes}
    keys = {id: row.pk for id, row in rows.items()}
    release_slugs(Page, {slug: keys.get(id) for id, slug in slugs.items()})
    for remote in remotes:
        guide = remote.guide
        row = rows.get(guide.public_id)
        if not is_newer(row, read_at):
            continue
        before = have.get(guide.public_id)
        is_same = (
            before is not None
            and before.slug == guide.slug
            and row is not None
            and row.published_at == remote.published_at
            and plain(before.fields) == plain(guide.fields)
            and before.tags == guide.tags
            and bases.get(guide.slug, {}) == dict(remote.bases)
        )
        if row is None:
            row = Page(public_id=guide.public_id, page_type=guide_type)
        row.read_at, row.page_type, row.published_at = read_at, guide_type, remote.published_at
        if is_same:
            row.save(update_fields=["read_at"])
            continue
        row.slug = guide.slug
        row.updated_at = timezone.now()
        for column in GUIDE_COLUMNS:
            value = guide.fields.own.get(column)
            setattr(row, column, column_value(column, [] if value is None and column in LISTS else value))
        row.save()
        write_page_tags({row.pk: guide.tags})
        index_pages([row.pk])
        stated = ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference=guide.slug)
        stated.exclude(source__in=remote.bases).delete()
        write_bases(
            ImportBase.Kind.GUIDE,
            {(source, guide.slug): BaseWrite(fields=fields) for source, fields in remote.bases.items()},
            new={(source, guide.slug) for source in remote.bases},
        )
        count += 1
    if count or gone:
        CatalogVersion.bump()
    return count


def bases_by_slug(slugs: Collection[str]) -> dict[str, dict[str, Fields]]:
    """Return slug → source → what it last said of the guide."""
    result: dict[str, dict[str, Fields]] = {}
    for row in ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference__in=slugs):
        result.setdefault(row.reference, {})[row.source] = Fields.model_validate(row.fields)
    return result


def forget_former_slugs(remotes: Sequence[RemoteGuide], rows: Mapping[str, Page], read_at: datetime) -> None:
    """Delete what sources said of guides by slugs that these no longer have; it is written again by the new ones."""
    former = [
        row.slug
        for remote in remotes
        if (row := rows.get(remote.guide.public_id)) is not None
        and row.slug != remote.guide.slug
        and is_newer(row, read_at)
    ]
    ImportBase.objects.filter(kind=ImportBase.Kind.GUIDE.value, reference__in=former).delete()
