"""Rows that others refer to: terms of the taxonomy, attributes and their values."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import slugify

from storefront.catalog.models import (
    Attribute,
    AttributeValue,
    CatalogVersion,
    Product,
    ProductAttributeValue,
    Term,
    VariantOption,
    Vocabulary,
)
from storefront.catalog.public_ids import encode_public_id, new_public_id
from storefront.catalog.taxonomy import ContraindicationTerm, Entry, Taxonomy
from storefront.catalog.writer.listings import refresh_listings
from storefront.catalog.writer.search_index import index_products

_TERM_TYPES = {
    Vocabulary.AREA: "BodyArea",
    Vocabulary.TOOL_TYPE: "ToolType",
    Vocabulary.CONDITION: "Condition",
    Vocabulary.TECHNIQUE: "Technique",
    Vocabulary.CONTRAINDICATION: "Contraindication",
}


@transaction.atomic
def write_taxonomy(taxonomy: Taxonomy) -> int:
    """Make the terms' rows equal to the taxonomy; return how many were made, changed or removed.

    A term that the taxonomy no longer has goes, and its tags with it.
    """
    wanted = terms_of(taxonomy)
    known = {(term.vocabulary, term.slug): term for term in Term.objects.select_related("parent")}
    new = [term for key, term in wanted.items() if key not in known]
    Term.objects.bulk_create(new)
    rows = known | {(term.vocabulary, term.slug): term for term in new}

    changed, moved = [], []
    for key, term in wanted.items():
        row = rows[key]
        slug = taxonomy.areas[term.slug].parent if term.vocabulary == Vocabulary.AREA.value else None
        parent = rows[(Vocabulary.AREA.value, slug)] if slug else None
        before = (row.name, row.default_name, row.position, row.sides, row.parent_id)
        if parent != row.parent:
            moved.append(row.pk)
        # One that was renamed in Saleor keeps that name.
        if row.name == row.default_name:
            row.name = term.name
        row.default_name, row.position, row.sides, row.parent = term.name, term.position, term.sides, parent
        if before != (row.name, row.default_name, row.position, row.sides, row.parent_id):
            changed.append(row)
    Term.objects.bulk_update(changed, ["name", "default_name", "position", "sides", "parent"])

    gone = [row.pk for key, row in known.items() if key not in wanted]
    if gone:
        # Without a tag it is another product: no import may take it for the one that it wrote.
        tagged = tagged_with(gone)
        Term.objects.filter(pk__in=gone).delete()
        Product.objects.filter(pk__in=tagged).update(updated_at=timezone.now())
        index_products(tagged)
        refresh_listings(tagged)
    if moved:
        # Whatever lies in it, or lay, is offered elsewhere now.
        refresh_listings(tagged_with([row.pk for row in rows.values() if row.vocabulary == Vocabulary.AREA.value]))
    count = len({row.pk for row in [*new, *changed]}) + len(gone)
    if count:
        CatalogVersion.bump()
    return count


def tagged_with(terms: Collection[int]) -> list[int]:
    return list(Product.objects.filter(tags__term__in=terms).distinct().values_list("pk", flat=True))


def terms_of(taxonomy: Taxonomy) -> dict[tuple[str, str], Term]:
    """Return unsaved rows for all words of the taxonomy, by vocabulary and slug."""
    result: dict[tuple[str, str], Term] = {}
    vocabularies: tuple[tuple[Vocabulary, Mapping[str, Entry | ContraindicationTerm]], ...] = (
        (Vocabulary.AREA, taxonomy.areas),
        (Vocabulary.TOOL_TYPE, taxonomy.tool_types),
        (Vocabulary.CONDITION, taxonomy.conditions),
        (Vocabulary.TECHNIQUE, taxonomy.techniques),
        (Vocabulary.CONTRAINDICATION, taxonomy.contraindications),
    )
    for vocabulary, entries in vocabularies:
        for position, (slug, entry) in enumerate(entries.items()):
            result[(vocabulary.value, slug)] = Term(
                public_id=encode_public_id(_TERM_TYPES[vocabulary], slug),
                vocabulary=vocabulary.value,
                slug=slug,
                name=entry.name,
                default_name=entry.name,
                position=position,
                sides=list(getattr(entry, "sides", ())),
            )
    return result


def term_ids() -> dict[tuple[str, str], int]:
    """Return (vocabulary, slug) → key of every term."""
    return {(vocabulary, slug): pk for vocabulary, slug, pk in Term.objects.values_list("vocabulary", "slug", "pk")}


def free_slug(slug: str, taken: Collection[str]) -> str:
    """Return the slug, or with a number behind it where it is taken."""
    candidate, number = slug, 2
    while candidate in taken:
        candidate, number = f"{slug}-{number}", number + 1
    return candidate


def attribute_slug(stated: str) -> str:
    """Return the key of an attribute by its name: "Size" and "size" are one."""
    return slugify(stated, allow_unicode=True)[:255] or "attribute"


def one_by_slug(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by attribute; of names that are one attribute ("Size", "size") the first with a value."""
    result: dict[str, tuple[str, Any]] = {}
    for name, value in stated.items():
        key = attribute_slug(name)
        if key not in result or (value and not result[key][1]):
            result[key] = (name, value)
    return dict(result.values())


