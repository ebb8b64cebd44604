"""Whole imports against the database: files in, files out, feeds, pruning, tagging anew."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_import.actions.make_plan import new_run, open_import
from catalog_import.actions.write_batch import apply_batch
from catalog_import.exports.files import write_guides, write_products
from catalog_import.exports.files import write_pictures as export_pictures
from catalog_import.exports.formats import SUFFIXES, Format
from catalog_import.models import ImportRun
from catalog_import.planning.importing import Options, PruneRefused, UnknownChannel
from catalog_import.planning.plan import Action, PlanItem
from catalog_import.runs import lifecycle
from catalog_import.runs.pictures import store_pictures
from catalog_import.sources.formats.encoding import garbled
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.values.damage import damage_of_code, error_in, stands_for_nothing
from storefront.catalog.models import (
    Category,
    Channel,
    ImportBase,
    Picture,
    Product,
    ProductMedia,
    ProductTag,
    ProductVariant,
    Stock,
    VariantPrice,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import MediaRecord, Origin, ProductRecord
from storefront.catalog.richtext import normalise
from storefront.catalog.snapshots import each_shop_product, load_shop_guides, stored_pictures
from storefront.catalog.writer import keep_pictures, write_taxonomy
from tests.builders import (
    TAXONOMY,
    a_guide,
    a_guide_file,
    a_picture_file,
    a_price,
    a_product,
    a_products_file,
    a_row,
    a_variant,
    plan_in_shop,
    sell,
    start_run,
    store_plan,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def ignore(run_id: int, number: int) -> None:
    """Nobody is nudged: the tests do the batches themselves."""


def do_batches(run: ImportRun) -> None:
    while numbers := list(lifecycle.ready_batches(run.pk).values_list("number", flat=True)):
        for number in numbers:
            apply_batch(run.pk, number, ignore)


def apply_records(*products: ProductRecord, **options: Any) -> None:
    do_batches(start_run(plan_in_shop(*products, **options)))


def planned(products: Path | None, guides: Path | None = None, **options: Any) -> list[PlanItem]:
    with open_import(products, guides, Options(**options)) as importing:
        return list(importing.items())


def apply_files(products: Path | None, guides: Path | None = None, **options: Any) -> list[PlanItem]:
    with open_import(products, guides, Options(**options)) as importing:
        items = list(importing.items())
        run = new_run(importing.options.source, files=importing.reading.files)
        store_plan(run, items)
        media = [record for item in items for record in media_of(item)]
        keep_pictures(store_pictures(media, importing.reading.folder, STORAGE))
        lifecycle.begin(run)
    do_batches(run)
    return items


STORAGE = InMemoryStorage()


def media_of(item: PlanItem) -> list[MediaRecord]:
    change = item.changes.get("media")
    return [MediaRecord.model_validate(media) for media in (change.after or () if change else ())]


def writing(items: Sequence[PlanItem]) -> list[tuple[Action, str]]:
    return [(item.action, item.name) for item in items if item.writes]


# --- files out and in again ---------------------------------------------------------------------------------


def is_sound(text: str) -> bool:
    """Whether a cell is read as what it says: nothing that programs write for nothing, or make of other texts."""
    damage = garbled(text) or error_in(text) or damage_of_code(text)
    return text not in ("", "-") and not damage and not stands_for_nothing(text)


# What a file can say: texts without control characters and without spaces at their ends.
letters = st.one_of(st.characters(exclude_categories=("C", "Z")), st.just(" "))
texts = st.text(letters, min_size=1, max_size=30).map(str.strip).filter(is_sound)
# A file that was read holds texts in their one form.
descriptions = texts.map(normalise).filter(bool)
cautions = st.lists(
    st.builds(lambda kind, text: {"kind": kind, "text": text}, st.sampled_from(("limit", "stop", "not-for")), texts),
    max_size=3,
    unique_by=lambda caution: (caution["kind"], caution["text"]),
)
prices = st.decimals(Decimal("0.01"), Decimal("9999"), places=2)


@st.composite
def some_products(draw: st.DrawFn) -> list[ProductRecord]:
    """Products as a file may say them, with everything that a native file holds."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        variants = tuple(
            a_variant(
                sku=f"S-{number}-{index}",
                name=draw(st.one_of(st.just(""), texts)),
                options=draw(st.dictionaries(st.sampled_from(("Size", "Colour")), texts, max_size=2)),
                prices={"default-channel": a_price(str(draw(prices)))},
                stock={"default-warehouse": draw(st.integers(0, 1000))},
                weight_g=draw(st.one_of(st.none(), st.integers(1, 9000))),
            )
            for index in range(draw(st.integers(1, 3)))
        )
        stated = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "target_areas": st.just(("neck", "feet")),
                    "tool_type": st.just("massage-ball"),
                    "techniques": st.just(("rolling",)),
                    "contraindications": st.just(("never:pacemaker", "keep-off:neck")),
                    "fsa_hsa_condition": texts,
                    "brand": texts,
                    "description": descriptions,
                    "material": texts,
                    "cautions": cautions,
                    "fsa_hsa_eligible": st.booleans(),
                    "warranty_years": st.decimals(Decimal(1), Decimal(20), places=1),
                    "status": st.sampled_from(("active", "draft")),
                },
            )
        )
        made.append(
            ProductRecord.model_validate(
                {"reference": f"P-{number}", "name": draw(texts), "variants": variants} | stated
            )
        )
    return made


