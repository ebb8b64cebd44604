"""Inference for many products: remembered, shared among processes, and the same whichever way it went."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from catalog_import.tagging import inference as module
from catalog_import.tagging import tag_product
from catalog_import.tagging.inference import Inference, Inferred
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


@pytest.mark.server
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


def test_everything_that_an_answer_depends_on_is_in_its_key() -> None:
    names = {"/".join(path.parts[-2:]) for path in module.code_files()}

    assert {"catalog/records.py", "taxonomy/patterns.py", "language/words.py", "tagging/claims.yaml"} <= names


def test_an_answer_that_cannot_be_read_is_worked_out_again(tmp_path: Path) -> None:
    records = products(1)
    with Inference([], TAXONOMY, cache_folder=tmp_path) as first:
        wanted = [answer for _, answer in first.answers(records, lambda record: record)]
    for broken in (b"{}", b"", b'{"target_areas": []}\n{}', "text", None):
        with sqlite3.connect(tmp_path / "inferred.sqlite3") as other:
            other.execute("UPDATE answers SET answer = ?", [broken])
        with Inference([], TAXONOMY, cache_folder=tmp_path) as again:
            assert [answer for _, answer in again.answers(records, lambda record: record)] == wanted
            assert again.misses == 1


def test_a_full_cache_is_emptied_under_those_who_have_it_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = products(1)
    with Inference([], TAXONOMY, cache_folder=tmp_path) as first:
        list(first.answers(records, lambda record: record))
        file = (tmp_path / "inferred.sqlite3").stat().st_ino
        monkeypatch.setattr(module, "MAX_CACHE_BYTES", 1)
        with Inference([], TAXONOMY, cache_folder=tmp_path) as second:
            list(second.answers(records, lambda record: record))
            assert second.misses == 1
        list(first.answers(records, lambda record: record))

    assert first.kept is not None
    assert first.misses == 1
    assert (tmp_path / "inferred.sqlite3").stat().st_ino == file


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
