"""What Saleor refuses comes home to the row and column of the file, and stops nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog_import.runs.stored_plans import unwritten
from storefront.saleor.client import transport
from tests.builders import a_products_file, a_row
from tests.catalog_import.running import do_all
from tests.saleor.fake.state import Product as SaleorRow
from tests.saleor.fake.state import Variant
from tests.saleor.importing import FakeImporter, left_over, store_products


def rows(count: int) -> list[dict[str, str]]:
    return [a_row(sku=f"B-{n}", name=f"Ball {n}", stock="5") for n in range(count)]


def take_sku(importer: FakeImporter, sku: str) -> None:
    """Somebody else makes a product with this SKU."""
    shop = importer.fake.shop
    other = shop.products.add(SaleorRow(name="Theirs", slug="theirs", product_type=1))
    shop.variants.add(Variant(product=other.pk, sku=sku, name="Theirs"))


def take_reference(importer: FakeImporter, reference: str) -> None:
    shop = importer.fake.shop
    other = shop.products.add(SaleorRow(name="Theirs", slug="theirs", product_type=1))
    shop.variants.add(Variant(product=other.pk, external_reference=reference, name="Theirs"))


@pytest.mark.parametrize(("take", "column"), [(take_sku, "sku"), (take_reference, "variant_reference")])
def test_what_another_product_took_between_plan_and_writing_is_told_at_its_row(
    importer: FakeImporter, tmp_path: Path, take: Callable[[FakeImporter, str], None], column: str
) -> None:
    run = importer.begin_files(a_products_file(tmp_path, *rows(5)))
    take(importer, "B-2")

    do_all(run)

    [problem] = unwritten(run.pk)
    assert (problem.file, problem.row, problem.column) == ("products.csv", 4, column)
    assert run.status == "partly"
    assert sorted(store_products("main")) == ["B-0", "B-1", "B-3", "B-4"]


def test_a_bad_variant_of_a_new_product_is_told_at_its_own_row(importer: FakeImporter, tmp_path: Path) -> None:
    path = a_products_file(
        tmp_path,
        {"product": "ball", "sku": "A", "name": "Ball", "price": "5"},
        {"product": "ball", "sku": "B", "name": "Ball", "price": "6"},
        {"product": "cane", "sku": "C", "name": "Cane", "price": "6"},
    )
    run = importer.begin_files(path)
    take_sku(importer, "B")

    do_all(run)

    assert [(found.row, found.column, found.value) for found in unwritten(run.pk)] == [(3, "sku", "ball")]


def test_a_bad_variant_that_is_added_is_told_at_its_own_row(importer: FakeImporter, tmp_path: Path) -> None:
    first = {"product": "ball", "sku": "A", "name": "Ball", "price": "5"}
    importer.files(a_products_file(tmp_path, first))
    more = [first | {"sku": sku, "price": "6"} for sku in ("B", "C")]
    run = importer.begin_files(a_products_file(tmp_path, first | {"name": "Big ball"}, *more))
    take_sku(importer, "C")

    do_all(run)

    assert [(found.row, found.column) for found in unwritten(run.pk)] == [(4, "sku")]
    assert "B" in {row.sku for row in importer.fake.shop.variants}


def test_a_slug_that_is_taken_at_the_last_moment_fails_the_request_and_stops_nothing(
    importer: FakeImporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saleor refuses all products of a request for the slug of one."""
    once, taken = transport.Saleor.once, []

    def late(saleor: transport.Saleor, body: bytes, upload: Any) -> transport.Answer:
        if b"productBulkCreate" in body and not taken:
            taken.append(importer.fake.shop.products.add(SaleorRow(name="Theirs", slug="ball-4", product_type=1)))
        return once(saleor, body, upload)

    monkeypatch.setattr(transport.Saleor, "once", late)
    run = importer.files(a_products_file(tmp_path, *rows(9)))

    assert left_over(run) == []
    assert [importer.product(f"B-{n}").slug for n in (3, 4, 5)] == ["ball-3", "ball-4-2", "ball-5"]


def test_a_row_that_fails_a_whole_request_stops_no_other(importer: FakeImporter, tmp_path: Path) -> None:
    """Two of a file's products have one slug: Saleor fails as a whole, and does not say for which."""
    many = rows(9)
    many[2]["slug"] = many[6]["slug"] = "same"

    run = importer.files(a_products_file(tmp_path, *many))

    assert left_over(run) == []
    assert sorted(row.slug for row in importer.fake.shop.products if row.slug.startswith("same")) == ["same", "same-2"]
    assert len(store_products("main")) == 9


def test_a_slug_that_somebody_took_gives_way_to_another(importer: FakeImporter, tmp_path: Path) -> None:
    importer.fake.shop.products.add(SaleorRow(name="Theirs", slug="ball-1", product_type=1))

    run = importer.files(a_products_file(tmp_path, *rows(3)))

    assert left_over(run) == []
    assert [importer.product(f"B-{n}").slug for n in range(3)] == ["ball-0", "ball-1-2", "ball-2"]


def test_products_of_one_name_have_slugs_of_their_own(importer: FakeImporter, tmp_path: Path) -> None:
    run = importer.files(a_products_file(tmp_path, *(a_row(sku=f"B-{n}", name="Ball") for n in range(4))))

    assert left_over(run) == []
    assert sorted(row.slug for row in importer.fake.shop.products) == ["ball", "ball-2", "ball-3", "ball-4"]


def test_a_changed_slug_that_is_taken_is_told_at_its_row(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_products_file(tmp_path, *rows(3)))
    importer.fake.shop.products.add(SaleorRow(name="Theirs", slug="theirs", product_type=1))
    changed = rows(3)
    for number, row in enumerate(changed):
        row["slug"] = "theirs" if number == 1 else f"new-{number}"

    run = importer.files(a_products_file(tmp_path, *changed))

    assert [(found.row, found.column) for found in unwritten(run.pk)] == [(3, "slug")]
    assert [importer.product(f"B-{n}").slug for n in range(3)] == ["new-0", "ball-1", "new-2"]


def test_what_was_not_written_is_tried_again_by_the_same_file(importer: FakeImporter, tmp_path: Path) -> None:
    path = a_products_file(tmp_path, *rows(3))
    run = importer.begin_files(path)
    take_sku(importer, "B-1")
    do_all(run)
    importer.fake.shop.variants.remove(importer.fake.shop.variants.where(name="Theirs"))

    again = importer.files(path)

    assert (again.status, sorted(store_products("main"))) == ("done", ["B-0", "B-1", "B-2"])