@pytest.mark.parametrize("kind", [Format.NATIVE_CSV, Format.NATIVE_JSONL, Format.XLSX])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(products=some_products())
def test_what_is_exported_reads_back_as_nothing_to_do(kind: Format, products: list[ProductRecord]) -> None:
    Product.objects.all().delete()
    ImportRun.objects.all().delete()
    apply_records(*products, guides=[a_guide(target_areas=("feet",))])

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"products{SUFFIXES[kind]}"
        write_products(path, kind, each_shop_product)
        write_guides(Path(folder) / "guides", load_shop_guides("main"))
        items = planned(path, Path(folder) / "guides")

    assert [item.action for item in items] == [Action.UNCHANGED] * (len(products) + 1)
    assert [item.conflicts for item in items] == [()] * (len(products) + 1)


def test_pictures_go_out_and_come_back(tmp_path: Path) -> None:
    a_picture_file(tmp_path / "images")
    apply_files(a_products_file(tmp_path, a_row(image="A ball | images/ball.png", target_areas="feet")))
    out = tmp_path / "out"
    out.mkdir()

    write_products(out / "products.csv", Format.NATIVE_CSV, each_shop_product)
    count = export_pictures(out, each_shop_product(), stored_pictures(), STORAGE)

    assert count == 1
    assert (out / "images" / "ball.png").read_bytes() == (tmp_path / "images" / "ball.png").read_bytes()
    assert [item.action for item in planned(out / "products.csv")] == [Action.UNCHANGED]


def test_pictures_at_addresses_are_unchanged_when_they_are_imported_again(tmp_path: Path) -> None:
    path = a_products_file(tmp_path, a_row(image="A ball | https://example.org/a.png; https://example.org/b.png"))
    apply_files(path)
    assert [item.action for item in planned(path)] == [Action.UNCHANGED]

    picture = Picture.objects.create(digest="d", file="d.png", format="PNG", width=4, height=3, todo="")
    ProductMedia.objects.filter(position=0).update(picture=picture, state="stored")
    ProductMedia.objects.filter(position=1).update(state="failed")

    assert [item.action for item in planned(path)] == [Action.UNCHANGED]


def test_a_picture_that_is_fetched_between_plan_and_writing_does_not_make_the_plan_outdated(tmp_path: Path) -> None:
    apply_files(a_products_file(tmp_path, a_row(image="https://example.org/a.png")))
    with open_import(
        a_products_file(tmp_path, a_row(image="New | https://example.org/a.png")), None, Options()
    ) as plan:
        run = new_run("main", files=[])
        store_plan(run, plan.items())
    picture = Picture.objects.create(digest="d", file="d.png", format="PNG", width=4, height=3, todo="")
    ProductMedia.objects.update(picture=picture, state="stored", next_try_at=None)

    lifecycle.begin(run)
    do_batches(run)

    assert lifecycle.progress_of(run.pk).applied == 1
    assert list(ProductMedia.objects.values_list("alt", "state")) == [("New", "stored")]


# --- feeds --------------------------------------------------------------------------------------------------