def ids_of_stated(kind: Attribute.Kind, stated: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Return (attribute name, value name) → key, for all values that are said; an empty value names its attribute
    alone."""
    values: dict[str, set[str]] = {}
    for values_of_row in stated:
        for name, value in values_of_row.items():
            values.setdefault(name, set()).update({str(value)} if value else set())
    return value_ids(kind, values)


def replace_values(
    model: type[ProductAttributeValue] | type[VariantOption],
    owner: str,
    kind: Attribute.Kind,
    wanted: Mapping[int, Mapping[str, Any]],
    existing: Collection[int],
) -> list[tuple[int, int, int]]:
    """Delete what products or variants (key → attribute name → value) have of the attributes that they state, and
    return the rows (key, value's key, position) to write in its place; none for an empty value.

    `owner`: the model's field that names them. `existing`: those that are not new.
    """
    if not wanted:
        return []
    ids = ids_of_stated(kind, wanted.values())
    # "size" and "Size" are one attribute, so the key tells which ones are stated.
    stated_keys = {pk: {attribute_slug(name) for name in stated} for pk, stated in wanted.items()}
    known = model._default_manager.filter(**{f"{owner}__in": wanted.keys() & existing})
    stated_again = [
        pk for pk, of, key in known.values_list("pk", owner, "value__attribute__key") if key in stated_keys[of]
    ]
    model._default_manager.filter(pk__in=stated_again).delete()
    return [
        (pk, ids[(name, str(value))], position)
        for pk, stated in wanted.items()
        for position, (name, value) in enumerate(one_by_slug(stated).items())
        if value
    ]


def value_ids(kind: Attribute.Kind, wanted: Mapping[str, set[str]]) -> dict[tuple[str, str], int]:
    """Return (attribute name, value name) → key of the value; attributes and values are made where missing."""
    if not wanted:
        return {}
    keys = {name: attribute_slug(name) for name in sorted(wanted)}
    if missing := set(keys.values()) - set(attribute_ids(kind, keys.values())):
        Attribute.objects.bulk_create(
            [
                Attribute(
                    public_id=new_public_id("Attribute"), kind=kind.value, key=key, said=name, slug=key, name=name
                )
                for name, key in keys.items()
                if key in missing
            ],
            ignore_conflicts=True,
        )
    attributes = attribute_ids(kind, keys.values())
    by_attribute = {(attributes[keys[name]], value) for name, values in wanted.items() for value in values}
    result = known_values(by_attribute)
    new = sorted(by_attribute - set(result))
    if new:
        key_of = dict(Attribute.objects.filter(pk__in=attributes.values()).values_list("pk", "key"))
        AttributeValue.objects.bulk_create(
            [
                AttributeValue(
                    public_id=value_id(kind.value, key_of[attribute_id], value),
                    attribute_id=attribute_id,
                    slug=slugify(value, allow_unicode=True)[:255] or "value",
                    name=value,
                )
                for attribute_id, value in new
            ],
            ignore_conflicts=True,
        )
        result = known_values(by_attribute)
    return {
        (name, value): result[(attributes[keys[name]], value)] for name, values in wanted.items() for value in values
    }


@transaction.atomic
def rename_values(renamed: Sequence[tuple[str, str, str]]) -> int:
    """Rename values of attributes, from (the attribute's public id, old name, new name); return how many there were.

    One whose new name another value has stays: they become one as their products are written.
    """
    count, values = 0, []
    for attribute, old, new in renamed:
        rows = AttributeValue.objects.filter(attribute__public_id=attribute)
        if new and not rows.filter(name=new).exists():
            for row in rows.filter(name=old).select_related("attribute"):
                row.name, row.slug = new, slugify(new, allow_unicode=True)[:255] or "value"
                row.public_id = value_id(row.attribute.kind, row.attribute.key, new)
                row.save()
                values.append(row.pk)
                count += 1
    if count:
        users = Product.objects.filter(variants__options__value__in=values).distinct()
        refresh_listings(list(users.values_list("pk", flat=True)))
        CatalogVersion.bump()
    return count


def value_id(kind: str, key: str, name: str) -> str:
    """Return the id of a value, from its attribute's kind and key: the same whenever the store is filled."""
    digest = hashlib.blake2b(f"{kind}\0{key}\0{name}".encode(), digest_size=16)
    return encode_public_id("AttributeValue", digest.hexdigest())


@transaction.atomic
def forget_unused_values() -> int:
    """Delete values that neither a product nor a variant has any longer; return how many there were."""
    products = ProductAttributeValue.objects.filter(value=OuterRef("pk"))
    variants = VariantOption.objects.filter(value=OuterRef("pk"))
    count, _ = AttributeValue.objects.filter(~Exists(products), ~Exists(variants)).delete()
    return count


def attribute_ids(kind: Attribute.Kind, keys: Iterable[str]) -> dict[str, int]:
    return dict(Attribute.objects.filter(kind=kind.value, key__in=set(keys)).values_list("key", "pk"))


def known_values(wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return those of (attribute key, value name) that exist, with their key."""
    rows = AttributeValue.objects.filter(
        attribute_id__in={attribute_id for attribute_id, _ in wanted}, name__in={name for _, name in wanted}
    )
    return {(attribute_id, name): pk for attribute_id, name, pk in rows.values_list("attribute_id", "name", "pk")}
