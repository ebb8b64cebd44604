"""Other systems' tables are known by their headers: read in their languages, or refused by name with the way out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import yaml

from catalog_import.sources.dialects.woocommerce_headers import english
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.proposals import propose_mapping
from tests.catalog_import.sources import read_text

HEADERS = yaml.safe_load((Path(__file__).parent / "foreign_headers.yaml").read_text(encoding="utf-8"))
PRODUCT = {
    "id": "7",
    "type": "simple",
    "sku": "W-7",
    "gtin upc ean or isbn": "4006381333931",
    "name": "Ball",
    "published": "0",
    "visibility in catalog": "visible",
    "description": "For feet.",
    "in stock": "1",
    "stock": "5",
    "weight kg": "0,35",
    "sale price": "8,90",
    "regular price": "9,90",
    "categories": "Massage > Balls",
    "images": "https://cdn.example/a.jpg, https://cdn.example/b.jpg",
    "attribute 1 name": "Material",
    "attribute 1 value s": "Cork",
}


@pytest.mark.parametrize("language", HEADERS["woocommerce"])
def test_woocommerces_exports_are_read_in_their_languages(tmp_path: Path, language: str) -> None:
    header = HEADERS["woocommerce"][language]
    row = io.StringIO()
    heads = next(csv.reader([header]))
    csv.writer(row).writerow([PRODUCT.get(english(head), "") for head in heads])

    found = read_text(tmp_path, f"{header}\n{row.getvalue()}")

    ball, variant = found.records["W-7"], found.variants["W-7"]
    assert (ball.name, ball.status, ball.category, ball.attributes) == (
        *("Ball", "draft", "Balls", {"Material": "Cork"}),
    )
    assert (str(found.prices["W-7"].amount), str(found.prices["W-7"].compare_at)) == ("8.90", "9.90")
    assert (variant.stock, variant.weight_g, variant.barcode) == ({"default-warehouse": 5}, 350, "4006381333931")
    assert [media.location[-5:] for media in ball.media] == ["a.jpg", "b.jpg"]
    assert found.told == []


def test_woocommerce_in_another_language_is_refused_by_name(tmp_path: Path) -> None:
    header = "Kimlik,Tür,Stok kodu,İsim,Yayımlanmış,Öne çıkan?,Normal fiyat"

    found = read_text(tmp_path, f"{header}\n7,simple,W-7,Top,1,0,9.90\n8,variable,W-8,Rulo,1,0,\n")

    assert found.products == []
    assert "looks like a WooCommerce export" in found.problems[0].message


@pytest.mark.parametrize("system", HEADERS["systems"])
def test_a_foreign_table_is_refused_by_name_with_the_way_out(tmp_path: Path, system: str) -> None:
    header = HEADERS["systems"][system]
    separator = ";" if ";" in header else ","
    found = read_text(tmp_path, f"{header}\n{separator.join('x' for _ in header.split(separator))}\n")

    assert found.products == []
    assert [problem.code for problem in found.problems] == [ProblemCode.FOREIGN_FILE]
    assert system in found.problems[0].message
    proposed = [column.ours for column in propose_mapping(tmp_path / "a file.csv").columns]
    assert "sku" in proposed or "inventory" in system


@pytest.mark.parametrize(
    ("text", "encoding", "says"),
    [
        ("Міцний м’яч", "cp1251", "Windows-1251"),
        ("Массажный мяч", "koi8_r", "KOI8-R"),
        ("Массажный мяч", "cp866", "code page 866"),
        ("マッサージボール 足裏", "shift_jis", "Shift JIS"),
        ("마사지 볼 발바닥", "euc_kr", "EUC-KR"),
        ("軟木按摩球 足底", "big5", "Big5"),
        ("Μπάλα μασάζ για πόδια", "cp1253", "Windows-1253"),
        ("كرة تدليك", "cp1256", "Windows-1256"),
        ("Miękka piłka do stóp", "cp1250", "Windows-1250"),
        ("Gyűrűs labda a lábhoz", "cp1250", "Windows-1250"),
        ("Masaj topu sırt için", "cp1254", "Windows-1254"),
        ("Massagebälle für Füße", "cp437", "code page 437"),
        ("Boule d’été créée à Orléans", "mac_roman", "Mac Roman"),
    ],
)
def test_text_in_an_unclear_encoding_is_refused_with_its_name(
    tmp_path: Path, text: str, encoding: str, says: str
) -> None:
    found = read_text(tmp_path, f"sku,name,price\nA,{text},9.90\n".encode(encoding))

    assert found.products == []
    assert says in found.problems[0].message
    assert "UTF-8" in found.problems[0].message


@pytest.mark.parametrize(
    "text",
    [
        *("Massagebälle für Füße, größer als 5 € – „gut“", "Boule d’été créée à Orléans, cœur, où"),
        *("Rodillo pequeño, ¿qué tal? ¡Sí!", "Coração, ações, mãos", "Røde bolde på gulvet", "Één reëel ding"),
    ],
)
def test_western_text_in_windows_1252_is_read(tmp_path: Path, text: str) -> None:
    found = read_text(tmp_path, f'sku,name,price\nA,"{text}",9.90\n'.encode("cp1252"))

    assert found.records["A"].name == text


@pytest.mark.parametrize("text", ["FÃ¼ÃŸe", "dâ€™Alger", "B�lle"])
def test_text_that_was_garbled_before_is_a_problem(tmp_path: Path, text: str) -> None:
    found = read_text(tmp_path, f"sku,name,price\nA,{text},9.90\nB,Ball,9.90\n")

    assert set(found.records) == {"B"}
    assert found.told == [(2, "", ProblemCode.DAMAGED_ROW)]
