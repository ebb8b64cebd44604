"""What the import relies on of pages, on the fake and on a real Saleor."""

from __future__ import annotations

import json
from typing import Any

from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, document_of
from tests.saleor.world import World, paragraph, values_of

Json = dict[str, Any]


def values(world: World) -> list[Json]:
    return [
        {"id": world.attributes["page-areas"], "multiselect": [{"externalReference": world.values["page-areas:neck"]}]},
        {"id": world.attributes["summary"], "plainText": "Short."},
        {"id": world.attributes["reviewed"], "date": "2026-03-04"},
    ]


def test_a_page_is_read_back_whole(world: World) -> None:
    slug = world.name("neck")
    gid = world.a_page(slug=slug, content=paragraph("Hello"), isPublished=True, attributes=values(world))

    found = world.ask(documents.PAGES, type=[world.page_type], first=100)["pages"]["edges"]

    page = next(edge["node"] for edge in found if edge["node"]["id"] == gid)
    assert (page["slug"], page["title"], page["isPublished"], page["privateMetadata"]) == (slug, "Neck", True, [])
    assert json.loads(page["content"]) == json.loads(paragraph("Hello"))
    assert [value["slug"] for value in values_of(page, world.references["page-areas"])] == ["neck"]
    assert [value["plainText"] for value in values_of(page, world.references["summary"])] == ["Short."]
    assert [value["date"] for value in values_of(page, world.references["reviewed"])] == ["2026-03-04"]


def test_pages_are_found_by_their_slugs(world: World) -> None:
    slug = world.name("neck")
    gid = world.a_page(slug=slug)

    found = world.ask(documents.PAGES_BY_SLUG, slugs=[slug, world.name("none")], first=10)["pages"]["edges"]

    assert [edge["node"]["id"] for edge in found] == [gid]


def test_a_page_is_not_published_by_itself(world: World) -> None:
    assert world.read_page(world.a_page())["isPublished"] is False


def test_what_an_update_leaves_out_stays(world: World) -> None:
    gid = world.a_page(content=paragraph("Hello"), isPublished=True, attributes=values(world))
    before = world.read_page(gid)

    world.do(documents.PAGE_UPDATE, id=gid, input={"title": "Jaw", "attributes": []})

    assert world.read_page(gid) == before | {"title": "Jaw"}


def test_an_attribute_is_cleared_by_an_empty_list(world: World) -> None:
    gid = world.a_page(attributes=values(world))

    world.do(
        documents.PAGE_UPDATE,
        id=gid,
        input={"attributes": [{"id": world.attributes["page-areas"], "multiselect": []}]},
    )

    page = world.read_page(gid)
    assert values_of(page, world.references["page-areas"]) == []
    assert len(values_of(page, world.references["summary"])) == 1


def test_private_metadata_are_merged_and_taken_away(world: World) -> None:
    gid = world.a_page()

    world.do(documents.PRIVATE_METADATA, id=gid, input=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    world.do(documents.PRIVATE_METADATA, id=gid, input=[{"key": "b", "value": "3"}])
    merged = world.read_page(gid)["privateMetadata"]
    world.do(documents.DELETE_PRIVATE_METADATA, id=gid, keys=["a", "none"])

    assert merged == [{"key": "a", "value": "1"}, {"key": "b", "value": "3"}]
    assert world.read_page(gid)["privateMetadata"] == [{"key": "b", "value": "3"}]


def test_of_four_pages_in_a_document_one_fails_alone(world: World) -> None:
    slugs = [world.name("page") for _ in range(3)]
    given = [{"title": "x", "slug": slug, "pageType": world.page_type} for slug in (*slugs, slugs[0])]
    calls = [Call(documents.PAGE_CREATE, {"input": entry}) for entry in given]

    answer = world.saleor.send(*document_of(calls), may_repeat=False)
    for payload in answer.data.values():
        world.note(payload)

    assert [bool(answer.data[f"m{number}"]["errors"]) for number in range(4)] == [False, False, False, True]
    found = world.ask(documents.PAGES_BY_SLUG, slugs=slugs, first=10)["pages"]["edges"]
    assert len(found) == 3


def test_a_deleted_page_is_dropped_from_products_without_a_trace(world: World) -> None:
    kept, gone = world.a_page(), world.a_page()
    gid = world.a_product(attributes=[{"id": world.guides, "references": [gone, kept]}])
    [before] = world.read(gid)

    world.do(documents.PAGE_DELETE, id=gone)

    [after] = world.read(gid)
    assert [value["reference"] for value in values_of(after, world.references["guides"])] == [kept]
    assert after["updatedAt"] == before["updatedAt"]


def test_a_renamed_page_is_called_by_its_new_name_in_the_values_that_refer_to_it(world: World) -> None:
    page = world.a_page(title="Old")
    gid = world.a_product(attributes=[{"id": world.guide, "reference": page}])

    world.do(documents.PAGE_UPDATE, id=page, input={"title": "New"})

    [value] = values_of(world.read(gid)[0], world.references["guide"])
    assert (value["reference"], value["name"]) == (page, "New")
