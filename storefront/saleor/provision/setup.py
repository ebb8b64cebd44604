"""`storefront saleor setup`: the product type, the page type, their attributes and values, and the categories.

A plan first, then its steps, each of which may be done twice. What the shop has is left alone: an attribute that has
one of our slugs but is not ours is a hindrance, not ours to take, until the shop maps it (`SALEOR_SLUGS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from storefront.catalog.taxonomy import Taxonomy
from storefront.saleor.client.batches import portions
from storefront.saleor.client.errors import SaleorRefused
from storefront.saleor.client.mutations import do_one
from storefront.saleor.client.transport import Saleor
from storefront.saleor.read.shop import Attribute, Choice, Shop, read_attributes, read_page_type, read_product_type
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.documents import Call
from storefront.saleor.schema.model import ATTRIBUTES, Input, Owner, Spec, value_reference, vocabulary_of

REFERENCE_PREFIX = "knotwise:"
VALUES_AT_ONCE = 100


class SetupRefused(SaleorRefused):
    """Something of the shop's own is in the way; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, in words, and the doing of it."""

    text: str
    do: Callable[[Saleor, Shop], None]


def setup_plan(shop: Shop, taxonomy: Taxonomy, *, has_collections: bool = False) -> list[Step]:
    """Return what is missing in the shop, in the order in which it can be made; nothing where all is there.

    `has_collections`: a collection for each area is wanted. Raise `SetupRefused` with all that is in the way.
    """
    if conflicts := find_conflicts(shop):
        raise SetupRefused("\n".join(conflicts))
    steps = []
    if shop.page_type is None:
        steps.append(Step(f'make the page type "{model.PAGE_TYPE_NAME}"', make_page_type))
    for spec in ATTRIBUTES:
        steps += attribute_steps(shop, spec, taxonomy)
    if shop.product_type is None:
        steps.append(Step(f'make the product type "{model.PRODUCT_TYPE_NAME}"', make_product_type))
    steps += assign_steps(shop)
    for slug, entry in taxonomy.tool_types.items():
        if shop.category_by_type(slug) is None:
            steps.append(
                Step(f'make the category "{entry.plural}"', partial(make_category, slug=slug, name=entry.plural))
            )
    if has_collections:
        for slug, area in taxonomy.areas.items():
            if slug not in shop.area_collections:
                steps.append(
                    Step(f'make the collection "{area.name}"', partial(make_collection, slug=slug, name=area.name))
                )
    return steps


def find_conflicts(shop: Shop) -> list[str]:
    """Return, in words, the shop's own attributes that stand where ours should."""
    found = []
    for spec in ATTRIBUTES:
        attribute = shop.attribute(spec.key)
        if attribute is None:
            continue
        if attribute.owner != spec.owner or not spec.fits(attribute.input):
            kinds = ", ".join(sorted({spec.input.value, *(kind.value for kind in spec.also)}))
            found.append(
                f'The attribute "{attribute.slug}" is a {attribute.owner.lower()} attribute of the kind '
                f'{attribute.input}; for "{spec.key}" a {spec.owner.lower()} attribute of the kind {kinds} is needed. '
                f"Use another slug: SALEOR_SLUGS={spec.key}=…"
            )
        elif spec.key not in shop.slugs.mapped and attribute.reference != reference_of(spec):
            found.append(
                f'The shop has an attribute "{attribute.slug}" of its own. To use it for "{spec.key}", say so: '
                f"SALEOR_SLUGS={spec.key}={attribute.slug}; to leave it alone, give another slug: "
                f"SALEOR_SLUGS={spec.key}=knotwise-{spec.key}"
            )
    return found


def reference_of(spec: Spec) -> str:
    """Return the `externalReference` by which an attribute is known as one that we made."""
    return REFERENCE_PREFIX + spec.key


