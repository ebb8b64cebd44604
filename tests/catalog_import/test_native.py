"""The native products table: rows to records, with every problem at its exact place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog_import.exports.native import cell_text
from catalog_import.sources.cells import parse_lines
from catalog_import.sources.dialects.headers import column_name
from catalog_import.sources.dialects.json_objects.own import cell_of
from catalog_import.sources.problems import Problem, ProblemCode, Severity
from storefront.catalog.records import DEFAULT_CHANNEL, Caution, CautionKind, MediaRecord, ProductRecord, Status
from tests.builders import a_price, a_products_file, a_row, read_products, read_rows


def the_product(folder: Path, *rows: dict[str, str]) -> ProductRecord:
    """The one product of these rows, which have no problem."""
    products, problems = read_rows(folder, *rows)
    assert problems == []
    (product,) = products
    return product.record


def told(problems: list[Problem]) -> list[tuple[int, str, ProblemCode, str]]:
    return [(problem.row, problem.column, problem.code, problem.value) for problem in problems]


def skus(folder: Path, *rows: dict[str, str]) -> dict[str, list[str]]:
    """The SKUs that are read, by product reference."""
    products, _ = read_rows(folder, *rows)
    return {product.record.reference: [variant.sku for variant in product.record.variants] for product in products}


# --- what a row says ----------------------------------------------------------------------------------------


def test_a_row_of_three_cells_is_a_whole_product(tmp_path: Path) -> None:
    product = the_product(tmp_path, {"sku": "R-1", "name": "Cork Ball", "price": "19.90"})

    assert product.stated_fields() == {"reference": "R-1", "name": "Cork Ball", "variants": product.variants}
    (variant,) = product.variants
    assert variant.stated_fields() == {"reference": "R-1", "sku": "R-1", "prices": {DEFAULT_CHANNEL: a_price()}}


def test_every_column_fills_its_field(tmp_path: Path) -> None:
    product = the_product(
        tmp_path,
        {
            "sku": "R-1",
            "product": "ball",
            "product_reference": "P-9",
            "variant_reference": "V-9",
            "name": "Cork Ball",
            "variant": "Firm",
            "option: Size": "Small",
            "price": "15",
            "compare_at_price": "19.90",
            "currency": "usd",
            "description": "Round.",
            "brand": "Quill",
            "slug": "my-ball",
            "category": "Balls",
            "seo_title": "Ball",
            "seo_description": "A ball.",
            "tool_type": "massage-ball",
            "target_areas": "Neck; lower back",
            "conditions": "sciatica",
            "techniques": "Rolling",
            "contraindications": "never: Pregnancy; keep-off:front of neck",
            "cautions": "stop: Pain; Two minutes",
            "guide": "calm-feet",
            "related_guides": "a;b",
            "stock": "7",
            "stock: attic": "2",
            "weight_g": "120",
            "barcode": "2000000000015",
            "image": "A ball | ball.png; other.png",
            "material": "Cork",
            "warranty_years": "1.5",
            "fsa_hsa_eligible": "Yes",
            "fsa_hsa_condition": "With a letter",
            "status": "Draft",
            "attribute: Speeds": "6",
        },
    )

    assert product == ProductRecord.model_validate(
        {
            "reference": "P-9",
            "name": "Cork Ball",
            "description": "Round.",
            "brand": "Quill",
            "slug": "my-ball",
            "category": "Balls",
            "seo_title": "Ball",
            "seo_description": "A ball.",
            "tool_type": "massage-ball",
            "target_areas": ("neck", "lower-back"),
            "conditions": ("sciatica",),
            "techniques": ("rolling",),
            "contraindications": ("never:pregnancy", "keep-off:front-of-neck"),
            "cautions": (
                Caution(kind=CautionKind.STOP, text="Pain"),
                Caution(kind=CautionKind.LIMIT, text="Two minutes"),
            ),
            "guide": "calm-feet",
            "related_guides": ("a", "b"),
            "media": (MediaRecord(location="ball.png", alt="A ball"), MediaRecord(location="other.png")),
            "material": "Cork",
            "warranty_years": "1.5",
            "fsa_hsa_eligible": True,
            "fsa_hsa_condition": "With a letter",
            "status": Status.DRAFT,
            "attributes": {"Speeds": "6"},
            "variants": (
                {
                    "reference": "V-9",
                    "sku": "R-1",
                    "name": "Firm",
                    "options": {"Size": "Small"},
                    "prices": {DEFAULT_CHANNEL: a_price("15", compare_at="19.90")},
                    "stock": {"default-warehouse": 7, "attic": 2},
                    "weight_g": 120,
                    "barcode": "2000000000015",
                },
            ),
        }
    )


def test_an_empty_cell_and_an_absent_column_leave_a_field_alone(tmp_path: Path) -> None:
    product = the_product(tmp_path, a_row(brand="", stock="", barcode="", target_areas="", compare_at_price=""))

    assert "brand" not in product.stated_fields()
    assert "target_areas" not in product.stated_fields()
    assert set(product.variants[0].stated_fields()) == {"reference", "sku", "prices"}
    assert "compare_at" not in product.variants[0].prices[DEFAULT_CHANNEL].stated_fields()


def test_a_dash_clears_a_field(tmp_path: Path) -> None:
    names = (
        *("brand", "description", "category", "material", "warranty_years", "fsa_hsa_eligible", "tool_type"),
        *("target_areas", "conditions", "cautions", "guide", "related_guides", "image", "variant", "weight_g"),
        *("barcode", "stock", "compare_at_price", "option: Size", "attribute: Speeds"),
    )

    product = the_product(tmp_path, a_row(**dict.fromkeys(names, "-")))

    said = product.stated_fields()
    assert {name: said[name] for name in ("brand", "description", "category", "material")} == {
        "brand": "",
        "description": "",
        "category": "",
        "material": "",
    }
    assert [said[name] for name in ("warranty_years", "fsa_hsa_eligible", "tool_type", "guide")] == [None] * 4
    assert [said[name] for name in ("target_areas", "conditions", "cautions", "related_guides", "media")] == [()] * 5
    assert said["attributes"] == {"Speeds": ""}
    (variant,) = product.variants
    assert (variant.name, variant.weight_g, variant.barcode, variant.options, variant.stock) == (
        "",
        None,
        "",
        {"Size": ""},
        {"default-warehouse": 0},
    )
    assert variant.prices[DEFAULT_CHANNEL].stated_fields() == {
        "amount": a_price().amount,
        "currency": "USD",
        "compare_at": None,
    }


@pytest.mark.parametrize("column", ["name", "slug", "status", "price"])
def test_what_a_product_cannot_do_without_cannot_be_cleared(tmp_path: Path, column: str) -> None:
    products, problems = read_rows(tmp_path, a_row(**{column: "-"}))

    assert products == []
    assert told(problems) == [(2, column, ProblemCode.INVALID_VALUE, "-")]


def test_a_feed_of_sku_and_stock_says_nothing_else(tmp_path: Path) -> None:
    product = the_product(tmp_path, {"sku": "R-1", "stock": "9"})

    assert set(product.stated_fields()) == {"reference", "variants"}
    assert product.variants[0].stated_fields() == {"reference": "R-1", "sku": "R-1", "stock": {"default-warehouse": 9}}


def test_a_price_before_the_reduction_without_a_price_is_not_dropped_without_a_word(tmp_path: Path) -> None:
    _, problems = read_rows(tmp_path, {"sku": "R-1", "compare_at_price": "25.00"})

    assert [(problem.row, problem.column) for problem in problems] == [(2, "compare_at_price")]


def test_headers_are_read_whatever_their_case_and_spacing(tmp_path: Path) -> None:
    product = the_product(
        tmp_path, {"SKU": "R-1", "Name": "Ball", " Price ": "1", "Target Areas": "neck", "Option:Size": "S"}
    )

    assert product.target_areas == ("neck",)
    assert product.variants[0].options == {"Size": "S"}


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Compare at price", "compare_at_price"),
        ("compare-at-price", "compare_at_price"),
        ("OPTION :  Size", "option: Size"),
        ("price:EU", "price: EU"),
    ],
)
def test_a_header_names_its_column(head: str, name: str) -> None:
    assert column_name(head) == name


# --- grouping -----------------------------------------------------------------------------------------------


def test_rows_with_the_same_handle_are_one_product(tmp_path: Path) -> None:
    product = the_product(tmp_path, a_row(product="ball", sku="A"), {"product": "ball", "sku": "B", "price": "2"})

    assert (product.reference, product.name) == ("ball", "Cork Ball")
    assert [variant.sku for variant in product.variants] == ["A", "B"]


def test_rows_of_one_product_need_not_stand_together(tmp_path: Path) -> None:
    assert skus(tmp_path, a_row(product="ball", sku="A"), a_row(sku="X"), a_row(product="ball", sku="B")) == {
        "ball": ["A", "B"],
        "X": ["X"],
    }


def test_a_row_without_a_handle_is_a_product_of_its_own(tmp_path: Path) -> None:
    assert skus(tmp_path, a_row(sku="A"), a_row(sku="B", product="")) == {"A": ["A"], "B": ["B"]}


def test_a_dash_as_handle_does_not_make_one_product_of_all_rows(tmp_path: Path) -> None:
    assert skus(tmp_path, a_row(sku="A", product="-"), a_row(sku="B", product="-")) == {"A": ["A"], "B": ["B"]}


def test_a_reference_beats_the_handle(tmp_path: Path) -> None:
    assert skus(
        tmp_path, a_row(sku="A", product="x", product_reference="P"), a_row(sku="B", product_reference="P")
    ) == {"P": ["A", "B"]}


def test_references_and_skus_are_one_in_any_unicode_form(tmp_path: Path) -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"

    assert skus(tmp_path, a_row(sku="A", product=composed), a_row(sku=decomposed, product=decomposed)) == {
        composed: ["A", composed]
    }


def test_the_first_row_that_says_something_of_the_product_is_believed(tmp_path: Path) -> None:
    rows = [
        a_row(sku="A", product="ball", name="Cork Ball", brand=""),
        a_row(sku="B", product="ball", name="Rubber Ball", brand="Quill"),
        a_row(sku="C", product="ball", name="", brand="Quill"),
    ]

    products, problems = read_rows(tmp_path, *rows)

    assert (products[0].record.name, products[0].record.brand) == ("Cork Ball", "Quill")
    assert told(problems) == [(3, "name", ProblemCode.CONFLICTING_VALUE, "Rubber Ball")]
    assert problems[0].severity is Severity.WARNING


def test_attributes_said_in_different_rows_of_a_product_go_together(tmp_path: Path) -> None:
    product = the_product(
        tmp_path,
        a_row(sku="A", product="ball", **{"attribute: Speeds": "6"}),
        a_row(sku="B", product="ball", **{"attribute: Surface": "Rough"}),
    )

    assert product.attributes == {"Speeds": "6", "Surface": "Rough"}


def test_each_variant_keeps_the_place_of_its_row(tmp_path: Path) -> None:
    products, _ = read_rows(tmp_path, a_row(sku="X"), a_row(sku="A", product="ball"), a_row(sku="B", product="ball"))

    assert products[1].place.row == 3
    assert {reference: place.row for reference, place in products[1].variant_places.items()} == {"A": 3, "B": 4}


# --- problems -----------------------------------------------------------------------------------------------


def test_an_error_of_a_variant_does_not_take_its_siblings_along(tmp_path: Path) -> None:
    rows = [
        a_row(sku="A", product="ball"),
        a_row(sku="B", product="ball", stock="many"),
        a_row(sku="C", product="ball"),
    ]

    products, problems = read_rows(tmp_path, *rows)

    assert [variant.sku for variant in products[0].record.variants] == ["A", "C"]
    assert told(problems) == [(3, "stock", ProblemCode.INVALID_VALUE, "many")]


def test_an_error_of_the_product_takes_all_its_rows(tmp_path: Path) -> None:
    rows = [
        a_row(sku="A", product="ball"),
        a_row(sku="B", product="ball", status="sold"),
        a_row(sku="C", product="ball"),
        a_row(sku="X"),
    ]

    products, problems = read_rows(tmp_path, *rows)

    assert [product.record.reference for product in products] == ["X"]
    assert told(problems) == [(3, "status", ProblemCode.INVALID_VALUE, "sold")]


def test_all_problems_of_all_rows_are_told_in_one_pass(tmp_path: Path) -> None:
    rows = [
        a_row(sku="A", price="12.5O"),
        a_row(sku="", name="No SKU"),
        a_row(sku="C", target_areas="nek"),
        a_row(sku="D", barcode="2000000000016"),
        a_row(sku="E", seo_title="x" * 71),
        a_row(sku="F"),
    ]

    products, problems = read_rows(tmp_path, *rows)

    assert [product.record.reference for product in products] == ["D", "F"]
    assert told(problems) == [
        (2, "price", ProblemCode.INVALID_VALUE, "12.5O"),
        (3, "sku", ProblemCode.MISSING_VALUE, ""),
        (4, "target_areas", ProblemCode.UNKNOWN_SLUG, "nek"),
        (5, "barcode", ProblemCode.BAD_BARCODE, "2000000000016"),
        (6, "seo_title", ProblemCode.TOO_LONG, "x" * 71),
    ]


def test_all_problems_of_one_row_are_told_in_one_pass(tmp_path: Path) -> None:
    row = a_row(
        status="sold",
        tool_type="gunn",
        price="x",
        currency="EUR",
        weight_g="1 stone",
        **{"stock": "many", "stock: attic": "few", "compare_at_price": "y"},
    )

    _, problems = read_rows(tmp_path, row)

    assert {(problem.row, problem.column) for problem in problems} == {
        (2, column)
        for column in (
            *("status", "tool_type", "price", "currency", "weight_g", "stock", "stock: attic", "compare_at_price"),
        )
    }


@pytest.mark.parametrize("twin", ["R-1", "r-1", " R-1 ", "R -1"])
def test_a_sku_that_differs_in_case_or_spaces_only_is_there_twice(tmp_path: Path, twin: str) -> None:
    products, problems = read_rows(tmp_path, a_row(sku="R-1"), a_row(sku=twin, name="Twin"))

    assert [product.record.name for product in products] == ["Cork Ball"]
    assert told(problems) == [(3, "sku", ProblemCode.DUPLICATE_SKU, twin.strip())]
    assert problems[0].message == f'The SKU "{twin.strip()}" is already used in row 2; this row was skipped.'


def test_a_variant_reference_may_be_in_a_product_once(tmp_path: Path) -> None:
    rows = [a_row(sku=sku, product="ball", variant_reference="V") for sku in ("A", "B")]

    products, problems = read_rows(tmp_path, *rows)

    assert [variant.sku for variant in products[0].record.variants] == ["A"]
    assert told(problems) == [(3, "variant_reference", ProblemCode.DUPLICATE_REFERENCE, "V")]


def test_an_unknown_column_is_left_out_with_the_likeliest_name(tmp_path: Path) -> None:
    products, problems = read_rows(tmp_path, a_row(materiall="Cork", xyzzy="1"))

    assert len(products) == 1
    assert [(problem.row, problem.column, problem.code, problem.severity) for problem in problems] == [
        (1, "materiall", ProblemCode.UNKNOWN_COLUMN, Severity.WARNING),
        (1, "xyzzy", ProblemCode.UNKNOWN_COLUMN, Severity.WARNING),
    ]
    assert problems[0].message.endswith('Did you mean "material"?')
    assert "Did you mean" not in problems[1].message


def test_of_a_column_that_is_there_twice_the_first_is_read(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text("sku,name,price,Price\nR-1,Ball,1.00,2.00\n")

    products, problems = read_products(path, {})

    assert products[0].record.variants[0].prices[DEFAULT_CHANNEL].amount == a_price("1").amount
    assert told(problems) == [(1, "Price", ProblemCode.DUPLICATE_COLUMN, "")]


def test_a_file_without_a_sku_column_cannot_be_read(tmp_path: Path) -> None:
    products, problems = read_rows(tmp_path, {"name": "Ball", "price": "1"})

    assert products == []
    assert told(problems) == [(1, "sku", ProblemCode.MISSING_COLUMN, "")]


def test_an_unknown_slug_comes_with_the_likeliest_one(tmp_path: Path) -> None:
    _, problems = read_rows(tmp_path, a_row(tool_type="masage-gun"))

    assert told(problems) == [(2, "tool_type", ProblemCode.UNKNOWN_SLUG, "masage-gun")]
    assert problems[0].message == '"masage-gun" is not a known tool type. Did you mean "massage-gun"?'


@pytest.mark.parametrize("slug", ["two words", "../up", "a/b", "a.b", "what?"])
def test_a_slug_that_no_address_can_hold_is_a_problem(tmp_path: Path, slug: str) -> None:
    products, problems = read_rows(tmp_path, a_row(slug=slug))

    assert products == []
    assert told(problems) == [(2, "slug", ProblemCode.INVALID_VALUE, slug)]


def test_a_text_for_a_picture_that_the_shop_cannot_keep_is_a_problem(tmp_path: Path) -> None:
    cell = f"{'x' * 251} | ball.png"

    _, problems = read_rows(tmp_path, a_row(image=cell))

    assert [(problem.row, problem.column, problem.code) for problem in problems] == [(2, "image", ProblemCode.TOO_LONG)]


def test_a_sku_that_the_shop_cannot_keep_is_a_problem(tmp_path: Path) -> None:
    products, problems = read_rows(tmp_path, a_row(sku="x" * 251))

    assert products == []
    assert [(problem.row, problem.column) for problem in problems] == [(2, "sku")]


@pytest.mark.parametrize("column", ["product", "product_reference", "variant_reference"])
def test_a_reference_that_the_shop_cannot_keep_is_a_problem(tmp_path: Path, column: str) -> None:
    products, problems = read_rows(tmp_path, a_row(**{column: "x" * 251}))

    assert products == []
    assert [(problem.row, problem.severity) for problem in problems] == [(2, Severity.ERROR)]


# --- currencies ---------------------------------------------------------------------------------------------


def read_prices(folder: Path, currencies: dict[str, str], **cells: str) -> tuple[dict[str, Any], list[Problem]]:
    products, problems = read_products(a_products_file(folder, a_row(**cells)), currencies)
    return (dict(products[0].record.variants[0].prices) if products else {}), problems


def test_a_price_is_in_the_channels_currency(tmp_path: Path) -> None:
    prices, problems = read_prices(tmp_path, {DEFAULT_CHANNEL: "EUR"}, price="5")

    assert problems == []
    assert prices == {DEFAULT_CHANNEL: a_price("5", currency="EUR")}


def test_a_currency_that_is_not_the_channels_is_a_problem(tmp_path: Path) -> None:
    prices, problems = read_prices(tmp_path, {DEFAULT_CHANNEL: "EUR"}, price="5", currency="USD")

    assert prices == {}
    assert told(problems) == [(2, "currency", ProblemCode.WRONG_CURRENCY, "USD")]


def test_where_no_shop_is_known_the_files_currency_is_believed(tmp_path: Path) -> None:
    prices, problems = read_prices(tmp_path, {}, price="5", currency="chf")

    assert problems == []
    assert prices == {DEFAULT_CHANNEL: a_price("5", currency="CHF")}


def test_each_channel_has_its_own_price(tmp_path: Path) -> None:
    prices, problems = read_prices(
        tmp_path, {DEFAULT_CHANNEL: "USD", "eu": "EUR"}, price="5", currency="USD", **{"price: eu": "4.50"}
    )

    assert problems == []
    assert prices == {DEFAULT_CHANNEL: a_price("5"), "eu": a_price("4.50", currency="EUR")}


@pytest.mark.parametrize("parts", [("a; b", "c"), ("Z\\", "r"), ("a\\;b", "\\"), ("one",)])
def test_a_list_is_read_as_it_was_written(parts: tuple[str, ...]) -> None:
    assert parse_lines(cell_text(parts)) == parse_lines(cell_of(list(parts), "cautions")) == parts