def test_a_feed_of_skus_and_stock_finds_its_products_without_their_handles(tmp_path: Path) -> None:
    apply_records(
        a_product(reference="ball", variants=(a_variant(sku="B-1", reference="V-1"), a_variant(sku="B-2"))),
        a_product(reference="cane", name="Cane", variants=(a_variant(sku="C-1"),)),
    )
    feed = a_products_file(
        tmp_path, {"sku": "B-1", "stock": "3"}, {"sku": "C-1", "stock": "4"}, {"sku": "B-2", "stock": "5"}
    )

    items = apply_files(feed)

    assert writing(items) == [(Action.UPDATE, "Cork Ball"), (Action.UPDATE, "Cane")]
    assert dict(Stock.objects.values_list("variant__sku", "quantity")) == {"B-1": 3, "B-2": 5, "C-1": 4}
    assert dict(ProductVariant.objects.values_list("sku", "reference")) == {"B-1": "V-1", "B-2": "B-2", "C-1": "C-1"}
    assert writing(planned(feed)) == []


# --- pruning ------------------------------------------------------------------------------------------------


def ten_products() -> list[ProductRecord]:
    return [a_product(name=f"Ball {n}", variants=(a_variant(sku=f"B-{n}"),)) for n in range(10)]


def test_pruning_archives_what_the_source_no_longer_lists_and_nothing_of_others(tmp_path: Path) -> None:
    apply_records(*ten_products())
    apply_records(a_product(name="Theirs", variants=(a_variant(sku="X"),)), source="acme")
    nine = a_products_file(tmp_path, *(a_row(sku=f"B-{n}", name=f"Ball {n}", target_areas="feet") for n in range(9)))

    apply_files(nine, prune_percent=10.0)

    assert set(Product.objects.filter(status="archived").values_list("name", flat=True)) == {"Ball 9"}
    assert [item for item in planned(nine, prune_percent=10.0) if item.action is Action.ARCHIVE] == []


def test_pruning_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    apply_records(*ten_products())
    eight = a_products_file(tmp_path, *(a_row(sku=f"B-{n}", name=f"Ball {n}", target_areas="feet") for n in range(8)))

    with pytest.raises(PruneRefused, match="2 products"):
        planned(eight, prune_percent=10.0)


def test_nothing_is_pruned_on_the_word_of_a_file_with_errors(tmp_path: Path) -> None:
    apply_records(*ten_products())
    rows = [a_row(sku=f"B-{n}", name=f"Ball {n}", target_areas="feet") for n in range(9)]
    damaged = a_products_file(tmp_path, *rows, a_row(sku="B-9", price="12.5O"))

    with pytest.raises(PruneRefused, match="errors"):
        planned(damaged, prune_percent=100.0)


def test_what_was_pruned_comes_back_when_the_source_lists_it_again(tmp_path: Path) -> None:
    rows = [a_row(sku=f"B-{n}", name=f"Ball {n}", target_areas="feet") for n in range(10)]
    apply_files(a_products_file(tmp_path, *rows, name="ten.csv"))
    apply_files(a_products_file(tmp_path, *rows[:9], name="nine.csv"), prune_percent=10.0)
    assert Product.objects.get(name="Ball 9").status == "archived"

    apply_files(tmp_path / "ten.csv", prune_percent=10.0)

    assert Product.objects.get(name="Ball 9").status == "active"
    assert writing(planned(tmp_path / "ten.csv", prune_percent=10.0)) == []


def test_pruning_needs_products_to_go_by(tmp_path: Path) -> None:
    apply_records(*ten_products())
    (tmp_path / "empty.csv").write_text("sku,name,price\n")

    with pytest.raises(PruneRefused, match="at least one product"):
        planned(tmp_path / "empty.csv", prune_percent=100.0)


# --- sources ------------------------------------------------------------------------------------------------


def test_a_guide_that_another_source_brings_too_keeps_what_was_stated(tmp_path: Path) -> None:
    guides = tmp_path / "guides"
    guides.mkdir()
    a_guide_file(guides, "target_areas: [feet, calves]\n")
    apply_files(None, guides)
    a_guide_file(guides)

    assert writing(planned(None, guides, source="acme")) == [(Action.UNCHANGED, "Calm feet")]


