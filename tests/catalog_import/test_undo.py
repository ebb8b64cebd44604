"""Undo: what a run wrote and nobody changed since comes back; the rest is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_import.models import ImportRun
from catalog_import.runs.lifecycle import InvalidRunState, begin
from storefront.catalog.fields import Fields
from storefront.catalog.models import (
    GuideLink,
    ImportBase,
    Page,
    Product,
    ProductTag,
    ProductVariant,
    Stock,
    VariantPrice,
)
from storefront.catalog.records import DEFAULT_WAREHOUSE, Origin, ProductRecord
from storefront.catalog.snapshots import ShopProduct, load_shop_guides
from tests.builders import (
    PRICE,
    STOCK,
    a_guide,
    a_price,
    a_product,
    a_variant,
    plan_in_shop,
    sell,
    shop_product,
    start_run,
)
from tests.catalog_import.running import do_all, import_records, outcomes, plan_undo, undo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def a_stocked(units: int, **changes: Any) -> ProductRecord:
    return a_product(variants=(a_variant(stock={DEFAULT_WAREHOUSE: units}),), **changes)


def sold(units: int) -> None:
    stock = Stock.objects.get()
    stock.quantity -= units
    stock.save()


def as_it_was(product: ShopProduct) -> tuple[Fields, Fields, object, object]:
    """All that an undo must bring back."""
    return product.fields, product.base, product.tags, product.links


# --- fields -------------------------------------------------------------------------------------------------


def test_an_undone_update_leaves_the_product_as_it_was_before() -> None:
    import_records(a_product(brand="Quill", description="For the feet."), guides=[a_guide(target_areas=("feet",))])
    before = as_it_was(shop_product())
    run = import_records(
        a_product(brand="Finch", material="Cork", description="For the neck.", variants=(a_variant(weight_g=90),))
    )
    assert as_it_was(shop_product()) != before

    undoing, told = undo(run)

    assert told == []
    assert as_it_was(shop_product()) == before
    assert undoing.status == ImportRun.Status.DONE
    assert undoing.undoes == run


def test_the_same_file_is_new_again_after_an_undo() -> None:
    import_records(a_product(brand="Quill"))
    changed = a_product(brand="Finch")
    undo(import_records(changed))

    import_records(changed)

    assert Product.objects.get().brand == "Finch"


def test_a_field_that_was_edited_since_stays_and_is_told() -> None:
    import_records(a_product(brand="Quill", material="Cork"))
    run = import_records(a_product(brand="Finch", material="Rubber"))
    Product.objects.update(brand="Edited by hand")

    _, told = undo(run)

    assert told == ["Cork Ball: It has changed since; the shop's value is kept."]
    product = Product.objects.get()
    assert (product.brand, product.material) == ("Edited by hand", "Cork")
    # The edit is the shop's and the file's word stands: the same file is no conflict.
    assert shop_product().base.own["brand"] == "Finch"


def test_a_later_import_of_the_same_field_stays() -> None:
    import_records(a_product(brand="Quill"))
    run = import_records(a_product(brand="Finch"))
    import_records(a_product(brand="Heron"))

    _, told = undo(run)

    assert Product.objects.get().brand == "Heron"
    assert shop_product().base.own["brand"] == "Heron"
    assert len(told) == 1


def test_a_price_comes_back_and_a_new_price_goes() -> None:
    import_records(a_product(variants=(a_variant(prices={"default-channel": a_price("19.90")}),)))
    dearer = a_price("25", compare_at="30")
    run = import_records(a_product(variants=(a_variant(prices={"default-channel": dearer}),)))

    undo(run)

    price = VariantPrice.objects.get()
    assert (price.amount, price.compare_at_amount) == (Decimal("19.900"), None)


# --- stock --------------------------------------------------------------------------------------------------


def test_stock_moves_back_by_the_difference_so_that_sold_units_stay_sold() -> None:
    import_records(a_stocked(10))
    run = import_records(a_stocked(15))
    sold(3)

    _, told = undo(run)

    assert Stock.objects.get().quantity == 7
    assert told == []


def test_a_sale_between_the_plan_of_an_undo_and_its_writing_counts() -> None:
    import_records(a_stocked(10))
    run = import_records(a_stocked(15))
    undoing, _ = plan_undo(run)
    sold(4)
    begin(undoing)

    do_all(undoing)

    assert Stock.objects.get().quantity == 6
    assert outcomes(undoing) == {"R-1": "applied"}


def test_stock_never_falls_below_none_and_that_is_told_before() -> None:
    import_records(a_stocked(2))
    run = import_records(a_stocked(10))
    sold(9)

    undoing, problems = plan_undo(run)

    assert [problem.message for problem in problems] == [
        "Cork Ball: 7 more units were sold than the restored stock covers; the stock is set to 0."
    ]
    assert Stock.objects.get().quantity == 1
    begin(undoing)
    do_all(undoing)
    assert Stock.objects.get().quantity == 0


@pytest.mark.parametrize("sales", [0, 3])
def test_undoing_twice_moves_the_stock_once(sales: int) -> None:
    import_records(a_stocked(10))
    run = import_records(a_stocked(15))
    sold(sales)
    undo(run)

    undo(run)

    assert Stock.objects.get().quantity == 10 - sales


def test_an_undo_can_be_undone() -> None:
    import_records(a_stocked(10, brand="Quill"))
    run = import_records(a_stocked(15, brand="Finch"))
    after = as_it_was(shop_product())
    undoing, _ = undo(run)

    undo(undoing)

    assert as_it_was(shop_product()) == after
    undo(run)
    assert (Stock.objects.get().quantity, Product.objects.get().brand) == (10, "Quill")


def test_two_plans_of_one_undo_move_the_stock_once() -> None:
    import_records(a_stocked(5))
    run = import_records(a_stocked(10))
    first, _ = plan_undo(run)
    second, _ = plan_undo(run)
    begin(first)
    do_all(first)

    with pytest.raises(InvalidRunState, match=f"was undone by import {first.pk} meanwhile. Plan the undo again."):
        begin(second)

    assert Stock.objects.get().quantity == 5


def test_stock_that_a_later_import_set_stays_and_is_told() -> None:
    import_records(a_stocked(5))
    run = import_records(a_stocked(10))
    import_records(a_stocked(30))

    _, told = undo(run)

    assert Stock.objects.get().quantity == 30
    assert told == ["Cork Ball: A later import set it; the shop's value stays."]


def test_an_undo_that_was_brought_again_in_part_moves_only_that_part_again() -> None:
    def two(units: int, **changes: Any) -> list[ProductRecord]:
        stock = {DEFAULT_WAREHOUSE: units}
        return [a_product(name=n, reference=n, variants=(a_variant(sku=n, stock=stock, **changes),)) for n in "AB"]

    import_records(*two(5))
    run = import_records(*two(10, weight_g=5))
    first, _ = undo(run)
    again, _ = plan_undo(first)
    ProductVariant.objects.filter(sku="B").update(weight_g=9)
    begin(again)
    assert do_all(again).status == "partly"

    undo(run)

    assert dict(Stock.objects.values_list("variant__sku", "quantity")) == {"A": 5, "B": 5}


def test_an_undo_that_found_too_little_stock_is_undone_by_as_much_as_it_moved() -> None:
    import_records(a_stocked(0))
    run = import_records(a_stocked(10))
    undoing, _ = plan_undo(run)
    sold(6)
    begin(undoing)
    do_all(undoing)
    assert Stock.objects.get().quantity == 0

    undo(undoing)

    assert Stock.objects.get().quantity == 4


def test_after_an_undo_was_undone_a_hand_edit_is_safe_from_the_same_file() -> None:
    import_records(a_product())
    run = import_records(a_product(brand="Zed"))
    undoing, _ = undo(run)
    undo(undoing)
    Product.objects.update(brand="Hand")

    import_records(a_product(brand="Zed"))

    assert Product.objects.get().brand == "Hand"


# --- what the run made --------------------------------------------------------------------------------------


def test_what_a_run_made_is_archived_and_comes_back_when_it_is_listed_again() -> None:
    run = import_records(a_product(), guides=[a_guide()])

    undo(run)

    assert (Product.objects.get().status, Page.objects.get().status) == ("archived", "archived")
    import_records(a_product(), guides=[a_guide()])
    assert (Product.objects.get().status, Page.objects.get().status) == ("active", "active")


def test_what_a_run_made_is_deleted_where_that_is_asked_for() -> None:
    run = import_records(a_product(guide="calm-feet"), guides=[a_guide()])

    _, told = undo(run, deletes=True)

    assert told == []
    assert [model.objects.count() for model in (Product, ProductVariant, ProductTag, GuideLink, Page, ImportBase)] == [
        0
    ] * 6


def test_what_was_sold_is_archived_even_where_deleting_was_asked_for() -> None:
    run = import_records(a_stocked(5))
    sold(1)

    _, told = undo(run, deletes=True)

    assert told == ["Cork Ball: It was sold or changed since. It is archived, not deleted."]
    assert (Product.objects.get().status, Stock.objects.get().quantity) == ("archived", 4)


def test_what_was_sold_between_the_plan_of_an_undo_and_its_writing_is_not_deleted() -> None:
    run = import_records(a_stocked(10))
    undoing, _ = plan_undo(run, deletes=True)
    sold(3)
    begin(undoing)

    do_all(undoing)

    assert Product.objects.count() == 1
    assert outcomes(undoing) == {"R-1": "outdated"}


def test_what_was_sold_and_restocked_or_added_to_since_is_not_deleted() -> None:
    run = import_records(a_stocked(10))
    import_records(a_product(variants=(a_variant(stock={DEFAULT_WAREHOUSE: 10}), a_variant(sku="R-2"))))

    _, told = undo(run, deletes=True)

    assert told == ["Cork Ball: It was sold or changed since. It is archived, not deleted."]
    assert Product.objects.get().status == "archived"


def test_a_guide_that_was_deleted_and_comes_again_is_linked_again() -> None:
    first = import_records(guides=[a_guide(target_areas=("feet",))])
    ball = a_product(target_areas=("feet",))
    import_records(ball)
    undo(first, deletes=True)
    assert GuideLink.objects.count() == 0

    import_records(ball, guides=[a_guide(target_areas=("feet",))])

    assert GuideLink.objects.count() == 1


def test_a_variant_that_a_run_added_is_sold_no_more_and_is_back_with_the_same_file() -> None:
    import_records(a_product(reference="ball"))
    larger = a_product(reference="ball", variants=(a_variant(), a_variant(sku="R-2")))
    run = import_records(larger)

    undo(run)

    assert list(VariantPrice.objects.values_list("variant__sku", flat=True)) == ["R-1"]
    import_records(larger)
    assert sorted(VariantPrice.objects.values_list("variant__sku", flat=True)) == ["R-1", "R-2"]


def test_a_variant_that_a_run_added_is_deleted_where_that_is_asked_for() -> None:
    import_records(a_product(reference="ball"))
    run = import_records(a_product(reference="ball", variants=(a_variant(), a_variant(sku="R-2"))))

    undo(run, deletes=True)

    assert list(ProductVariant.objects.values_list("sku", flat=True)) == ["R-1"]
    assert "R-2" not in shop_product("ball").base.variants


def test_a_product_that_was_adopted_is_given_back() -> None:
    sell(a_product(brand="Shop's own"))
    Product.objects.update(source="", reference="")
    ProductVariant.objects.update(reference="")
    run = import_records(a_product(brand="Finch"))
    assert Product.objects.get().reference == "R-1"

    undo(run)

    product = Product.objects.get()
    assert (product.source, product.reference, product.brand) == ("", "", "Shop's own")
    assert ProductVariant.objects.get().reference == ""


# --- guides, tags, pins -------------------------------------------------------------------------------------


def test_a_guide_comes_back_with_its_tags() -> None:
    import_records(guides=[a_guide(body="Roll the foot.", target_areas=("feet",))])
    before = load_shop_guides("main")
    run = import_records(guides=[a_guide(body="Press the neck.", target_areas=("neck",))])

    undo(run)

    assert load_shop_guides("main") == before


def test_a_pin_that_somebody_made_since_stays() -> None:
    import_records(a_product(target_areas=("feet",)))
    run = import_records(a_product(target_areas=("neck",)))
    ProductTag.objects.filter(vocabulary="area").update(origin=Origin.PINNED)

    _, told = undo(run)

    assert ProductTag.objects.get(vocabulary="area").term.slug == "neck"
    assert told == ["Cork Ball: It has changed since; the shop's value is kept."]


def test_what_is_no_longer_in_the_shop_is_told() -> None:
    run = import_records(a_product())
    Product.objects.all().delete()

    undoing, told = undo(run)

    assert told == ["Cork Ball: It is no longer in the shop."]
    assert undoing.status == ImportRun.Status.DONE
    assert Product.objects.count() == 0


def test_only_what_was_applied_is_taken_back() -> None:
    import_records(a_product(brand="Quill"))
    run = start_run(plan_in_shop(a_product(brand="Finch")))
    Product.objects.update(brand="Edited meanwhile")
    do_all(run)
    assert outcomes(run) == {"R-1": "outdated"}

    _, told = undo(run)

    assert told == []
    assert Product.objects.get().brand == "Edited meanwhile"


# --- the law ------------------------------------------------------------------------------------------------

texts = st.sampled_from(["", "Quill", "Finch", "For the feet.", "For the neck and shoulders."])
records = st.builds(
    lambda brand, description, price, units, name, areas: a_product(
        name=name,
        brand=brand,
        description=description,
        target_areas=areas,
        variants=(a_variant(prices={"default-channel": a_price(price)}, stock={DEFAULT_WAREHOUSE: units}),),
    ),
    brand=texts,
    description=texts,
    price=st.sampled_from(["5", "19.90", "25"]),
    units=st.integers(0, 20),
    name=st.sampled_from(["Cork Ball", "Neck Cane"]),
    areas=st.sampled_from([(), ("feet",), ("neck", "shoulders")]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=records, second=records, sales=st.integers(0, 3))
def test_import_then_undo_is_as_if_it_had_not_been_but_for_the_sales(
    first: ProductRecord, second: ProductRecord, sales: int
) -> None:
    Product.objects.all().delete()
    ImportBase.objects.all().delete()
    import_records(first)
    before = shop_product()
    run = import_records(second)
    sales = min(sales, Stock.objects.get().quantity)
    sold(sales)

    undo(run)

    after = shop_product()
    units = max(0, before.fields.variants["R-1"][STOCK] - sales)
    assert after.fields.own == before.fields.own
    assert after.fields.variants["R-1"] == before.fields.variants["R-1"] | {STOCK: units}
    assert (after.base, after.tags, after.links) == (before.base, before.tags, before.links)
    assert after.fields.variants["R-1"][PRICE] == before.fields.variants["R-1"][PRICE]
