"""What must be known of a Saleor shop before it is written to: its ids, slugs, types, attributes and values."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storefront.catalog.records import Named, RemoteChannel
from storefront.catalog.twins import twin_key
from storefront.saleor.client.batches import portions
from storefront.saleor.client.errors import NotPermitted, PermissionsMissing, SaleorRefused
from storefront.saleor.client.transport import PAGE, Saleor
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.model import Slugs

log = logging.getLogger(__name__)

OLDEST = (3, 23)
# Of an attribute with more values than this (a reference, a brand of its own …) values are not read beforehand.
WITH_CHOICES = frozenset({model.Input.DROPDOWN.value, model.Input.MULTISELECT.value, model.Input.SWATCH.value})


@dataclass(slots=True)
class Choice:
    """A value that can be chosen."""

    id: str
    slug: str
    name: str
    reference: str = ""


@dataclass(slots=True)
class Attribute:
    """An attribute of the shop with its choices, by `externalReference` and by name."""

    id: str
    slug: str
    name: str
    owner: str
    input: str
    reference: str = ""
    reference_types: tuple[str, ...] = ()
    by_reference: dict[str, Choice] = field(default_factory=dict)
    by_name: dict[str, Choice] = field(default_factory=dict)

    def add(self, choice: Choice) -> None:
        if choice.reference:
            self.by_reference[choice.reference] = choice
        self.by_name.setdefault(choice.name, choice)

    def choices(self) -> list[Choice]:
        found = {choice.id: choice for choice in (*self.by_reference.values(), *self.by_name.values())}
        return list(found.values())


@dataclass(frozen=True, slots=True)
class ProductType:
    """A product type: the slugs of its attributes, and of its variants' with whether they are a selection."""

    id: str
    slug: str
    name: str
    attributes: frozenset[str]
    variant_attributes: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class PageType:
    id: str
    slug: str
    name: str
    attributes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    slug: str
    name: str
    level: int = 0


@dataclass(slots=True)
class Shop:
    """A Saleor shop as far as it concerns Knotwise. By slug, but for what says otherwise."""

    version: str
    weight_unit: str
    slugs: Slugs
    app_id: str
    permissions: frozenset[str]
    channels: dict[str, RemoteChannel]
    warehouses: dict[str, Named]
    product_types: dict[str, ProductType]
    page_types: dict[str, PageType]
    categories: dict[str, Category]
    attributes: dict[str, Attribute]
    area_collections: dict[str, str] = field(default_factory=dict)
    """Slug of an area → id of its collection, where the shop wants those."""

    @property
    def product_type(self) -> ProductType | None:
        return self.product_types.get(self.slugs[model.PRODUCT_TYPE])

    @property
    def page_type(self) -> PageType | None:
        return self.page_types.get(self.slugs[model.PAGE_TYPE])

    def own_product_type(self) -> ProductType:
        """Return our product type. Raise `SaleorRefused` where the shop was not set up."""
        if self.product_type is None:
            raise not_set_up(f'product type "{self.slugs[model.PRODUCT_TYPE]}"')
        return self.product_type

    def own_page_type(self) -> PageType:
        if self.page_type is None:
            raise not_set_up(f'page type "{self.slugs[model.PAGE_TYPE]}"')
        return self.page_type

    def own(self, key: str) -> Attribute:
        found = self.attribute(key)
        if found is None:
            raise not_set_up(f'attribute "{self.slugs[key]}"')
        return found

    def attribute(self, key: str) -> Attribute | None:
        """Return the attribute that stands for one of our keys."""
        return self.attributes.get(self.slugs[key])

    def option(self, slug: str) -> Attribute | None:
        """Return the variant attribute of our type that an option's slug means: itself, or one that we made for it."""
        of_type = self.product_type.variant_attributes if self.product_type else {}
        wanted = (slug, model.OPTION_PREFIX + slug)
        return next((self.attributes[name] for name in wanted if name in of_type and name in self.attributes), None)

    def category_by_type(self, tool_type: str) -> Category | None:
        """Return the category of a tool type: the one with its slug, else one that is called as it is."""
        if found := self.categories.get(tool_type):
            return found
        twins = [category for category in self.categories.values() if twin_key(category.name) == twin_key(tool_type)]
        return min(twins, key=lambda category: (category.level, category.slug), default=None)

    def category_named(self, name: str) -> Category | None:
        """Return the category with this name: of two the less nested one, then by slug."""
        named = [found for found in self.categories.values() if found.name == name]
        return min(named, key=lambda found: (found.level, found.slug), default=None)


