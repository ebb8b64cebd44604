"""Folders and archives of products, guides and pictures; what is unsafe is refused before it is written."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.reading import open_catalogue
from tests.catalog_import.fuzz.inputs import a_link, a_lying_zip, an_encrypted_zip
from tests.catalog_import.sources import EXAMPLES, TAXONOMY, read
from tests.catalog_import.test_source_shopify import a_png

PRODUCTS = b"sku,name,price,image\nA,a,1,images/a.png\n"
GUIDE = (EXAMPLES / "guides" / "example-sore-feet.md").read_bytes()


def a_zip(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "catalogue.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("inside", ["", "Catalogue 2026/"])
def test_an_archive_has_products_guides_and_pictures(tmp_path: Path, inside: str) -> None:
    files = {"products.csv": PRODUCTS, "guides/a.md": GUIDE, "images/a.png": a_png(), "__MACOSX/products.csv": b"x"}

    found = read(a_zip(tmp_path, {inside + name: content for name, content in files.items()}))

    assert found.problems == []
    assert found.guides == ["example-sore-feet"]
    assert [media.location for media in found.records["A"].media] == ["images/a.png"]


def test_what_was_unpacked_goes_when_the_reading_ends(tmp_path: Path) -> None:
    with open_catalogue(a_zip(tmp_path, {"products.csv": PRODUCTS}), None, TAXONOMY, {}) as reading:
        folder = reading.folder
        assert folder.is_dir()

    assert not folder.exists()


def test_guides_may_come_in_an_archive_of_their_own(tmp_path: Path) -> None:
    path = a_zip(tmp_path, {"a.md": GUIDE})

    assert read(EXAMPLES / "products.csv", path).guides == ["example-sore-feet"]


@pytest.mark.parametrize(
    "name", ["../outside.csv", "/etc/outside.csv", "a/../../outside.csv", "..\\outside.csv", "C:/x.csv"]
)
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = a_zip(tmp_path, {"products.csv": PRODUCTS, name: b"sku\nX\n"})

    found = read(path)

    assert found.products == []
    assert [problem.code for problem in found.problems] == [ProblemCode.UNSAFE_ARCHIVE]
    assert [inside.name for inside in tmp_path.iterdir()] == ["catalogue.zip"]


@pytest.mark.parametrize(
    ("content", "says"),
    [(a_link(), "a link"), (an_encrypted_zip(), "encrypted"), (a_lying_zip(), "damaged")],
    ids=["link", "encrypted", "lies about its size"],
)
def test_what_cannot_be_trusted_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "catalogue.zip"
    path.write_bytes(content)

    found = read(path)

    assert [problem.code for problem in found.problems] == [ProblemCode.UNSAFE_ARCHIVE]
    assert says in found.problems[0].message


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    found = read(a_zip(tmp_path, {"products.csv": b"\0" * 100_000_000}))

    assert [problem.code for problem in found.problems] == [ProblemCode.UNSAFE_ARCHIVE]
    assert "zip bomb" in found.problems[0].message


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    found = read(a_zip(tmp_path, {f"{number}.md": b"" for number in range(20_001)}))

    assert "20,001 files" in found.problems[0].message


def test_an_archive_in_the_archive_is_left_out_and_told(tmp_path: Path) -> None:
    found = read(a_zip(tmp_path, {"products.csv": b"sku,name,price\nA,a,1\n", "more.zip": b"PK"}))

    assert set(found.records) == {"A"}
    assert [problem.code for problem in found.problems] == [ProblemCode.UNSAFE_ARCHIVE]


def test_an_archive_without_products_or_guides_is_told(tmp_path: Path) -> None:
    found = read(a_zip(tmp_path, {"letter.doc": b"Dear shop"}))

    assert [problem.code for problem in found.problems] == [ProblemCode.EMPTY_FILE]


def test_unpacked_files_are_plain_files(tmp_path: Path) -> None:
    with open_catalogue(a_zip(tmp_path, {"products.csv": PRODUCTS}), None, TAXONOMY, {}) as reading:
        mode = (reading.folder / "products.csv").stat().st_mode

    assert stat.S_ISREG(mode)
    assert not mode & 0o111


def test_a_folder_of_one_table_needs_no_name(tmp_path: Path) -> None:
    (tmp_path / "Preisliste.csv").write_bytes(b"sku,name,price\nA,a,1\n")

    assert set(read(tmp_path).records) == {"A"}
