"""Categories: found by their names and ids, made where a file names a new one, and how deep they lie."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import connection
from django.utils.text import slugify

from storefront.catalog.models import Category
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.writer.vocabulary import free_slug

# Of all that take locks by number in this database; any number will do.
MAKING = 7_021_001


def category_ids(names: Iterable[str]) -> dict[str, int]:
    """Name → key; a category that is not there yet is made. Call it in the transaction that writes.

    Of two with one name, the one that lies in fewer; then by slug.
    """
    wanted = sorted({name for name in names if name})
    known = first_by_name(wanted)
    if any(name not in known for name in wanted):
        # Names are not unique: of two imports that make one, the second waits for the first and finds it.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        known = first_by_name(wanted)
        taken = set(Category.objects.values_list("slug", flat=True))
        for name in wanted:
            if name not in known:
                slug = free_slug(slugify(name, allow_unicode=True)[:240] or "category", taken)
                taken.add(slug)
                known[name] = Category.objects.create(name=name, slug=slug, public_id=new_public_id("Category")).pk
    return known


def first_by_name(names: Collection[str]) -> dict[str, int]:
    """Name → key of the categories that a file means by these names."""
    rows = Category.objects.filter(name__in=names).order_by("-level", "-slug").values_list("name", "pk")
    return dict(rows)


def keys_of_categories(public_ids: Collection[str]) -> dict[str, int]:
    return dict(Category.objects.filter(public_id__in=set(public_ids)).values_list("public_id", "pk"))


def levels_of(parents: Mapping[int, int | None]) -> dict[int, int]:
    """Return key → how many categories it lies in, from key → parent's key."""
    levels: dict[int, int] = {}
    for key in parents:
        level, above = 0, parents[key]
        while above is not None and level < len(parents):
            level, above = level + 1, parents.get(above)
        levels[key] = level
    return levels


def set_levels() -> None:
    """Renew every category's level, after some were moved."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    levels = levels_of(parents)
    changed = [row for row in Category.objects.all() if row.level != levels.get(row.pk, row.level)]
    for row in changed:
        row.level = levels[row.pk]
    Category.objects.bulk_update(changed, ["level"])
