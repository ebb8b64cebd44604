"""Inference for many products: remembered, shared among processes, and the same whichever way it went."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from catalog_import import inference as module
from catalog_import.inference import Inference, Inferred
from catalog_import.tagging import tag_product
from storefront.catalog.records import ProductRecord, TaggedGuide
from tests.builders import TAXONOMY, a_guide, a_product, tags

PLACES = ("neck", "lower back", "calves", "feet", "forearms")


def guides() -> list[TaggedGuide]:
    return [TaggedGuide(record=a_guide(), tags=tags("feet", tool_type="massage-ball"))]


def products(count: int) -> list[ProductRecord]:
    return [
        a_product(name=f"Cork ball {number}", description=f"For the {PLACES[number % 5]}. It cures knots.")
        for number in range(count)
    ]


def inferred(records: list[ProductRecord], cache: Path | None = None, processes: int = 1) -> list[Inferred]:
    with Inference(guides(), TAXONOMY, cache_folder=cache, processes=processes) as inference:
        return [answer for _, answer in inference.stream(records, lambda record: record)]


def test_answers_come_in_the_order_of_the_products() -> None:
    records = products(950)

    with Inference(guides(), TAXONOMY, processes=1) as inference:
        found = list(inference.stream(records, lambda record: record))

    assert [record for record, _ in found] == records
    assert [answer.tags for _, answer in found[:5]] == [tag_product(record, TAXONOMY) for record in records[:5]]
    assert [claim.text for claim in found[0][1].claims] == ["cures"]


def test_several_processes_give_what_one_gives(tmp_path: Path) -> None:
    records = products(module.WORTH_PROCESSES + 2 * module.CHUNK)

    assert inferred(records, processes=2) == inferred(records, processes=1)


def test_what_was_worked_out_once_is_only_looked_up(tmp_path: Path) -> None:
    records = products(50)
    first = inferred(records, cache=tmp_path)

    with Inference(guides(), TAXONOMY, cache_folder=tmp_path, processes=1) as inference:
        again = [answer for _, answer in inference.stream(records, lambda record: record)]

    assert again == first
    assert inference.misses == 0


def test_other_guides_are_not_answered_from_what_was_remembered(tmp_path: Path) -> None:
    (record,) = products(1)
    with_guide = inferred([record.model_copy(update={"description": "For the feet."})], cache=tmp_path)

    with Inference([], TAXONOMY, cache_folder=tmp_path, processes=1) as inference:
        ((_, without),) = inference.stream(
            [record.model_copy(update={"description": "For the feet."})], lambda product: product
        )

    assert [link.guide for link in with_guide[0].links] == ["calm-feet"]
    assert without.links == ()


def test_a_damaged_cache_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "inferred.sqlite3").write_bytes(b"no database at all" * 100)

    assert inferred(products(3), cache=tmp_path) == inferred(products(3))


def test_a_cache_with_another_table_stops_nothing(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "inferred.sqlite3") as other:
        other.execute("CREATE TABLE answers (something TEXT)")

    assert inferred(products(3), cache=tmp_path) == inferred(products(3))


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    assert inferred(products(3), cache=tmp_path / "file") == inferred(products(3))
