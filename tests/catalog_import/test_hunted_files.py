"""Small files that a second pair of eyes wrote to be read wrongly: prices and their currencies, states, sums, formulas,
lost letters, pictures, and what APIs give out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_import.sources.problems import ProblemCode
from storefront.catalog.records import Status
from tests.catalog_import.sources import Read, read_text


def read_rows(folder: Path, head: str, *rows: str) -> Read:
    return read_text(folder, "\n".join([head, *rows]) + "\n")


def read_json(folder: Path, *items: Any, name: str = "a file.json") -> Read:
    text = "\n".join(map(json.dumps, items)) if name.endswith(".jsonl") else json.dumps(items[0])
    return read_text(folder, text, name)


@pytest.mark.parametrize(
    ("head", "cell", "price"),
    [
        ("Price (€)", "9.90", "9.90 EUR"),
        ("Price [£]", "9.90", "9.90 GBP"),
        ("Preis €", "9.90", "9.90 EUR"),
        ("Preis inkl. MwSt.", "9.90", "9.90 USD"),
        ("Preis inkl. 19 % MwSt.", "9.90", "9.90 USD"),
        ("Price USD incl. tax", "9.90", "9.90 USD"),
        ("Prix TTC (€)", '"9,90"', "9.90 EUR"),
        ("Price incl. VAT (GBP)", "9.90", "9.90 GBP"),
        ("Precio venta público (€)", '"9,90"', "9.90 EUR"),
        ("VK-Preis", '"9,90"', "9.90 USD"),
        ("Price excl. VAT", "9.90", ""),
        ("Preis zzgl. MwSt.", "9.90", ""),
        ("Price in cents", "990", ""),
        ("Price per 10", "99.00", ""),
        ("Price", "9.90 net", ""),
        ("Price", "9.90 XYZ", ""),
    ],
)
def test_a_price_has_the_currency_that_it_states(tmp_path: Path, head: str, cell: str, price: str) -> None:
    found = read_rows(tmp_path, f"sku,name,{head}", f"P-1,Ball,{cell}")

    money = found.prices.get("P-1")
    assert (f"{money.amount} {money.currency}" if money else "") == price
    assert price or found.problems


def test_each_channel_has_its_own_currency(tmp_path: Path) -> None:
    fields = ("channel price amount", "channel variant currency code", "channel published")
    head = ",".join(["id,variant sku,charge taxes", *(f"{name} ({what})" for name in ("us", "pl") for what in fields)])
    variant = read_rows(tmp_path, head, "1,B-1,yes,10.00,USD,True,40.00,PLN,False")

    prices = variant.variants["B-1"].prices
    assert {channel: (str(money.amount), money.currency) for channel, money in prices.items()} == {
        "us": ("10.00", "USD"),
        "pl": ("40.00", "PLN"),
    }
    assert variant.products[0].record.status is Status.ACTIVE


@pytest.mark.parametrize(
    ("heads", "cells", "status"),
    [
        ("published", "FALSE", Status.DRAFT),
        ("active", "1", Status.ACTIVE),
        ("active,visible", "1,0", Status.DRAFT),
        ("active,visible", "1,1", Status.ACTIVE),
        ("aktiv", "nein", Status.DRAFT),
        ("status", "coming soon", Status.DRAFT),
        ("status", "proposed", Status.DRAFT),
        ("visible", "catalog/search", None),
    ],
)
def test_what_a_flag_keeps_off_sale_is_off_sale(tmp_path: Path, heads: str, cells: str, status: Status | None) -> None:
    found = read_rows(tmp_path, f"sku,name,price,{heads}", f"L-1,Ball,9.90,{cells}")

    assert [product.record.status for product in found.products] == ([status] if status else [])


@pytest.mark.parametrize(
    "row",
    [
        "Total: 1,,,",
        "2 items,,,",
        "Count: 2,Total,,10",
        "Average,,9.90,",
        "Sum,Grand total,9.90,5",
        "1,Summe,9.90,5",
        "Gesamt (2),,19.80,",
        "sku,name,price,stock",
    ],
)
def test_a_sum_is_no_product(tmp_path: Path, row: str) -> None:
    found = read_rows(tmp_path, "sku,name,price,stock", "K-1,Ball,9.90,5", row)

    assert (list(found.variants), found.told) == (["K-1"], [])
    assert any("left out" in noted.what for noted in found.interpretations)


def test_a_heading_between_products_is_told(tmp_path: Path) -> None:
    found = read_rows(tmp_path, "sku,name,price", "Massage balls,,", "K-1,Ball,9.90")

    assert found.told == [(2, "sku", ProblemCode.MISSING_VALUE)]
    assert list(found.variants) == ["K-1"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("sku", "=12+3"),
        ("sku", "=A2"),
        ("sku", "1.23E5"),
        ("name", '"=HYPERLINK(""http://x"",""Ball"")"'),
        ("name", "Gr??e Bälle"),
        ("name", "Wa?ek do masa?u"),
        ("brand", "Ma?gorzata"),
        ("name", "FALSE"),
        ("sku", "WAHR"),
    ],
)
def test_what_is_damaged_is_told_at_its_cell(tmp_path: Path, column: str, cell: str) -> None:
    row = {"sku": "J-1", "name": "Ball", "price": "9.90"} | {column: cell}
    found = read_rows(tmp_path, ",".join(row), ",".join(row.values()))

    assert [place[1] for place in found.told] == [column]
    assert found.products == []


@pytest.mark.parametrize("name", ["Tired? Roll!", "What is it?", "=> Ball <=", "FAQ? Ball (a? b)", "Ball a?v=1"])
def test_a_question_is_no_damage(tmp_path: Path, name: str) -> None:
    assert read_rows(tmp_path, "sku,name,price", f'J-1,"{name}",9.90').told == []


@pytest.mark.parametrize(
    "cell",
    [
        "['https://x.com/a.jpg', 'https://x.com/b.jpg']",
        '["https:\\/\\/x.com\\/a.jpg","https:\\/\\/x.com\\/b.jpg"]',
        '[{"src": "https://x.com/a.jpg"}, {"src": "https://x.com/b.jpg"}]',
        '<img src="https://x.com/a.jpg"><img src="https://x.com/b.jpg">',
        "https://x.com/a.jpg::https://x.com/b.jpg",
        "https://x.com/a.jpghttps://x.com/b.jpg",
        "https://x.com/a.jpg ~ https://x.com/b.jpg",
        "https://x.com/a.jpg#https://x.com/b.jpg",
    ],
)
def test_pictures_are_parted_whatever_stands_between(tmp_path: Path, cell: str) -> None:
    quoted = cell.replace('"', '""')
    found = read_rows(tmp_path, "sku,name,price,image", f'M-1,Ball,9.90,"{quoted}"')

    media = [picture.location for picture in found.products[0].record.media]
    assert media == ["https://x.com/a.jpg", "https://x.com/b.jpg"]


def test_an_address_inside_an_address_stays(tmp_path: Path) -> None:
    address = "https://res.example/fetch/w_300/https://x.com/a.jpg"
    found = read_rows(tmp_path, "sku,name,price,image", f"M-1,Ball,9.90,{address}")

    assert [picture.location for picture in found.products[0].record.media] == [address]


def test_a_continued_row_of_medusa_belongs_to_its_product(tmp_path: Path) -> None:
    head = (
        "Product Handle,Product Title,Product Status,Variant Title,Variant SKU,Option 1 Name,Option 1 Value,Price EUR"
    )
    found = read_rows(tmp_path, head, "ball,Ball,published,S,B-1,Size,S,10", ",,,M,B-2,Size,M,11")

    assert [variant.options for variant in found.records["ball"].variants] == [{"Size": "S"}, {"Size": "M"}]


def test_of_vendure_s_languages_the_first_is_read(tmp_path: Path) -> None:
    head = "name:en,name:de,slug:en,assets,facets:en,optionGroups:en,optionValues:en,sku,price"
    found = read_rows(tmp_path, head, "Ball,Der Ball,ball,,brand:Acme,size,S,B-1,10.00", ",,,,,,M,B-2,11.00")

    record = found.records["ball"]
    assert (record.name, record.brand, [variant.sku for variant in record.variants]) == ("Ball", "Acme", ["B-1", "B-2"])
    left_out = next(noted for noted in found.interpretations if "left out" in noted.what)
    assert "name:de" in left_out.example


def test_a_woocommerce_column_is_known_by_its_place(tmp_path: Path) -> None:
    head = (
        "ID,Tipo,SKU,Nome,Pubblicato,Messo in risalto?,Visibilità nel catalogo,Breve descrizione,Descrizione,"
        "Comincia il saldo,Finisce il saldo,Stato delle imposte,Prezzo in offerta,Prezzo di listino"
    )
    found = read_rows(tmp_path, head, "10,simple,IT-1,Palla,1,0,visible,,Testo,2020-01-01,2020-02-01,taxable,5,9.90")

    assert str(found.prices["IT-1"].amount) == "9.90"


def test_what_a_bulk_file_has_besides_is_named(tmp_path: Path) -> None:
    product = "gid://shopify/Product/1"
    measurement = {"weight": {"value": 0.3, "unit": "KILOGRAMS"}}
    found = read_json(
        tmp_path,
        {"id": product, "title": "Ball", "handle": "ball", "status": "ACTIVE", "totalInventory": 5},
        {
            "id": "gid://shopify/ProductVariant/11",
            "sku": "B-1",
            "price": "10.00",
            "inventoryItem": {"measurement": measurement},
            "unitCost": "4",
            "__parentId": product,
        },
        {"id": "gid://shopify/Metafield/13", "key": "areas", "value": "neck", "__parentId": product},
        {"id": "gid://shopify/ProductVariant/12", "sku": "R-9", "__parentId": "gid://shopify/Product/99"},
        name="bulk.jsonl",
    )

    assert found.variants["B-1"].weight_g == 300
    left_out = next(noted for noted in found.interpretations if "left out" in noted.what)
    assert left_out.example == "total_inventory, unit_cost, Metafield"
    assert [(place[0], place[2]) for place in found.told] == [(4, ProblemCode.DAMAGED_ROW)]


@pytest.mark.parametrize("wrapped", [{"product": 0}, {"data": {"product": 0}}])
def test_an_answer_about_one_product_is_read(tmp_path: Path, wrapped: Any) -> None:
    product: dict[str, Any] = {"title": "Ball", "handle": "ball", "vendor": "A", "body_html": "", "status": "archived"}
    product["variants"] = [{"sku": "B-1", "price": "10.00", "option1": "Default Title"}]
    text = json.dumps(wrapped).replace("0", json.dumps(product))
    found = read_text(tmp_path, text, "one.json")

    assert found.records["ball"].status is Status.ARCHIVED


def test_a_variant_s_title_is_not_the_product_s_name(tmp_path: Path) -> None:
    variants = [{"title": "Soft", "sku": "B-1"}, {"title": "Firm", "sku": "B-2"}]
    found = read_json(tmp_path, {"products": [{"title": "Ball", "handle": "ball", "variants": variants}]})

    record = found.records["ball"]
    assert (record.name, [variant.name for variant in record.variants]) == ("Ball", ["Soft", "Firm"])


def test_prices_in_the_smallest_unit_are_never_taken_for_whole_ones(tmp_path: Path) -> None:
    cents = {"centAmount": 990, "currencyCode": "EUR", "fractionDigits": 2}
    assert str(read_json(tmp_path, [{"sku": "A-1", "price": cents}]).prices["A-1"].amount) == "9.90"

    vendure = {"name": "Ball", "slug": "ball", "variants": [{"sku": "V-1", "price": 1000, "priceWithTax": 1200}]}
    found = read_json(tmp_path, [vendure])
    assert (found.products, [place[1] for place in found.told]) == ([], ["price"])


def test_a_hidden_item_of_a_feed_is_a_draft(tmp_path: Path) -> None:
    head = "id,title,availability,price,image_link,status,visibility"
    found = read_rows(tmp_path, head, "1,A,in stock,5 USD,,archived,", "2,B,in stock,5 USD,,active,hidden")

    assert [product.record.status for product in found.products] == [Status.ARCHIVED, Status.DRAFT]


def test_a_row_without_any_word_to_make_a_sku_of_is_told(tmp_path: Path) -> None:
    head = 'ID,Type,SKU,Name,Published,"Regular price",Categories'
    found = read_rows(tmp_path, head, ",simple,,,1,9.90,Balls")

    assert [place[2] for place in found.told] == [ProblemCode.MISSING_VALUE]


def test_a_table_with_another_separator_is_told_so(tmp_path: Path) -> None:
    found = read_rows(tmp_path, '"sku,name,price"', '"E-1,Ball,9.90"')

    assert "The whole header is one cell" in found.errors[0].message
