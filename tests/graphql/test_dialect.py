"""What Saleor's storefronts send: the schema compared with Saleor's, and documents that use all of it for browsing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    print_schema,
    validate,
)

from storefront.catalog.models import Channel, Product, ProductType
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import LinkRole, VariantRecord
from storefront.catalog.writer.remote.categories import project_categories
from storefront.catalog.writer.remote.collections import project_collections
from storefront.catalog.writer.remote.menus import project_menus
from storefront.checkout.models import DeliveryMethod
from storefront.graphql.limits.conditions import MAX_CONDITIONS
from storefront.graphql.limits.cost import cost_of
from storefront.graphql.limits.documents import TooLarge, check_limits
from storefront.graphql.schema import schema
from tests.builders import a_guide, a_link, a_price, a_product, a_variant, open_shop, publish, sell, sell_named, tags
from tests.catalog.structure import a_category, a_collection, a_menu, an_item, now
from tests.graphql.asking import ask, names, refused

pytestmark = pytest.mark.django_db

SALEOR = Path(__file__).parent.parent / "saleor" / "schema.graphql"


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


# The schema -----------------------------------------------------------------------------------------------------------

# What is ours beside Saleor's: areas, guides, safety, facts of products, and their filters.
OWN_FIELDS = {
    "Query.bodyArea",
    "Query.bodyAreas",
    *(
        f"Product.{name}"
        for name in (
            *(
                "brand",
                "material",
                "warrantyYears",
                "fsaHsaEligible",
                "fsaHsaCondition",
                "cautions",
                "contraindications",
            ),
            *("targetAreas", "toolType", "conditions", "primaryGuide", "relatedGuides"),
        )
    ),
    "ProductVariant.options",
    *(
        f"Page.{name}"
        for name in ("summary", "reviewedOn", "sources", "cautions", "targetAreas", "toolTypes", "products")
    ),
    *(f"ProductFilterInput.{name}" for name in ("targetAreas", "toolTypes", "conditions", "guides")),
    *(f"ProductWhereInput.{name}" for name in ("targetAreas", "toolType", "conditions", "guides")),
    "PageFilterInput.targetAreas",
}


def differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[str]:
    """Every place where a type that both have is not as Saleor has it. We may have fewer fields and arguments."""
    for name, own in sorted(ours.type_map.items()):
        other = theirs.type_map.get(name)
        if other is None or name.startswith("__"):
            continue
        if type(own) is not type(other):
            yield f"{name} is another kind of type"
        elif isinstance(own, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
            yield from (f"{name}.{value}" for value in own.values.keys() - other.values.keys())
        elif isinstance(own, GraphQLInputObjectType | GraphQLObjectType | GraphQLInterfaceType):
            yield from differing_fields(name, own.fields, other.fields)  # type: ignore[attr-defined]


def differing_fields(name: str, own: Any, other: Any) -> Iterator[str]:
    for field, ours in own.items():
        place = f"{name}.{field}"
        if field not in other:
            yield place
            continue
        theirs = other[field]
        if str(ours.type) != str(theirs.type):
            yield f"{place}: {ours.type}, not {theirs.type}"
        if getattr(ours, "default_value", None) != getattr(theirs, "default_value", None):
            yield f"{place} = {ours.default_value}, not {theirs.default_value}"
        if hasattr(ours, "args"):
            yield from (f"{place}({note}" for note in differing_arguments(ours.args, theirs.args))


def differing_arguments(own: Any, other: Any) -> Iterator[str]:
    for name, ours in own.items():
        # The file has the arguments that other tests need; a missing one is no difference.
        theirs = other.get(name)
        if theirs is None:
            continue
        if (str(ours.type), ours.default_value) != (str(theirs.type), theirs.default_value):
            yield f"{name}: {ours.type} = {ours.default_value}, not {theirs.type} = {theirs.default_value}"


def our_schema() -> GraphQLSchema:
    return build_schema(print_schema(schema.graphql_schema))


def test_types_that_saleor_has_too_are_as_saleor_has_them() -> None:
    theirs = build_schema(SALEOR.read_text(encoding="utf-8"))
    # The file has only those fields of outputs that other tests need.
    outputs = (GraphQLObjectType, GraphQLInterfaceType)
    found = {
        note
        for note in differences(our_schema(), theirs)
        if " " in note or not isinstance(theirs.type_map[note.split(".")[0]], outputs)
    }

    assert found - OWN_FIELDS == set()


def test_languages_are_saleors() -> None:
    theirs: Any = build_schema(SALEOR.read_text(encoding="utf-8")).type_map["LanguageCodeEnum"]

    ours: Any = our_schema().type_map["LanguageCodeEnum"]
    assert ours.values.keys() == theirs.values.keys()


# Documents ------------------------------------------------------------------------------------------------------------

MONEY_RANGE = "{ start { gross { amount currency } } stop { gross { amount currency } } }"
CARD = f"""fragment Card on Product {{
  id name slug created isAvailable translation(languageCode: $language) {{ name }}
  category {{ id name slug translation(languageCode: $language) {{ name }} }} productType {{ slug }}
  pricing {{ onSale discount {{ gross {{ amount }} }} priceRange {MONEY_RANGE} priceRangeUndiscounted {MONEY_RANGE} }}
  thumbnail(size: 1024, format: WEBP) {{ url alt }} media {{ url(size: 2048, format: WEBP) alt type }}
  assignedAttribute(slug: "brand") {{ attribute {{ slug }} ... on AssignedPlainTextAttribute {{ value }} }}
  productVariants(first: 50) {{ totalCount edges {{ node {{ ...Choice }} }} }}
}}"""
CHOICE = """fragment Choice on ProductVariant {
  id name sku quantityAvailable translation(languageCode: $language) { name } media { url alt type }
  pricing { price { gross { amount currency } } priceUndiscounted { gross { amount currency } } }
  attributes(variantSelection: ALL) {
    attribute { name slug inputType translation(languageCode: $language) { name } }
    values { name slug value file { url } translation(languageCode: $language) { name } } } }"""
FACTS = """fragment Facts on AssignedAttribute {
  attribute { name slug inputType translation(languageCode: $language) { name } }
  ... on AssignedPlainTextAttribute { text: value translation(languageCode: $language) }
  ... on AssignedTextAttribute { rich: value }
  ... on AssignedBooleanAttribute { truth: value }
  ... on AssignedNumericAttribute { number: value }
  ... on AssignedDateAttribute { date: value }
  ... on AssignedSingleChoiceAttribute { choice: value { name slug translation(languageCode: $language) } }
  ... on AssignedMultiChoiceAttribute { choices: value(limit: 9) { name slug } }
  ... on AssignedFileAttribute { file: value { url } }
  ... on AssignedSinglePageReferenceAttribute { page: value { slug title } }
  ... on AssignedMultiPageReferenceAttribute { pages: value { slug } }
  ... on AssignedSingleCollectionReferenceAttribute { collection: value { slug name } } }"""
WORDS_OF_PAGE = "seoTitle seoDescription slug name description"
PAGE_INFO = "pageInfo { endCursor hasNextPage hasPreviousPage startCursor }"

CHANNELS = """{ channels { id name slug isActive currencyCode countries { code } }
  channel(slug: "default-channel") { id slug countries { code country } }
  me { id email firstName lastName addresses { id city country { code } } }
  shop { id name domain { host url } channelCurrencies languages { code } metadata { key } metafield(key: "a") } }"""
MENU = """query ($language: LanguageCodeEnum!) { menu(slug: "navbar", channel: "default-channel") { items { ...Line
    children { ...Line } } } }