def attribute_steps(shop: Shop, spec: Spec, taxonomy: Taxonomy) -> list[Step]:
    values = vocabulary_of(spec, taxonomy)
    attribute = shop.attribute(spec.key)
    if attribute is None:
        with_values = f" with {len(values)} values" if values else ""
        return [
            Step(f'make the attribute "{spec.name}"{with_values}', partial(make_attribute, spec=spec, values=values))
        ]
    steps = []
    is_reference = spec.input in (Input.REFERENCE, Input.SINGLE_REFERENCE)
    if is_reference and (shop.page_type is None or shop.page_type.id not in attribute.reference_types):
        steps.append(
            Step(f'let the attribute "{attribute.name}" refer to guides', partial(let_refer_to_guides, spec=spec))
        )
    adopted, missing = missing_values(attribute, spec, values)
    if adopted:
        text = f'mark {len(adopted)} values of the attribute "{attribute.name}" as those of the taxonomy'
        steps.append(Step(text, partial(mark_values, adopted=adopted)))
    if missing:
        text = f'add {len(missing)} values to the attribute "{attribute.name}": {", ".join(missing.values())}'
        steps.append(Step(text, partial(add_missing_values, spec=spec, missing=missing)))
    return steps


def require_vocabulary(shop: Shop, taxonomy: Taxonomy) -> None:
    """Raise `SaleorRefused` where values of the taxonomy are missing in the shop: tags with them would be lost."""
    missing = sorted(
        f"{spec.key}: {slug}"
        for spec in ATTRIBUTES
        for slug in vocabulary_of(spec, taxonomy)
        if value_reference(spec.key, slug) not in shop.own(spec.key).by_reference
    )
    if missing:
        named = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise SaleorRefused(
            f"{len(missing)} values are missing in Saleor ({named}). Create them: storefront saleor setup"
        )


def missing_values(
    attribute: Attribute, spec: Spec, values: Mapping[str, str]
) -> tuple[dict[str, Choice], dict[str, str]]:
    """Return those of the values that the attribute has under their name, by the reference that they get, and the
    others."""
    by_name = {choice.name.casefold(): choice for choice in attribute.choices() if not choice.reference}
    adopted, missing = {}, {}
    for slug, name in values.items():
        reference = value_reference(spec.key, slug)
        if reference in attribute.by_reference:
            continue
        choice = by_name.get(name.casefold()) or by_name.get(slug.casefold())
        if choice is not None:
            adopted[reference] = choice
        else:
            missing[slug] = name
    return adopted, missing


def assign_steps(shop: Shop) -> list[Step]:
    """Return the steps that assign attributes to types which lack them. A type that is still to be made gets all of its
    own at once."""
    steps = []
    for owner, owner_type in ((Owner.PRODUCT, shop.product_type), (Owner.PAGE, shop.page_type)):
        keys = [spec.key for spec in ATTRIBUTES if spec.owner is owner]
        missing = [key for key in keys if owner_type is not None and shop.slugs[key] not in owner_type.attributes]
        if owner_type is None and owner is Owner.PAGE:
            # It is made without any, before the attributes that refer to it.
            missing = keys
        if missing:
            name = owner_type.name if owner_type else model.PAGE_TYPE_NAME
            assign = assign_to_product_type if owner is Owner.PRODUCT else assign_to_page_type
            steps.append(Step(f'give "{name}" the attributes {", ".join(missing)}', partial(assign, keys=missing)))
    return steps


def make_page_type(saleor: Saleor, shop: Shop) -> None:
    values = {"input": {"name": model.PAGE_TYPE_NAME, "slug": shop.slugs[model.PAGE_TYPE]}}
    do_one(saleor, Call(documents.PAGE_TYPE_CREATE, values), may_repeat=False)
    read_types(saleor, shop)


def make_product_type(saleor: Saleor, shop: Shop) -> None:
    attributes = [shop.own(spec.key).id for spec in ATTRIBUTES if spec.owner is Owner.PRODUCT]
    values = {
        "name": model.PRODUCT_TYPE_NAME,
        "slug": shop.slugs[model.PRODUCT_TYPE],
        "productAttributes": attributes,
        "isShippingRequired": True,
        "hasVariants": True,
    }
    do_one(saleor, Call(documents.PRODUCT_TYPE_CREATE, {"input": values}), may_repeat=False)
    read_types(saleor, shop)


