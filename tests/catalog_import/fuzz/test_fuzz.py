"""A few hundred inputs of the fuzzer in every run of the tests; thousands by hand (see the package)."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_import.sources.products import ProductsReading
from tests.catalog_import.fuzz.inputs import attacks, damaged, made
from tests.catalog_import.fuzz.run import TAXONOMY, read_input
from tests.effort import tries

pytestmark = pytest.mark.server

ATTACKS = attacks()


@pytest.mark.sweep
@pytest.mark.parametrize("number", range(len(ATTACKS)))
def test_an_attack_is_told_and_nothing_more(number: int, tmp_path: Path) -> None:
    read_input(made(ATTACKS[number]), tmp_path, random.Random(number))


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_damaged_files_are_read_or_told(seed: int, tmp_path: Path) -> None:
    for number, content in enumerate(damaged(tries(150), seed)):
        read_input(content, tmp_path, random.Random(number))


@given(st.binary(max_size=500))
@settings(max_examples=tries(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_told(tmp_path: Path, content: bytes) -> None:
    read_input(content, tmp_path, random.Random(len(content)))


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=6), st.sampled_from(",;\t|"))
@settings(max_examples=tries(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cells_below_good_headers_are_read_or_told(tmp_path: Path, rows: list[list[str]], separator: str) -> None:
    head = ["sku", "name", "price", "stock", "barcode", "target_areas"]
    text = "\n".join(separator.join(cells) for cells in [head, *rows])

    read_input(text.encode("utf-8", errors="surrogatepass"), tmp_path, random.Random(len(text)))


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak_of(rows: int) -> int:
        description = "A ball for the arch of the foot. " * 30
        lines = (f"R-{number},Ball {number},1.50,{description}\n" for number in range(rows))
        content = ("sku,name,price,description\n" + "".join(lines)).encode()
        path = tmp_path / f"{rows}.csv"
        path.write_bytes(content)
        tracemalloc.start()
        try:
            count = sum(1 for _ in ProductsReading(path, TAXONOMY, {}).products())
            return tracemalloc.get_traced_memory()[1] if count == rows else -1
        finally:
            tracemalloc.stop()

    peak_of(100)  # what is loaded once does not count
    small, large = peak_of(500), peak_of(5_000)

    # 4,500 rows more are 4.5 MB of text; what is kept of each is two numbers.
    assert 0 < large - small < 1_500_000
