"""Plain pages and their types, made equal to Saleor's. Guides are taken over by `remote.guides`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from storefront.catalog.models import CatalogVersion, Page, PageType
from storefront.catalog.records import GUIDE_TYPE, Named, Record, Status
from storefront.catalog.writer.remote.full_reads import PAGES, accept_read, make_equal
from storefront.catalog.writer.search_index import index_pages
from storefront.catalog.writer.vocabulary import free_slug


class RemotePage(Record):
    id: str
    slug: str
    title: str
    body: str
    page_type: str
    is_published: bool
    published_at: datetime | None = None


@transaction.atomic
def project_pages(
    types: Sequence[Named], pages: Sequence[RemotePage], started: datetime, *, guides: str | None = None
) -> int:
    """Make page types and plain pages equal to Saleor's; return how many differed.

    `guides`: the id of the type that guides have, where there is one. Those are taken over by themselves.
    """
    if not accept_read(PAGES, started):
        return 0
    keys, gone_types, count = project_page_types(types, guides)
    wanted = {
        remote.id: {
            "slug": remote.slug,
            "title": remote.title,
            "body": remote.body,
            "page_type_id": keys[remote.page_type],
            "status": (Status.ACTIVE if remote.is_published else Status.DRAFT).value,
            "published_at": remote.published_at,
        }
        for remote in pages
    }
    own_guides = list(Page.objects.filter(page_type__slug=GUIDE_TYPE).values_list("pk", flat=True))
    changes = make_equal(Page.objects.all(), wanted, others=own_guides)
    touched = [*changes.made, *changes.changed]
    # A guide whose slug is a plain page's by now is to be read again, whatever it was read at.
    Page.objects.filter(pk__in=own_guides, slug__startswith="moved-").update(read_at=None)
    Page.objects.filter(pk__in=touched).update(updated_at=timezone.now())
    index_pages(touched)
    Page.objects.filter(pk__in=changes.gone).delete()
    PageType.objects.filter(pk__in=gone_types).delete()
    count += len(changes.keys())
    if count:
        CatalogVersion.bump()
    return count


def project_page_types(types: Sequence[Named], guides: str | None) -> tuple[dict[str, int], list[int], int]:
    """Return id → key of the types, keys of those that are gone, and how many differ. The guides' one is always
    there."""
    slugs = {remote.slug for remote in types}
    wanted: dict[str, dict[str, Any]] = {}
    for remote in types:
        is_guide = remote.id == guides
        # The shop may call guides something else, and something else so.
        slug = GUIDE_TYPE if is_guide else free_slug(remote.slug, slugs) if remote.slug == GUIDE_TYPE else remote.slug
        wanted[remote.id] = {"slug": slug, "name": remote.name}
    own = PageType.objects.get(slug=GUIDE_TYPE)
    if guides and own.public_id != guides:
        # The store's own type of guides is the shop's by now.
        Page.objects.filter(page_type__public_id=guides).update(page_type=own)
        PageType.objects.filter(public_id=guides).delete()
        PageType.objects.filter(pk=own.pk).update(public_id=guides)
    changes = make_equal(PageType.objects.all(), wanted, others=[own.pk])
    return dict(PageType.objects.values_list("public_id", "pk")), changes.gone, len(changes.keys())
