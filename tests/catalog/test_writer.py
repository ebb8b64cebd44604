"""The one writer of the store: what is written, what stays, and what can never be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from storefront.catalog.fields import Fields
from storefront.catalog.models import (
    CatalogVersion,
    Category,
    Channel,
    GuideLink,
    ImportBase,
    Page,
    Picture,
    Product,
    ProductMedia,
    ProductTag,
    ProductVariant,
    Stock,
    Term,
    VariantPrice,
    Vocabulary,
)
from storefront.catalog.public_ids import decode_public_id, new_public_id
from storefront.catalog.queries.search import search_query
from storefront.catalog.records import DEFAULT_CHANNEL, LinkRole, MediaRecord, Origin, ProductRecord, Status, Tags
from storefront.catalog.snapshots import load_shop_guides
from storefront.catalog.writer import BaseWrite, GuideWrite, ProductWrite, write_guides, write_products, write_taxonomy
from tests.builders import (
    COMPARE_AT,
    PRICE,
    STOCK,
    TAXONOMY,
    a_guide,
    a_link,
    a_price,
    a_product,
    a_stored_picture,
    a_variant,
    a_write,
    open_shop,
    publish,
    sell,
    shop_product,
    tags,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def write_fields(own: dict[str, Any] | None = None, variants: dict[str, dict[str, Any]] | None = None) -> None:
    """Change these fields of the product R-1 and no others."""
    write_products([a_write(fields=Fields(own=own or {}, variants=variants or {}))])


def found_by(text: str) -> list[str]:
    query = search_query(text)
    assert query is not None
    return list(Product.objects.filter(search=query).values_list("name", flat=True))


# --- create and update --------------------------------------------------------------------------------------


def test_a_product_is_made_with_all_that_its_record_says() -> None:
    record = a_product(
        name="Cork Ball",
        description="Round.",
        brand="Quill",
        material="Cork",
        category="Balls",
        warranty_years="2.5",
        fsa_hsa_eligible=False,
        fsa_hsa_condition="With a letter of medical necessity",
        seo_title="Ball",
        seo_description="A ball.",
        cautions=({"kind": "stop", "text": "Pain"},),
        status=Status.DRAFT,
        attributes={"Surface": "Rough"},
        variants=(
            a_variant(
                sku="B-1",
                name="Firm",
                weight_g=120,
                barcode="2000000000015",
                options={"Size": "Small", "Colour": "Sand"},
                prices={DEFAULT_CHANNEL: a_price("15.50", compare_at="19.90")},
                stock={"default-warehouse": 7},
            ),
        ),
    )

    row = sell(record)

    assert shop_product("B-1").fields == Fields(
        own={
            "name": "Cork Ball",
            "slug": "cork-ball",
            "description": "Round.",
            "brand": "Quill",
            "material": "Cork",
            "category": "Balls",
            "warranty_years": "2.5",
            "fsa_hsa_eligible": False,
            "fsa_hsa_condition": "With a letter of medical necessity",
            "seo_title": "Ball",
            "seo_description": "A ball.",
            "cautions": [{"kind": "stop", "text": "Pain"}],
            "media": [],
            "status": "draft",
            "attribute: Surface": "Rough",
        },
        variants={
            "B-1": {
                "sku": "B-1",
                "name": "Firm",
                "weight_g": 120,
                "barcode": "2000000000015",
                "option: Size": "Small",
                "option: Colour": "Sand",
                PRICE: "15.5",
                COMPARE_AT: "19.9",
                STOCK: 7,
            }
        },
    )
    assert decode_public_id(row.public_id)[0] == "Product"


def test_only_the_fields_that_are_said_are_changed() -> None:
    sell(a_product(brand="Quill", material="Cork", variants=(a_variant(weight_g=5, stock={"default-warehouse": 3}),)))

    write_fields({"brand": "New"}, {"R-1": {STOCK: 9}})

    found = shop_product().fields
    assert (found.own["brand"], found.own["material"], found.own["name"]) == ("New", "Cork", "Cork Ball")
    assert found.variants["R-1"] == {
        "sku": "R-1",
        "name": "",
        "weight_g": 5,
        "barcode": "",
        PRICE: "19.9",
        COMPARE_AT: None,
        STOCK: 9,
    }


def test_a_product_is_found_again_by_its_public_id_and_may_take_another_reference() -> None:
    row = sell()

    write_products([a_write(a_product(reference="new"), public_id=row.public_id)])

    assert Product.objects.values_list("pk", "reference").get() == (row.pk, "new")


def test_writing_the_same_batch_twice_changes_nothing_and_makes_no_twin() -> None:
    publish()
    record = a_product(
        brand="Quill",
        category="Balls",
        attributes={"Surface": "Rough"},
        media=(MediaRecord(location="a.png", alt="A", digest="d"),),
        variants=(a_variant(options={"Size": "S"}, stock={"default-warehouse": 3}),),
    )
    batch = [
        a_write(record, tags=tags("feet"), links=[a_link()], pictures={"a.png": a_stored_picture()}),
        a_write(a_product(variants=(a_variant(sku="R-2"),))),
    ]
    write_products(batch)
    first, ids = [shop_product("R-1"), shop_product("R-2")], all_ids()

    write_products(batch)

    assert [shop_product("R-1"), shop_product("R-2")] == first
    assert all_ids() == ids


def all_ids() -> list[list[Any]]:
    models = (Product, ProductVariant, VariantPrice, Stock, Category)
    return [sorted(model.objects.values_list("pk", flat=True)) for model in models] + [
        sorted(Product.objects.values_list("public_id", "slug"))
    ]


def test_a_batch_is_written_whole_or_not_at_all() -> None:
    sell(a_product(reference="taken", variants=(a_variant(sku="T"),)), source="acme")

    with pytest.raises(IntegrityError), transaction.atomic():
        write_products([a_write(), a_write(a_product(variants=(a_variant(sku="T"),)))])

    assert list(Product.objects.values_list("reference", flat=True)) == ["taken"]


def test_variants_keep_the_order_in_which_they_came() -> None:
    sell(a_product(reference="ball", variants=tuple(a_variant(sku=sku) for sku in ("C", "A", "B"))))
    write_products([a_write(a_product(reference="ball", variants=tuple(a_variant(sku=sku) for sku in ("0", "A"))))])

    assert list(ProductVariant.objects.values_list("sku", flat=True)) == ["C", "A", "B", "0"]


def test_a_variant_that_the_file_no_longer_names_is_left_as_it_is() -> None:
    sell(a_product(reference="ball", variants=(a_variant(sku="A"), a_variant(sku="B"))))

    write_products([a_write(a_product(reference="ball", variants=(a_variant(sku="A", name="Soft"),)))])

    assert list(ProductVariant.objects.values_list("sku", "name")) == [("A", "Soft"), ("B", "")]


def test_a_changed_row_has_a_later_time_of_change() -> None:
    before = sell().updated_at

    write_fields({"brand": "New"})

    assert Product.objects.get().updated_at > before


# --- clearing -----------------------------------------------------------------------------------------------


def test_cleared_fields_are_emptied() -> None:
    sell(
        a_product(
            brand="Quill",
            category="Balls",
            warranty_years="2",
            fsa_hsa_eligible=True,
            cautions=({"kind": "stop", "text": "Pain"},),
            attributes={"Surface": "Rough"},
            variants=(
                a_variant(weight_g=5, barcode="2000000000015", options={"Size": "S"}, stock={"default-warehouse": 3}),
            ),
        )
    )

    write_fields(
        {
            "brand": "",
            "category": "",
            "warranty_years": None,
            "fsa_hsa_eligible": None,
            "cautions": [],
            "attribute: Surface": "",
        },
        {"R-1": {"weight_g": None, "barcode": "", "option: Size": "", STOCK: 0}},
    )

    found = shop_product().fields
    assert {name: found.own[name] for name in ("brand", "category", "warranty_years", "fsa_hsa_eligible")} == {
        "brand": "",
        "category": "",
        "warranty_years": None,
        "fsa_hsa_eligible": None,
    }
    assert found.own["cautions"] == []
    assert "attribute: Surface" not in found.own
    assert found.variants["R-1"] == {
        "sku": "R-1",
        "name": "",
        "weight_g": None,
        "barcode": "",
        PRICE: "19.9",
        COMPARE_AT: None,
        STOCK: 0,
    }


def test_clearing_the_price_before_a_reduction_ends_it() -> None:
    sell(a_product(variants=(a_variant(prices={DEFAULT_CHANNEL: a_price("15", compare_at="19.90")}),)))

    write_fields(variants={"R-1": {COMPARE_AT: None}})

    assert VariantPrice.objects.values_list("amount", "compare_at_amount").get() == (Decimal("15.000"), None)


def test_a_cleared_price_takes_the_variant_out_of_its_channel_alone() -> None:
    Channel.objects.create(public_id=new_public_id("Channel"), slug="eu", name="EU", currency="EUR")
    sell(a_product(variants=(a_variant(prices={"eu": a_price("9"), DEFAULT_CHANNEL: a_price("10")}),)))

    write_fields(variants={"R-1": {"price: eu": None}})

    assert list(VariantPrice.objects.values_list("channel__slug", flat=True)) == [DEFAULT_CHANNEL]


# --- prices, stock, options, attributes ---------------------------------------------------------------------


def test_a_new_price_keeps_the_price_before_the_reduction() -> None:
    sell(a_product(variants=(a_variant(prices={DEFAULT_CHANNEL: a_price("15", compare_at="19.90")}),)))

    write_fields(variants={"R-1": {PRICE: "12"}})

    assert VariantPrice.objects.values_list("amount", "compare_at_amount").get() == (
        Decimal("12.000"),
        Decimal("19.900"),
    )


def test_options_of_one_variant_survive_a_change_of_another_variants_other_option() -> None:
    sell(
        a_product(
            reference="ball",
            variants=(
                a_variant(sku="A", options={"Size": "S", "Colour": "Red"}),
                a_variant(sku="B", options={"Size": "L", "Colour": "Blue"}),
            ),
        )
    )
    changes = {"A": {"option: Size": "XS"}, "B": {"option: Colour": "Navy"}}

    write_products([a_write(a_product(reference="ball"), fields=Fields(variants=changes))])

    found = shop_product("ball").fields.variants
    assert {name: found["A"].get(name) for name in ("option: Size", "option: Colour")} == {
        "option: Size": "XS",
        "option: Colour": "Red",
    }
    assert {name: found["B"].get(name) for name in ("option: Size", "option: Colour")} == {
        "option: Size": "L",
        "option: Colour": "Navy",
    }


def test_attributes_of_one_product_survive_a_change_of_another_products_other_attribute() -> None:
    both = {"Surface": "Rough", "Speeds": "6"}
    sell(a_product(attributes=both))
    sell(a_product(variants=(a_variant(sku="R-2"),), attributes=both))

    write_products(
        [
            a_write(fields=Fields(own={"attribute: Surface": "Smooth"})),
            a_write(a_product(variants=(a_variant(sku="R-2"),)), fields=Fields(own={"attribute: Speeds": "3"})),
        ]
    )

    assert shop_product("R-1").fields.own["attribute: Speeds"] == "6"
    assert shop_product("R-2").fields.own["attribute: Surface"] == "Rough"


def test_an_option_is_the_same_option_however_its_name_is_capitalised() -> None:
    sell(a_product(variants=(a_variant(options={"Size": "S"}),)))

    write_fields(variants={"R-1": {"option: size": "S"}})

    assert ProductVariant.objects.get().options.count() == 1


def test_an_attribute_is_replaced_by_its_new_value() -> None:
    sell(a_product(attributes={"Surface": "Rough"}))

    write_fields({"attribute: Surface": "Smooth"})

    values = Product.objects.get().attribute_values.values_list("value__attribute__slug", "value__name")
    assert list(values) == [("surface", "Smooth")]


# --- pictures -----------------------------------------------------------------------------------------------


def write_pictures(*names: str) -> None:
    media = tuple(
        MediaRecord(location=f"{name}.png", alt=name.title(), digest=a_stored_picture(name).digest) for name in names
    )
    stored = {f"{name}.png": a_stored_picture(name) for name in names}
    write_products([a_write(a_product(media=media), pictures=stored)])


def test_pictures_are_replaced_by_those_of_the_file_in_its_order() -> None:
    write_pictures("a", "b")
    kept = Product.objects.get().media.get(location="b.png").public_id

    write_pictures("c", "b")

    rows = Product.objects.get().media.values_list("location", "position", "alt", "picture__file", "state")
    assert list(rows) == [
        ("c.png", 0, "C", "pictures/c.png", "stored"),
        ("b.png", 1, "B", "pictures/b.png", "stored"),
    ]
    assert Product.objects.get().media.get(location="b.png").public_id == kept


def media_rows() -> list[tuple[str, int, str, str | None, bool]]:
    """(location, position, state, file, whether it is to be fetched) of each picture."""
    rows = Product.objects.get().media.values_list("location", "position", "state", "picture__file", "next_try_at")
    return [(*row[:4], row[4] is not None) for row in rows]


def test_a_picture_at_an_address_is_to_be_fetched() -> None:
    urls = ({"location": "https://example.org/a.png"}, {"location": "gone.png"})

    write_products([a_write(a_product(media=urls))])

    assert media_rows() == [("https://example.org/a.png", 0, "pending", None, True)]


def test_a_picture_that_was_fetched_stays_when_its_place_or_text_changes() -> None:
    write_products([a_write(a_product(media=({"location": "https://example.org/a.png"},)))])
    picture = Picture.objects.create(digest="d", file="d.png", format="PNG", width=4, height=3, todo="")
    ProductMedia.objects.update(picture=picture, state="stored", next_try_at=None)

    media = ({"location": "https://example.org/b.png"}, {"location": "https://example.org/a.png", "alt": "A"})
    write_products([a_write(a_product(media=media))])

    assert media_rows() == [
        ("https://example.org/b.png", 0, "pending", None, True),
        ("https://example.org/a.png", 1, "stored", "d.png", False),
    ]


def test_a_picture_that_was_stored_before_is_found_by_its_hash() -> None:
    write_pictures("a")
    write_fields({"media": []})

    write_fields({"media": [{"location": "other.png", "alt": "", "digest": a_stored_picture("a").digest}]})

    assert media_rows() == [("other.png", 0, "stored", "pictures/a.png", False)]


def test_one_content_is_one_row_whatever_its_names() -> None:
    one, two = a_product(reference="P-1", media=({"location": "a.png", "digest": "x"},)), a_stored_picture("a")
    write_products([a_write(one, pictures={"a.png": two})])
    other = a_product(reference="P-2", variants=(a_variant(sku="R-2"),), media=({"location": "b.png", "digest": "x"},))
    write_products([a_write(other, pictures={"b.png": two})])

    assert list(Picture.objects.values_list("digest", "file", "format", "width", "height", "size_bytes", "todo")) == [
        (two.digest, two.file, "PNG", 4, 3, 80, "webp")
    ]
    assert ProductMedia.objects.filter(picture__digest=two.digest).count() == 2


def test_cleared_pictures_are_gone() -> None:
    write_pictures("a")

    write_fields({"media": []})

    assert Product.objects.get().media.count() == 0


# --- slugs --------------------------------------------------------------------------------------------------


def test_a_slug_comes_from_the_name_and_is_made_unique() -> None:
    write_products([a_write(a_product(name="Cork Ball!", variants=(a_variant(sku=sku),))) for sku in ("A", "B", "C")])
    sell(a_product(name="Cork Ball", variants=(a_variant(sku="D"),)))

    slugs = Product.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["cork-ball", "cork-ball-2", "cork-ball-3", "cork-ball-4"]


def test_a_slug_survives_a_new_name() -> None:
    sell(a_product(name="Cork Ball"))

    write_fields({"name": "Rubber Ball"})

    assert Product.objects.values_list("name", "slug").get() == ("Rubber Ball", "cork-ball")


def test_a_slug_that_the_file_says_is_taken_unless_another_product_has_it() -> None:
    sell(a_product(name="Cork Ball"))
    sell(a_product(slug="cork-ball", variants=(a_variant(sku="R-2"),)))
    sell(a_product(slug="my-ball", variants=(a_variant(sku="R-3"),)))

    assert list(Product.objects.order_by("pk").values_list("slug", flat=True)) == [
        "cork-ball",
        "cork-ball-2",
        "my-ball",
    ]


def test_a_name_without_letters_still_gets_a_slug() -> None:
    assert sell(a_product(name="!!!")).slug == "product"


def test_a_slug_keeps_letters_of_other_scripts() -> None:
    assert sell(a_product(name="Größe XL 球")).slug == "größe-xl-球"


# --- tags and links -----------------------------------------------------------------------------------------


def test_tags_are_replaced_whole_and_keep_their_order_and_evidence() -> None:
    sell(a_product(), "feet", "neck")
    wanted = Tags.model_validate(
        {
            "target_areas": [
                {
                    "slug": "hands",
                    "origin": "inferred",
                    "score": 2.5,
                    "evidence": [{"field": "name", "quote": "Hand", "start": 3}],
                },
                {"slug": "back", "origin": "pinned"},
            ],
            "tool_types": [{"slug": "massage-ball", "origin": "stated"}],
        }
    )

    write_products([a_write(tags=wanted)])

    assert shop_product().tags == wanted


def test_tags_stay_where_none_are_given() -> None:
    sell(a_product(), "feet")

    write_fields({"brand": "New"})

    assert [tag.slug for tag in shop_product().tags.target_areas] == ["feet"]


def test_a_slug_that_the_taxonomy_does_not_have_is_left_out() -> None:
    sell(a_product(), "feet", "tail")

    assert [tag.slug for tag in shop_product().tags.target_areas] == ["feet"]


def test_links_are_replaced_whole() -> None:
    for slug in ("one", "two", "three"):
        publish(a_guide(slug=slug))
    sell(links=[a_link("one"), a_link("two", LinkRole.RELATED)])
    wanted = (a_link("three", reasons=("both are for the feet",), score=0.5), a_link("one", LinkRole.RELATED))

    write_products([a_write(links=wanted)])

    assert shop_product().links == wanted


def test_a_link_to_a_guide_that_is_not_there_is_left_out() -> None:
    publish()

    sell(links=[a_link("gone"), a_link("calm-feet", LinkRole.RELATED)])

    assert [link.guide for link in shop_product().links] == ["calm-feet"]


# --- guides -------------------------------------------------------------------------------------------------


def test_a_guide_is_made_with_all_that_its_record_says() -> None:
    record = a_guide(
        cautions=({"kind": "limit", "text": "Two minutes"},),
        sources=({"title": "A book", "citation": "Doe 2020", "url": "https://example.org", "supports": "All"},),
        reviewed_on=date(2026, 3, 1),
    )

    page = publish(record, "feet")

    (found,) = load_shop_guides("main")
    assert page.page_type.slug == "guide"
    assert found.tagged().record == record.model_copy(update={"status": Status.ACTIVE})
    assert [tag.slug for tag in found.tags.target_areas] == ["feet"]


def test_only_the_fields_of_a_guide_that_are_said_are_changed() -> None:
    first = publish(a_guide(reviewed_on=date(2026, 3, 1)), "feet")

    write_guides(
        [GuideWrite(source="main", slug="calm-feet", fields=Fields(own={"title": "New", "reviewed_on": None}))]
    )

    page = Page.objects.get()
    assert (page.pk, page.title, page.summary, page.reviewed_on) == (first.pk, "New", "Slow rolling.", None)
    assert page.tags.count() == 1
    assert page.updated_at > first.updated_at


def test_writing_the_same_guides_twice_changes_nothing() -> None:
    first = publish(a_guide(), "feet")
    before = load_shop_guides("main")

    publish(a_guide(), "feet")

    assert load_shop_guides("main") == before
    assert Page.objects.values_list("pk", "public_id").get() == (first.pk, first.public_id)


# --- base, version, search index ----------------------------------------------------------------------------


def test_the_base_is_kept_for_each_source() -> None:
    base = Fields(own={"name": "Cork Ball"}, variants={"R-1": {PRICE: "19.9"}})
    said = BaseWrite(fields=base)
    write_products(
        [a_write(base=BaseWrite()), a_write(a_product(variants=(a_variant(sku="R-2"),)), source="acme", base=said)]
    )

    write_products([a_write(base=said)])

    assert shop_product("R-1").base == base
    assert shop_product("R-2", source="acme").base == base
    assert ImportBase.objects.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_a_write_bumps_the_version_once_however_many_products_it_has(count: int) -> None:
    before = CatalogVersion.objects.get().number

    write_products([a_write(a_product(variants=(a_variant(sku=f"V-{n}"),))) for n in range(count)])

    assert CatalogVersion.objects.get().number == before + 1


def test_a_write_of_guides_bumps_the_version_once() -> None:
    before = CatalogVersion.objects.get().number

    publish()

    assert CatalogVersion.objects.get().number == before + 1


def test_a_write_that_is_rolled_back_bumps_nothing() -> None:
    sell(a_product(variants=(a_variant(sku="T"),)), source="acme")
    before = CatalogVersion.objects.get().number

    with pytest.raises(IntegrityError), transaction.atomic():
        write_products([a_write(a_product(variants=(a_variant(sku="T"),)))])

    assert CatalogVersion.objects.get().number == before


def test_a_taxonomy_that_is_there_already_changes_nothing() -> None:
    before = CatalogVersion.objects.get().number

    assert write_taxonomy(TAXONOMY) == 0
    assert CatalogVersion.objects.get().number == before


def test_the_search_index_follows_each_write() -> None:
    sell(a_product(name="Cork Ball", variants=(a_variant(name="Firm"),)), "feet")
    assert found_by("cork") == found_by("feet") == found_by("firm") == found_by("R-1") == ["Cork Ball"]

    write_fields({"name": "Rubber Ball"}, {"R-1": {"name": "Soft"}})

    assert found_by("rubber") == found_by("soft") == ["Rubber Ball"]
    assert found_by("cork") == found_by("firm") == []


# --- what can never be --------------------------------------------------------------------------------------


def test_a_product_has_one_tool_type_at_most() -> None:
    product = sell(tags=tags(tool_type="t-bar"))
    other = Term.objects.get(vocabulary=Vocabulary.TOOL_TYPE, slug="massage-ball")

    with pytest.raises(IntegrityError, match="product_has_one_tool_type"), transaction.atomic():
        ProductTag.objects.create(product=product, term=other, vocabulary=Vocabulary.TOOL_TYPE, origin=Origin.PINNED)


def test_a_product_has_one_primary_guide_at_most() -> None:
    publish()
    product = sell(links=[a_link()])
    other = publish(a_guide(slug="other"))

    with pytest.raises(IntegrityError, match="product_has_one_primary_guide"), transaction.atomic():
        GuideLink.objects.create(product=product, page=other, role=LinkRole.PRIMARY, origin=Origin.PINNED)


def test_there_is_one_row_that_counts_the_versions() -> None:
    with pytest.raises(IntegrityError, match="catalog_version_is_one_row"), transaction.atomic():
        CatalogVersion.objects.create(pk=2)


def test_a_reference_is_unique_in_its_source_and_free_in_another() -> None:
    row = sell()
    sell(a_product(reference="R-1", variants=(a_variant(sku="other"),)), source="acme")
    twin = {"public_id": "x", "slug": "x", "name": "x", "product_type": row.product_type}

    with pytest.raises(IntegrityError, match="product_reference_is_unique_in_its_source"), transaction.atomic():
        Product.objects.create(source="main", reference="R-1", **twin)
    Product.objects.create(source="main", reference="", **twin)
    Product.objects.create(source="main", reference="", **twin | {"public_id": "y", "slug": "y"})


def test_a_price_is_never_negative() -> None:
    sell()

    with pytest.raises(IntegrityError, match="price_is_not_negative"), transaction.atomic():
        VariantPrice.objects.update(amount=-1)


def test_a_write_may_be_stored_as_json() -> None:
    write: ProductWrite = a_write(ProductRecord(reference="R-1", name="Ball"))

    assert ProductWrite.model_validate_json(write.model_dump_json()) == write


def test_a_long_attribute_fits_and_one_that_is_said_twice_is_kept_once() -> None:
    long = "肩" * 1900

    sell(
        a_product(
            attributes={"Care": long, "care ": "Other"}, variants=(a_variant(options={"Size": "S", "size ": "S"}),)
        )
    )

    product = Product.objects.get()
    assert list(product.attribute_values.values_list("value__name", flat=True)) == [long]
    assert ProductVariant.objects.get().options.count() == 1
