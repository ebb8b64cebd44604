"""Further attributes and options, made equal to Saleor's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from storefront.catalog.models import (
    Attribute,
    AttributeValue,
    CatalogVersion,
    Product,
    ProductAttributeValue,
    VariantOption,
)
from storefront.catalog.records import Named
from storefront.catalog.writer.listings import refresh_listings
from storefront.catalog.writer.remote.categories import mark_changed
from storefront.catalog.writer.remote.full_reads import ATTRIBUTES, accept_read
from storefront.catalog.writer.vocabulary import attribute_slug

OF_PRODUCTS = (Attribute.Kind.PRODUCT, Attribute.Kind.VARIANT)


class RemoteAttribute(Named):
    """`known_as`: what records call it."""

    kind: Attribute.Kind
    known_as: str


@transaction.atomic
def project_attributes(remotes: Sequence[RemoteAttribute], started: datetime) -> int:
    """Make further attributes and options equal to Saleor's; return how many differed. Values stay."""
    if not accept_read(ATTRIBUTES, started):
        return 0
    count = sum(
        project_attributes_of(kind, [remote for remote in remotes if remote.kind is kind], started)
        for kind in OF_PRODUCTS
    )
    if count:
        CatalogVersion.bump()
    return count


def project_attributes_of(kind: Attribute.Kind, remotes: Sequence[RemoteAttribute], started: datetime) -> int:
    # Records cannot tell two apart that they call the same: the first by slug stands for both.
    wanted = {
        attribute_slug(remote.known_as): remote
        for remote in sorted(remotes, key=lambda remote: remote.slug, reverse=True)
    }
    ids = {remote.id for remote in wanted.values()}
    rows = list(Attribute.objects.filter(kind=kind.value))
    by_id, by_key = {row.public_id: row for row in rows}, {row.key: row for row in rows}
    kept: set[int] = set()
    changed, renamed = [], []
    for key, remote in wanted.items():
        row, twin = by_id.get(remote.id), by_key.get(key)
        if twin is not None and twin.public_id not in ids:
            # Products were read with its name before it was known by its id.
            row = twin if row is None else merged(twin, row)
        row = row or Attribute(kind=kind.value)
        kept |= {row.pk} if row.pk else set()
        columns = {
            "public_id": remote.id,
            "key": key,
            "said": remote.known_as,
            "slug": remote.slug,
            "name": remote.name,
        }
        if any(getattr(row, name) != value for name, value in columns.items()):
            renamed += [row.pk] if row.pk and row.said != remote.known_as else []
            changed.append((row, columns))
    others = Attribute.objects.filter(kind=kind.value).exclude(pk__in=kept)
    gone = [row.pk for row in others if not is_newer(row, started)]
    mark_changed(users_of([*gone, *renamed]))
    touched = products_of(gone)
    Attribute.objects.filter(pk__in=gone).delete()
    # Names may have changed places.
    Attribute.objects.filter(pk__in=[row.pk for row, _ in changed]).update(key=F("id"), public_id=F("id"))
    for row, columns in changed:
        for name, value in columns.items():
            setattr(row, name, value)
        row.save()
    refresh_listings([*touched, *products_of([row.pk for row, _ in changed])])
    return len(changed) + len(gone)


def products_of(attributes: Collection[int]) -> list[int]:
    return list(Product.objects.filter(users_of(attributes)).values_list("pk", flat=True)) if attributes else []


def merged(twin: Attribute, row: Attribute) -> Attribute:
    """Return the row with all values of its twin, which goes."""
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
