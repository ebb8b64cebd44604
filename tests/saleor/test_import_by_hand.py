"""What staff do in Saleor's dashboard beside the imports: none of it is lost, and none of it stops them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from catalog_import.targets import current_target
from catalog_import.targets.saleor import pictures
from storefront.catalog.models import Channel, Picture, ProductMedia, Warehouse
from storefront.saleor.client.errors import SaleorRefused
from storefront.saleor.client.mutations import do_one
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, Mutation
from storefront.saleor.schema.state import read_state, state_note
from storefront.saleor.write import finalize
from storefront.saleor.write.pictures import Content, upload_picture
from tests.builders import (
    a_guide,
    a_picture_file,
    a_product,
    a_products_file,
    a_row,
    a_variant,
    digest_of,
    shop_product,
)
from tests.catalog_import.running import do_all, undo
from tests.saleor.importing import (
    FakeImporter,
    attribute,
    edit,
    edit_product,
    left_over,
    store_guides,
    store_products,
)

# --- pictures -----------------------------------------------------------------------------------------------

NOT_FETCHED = [{"location": "https://example.org/x.png", "alt": "ours"}]


def add_picture(importer: FakeImporter, folder: Path) -> None:
    path = a_picture_file(folder, "hand.png", color="blue")
    content = Content(digest_of(path), path.name, "image/png", path.read_bytes)
    assert upload_picture(importer.saleor, importer.product().id, content, "by hand", known=set())


def gallery(importer: FakeImporter) -> list[str]:
    return [one.alt for one in importer.fake.shop.media.where(product=importer.product().pk)]


def test_a_picture_that_was_added_stays_while_ours_is_not_fetched(importer: FakeImporter, tmp_path: Path) -> None:
    importer.records(a_product(media=NOT_FETCHED))
    add_picture(importer, tmp_path)

    run = importer.records(a_product(name="Other name", media=NOT_FETCHED))

    assert left_over(run) == []
    assert gallery(importer) == ["by hand"]


def test_a_picture_that_was_added_stays_when_ours_is_uploaded_later(importer: FakeImporter, tmp_path: Path) -> None:
    importer.records(a_product(media=NOT_FETCHED))
    add_picture(importer, tmp_path)
    importer.refresh()
    path = a_picture_file(tmp_path, "late.png", color="green")
    with path.open("rb") as file:
        name = default_storage.save(path.name, file)
    picture = Picture.objects.create(digest=digest_of(path), file=name, format="PNG", width=4, height=3)
    ProductMedia.objects.filter(location="https://example.org/x.png").update(picture=picture, state="stored")

    assert pictures.upload_next()

    assert gallery(importer) == ["by hand", "ours"]


def test_a_picture_that_was_added_stays_when_an_import_uploads_ours_again(
    importer: FakeImporter, tmp_path: Path
) -> None:
    a_picture_file(tmp_path)
    importer.files(a_products_file(tmp_path, a_row(image="Ours | ball.png")))
    add_picture(importer, tmp_path)
    product = importer.product()
    state = read_state(product.private_metadata[documents.STATE_KEY])
    assert state is not None
    forgotten = state.model_copy(update={"pictures": tuple(p.model_copy(update={"id": ""}) for p in state.pictures)})
    edit(importer, documents.PRIVATE_METADATA, id=product.id, input=state_note(forgotten))
    importer.refresh()

    importer.files(a_products_file(tmp_path, a_row(name="Other name")))

    assert sorted(gallery(importer)) == ["Ours", "by hand"]


def test_an_undo_says_of_pictures_that_were_added_that_they_cannot_come_back(
    importer: FakeImporter, tmp_path: Path
) -> None:
    importer.records(a_product())
    add_picture(importer, tmp_path)
    a_picture_file(tmp_path)
    run = importer.files(a_products_file(tmp_path, a_row(image="Ours | ball.png")))
    assert gallery(importer) == ["Ours"]

    _, problems = undo(run)

    assert [problem for problem in problems if "1 pictures that were added in Saleor's dashboard" in problem]


# --- collections, types, channels, warehouses ---------------------------------------------------------------


def test_a_collection_of_the_shops_own_is_left_alone_though_its_slug_is_like_ours(importer: FakeImporter) -> None:
    given = {"name": "Area neck", "slug": "area-neck"}
    made = do_one(importer.saleor, Call(documents.COLLECTION_CREATE, {"input": given}))["collection"]["id"]
    importer.records(a_product(target_areas=("neck",)))
    edit(importer, documents.COLLECTION_ADD, collectionId=made, products=[importer.product().id])

    with importer.watched() as asked:
        importer.records(a_product(target_areas=("calves",)))

    assert not {"collectionAddProducts", "collectionRemoveProducts"} & set(asked)


def test_a_warehouse_whose_slug_was_changed_is_the_same(importer: FakeImporter) -> None:
    importer.records(a_product(variants=(a_variant(stock={"default-warehouse": 3}),)))
    [before] = Warehouse.objects.all()
    [row] = importer.fake.shop.warehouses
    row.slug = "renamed"

    importer.refresh()

    assert Warehouse.objects.get().pk == before.pk
    assert shop_product().fields.variants["R-1"]["stock: renamed"] == 3


def test_a_channel_whose_slug_was_changed_is_the_same(importer: FakeImporter) -> None:
    importer.records(a_product())
    [before] = Channel.objects.all()
    [row] = importer.fake.shop.channels
    row.slug = "renamed"

    importer.refresh()

    assert Channel.objects.get().pk == before.pk
    assert shop_product().fields.variants["R-1"]["price: renamed"] == "19.9"


def test_another_product_type_whose_slug_was_changed_stops_nothing(importer: FakeImporter) -> None:
    importer.records(a_product())
    other = importer.fake.shop.product_types.first(slug="default-type")
    assert other is not None
    other.slug = "renamed"

    run = importer.records(a_product(name="Other name"))

    assert left_over(run) == []


def test_a_product_of_another_type_keeps_what_the_type_has_no_attribute_for(importer: FakeImporter) -> None:
    other = importer.fake.shop.product_types.first(slug="default-type")
    assert other is not None
    made = {"name": "X", "productType": other.id, "variants": [{"sku": "R-1", "attributes": []}]}
    edit(importer, documents.PRODUCT_BULK_CREATE, products=[made], errorPolicy="REJECT_FAILED_ROWS")
    caution = {"kind": "limit", "text": "not for kids"}
    record = a_product(brand="Acme", material="Cork", cautions=[caution])

    run = importer.records(record)

    assert left_over(run) == []
    own = shop_product().fields.own
    assert (own["brand"], own["material"], own["cautions"]) == ("Acme", "Cork", [caution])
    assert [item.action for item in importer.plan(record).items] == ["unchanged"]


def test_a_value_of_the_taxonomy_that_was_deleted_stops_planning(importer: FakeImporter) -> None:
    """Without it, what a file says would be lost, and count as taken away by hand."""
    calves = importer.fake.shop.values.first(external_reference="target-areas:calves")
    assert calves is not None
    importer.fake.shop.values.remove([calves])

    with pytest.raises(SaleorRefused, match="storefront saleor setup"):
        importer.plan(a_product(target_areas=("neck", "calves")))


# --- slugs --------------------------------------------------------------------------------------------------

BALL = a_product()
OTHER = a_product(name="Other", variants=(a_variant(sku="R-2"),))


def slugs_in_store() -> dict[str, str]:
    return {reference: product.fields.own["slug"] for reference, product in store_products().items()}


def hand_the_slug_on(importer: FakeImporter) -> None:
    slug = importer.product("R-1").slug
    edit_product(importer, "R-1", slug="old")
    edit_product(importer, "R-2", slug=slug)


def test_a_products_slug_that_went_to_another_product_is_that_ones(importer: FakeImporter) -> None:
    importer.records(BALL, OTHER)
    hand_the_slug_on(importer)

    importer.refresh()

    assert slugs_in_store() == {"R-1": "old", "R-2": "cork-ball"}


def test_a_products_slug_went_to_another_product_and_only_that_one_is_read(importer: FakeImporter) -> None:
    importer.records(BALL, OTHER)
    hand_the_slug_on(importer)

    importer.records(OTHER.model_copy(update={"name": "Other 2"}))

    assert slugs_in_store()["R-2"] == "cork-ball"
    importer.refresh()
    assert slugs_in_store() == {"R-1": "old", "R-2": "cork-ball"}


def test_a_file_hands_a_slug_from_one_product_to_another(importer: FakeImporter) -> None:
    importer.records(BALL.model_copy(update={"slug": "a"}), OTHER.model_copy(update={"slug": "b"}))

    run = importer.records(a_product(slug="c"), a_product(name="Other", slug="a", variants=(a_variant(sku="R-2"),)))

    assert left_over(run) == []
    assert slugs_in_store() == {"R-1": "c", "R-2": "a"}


def rename_guides(importer: FakeImporter, *steps: tuple[str, str]) -> None:
    for old, new in steps:
        page = importer.fake.shop.pages.first(slug=old)
        assert page is not None
        edit(importer, documents.PAGE_UPDATE, id=page.id, input={"slug": new})


def test_guides_that_exchange_their_slugs(importer: FakeImporter) -> None:
    importer.records(guides=[a_guide(slug="one", title="One"), a_guide(slug="two", title="Two")])

    rename_guides(importer, ("one", "aside"), ("two", "one"))
    importer.refresh()
    assert titles() == {"one": "Two", "aside": "One"}

    rename_guides(importer, ("one", "between"), ("aside", "one"), ("between", "aside"))
    importer.refresh()
    assert titles() == {"one": "One", "aside": "Two"}


def titles() -> dict[str, str]:
    return {slug: guide.fields.own["title"] for slug, guide in store_guides().items()}


# --- variants and options -----------------------------------------------------------------------------------


def rename(importer: FakeImporter, sku: str, new: str) -> None:
    change_variants(importer, documents.VARIANT_BULK_UPDATE, {"id": variant_id(importer, sku), "sku": new})


def add_variant(importer: FakeImporter, sku: str) -> None:
    change_variants(importer, documents.VARIANT_BULK_CREATE, {"sku": sku, "attributes": []})


def delete_variant(importer: FakeImporter, sku: str) -> None:
    edit(importer, documents.VARIANT_BULK_DELETE, ids=[variant_id(importer, sku)])


def change_variants(importer: FakeImporter, mutation: Mutation, given: Mapping[str, object]) -> None:
    edit(importer, mutation, product=importer.product().id, errorPolicy="REJECT_FAILED_ROWS", variants=[given])


def variant_id(importer: FakeImporter, sku: str) -> str:
    found = importer.fake.shop.variants.first(sku=sku)
    assert found is not None
    return found.id


def read_again(importer: FakeImporter) -> None:
    """Read the product whole; changes of variants do not move the moment of its last change in Saleor."""
    with current_target().open_shop() as shop:
        shop.refresh_products([importer.product().id])


def skus_in_store() -> dict[str, str]:
    """By what the variants are known → their SKUs."""
    return {key: fields["sku"] for key, fields in shop_product().fields.variants.items()}


def test_a_renamed_variant_and_a_new_one_with_its_old_sku_are_two(importer: FakeImporter) -> None:
    importer.records(a_product())
    rename(importer, "R-1", "R-1-old")
    add_variant(importer, "R-1")
    new = variant_id(importer, "R-1")

    read_again(importer)
    assert skus_in_store() == {"R-1": "R-1-old", new: "R-1"}
    assert shop_product().nameless == {new}

    run = importer.records(a_product(name="Other name"))
    assert left_over(run) == []
    assert sorted(row.sku or "" for row in importer.fake.shop.variants) == ["R-1", "R-1-old"]
    read_again(importer)
    assert sorted(skus_in_store().values()) == ["R-1", "R-1-old"]


def test_of_a_renamed_variant_and_a_new_one_with_its_old_sku_either_may_be_deleted(importer: FakeImporter) -> None:
    importer.records(a_product())
    rename(importer, "R-1", "R-1-old")
    add_variant(importer, "R-1")
    read_again(importer)

    delete_variant(importer, "R-1-old")
    read_again(importer)

    assert skus_in_store() == {"R-1": "R-1"}
    assert shop_product().nameless == {"R-1"}


def test_variants_made_by_hand_that_hand_on_their_skus(importer: FakeImporter) -> None:
    importer.records(a_product())
    add_variant(importer, "H-1")
    read_again(importer)
    rename(importer, "H-1", "H-2")
    add_variant(importer, "H-1")

    read_again(importer)

    assert sorted(skus_in_store().values()) == ["H-1", "H-2", "R-1"]


def test_imported_variants_that_exchange_their_skus(importer: FakeImporter) -> None:
    importer.records(a_product(variants=(a_variant(), a_variant(sku="R-2"))))
    rename(importer, "R-1", "aside")
    rename(importer, "R-2", "R-1")
    rename(importer, "aside", "R-2")

    read_again(importer)

    assert skus_in_store() == {"R-1": "R-2", "R-2": "R-1"}


def test_a_variant_that_was_deleted_since_the_plan_keeps_its_product_back(importer: FakeImporter) -> None:
    importer.records(a_product(variants=(a_variant(), a_variant(sku="R-2"))))
    run = importer.begin(a_product(variants=(a_variant(), a_variant(sku="R-2", barcode="4006381333931"))))
    delete_variant(importer, "R-2")

    do_all(run)

    [(reference, outcome, _, _, message)] = left_over(run)
    assert (run.status, reference, outcome) == ("partly", "R-1", "outdated")
    assert message.startswith("R-2 changed in the shop")


def test_an_option_whose_value_was_renamed_keeps_its_new_name(importer: FakeImporter) -> None:
    """What files call it still means it."""
    importer.records(a_product(variants=(a_variant(options={"Firmness": "Firm"}),)))
    value = importer.fake.shop.values.first(name="Firm")
    assert value is not None
    edit(importer, documents.VALUE_UPDATE, id=value.id, input={"name": "Extra firm"})
    record = a_product(variants=(a_variant(sku="R-9", options={"Firmness": "Firm"}),))

    run = importer.records(record, OTHER)

    assert left_over(run) == []
    assert shop_product("R-9").fields.variants["R-9"]["option: Firmness"] == "Extra firm"
    assert [item.action for item in importer.plan(record).items] == ["unchanged"]


# --- texts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["{}", '{"blocks": []}', '{"time": 1, "blocks": [{"type": "paragraph", "data": {"text": " "}}]}'],
)
def test_a_description_without_words_is_none(importer: FakeImporter, text: str) -> None:
    importer.records(a_product(description="Rolls."))
    edit_product(importer, description=text)

    importer.refresh()

    assert shop_product().fields.own["description"] == ""


def test_a_picture_in_a_description_is_read_as_a_link(importer: FakeImporter) -> None:
    importer.records(a_product())
    picture = {"type": "image", "data": {"file": {"url": "https://example.org/x.png"}}}
    edit_product(importer, description=json.dumps({"blocks": [picture]}))

    importer.refresh()

    assert shop_product().fields.own["description"] == "[https://example.org/x.png](https://example.org/x.png)"


def test_cautions_of_which_only_the_kinds_are_left_are_read(importer: FakeImporter) -> None:
    importer.records(a_product(cautions=[{"kind": "limit", "text": "x"}]))
    cautions = attribute(importer, "cautions")
    edit_product(importer, attributes=[{"id": cautions.id, "plainText": "contraindication:\n\nlimit"}])

    importer.refresh()

    assert [item.action for item in importer.plan(a_product(name="Other name")).items] == ["update"]


def test_an_edit_between_the_last_look_and_the_note_is_read_by_the_next_sweep(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer.records(a_product())
    run = importer.begin(a_product(seo_title="New"))
    write_notes = finalize.write_notes

    def edited(batch: finalize.Batch) -> None:
        edit_product(importer, name="By hand")
        write_notes(batch)

    monkeypatch.setattr(finalize, "write_notes", edited)
    do_all(run)
    importer.refresh()

    assert shop_product().fields.own["name"] == "By hand"


# --- what cannot be written ---------------------------------------------------------------------------------


def test_a_category_that_saleor_cannot_have_fails_at_its_cell_and_stops_no_other(importer: FakeImporter) -> None:
    run = importer.records(a_product(category="F" * 300), OTHER)

    assert [found[:3] for found in left_over(run)] == [("R-1", "failed", "category")]
    assert list(store_products()) == ["R-2"]


def test_an_option_that_saleor_cannot_have_fails_and_stops_no_other(importer: FakeImporter) -> None:
    run = importer.records(a_product(variants=(a_variant(options={"Firmness": "F" * 300}),)), OTHER)

    assert [found[:2] for found in left_over(run)] == [("R-1", "failed")]
    assert list(store_products()) == ["R-2"]
