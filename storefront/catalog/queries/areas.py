"""Body areas: a tree of groups, and what lies in them. `rows` is all areas, where a caller has read them already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Case, IntegerField, Min, Value, When

from storefront.catalog.models import Term, Vocabulary


def load_areas() -> list[Term]:
    """Return all body areas in the taxonomy's order."""
    return list(Term.objects.filter(vocabulary=Vocabulary.AREA.value).select_related("parent").order_by("position"))


def find_area(slug: str) -> Term | None:
    areas = Term.objects.filter(vocabulary=Vocabulary.AREA.value, slug=slug)
    return areas.select_related("parent", "parent__parent").first()


def areas_within(slugs: Collection[str], rows: Sequence[Term] | None = None) -> dict[Term, int]:
    """Return the areas with these slugs and all inside them → how many steps inside (0: the area itself)."""
    rows = load_areas() if rows is None else rows
    steps = {row: 0 for row in rows if row.slug in slugs}
    inner = set(steps)
    distance = 0
    while inner:
        distance += 1
        parents = {row.pk for row in inner}
        inner = {row for row in rows if row.parent_id in parents and row not in steps}
        steps |= dict.fromkeys(inner, distance)
    return steps


def areas_above(of: Term, rows: Sequence[Term] | None = None) -> list[Term]:
    """Return the groups that an area lies in, the nearest first, `full-body` last."""
    by_key = {row.pk: row for row in (load_areas() if rows is None else rows)}
    above: list[Term] = []
    parent = of.parent_id
    while parent is not None:
        above.append(by_key[parent])
        parent = by_key[parent].parent_id
    return above


def steps_inside(of: Term, rows: Sequence[Term] | None = None) -> dict[int, int]:
    """Return the keys of the area and of all inside it → how many steps inside."""
    return {area.pk: distance for area, distance in areas_within([of.slug], rows).items()}


def nearest_first(steps: dict[int, int]) -> Min:
    """Return area key → steps as the smallest number of steps of a row's tags."""
    whens = [When(tags__term=key, then=Value(distance)) for key, distance in steps.items()]
    return Min(Case(*whens, output_field=IntegerField()))


def items_by_area(tags: Iterable[tuple[int, int]], rows: Sequence[Term]) -> dict[int, set[int]]:
    """Return area key → keys of the items tagged with it or with one inside it. `tags`: (area key, item key)."""
    parent_of = {row.pk: row.parent_id for row in rows}
    items: dict[int, set[int]] = {key: set() for key in parent_of}
    for area, item in tags:
        at: int | None = area
        while at is not None:
            items[at].add(item)
            at = parent_of[at]
    return items
