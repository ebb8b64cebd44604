"""Google Merchant Center feeds, as TSV and as XML."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from catalog_import.sources.problems import ProblemCode
from tests.catalog_import.sources import Read, read_text

ITEM = {"id": "A", "title": "Ball", "price": "5.00 USD", "availability": "in_stock", "link": "https://x.example/a"}


def tsv(folder: Path, *items: dict[str, str], head: str = "") -> Read:
    names = list(dict.fromkeys(name for item in items for name in item))
    lines = ["\t".join(item.get(name, "") for name in names) for item in items]
    return read_text(folder, "\n".join([head or "\t".join(names), *lines]) + "\n")


def xml(folder: Path, items: str, before: str = "") -> Read:
    return read_text(
        folder,
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">'
        f"<channel><title>Shop</title>{items}</channel></rss>",
    )


def test_items_of_a_group_are_variants_of_one_product(tmp_path: Path) -> None:
    group = {"item_group_id": "G", "brand": "Quill", "product_type": "Tools > Balls", "material": "Cork"}

    found = tsv(
        tmp_path,
        ITEM | group | {"color": "Red", "size": "S", "sale_price": "4.00 USD", "shipping_weight": "1 lb"},
        ITEM | group | {"id": "B", "title": "Ball, blue", "color": "Blue", "size": "S"},
    )

    ball = found.records["G"]
    assert (ball.name, ball.brand, ball.category, ball.material) == ("Ball", "Quill", "Balls", "Cork")
    assert [variant.options for variant in ball.variants] == [
        {"Color": "Red", "Size": "S"},
        {"Color": "Blue", "Size": "S"},
    ]
    assert (found.prices["A"].amount, found.prices["A"].compare_at) == (Decimal(4), Decimal(5))
    assert found.variants["A"].weight_g == 454
    assert found.told == []


def test_a_material_that_differs_within_a_group_is_an_option(tmp_path: Path) -> None:
    found = tsv(
        tmp_path,
        ITEM | {"item_group_id": "G", "material": "Cork"},
        ITEM | {"id": "B", "item_group_id": "G", "material": "Oak"},
    )

    assert found.variants["B"].options == {"Material": "Oak"}
    assert found.records["G"].material == ""


@pytest.mark.parametrize("head", ["id\ttitle\tprice\tavailability\tlink", "ID\tTitle\tPrice\tAvailability\tLink"])
def test_names_may_be_written_in_any_case(tmp_path: Path, head: str) -> None:
    assert set(tsv(tmp_path, ITEM, head=head).variants) == {"A"}


def test_out_of_stock_is_none_and_in_stock_says_nothing_of_how_many(tmp_path: Path) -> None:
    found = tsv(tmp_path, ITEM, ITEM | {"id": "B", "availability": "out of stock"})

    assert "stock" not in found.variants["A"].stated_fields()
    assert found.variants["B"].stock == {"default-warehouse": 0}


def test_an_xml_feed_says_what_the_table_says(tmp_path: Path) -> None:
    found = xml(
        tmp_path,
        "<item><g:id>A</g:id><title>Ball &amp; bag</title><g:price>5.00 EUR</g:price><g:image_link>1.jpg</g:image_link>"
        "<g:additional_image_link>2.jpg</g:additional_image_link><g:additional_image_link>3.jpg"
        "</g:additional_image_link><g:availability>in stock</g:availability>"
        "<g:shipping><g:price>9 EUR</g:price></g:shipping></item>",
    )

    assert found.records["A"].name == "Ball & bag"
    assert (found.prices["A"].amount, found.prices["A"].currency) == (Decimal("5.00"), "EUR")
    assert [problem.value for problem in found.problems] == ["1.jpg", "2.jpg", "3.jpg"]


def test_an_atom_feed_is_read(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry><g:id>A</g:id>'
        '<title>Ball</title><link href="https://x.example"/><g:price>5 USD</g:price>'
        "<g:availability>in_stock</g:availability></entry></feed>",
    )

    assert set(found.variants) == {"A"}


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE r SYSTEM "http://example.org/feed.dtd">',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_and_dtds_are_refused(tmp_path: Path, doctype: str) -> None:
    found = xml(tmp_path, "<item><g:id>A</g:id></item>", before=doctype)

    assert found.products == []
    assert {problem.code for problem in found.errors} & {ProblemCode.DAMAGED_ROW, ProblemCode.UNREADABLE_FILE}


def test_a_feed_that_breaks_off_keeps_what_was_whole(tmp_path: Path) -> None:
    whole = "".join(
        f"<item><g:id>R-{number}</g:id><title>Ball</title><g:price>5 USD</g:price>"
        "<g:availability>in stock</g:availability></item>"
        for number in range(50)
    )

    found = read_text(tmp_path, f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{whole}<item><g:id>R-')

    assert len(found.products) == 50
    assert found.told == [(51, "", ProblemCode.DAMAGED_ROW)]
