"""Planning: what importing records would make, adopt, change or leave alone, against a shop given as data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog_import.planning.plan import Action, Kind, PlanItem
from catalog_import.planning.threeway import Change, Conflict
from catalog_import.sources.problems import ProblemCode, Severity
from storefront.catalog.fields import Fields
from storefront.catalog.records import DEFAULT_CHANNEL, GuideLink, LinkRole, Origin, ProductRecord, Status, Tags
from storefront.catalog.snapshots import ShopProduct
from tests.builders import (
    COMPARE_AT,
    PRICE,
    STOCK,
    Plan,
    a_guide,
    a_link,
    a_price,
    a_product,
    a_read,
    a_shop,
    a_variant,
    guide_in_shop,
    in_shop,
    plan_for,
    record_of,
    tags,
)


def only_item(plan: Plan) -> PlanItem:
    (item,) = [item for item in plan.items if item.kind is Kind.PRODUCT]
    return item


def errors_of(plan: Plan) -> list[tuple[int, str, ProblemCode]]:
    return [
        (problem.row, problem.column, problem.code) for problem in plan.problems if problem.severity is Severity.ERROR
    ]


def settled(record: ProductRecord, **changes: Any) -> ShopProduct:
    """The product as the shop has it once the record's own plan was applied, tags and links too."""
    item = only_item(plan_for(record))
    return in_shop(record, **({"tags": item.tags, "links": item.links or ()} | changes))


# --- create, update, unchanged ------------------------------------------------------------------------------


def test_a_product_that_the_shop_does_not_have_is_made() -> None:
    item = only_item(plan_for(a_product(name="Cork Ball")))

    assert item.action is Action.CREATE
    assert item.reference == "R-1"
    assert item.public_id is None
    assert item.changes["name"] == Change(before=None, after="Cork Ball")
    assert item.variant_changes == {
        "R-1": {"sku": Change(before=None, after="R-1"), PRICE: Change(before=None, after="19.9")}
    }


def test_an_item_names_the_file_and_row_that_it_comes_from() -> None:
    item = only_item(plan_for(a_read(row=7, file="spring.csv")))

    assert (item.file, item.row) == ("spring.csv", 7)


def test_a_field_that_the_file_changed_is_updated_alone() -> None:
    known = settled(a_product())

    item = only_item(plan_for(a_product(brand="Quill"), shop=a_shop(known)))

    assert item.action is Action.UPDATE
    assert item.public_id == known.public_id
    assert item.changes == {"brand": Change(before=None, after="Quill")}
    assert item.variant_changes == {}


def test_a_product_that_is_as_its_file_says_is_unchanged() -> None:
    item = only_item(plan_for(a_product(), shop=a_shop(settled(a_product()))))

    assert item.action is Action.UNCHANGED
    assert (item.changes, item.variant_changes, item.conflicts, item.base) == ({}, {}, (), Fields())


def test_a_price_with_other_zeros_is_the_same_price() -> None:
    known = settled(a_product(variants=(a_variant(prices={DEFAULT_CHANNEL: a_price("12.5")}),)))

    plan = plan_for(a_product(variants=(a_variant(prices={DEFAULT_CHANNEL: a_price("12.50")}),)), shop=a_shop(known))

    assert only_item(plan).action is Action.UNCHANGED


def test_what_a_plan_leaves_unchanged_is_not_applied() -> None:
    plan = plan_for(a_product(), shop=a_shop(settled(a_product())))

    assert plan.to_apply() == []
    assert {action: count for action, count in plan.counts().items() if count} == {"unchanged": 1}


def test_guides_are_applied_before_products() -> None:
    plan = plan_for(a_product(), guides=[a_guide()])

    assert [item.kind for item in plan.to_apply()] == [Kind.GUIDE, Kind.PRODUCT]


def test_a_new_variant_of_a_known_product_is_added() -> None:
    known = settled(a_product(variants=(a_variant(sku="R-1"),), reference="ball"))

    item = only_item(
        plan_for(a_product(reference="ball", variants=(a_variant(sku="R-1"), a_variant(sku="R-2"))), shop=a_shop(known))
    )

    assert item.action is Action.UPDATE
    assert list(item.variant_changes) == ["R-2"]
    assert item.variant_changes["R-2"]["sku"] == Change(before=None, after="R-2")


