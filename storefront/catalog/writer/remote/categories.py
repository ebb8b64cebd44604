"""Categories, made equal to Saleor's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from storefront.catalog.models import CatalogVersion, Category, KindRead, Product
from storefront.catalog.records import Named
from storefront.catalog.writer.remote.full_reads import CATEGORIES, accept_read, make_equal, release_slugs
from storefront.catalog.writer.search_index import index_products


class RemoteCategory(Named):
    parent: str | None = None
    level: int = 0
    description: str = ""


@transaction.atomic
def project_categories(remotes: Sequence[RemoteCategory], started: datetime) -> tuple[int, set[str]]:
    """Make the categories equal to Saleor's; return how many differed, and the ids of products whose category is
    no longer there."""
    if not accept_read(CATEGORIES, started):
        return 0, set()
    wanted = {
        remote.id: remote.model_dump(exclude={"id", "parent"}) | {"position": position}
        for position, remote in enumerate(remotes)
    }
    changes = make_equal(Category.objects.all(), wanted)
    # All have their places before any goes: with a category go those that still lie in it.
    keys = dict(Category.objects.values_list("public_id", "pk"))
    moved = 0
    parents = dict(Category.objects.values_list("public_id", "parent_id"))
    for remote in remotes:
        parent = keys.get(remote.parent or "")
        if parents[remote.id] != parent:
            Category.objects.filter(pk=keys[remote.id]).update(parent=parent)
            moved += 1
    lost = list(Product.objects.filter(category__in=changes.gone).values_list("pk", "public_id"))
    Product.objects.filter(pk__in=[pk for pk, _ in lost]).update(category=None, category_is_default=False)
    Category.objects.filter(pk__in=changes.gone).delete()
    names = {remote.id: remote.name for remote in remotes}
    renamed = [pk for pk, before in changes.changed.items() if before["name"] != names.get(before["public_id"])]
    mark_changed(Q(category__in=renamed) | Q(pk__in=[pk for pk, _ in lost]))
    count = len(changes.keys()) + moved
    if count:
        CatalogVersion.bump()
    return count, {public_id for _, public_id in lost}


def ensure_categories(wanted: Mapping[str, Named], read_at: datetime) -> None:
    """Categories of products, by id: made where the store has none yet, renamed where it has an older name.

    Unless all categories were read later than this: then one that is missing is gone, and names are newer.
    """
    if KindRead.objects.filter(kind=CATEGORIES, read_at__gt=read_at).exists():
        return
    known = {row.public_id: row for row in Category.objects.filter(public_id__in=wanted)}
    new = [remote for id, remote in wanted.items() if id not in known]
    release_slugs(Category, {remote.slug: None for remote in new})
    Category.objects.bulk_create(
        [Category(public_id=remote.id, slug=remote.slug, name=remote.name) for remote in new], ignore_conflicts=True
    )
    renamed = [row for id, row in known.items() if row.name != wanted[id].name]
    for row in renamed:
        Category.objects.filter(pk=row.pk).update(name=wanted[row.public_id].name)
    if renamed:
        mark_changed(Q(category__in=renamed))


def mark_changed(products: Q) -> None:
    """Mark the products as changed: no import may treat one as what it wrote, and it is found by other
    words."""
    keys = list(Product.objects.filter(products).values_list("pk", flat=True))
    if keys:
        Product.objects.filter(pk__in=keys).update(updated_at=timezone.now())
        index_products(keys)
