"""Taking over what products are sorted by elsewhere: categories, further attributes and options."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from storefront.catalog.models import (
    Attribute,
    AttributeValue,
    CatalogVersion,
    Category,
    KindRead,
    Product,
    ProductAttributeValue,
    VariantOption,
)
from storefront.catalog.search import index_products
from storefront.catalog.writer.remote.full_reads import ATTRIBUTES, CATEGORIES, Named, let_slugs_go, make_equal, takes
from storefront.catalog.writer.vocabulary import attribute_slug

OF_PRODUCTS = (Attribute.Kind.PRODUCT, Attribute.Kind.VARIANT)


class CategoryThere(Named):
    parent: str | None = None
    level: int = 0
    description: str = ""


class AttributeThere(Named):
    """`known_as`: what records call it."""

    kind: Attribute.Kind
    known_as: str


@transaction.atomic
def project_categories(found: Sequence[CategoryThere], started: datetime) -> tuple[int, set[str]]:
    """Make the categories equal to those elsewhere; gives how many differed, and the ids of products whose category is
    no longer there."""
    if not takes(CATEGORIES, started):
        return 0, set()
    wanted = {
        one.id: {
            "slug": one.slug,
            "name": one.name,
            "level": one.level,
            "position": position,
            "description": one.description,
        }
        for position, one in enumerate(found)
    }
    changes = make_equal(Category.objects.all(), wanted)
    # All have their places before any goes: with a category go those that still lie in it.
    keys = dict(Category.objects.values_list("public_id", "pk"))
    moved = 0
    parents = dict(Category.objects.values_list("public_id", "parent_id"))
    for one in found:
        parent = keys.get(one.parent or "")
        if parents[one.id] != parent:
            Category.objects.filter(pk=keys[one.id]).update(parent=parent)
            moved += 1
    lost = list(Product.objects.filter(category__in=changes.gone).values_list("pk", "public_id"))
    Product.objects.filter(pk__in=[pk for pk, _ in lost]).update(category=None, category_is_default=False)
    Category.objects.filter(pk__in=changes.gone).delete()
    names = {one.id: one.name for one in found}
    renamed = [pk for pk, before in changes.changed.items() if before["name"] != names.get(before["public_id"])]
    say_anew(Q(category__in=renamed) | Q(pk__in=[pk for pk, _ in lost]))
    count = len(changes.keys()) + moved
    if count:
        CatalogVersion.bump()
    return count, {public_id for _, public_id in lost}


def have_categories(wanted: Mapping[str, Named], read_at: datetime) -> None:
    """Categories of products, by id: made where the store has none yet, renamed where it has an older name.

    Unless all categories were read later than this: then one that is missing is gone, and names are newer.
    """
    if KindRead.objects.filter(kind=CATEGORIES, read_at__gt=read_at).exists():
        return
    known = {row.public_id: row for row in Category.objects.filter(public_id__in=wanted)}
    new = [one for id, one in wanted.items() if id not in known]
    let_slugs_go(Category, {one.slug: None for one in new})
    Category.objects.bulk_create(
        [Category(public_id=one.id, slug=one.slug, name=one.name) for one in new], ignore_conflicts=True
    )
    renamed = [row for id, row in known.items() if row.name != wanted[id].name]
    for row in renamed:
        Category.objects.filter(pk=row.pk).update(name=wanted[row.public_id].name)
    if renamed:
        say_anew(Q(category__in=renamed))


def say_anew(products: Q) -> None:
    """These products say something else now: no import may take one for what it wrote, and it is found by other
    words."""
    keys = list(Product.objects.filter(products).values_list("pk", flat=True))
    if keys:
        Product.objects.filter(pk__in=keys).update(updated_at=timezone.now())
        index_products(keys)


@transaction.atomic
def project_attributes(found: Sequence[AttributeThere], started: datetime) -> int:
    """Make further attributes and options equal to those elsewhere; gives how many differed. Values stay."""
    if not takes(ATTRIBUTES, started):
        return 0
    count = sum(
        project_attributes_of(kind, [one for one in found if one.kind is kind], started) for kind in OF_PRODUCTS
    )
    if count:
        CatalogVersion.bump()
    return count


def project_attributes_of(kind: Attribute.Kind, found: Sequence[AttributeThere], started: datetime) -> int:
    # Records cannot tell two apart that they call the same: the first by slug stands for both.
    wanted = {attribute_slug(one.known_as): one for one in sorted(found, key=lambda one: one.slug, reverse=True)}
    ids = {one.id for one in wanted.values()}
    rows = list(Attribute.objects.filter(kind=kind.value))
    by_id, by_key = {row.public_id: row for row in rows}, {row.key: row for row in rows}
    kept: set[int] = set()
    changed, renamed = [], []
    for key, one in wanted.items():
        row, twin = by_id.get(one.id), by_key.get(key)
        if twin is not None and twin.public_id not in ids:
            # Products were read with its name before it was known by its id.
            row = twin if row is None else merged(twin, row)
        row = row or Attribute(kind=kind.value)
        kept |= {row.pk} if row.pk else set()
        columns = {"public_id": one.id, "key": key, "said": one.known_as, "slug": one.slug, "name": one.name}
        if any(getattr(row, name) != value for name, value in columns.items()):
            renamed += [row.pk] if row.pk and row.said != one.known_as else []
            changed.append((row, columns))
    others = Attribute.objects.filter(kind=kind.value).exclude(pk__in=kept)
    gone = [row.pk for row in others if not is_newer(row, started)]
    say_anew(users_of([*gone, *renamed]))
    Attribute.objects.filter(pk__in=gone).delete()
    # Names may have changed places.
    Attribute.objects.filter(pk__in=[row.pk for row, _ in changed]).update(key=F("id"), public_id=F("id"))
    for row, columns in changed:
        for name, value in columns.items():
            setattr(row, name, value)
        row.save()
    return len(changed) + len(gone)


def merged(twin: Attribute, row: Attribute) -> Attribute:
    """The row with all values of its twin, which goes."""
    own = dict(AttributeValue.objects.filter(attribute=row).values_list("name", "pk"))
    for value in AttributeValue.objects.filter(attribute=twin):
        if value.name not in own:
            AttributeValue.objects.filter(pk=value.pk).update(attribute=row)
            continue
        for model, owner in ((ProductAttributeValue, "product"), (VariantOption, "variant")):
            has_both = model.objects.filter(**{owner: OuterRef(owner)}, value=own[value.name])
            model.objects.filter(~Exists(has_both), value=value).update(value=own[value.name])
    twin.delete()
    return row


def is_newer(row: Attribute, started: datetime) -> bool:
    """Whether a product has it that was read later: then it is not gone, but new."""
    return Product.objects.filter(users_of([row.pk]), read_at__gt=started).exists()


def users_of(attributes: Collection[int]) -> Q:
    values = AttributeValue.objects.filter(attribute__in=attributes)
    assigned = ProductAttributeValue.objects.filter(value__in=values).values("product")
    options = VariantOption.objects.filter(value__in=values).values("variant__product")
    return Q(pk__in=assigned) | Q(pk__in=options)
