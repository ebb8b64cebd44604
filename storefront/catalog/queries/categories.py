"""Categories, as a tree and as lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from storefront.catalog.keyset import Key, Listing
from storefront.catalog.models import Category
from storefront.catalog.queries.lookups import Lookup, find_rows


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories, read once."""

    rows: dict[int, Category]
    inside: dict[int | None, list[Category]]

    def children(self, of: Category) -> list[Category]:
        return self.inside.get(of.pk, [])

    def ancestors(self, of: Category) -> list[Category]:
        """Return those that it lies in, the outermost first."""
        above: list[Category] = []
        parent = of.parent_id
        while parent is not None and len(above) < len(self.rows):
            above.insert(0, self.rows[parent])
            parent = self.rows[parent].parent_id
        return above

    def within(self, public_ids: Collection[str]) -> set[int]:
        """Return the keys of these categories and of all inside them."""
        named = set(public_ids)
        keys = {row.pk for row in self.rows.values() if row.public_id in named}
        waiting = list(keys)
        while waiting:
            inner = [row.pk for row in self.inside.get(waiting.pop(), ()) if row.pk not in keys]
            keys.update(inner)
            waiting += inner
        return keys


def category_tree() -> CategoryTree:
    rows = list(Category.objects.order_by("position", "pk"))
    inside: dict[int | None, list[Category]] = {}
    for row in rows:
        inside.setdefault(row.parent_id, []).append(row)
    return CategoryTree({row.pk: row for row in rows}, inside)


def find_category(slug: str) -> Category | None:
    return load_categories([Lookup("slug", slug)])[0]


def load_categories(lookups: Sequence[Lookup]) -> list[Category | None]:
    """Return the category of each lookup."""
    return find_rows(Category.objects.select_related("parent"), lookups)


def list_categories(condition: Q, keys: Sequence[Key]) -> Listing[Category]:
    return Listing(Category.objects.filter(condition), keys, anywhere=Category.objects.all(), kind="category")