fragment Line on MenuItem { id level name url translation(languageCode: $language) { name }
  category { id slug name translation(languageCode: $language) { name slug } }
  collection { id slug name translation(languageCode: $language) { name } }
  page { id slug title translation(languageCode: $language) { title } } }"""
LIST = (
    """query ($language: LanguageCodeEnum!, $first: Int, $after: String, $last: Int, $before: String,
  $sort: ProductOrder, $filter: ProductFilterInput, $where: ProductWhereInput) {
  products(first: $first, after: $after, last: $last, before: $before, channel: "default-channel", sortBy: $sort,
    filter: $filter, where: $where) { totalCount edges { cursor node { ...Card } } """
    + PAGE_INFO
    + " } }"
    + CARD
    + CHOICE
)
IN_CATEGORY = (
    (
        """query ($language: LanguageCodeEnum!, $own: LanguageCodeEnum) {
  category(slug: "tools", slugLanguageCode: $own) { id name slug description seoTitle seoDescription
    backgroundImage { url alt } translation(languageCode: $language) { WORDS }
    pl: translation(languageCode: PL) { slug } de: translation(languageCode: DE) { slug }
    products(first: 9, channel: "default-channel", sortBy: {field: DATE, direction: DESC}) {
      totalCount edges { node { ...Card } } PAGE } } }"""
        + CARD
        + CHOICE
    )
    .replace("WORDS", WORDS_OF_PAGE)
    .replace("PAGE", PAGE_INFO)
)
IN_COLLECTION = (
    (
        """query ($language: LanguageCodeEnum!, $own: LanguageCodeEnum) {
  collection(slug: "set", channel: "default-channel", slugLanguageCode: $own) { id name slug description seoTitle
    seoDescription backgroundImage { url alt } translation(languageCode: $language) { WORDS }
    products(first: 9, sortBy: {field: COLLECTION, direction: ASC}) {
      totalCount edges { node { ...Card } } PAGE } } }"""
        + CARD
        + CHOICE
    )
    .replace("WORDS", WORDS_OF_PAGE)
    .replace("PAGE", PAGE_INFO)
)
ONE_PRODUCT = (
    """query ($language: LanguageCodeEnum!, $own: LanguageCodeEnum) {
  product(slug: "ball", channel: "default-channel", slugLanguageCode: $own) { ...Card description seoTitle
    seoDescription words: translation(languageCode: $language) { WORDS }
    assignedAttributes(limit: 50) { ...Facts }
    attributes { attribute { slug } values { name slug boolean plainText reference externalReference } }
    productType { hasVariants variantAttributes { slug } productAttributes { slug } }
    attribute(slug: "tool-type") { values { slug } } metadata { key value } metafields(keys: ["a"]) } }"""
    + CARD
    + CHOICE
    + FACTS
).replace("WORDS", WORDS_OF_PAGE)
ONE_VARIANT = (
    """query ($language: LanguageCodeEnum!, $id: ID, $sku: String) {
  productVariant(id: $id, sku: $sku, channel: "default-channel") { ...Choice product { id slug } channel
    assignedAttribute(slug: "option-size") { ...Facts } } }"""
    + CHOICE
    + FACTS
)
PAGES = (
    """query ($language: LanguageCodeEnum!, $own: LanguageCodeEnum) {
  page(slug: "calm-feet", slugLanguageCode: $own) { id slug title content isPublished publishedAt seoTitle
    seoDescription pageType { slug attributes { slug } } assignedAttributes { ...Facts }
    translation(languageCode: $language) { seoTitle seoDescription slug title content } }
  pages(first: 9, channel: "default-channel", where: {slug: {oneOf: ["calm-feet"]}}) {
    edges { node { id slug title assignedAttributes { ...Facts } } } } }"""
    + FACTS
)


def offer(name: str, *, variants: Sequence[VariantRecord], **changes: Any) -> Product:
    more = {part: changes.pop(part) for part in ("tags", "links") if part in changes}
    return sell(a_product(name=name, variants=tuple(variants), **changes), **more)


def furnish() -> None:
    """Sell one product that has everything, in a category, a collection and a menu."""
    project_categories([a_category("tools", name="Tools")], now())
    publish(
        a_guide(summary="Slow.", reviewed_on="2026-02-03", cautions=[{"kind": "stop", "text": "Stop if it hurts."}])
    )
    row = offer(
        "Ball",
        category="Tools",
        brand="Acme",
        material="Cork",
        warranty_years="2",
        fsa_hsa_eligible=True,
        attributes={"Colour": "Red"},
        variants=[a_variant(sku="B-1", options={"Size": "Large"}, prices={"default-channel": a_price("19.90")})],
        tags=tags("feet", tool_type="t-bar", conditions=("stress",)),
        links=[a_link(role=LinkRole.PRIMARY)],
    )
    project_collections([a_collection("set", row.public_id)], now())
    project_menus([a_menu("navbar", an_item("Tools", category=a_category("tools").id))], now())


def facts(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The slugs of attributes and what each has."""
    shown: dict[str, Any] = {}
    for each in found:
        more = {name: part for name, part in each.items() if name not in ("attribute", "translation")}
        shown[each["attribute"]["slug"]] = next(iter(more.values()), None)
    return shown


def test_documents_of_a_storefront_are_valid() -> None:
    for document in (CHANNELS, MENU, LIST, IN_CATEGORY, IN_COLLECTION, ONE_PRODUCT, ONE_VARIANT, PAGES):
        assert validate(schema.graphql_schema, parse(document)) == []


def test_channels_shop_and_customer() -> None:
    channel = Channel.objects.get()
    DeliveryMethod.objects.create(channel=channel, name="Post", countries=["us", "CA"], price="5")

    found = ask(CHANNELS)

    assert [each["slug"] for each in found["channels"]] == ["default-channel"]
    assert found["channel"]["countries"] == [
        {"code": "CA", "country": "Canada"},
        {"code": "US", "country": "United States"},
    ]
    assert (found["channels"][0]["isActive"], found["channels"][0]["currencyCode"]) == (True, "USD")
    assert found["me"] is None
    assert (found["shop"]["name"], found["shop"]["channelCurrencies"], found["shop"]["metadata"]) == (
        *("Knotwise", ["USD"]),
        [],
    )
    assert ask('{ channel(slug: "none") { id } }') == {"channel": None}
    assert ask("query ($i: ID) { channel(id: $i) { slug } }", i=channel.public_id)["channel"]["slug"] == channel.slug


def test_a_product_shows_its_attributes_as_saleor_does() -> None:
    furnish()

    found = ask(ONE_PRODUCT, language="PL")["product"]

    shown = facts(found["assignedAttributes"])
    assert shown == {
        "target-areas": [{"name": "Feet", "slug": "feet"}],
        "tool-type": {"name": "T-bar", "slug": "t-bar", "translation": None},
        "conditions": [{"name": "Stress", "slug": "stress"}],
        "contraindications": [],
        "cautions": None,
        "brand": "Acme",
        "material": "Cork",
        "warranty": 2.0,
        "fsa-hsa-eligible": True,
        "fsa-hsa-condition": None,
        "guide": {"slug": "calm-feet", "title": "Calm feet"},
        "related-guides": [],
        "colour": [{"name": "Red", "slug": "red"}],
    }
    older = {each["attribute"]["slug"]: each["values"] for each in found["attributes"]}
    assert older.keys() == shown.keys()
    nothing = {"boolean": None, "plainText": None, "reference": None, "externalReference": None}
    assert older["tool-type"] == [nothing | {"name": "T-bar", "slug": "t-bar", "externalReference": "tool-type:t-bar"}]
    assert older["brand"] == [nothing | {"name": "Acme", "slug": "Acme", "plainText": "Acme"}]
    assert older["fsa-hsa-eligible"][0]["boolean"] is True
    assert older["guide"][0]["reference"]
    assert (found["attribute"], found["assignedAttribute"]) == (
        {"values": [{"slug": "t-bar"}]},
        {"attribute": {"slug": "brand"}, "value": "Acme"},
    )
    (variant,) = found["productVariants"]["edges"]
    assert [each["values"][0]["name"] for each in variant["node"]["attributes"]] == ["Large"]
    assert (found["words"], found["translation"], found["metadata"]) == (None, None, [])
    assert found["productType"]["variantAttributes"] == [
        {"slug": each["attribute"]["slug"]} for each in variant["node"]["attributes"]
    ]


def test_a_guide_shows_its_attributes_and_another_page_has_none() -> None:
    furnish()

    found = ask(PAGES, language="PL")

    shown = facts(found["page"]["assignedAttributes"])
    assert (shown["guide-summary"], shown["guide-reviewed-on"]) == ("Slow.", "2026-02-03")
    assert shown["guide-cautions"] == "stop: Stop if it hurts."
    assert facts(found["pages"]["edges"][0]["node"]["assignedAttributes"]) == shown


def test_a_product_of_a_foreign_type_shows_only_what_it_has() -> None:
    furnish()
    ProductType.objects.update(slug="gift")

    assert {"guide", "brand", "colour"} <= facts(
        ask(ONE_PRODUCT, language="EN")["product"]["assignedAttributes"]
    ).keys()
    assert "cautions" not in facts(ask(ONE_PRODUCT, language="EN")["product"]["assignedAttributes"])


def test_lists_in_categories_collections_and_menus() -> None:
    furnish()

    for document, name in ((IN_CATEGORY, "category"), (IN_COLLECTION, "collection")):
        found = ask(document, language="EN")[name]
        assert names(found["products"]) == ["Ball"]
        assert (found["seoTitle"], found["backgroundImage"], found["translation"]) == (None, None, None)
        # Nothing is translated, so that nothing has a translated slug.
        assert ask(document, language="EN", own="PL") == {name: None}
    assert ask(ONE_PRODUCT, language="EN", own="PL") == {"product": None}
    assert ask(PAGES, language="EN", own="PL")["page"] is None
    (line,) = ask(MENU, language="EN")["menu"]["items"]
    assert (line["category"]["slug"], line["translation"]) == ("tools", None)


def test_a_list_goes_both_ways() -> None:
    for name in "ABC":
        sell_named(name)

    first = ask(LIST, language="EN", first=2, sort={"field": "NAME", "direction": "ASC"})["products"]
    last = ask(LIST, language="EN", last=1, sort={"field": "NAME", "direction": "ASC"})["products"]

    assert (names(first), first["pageInfo"]["hasNextPage"]) == (["A", "B"], True)
    assert (names(last), last["pageInfo"]["hasPreviousPage"]) == (["C"], True)


def test_a_list_is_ordered_by_all_that_saleor_orders_by() -> None:
    for name in "AB":
        sell_named(name)

    for field in ("DATE", "RATING", "TYPE", "PUBLISHED", "PUBLISHED_AT", "PUBLICATION_DATE"):
        sort = {"field": field, "direction": "ASC"}
        page = ask(LIST, language="EN", first=1, sort=sort)["products"]
        rest = ask(LIST, language="EN", first=1, after=page["pageInfo"]["endCursor"], sort=sort)["products"]
        assert names(page) + names(rest) == ["A", "B"], field


def test_the_best_rated_of_a_search_are_the_most_relevant() -> None:
    sell_named("Mat", description="It comes with a ball.")
    sell_named("Ball ball")

    found = ask(LIST, language="EN", first=9, filter={"search": "ball"}, sort={"field": "RATING", "direction": "DESC"})[
        "products"
    ]

    assert names(found) == ["Ball ball", "Mat"]


ATTRIBUTES_ASKED_FOR: list[tuple[dict[str, Any], bool]] = [
    ({"slug": "target-areas", "values": ["feet"]}, True),
    ({"slug": "target-areas", "values": ["neck"]}, False),
    ({"slug": "tool-type", "values": ["t-bar", "roller"]}, True),
    ({"slug": "tool-type", "value": {"slug": {"eq": "roller"}}}, False),
    ({"slug": "conditions", "value": {"slug": {"oneOf": ["stress"]}}}, True),
    ({"slug": "brand", "values": ["Acme"]}, True),
    ({"slug": "brand", "value": {"name": {"eq": "Other"}}}, False),
    ({"slug": "fsa-hsa-eligible", "boolean": True}, True),
    ({"slug": "fsa-hsa-eligible", "value": {"boolean": False}}, False),
    ({"slug": "guide", "values": ["calm-feet"]}, True),
    ({"slug": "colour", "values": ["red"]}, True),
    ({"slug": "colour", "value": {"name": {"oneOf": ["Blue"]}}}, False),
    ({"slug": "none", "values": ["red"]}, False),
    ({"slug": "size", "values": ["large"]}, True),
    ({"slug": "size", "values": ["small"]}, False),
]


def test_products_are_found_by_their_attributes() -> None:
    furnish()

    for attribute, fits in ATTRIBUTES_ASKED_FOR:
        expected = ["Ball"] if fits else []
        found = ask(LIST, language="EN", first=9, filter={"attributes": [attribute]})["products"]
        assert names(found) == expected, attribute
    attribute, _ = ATTRIBUTES_ASKED_FOR[-2]
    where = {"AND": [{"price": {"range": {"gte": 1}}}, {"OR": [{"attributes": [attribute]}]}]}
    assert names(ask(LIST, language="EN", first=9, where=where)["products"]) == ["Ball"]


def test_each_attribute_is_a_condition_that_is_counted() -> None:
    many = [{"slug": f"a{number}", "values": ["b"]} for number in range(MAX_CONDITIONS + 1)]

    (message,) = refused(LIST, status=400, language="EN", first=1, filter={"attributes": many})
    assert "conditions" in message
    (message,) = refused(LIST, language="EN", first=1, filter={"attributes": [{"slug": "brand"}]})
    assert message == 'Say which values of the attribute "brand" are wanted: by `value` or `values`.'


def test_products_are_found_by_collection_and_type() -> None:
    furnish()
    kind = ProductType.objects.get().public_id

    for given in (
        {"collections": [a_collection("set").id]},
        {"productTypes": [kind]},
        {"hasCategory": True},
    ):
        assert names(ask(LIST, language="EN", first=9, filter=given)["products"]) == ["Ball"]
    for nothing in ({"collection": {"eq": new_public_id("Collection")}}, {"hasCategory": False}):
        assert names(ask(LIST, language="EN", first=9, where=nothing)["products"]) == []


# Variants -------------------------------------------------------------------------------------------------------------


def test_a_variant_is_found_by_sku_and_id() -> None:
    furnish()

    found = ask(ONE_VARIANT, language="EN", sku="B-1")["productVariant"]

    assert (found["sku"], found["product"]["slug"], found["channel"]) == ("B-1", "ball", "default-channel")
    assert found["pricing"]["price"]["gross"] == {"amount": 19.9, "currency": "USD"}
    assert ask(ONE_VARIANT, language="EN", id=found["id"])["productVariant"] == found
    assert ask(ONE_VARIANT, language="EN", sku="none") == {"productVariant": None}
    assert ask(ONE_VARIANT, language="EN", id=new_public_id("Product")) == {"productVariant": None}


def test_variants_of_what_is_not_shown_are_nowhere() -> None:
    offer("Draft", status="draft", variants=[a_variant(sku="D-1")])

    assert ask(ONE_VARIANT, language="EN", sku="D-1") == {"productVariant": None}
    assert ask("{ productVariants(first: 9) { totalCount } }") == {"productVariants": {"totalCount": 0}}


VARIANTS_ASKED_FOR = [
    ("first: 9", ["A-1", "A-2", "B-1"]),
    ("last: 1", ["B-1"]),
    ('first: 9, where: {sku: {oneOf: ["A-2", "none"]}}', ["A-2"]),
    ('first: 9, filter: {sku: ["B-1"]}', ["B-1"]),
    ('first: 9, search: "mat"', ["B-1"]),
    ("first: 9, ids: []", []),
    ('first: 9, channel: "none"', []),
]


def test_variants_are_listed() -> None:
    offer("Ball", variants=[a_variant(sku="A-1"), a_variant(sku="A-2")])
    offer("Mat", variants=[a_variant(sku="B-1")])

    for arguments, expected in VARIANTS_ASKED_FOR:
        found = ask(f"{{ productVariants({arguments}) {{ edges {{ node {{ sku product {{ name }} }} }} }} }}")
        assert [edge["node"]["sku"] for edge in found["productVariants"]["edges"]] == expected, arguments


def test_the_variants_of_a_product_are_paged() -> None:
    offer("Ball", variants=[a_variant(sku=f"A-{number}") for number in range(4)])
    document = """query ($after: String) { product(slug: "ball") { productVariants(first: 3, after: $after) {
        totalCount pageInfo { endCursor hasNextPage } edges { node { sku pricing { price { gross { amount } } } } }
    } } }"""

    page = ask(document)["product"]["productVariants"]
    rest = ask(document, after=page["pageInfo"]["endCursor"])["product"]["productVariants"]

    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (4, True)
    assert [edge["node"]["sku"] for edge in page["edges"] + rest["edges"]] == ["A-0", "A-1", "A-2", "A-3"]
    assert rest["edges"][0]["node"]["pricing"]


# Cost -----------------------------------------------------------------------------------------------------------------

ALL_ATTRIBUTES = (
    """query ($language: LanguageCodeEnum!) {
  products(first: 20) { edges { node { ...Card assignedAttributes { ...Facts } attributes { values { name } } } } }
  productVariants(first: 20) { edges { node { ...Choice product { ...Card } } } }
  pages(first: 20) { edges { node { assignedAttributes { ...Facts } } } }
  channels { countries { code } } }"""
    + CARD
    + CHOICE
    + FACTS
)


def test_attributes_and_variants_cost_the_same_however_many_there_are() -> None:
    def sell_more(start: int, stop: int) -> None:
        for number in range(start, stop):
            publish(a_guide(slug=f"g{number}", title=f"G{number}"), "feet")
            offer(
                f"Ball {number}",
                attributes={"Colour": f"Red {number}", f"Weight {number}": "Heavy"},
                variants=[
                    a_variant(sku=f"S-{number}-{one}", options={"Size": f"{one}"}) for one in range(number % 3 + 1)
                ],
                tags=tags("feet", tool_type="t-bar"),
                links=[a_link(f"g{number}")],
            )

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(ALL_ATTRIBUTES, language="EN")
        return len(queries)

    sell_more(0, 1)
    few = count()
    sell_more(1, 6)
    assert count() == few


def test_a_list_of_variants_is_priced_by_what_it_can_have() -> None:
    def cost(query: str) -> int:
        return cost_of(parse(query), None, None)

    variants = "productVariants(first: 100) { edges { node { name sku } } }"
    of_product = cost(f'{{ product(slug: "ball") {{ {variants} }} }}')
    assert of_product < 50
    assert cost(f"{{ {variants} }}") > 200
    assert cost(f"{{ ...Root }} fragment Root on Query {{ {variants} }}") == cost(f"{{ {variants} }}")


def test_a_field_is_asked_for_as_often_for_each_type_alone() -> None:
    def fragment(kind: str, names: str) -> str:
        return f"... on {kind} {{ {' '.join(f'{kind}{name}: value' for name in names)} }}"

    def document(*parts: str) -> Any:
        inner = " ".join(parts)
        return parse(f'{{ product(slug: "ball") {{ assignedAttributes {{ {inner} }} }} }}')

    check_limits(document(fragment("AssignedNumericAttribute", "abcde"), fragment("AssignedDateAttribute", "abcde")))
    with pytest.raises(TooLarge):
        check_limits(document(fragment("AssignedNumericAttribute", "abc"), fragment("AssignedNumericAttribute", "def")))
