"""Limits, and what is no proper request."""

from __future__ import annotations

import json
from typing import Any

from storefront.saleor.schema import documents as d
from tests.saleor.asking import Asking, call
from tests.saleor.cases.attributes import new_attribute
from tests.saleor.cases.registry import (
    CASES,
    NO_ATTRIBUTE,
    NO_ID,
    NO_PAGE,
    case,
)
from tests.saleor.introspect import QUERIES
from tests.saleor.world import World


@case("limits")
def five_mutations(_: World) -> Asking:
    found = d.Call(d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}})
    return Asking(*d.document_of([found] * 5))


@case("limits")
def four_mutations(_: World) -> Asking:
    found = d.Call(d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}})
    return Asking(*d.document_of([found] * 4))


@case("limits")
def hundred_and_one_aliases(_: World) -> Asking:
    return Asking("{ " + " ".join(f'a{n}: product(externalReference: "fk") {{ id }}' for n in range(101)) + " }")


@case("limits")
def hundred_look_ups_with_an_alias_each(_: World) -> Asking:
    return Asking(d.outlines_by_reference(99), {f"r{number}": "fk-none" for number in range(99)})


@case("limits")
def hundred_look_ups_by_reference(_: World) -> Asking:
    return Asking(d.outlines_by_reference(100), {f"r{number}": "fk-none" for number in range(100)})


@case("limits")
def a_page_of_more_than_hundred(_: World) -> Asking:
    return Asking(d.PRODUCT_IDS, {"first": 101})


@case("limits")
def a_page_of_none(_: World) -> Asking:
    return Asking(d.PRODUCT_IDS, {"first": 0})


@case("limits")
def a_page_of_unknown_size(_: World) -> Asking:
    return Asking("{ products { edges { node { id } } } }")


@case("limits")
def a_page_below_zero(_: World) -> Asking:
    return Asking(d.PRODUCT_IDS, {"first": -1})


@case("limits")
def a_cursor_that_is_none(_: World) -> Asking:
    return Asking(d.PRODUCT_IDS, {"first": 1, "after": "none"})


@case("limits")
def a_document_that_costs_too_much(_: World) -> Asking:
    return Asking(
        "{ attributes(first: 100) { edges { node { choices(first: 100) { edges { node { id } } }"
        " productTypes(first: 100) { edges { node { productAttributes { choices(first: 9) { totalCount } } } } }"
        " } } } }"
    )


def register_cost_cases() -> None:
    """What our queries cost."""
    given: dict[str, dict[str, Any]] = {
        "Attributes": {"slugs": ["fk-none"], "first": 50},
        "Choices": {"id": NO_ATTRIBUTE, "first": 100},
        "ProductsById": {"ids": [NO_ID], "first": 100},
        "OutlinesById": {"ids": [NO_ID], "first": 100},
        "SkuOwners": {"skus": ["fk-none"], "first": 100},
        "SlugsTaken": {"slugs": ["fk-none"], "first": 100},
        "MediaOf": {"id": NO_ID},
        "Ordered": {"ids": [NO_ID], "first": 100},
        "Pages": {"type": ["UGFnZVR5cGU6OTk5OTk5OQ=="], "first": 100},
        "PagesBySlug": {"slugs": ["fk-none"], "first": 100},
    }
    documents = {document.split("(")[0].split()[1]: document for document in QUERIES}
    for name in given:
        CASES.setdefault("limits", {})[f"the_cost_of_{name}"] = lambda _, name=name: Asking(
            documents[name], given[name]
        )


register_cost_cases()


@case("http")
def a_body_too_large(_: World) -> Asking:
    return Asking(body=json.dumps({"query": "{ shop { name } }", "pad": "x" * 2_700_000}).encode())


@case("http")
def two_in_a_batch(_: World) -> Asking:
    return Asking(body=json.dumps([{"query": "{ shop { name } }"}] * 2).encode())


@case("http")
def one_in_a_batch(_: World) -> Asking:
    return Asking(body=json.dumps([{"query": "{ shop { schemaVersion } }"}]).encode())


@case("http")
def a_body_that_is_no_json(_: World) -> Asking:
    return Asking(body=b"{")


@case("http")
def no_query(_: World) -> Asking:
    return Asking(body=b"{}")


@case("http")
def reading_by_get(_: World) -> Asking:
    return Asking(method="GET", loose=True)


@case("http")
def a_path_without_its_slash(_: World) -> Asking:
    return Asking("{ shop { name } }", strip_slash=True)


@case("http")
def a_syntax_error(_: World) -> Asking:
    return Asking("{ shop { ", loose=True)


@case("http")
def a_null_in_the_document(_: World) -> Asking:
    return Asking("{ product(id: null) { id } }", loose=True)


@case("http")
def an_unknown_field(_: World) -> Asking:
    return Asking("{ shop { colour } }", loose=True)


@case("http")
def a_variable_that_is_missing(_: World) -> Asking:
    return Asking(d.ORDERED, {"first": 1}, loose=True)


@case("http")
def a_variable_of_another_kind(_: World) -> Asking:
    return Asking(d.PRODUCT_IDS, {"first": "many"}, loose=True)


@case("http")
def an_id_of_another_kind(_: World) -> Asking:
    return Asking('{ product(id: "' + NO_PAGE + '") { id } }')


@case("http")
def an_id_that_is_none(_: World) -> Asking:
    return Asking('{ product(id: "none") { id } }')


@case("http")
def a_product_by_nothing(_: World) -> Asking:
    return Asking("{ product { id } }")


@case("http")
def products_by_ids_of_pages(_: World) -> Asking:
    return Asking(d.OUTLINES_BY_ID, {"ids": [NO_PAGE], "first": 1})


@case("http")
def a_wrong_token_asks_for_the_shop(_: World) -> Asking:
    return Asking("{ app { id } shop { schemaVersion } }", token="wrong")


@case("http")
def a_wrong_token_asks_who_it_is(_: World) -> Asking:
    return Asking(d.IDENTITY, token="wrong")


@case("http")
def nobody_asks_who_it_is(_: World) -> Asking:
    return Asking("{ app { id } }", token="none")


@case("http")
def a_wrong_token_asks_for_the_version(_: World) -> Asking:
    return Asking("{ shop { version } }", token="wrong")


@case("http")
def a_wrong_token_asks_for_channels(_: World) -> Asking:
    return Asking("{ channels { id } }", token="wrong")


@case("http")
def a_wrong_token_asks_for_warehouses(_: World) -> Asking:
    return Asking(d.WAREHOUSES, {"first": 1}, token="wrong")


@case("http")
def a_wrong_token_writes(_: World) -> Asking:
    return Asking(*d.document_of([d.Call(d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}})]), token="wrong")


@case("http")
def a_wrong_token_makes_an_attribute(world: World) -> Asking:
    asking = new_attribute(world)
    return Asking(asking.document, asking.variables, token="wrong")


@case("http")
def a_wrong_token_writes_metadata(world: World) -> Asking:
    asking = call(d.PRIVATE_METADATA, id=world.a_product(), input=[{"key": "a", "value": "b"}])
    return Asking(asking.document, asking.variables, token="wrong")


@case("http")
def a_wrong_token_reads_private_metadata(world: World) -> Asking:
    gid = world.a_product(**world.listed())
    query = 'query ($id: ID!) { product(id: $id, channel: "default-channel") { name privateMetadata { key } } }'
    return Asking(query, {"id": gid}, token="wrong")