def test_categories_whose_names_make_one_slug_stay_two(tmp_path: Path) -> None:
    apply_files(
        a_products_file(
            tmp_path,
            a_row(sku="A", category="Balls & Rollers", target_areas="feet"),
            a_row(sku="B", category="Balls Rollers", target_areas="feet"),
        )
    )

    assert list(Category.objects.order_by("id").values_list("name", "slug")) == [
        ("Balls & Rollers", "balls-rollers"),
        ("Balls Rollers", "balls-rollers-2"),
    ]


# --- tagging anew -------------------------------------------------------------------------------------------


def test_guides_alone_link_the_shops_products_anew(tmp_path: Path) -> None:
    apply_records(a_product(description="For the feet."))
    assert each_link() == []
    guides = tmp_path / "guides"
    guides.mkdir()
    a_guide_file(guides, "target_areas: [feet]\n")

    items = apply_files(None, guides)

    assert [(item.kind, item.action) for item in items] == [("guide", Action.CREATE), ("product", Action.UPDATE)]
    assert each_link() == ["calm-feet"]
    product = Product.objects.get()
    assert (product.source, product.reference) == ("main", "R-1")


def each_link() -> list[str]:
    return [link.guide for product in each_shop_product() for link in product.links]


def test_tagging_anew_keeps_sources_references_and_pins() -> None:
    apply_records(a_product(description="For the feet."), source="acme")
    ProductTag.objects.filter(vocabulary="area").update(origin=Origin.PINNED)
    Product.objects.update(description="For the neck.")

    with open_import(None, None, Options()) as importing:
        items = list(importing.retagged())

    assert items == []
    ProductTag.objects.filter(vocabulary="area").update(origin=Origin.INFERRED)
    with open_import(None, None, Options()) as importing:
        run = new_run("main", files=[])
        store_plan(run, importing.retagged())
        lifecycle.begin(run)
    do_batches(run)
    product = Product.objects.get()
    assert (product.source, product.reference) == ("acme", "R-1")
    assert list(product.tags.filter(vocabulary="area").values_list("term__slug", flat=True)) == ["neck"]


# --- channels -----------------------------------------------------------------------------------------------


def test_a_plain_price_may_be_for_another_channel_in_its_currency(tmp_path: Path) -> None:
    Channel.objects.create(public_id=new_public_id("Channel"), slug="eu", name="EU", currency="EUR")
    file = a_products_file(tmp_path, a_row(price="17.50", currency="EUR", target_areas="feet"))

    apply_files(file, channel="eu")

    assert list(VariantPrice.objects.values_list("channel__slug", "amount")) == [("eu", Decimal("17.500"))]


def test_a_channel_that_the_shop_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownChannel, match='no channel "mars"'):
        planned(a_products_file(tmp_path, a_row()), channel="mars")


# --- the shortcut to "unchanged" ----------------------------------------------------------------------------


def reads_variants(file: Path, guides: Path | None = None) -> tuple[bool, list[str]]:
    """Whether planning a file looked at the shop's variants, and the actions that it plans."""
    with CaptureQueriesContext(connection) as queries:
        items = planned(file, guides)
    return any("catalog_productvariant" in query["sql"] for query in queries), [item.action.value for item in items]


def test_a_file_that_says_the_same_again_is_not_compared_field_by_field(tmp_path: Path) -> None:
    file = a_products_file(tmp_path, a_row(target_areas="feet"), a_row(sku="R-2", name="Cane", target_areas="neck"))
    apply_files(file)

    assert reads_variants(file) == (False, ["unchanged", "unchanged"])


def test_only_the_products_that_say_something_new_are_compared(tmp_path: Path) -> None:
    apply_files(a_products_file(tmp_path, a_row(), a_row(sku="R-2", name="Cane")))
    file = a_products_file(tmp_path, a_row(), a_row(sku="R-2", name="Cane", price="25"))

    assert reads_variants(file) == (True, ["unchanged", "update"])


def test_a_product_that_was_edited_in_the_shop_is_compared_and_its_tags_follow_the_new_text(tmp_path: Path) -> None:
    file = a_products_file(tmp_path, a_row(description="For the feet."))
    apply_files(file)
    Product.objects.update(description="For the neck.", updated_at=timezone.now())

    (item,) = planned(file)

    assert item.changes["target_areas"].after == ["neck (inferred)"]