def load_shop(saleor: Saleor, slugs: Slugs) -> Shop:
    """Read the shop. Raise `SaleorRefused` where the token is nobody's, the app lacks permissions or Saleor is too old,
    and what `ask` raises."""
    identity = require_app(saleor)
    permissions = frozenset(permission["code"] for permission in identity["app"]["permissions"] or ())
    require_permissions(permissions)
    found = saleor.ask(documents.SHOP)
    require_version(found["shop"]["version"])
    product_types = [read_product_type(node) for node in saleor.pages(documents.PRODUCT_TYPES, {}, "productTypes")]
    page_types = [read_page_type(node) for node in saleor.pages(documents.PAGE_TYPES, {}, "pageTypes")]
    shop = Shop(
        version=found["shop"]["version"],
        weight_unit=found["shop"]["defaultWeightUnit"] or "KG",
        slugs=slugs,
        app_id=identity["app"]["id"],
        permissions=permissions,
        channels={
            node["slug"]: RemoteChannel(
                **named_of(node).model_dump(), currency=node["currencyCode"], is_active=node["isActive"]
            )
            for node in found["channels"] or ()
        },
        warehouses={node["slug"]: named_of(node) for node in saleor.pages(documents.WAREHOUSES, {}, "warehouses")},
        product_types={found.slug: found for found in product_types},
        page_types={found.slug: found for found in page_types},
        categories={
            node["slug"]: Category(node["id"], node["slug"], node["name"], node["level"])
            for node in saleor.pages(documents.CATEGORIES, {}, "categories")
        },
        attributes={},
        area_collections={
            node["area"]: node["id"] for node in saleor.pages(documents.COLLECTIONS, {}, "collections") if node["area"]
        },
    )
    load_attributes(saleor, shop)
    return shop


def named_of(node: Mapping[str, Any]) -> Named:
    return Named(id=node["id"], slug=node["slug"], name=node["name"])


def not_set_up(what: str) -> SaleorRefused:
    return SaleorRefused(f"Saleor has no {what}. Set it up first: storefront saleor setup")


def require_app(saleor: Saleor) -> Mapping[str, Any]:
    """Return our app as Saleor knows it, with its permissions. Raise `SaleorRefused` where the token is nobody's."""
    unknown = "Saleor does not know the token. Install the app again, or set SALEOR_TOKEN to an active app's token."
    try:
        found = saleor.ask(documents.IDENTITY)
    except NotPermitted as error:
        raise SaleorRefused(unknown) from error
    if found["app"] is None:
        raise SaleorRefused(unknown)
    return found


def require_version(version: str) -> None:
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST:
        oldest = ".".join(str(part) for part in OLDEST)
        raise SaleorRefused(f"This is Saleor {version}; Knotwise needs {oldest} or newer.")


def require_permissions(has: frozenset[str]) -> None:
    if missing := {code: what for code, what in model.PERMISSIONS.items() if code not in has}:
        raise PermissionsMissing(missing)


def load_attributes(saleor: Saleor, shop: Shop) -> None:
    """Read the attributes with our keys and those of our types, with their choices."""
    wanted = {shop.slugs[spec.key] for spec in model.ATTRIBUTES}
    if shop.product_type:
        wanted |= shop.product_type.attributes | shop.product_type.variant_attributes.keys()
    if shop.page_type:
        wanted |= shop.page_type.attributes
    read_attributes(saleor, shop, sorted(wanted))


def read_attributes(saleor: Saleor, shop: Shop, slugs: list[str]) -> None:
    """Read these attributes of the shop (anew)."""
    for part in portions(slugs, PAGE):
        for node in saleor.pages(documents.ATTRIBUTES, {"slugs": part}, "attributes"):
            found = read_attribute(node)
            if found.input in WITH_CHOICES:
                for choice in saleor.pages(documents.CHOICES, {"id": found.id}, "attribute", "choices"):
                    found.add(read_choice(choice))
            shop.attributes[found.slug] = found


def read_attribute(node: Mapping[str, Any]) -> Attribute:
    return Attribute(
        id=node["id"],
        slug=node["slug"],
        name=node["name"],
        owner=node["type"],
        input=node["inputType"],
        reference=node["externalReference"] or "",
        reference_types=tuple(page_type["id"] for page_type in node["referenceTypes"] or ()),
    )


def read_choice(node: Mapping[str, Any]) -> Choice:
    return Choice(node["id"], node["slug"], node["name"] or "", node["externalReference"] or "")


def read_product_type(node: Mapping[str, Any]) -> ProductType:
    return ProductType(
        id=node["id"],
        slug=node["slug"],
        name=node["name"],
        attributes=frozenset(attribute["slug"] for attribute in node["productAttributes"] or ()),
        variant_attributes={
            assigned["attribute"]["slug"]: assigned["variantSelection"]
            for assigned in node["assignedVariantAttributes"] or ()
        },
    )


def read_page_type(node: Mapping[str, Any]) -> PageType:
    return PageType(
        node["id"], node["slug"], node["name"], frozenset(attribute["slug"] for attribute in node["attributes"] or ())
    )
