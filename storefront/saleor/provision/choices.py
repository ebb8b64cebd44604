"""What writes refer to and Saleor must have beforehand: categories, options, and values that can be chosen.

All of it is made before anything is written, by one process at a time: products that are made side by side with values
of their own end in deadlocks and in doubled values (seen on 3.23.28).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from storefront.catalog.fields import ATTRIBUTE, OPTION, with_prefix
from storefront.catalog.writer import ProductWrite
from storefront.catalog.writer.vocabulary import attribute_slug
from storefront.saleor.client.errors import RequestFailed
from storefront.saleor.client.mutations import MutationRejected, do_one
from storefront.saleor.client.transport import Saleor
from storefront.saleor.provision.setup import add_values, read_types
from storefront.saleor.read.shop import WITH_CHOICES, Attribute, Category, Shop, read_attributes
from storefront.saleor.read.values import LIST_SEPARATOR, choice_reference, named
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.documents import Call
from storefront.saleor.schema.model import Input, Owner

log = logging.getLogger(__name__)

_TEXTS = {"brand": model.BRAND, "material": model.MATERIAL, "warranty_years": model.WARRANTY}


def missing_options(shop: Shop, writes: Iterable[ProductWrite]) -> dict[str, str]:
    """Return slug → name of the options that no attribute of our type stands for."""
    names = {
        name
        for write in writes
        for fields in write.fields.variants.values()
        for name, value in with_prefix(fields, OPTION).items()
        if value
    }
    return {slug: name for name in sorted(names) if shop.option(slug := attribute_slug(name)) is None}


def missing_values(shop: Shop, writes: Iterable[ProductWrite]) -> dict[str, list[str]]:
    """Return slug of an attribute → names of values that it does not have."""
    wanted: dict[str, dict[str, None]] = {}
    for write in writes:
        for attribute, text in chosen_values(shop, write):
            names = text.split(LIST_SEPARATOR.strip()) if attribute.input == Input.MULTISELECT else [text]
            for name in filter(None, (name.strip() for name in names)):
                if named(attribute, name) is None:
                    wanted.setdefault(attribute.slug, {})[name] = None
    return {slug: list(names) for slug, names in wanted.items()}


def chosen_values(shop: Shop, write: ProductWrite) -> list[tuple[Attribute, str]]:
    """Return the attributes with values to choose that a write names, each with the text of its value."""
    own = write.fields.own
    found = [(shop.attribute(key), own.get(name)) for name, key in _TEXTS.items()]
    found += [(shop.attributes.get(slug), value) for slug, value in with_prefix(own, ATTRIBUTE).items()]
    for fields in write.fields.variants.values():
        options = with_prefix(fields, OPTION).items()
        found += [(shop.option(attribute_slug(name)), value) for name, value in options]
    return [
        (attribute, str(value))
        for attribute, value in found
        if attribute is not None and attribute.input in WITH_CHOICES and value
    ]


def missing_categories(shop: Shop, writes: Iterable[ProductWrite]) -> list[str]:
    names = {str(write.fields.own.get("category") or "") for write in writes}
    return sorted(name for name in names if name and shop.category_named(name) is None)


def is_complete(shop: Shop, writes: Collection[ProductWrite]) -> bool:
    """Return whether all is there that the writes refer to."""
    return not (missing_options(shop, writes) or missing_values(shop, writes) or missing_categories(shop, writes))


def complete(saleor: Saleor, shop: Shop, writes: Collection[ProductWrite]) -> None:
    """Make what the writes refer to and is missing. One process at a time, with a shop that was just read."""
    for name in missing_categories(shop, writes):
        with skipping_rejected(f'the category "{name}"'):
            make_category(saleor, shop, name)
    if options := missing_options(shop, writes):
        with skipping_rejected(f"the options {', '.join(options.values())}"):
            make_options(saleor, shop, options)
    for slug, names in missing_values(shop, writes).items():
        values = [{"name": name, "externalReference": choice_reference(slug, name)} for name in names]
        try:
            add_values(saleor, shop.attributes[slug].id, values)
        except (MutationRejected, RequestFailed):
            for value in values:
                with skipping_rejected(f'the value "{value["name"]}" of "{slug}"'):
                    add_values(saleor, shop.attributes[slug].id, [value])
        read_attributes(saleor, shop, [slug])


@contextmanager
def skipping_rejected(what: str) -> Iterator[None]:
    """Skip what Saleor rejects: the rows that need it report it themselves, and the others go on."""
    try:
        yield
    except (MutationRejected, RequestFailed) as error:
        log.warning("Saleor rejected %s: %s", what, error)


def make_category(saleor: Saleor, shop: Shop, name: str) -> None:
    """Make a category; Saleor makes its slug unique."""
    found = do_one(saleor, Call(documents.CATEGORY_CREATE, {"input": {"name": name}}), may_repeat=False)["category"]
    shop.categories[found["slug"]] = Category(found["id"], found["slug"], found["name"])


def make_options(saleor: Saleor, shop: Shop, options: Mapping[str, str]) -> None:
    """Make attributes for options, and give them to the variants of our type as what a shopper chooses by."""
    made = [model.OPTION_PREFIX + slug for slug in options]
    read_attributes(saleor, shop, made)
    for slug, name in options.items():
        own_slug = model.OPTION_PREFIX + slug
        if own_slug not in shop.attributes:
            values = {
                "name": name,
                "slug": own_slug,
                "type": Owner.PRODUCT.value,
                "inputType": Input.DROPDOWN.value,
                "externalReference": f"knotwise:{own_slug}",
            }
            do_one(saleor, Call(documents.ATTRIBUTE_CREATE, {"input": values}), may_repeat=False)
    read_attributes(saleor, shop, made)
    assign_options(saleor, shop, made)


def assign_options(saleor: Saleor, shop: Shop, made: Iterable[str]) -> None:
    own = shop.own_product_type()
    operations = [
        {"id": shop.attributes[slug].id, "type": "VARIANT", "variantSelection": True}
        for slug in made
        if slug not in own.variant_attributes
    ]
    try:
        arguments = {"productTypeId": own.id, "operations": operations}
        do_one(saleor, Call(documents.PRODUCT_ATTRIBUTE_ASSIGN, arguments), may_repeat=False)
    except MutationRejected as error:
        if any(refusal.code != "ATTRIBUTE_ALREADY_ASSIGNED" for refusal in error.refusals):
            raise
    read_types(saleor, shop)
