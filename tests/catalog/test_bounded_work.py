"""Writing does not cost more statements, memory or reading than it has to."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storefront.catalog.bulk import copy_rows
from storefront.catalog.models import ImportBase, Product
from storefront.catalog.writer import write_products
from tests.builders import a_product, a_variant, a_write, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def products(count: int, name: str = "Ball") -> None:
    write_products([a_write(a_product(name=name, variants=(a_variant(sku=f"{name}-{n}"),))) for n in range(count)])


def test_rows_are_copied_as_they_come_and_never_all_in_memory() -> None:
    now = timezone.now()

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(20_000):
            yield "default", "product", f"R-{number}", "{}" + " " * 2_000, "", now

    tracemalloc.start()
    copy_rows(ImportBase, ("source", "kind", "reference", "fields", "digest", "stamp"), rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert ImportBase.objects.count() == 20_000
    assert peak < 8_000_000


def test_taken_slugs_are_found_by_their_beginning() -> None:
    products(1)
    with CaptureQueriesContext(connection) as found:
        write_products([a_write(a_product(name="Ball", variants=(a_variant(sku="other"),)))])

    asked = [query["sql"] for query in found.captured_queries if '"slug"' in query["sql"]]
    assert not [sql for sql in asked if " ~ " in sql]
    assert sorted(Product.objects.values_list("slug", flat=True)) == ["ball", "ball-2"]


def test_a_slug_like_a_numbered_one_is_no_hindrance() -> None:
    for sku, slug in (("a", "ball"), ("b", "ball-park"), ("c", "ball-2")):
        write_products([a_write(a_product(slug=slug, name=sku, variants=(a_variant(sku=sku),)))])

    write_products([a_write(a_product(name="Ball", variants=(a_variant(sku="d"),)))])

    assert Product.objects.get(variants__sku="d").slug == "ball-3"