def read_types(saleor: Saleor, shop: Shop) -> None:
    """Read the types anew."""
    for node in saleor.pages(documents.PRODUCT_TYPES, {}, "productTypes"):
        shop.product_types[node["slug"]] = read_product_type(node)
    for node in saleor.pages(documents.PAGE_TYPES, {}, "pageTypes"):
        shop.page_types[node["slug"]] = read_page_type(node)


def make_attribute(saleor: Saleor, shop: Shop, *, spec: Spec, values: Mapping[str, str]) -> None:
    slug = shop.slugs[spec.key]
    wanted: dict[str, Any] = {
        "name": spec.name,
        "slug": slug,
        "type": spec.owner.value,
        "inputType": spec.input.value,
        "externalReference": reference_of(spec),
        "visibleInStorefront": True,
    }
    if values:
        wanted["values"] = value_inputs(spec, values)
    if spec.input in (Input.REFERENCE, Input.SINGLE_REFERENCE):
        wanted |= {"entityType": "PAGE", "referenceTypes": [shop.own_page_type().id]}
    do_one(saleor, Call(documents.ATTRIBUTE_CREATE, {"input": wanted}), may_repeat=False)
    read_attributes(saleor, shop, [slug])


def value_inputs(spec: Spec, values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "externalReference": value_reference(spec.key, slug)} for slug, name in values.items()]


def let_refer_to_guides(saleor: Saleor, shop: Shop, *, spec: Spec) -> None:
    attribute = shop.own(spec.key)
    types = [*attribute.reference_types, shop.own_page_type().id]
    do_one(saleor, Call(documents.ATTRIBUTE_UPDATE, {"id": attribute.id, "input": {"referenceTypes": types}}))


def mark_values(saleor: Saleor, _: Shop, *, adopted: Mapping[str, Choice]) -> None:
    for reference, choice in adopted.items():
        values = {"id": choice.id, "input": {"name": choice.name, "externalReference": reference}}
        do_one(saleor, Call(documents.VALUE_UPDATE, values))


def add_missing_values(saleor: Saleor, shop: Shop, *, spec: Spec, missing: Mapping[str, str]) -> None:
    attribute = shop.own(spec.key)
    add_values(saleor, attribute.id, value_inputs(spec, missing))
    read_attributes(saleor, shop, [attribute.slug])


def add_values(saleor: Saleor, attribute: str, values: Sequence[Mapping[str, str]]) -> None:
    """Add values to an attribute; `externalReference` guards against a twin. Raise `MutationRejected`."""
    for part in portions(values, VALUES_AT_ONCE):
        change = [{"id": attribute, "fields": {"addValues": part}}]
        arguments = {"attributes": change, "errorPolicy": "REJECT_FAILED_ROWS"}
        do_one(saleor, Call(documents.VALUES_ADD, arguments), may_repeat=False)


def assign_to_product_type(saleor: Saleor, shop: Shop, *, keys: Sequence[str]) -> None:
    operations = [{"id": shop.own(key).id, "type": "PRODUCT"} for key in keys]
    arguments = {"productTypeId": shop.own_product_type().id, "operations": operations}
    do_one(saleor, Call(documents.PRODUCT_ATTRIBUTE_ASSIGN, arguments), may_repeat=False)
    read_types(saleor, shop)


def assign_to_page_type(saleor: Saleor, shop: Shop, *, keys: Sequence[str]) -> None:
    added = {"addAttributes": [shop.own(key).id for key in keys]}
    do_one(saleor, Call(documents.PAGE_TYPE_UPDATE, {"id": shop.own_page_type().id, "input": added}))
    read_types(saleor, shop)


def make_category(saleor: Saleor, _: Shop, *, slug: str, name: str) -> None:
    do_one(saleor, Call(documents.CATEGORY_CREATE, {"input": {"name": name, "slug": slug}}), may_repeat=False)


def make_collection(saleor: Saleor, _: Shop, *, slug: str, name: str) -> None:
    values = {
        "name": name,
        "slug": model.COLLECTION_PREFIX + slug,
        # By this it is known as ours, whatever it is called later.
        "privateMetadata": [{"key": documents.AREA_KEY, "value": slug}],
    }
    do_one(saleor, Call(documents.COLLECTION_CREATE, {"input": values}), may_repeat=False)
