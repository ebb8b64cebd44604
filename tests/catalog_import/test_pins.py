"""Pins: what a person decides stays, can be taken back, and shows in a plan that is not applied yet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from catalog_import.actions.pin import pin_guide, pin_product, unpin_guide, unpin_product
from catalog_import.planning.pins import Pin, PinRefused, Signature, pin_item
from catalog_import.planning.plan import Action, PlanItem
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.models import CatalogVersion, ImportBase, Product
from storefront.catalog.queries.version import catalog_version
from storefront.catalog.records import LinkRole, Origin, TaggedGuide
from tests.builders import (
    TAXONOMY,
    Shop,
    a_guide,
    a_product,
    a_shop,
    guide_in_shop,
    in_shop,
    open_shop,
    plan_for,
    plan_in_shop,
    publish,
    sell,
    shop_product,
    tags,
)

MIA = Signature(by="mia", on=date(2026, 11, 20))
FEET = a_guide(slug="feet", title="Calm feet", target_areas=("feet",))
NECK = a_guide(slug="neck", title="Calm neck", target_areas=("neck",))


def slugs(found: Any) -> list[tuple[str, str]]:
    return [(tag.slug, tag.origin.value) for tag in found]


def guides_of(found: Any) -> list[tuple[str, str, str]]:
    return [(link.guide, link.role.value, link.origin.value) for link in found]


# --- in the shop --------------------------------------------------------------------------------------------


@pytest.fixture
def product(db: None) -> Product:
    """A product whose text says the calves once, in a shop with guides for feet and neck."""
    open_shop()
    publish(FEET, "feet")
    publish(NECK, "neck")
    return sell(a_product(name="Knob", description="Good after runs, for the calves."))


def test_pinned_areas_take_the_place_of_the_inferred_ones_and_find_their_guide(product: Product) -> None:
    before = catalog_version()

    pin_product(product.public_id, Pin(target_areas=("feet",)), MIA, TAXONOMY)

    now = shop_product()
    assert slugs(now.tags.target_areas) == [("feet", "pinned")]
    assert now.tags.target_areas[0].evidence[-1].quote == "pinned by mia on 2026-11-20"
    assert guides_of(now.links) == [("feet", "primary", "inferred")]
    assert catalog_version() == before + 1


def test_a_pin_is_found_by_searching(product: Product) -> None:
    pin_product(product.public_id, Pin(target_areas=("feet",)), MIA, TAXONOMY)

    assert Product.objects.filter(search="feet").exists()


def test_taking_a_pin_back_brings_back_what_the_text_says(product: Product) -> None:
    pin_product(product.public_id, Pin(target_areas=("feet",), tool_type="massage-ball"), MIA, TAXONOMY)

    unpin_product(product.public_id, ("target_areas",), TAXONOMY)

    now = shop_product()
    assert slugs(now.tags.target_areas) == [("calves", "inferred")]
    assert slugs(now.tags.tool_types) == [("massage-ball", "pinned")]
    assert guides_of(now.links) == []


def test_taking_a_pin_back_brings_back_what_the_file_states(db: None) -> None:
    open_shop()
    sell(a_product(name="Knob", target_areas=("neck",)), base={"fields": {"own": {"target_areas": ["neck"]}}})
    product = Product.objects.get()

    pin_product(product.public_id, Pin(target_areas=("feet",)), MIA, TAXONOMY)
    unpin_product(product.public_id, ("target_areas",), TAXONOMY)

    assert slugs(shop_product().tags.target_areas) == [("neck", "stated")]


def test_a_pinned_guide_is_the_primary_one_until_it_is_taken_back(product: Product) -> None:
    pin_product(product.public_id, Pin(target_areas=("feet",)), MIA, TAXONOMY)

    pin_product(product.public_id, Pin(guide="neck"), MIA, TAXONOMY)
    pinned = guides_of(shop_product().links)
    unpin_product(product.public_id, ("guide",), TAXONOMY)

    assert pinned[0] == ("neck", "primary", "pinned")
    assert guides_of(shop_product().links) == [("feet", "primary", "inferred")]


def test_words_that_spoke_for_an_area_stay_with_its_pin(product: Product) -> None:
    unpin_product(product.public_id, (), TAXONOMY)

    pin_product(product.public_id, Pin(target_areas=("calves",)), MIA, TAXONOMY)

    (tag,) = shop_product().tags.target_areas
    assert [piece.quote for piece in tag.evidence] == ["calves", "pinned by mia on 2026-11-20"]


def test_pinned_areas_weigh_the_same_whatever_the_text_made_of_them(product: Product) -> None:
    unpin_product(product.public_id, (), TAXONOMY)

    tagged = pin_product(product.public_id, Pin(target_areas=("calves", "feet")), MIA, TAXONOMY)

    assert [tag.score for tag in tagged.tags.target_areas] == [1.0, 1.0]


def test_pinning_leaves_what_the_source_said_alone(product: Product) -> None:
    pin_product(product.public_id, Pin(target_areas=("feet",)), MIA, TAXONOMY)

    assert not ImportBase.objects.exists()
    assert Product.objects.get().reference == product.reference


def test_the_next_import_keeps_a_pin(product: Product) -> None:
    pin_product(product.public_id, Pin(target_areas=("feet",)), MIA, TAXONOMY)

    (item,) = plan_in_shop(a_product(name="Knob", description="For the neck.", target_areas=("neck",))).items

    assert slugs((item.tags or shop_product().tags).target_areas) == [("feet", "pinned")]
    assert "target_areas" not in item.changes


@pytest.mark.parametrize(
    ("pin", "message"),
    [
        (Pin(), "Nothing was chosen"),
        (Pin(target_areas=()), "Choose at least one of the target areas"),
        (Pin(target_areas=("tail",)), 'no "tail" among the target areas'),
        (Pin(tool_type="hammer"), 'no "hammer" among the tool types'),
        (Pin(guide="nothing"), 'no "nothing" among the guide'),
    ],
)
def test_a_pin_of_nothing_is_refused_and_changes_nothing(product: Product, pin: Pin, message: str) -> None:
    before = catalog_version()

    with pytest.raises(PinRefused, match=message):
        pin_product(product.public_id, pin, MIA, TAXONOMY)

    assert catalog_version() == before


def test_a_product_that_is_gone_cannot_be_pinned(product: Product) -> None:
    product.delete()

    with pytest.raises(PinRefused, match="no longer in the shop"):
        pin_product(product.public_id, Pin(target_areas=("feet",)), MIA, TAXONOMY)


def test_a_guides_areas_can_be_pinned_and_taken_back(db: None) -> None:
    open_shop()
    publish(a_guide(slug="soles", title="Soft soles", body="For the feet."), "feet")

    pinned = pin_guide("soles", ("neck", "jaw")[:1], MIA, TAXONOMY)
    back = unpin_guide("soles", TAXONOMY)

    assert slugs(pinned.tags.target_areas) == [("neck", "pinned")]
    assert slugs(back.tags.target_areas) == [("feet", "inferred")]
    assert CatalogVersion.objects.get().number > 0


# --- in a plan ----------------------------------------------------------------------------------------------


def planned(shop: Shop, record: Any) -> PlanItem:
    return next(item for item in plan_for(record, shop=shop).items if item.kind == "product")


def pin_in_plan(item: PlanItem, pin: Pin, shop: Shop) -> PlanItem:
    index = GuideIndex(
        [TaggedGuide(record=FEET, tags=tags("feet")), TaggedGuide(record=NECK, tags=tags("neck"))], TAXONOMY
    )
    current = shop.products[0] if shop.products else None
    return pin_item(item, pin, MIA, current=current, guides=index, taxonomy=TAXONOMY)


GUIDES = (guide_in_shop(FEET, tags=tags("feet")), guide_in_shop(NECK, tags=tags("neck")))


def test_a_pin_on_a_new_product_shows_in_its_plan() -> None:
    shop = a_shop(guides=GUIDES)
    item = planned(shop, a_product(name="Knob", description="For the calves."))

    pinned = pin_in_plan(item, Pin(target_areas=("feet",)), shop)

    assert pinned.tags is not None
    assert pinned.links is not None
    assert pinned.action is Action.CREATE
    assert slugs(pinned.tags.target_areas) == [("feet", "pinned")]
    assert pinned.changes["target_areas"].after == ["feet (pinned)"]
    assert pinned.changes["guides"].after == ["feet (primary, inferred)"]
    assert pinned.changes["name"] == item.changes["name"]


def test_a_pin_makes_an_unchanged_item_an_update() -> None:
    known = in_shop(a_product(name="Knob"), tags=tags("calves", origin=Origin.INFERRED))
    item = PlanItem(kind="product", action=Action.UNCHANGED, reference="R-1", name="Knob", public_id=known.public_id)
    shop = a_shop(known, guides=GUIDES)

    pinned = pin_in_plan(item, Pin(target_areas=("neck",), guide="feet"), shop)

    assert pinned.action is Action.UPDATE
    assert pinned.changes["target_areas"].before == ["calves (inferred)"]
    assert pinned.changes["target_areas"].after == ["neck (pinned)"]
    assert pinned.links is not None
    assert [link.guide for link in pinned.links if link.role is LinkRole.PRIMARY] == ["feet"]


def test_pinning_what_the_shop_has_pinned_already_is_no_change() -> None:
    known = in_shop(a_product(name="Knob"), tags=tags("neck", origin=Origin.PINNED))
    item = PlanItem(kind="product", action=Action.UNCHANGED, reference="R-1", name="Knob", public_id=known.public_id)

    pinned = pin_in_plan(item, Pin(target_areas=("neck",)), a_shop(known, guides=()))

    assert pinned.changes.get("target_areas") is None


def test_a_later_pin_replaces_an_earlier_one_in_the_plan() -> None:
    shop = a_shop(guides=GUIDES)
    item = planned(shop, a_product(name="Knob", description="For the calves."))

    once = pin_in_plan(item, Pin(target_areas=("feet",), guide="feet"), shop)
    twice = pin_in_plan(once, Pin(target_areas=("neck",), guide="neck"), shop)

    assert twice.tags is not None
    assert twice.links is not None
    assert slugs(twice.tags.target_areas) == [("neck", "pinned")]
    assert guides_of(twice.links) == [("neck", "primary", "pinned")]


def test_a_pin_in_a_plan_must_name_what_is_there() -> None:
    shop = a_shop(guides=GUIDES)
    item = planned(shop, a_product(name="Knob"))

    with pytest.raises(PinRefused):
        pin_in_plan(item, Pin(guide="nothing"), shop)