def test_a_reference_of_another_source_is_another_product() -> None:
    theirs = in_shop(a_product(variants=(a_variant(sku="T-1"),), reference="ball"), source="acme")

    item = only_item(plan_for(a_product(reference="ball"), shop=a_shop(theirs)))

    assert item.action is Action.CREATE


# --- adoption and SKUs that are taken -----------------------------------------------------------------------


def test_a_product_made_in_the_shop_is_adopted_by_its_sku() -> None:
    made_by_hand = in_shop(a_product(), reference="", source="", base=Fields())

    item = only_item(plan_for(a_product(reference="ball", variants=(a_variant(),)), shop=a_shop(made_by_hand)))

    assert item.action is Action.ADOPT
    assert item.public_id == made_by_hand.public_id
    assert item.reference == "ball"


def test_a_renamed_handle_is_the_product_that_has_all_its_skus() -> None:
    known = in_shop(a_product(reference="old-handle", variants=(a_variant(),)))

    item = only_item(plan_for(a_product(reference="new-handle", variants=(a_variant(),)), shop=a_shop(known)))

    assert (item.action, item.reference, item.public_id) == (Action.UPDATE, "old-handle", known.public_id)


def test_a_sku_of_another_source_is_a_problem_and_makes_no_twin() -> None:
    taken = in_shop(a_product(reference="old-handle", variants=(a_variant(),)), source="acme")

    plan = plan_for(a_product(reference="new-handle", variants=(a_variant(),)), shop=a_shop(taken))

    assert plan.items == []
    assert errors_of(plan) == [(2, "sku", ProblemCode.SKU_TAKEN)]
    assert '"old-handle"' in plan.problems[0].message
    assert plan.problems[0].value == "R-1"


def test_every_sku_that_is_taken_is_told() -> None:
    variants = (a_variant(sku="R-1"), a_variant(sku="R-2"))
    taken = in_shop(a_product(reference="old-handle", variants=variants), source="acme")

    plan = plan_for(a_product(reference="new-handle", variants=variants), shop=a_shop(taken))

    assert errors_of(plan) == [(2, "sku", ProblemCode.SKU_TAKEN), (3, "sku", ProblemCode.SKU_TAKEN)]


def test_a_variant_whose_sku_is_taken_does_not_take_its_siblings_along() -> None:
    ours = settled(a_product(reference="ball", variants=(a_variant(sku="R-1"),)))
    theirs = in_shop(a_product(reference="cane", variants=(a_variant(sku="C-1"),)))
    wanted = a_product(
        reference="ball",
        variants=(a_variant(sku="R-1", prices={DEFAULT_CHANNEL: a_price("25")}), a_variant(sku="C-1")),
    )

    plan = plan_for(wanted, shop=a_shop(ours, theirs))

    assert errors_of(plan) == [(3, "sku", ProblemCode.SKU_TAKEN)]
    assert only_item(plan).variant_changes == {"R-1": {PRICE: Change(before="19.9", after="25")}}


def test_another_variant_reference_for_a_known_sku_is_a_problem_not_a_twin() -> None:
    known = settled(a_product(reference="ball", variants=(a_variant(sku="R-1"),)))

    plan = plan_for(a_product(reference="ball", variants=(a_variant(sku="R-1", reference="V-1"),)), shop=a_shop(known))

    assert [code for _, _, code in errors_of(plan)] == [ProblemCode.SKU_TAKEN]
    assert all("V-1" not in item.variant_changes for item in plan.items)


# --- what only the shop can know ----------------------------------------------------------------------------


def test_a_new_product_without_a_name_is_a_problem() -> None:
    plan = plan_for(ProductRecord(reference="R-1", variants=(a_variant(),)))

    assert plan.items == []
    assert errors_of(plan) == [(2, "name", ProblemCode.MISSING_VALUE)]


def test_a_new_sku_without_a_price_is_left_out_and_its_siblings_stay() -> None:
    plan = plan_for(a_product(variants=(a_variant(sku="R-1"), a_variant(sku="R-2", prices={}))))

    assert errors_of(plan) == [(3, "price", ProblemCode.MISSING_VALUE)]
    assert list(only_item(plan).variant_changes) == ["R-1"]


