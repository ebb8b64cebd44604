"""Tables of other systems: mapping files, and what is proposed for them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.proposals import propose_mapping
from tests.catalog_import.sources import EXAMPLES, Read, read

TABLE = "Artikel;Bezeichnung;VK;Bestand\nA;Ball;1,50;4\n"


def mapped(folder: Path, mapping: str, table: str = TABLE) -> Read:
    (folder / "list.csv").write_text(table, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    return read(folder / "list.csv", mapping=folder / "mapping.yaml")


def test_a_mapping_gives_columns_our_names(tmp_path: Path) -> None:
    found = mapped(tmp_path, "ARTIKEL: sku\nBezeichnung: name\nVK: price\nBestand:\n")

    assert found.records["A"].name == "Ball"
    assert "stock" not in found.variants["A"].stated_fields()
    assert found.problems == []


def test_problems_name_the_files_own_column(tmp_path: Path) -> None:
    found = mapped(tmp_path, "Artikel: sku\nVK: price\n", TABLE + "B;Stab;viel;1\n")

    assert found.told == [(3, "VK", ProblemCode.INVALID_VALUE)]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("Artikel: skuu\n", 'Did you mean "sku"?'),
        ("- a\n- b\n", "no list of columns"),
        ("a: [b\n", "not YAML"),
        ("", "no list of columns"),
    ],
)
def test_a_bad_mapping_is_explained(tmp_path: Path, mapping: str, says: str) -> None:
    found = mapped(tmp_path, mapping)

    assert found.products == []
    assert [(problem.file, problem.code) for problem in found.problems] == [("mapping.yaml", ProblemCode.BAD_MAPPING)]
    assert says in found.problems[0].message


def test_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = mapped(tmp_path, "Artikel: sku\nPreis: price\n")

    assert found.told == [(1, "preis", ProblemCode.BAD_MAPPING)]


def test_without_a_sku_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert mapped(tmp_path, "VK: price\n").told == [(1, "sku", ProblemCode.MISSING_COLUMN)]


def test_a_mapping_is_proposed_from_headers(tmp_path: Path) -> None:
    proposal = propose_mapping(EXAMPLES / "other.csv")

    assert {column.theirs: column.ours for column in proposal.columns} == yaml.safe_load(
        (EXAMPLES / "other-mapping.yaml").read_text(encoding="utf-8")
    )
    assert all(column.reason for column in proposal.columns)


def test_a_mapping_is_proposed_from_values(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "F1,F2,F3,F4,F5\n"
        "AB-1,4006381333931,12.50,neck;feet,Round cork ball\n"
        "AB-2,2000000000015,13.00,calves,Long beech stick\n",
        encoding="utf-8",
    )

    proposal = propose_mapping(path)

    assert [column.ours for column in proposal.columns] == ["sku", "barcode", "price", "target_areas", "name"]


def test_a_header_that_its_values_belie_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("sku,name,Stock\nA,Ball one,upstairs\nB,Ball two,cellar\n", encoding="utf-8")

    assert [column.ours for column in propose_mapping(path).columns] == ["sku", "name", None]


def test_a_proposal_is_a_mapping_file(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(propose_mapping(EXAMPLES / "other.csv").as_yaml(), encoding="utf-8")

    assert set(read(EXAMPLES / "other.csv", mapping=mapping).variants) == {"EX-BALL-S", "EX-CANE"}


def test_what_is_no_table_has_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(b"%PDF-1.7")

    assert [problem.code for problem in propose_mapping(path).problems] == [ProblemCode.UNREADABLE_FILE]
