"""What the setup and the import rely on of attributes, values and types, on the fake and on a real Saleor."""

from __future__ import annotations

from typing import Any

from storefront.saleor.schema import documents
from tests.saleor import dashboard
from tests.saleor.world import World, values_of

Json = dict[str, Any]


def choices(world: World, attribute: str) -> list[Json]:
    return [dict(node) for node in world.saleor.pages(documents.CHOICES, {"id": attribute}, "attribute", "choices")]


def an_attribute(world: World, *names: str, **given: Any) -> str:
    values = [{"name": name, "externalReference": world.name(name.lower())} for name in names]
    plain = {"type": "PRODUCT_TYPE", "inputType": "MULTISELECT", "externalReference": world.name("attribute")}
    return world.make(
        documents.ATTRIBUTE_CREATE, "attribute", input=world.named("attribute") | plain | given | {"values": values}
    )


def test_an_attribute_is_made_as_given_and_found_by_its_slug(world: World) -> None:
    gid = world.guide

    found = world.ask(documents.ATTRIBUTES, slugs=[world.references["guide"], world.name("none")], first=10)

    [edge] = found["attributes"]["edges"]
    assert edge["node"] == {
        "id": gid,
        "slug": world.references["guide"],
        "name": "Guide",
        "type": "PRODUCT_TYPE",
        "inputType": "SINGLE_REFERENCE",
        "entityType": "PAGE",
        "externalReference": world.references["guide"],
        "valueRequired": False,
        "referenceTypes": [{"__typename": "PageType", "id": world.page_type}],
    }


def test_values_keep_the_order_in_which_they_were_given(world: World) -> None:
    gid = an_attribute(world, "Neck", "Arm", "Leg & foot")

    assert [(row["name"], row["slug"]) for row in choices(world, gid)] == [
        ("Neck", "neck"),
        ("Arm", "arm"),
        ("Leg & foot", "leg-foot"),
    ]


def test_a_renamed_value_gets_a_new_slug_and_keeps_its_reference(world: World) -> None:
    gid = an_attribute(world, "Head", "Jaw")
    [head, jaw] = choices(world, gid)

    payload = world.do(documents.VALUE_UPDATE, id=head["id"], input={"name": "Head & jaw"})
    clash = world.do(documents.VALUE_UPDATE, id=head["id"], input={"name": "Jaw"})

    assert payload["attributeValue"] | {"id": ""} == {
        "id": "",
        "slug": "head-jaw",
        "name": "Head & jaw",
        "externalReference": head["externalReference"],
    }
    assert clash["attributeValue"]["slug"] == "jaw-2"
    assert choices(world, gid)[1] == jaw


def test_a_reference_is_given_to_a_value_that_has_none(world: World) -> None:
    gid = an_attribute(world)
    value = world.make(dashboard.VALUE_CREATE, "attributeValue", attribute=gid, input={"name": "Neck"})
    reference = world.name("neck")

    world.do(documents.VALUE_UPDATE, id=value, input={"externalReference": reference})

    assert [(row["slug"], row["externalReference"]) for row in choices(world, gid)] == [("neck", reference)]


def test_values_are_added_in_bulk(world: World) -> None:
    gid = an_attribute(world, "Neck")
    given = [
        {"name": "Arm", "externalReference": world.name("arm")},
        {"name": "Neck", "externalReference": world.name("n")},
    ]

    world.do(documents.VALUES_ADD, attributes=[{"id": gid, "fields": {"addValues": given}}])

    assert [row["slug"] for row in choices(world, gid)] == ["neck", "arm", "neck-2"]


def test_a_choice_by_a_new_name_makes_a_value(world: World) -> None:
    given = [{"externalReference": world.references["tool"], "dropdown": {"value": "Massage gun"}}]
    name = world.a_product(attributes=given)
    other = world.a_product(
        attributes=[{"externalReference": world.references["tool"], "dropdown": {"value": "massage GUN"}}]
    )
    again = world.a_product(attributes=given)

    first, second, third = (values_of(row, world.references["tool"])[0] for row in world.read(name, other, again))

    assert (first["slug"], second["slug"], third["id"]) == ("massage-gun", "massage-gun-2", first["id"])
    assert first["externalReference"] is None


def test_a_new_value_is_made_with_its_reference(world: World) -> None:
    reference = world.name("cane")
    choice = {"value": "Cane", "externalReference": reference}
    gid = world.a_product(attributes=[{"externalReference": world.references["tool"], "dropdown": choice}])

    [value] = values_of(world.read(gid)[0], world.references["tool"])

    assert (value["name"], value["externalReference"]) == ("Cane", reference)


def test_an_attribute_is_renamed_and_made_required(world: World) -> None:
    gid = an_attribute(world)
    slug = world.name("renamed")

    world.do(documents.ATTRIBUTE_UPDATE, id=gid, input={"name": "Other", "slug": slug, "valueRequired": True})

    [edge] = world.ask(documents.ATTRIBUTES, slugs=[slug], first=1)["attributes"]["edges"]
    assert (edge["node"]["name"], edge["node"]["valueRequired"]) == ("Other", True)


def the_type(world: World, gid: str) -> Json:
    return next(
        dict(node) for node in world.saleor.pages(documents.PRODUCT_TYPES, {}, "productTypes") if node["id"] == gid
    )


def test_a_product_type_is_made_and_its_variants_chosen_by_an_option(world: World) -> None:
    found = the_type(world, world.product_type)

    assert world.attributes["areas"] in [row["id"] for row in found["productAttributes"]]
    assert found["assignedVariantAttributes"] == [
        {
            "attribute": {
                "id": world.attributes["size"],
                "slug": world.references["size"],
                "name": "Size",
                "inputType": "DROPDOWN",
            },
            "variantSelection": True,
        }
    ]


def test_attributes_are_added_to_types(world: World) -> None:
    gid = an_attribute(world)
    kind = world.make(documents.PRODUCT_TYPE_CREATE, "productType", input=world.named("type"))

    world.do(documents.PRODUCT_ATTRIBUTE_ASSIGN, productTypeId=kind, operations=[{"id": gid, "type": "PRODUCT"}])

    assert [row["id"] for row in the_type(world, kind)["productAttributes"]] == [gid]


def test_attributes_are_added_to_page_types_again_and_again(world: World) -> None:
    kind = world.make(documents.PAGE_TYPE_CREATE, "pageType", input=world.named("page-type"))
    summary = world.attributes["summary"]

    for _ in range(2):
        world.do(documents.PAGE_TYPE_UPDATE, id=kind, input={"addAttributes": [summary]})

    found = next(node for node in world.saleor.pages(documents.PAGE_TYPES, {}, "pageTypes") if node["id"] == kind)
    assert [row["id"] for row in found["attributes"]] == [summary]


def test_a_slug_left_out_is_made_from_the_name(world: World) -> None:
    name = world.name("Trigger Points")

    slugs = [world.do(documents.CATEGORY_CREATE, input={"name": name})["category"]["slug"] for _ in range(2)]

    assert slugs == [name.lower().replace(" ", "-"), name.lower().replace(" ", "-") + "-2"]


def test_categories_are_read_with_their_parents(world: World) -> None:
    above = world.category
    below = world.make(documents.CATEGORY_CREATE, "category", parent=above, input=world.named("below"))

    found = {node["id"]: node for node in world.saleor.pages(documents.CATEGORIES, {}, "categories")}

    assert found[below]["parent"] == {"id": above}
