"""What an import into Saleor writes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_import.planning.importing import PruneRefused
from catalog_import.planning.plan import Action
from storefront.catalog.models import Product
from storefront.catalog.records import DEFAULT_WAREHOUSE, Origin, ProductRecord
from storefront.saleor.schema import documents
from tests.builders import (
    PRICE,
    STOCK,
    a_guide,
    a_guide_file,
    a_price,
    a_product,
    a_products_file,
    a_row,
    a_variant,
    shop_product,
)
from tests.saleor.fake.state import Attribute, ProductType, Value, Warehouse
from tests.saleor.fake.state import Product as SaleorRow
from tests.saleor.importing import (
    FakeImporter,
    attribute,
    drop_store,
    edit,
    edit_product,
    left_over,
    listed,
    mutations,
    saleor_now,
    store,
    store_guides,
    store_products,
)
from tests.saleor.world import paragraph


def rows(count: int, **cells: str) -> list[dict[str, str]]:
    return [a_row(sku=f"B-{n}", name=f"Ball {n}", stock="5") | cells for n in range(count)]


# --- only what changed --------------------------------------------------------------------------------------


def test_new_products_are_made_in_one_request_and_shown_once_they_were_read_again(
    importer: FakeImporter, tmp_path: Path
) -> None:
    with importer.watched() as asked:
        run = importer.files(a_products_file(tmp_path, *rows(8)))

    assert run.status == "done"
    assert mutations(asked) == {
        "productBulkCreate": 1,
        "productChannelListingUpdate": 8,
        "updatePrivateMetadata": 8,
    }
    assert {listed(importer, f"B-{n}") for n in range(8)} == {(True, True, True)}


def test_an_unchanged_file_writes_nothing_and_reads_no_product_whole(importer: FakeImporter, tmp_path: Path) -> None:
    path = a_products_file(tmp_path, *rows(8))
    guides = tmp_path / "guides"
    guides.mkdir()
    a_guide_file(guides)
    importer.files(path, guides)
    before = saleor_now(importer.fake.shop)

    with importer.watched() as asked:
        importer.files(path, guides)

    assert mutations(asked) == {}
    assert not any("variants" in seen.query for seen in importer.fake.seen[-len(asked) :] if "products" in seen.fields)
    assert saleor_now(importer.fake.shop) == before


def test_changed_rows_are_as_many_updates_and_nothing_else(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, *rows(8)))
    changed = rows(8)
    for row in changed[:3]:
        row["name"] += " new"

    with importer.watched() as asked:
        importer.files(a_products_file(tmp_path, *changed))

    # The others have their own base renewed nowhere: what they say is what they said.
    assert mutations(asked) == {"productUpdate": 3, "updatePrivateMetadata": 3}
    assert [importer.product(f"B-{n}").name for n in (0, 3)] == ["Ball 0 new", "Ball 3"]


def test_a_changed_stock_is_one_update_of_its_variant(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, *rows(4)))

    with importer.watched() as asked:
        importer.files(a_products_file(tmp_path, {"sku": "B-1", "stock": "7"}, {"sku": "B-2", "stock": "5"}))

    # Of the other one is noted that this is what its file says now.
    assert mutations(asked) == {"productVariantBulkUpdate": 1, "updatePrivateMetadata": 3}
    assert store_products()["B-1"].fields.variants["B-1"][STOCK] == 7


def test_a_changed_price_is_made_known_to_searches_by_price(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, *rows(2)))

    with importer.watched() as asked:
        importer.files(a_products_file(tmp_path, {"sku": "B-1", "price": "7.50"}))

    assert mutations(asked) == {
        "productVariantBulkUpdate": 1,
        "productChannelListingUpdate": 1,
        "updatePrivateMetadata": 2,
    }
    assert store_products()["B-1"].fields.variants["B-1"][PRICE] == "7.5"


# --- who wins -----------------------------------------------------------------------------------------------


def test_an_edit_in_the_dashboard_stays_where_the_file_says_what_it_said(importer: FakeImporter) -> None:
    importer.records(a_product(description="From the file."))
    edit_product(importer, name="Cork Ball, edited", description=paragraph("Edited."))

    with importer.watched() as asked:
        importer.records(a_product(description="From the file."))

    assert mutations(asked) == {}
    assert (importer.product().name, store_products()["R-1"].fields.own["description"]) == (
        "Cork Ball, edited",
        "Edited.",
    )


def test_where_both_changed_the_shop_wins_and_the_plan_says_so(importer: FakeImporter) -> None:
    importer.records(a_product(name="Ball", brand="Quill"))
    edit_product(importer, name="By hand")

    plan = importer.plan(a_product(name="From the file", brand="Finch"))
    importer.records(a_product(name="From the file", brand="Finch"))

    assert [(one.field, one.shop, one.file) for one in plan.items[0].conflicts] == [
        ("name", "By hand", "From the file")
    ]
    assert importer.product().name == "By hand"
    assert shop_product().fields.own["brand"] == "Finch"


def test_the_file_wins_where_it_is_told_to(importer: FakeImporter) -> None:
    importer.records(a_product(name="Ball"))
    edit_product(importer, name="By hand")

    importer.records(a_product(name="From the file"), overwrite=("name",))

    assert importer.product().name == "From the file"


def test_an_area_that_was_set_in_the_dashboard_is_a_pin_and_survives_imports(importer: FakeImporter) -> None:
    importer.records(a_product(target_areas=("neck",)))
    areas = attribute(importer, "target-areas")
    value = importer.fake.shop.values.first(external_reference="target-areas:feet")
    assert value is not None
    edit_product(importer, attributes=[{"id": areas.id, "multiselect": [{"id": value.id}]}])

    importer.records(a_product(name="New", target_areas=("jaw",), description="For the neck."))

    product = shop_product()
    assert [(tag.slug, tag.origin) for tag in product.tags.target_areas] == [("feet", Origin.PINNED)]
    assert product.fields.own["name"] == "New"
    drop_store()
    importer.refresh()
    assert shop_product().tags == product.tags


def test_an_area_that_was_taken_away_in_the_dashboard_stays_away(importer: FakeImporter) -> None:
    record = a_product(description="Rolls the neck and the feet.")
    importer.records(record)
    assert len(shop_product().tags.target_areas) == 2
    areas = attribute(importer, "target-areas")
    value = importer.fake.shop.values.first(external_reference="target-areas:feet")
    assert value is not None
    edit_product(importer, attributes=[{"id": areas.id, "multiselect": [{"id": value.id}]}])

    importer.records(record.model_copy(update={"name": "New"}))

    assert [tag.slug for tag in shop_product().tags.target_areas] == ["feet"]


def test_all_areas_taken_away_in_the_dashboard_are_left_to_inference(importer: FakeImporter) -> None:
    """Nothing cannot be pinned."""
    record = a_product(description="Rolls the neck.")
    importer.records(record)
    edit_product(importer, attributes=[{"id": attribute(importer, "target-areas").id, "multiselect": []}])

    importer.refresh()
    assert shop_product().tags.target_areas == ()

    importer.records(record.model_copy(update={"name": "New"}))

    assert [tag.slug for tag in shop_product().tags.target_areas] == ["neck"]


def test_a_guide_that_was_chosen_in_the_dashboard_is_a_pin(importer: FakeImporter) -> None:
    guides = [a_guide(slug="one", target_areas=("neck",)), a_guide(slug="two", target_areas=("feet",))]
    importer.records(a_product(target_areas=("neck",)), guides=guides)
    assert [link.guide for link in shop_product().links][:1] == ["one"]
    page = importer.fake.shop.pages.first(slug="two")
    assert page is not None
    edit_product(importer, attributes=[{"id": attribute(importer, "guide").id, "reference": page.id}])

    importer.records(a_product(name="New", target_areas=("neck",)))

    [first, *_] = shop_product().links
    assert (first.guide, first.origin) == ("two", Origin.PINNED)


def test_a_value_of_the_shops_own_stays_beside_ours(importer: FakeImporter) -> None:
    areas = attribute(importer, "target-areas")
    own = importer.fake.shop.values.add(Value(attribute=areas.pk, name="Elbow pit", slug="elbow-pit"))
    importer.records(a_product(target_areas=("neck",)))
    neck = importer.fake.shop.values.first(external_reference="target-areas:neck")
    assert neck is not None
    edit_product(importer, attributes=[{"id": areas.id, "multiselect": [{"id": neck.id}, {"id": own.id}]}])

    importer.records(a_product(target_areas=("feet",)))

    names = [importer.fake.shop.values[key].name for key in importer.product().assigned[areas.pk]]
    assert names == ["Feet", "Elbow pit"]


# --- adopting -----------------------------------------------------------------------------------------------


def made_by_hand(importer: FakeImporter) -> SaleorRow:
    """A product of another type, as somebody made it in the dashboard."""
    shop = importer.fake.shop
    notes = shop.attributes.add(Attribute(name="Notes", slug="notes", type="PRODUCT_TYPE", input_type="PLAIN_TEXT"))
    kind = shop.product_types.add(ProductType(name="Thing", slug="thing", product_attributes=[notes.pk]))
    channel, warehouse = next(iter(shop.channels)), next(iter(shop.warehouses))
    given = {
        "name": "By hand",
        "slug": "by-hand",
        "productType": kind.id,
        "description": paragraph("Its <b>own</b> words."),
        "attributes": [{"id": notes.id, "plainText": "kept"}],
        "metadata": [{"key": "theirs", "value": "1"}],
        "channelListings": [{"channelId": channel.id, "isPublished": True, "isAvailableForPurchase": True}],
        "variants": [
            {
                "sku": sku,
                "name": sku,
                "attributes": [],
                "channelListings": [{"channelId": channel.id, "price": "9.00"}],
                "stocks": [{"warehouse": warehouse.id, "quantity": 3}],
            }
            for sku in ("H-1", "H-2")
        ],
    }
    edit(importer, documents.PRODUCT_BULK_CREATE, products=[given], errorPolicy="REJECT_FAILED_ROWS")
    found = shop.products.first(slug="by-hand")
    assert found is not None
    return found


def test_a_product_that_was_made_by_hand_is_adopted_by_its_sku(importer: FakeImporter, tmp_path: Path) -> None:
    row = made_by_hand(importer)
    before = saleor_now(importer.fake.shop)["products"]
    path = a_products_file(
        tmp_path, {"product": "ball", "sku": "H-1", "name": "Ball", "price": "8.00", "target_areas": "neck"}
    )

    items, _ = importer.plan_files(path)
    run = importer.files(path)

    assert [item.action for item in items] == [Action.ADOPT]
    assert left_over(run) == []
    [product], [was] = saleor_now(importer.fake.shop)["products"], before
    assert (product["reference"], product["name"], product["type"]) == ("ball", "Ball", "thing")
    for same in ("description", "assigned", "listings", "slug"):
        assert product[same] == was[same]
    assert product["metadata"]["theirs"] == "1"
    first, second = product["variants"]
    assert (first["reference"], first["prices"]["default-channel"][0], first["stocks"]) == (
        "H-1",
        "8",
        was["variants"][0]["stocks"],
    )
    assert second == was["variants"][1]
    assert row.pk == importer.product("ball").pk
    assert [item.action for item in importer.plan_files(path)[0]] == [Action.UNCHANGED]


def test_tags_of_a_product_whose_type_lacks_our_attributes_are_kept_all_the_same(importer: FakeImporter) -> None:
    made_by_hand(importer)

    importer.records(a_product(variants=(a_variant(sku="H-1"),), target_areas=("neck",)))
    drop_store()
    importer.refresh()

    assert [tag.slug for tag in shop_product("H-1").tags.target_areas] == ["neck"]


def test_a_renamed_reference_is_the_product_that_has_its_skus_and_no_twin(importer: FakeImporter) -> None:
    importer.records(a_product(reference="ball"))
    drop_store()

    plan = importer.plan(a_product(reference="other", name="Renamed ball"))

    assert [(item.reference, item.action, list(item.changes)) for item in plan.items] == [("ball", "update", ["name"])]
    assert [problem.code for problem in plan.problems if problem.code == "sku-taken"] == []


def test_a_feed_of_a_product_made_by_hand_changes_its_stock(importer: FakeImporter, tmp_path: Path) -> None:
    made_by_hand(importer)
    drop_store()

    run = importer.files(a_products_file(tmp_path, {"sku": "H-2", "stock": "9"}, {"sku": "H-1", "stock": "8"}))

    assert left_over(run) == []
    [product] = saleor_now(importer.fake.shop)["products"]
    assert [(one["sku"], one["stocks"][DEFAULT_WAREHOUSE]) for one in product["variants"]] == [("H-1", 8), ("H-2", 9)]
    assert product["name"] == "By hand"


# --- variants, prices, stock --------------------------------------------------------------------------------


def test_variants_are_added_and_changed_and_others_stay(importer: FakeImporter) -> None:
    importer.records(a_product(reference="ball", variants=(a_variant(sku="A", weight_g=90), a_variant(sku="B"))))

    importer.records(
        a_product(
            reference="ball",
            variants=(
                a_variant(sku="B", name="Soft", options={"Size": "L"}),
                a_variant(sku="C", stock={DEFAULT_WAREHOUSE: 4}),
            ),
        )
    )

    fields = store_products()["ball"].fields.variants
    assert list(fields) == ["A", "B", "C"]
    assert (fields["A"]["weight_g"], fields["B"]["name"], fields["B"]["option: Size"]) == (90, "Soft", "L")
    assert fields["C"][STOCK] == 4


def test_a_changed_sku_is_the_same_variant(importer: FakeImporter) -> None:
    importer.records(a_product(reference="ball", variants=(a_variant(sku="A", reference="v"),)))

    run = importer.records(a_product(reference="ball", variants=(a_variant(sku="A-2", reference="v"),)))

    assert left_over(run) == []
    assert [(row.sku, row.external_reference) for row in importer.fake.shop.variants] == [("A-2", "ball:v")]


def test_two_variants_that_change_their_skus_with_each_other(importer: FakeImporter) -> None:
    importer.records(
        a_product(reference="ball", variants=(a_variant(sku="A", reference="v"), a_variant(sku="B", reference="w")))
    )

    plan = importer.plan(
        a_product(reference="ball", variants=(a_variant(sku="B", reference="v"), a_variant(sku="A", reference="w")))
    )

    assert [problem.code for problem in plan.problems] == ["sku-taken", "sku-taken"]


def test_a_price_before_a_reduction_is_cleared(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, a_row(compare_at_price="29.90")))

    importer.files(a_products_file(tmp_path, {"sku": "R-1", "price": "19.90", "compare_at_price": "-"}))

    assert store_products()["R-1"].fields.variants["R-1"]["compare_at_price: default-channel"] is None


def test_stock_in_another_warehouse_is_made(importer: FakeImporter) -> None:
    importer.records(a_product(variants=(a_variant(stock={DEFAULT_WAREHOUSE: 3}),)))
    importer.fake.shop.warehouses.add(Warehouse(name="Backyard", slug="backyard"))

    run = importer.records(a_product(variants=(a_variant(stock={"backyard": 4}),)))

    assert left_over(run) == []
    fields = store_products()["R-1"].fields.variants["R-1"]
    assert (fields[STOCK], fields["stock: backyard"]) == (3, 4)


def test_options_get_an_attribute_and_values_of_their_own_once(importer: FakeImporter) -> None:
    importer.records(a_product(variants=(a_variant(options={"Härte": "weich"}),)))
    importer.records(
        a_product(variants=(a_variant(options={"Härte": "hart"}),)),
        a_product(variants=(a_variant(sku="R-2", options={"Härte": "weich"}),)),
    )

    shop = importer.fake.shop
    [option] = [row for row in shop.attributes if row.name == "Härte"]
    assert sorted(row.name for row in shop.values if row.attribute == option.pk) == ["hart", "weich"]
    assert store_products()["R-1"].fields.variants["R-1"]["option: Härte"] == "hart"


# --- status -------------------------------------------------------------------------------------------------


def test_archived_is_no_longer_shown_and_keeps_its_prices_and_comes_back(importer: FakeImporter) -> None:
    importer.records(a_product())
    importer.records(a_product(status="archived"))
    assert listed(importer) == (False, False, False)
    assert [str(price.price) for price in importer.fake.shop.prices] == ["19.9"]
    assert Product.objects.get().status == "archived"

    importer.records(a_product(status="active"))

    assert listed(importer) == (True, True, True)
    assert Product.objects.get().status == "active"


def test_a_draft_is_made_and_not_shown(importer: FakeImporter) -> None:
    importer.records(a_product(status="draft"))

    assert listed(importer) == (False, False, False)
    assert Product.objects.get().status == "draft"


def test_a_product_that_is_no_longer_listed_is_archived_and_comes_back(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, *rows(4)))

    importer.files(a_products_file(tmp_path, *rows(4)[1:]), prune_percent=50.0)

    assert [listed(importer, f"B-{n}")[0] for n in range(4)] == [False, True, True, True]
    assert Product.objects.get(reference="B-0").status == "archived"

    importer.files(a_products_file(tmp_path, *rows(4)), prune_percent=50.0)

    assert [listed(importer, f"B-{n}")[0] for n in range(4)] == [True] * 4
    assert {row.status for row in Product.objects.all()} == {"active"}


def test_pruning_too_much_is_refused(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, *rows(4)))

    with importer.watched() as asked, pytest.raises(PruneRefused):
        importer.files(a_products_file(tmp_path, *rows(1)), prune_percent=10.0)

    assert mutations(asked) == {}


# --- category, texts ----------------------------------------------------------------------------------------


def category_of(importer: FakeImporter, reference: str = "R-1") -> str:
    found = importer.fake.shop.categories.get(importer.product(reference).category)
    return found.name if found else ""


def test_a_stated_category_is_made_and_a_cleared_one_gives_way_to_the_tool_types(importer: FakeImporter) -> None:
    importer.records(a_product(category="Own things", tool_type="massage-ball"))
    assert (category_of(importer), store_products()["R-1"].fields.own["category"]) == ("Own things", "Own things")

    importer.records(a_product(category=""))

    assert (category_of(importer), store_products()["R-1"].fields.own.get("category") or "") == ("Massage balls", "")


def test_a_category_by_tool_type_follows_it(importer: FakeImporter) -> None:
    importer.records(a_product(tool_type="massage-ball"))
    assert category_of(importer) == "Massage balls"

    importer.records(a_product(tool_type="foam-roller"))

    assert category_of(importer) == "Foam rollers"


def test_a_category_that_was_chosen_in_the_dashboard_stays(importer: FakeImporter) -> None:
    importer.records(a_product(tool_type="massage-ball"))
    other = importer.fake.shop.categories.first(slug="default-category")
    assert other is not None
    edit_product(importer, category=other.id)

    importer.records(a_product(tool_type="foam-roller"))

    assert category_of(importer) == "Default Category"


def test_a_cleared_description_is_cleared(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, a_row(description="Rolls.", brand="Quill", warranty_years="2")))

    importer.files(a_products_file(tmp_path, a_row(description="-", brand="-", warranty_years="-")))

    own = store_products()["R-1"].fields.own
    assert (own["description"], own["brand"], own["warranty_years"]) == ("", "", None)
    drop_store()
    importer.refresh()
    own = store_products()["R-1"].fields.own
    assert (own["description"], own["brand"], own["warranty_years"]) == ("", "", None)


# --- sources, places ----------------------------------------------------------------------------------------


def test_two_sources_may_use_the_same_references(importer: FakeImporter) -> None:
    importer.records(a_product(reference="ball", name="One", variants=(a_variant(sku="A", reference="v"),)))
    importer.records(
        a_product(reference="ball", name="Two", variants=(a_variant(sku="B", reference="v"),)), source="acme"
    )

    assert {(row.external_reference, row.name) for row in importer.fake.shop.products} == {
        ("ball", "One"),
        ("acme:ball", "Two"),
    }
    drop_store()
    importer.refresh()
    assert [store_products(source)["ball"].fields.own["name"] for source in ("main", "acme")] == ["One", "Two"]
    assert (
        importer.plan(
            a_product(reference="ball", name="Two", variants=(a_variant(sku="B", reference="v"),)), source="acme"
        )
        .items[0]
        .action
        is Action.UNCHANGED
    )


def test_a_product_in_two_places_of_a_file_is_one(importer: FakeImporter, tmp_path: Path) -> None:
    path = a_products_file(
        tmp_path,
        {"product": "ball", "sku": "A", "name": "Ball", "price": "5"},
        {"product": "cane", "sku": "C", "name": "Cane", "price": "5"},
        {"product": "ball", "sku": "B", "name": "Ball", "price": "6"},
    )

    run = importer.files(path)

    assert left_over(run) == []
    assert sorted(row.external_reference or "" for row in importer.fake.shop.products) == ["ball", "cane"]
    assert sorted(row.sku or "" for row in importer.fake.shop.variants) == ["A", "B", "C"]
    with importer.watched() as asked:
        importer.files(path)
    assert mutations(asked) == {}


# --- attributes of the shop's own ---------------------------------------------------------------------------

KINDS = {
    "DROPDOWN": "Soft & warm",
    "MULTISELECT": "Blue; Red",
    "SWATCH": "Blue",
    "PLAIN_TEXT": 'A "text" <b>',
    "RICH_TEXT": "Some *rich* text",
    "NUMERIC": "2.5",
    "BOOLEAN": "yes",
    "DATE": "2026-02-03",
    "DATE_TIME": "2026-02-03T04:05:06+00:00",
}


def own_attribute(importer: FakeImporter, kind: str, slug: str = "own") -> None:
    shop = importer.fake.shop
    made = shop.attributes.add(Attribute(name="Own", slug=slug, type="PRODUCT_TYPE", input_type=kind))
    ours = shop.product_types.first(slug="massage-tool")
    assert ours is not None
    ours.product_attributes.append(made.pk)


@pytest.mark.parametrize("kind", KINDS)
def test_an_attribute_of_the_shops_own_takes_what_the_file_says(importer: FakeImporter, kind: str) -> None:
    own_attribute(importer, kind)

    run = importer.records(a_product(attributes={"own": KINDS[kind]}))

    assert left_over(run) == []
    assert store_products()["R-1"].fields.own["attribute: own"] == KINDS[kind]
    with importer.watched() as asked:
        importer.records(a_product(attributes={"own": KINDS[kind]}))
    assert mutations(asked) == {}
    importer.records(a_product(attributes={"own": ""}))
    assert "attribute: own" not in store_products()["R-1"].fields.own


@pytest.mark.parametrize("kind", ["FILE", "REFERENCE", "SINGLE_REFERENCE"])
def test_an_attribute_of_a_kind_that_a_file_cannot_say_is_an_error_at_its_cell(
    importer: FakeImporter, kind: str, tmp_path: Path
) -> None:
    own_attribute(importer, kind)
    path = a_products_file(tmp_path, a_row(), a_row(sku="R-2", name="Two") | {"attribute: own": "x"})

    run = importer.files(path)

    [(reference, outcome, column, _, message)] = left_over(run)
    assert (reference, outcome, column) == ("R-2", "failed", "attribute: own")
    assert "cannot be imported from a file" in message
    assert [row.external_reference for row in importer.fake.shop.products] == ["R-1"]


def test_an_attribute_that_the_shop_does_not_have_is_an_error_at_its_cell(
    importer: FakeImporter, tmp_path: Path
) -> None:
    path = a_products_file(tmp_path, a_row(), a_row(sku="R-2", name="Two") | {"attribute: none": "x"})

    run = importer.files(path)

    assert [found[:3] for found in left_over(run)] == [("R-2", "failed", "attribute: none")]


@pytest.mark.parametrize(("kind", "value"), [("NUMERIC", "many"), ("BOOLEAN", "perhaps"), ("DATE", "soon")])
def test_a_value_that_its_kind_cannot_have_is_an_error_at_its_cell_and_stops_no_other(
    importer: FakeImporter, kind: str, value: str, tmp_path: Path
) -> None:
    own_attribute(importer, kind)
    path = a_products_file(tmp_path, a_row(), a_row(sku="R-2", name="Two") | {"attribute: own": value})

    run = importer.files(path)

    assert [found[:3] for found in left_over(run)] == [("R-2", "failed", "attribute: own")]
    assert [row.external_reference for row in importer.fake.shop.products] == ["R-1"]


# --- guides -------------------------------------------------------------------------------------------------


def test_a_guide_that_was_deleted_in_saleor_is_gone_and_is_made_again(importer: FakeImporter) -> None:
    importer.records(a_product(target_areas=("feet",)), guides=[a_guide(target_areas=("feet",))])
    assert [link.guide for link in shop_product().links] == ["calm-feet"]
    page = importer.fake.shop.pages.first(slug="calm-feet")
    assert page is not None
    edit(importer, documents.PAGE_DELETE, id=page.id)

    importer.refresh()
    assert (shop_product().links, store_guides()) == ((), {})

    importer.records(a_product(target_areas=("feet",)), guides=[a_guide(target_areas=("feet",))])
    assert [link.guide for link in shop_product().links] == ["calm-feet"]


def test_a_guide_that_was_edited_in_the_dashboard_stays_so(importer: FakeImporter) -> None:
    importer.records(guides=[a_guide()])
    page = importer.fake.shop.pages.first(slug="calm-feet")
    assert page is not None
    edit(importer, documents.PAGE_UPDATE, id=page.id, input={"title": "By hand", "content": paragraph("By hand.")})

    plan = importer.plan(guides=[a_guide(title="From the file")])
    importer.records(guides=[a_guide(title="From the file", summary="Another one.")])

    assert [one.field for one in plan.items[0].conflicts] == ["title"]
    own = store_guides()["calm-feet"].fields.own
    assert (own["title"], own["body"], own["summary"]) == ("By hand", "By hand.", "Another one.")


def test_an_import_of_guides_alone_links_products_anew(importer: FakeImporter, tmp_path: Path) -> None:
    importer.records(a_product(target_areas=("feet",)))
    assert shop_product().links == ()
    a_guide_file(tmp_path, "target_areas: [feet]\n")

    run = importer.files(None, tmp_path)

    assert left_over(run) == []
    assert [link.guide for link in shop_product().links] == ["calm-feet"]
    assert "guide" in saleor_now(importer.fake.shop)["products"][0]["assigned"]
    assert importer.product().external_reference == "R-1"


def test_an_unchanged_guide_is_not_written(importer: FakeImporter) -> None:
    importer.records(guides=[a_guide()])

    with importer.watched() as asked:
        importer.records(guides=[a_guide()])

    assert mutations(asked) == {}


def test_a_changed_product_has_its_price_from_the_shop_where_the_file_says_none(importer: FakeImporter) -> None:
    importer.records(a_product())
    feed = ProductRecord.model_validate(
        {"reference": "R-1", "variants": [{"reference": "R-1", "sku": "R-1", "stock": {DEFAULT_WAREHOUSE: 2}}]}
    )

    importer.records(feed)

    fields = store_products()["R-1"].fields.variants["R-1"]
    assert (fields[PRICE], fields[STOCK]) == (a_price().amount.normalize().__format__("f"), 2)


def test_the_store_is_the_same_after_it_was_dropped(importer: FakeImporter) -> None:
    importer.records(
        a_product(target_areas=("feet",), description="For the neck."), guides=[a_guide(target_areas=("feet",))]
    )
    before = store()

    drop_store()
    importer.refresh()

    assert store() == before