def test_a_product_with_no_variant_that_could_be_sold_is_not_made() -> None:
    plan = plan_for(a_product(variants=(a_variant(prices={}),)))

    assert plan.items == []
    assert errors_of(plan) == [(2, "price", ProblemCode.MISSING_VALUE)]


def test_an_unknown_channel_names_those_that_there_are() -> None:
    plan = plan_for(a_product(variants=(a_variant(prices={"mars": a_price()}),)))

    assert plan.items == []
    assert errors_of(plan) == [(2, "price: mars", ProblemCode.UNKNOWN_CHANNEL)]
    assert plan.problems[0].message == f'The shop has no channel "mars". It has: {DEFAULT_CHANNEL}.'


def test_an_unknown_warehouse_is_a_problem_of_its_row() -> None:
    plan = plan_for(a_product(variants=(a_variant(sku="R-1"), a_variant(sku="R-2", stock={"attic": 3}))))

    assert errors_of(plan) == [(3, "stock: attic", ProblemCode.UNKNOWN_WAREHOUSE)]
    assert list(only_item(plan).variant_changes) == ["R-1"]


def test_a_guide_that_is_nowhere_is_told_and_left_out() -> None:
    plan = plan_for(a_product(guide="no-such-guide"))

    found = [(problem.column, problem.severity, problem.code, problem.value) for problem in plan.problems]
    assert ("guide", Severity.WARNING, ProblemCode.UNKNOWN_GUIDE, "no-such-guide") in found
    assert only_item(plan).links == ()


# --- partial feeds ------------------------------------------------------------------------------------------


def test_a_feed_of_sku_and_stock_changes_the_stock_alone() -> None:
    known = settled(a_product(variants=(a_variant(stock={"default-warehouse": 5}),)))
    said = ProductRecord(reference="R-1", variants=(a_variant(prices={}, stock={"default-warehouse": 9}),))

    plan = plan_for(said, shop=a_shop(known))

    item = only_item(plan)
    assert errors_of(plan) == []
    assert item.action is Action.UPDATE
    assert item.changes == {}
    assert item.variant_changes == {"R-1": {STOCK: Change(before=5, after=9)}}
    assert (item.tags, item.links, item.name) == (None, None, "Cork Ball")


def test_a_feed_keeps_in_its_base_what_the_source_said_before() -> None:
    known = settled(a_product(brand="Quill", variants=(a_variant(stock={"default-warehouse": 5}),)))
    said = ProductRecord(reference="R-1", variants=(a_variant(prices={}, stock={"default-warehouse": 9}),))

    item = only_item(plan_for(said, shop=a_shop(known)))

    # The writer joins what is new to what was said before.
    assert item.newly_said() == Fields(variants={"R-1": {STOCK: 9}})
    assert item.base_before == Fields(variants={"R-1": {STOCK: 5}})


def test_areas_that_the_file_stated_are_kept_when_the_column_is_absent_later() -> None:
    known = settled(a_product(target_areas=("feet",), description="For the neck."))

    item = only_item(plan_for(a_product(brand="Quill"), shop=a_shop(known)))

    tags = item.tags or known.tags
    assert [(tag.slug, tag.origin) for tag in tags.target_areas] == [("feet", Origin.STATED)]
    assert list(item.changes) == ["brand"]


def test_a_guide_that_the_file_stated_is_kept_when_the_column_is_absent_later() -> None:
    guides = [guide_in_shop(a_guide(slug="calm-feet")), guide_in_shop(a_guide(slug="other"))]
    first = only_item(plan_for(a_product(guide="other"), shop=a_shop(guides=guides)))
    known = in_shop(a_product(guide="other"), tags=first.tags, links=first.links or ())

    item = only_item(plan_for(a_product(brand="Quill"), shop=a_shop(known, guides=guides)))

    links = known.links if item.links is None else item.links
    assert [(link.guide, link.origin) for link in links if link.role is LinkRole.PRIMARY] == [("other", Origin.STATED)]
    assert "guides" not in item.changes


# --- conflicts ----------------------------------------------------------------------------------------------


def edited(record: ProductRecord, **own: Any) -> ShopProduct:
    """A product that was imported and then edited in the shop."""
    known = settled(record)
    return replace(known, fields=Fields(own=known.fields.own | own, variants=known.fields.variants))


