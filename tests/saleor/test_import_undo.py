"""Undoing an import into Saleor, and runs that are to be applied whole or are stopped in between."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_import.actions.write_batch import apply_batch
from catalog_import.models import ImportRun
from catalog_import.runs import lifecycle
from catalog_import.runs.lifecycle import RunInProgress
from catalog_import.targets.saleor import SaleorTarget
from storefront.catalog.models import Product
from storefront.catalog.records import DEFAULT_WAREHOUSE, ProductRecord
from storefront.saleor.client.mutations import do_one
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call
from tests.builders import STOCK, a_guide, a_price, a_product, a_variant, start_run
from tests.catalog_import.running import do_all, outcomes, plan_undo, undo
from tests.saleor.fake.server import TOKEN
from tests.saleor.importing import FakeImporter, left_over, mutations, saleor_now, store, store_products


def stocked(units: int, **changes: Any) -> ProductRecord:
    return a_product(variants=(a_variant(stock={DEFAULT_WAREHOUSE: units}),), **changes)


def stock_now(importer: FakeImporter) -> int:
    [row] = importer.fake.shop.stocks
    return row.quantity


def as_people_see_it(found: dict[str, Any]) -> dict[str, Any]:
    """What Saleor has, but for what Knotwise keeps beside it (the store shows that), and for what is empty."""
    for product in found["products"]:
        del product["metadata"]
        for variant in product["variants"]:
            variant["metadata"] = {key: value for key, value in variant["metadata"].items() if value}
    for page in found["pages"]:
        del page["metadata"]
    return found


def test_an_undone_creation_is_archived_and_the_same_file_brings_it_back(importer: FakeImporter) -> None:
    run = importer.records(a_product())

    undo(run)

    assert Product.objects.get().status == "archived"
    assert [row.is_published for row in importer.fake.shop.listings] == [False]
    importer.records(a_product())
    assert [row.is_published for row in importer.fake.shop.listings] == [True]


def test_an_undone_creation_is_deleted_where_that_is_asked_for(importer: FakeImporter) -> None:
    run = importer.records(a_product(), guides=[a_guide()])

    undo(run, deletes=True)

    assert (len(importer.fake.shop.products), len(importer.fake.shop.pages), Product.objects.count()) == (0, 0, 0)


def test_what_was_ordered_is_archived_and_not_deleted(importer: FakeImporter) -> None:
    run = importer.records(stocked(5))
    importer.fake.place_order("R-1", 2)

    undoing, told = undo(run, deletes=True)

    assert left_over(undoing) == []
    assert list(told) == ["Cork Ball: 2 units were ordered. It is archived, not deleted."]
    assert len(importer.fake.shop.variants) == 1
    assert Product.objects.get().status == "archived"


def test_what_was_ordered_and_sent_is_not_deleted_though_its_stock_is_as_the_import_left_it(
    importer: FakeImporter,
) -> None:
    run = importer.records(stocked(5))
    importer.fake.place_order("R-1", 2)
    importer.fake.send_orders()
    [row] = importer.fake.shop.stocks
    row.quantity = 5

    undo(run, deletes=True)

    assert Product.objects.get().status == "archived"


def test_where_orders_may_not_be_read_nothing_is_deleted(importer: FakeImporter) -> None:
    run = importer.records(a_product())
    app = importer.fake.apps[TOKEN]
    app.permissions -= {"MANAGE_ORDERS"}

    _, told = undo(run, deletes=True)

    assert "MANAGE_ORDERS" in told[0]
    assert Product.objects.get().status == "archived"


def test_what_is_ordered_between_the_plan_of_an_undo_and_its_writing_is_not_deleted(importer: FakeImporter) -> None:
    undoing, _ = plan_undo(importer.records(stocked(5)), deletes=True)
    importer.fake.place_order("R-1")

    lifecycle.begin(undoing)
    do_all(undoing)

    [(reference, outcome, _, _, message)] = left_over(undoing)
    assert (reference, outcome) == ("R-1", "failed")
    assert "1 unit was ordered" in message
    assert len(importer.fake.shop.variants) == 1


def test_a_variant_that_was_ordered_is_not_deleted(importer: FakeImporter) -> None:
    importer.records(a_product(reference="ball", variants=(a_variant(sku="A"),)))
    run = importer.records(
        a_product(
            reference="ball",
            variants=(a_variant(sku="A"), a_variant(sku="B", stock={DEFAULT_WAREHOUSE: 3})),
        )
    )
    importer.fake.place_order("B")

    _, told = undo(run, deletes=True)

    assert {row.sku for row in importer.fake.shop.variants} == {"A", "B"}
    assert ["1 unit was ordered" in message for message in told] == [True]


def test_an_undone_change_leaves_saleor_and_the_store_as_they_were(importer: FakeImporter) -> None:
    first = a_product(
        reference="ball",
        name="Ball",
        brand="Quill",
        description="For the feet.",
        category="Own things",
        variants=(a_variant(sku="A", weight_g=90, options={"Size": "S"}),),
    )
    importer.records(first, guides=[a_guide(target_areas=("feet",))])
    before, stored = as_people_see_it(saleor_now(importer.fake.shop)), store()
    run = importer.records(
        a_product(
            reference="ball",
            name="Ball, big",
            brand="",
            description="For the neck.",
            category="",
            material="Cork",
            status="draft",
            variants=(a_variant(sku="A", weight_g=100, barcode="1", prices={"default-channel": a_price("5")}),),
        ),
        guides=[a_guide(title="Another title", target_areas=("feet",))],
    )
    assert store() != stored

    undoing, told = undo(run)

    assert (left_over(undoing), told) == ([], [])
    assert store() == stored
    after = as_people_see_it(saleor_now(importer.fake.shop))
    for kept in ("pages", "products"):
        assert after[kept] == before[kept]


def test_an_undo_moves_stock_by_the_difference_so_that_what_was_sold_stays_sold(importer: FakeImporter) -> None:
    importer.records(stocked(10))
    run = importer.records(stocked(25))
    [row] = importer.fake.shop.stocks
    row.quantity -= 4

    undo(run)

    assert stock_now(importer) == 6
    assert store_products()["R-1"].fields.variants["R-1"][STOCK] == 6


def test_stock_that_is_sold_between_the_plan_of_an_undo_and_its_writing_stays_sold(importer: FakeImporter) -> None:
    importer.records(stocked(10))
    undoing, _ = plan_undo(importer.records(stocked(25)))
    [row] = importer.fake.shop.stocks
    row.quantity -= 4

    lifecycle.begin(undoing)
    do_all(undoing)

    assert stock_now(importer) == 6


def test_an_undone_undo_is_as_the_import_had_left_it(importer: FakeImporter) -> None:
    importer.records(stocked(10, name="Ball"))
    run = importer.records(stocked(25, name="Big ball"))
    after = store()

    undoing, _ = undo(run)
    undo(undoing)

    assert store() == after


def test_an_undone_adoption_gives_the_product_back(importer: FakeImporter) -> None:
    importer.records(a_product(reference="ball", variants=(a_variant(sku="A"),)))
    shop = importer.fake.shop
    [product], [variant] = shop.products, shop.variants
    product.external_reference = variant.external_reference = None
    product.private_metadata.clear()
    run = importer.records(a_product(reference="ball", name="Adopted", variants=(a_variant(sku="A"),)))
    [product] = shop.products
    assert product.external_reference == "ball"

    undo(run)

    [product], [variant] = shop.products, shop.variants
    assert (product.external_reference, variant.external_reference, product.name) == (None, None, "Cork Ball")
    assert [key for key in product.private_metadata if key.startswith("knotwise")] == []


def test_what_changed_since_the_plan_is_kept_back_and_the_rest_is_written(importer: FakeImporter) -> None:
    balls = [a_product(name=f"Ball {n}", variants=(a_variant(sku=f"B-{n}"),)) for n in range(3)]
    importer.records(*balls)
    run = importer.begin(*(ball.model_copy(update={"name": f"{ball.name} new"}) for ball in balls))
    update = {"id": importer.product("B-1").id, "input": {"name": "By hand"}}
    do_one(importer.saleor, Call(documents.PRODUCT_UPDATE, update))

    do_all(run)

    assert outcomes(run) == {"B-0": "applied", "B-1": "outdated", "B-2": "applied"}
    assert [importer.product(f"B-{n}").name for n in range(3)] == ["Ball 0 new", "By hand", "Ball 2 new"]


def test_all_or_nothing_writes_nothing_where_anything_changed_since(importer: FakeImporter) -> None:
    balls = [a_product(name=f"Ball {n}", variants=(a_variant(sku=f"B-{n}"),)) for n in range(3)]
    importer.records(*balls)
    plan = importer.plan(*(ball.model_copy(update={"name": f"{ball.name} new"}) for ball in balls))
    run = start_run(plan, is_all_or_nothing=True)
    update = {"id": importer.product("B-1").id, "input": {"name": "By hand"}}
    do_one(importer.saleor, Call(documents.PRODUCT_UPDATE, update))

    with importer.watched() as asked:
        do_all(run)

    assert run.status == ImportRun.Status.REFUSED
    assert [found[:2] for found in left_over(run)] == [("B-1", "outdated")]
    assert mutations(asked) == {}


def test_a_cancelled_run_ends_what_it_began_and_can_be_gone_on_with(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SaleorTarget, "batch_size", 2)
    run = importer.begin(*(a_product(variants=(a_variant(sku=f"B-{n}"),)) for n in range(4)))

    apply_batch(run.pk, 0, lambda *_: None)
    lifecycle.cancel(run.pk)
    do_all(run)
    lifecycle.resume_unfinished(lambda *_: None)

    run.refresh_from_db()
    assert run.status == ImportRun.Status.CANCELLED
    assert sorted(row.is_published for row in importer.fake.shop.listings) == [True, True]
    lifecycle.begin(run)
    do_all(run)
    assert run.status == ImportRun.Status.DONE
    assert sorted(row.is_published for row in importer.fake.shop.listings) == [True] * 4


def test_one_run_writes_at_a_time(importer: FakeImporter) -> None:
    importer.begin(a_product())

    with pytest.raises(RunInProgress):
        importer.begin(a_product(reference="other", variants=(a_variant(sku="O"),)))
