"""Pages, categories, collections, and texts."""

from __future__ import annotations

import json

from storefront.saleor.schema import documents as d
from tests.saleor.asking import Asking, call
from tests.saleor.cases.registry import (
    BAD_TEXT,
    NO_CATEGORY,
    NO_ID,
    NO_PAGE,
    case,
)
from tests.saleor.world import World, paragraph


@case("pages")
def a_page_slug_that_is_taken(world: World) -> Asking:
    slug = world.name("taken")
    world.a_page(slug=slug)
    return call(d.PAGE_CREATE, input={"title": "x", "slug": slug, "pageType": world.page_type})


@case("pages")
def a_page_slug_with_letters_of_all_kinds(world: World) -> Asking:
    return call(d.PAGE_CREATE, input={"title": "x", "slug": world.name("nücken"), "pageType": world.page_type})


@case("pages")
def a_page_without_a_title(world: World) -> Asking:
    return call(d.PAGE_CREATE, input={"slug": world.name("page"), "pageType": world.page_type})


@case("pages")
def a_page_of_an_unknown_type(world: World) -> Asking:
    return call(d.PAGE_CREATE, input={"title": "x", "slug": world.name("page"), "pageType": "UGFnZVR5cGU6OTk5OTk5OQ=="})


@case("pages")
def a_page_with_a_bad_content(world: World) -> Asking:
    given = {"title": "x", "slug": world.name("page"), "pageType": world.page_type, "content": BAD_TEXT}
    return call(d.PAGE_CREATE, input=given)


@case("pages")
def a_page_with_an_attribute_of_products(world: World) -> Asking:
    given = [{"id": world.attributes["brand"], "plainText": "x"}]
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"attributes": given})


@case("pages")
def a_page_with_an_unknown_value(world: World) -> Asking:
    given = [{"id": world.attributes["page-areas"], "multiselect": [{"externalReference": "fk-none"}]}]
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"title": "Never", "attributes": given})


@case("pages")
def a_page_title_too_long(world: World) -> Asking:
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"title": "x" * 251})


@case("pages")
def an_unknown_page(_: World) -> Asking:
    return call(d.PAGE_UPDATE, id=NO_PAGE, input={"title": "x"})


@case("pages")
def deleting_an_unknown_page(_: World) -> Asking:
    return call(d.PAGE_DELETE, id=NO_PAGE)


@case("pages")
def a_page_slug_that_is_blank(world: World) -> Asking:
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"slug": ""})


@case("places")
def a_category_slug_that_is_taken(_: World) -> Asking:
    return call(d.CATEGORY_CREATE, input={"name": "x", "slug": "default-category"})


@case("places")
def a_category_below_an_unknown_one(world: World) -> Asking:
    return call(d.CATEGORY_CREATE, parent=NO_CATEGORY, input=world.named("category"))


@case("places")
def a_collection_slug_that_is_taken(world: World) -> Asking:
    given = world.named("collection")
    world.do(d.COLLECTION_CREATE, input=given)
    return call(d.COLLECTION_CREATE, input=given)


@case("places")
def an_unknown_collection(world: World) -> Asking:
    return call(d.COLLECTION_ADD, collectionId="Q29sbGVjdGlvbjo5OTk5OTk5", products=[world.a_product()])


@case("places")
def an_unknown_product_in_a_collection(world: World) -> Asking:
    gid = world.make(d.COLLECTION_CREATE, "collection", input=world.named("collection"))
    return call(d.COLLECTION_ADD, collectionId=gid, products=[NO_ID])


@case("texts")
def texts_are_cleaned(world: World) -> Asking:
    dirty = {
        "time": 1,
        "version": "2",
        "extra": 1,
        "blocks": [
            {"id": "a", "type": "paragraph", "data": {"text": "a <script>x</script><b onclick='x'>b</b>", "odd": 1}},
            {"type": "paragraph", "data": {"text": "<a href='javascript:x' target='_blank'>c</a> & <mark>d</mark>"}},
            {"type": "header", "data": {"text": "<h1>e</h1>", "level": 2}},
            {"type": "list", "data": {"style": "unordered", "items": ["<i>f</i>", {"content": "g", "items": []}]}},
            {"type": "quote", "data": {"text": "h<br>", "caption": "<img src=x onerror=y>"}},
            {"type": "image", "data": {"file": {"url": "http://example.com/a.png"}, "caption": "<u>i</u>"}},
            {"type": "embed", "data": {"embed": "javascript:x", "service": "youtube", "width": 580}},
            {"type": "table", "data": {"withHeadings": True, "content": [["<s>j</s>", "k"]]}},
        ],
    }
    gid = world.a_page(content=json.dumps(dirty))
    return Asking("query ($id: ID!) { page(id: $id) { content } }", {"id": gid})


@case("texts")
def a_text_of_one_paragraph(world: World) -> Asking:
    gid = world.a_product(description=paragraph('see <a href="https://example.com/?a=1&b=2" rel="x">this</a>'))
    return Asking("query ($id: ID!) { product(id: $id) { description } }", {"id": gid})
