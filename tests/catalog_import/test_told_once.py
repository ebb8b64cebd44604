"""What is told of files, told once and where staff look: groups of problems, what new products lack, mappings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from catalog_import.actions.check import lacks
from catalog_import.actions.make_plan import make_plan, new_run
from catalog_import.cli import printing
from catalog_import.models import ImportRun
from catalog_import.planning.importing import Options
from catalog_import.runs.known_mappings import recall
from catalog_import.runs.lifecycle import begin
from catalog_import.sources.problems import Place, ProblemCode, grouped, problem_at, row_list, warning_at
from storefront.catalog.models import ProductMedia
from tests.builders import a_product, sell
from tests.catalog_import.running import do_all
from tests.catalog_import.sources import read_text

LIST = "Bestellnr;Bezeichnung;VK;Farbton\nS-1;Noppenball für den Nacken;{};rot\n"
MAPPING = {"Bestellnr": "sku", "Bezeichnung": "name", "VK": "price"}


def test_what_says_the_same_is_one_group_with_its_rows() -> None:
    problems = [warning_at(Place("a.csv", row), "image", ProblemCode.MISSING_PICTURE, "None.") for row in (2, 3, 4, 9)]
    problems.append(problem_at(Place("a.csv", 7), "price", ProblemCode.INVALID_VALUE, "Bad."))

    found = grouped(problems)

    assert [(group.count, group.where) for group in found] == [
        (1, "a.csv, row 7, price"),
        (4, "a.csv, rows 2–4, 9, image"),
    ]


@pytest.mark.parametrize(
    ("only", "shown", "hidden"),
    [("error", "Bad.", "None."), ("missing-picture", "None.", "Bad."), (None, "Bad.", "Nothing")],
)
def test_only_what_is_asked_for_is_printed(only: str | None, shown: str, hidden: str) -> None:
    problems = [
        warning_at(Place("a.csv", 2), "image", ProblemCode.MISSING_PICTURE, "None."),
        problem_at(Place("a.csv", 7), "price", ProblemCode.INVALID_VALUE, "Bad."),
    ]

    with printing.out.capture() as captured:
        printing.print_problems(problems, only)

    assert "1 error, 1 warning:" in captured.get()
    assert shown in captured.get()
    assert hidden not in captured.get()


def test_many_rows_are_cut_short() -> None:
    assert row_list(range(0, 100, 2), most=3) == "2, 4, 6 …"


def test_a_check_says_what_a_new_product_would_lack(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,name,price,stock\nA,Ball,1.00,1\nB,,1.00,1\nC,Cane,,1\nD,,,1\n")

    told = [(problem.row, problem.column, problem.code) for product in found.products for problem in lacks(product)]

    assert told == [
        (3, "name", ProblemCode.LACKS),
        (4, "price", ProblemCode.LACKS),
        (5, "name", ProblemCode.LACKS),
    ]


@pytest.mark.parametrize(
    ("head", "price", "currency"),
    [
        ("Price (USD)", "12.50", "USD"),
        ("Price in €", "12,50", "EUR"),
        ("Preis", "12,50", "USD"),
        ("Prix TTC", "12,50", "USD"),
        ("price_gbp", "12.50", "GBP"),
        ("Preis in Euro", "12,50", "EUR"),
    ],
)
def test_a_price_column_in_other_words_is_understood(tmp_path: Path, head: str, price: str, currency: str) -> None:
    found = read_text(tmp_path, f"sku;name;{head}\nA;Ball;{price}\n")

    assert (str(found.prices["A"].amount), found.prices["A"].currency) == ("12.50", currency)


@pytest.mark.parametrize("head", ["Prix HT", "Preis netto", "Cost price", "EK", "Price excl. VAT"])
def test_a_price_that_nobody_pays_is_left_out(tmp_path: Path, head: str) -> None:
    found = read_text(tmp_path, f"sku;name;{head}\nA;Ball;12,50\n")

    assert found.prices == {}
    assert (1, head, ProblemCode.UNKNOWN_COLUMN) in found.told


def test_the_currency_of_the_shop_chooses_among_columns(tmp_path: Path) -> None:
    found = read_text(
        tmp_path, "sku,name,Price USD,Price EUR\nA,Ball,12.50,11.00\n", currencies={"default-channel": "EUR"}
    )

    assert str(found.prices["A"].amount) == "11.00"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"price": 1, "currency": "XYZ"}, "currency"),
        ({"price": 1, "warranty_years": -2}, "warranty_years"),
        ({"price": 1, "stock": "lots"}, "stock"),
        ({"price": True}, "price"),
        ({"price": 1, "stock": True}, "stock"),
        ({"price": [1, 2]}, "price"),
        ({"price": 1, "brand": {"x": 1}}, "brand"),
        ({"price": 1, "name": {"en": "Ball", "de": "Kugel"}}, "name"),
        ({"price": 1, "sku": ["A", "B"]}, "sku"),
        ({"price": 1, "sku": True}, "sku"),
        ({"price": 1, "status": 5}, "status"),
    ],
)
def test_a_json_value_of_a_wrong_type_is_a_problem(tmp_path: Path, cells: dict[str, object], column: str) -> None:
    found = read_text(tmp_path, json.dumps([{"sku": "A", "name": "Ball"} | cells]), "a.json")

    assert found.products == []
    assert [problem.column for problem in found.problems] == [column]


@pytest.mark.parametrize("end", ["Total,,36.00,", "Summe,,36.00,", ",Grand total,36.00,", "All prices include VAT.,,,"])
def test_a_row_below_the_table_is_no_product(tmp_path: Path, end: str) -> None:
    found = read_text(tmp_path, f"sku,name,price,stock\nA,Ball,12.00,1\nB,Cane,24.00,1\n{end}\n")

    assert (set(found.variants), found.problems) == ({"A", "B"}, [])
    assert any("left out" in note.what for note in found.interpretations)


def test_a_last_row_that_was_cut_off_is_a_problem(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,name,price,stock\nA,Ball,12.00,1\nB,Cane,2")

    assert set(found.variants) == {"A"}
    assert found.told == [(3, "", ProblemCode.DAMAGED_ROW)]
    assert "ends in the middle" in found.problems[0].message


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shop")
class TestMappings:
    """A mapping is said once for a source and its headers."""

    def plan(self, folder: Path, price: str, **options: object) -> ImportRun:
        path = folder / "list.csv"
        path.write_text(LIST.format(price), encoding="utf-8")
        settings = Options.model_validate(options)
        run = new_run(settings.source, files=[path.name], options=settings)
        make_plan(run, path, None, settings)
        run.refresh_from_db()
        return run

    def test_an_unknown_table_asks_first(self, tmp_path: Path) -> None:
        assert self.plan(tmp_path, "12,90").status == "mapping"

    def test_a_mapping_is_remembered(self, tmp_path: Path) -> None:
        first = self.plan(tmp_path, "12,90", mapping=MAPPING)
        start_run_of(first)

        again = self.plan(tmp_path, "14,90")

        assert (again.status, again.counts["update"]) == ("planned", 1)
        assert again.options["mapping"] == MAPPING

    def test_another_source_says_it_anew(self, tmp_path: Path) -> None:
        self.plan(tmp_path, "12,90", mapping=MAPPING)

        assert self.plan(tmp_path, "12,90", source="other").status == "mapping"
        assert recall("other", tmp_path / "list.csv") is None

    def test_what_is_left_out_is_named_on_the_page(self, tmp_path: Path, importer: Client) -> None:
        run = self.plan(tmp_path, "12,90", mapping=MAPPING)

        shown = importer.get(f"/staff/imports/{run.pk}/").content.decode()

        assert "Columns that were not read: Farbton." in shown

    def test_equal_problems_are_one_line_on_the_page(self, tmp_path: Path, importer: Client) -> None:
        path = tmp_path / "list.csv"
        path.write_text("sku,name,price,image\n" + "".join(f"A-{n},Ball,1.00,no.jpg\n" for n in range(5)))
        run = new_run("main", files=[path.name])
        make_plan(run, path, None, Options())

        shown = importer.get(f"/staff/imports/{run.pk}/?problems=warning").content.decode()

        assert shown.count("There is no such picture beside the file") == 1
        assert "5 ×" in shown


def start_run_of(run: ImportRun) -> None:
    begin(run)
    do_all(run)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shop")
def test_a_picture_that_could_not_be_fetched_is_shown_with_the_reason(importer: Client) -> None:
    product = sell(a_product(media=({"location": "https://cdn.example/a.jpg"},)))
    ProductMedia.objects.filter(product=product).update(message="The server says 404.", next_try_at=None)

    shown = importer.get("/staff/").content.decode()

    assert "https://cdn.example/a.jpg" in shown
    assert "The server says 404." in shown
