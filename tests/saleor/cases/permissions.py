"""What an app may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storefront.saleor.schema import documents as d
from tests.saleor import dashboard
from tests.saleor.asking import Asking, call
from tests.saleor.cases.registry import (
    CASES,
    NO_ATTRIBUTE,
    NO_CHANNEL,
    NO_ID,
    NO_PAGE,
    NO_TYPE,
    NO_WAREHOUSE,
    case,
)
from tests.saleor.world import World


def register_permission_cases() -> None:
    """What an app may not that has only MANAGE_PRODUCTS. Mutations name what is not there, lest anything be made."""
    documents = {
        "warehouses": "{ warehouses(first: 1) { pageInfo { hasPreviousPage } } }",
        "order_settings": "{ channels { slug orderSettings { allowUnpaidOrders } } }",
        "private_metadata_of_types": "{ productTypes(first: 1) { edges { node { privateMetadata { key } } } } }",
        "private_metadata_of_channels": "{ channels { privateMetadata { key } } }",
    }
    for name, document in documents.items():
        CASES.setdefault("permissions", {})[f"{name}_are_asked_for"] = lambda _, document=document: Asking(
            document, token="limited"
        )
    calls: list[tuple[d.Mutation, dict[str, Any]]] = [
        (d.PAGE_DELETE, {"id": NO_PAGE}),
        (d.PAGE_UPDATE, {"id": NO_PAGE, "input": {}}),
        (d.PAGE_TYPE_UPDATE, {"id": "UGFnZVR5cGU6OTk5OTk5OQ==", "input": {}}),
        (d.PRODUCT_ATTRIBUTE_ASSIGN, {"productTypeId": NO_TYPE, "operations": []}),
        (d.ATTRIBUTE_UPDATE, {"id": NO_ATTRIBUTE, "input": {}}),
        (d.VALUE_UPDATE, {"id": "QXR0cmlidXRlVmFsdWU6OTk5OTk5OQ==", "input": {}}),
        (dashboard.VALUE_CREATE, {"attribute": NO_ATTRIBUTE, "input": {"name": "x"}}),
        (d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}}),
        (dashboard.CHANNEL_DELETE, {"id": NO_CHANNEL}),
        (dashboard.PRODUCT_TYPE_DELETE, {"id": NO_TYPE}),
        (dashboard.WAREHOUSE_DELETE, {"id": NO_WAREHOUSE}),
    ]
    for mutation, values in calls:
        CASES["permissions"][f"{mutation.field}_is_asked_for"] = lambda _, mutation=mutation, values=values: replace(
            call(mutation, **values), token="limited"
        )


register_permission_cases()


@case("permissions")
def values_are_added_by_an_app_that_may_not(world: World) -> Asking:
    given = [{"externalReference": world.attributes and world.references["areas"], "fields": {"addValues": []}}]
    return replace(call(d.VALUES_ADD, attributes=given), token="limited")


@case("permissions")
def private_metadata_of_a_page_are_asked_for(world: World) -> Asking:
    return replace(Asking(dashboard.PAGE, {"id": world.a_page(isPublished=True)}), token="limited")


@case("permissions")
def private_metadata_of_a_page_are_written(world: World) -> Asking:
    asking = call(d.PRIVATE_METADATA, id=world.a_page(), input=[{"key": "a", "value": "b"}])
    return replace(asking, token="limited")


@case("permissions")
def a_page_that_is_not_published_is_asked_for(world: World) -> Asking:
    return Asking("query ($id: ID!) { page(id: $id) { title } }", {"id": world.a_page()}, token="limited")
