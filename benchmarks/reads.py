"""How fast lists, facets, search and suggestions are: `python benchmarks/reads.py [products …]` (1,000 and 20,000).

For each size a fresh embedded shop gets generated variants and guides through the importer. Larger sizes may be made of
a smaller file by `--copies N`: each imported product is copied N times by SQL, and the read model is derived of them by
`storefront manage reindex`. Everything is measured as multiples of one unit, taken in between each time:
`SELECT … LIMIT 24` of products by primary key through the same connection, database and Python together. With
DATABASE_URL and REDIS_URL set, the shop that is there is measured as it is.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from benchmarks.apply import importer, shop  # noqa: E402 - run as a script
from benchmarks.generate import FORMS, PEOPLE, PLACES  # noqa: E402
from benchmarks.search_quality import questions  # noqa: E402

SIZES = (1_000, 20_000)
GUIDES = 1_000
ROUNDS = 30
PAGE = 24
FAR = 99
BEGINNINGS = ("ne", "mas", "massage b", "cork", "foam r", "hartsley pr", "low", "sci", "loosen the n", "gua")

# Copies of all products with what lists and search ask of them.
COPY = """
INSERT INTO catalog_product (id, public_id, source, reference, slug, name, description, brand, material, warranty_years,
    fsa_hsa_eligible, seo_title, seo_description, product_type_id, category_id, category_is_default, cautions, status,
    search, created_at, updated_at, read_at, remote_updated_at, remote_print)
SELECT id + %(by)s, public_id || '-%(by)s', source, reference || '-%(by)s', slug || '-%(by)s', name || ' ' || %(by)s,
    description, brand, material, warranty_years, fsa_hsa_eligible, seo_title, seo_description, product_type_id,
    category_id, category_is_default, cautions, status, search, created_at, updated_at, read_at, '', ''
FROM catalog_product WHERE id <= %(last)s;
INSERT INTO catalog_productvariant (id, public_id, product_id, reference, sku, name, position, weight_g, barcode)
SELECT id + %(by)s, public_id || '-%(by)s', product_id + %(by)s, reference || '-%(by)s', sku || '-%(by)s', name,
    position, weight_g, barcode FROM catalog_productvariant WHERE product_id <= %(last)s;
INSERT INTO catalog_variantprice (variant_id, channel_id, amount, compare_at_amount)
SELECT price.variant_id + %(by)s, channel_id, amount, compare_at_amount FROM catalog_variantprice price
JOIN catalog_productvariant variant ON variant.id = price.variant_id AND product_id <= %(last)s;
INSERT INTO catalog_stock (variant_id, warehouse_id, quantity)
SELECT stock.variant_id + %(by)s, warehouse_id, quantity FROM catalog_stock stock
JOIN catalog_productvariant variant ON variant.id = stock.variant_id AND product_id <= %(last)s;
INSERT INTO catalog_variantoption (variant_id, value_id, position)
SELECT option.variant_id + %(by)s, value_id, option.position FROM catalog_variantoption option
JOIN catalog_productvariant variant ON variant.id = option.variant_id AND product_id <= %(last)s;
INSERT INTO catalog_producttag (term_id, vocabulary, position, origin, score, evidence, product_id)
SELECT term_id, vocabulary, position, origin, score, evidence, product_id + %(by)s FROM catalog_producttag
WHERE product_id <= %(last)s;
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, help="variants in the file")
    parser.add_argument("--copies", type=int, default=0, help="copies made of each imported product")
    given = parser.parse_args()
    if "DATABASE_URL" in os.environ:
        report(given.copies)
        return
    for size in given.sizes or SIZES:
        with tempfile.TemporaryDirectory() as folder, shop(Path(folder) / "home") as environment:
            load(Path(folder), size, environment)
            command = [sys.executable, __file__, "--copies", str(given.copies)]
            secret = {"SECRET_KEY": "only for this measurement, never for a shop " * 2}
            subprocess.run(command, cwd=PROJECT, env=environment | secret, check=True)


def load(folder: Path, size: int, environment: dict[str, str]) -> None:
    file, guides = folder / "products.csv", folder / "guides"
    with file.open("w") as stream:
        subprocess.run([sys.executable, PROJECT / "benchmarks/generate.py", str(size)], stdout=stream, check=True)
    guides.mkdir()
    for number, text in enumerate(a_thousand_guides()):
        (guides / f"guide-{number}.md").write_text(text)
    importer(environment, "apply", str(file), "--guides", str(guides), "--yes")


def a_thousand_guides(seed: int = 1) -> Iterator[str]:
    chance = random.Random(seed)  # noqa: S311 - the same guides each time, no secret
    for number in range(GUIDES):
        place, other = chance.sample(PLACES, 2)
        form, people = chance.choice(list(FORMS)), chance.choice(PEOPLE)
        yield (
            f"---\nslug: guide-{number}\ntitle: Loosen the {place} with a {form} {number}\n"
            f"summary: For {people} with a tight {place}.\n---\n"
            f"Roll the {place} slowly, then the {other}, for two minutes a side. Breathe. Stop where it hurts.\n"
        )