def test_an_edit_in_the_shop_stays_while_the_file_says_nothing_new() -> None:
    known = edited(a_product(brand="Quill"), brand="Quillbrook")

    item = only_item(plan_for(a_product(brand="Quill"), shop=a_shop(known)))

    assert (item.action, item.changes, item.conflicts) == (Action.UNCHANGED, {}, ())


def test_where_file_and_shop_both_changed_the_shop_wins_and_it_is_told() -> None:
    known = edited(a_product(brand="Quill"), brand="Quillbrook")

    plan = plan_for(a_product(brand="Quill & Co"), shop=a_shop(known))

    item = only_item(plan)
    assert item.action is Action.UNCHANGED
    assert item.changes == {}
    assert item.conflicts == (Conflict(field="brand", base="Quill", file="Quill & Co", shop="Quillbrook"),)
    assert item.base == Fields()
    assert plan.counts()["conflict"] == 1
    assert plan.to_apply() == []


def test_a_conflict_in_a_variant_names_it() -> None:
    known = settled(a_product())
    known.fields.variants["R-1"][PRICE] = "21"

    item = only_item(
        plan_for(a_product(variants=(a_variant(prices={DEFAULT_CHANNEL: a_price("25")}),)), shop=a_shop(known))
    )

    assert item.conflicts == (Conflict(field=PRICE, variant="R-1", base="19.9", file="25", shop="21"),)
    assert item.variant_changes == {}


def test_overwrite_lets_the_file_win_in_the_named_field_alone() -> None:
    known = edited(a_product(brand="Quill", material="Cork"), brand="Quillbrook", material="Rubber")

    item = only_item(
        plan_for(a_product(brand="Q", material="Wood"), shop=a_shop(known), overwrite=["brand"]),
    )

    assert item.changes == {"brand": Change(before="Quillbrook", after="Q")}
    assert [conflict.field for conflict in item.conflicts] == ["material"]


def test_a_field_cleared_in_the_file_is_emptied() -> None:
    known = settled(a_product(brand="Quill"))

    item = only_item(plan_for(a_product(brand=""), shop=a_shop(known)))

    assert item.changes == {"brand": Change(before="Quill", after="")}


def test_a_reduction_that_is_cleared_ends() -> None:
    reduced = a_variant(prices={DEFAULT_CHANNEL: a_price("15", compare_at="19.90")})
    ended = a_variant(prices={DEFAULT_CHANNEL: a_price("15", compare_at=None)})
    known = settled(a_product(variants=(reduced,)))

    item = only_item(plan_for(a_product(variants=(ended,)), shop=a_shop(known)))

    assert item.variant_changes == {"R-1": {COMPARE_AT: Change(before="19.9", after=None)}}


# --- tags, links and pins -----------------------------------------------------------------------------------


def test_pinned_areas_stay_whatever_the_file_says() -> None:
    pinned = tags("neck", origin=Origin.PINNED)
    known = settled(a_product(), tags=pinned)

    item = only_item(plan_for(a_product(target_areas=("feet",)), shop=a_shop(known)))

    assert item.tags is None or item.tags.target_areas == pinned.target_areas
    assert "target_areas" not in item.changes


def test_a_pinned_guide_stays_primary() -> None:
    guides = [guide_in_shop(a_guide(slug="pinned")), guide_in_shop(a_guide(slug="stated"))]
    pin: GuideLink = a_link("pinned", origin=Origin.PINNED)
    known = settled(a_product(), links=(pin,))

    item = only_item(plan_for(a_product(guide="stated"), shop=a_shop(known, guides=guides)))

    links = known.links if item.links is None else item.links
    assert [link.guide for link in links if link.role is LinkRole.PRIMARY] == ["pinned"]


def test_a_product_is_linked_to_a_guide_of_the_same_import() -> None:
    item = only_item(plan_for(a_product(guide="calm-feet"), guides=[a_guide()]))

    assert item.links is not None
    assert [(link.guide, link.role, link.origin) for link in item.links] == [
        ("calm-feet", LinkRole.PRIMARY, Origin.STATED)
    ]


def test_a_product_that_is_not_active_is_not_warned_about() -> None:
    plan = plan_for(a_product(status=Status.DRAFT))

    assert plan.problems == []


def test_a_product_without_area_and_guide_is_warned_about() -> None:
    plan = plan_for(a_product(name="Thing"))

    assert [(problem.column, problem.severity, problem.code) for problem in plan.problems] == [
        ("target_areas", Severity.WARNING, ProblemCode.NO_AREA),
        ("guide", Severity.WARNING, ProblemCode.NO_GUIDE),
    ]


