"""Products over GraphQL, in the dialect that Saleor's clients speak."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.catalog.models import Category, Channel, Picture, Product
from storefront.catalog.public_ids import encode_public_id, new_public_id
from storefront.catalog.records import DEFAULT_CHANNEL, LinkRole, Status
from tests.builders import (
    TAXONOMY,
    a_guide,
    a_link,
    a_price,
    a_product,
    a_stored_picture,
    a_variant,
    open_shop,
    publish,
    renditions_of,
    sell,
    sell_named,
    tags,
)
from tests.graphql.asking import ask, names, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def listed(arguments: str = "first: 100", **variables: Any) -> list[str]:
    query = "{ products(GIVEN) { edges { node { name } } } }".replace("GIVEN", arguments)
    return names(ask(query, **variables)["products"])


def taxed(amount: float, currency: str = "USD") -> dict[str, Any]:
    money = {"amount": amount, "currency": currency}
    return {"currency": currency, "gross": money, "net": money, "tax": {"amount": 0.0, "currency": currency}}


MONEY = "{ currency gross { amount currency } net { amount currency } tax { amount currency } }"


# --- one product --------------------------------------------------------------------------------------------


def pictures_of(query: str) -> Any:
    return ask('{ product(slug: "ball") { %s } }' % query)["product"]  # noqa: UP031 - braces


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        *(("", "ball.png"), ("(size: 0)", "ball.png"), ("(format: ORIGINAL)", "ball.png")),
        *(("(size: 100)", "ball-320.webp"), ("(size: 320)", "ball-320.webp"), ("(size: 321)", "ball-640.webp")),
        *(("(size: 4096)", "ball-1280.webp"), ("(format: WEBP)", "ball-1280.webp")),
        *(("(size: 256, format: AVIF)", "ball-320.avif"), ("(size: null, format: AVIF)", "ball-1280.avif")),
        ("(size: 600, format: ORIGINAL)", "ball-640.webp"),
    ],
)
def test_a_picture_comes_in_the_size_and_format_that_is_asked_for(arguments: str, file: str) -> None:
    sell_named("Ball", media=({"location": "a.png"},), pictures={"a.png": a_stored_picture()})
    Picture.objects.update(renditions=renditions_of("ball", "webp", "avif"))

    found = pictures_of(f"media {{ url{arguments} }} thumbnail{arguments} {{ url }}")

    url = f"http://testserver/media/pictures/{file}"
    assert found == {"media": [{"url": url}], "thumbnail": {"url": url}}


def test_a_format_that_is_not_made_yet_is_stood_in_for() -> None:
    sell_named("Ball", media=({"location": "a.png"},), pictures={"a.png": a_stored_picture()})
    assert pictures_of("thumbnail(size: 64, format: AVIF) { url }")["thumbnail"]["url"].endswith("/ball.png")

    Picture.objects.update(renditions=renditions_of("ball", "webp"))

    assert pictures_of("thumbnail(size: 64, format: AVIF) { url }")["thumbnail"]["url"].endswith("/ball-320.webp")


def test_pictures_that_are_not_fetched_are_not_given() -> None:
    sell_named("Ball", media=({"location": "https://example.org/a.png"},))

    assert pictures_of("media { url } thumbnail { url }") == {"media": [], "thumbnail": None}


def test_a_product_has_saleors_fields_and_ours() -> None:
    publish()
    publish(a_guide(slug="other", title="Other"))
    row = sell(
        a_product(
            reference="ball",
            name="Cork Ball",
            description="**Round.**",
            brand="Quill",
            material="Cork",
            category="Balls",
            warranty_years="2.5",
            fsa_hsa_eligible=True,
            seo_title="Ball",
            seo_description="A ball.",
            cautions=({"kind": "not-for", "text": "The spine"},),
            media=({"location": "a.png", "alt": "A ball"},),
            variants=(a_variant(sku="B-1", name="Firm", options={"Size": "S"}, stock={"default-warehouse": 7}),),
        ),
        tags=tags("lower-back", "neck", tool_type="massage-ball", conditions=["sciatica"]),
        links=[a_link(), a_link("other", LinkRole.RELATED)],
        pictures={"a.png": a_stored_picture("a")},
    )

    found = ask(
        """query ($slug: String, $channel: String) { product(slug: $slug, channel: $channel) {
            id name slug description seoTitle seoDescription channel externalReference isAvailable
            productType { name slug } category { name slug parent { id } }
            thumbnail(size: 256, format: WEBP) { url alt } media { sortOrder alt type url }
            variants { id name sku quantityAvailable externalReference options { name value } product { name } }
            defaultVariant { sku }
            brand material warrantyYears fsaHsaEligible cautions { kind text }
            targetAreas { slug name parent { slug } } toolType { slug } conditions { slug }
            primaryGuide { slug title } relatedGuides { slug }
        } }""",
        slug="cork-ball",
        channel=DEFAULT_CHANNEL,
    )["product"]

    assert found == {
        "id": row.public_id,
        "name": "Cork Ball",
        "slug": "cork-ball",
        "description": json.dumps(
            {"blocks": [{"type": "paragraph", "data": {"text": "<b>Round.</b>"}}], "version": "2.30.7"}
        ),
        "seoTitle": "Ball",
        "seoDescription": "A ball.",
        "channel": DEFAULT_CHANNEL,
        "externalReference": "ball",
        "isAvailable": True,
        "productType": {"name": "Massage tool", "slug": "massage-tool"},
        "category": {"name": "Balls", "slug": "balls", "parent": None},
        "thumbnail": {"url": "http://testserver/media/pictures/a.png", "alt": "A ball"},
        "media": [{"sortOrder": 0, "alt": "A ball", "type": "IMAGE", "url": "http://testserver/media/pictures/a.png"}],
        "variants": [
            {
                "id": row.variants.get().public_id,
                "name": "Firm",
                "sku": "B-1",
                "quantityAvailable": 7,
                "externalReference": "B-1",
                "options": [{"name": "Size", "value": "S"}],
                "product": {"name": "Cork Ball"},
            }
        ],
        "defaultVariant": {"sku": "B-1"},
        "brand": "Quill",
        "material": "Cork",
        "warrantyYears": 2.5,
        "fsaHsaEligible": True,
        "cautions": [{"kind": "NOT_FOR", "text": "The spine"}],
        "targetAreas": [
            {"slug": "lower-back", "name": "Lower back", "parent": {"slug": "back"}},
            {"slug": "neck", "name": "Neck", "parent": {"slug": "full-body"}},
        ],
        "toolType": {"slug": "massage-ball"},
        "conditions": [{"slug": "sciatica"}],
        "primaryGuide": {"slug": "calm-feet", "title": "Calm feet"},
        "relatedGuides": [{"slug": "other"}],
    }


def test_a_bare_product_answers_with_nothing_where_it_has_nothing() -> None:
    sell_named("Ball")

    assert ask(
        """{ product(slug: "ball") { description thumbnail { url } media { url } category { name } toolType { slug }
            targetAreas { slug } conditions { slug } primaryGuide { slug } relatedGuides { slug } cautions { text }
            warrantyYears fsaHsaEligible } }"""
    )["product"] == {
        "description": None,
        "thumbnail": None,
        "media": [],
        "category": None,
        "toolType": None,
        "targetAreas": [],
        "conditions": [],
        "primaryGuide": None,
        "relatedGuides": [],
        "cautions": [],
        "warrantyYears": None,
        "fsaHsaEligible": None,
    }


def test_contraindications_are_those_of_rules_file_and_text() -> None:
    said = tags("calves", tool_type="massage-gun", contraindications=["never:fever", "ask-first:pregnancy"])
    sell_named("Gun", tags=said, fsa_hsa_condition="With a letter")

    product = ask(
        """{ product(slug: "gun") { fsaHsaEligible fsaHsaCondition
            contraindications { kind subject { slug name } severity reason origin source sourceUrl } } }"""
    )["product"]

    assert (product["fsaHsaEligible"], product["fsaHsaCondition"]) == (None, "With a letter")
    found = {one["subject"]["slug"]: one for one in product["contraindications"]}
    assert found["neck"] == {
        "kind": "PLACE",
        "subject": {"slug": "neck", "name": "The whole neck"},
        "severity": "KEEP_OFF",
        "reason": "An artery of the neck has torn after use of a massage gun.",
        "origin": "RULE",
        "source": TAXONOMY.safety.sources["westjem-gun"].name,
        "sourceUrl": TAXONOMY.safety.sources["westjem-gun"].url,
    }
    assert (found["fever"]["severity"], found["fever"]["origin"], found["fever"]["source"]) == ("NEVER", "STATED", None)
    # The rule is as strict, and has a source.
    assert found["pregnancy"]["origin"] == "RULE"


def test_contraindications_cost_no_query_of_their_own() -> None:
    sell_named("Gun", tags=tags("calves", tool_type="massage-gun", contraindications=["never:fever"]))
    query = '{ product(slug: "gun") { name MORE } }'

    with CaptureQueriesContext(connection) as plain:
        ask(query.replace("MORE", ""))
    with CaptureQueriesContext(connection) as asked:
        ask(query.replace("MORE", "contraindications { severity }"))

    assert len(asked) == len(plain)


def test_a_product_is_found_by_its_id() -> None:
    row = sell_named("Ball")

    assert ask("query ($id: ID) { product(id: $id) { name } }", id=row.public_id) == {"product": {"name": "Ball"}}


def test_an_unknown_slug_is_null() -> None:
    assert ask('{ product(slug: "nothing") { name } }') == {"product": None}


@pytest.mark.parametrize("slug", ["\x00", "\ud800"])
def test_a_slug_that_no_text_column_can_hold_is_null(slug: str) -> None:
    assert ask("query ($slug: String) { product(slug: $slug) { name } }", slug=slug) == {"product": None}


def test_a_draft_is_null() -> None:
    sell_named("Ball", status=Status.DRAFT)

    assert ask('{ product(slug: "ball") { name } }') == {"product": None}


@pytest.mark.parametrize("public_id", ["nonsense", "", "!", "UHJvZHVjdA=="])
def test_a_text_that_is_no_id_is_an_error(public_id: str) -> None:
    assert refused("query ($id: ID) { product(id: $id) { name } }", id=public_id) == [
        f"Invalid ID: {public_id}. Expected: Product."
    ]


def test_an_id_of_another_type_is_null() -> None:
    found = ask("query ($id: ID) { product(id: $id) { name } }", id=encode_public_id("Page", "1"))

    assert found == {"product": None}


@pytest.mark.parametrize("arguments", ["", '(id: "UHJvZHVjdDox", slug: "x")'])
def test_a_product_is_asked_for_by_exactly_one_of_id_and_slug(arguments: str) -> None:
    query = "{ productGIVEN { name } }".replace("GIVEN", arguments)

    assert refused(query) == ["Exactly one of the arguments 'id', 'slug' is required."]


# --- prices -------------------------------------------------------------------------------------------------


def test_prices_have_saleors_shape() -> None:
    variants = (
        a_variant(sku="A", prices={DEFAULT_CHANNEL: a_price("15.50", compare_at="19.90")}),
        a_variant(sku="B", prices={DEFAULT_CHANNEL: a_price("30")}),
    )
    sell(a_product(variants=variants))

    found = ask(
        """{ product(slug: "cork-ball") {
            pricing { onSale displayGrossPrices
                priceRange { start MONEY stop MONEY } priceRangeUndiscounted { start MONEY stop MONEY } }
            variants { pricing { onSale price MONEY priceUndiscounted MONEY } } } }""".replace("MONEY", MONEY)
    )["product"]

    assert found["pricing"] == {
        "onSale": True,
        "displayGrossPrices": True,
        "priceRange": {"start": taxed(15.5), "stop": taxed(30.0)},
        "priceRangeUndiscounted": {"start": taxed(19.9), "stop": taxed(30.0)},
    }
    assert [variant["pricing"] for variant in found["variants"]] == [
        {"onSale": True, "price": taxed(15.5), "priceUndiscounted": taxed(19.9)},
        {"onSale": False, "price": taxed(30.0), "priceUndiscounted": taxed(30.0)},
    ]


def test_prices_are_those_of_the_channel() -> None:
    Channel.objects.create(public_id=new_public_id("Channel"), slug="eu", name="EU", currency="EUR")
    sell(a_product(variants=(a_variant(prices={"eu": a_price("9"), DEFAULT_CHANNEL: a_price("10")}),)))

    query = '{ product(slug: "cork-ball", channel: "eu") { pricing { priceRange { start MONEY } } } }'
    found = ask(query.replace("MONEY", MONEY))

    assert found["product"]["pricing"]["priceRange"]["start"] == taxed(9.0, "EUR")


# --- channels -----------------------------------------------------------------------------------------------


def test_an_unknown_channel_has_nothing() -> None:
    sell_named("Ball")

    assert ask(
        '{ products(first: 5, channel: "mars") { totalCount edges { node { name } } pageInfo { hasNextPage } } }'
    ) == {"products": {"totalCount": 0, "edges": [], "pageInfo": {"hasNextPage": False}}}
    assert ask('{ product(slug: "ball", channel: "mars") { name } }') == {"product": None}


def test_of_several_channels_one_must_be_named() -> None:
    Channel.objects.create(public_id="x", slug="eu", name="EU", currency="EUR")

    assert refused("{ products(first: 5) { totalCount } }") == [
        "More than one channel exists. Specify which channel to use."
    ]


# --- lists --------------------------------------------------------------------------------------------------


def test_a_list_says_where_it_is_and_how_long_it_is() -> None:
    for name in ("A", "B", "C"):
        sell_named(name)
    query = """query ($after: String) { products(first: 2, after: $after) { totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { name } } } }"""

    first = ask(query)["products"]
    second = ask(query, after=first["pageInfo"]["endCursor"])["products"]

    assert (names(first), names(second)) == (["A", "B"], ["C"])
    assert (first["totalCount"], second["totalCount"]) == (3, 3)
    assert [(page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]) for page in (first, second)] == [
        (False, True),
        (True, False),
    ]
    assert [edge["cursor"] for edge in first["edges"]] == [
        first["pageInfo"]["startCursor"],
        first["pageInfo"]["endCursor"],
    ]


def test_a_list_can_be_walked_backwards() -> None:
    for name in ("A", "B", "C"):
        sell_named(name)
    query = """query ($before: String) { products(last: 2, before: $before) {
        pageInfo { hasPreviousPage startCursor } edges { node { name } } } }"""

    last = ask(query)["products"]
    before = ask(query, before=last["pageInfo"]["startCursor"])["products"]

    assert (names(last), names(before)) == (["B", "C"], ["A"])
    assert [page["pageInfo"]["hasPreviousPage"] for page in (last, before)] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "You must provide a `first` or `last` value to properly paginate the `products` connection."),
        ("(first: 1, last: 1)", "Passing both `first` and `last` is not supported."),
        ("(first: -1)", "Argument `first` must be a non-negative integer."),
        (
            "(first: 101)",
            "Requesting 101 records on the `products` connection exceeds the `first` limit of 100 records.",
        ),
        ("(last: 101)", "Requesting 101 records on the `products` connection exceeds the `last` limit of 100 records."),
    ],
)
def test_a_list_wants_to_know_how_much_of_it_and_not_too_much(arguments: str, message: str) -> None:
    assert refused("{ productsGIVEN { totalCount } }".replace("GIVEN", arguments)) == [message]


def test_a_hundred_at_once_is_allowed() -> None:
    assert ask("{ products(first: 100) { totalCount } }") == {"products": {"totalCount": 0}}


@pytest.mark.parametrize("sort", ["NAME", "PRICE", "LAST_MODIFIED_AT", "CREATED_AT"])
@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0=", "WzEsMiwzXQ==", "WyJhIiwiYiJd", "W3sieCI6MX0sMV0="])
def test_a_broken_cursor_is_refused(cursor: str, sort: str) -> None:
    query = """query ($after: String, $field: ProductOrderField) {
        products(first: 1, after: $after, sortBy: {field: $field, direction: ASC}) { totalCount } }"""

    assert refused(query, after=cursor, field=sort) == ["Received cursor is invalid."]


# --- sort ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("NAME", ["A", "B", "C"]),
        ("PRICE", ["C", "A", "B"]),
        ("MINIMAL_PRICE", ["C", "A", "B"]),
        ("CREATED_AT", ["B", "A", "C"]),
        ("DATE", ["B", "C", "A"]),
        ("LAST_MODIFIED", ["B", "C", "A"]),
        ("LAST_MODIFIED_AT", ["B", "C", "A"]),
    ],
)
def test_a_list_can_be_sorted_both_ways(field: str, expected: list[str]) -> None:
    for name, price in (("B", "30"), ("A", "20"), ("C", "10")):
        sell_named(name, price=price)
    sell_named("A", price="20")

    assert listed("first: 9, sortBy: {field: GIVEN, direction: ASC}".replace("GIVEN", field)) == expected
    assert listed("first: 9, sortBy: {field: GIVEN, direction: DESC}".replace("GIVEN", field)) == expected[::-1]


def test_rank_needs_a_search() -> None:
    assert refused("{ products(first: 1, sortBy: {field: RANK, direction: DESC}) { totalCount } }") == [
        "Sorting by RANK is available only when using a search filter or search argument."
    ]


# --- search -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ['search: "ball"', 'filter: {search: "ball"}'])
def test_a_search_finds_the_best_first(arguments: str) -> None:
    sell_named("Roller", description="Not a ball.")
    sell_named("Cork ball")
    sell_named("Gun")

    assert listed("first: 9, " + arguments) == ["Cork ball", "Roller"]
    assert listed("first: 9, sortBy: {field: RANK, direction: DESC}, " + arguments) == ["Cork ball", "Roller"]
    assert listed("first: 9, sortBy: {field: RANK, direction: ASC}, " + arguments) == ["Roller", "Cork ball"]


@pytest.mark.parametrize("text", ["!!!", "'", "& | !", "<->", ":*"])
def test_a_search_without_words_finds_nothing(text: str) -> None:
    sell_named("Ball")

    assert listed("first: 9, search: GIVEN".replace("GIVEN", json.dumps(text))) == []


# --- filter and where ---------------------------------------------------------------------------------------


def three_products() -> dict[str, Product]:
    publish()
    outer = Category.objects.create(public_id=encode_public_id("Category", "outer"), slug="tools", name="Tools")
    Category.objects.create(public_id=encode_public_id("Category", "inner"), slug="balls", name="Balls", parent=outer)
    return {
        "A": sell_named(
            "A", price="10", category="Balls", tags=tags("hands", tool_type="massage-ball"), links=[a_link()]
        ),
        "B": sell_named("B", price="20", category="Tools", tags=tags("arms", conditions=["sciatica"])),
        "C": sell_named("C", price="30", units=0, tags=tags("neck", tool_type="t-bar")),
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ('{slugs: ["a", "c"]}', ["A", "C"]),
        ('{targetAreas: ["arms"]}', ["A", "B"]),
        ('{targetAreas: ["hands", "neck"]}', ["A", "C"]),
        ('{toolTypes: ["t-bar"]}', ["C"]),
        ('{conditions: ["sciatica"]}', ["B"]),
        ('{guides: ["calm-feet"]}', ["A"]),
        ('{categories: ["GIVEN"]}'.replace("GIVEN", encode_public_id("Category", "outer")), ["A", "B"]),
        ('{categories: ["GIVEN"]}'.replace("GIVEN", encode_public_id("Category", "inner")), ["A"]),
        ("{price: {gte: 10.5, lte: 30}}", ["B", "C"]),
        ("{minimalPrice: {lte: 10}}", ["A"]),
        ("{isAvailable: true}", ["A", "B"]),
        ("{isAvailable: false}", ["C"]),
        ("{stockAvailability: IN_STOCK}", ["A", "B"]),
        ("{stockAvailability: OUT_OF_STOCK}", ["C"]),
        ('{targetAreas: ["arms"], price: {gte: 15}}', ["B"]),
        ("{slugs: []}", []),
        ("{}", ["A", "B", "C"]),
    ],
)
def test_a_filter_keeps_what_fits_all_of_it(wanted: str, expected: list[str]) -> None:
    three_products()

    assert listed("first: 9, filter: " + wanted) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ('{slug: {eq: "a"}}', ["A"]),
        ('{slug: {oneOf: ["a", "c"]}}', ["A", "C"]),
        ('{name: {eq: "B"}}', ["B"]),
        ('{category: {eq: "GIVEN"}}'.replace("GIVEN", encode_public_id("Category", "outer")), ["A", "B"]),
        ("{price: {range: {gte: 15}}}", ["B", "C"]),
        ("{price: {eq: 10}}", ["A"]),
        ("{minimalPrice: {oneOf: [10, 30]}}", ["A", "C"]),
        ("{isAvailable: false}", ["C"]),
        ("{stockAvailability: IN_STOCK}", ["A", "B"]),
        ('{targetAreas: {eq: "arms"}}', ["A", "B"]),
        ('{toolType: {eq: "t-bar"}}', ["C"]),
        ('{conditions: {oneOf: ["sciatica"]}}', ["B"]),
        ('{guides: {eq: "calm-feet"}}', ["A"]),
        ('{AND: [{targetAreas: {eq: "arms"}}, {price: {range: {lte: 10}}}]}', ["A"]),
        ('{OR: [{slug: {eq: "a"}}, {isAvailable: false}]}', ["A", "C"]),
        ('{slug: {oneOf: ["a", "b"]}, OR: [{slug: {eq: "b"}}, {slug: {eq: "c"}}]}', ["B"]),
        ('{OR: [{AND: [{slug: {eq: "a"}}, {slug: {eq: "b"}}]}, {name: {eq: "C"}}]}', ["C"]),
    ],
)
def test_a_where_keeps_what_fits_it(wanted: str, expected: list[str]) -> None:
    three_products()

    assert listed("first: 9, where: " + wanted) == expected


def test_ids_are_looked_up_in_filter_and_where() -> None:
    rows = three_products()
    ids = [rows["C"].public_id, rows["A"].public_id]

    assert listed("first: 9, filter: {ids: GIVEN}".replace("GIVEN", json.dumps(ids))) == ["A", "C"]
    assert listed("first: 9, where: {ids: GIVEN}".replace("GIVEN", json.dumps(ids))) == ["A", "C"]


def test_filter_and_where_together_are_refused() -> None:
    query = '{ products(first: 1, filter: {slugs: ["a"]}, where: {slug: {eq: "a"}}) { totalCount } }'

    assert refused(query) == ["Only one filtering argument (filter or where) can be specified."]


def test_a_categorys_products_are_those_in_it_or_inside_it() -> None:
    three_products()

    found = ask(
        '{ category(slug: "tools") { name parent { name } products(first: 9, filter: {isAvailable: true})'
        " { totalCount edges { node { name } } } } }"
    )["category"]

    assert (found["name"], found["parent"], found["products"]["totalCount"]) == ("Tools", None, 2)
    assert names(found["products"]) == ["A", "B"]


# --- cost ---------------------------------------------------------------------------------------------------

EVERYTHING = """{ products(first: 50) { totalCount edges { cursor node {
    name description pricing { priceRange { start { gross { amount } } } } isAvailable
    category { name parent { name } } productType { name } media { url } thumbnail { url }
    variants { sku pricing { price { gross { amount } } } quantityAvailable options { name value } product { name } }
    targetAreas { name parent { name } children { name } } toolType { name } conditions { name }
    primaryGuide { title content pageType { name } targetAreas { name parent { name } } toolTypes { name } }
    relatedGuides { title }
} } } }"""


def test_a_list_costs_the_same_however_many_products_it_has() -> None:
    publish(a_guide(), "feet")
    outer = Category.objects.create(public_id="outer", slug="tools", name="Tools")

    def sell_another(number: int) -> None:
        Category.objects.create(public_id=f"c{number}", slug=f"c{number}", name=f"C{number}", parent=outer)
        links = [a_link()]
        sell_named(f"Ball {number}", category=f"C{number}", tags=tags("feet", tool_type="t-bar"), links=links)

    sell_another(1)
    with CaptureQueriesContext(connection) as one:
        assert ask(EVERYTHING)["products"]["totalCount"] == 1
    for number in range(2, 6):
        sell_another(number)
    with CaptureQueriesContext(connection) as five:
        assert ask(EVERYTHING)["products"]["totalCount"] == 5

    assert len(five) == len(one)