def report(copies: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
    django.setup()
    copy_products(copies)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_productlisting")
        products = cursor.fetchone()[0]
    print(f"{products:,} listed products{'':>29}{'p50':>10}{'p95':>10}{'unit':>10}{'p50 ×':>8}{'p95 ×':>8}")  # noqa: T201
    for what, ask in asks():
        times, unit = [], Unit()
        for index in range(ROUNDS):
            unit.take()
            began = time.perf_counter()
            ask(index)
            times.append(time.perf_counter() - began)
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        one = unit.seconds
        seconds = f"{p50 * 1000:8.1f}ms{p95 * 1000:8.1f}ms{one * 1000:8.2f}ms"
        print(f"{what:>52}{seconds}{p50 / one:8.1f}{p95 / one:8.1f}", flush=True)  # noqa: T201


def copy_products(copies: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    if not copies:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM catalog_product")
        last = cursor.fetchone()[0]
        cursor.execute("SELECT max(id) FROM catalog_productvariant")
        step = max(last, cursor.fetchone()[0])
        for number in range(1, copies + 1):
            cursor.execute(COPY, {"by": step * number, "last": last})
    began = time.monotonic()
    call_command("reindex", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"reindex and analyze: {time.monotonic() - began:.0f} s")  # noqa: T201


class Unit:
    """What everything is measured in, taken in between; the median counts."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def take(self) -> None:
        from django.db import connection

        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM catalog_product ORDER BY id LIMIT 24")
            cursor.fetchall()
        self.times.append(time.perf_counter() - began)

    @property
    def seconds(self) -> float:
        return statistics.median(self.times)


def asks() -> Iterator[tuple[str, Callable[[int], Any]]]:
    from storefront.catalog.keyset import Listing
    from storefront.catalog.models import Product
    from storefront.catalog.queries.areas import load_areas
    from storefront.catalog.queries.cards import card_page, product_cards
    from storefront.catalog.queries.channels import pages_channel
    from storefront.catalog.queries.facets import Filters, count_facets, counted_facets
    from storefront.catalog.queries.product_conditions import in_areas
    from storefront.catalog.queries.products import (
        ProductQuery,
        ProductSort,
        count_products_by_area,
        first_for_groups_above,
        list_products,
        products_for_area,
        shown_products,
    )
    from storefront.catalog.search import answer
    from storefront.catalog.search.suggestions import suggest

    channel = pages_channel()
    assert channel is not None  # noqa: S101
    areas = load_areas()
    by_slug = {area.slug: area for area in areas}
    whole, neck = by_slug["full-body"], by_slug["neck"]

    def first(listing: Callable[[], Listing[Product]]) -> Callable[[int], Any]:
        return lambda _: card_page(listing(), {"first": PAGE})

    def far(listing: Callable[[], Listing[Product]]) -> Callable[[int], Any]:
        made = listing()
        rows = list(made.in_order()[: FAR * PAGE])
        page = made.page({"first": 1})
        after = page.cursor(rows[-1]) if rows else None
        return lambda _: card_page(listing(), {"first": PAGE, "after": after})

    lists: dict[str, Callable[[], Listing[Product]]] = {
        "an area (neck)": lambda: products_for_area(neck, channel),
        "the whole body": lambda: products_for_area(whole, channel),
        "all by name": lambda: list_products(channel, ProductQuery(sort=ProductSort.NAME)),
        "all by price": lambda: list_products(channel, ProductQuery(sort=ProductSort.PRICE)),
    }
    for what, listing in lists.items():
        yield f"{what}, first page", first(listing)
        yield f"{what}, 100th page", far(listing)
    chosen = Filters(frozenset({"brand:Alderfen", "stock:in"}))
    of_neck = shown_products(channel).filter(in_areas(["neck"]))
    narrowed = ProductQuery(in_areas(["neck"]) & chosen.condition(), sort=ProductSort.NAME)
    yield "an area with two filters, first page", first(lambda: list_products(channel, narrowed))
    yield "also for the whole", lambda _: product_cards(channel, first_for_groups_above(neck, channel, 6, areas))
    yield "counts of all areas", lambda _: count_products_by_area(channel, areas)
    yield "facets, everything", lambda _: counted_facets(channel.pk)
    yield f"facets, an area ({of_neck.count():,}) with two filters", lambda _: count_facets(of_neck, chosen)
    yield "facets, everything with two filters", lambda _: count_facets(shown_products(channel), chosen)
    queries = [asked.text for asked in questions()]
    random.Random(1).shuffle(queries)  # noqa: S311
    answer(queries[0], channel)
    yield "search", lambda index: answer(queries[index % len(queries)], channel)
    yield "suggestions", lambda index: suggest(BEGINNINGS[index % len(BEGINNINGS)], channel)


if __name__ == "__main__":
    main()