# --- guides -------------------------------------------------------------------------------------------------


def test_a_new_guide_is_made_with_its_tags() -> None:
    (item,) = plan_for(guides=[a_guide(target_areas=("feet",))]).items

    assert (item.kind, item.action, item.reference, item.row) == (Kind.GUIDE, Action.CREATE, "calm-feet", 1)
    assert item.changes["title"] == Change(before=None, after="Calm feet")
    assert item.changes["target_areas"] == Change(before=[], after=["feet (stated)"])


def test_a_guide_that_is_as_its_file_says_is_unchanged() -> None:
    (made,) = plan_for(guides=[a_guide()]).items
    known = guide_in_shop(a_guide(), tags=made.tags or Tags())

    (item,) = plan_for(guides=[a_guide()], shop=a_shop(guides=[known])).items

    assert (item.action, item.changes, item.base) == (Action.UNCHANGED, {}, Fields())


def test_a_guide_edited_in_the_shop_is_a_conflict_once_its_file_changes() -> None:
    known = guide_in_shop(a_guide(summary="Edited."), base=Fields(own={"summary": "Slow rolling."}))

    (item,) = plan_for(guides=[a_guide(summary="New.")], shop=a_shop(guides=[known])).items

    assert item.conflicts == (Conflict(field="summary", base="Slow rolling.", file="New.", shop="Edited."),)
    assert "summary" not in item.changes


def test_areas_that_a_guide_stated_are_kept_when_it_no_longer_says_them() -> None:
    first = a_guide(target_areas=("neck",))
    (made,) = plan_for(guides=[first]).items
    own = {name: value for name, value in made.base.own.items() if name != "target_areas"}
    known = guide_in_shop(first, fields=Fields(own=own), tags=made.tags or Tags(), base=made.base)

    (item,) = plan_for(guides=[a_guide(summary="New.")], shop=a_shop(guides=[known])).items

    assert item.tags is not None
    assert [tag.slug for tag in item.tags.target_areas] == ["neck"]


# --- laws ---------------------------------------------------------------------------------------------------

SOME_PRODUCTS = [
    a_product(name="Neck Ball", description="For the neck.", variants=(a_variant(sku="N-1"), a_variant(sku="N-2"))),
    a_product(name="Foot Roller", description="For sore feet.", variants=(a_variant(sku="F-1"),), guide="calm-feet"),
    a_product(name="Massage Gun", brand="Orrin", variants=(a_variant(sku="G-1", stock={"default-warehouse": 3}),)),
    a_product(name="No Price", variants=(a_variant(sku="X-1", prices={}),)),
]


def as_sets(plan: Plan) -> tuple[dict[str, Any], list[str]]:
    return (
        {item.reference: item.model_dump(mode="json", exclude={"row"}) for item in plan.items},
        sorted(f"{problem.column} {problem.code} {problem.value}" for problem in plan.problems),
    )


@given(st.permutations(SOME_PRODUCTS))
def test_the_order_of_products_does_not_matter(products: list[ProductRecord]) -> None:
    shop = a_shop(in_shop(SOME_PRODUCTS[2]), guides=[guide_in_shop()])

    assert as_sets(plan_for(*products, shop=shop)) == as_sets(plan_for(*SOME_PRODUCTS, shop=shop))


def test_planning_twice_gives_the_same_plan() -> None:
    shop = a_shop(in_shop(SOME_PRODUCTS[2]), guides=[guide_in_shop()])

    assert plan_for(*SOME_PRODUCTS, shop=shop) == plan_for(*SOME_PRODUCTS, shop=shop)


def test_a_plan_survives_being_stored_as_json() -> None:
    for item in plan_for(*SOME_PRODUCTS, guides=[a_guide()]).items:
        assert PlanItem.model_validate_json(item.model_dump_json()) == item


def test_what_the_shop_has_can_be_imported_again_without_a_change() -> None:
    known = settled(a_product(brand="Quill", variants=(a_variant(stock={"default-warehouse": 5}),)))

    item = only_item(plan_for(record_of(known), shop=a_shop(known)))

    assert (item.changes, item.variant_changes, item.conflicts) == ({}, {}, ())