def test_a_new_guide_is_linked_though_the_products_say_the_same(tmp_path: Path) -> None:
    file = a_products_file(tmp_path, a_row(target_areas="feet"))
    apply_files(file)
    (tmp_path / "guides").mkdir()
    a_guide_file(tmp_path / "guides", body="Roll the foot slowly.", slug="calm-feet")

    items = planned(file, tmp_path / "guides")

    assert [item.action.value for item in items] == ["create", "update"]
    assert items[1].changes["guides"].after == ["calm-feet (primary, inferred)"]


def test_a_feed_of_several_rows_of_one_product_is_compared_row_by_row(tmp_path: Path) -> None:
    stock = {"default-warehouse": 1}
    apply_records(a_product(variants=(a_variant(stock=stock), a_variant(sku="R-2", stock=stock))))
    apply_files(a_products_file(tmp_path, {"sku": "R-1", "stock": "5"}, {"sku": "R-2", "stock": "5"}))

    apply_files(a_products_file(tmp_path, {"sku": "R-1", "stock": "5"}, {"sku": "R-2", "stock": "9"}))

    assert dict(Stock.objects.values_list("variant__sku", "quantity")) == {"R-1": 5, "R-2": 9}


def test_a_product_without_a_reference_is_adopted_once_by_a_feed_of_its_skus(tmp_path: Path) -> None:
    sell(a_product(variants=(a_variant(sku="A"), a_variant(sku="B"))))
    Product.objects.update(source="", reference="")
    ProductVariant.objects.update(reference="")

    items = apply_files(a_products_file(tmp_path, {"sku": "A", "price": "10"}, {"sku": "B", "price": "11"}))

    assert [(item.action, item.reference) for item in items] == [(Action.ADOPT, "A")]
    assert list(ImportBase.objects.values_list("reference", flat=True)) == ["A"]


def test_a_product_that_lost_a_tag_with_its_area_is_compared(tmp_path: Path) -> None:
    file = a_products_file(tmp_path, a_row(target_areas="feet"))
    apply_files(file)
    areas = {slug: area for slug, area in TAXONOMY.areas.items() if slug != "feet"}
    write_taxonomy(TAXONOMY.model_copy(update={"areas": areas}))
    write_taxonomy(TAXONOMY)

    apply_files(file)

    assert list(ProductTag.objects.filter(vocabulary="area").values_list("term__slug", flat=True)) == ["feet"]


def test_a_conflict_is_told_again_by_the_same_file(tmp_path: Path) -> None:
    apply_files(a_products_file(tmp_path, a_row(brand="Quill")))
    Product.objects.update(brand="Edited by hand")
    file = a_products_file(tmp_path, a_row(brand="Finch"))
    apply_files(file)

    (item,) = planned(file)

    assert [(conflict.field, conflict.shop) for conflict in item.conflicts] == [("brand", "Edited by hand")]


def test_a_refused_variant_is_told_again_by_the_same_file(tmp_path: Path) -> None:
    apply_records(a_product(reference="theirs", variants=(a_variant(sku="R-2"),)), source="acme")
    rows = a_row(product="ball"), a_row(product="ball", sku="R-2")
    apply_files(a_products_file(tmp_path, *rows))

    with open_import(a_products_file(tmp_path, *rows), None, Options()) as importing:
        list(importing.items())

    assert ProblemCode.SKU_TAKEN in [problem.code for problem in importing.problems]


def test_a_product_without_an_area_is_told_again_by_the_same_file(tmp_path: Path) -> None:
    file = a_products_file(tmp_path, a_row(name="Thing"))
    apply_files(file)

    with open_import(file, None, Options()) as importing:
        (item,) = importing.items()

    assert item.action is Action.UNCHANGED
    assert ProblemCode.NO_AREA in [problem.code for problem in importing.problems]


def test_another_channel_is_another_import_though_the_file_is_the_same(tmp_path: Path) -> None:
    Channel.objects.create(public_id=new_public_id("Channel"), slug="us", name="US", currency="USD")
    file = a_products_file(tmp_path, a_row())
    apply_files(file)

    (item,) = planned(file, channel="us")

    assert [name for name in item.variant_changes["R-1"] if name.startswith("price")] == ["price: us"]
