"""Product types and page types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.saleor.fake.fields import check_columns, existing, new_slug
from tests.saleor.fake.pages import delete_pages
from tests.saleor.fake.products import delete_products
from tests.saleor.fake.refusals import Failed, Refused, error, not_found
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import PageType, ProductType, Shop

Given = Mapping[str, Any]
Json = dict[str, Any]


def attribute_keys(shop: Shop, ids: Iterable[str], field: str, wanted: str, message: str) -> list[int]:
    """The attributes' keys. Refused where one is for things of another kind."""
    found = []
    wrong = []
    for gid in ids:
        attribute = shop.node(gid, "Attribute")
        if attribute is None:
            raise Refused(error(field, "NOT_FOUND", "Attribute doesn't exist.", attributes=[gid]))
        if attribute.type != wanted:
            wrong.append(gid)
        found.append(attribute.pk)
    if wrong:
        raise Refused(error(field, "INVALID", message, attributes=wrong))
    return found


@performs("productTypeCreate", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES")
def product_type_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    message = "Only Product type attributes are allowed."
    given = {
        name: attribute_keys(shop, input.get(name) or (), camel, "PRODUCT_TYPE", message)
        for name, camel in (("product_attributes", "productAttributes"), ("variant_attributes", "variantAttributes"))
    }
    slug = new_slug(shop, "ProductType", {**input, "name": input.get("name") or ""})
    check_columns(shop, "ProductType", {**input, "slug": slug})
    kind = shop.product_types.add(
        ProductType(
            name=input.get("name") or "",
            slug=slug,
            is_shipping_required=input.get("is_shipping_required", True),
            has_variants=input.get("has_variants", True),
            product_attributes=given["product_attributes"],
            variant_attributes=dict.fromkeys(given["variant_attributes"], False),
        )
    )
    return {"productType": kind}


@performs("productAttributeAssign", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES")
def product_attribute_assign(asked: Asked, product_type_id: str, operations: Sequence[Given]) -> Json:
    shop = asked.shop
    kind = shop.node(product_type_id, "ProductType")
    if kind is None:
        raise Failed("AttributeError")
    message = "Only product attributes can be assigned."
    keys = attribute_keys(shop, (entry["id"] for entry in operations), "operations", "PRODUCT_TYPE", message)
    present = [*kind.product_attributes, *kind.variant_attributes]
    again = [shop.attributes[pk] for pk in keys if pk in present]
    if again:
        names = ", ".join(f"{attribute.name} ({attribute.slug})" for attribute in again)
        message = f"{names} have already been assigned to this product type."
        ids = [attribute.id for attribute in again]
        raise Refused(error("operations", "ATTRIBUTE_ALREADY_ASSIGNED", message, attributes=ids))
    for pk, entry in zip(keys, operations, strict=True):
        if entry["type"] == "VARIANT":
            kind.variant_attributes[pk] = bool(entry.get("variant_selection"))
        else:
            kind.product_attributes.append(pk)
    return {"productType": kind}


@performs("productTypeDelete", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES")
def product_type_delete(asked: Asked, id: str) -> Json:
    shop = asked.shop
    kind = existing(shop, id, "ProductType")
    delete_products(shop, shop.products.where(product_type=kind.pk))
    shop.product_types.remove([kind])
    return {"productType": kind}


@performs("pageTypeCreate", "MANAGE_PAGE_TYPES_AND_ATTRIBUTES")
def page_type_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    slug = new_slug(shop, "PageType", {**input, "name": input.get("name") or ""})
    message = "Only page type attributes allowed."
    keys = attribute_keys(shop, input.get("add_attributes") or (), "addAttributes", "PAGE_TYPE", message)
    check_columns(shop, "PageType", {**input, "slug": slug})
    kind = shop.page_types.add(PageType(name=input.get("name") or "", slug=slug, attributes=keys))
    return {"pageType": kind}


@performs("pageTypeUpdate", "MANAGE_PAGE_TYPES_AND_ATTRIBUTES")
def page_type_update(asked: Asked, input: Given, id: str | None = None) -> Json:
    shop = asked.shop
    kind = shop.node(id or "", "PageType")
    if kind is None:
        raise not_found(str(id))
    message = "Only page type attributes allowed."
    added = attribute_keys(shop, input.get("add_attributes") or (), "addAttributes", "PAGE_TYPE", message)
    removed = [shop.node(gid, "Attribute").pk for gid in input.get("remove_attributes") or ()]
    check_columns(shop, "PageType", input, pk=kind.pk)
    for name in ("name", "slug"):
        if input.get(name):
            setattr(kind, name, input[name])
    kind.attributes = [pk for pk in kind.attributes if pk not in removed]
    kind.attributes += [pk for pk in added if pk not in kind.attributes]
    return {"pageType": kind}


@performs("pageTypeDelete", "MANAGE_PAGE_TYPES_AND_ATTRIBUTES")
def page_type_delete(asked: Asked, id: str) -> Json:
    shop = asked.shop
    kind = existing(shop, id, "PageType")
    delete_pages(shop, shop.pages.where(page_type=kind.pk))
    shop.page_types.remove([kind])
    return {"pageType": kind}
