"""Sweeps: what changed in Saleor without an event is found, and only that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError
from django.utils import timezone
from typer.testing import CliRunner

from catalog_import.runs import enqueue
from storefront.catalog.models import AttributeValue, CatalogVersion, Product, ProductMedia, Term
from storefront.cli import saleor as cli
from storefront.config.env import env
from storefront.saleor.client import installation, transport
from storefront.saleor.client.errors import SaleorRefused
from storefront.saleor.follow import sweeps
from storefront.saleor.mirror import structure
from storefront.saleor.models import Change, Kind, Routine
from storefront.saleor.read import queries
from storefront.saleor.schema import documents
from tests.builders import a_guide, a_product, a_variant, shop_product
from tests.saleor import dashboard
from tests.saleor.comparing import every_row, whole_store
from tests.saleor.fake.faults import Fault
from tests.saleor.fake.faults import Kind as FaultKind
from tests.saleor.fake.server import TOKEN
from tests.saleor.importing import FakeImporter
from tests.saleor.staff import SLUGS, Staff

PRODUCTS = [
    a_product(name=f"Ball {number}", variants=(a_variant(sku=f"R-{number}", stock={"default-warehouse": 5}),))
    for number in range(1, 5)
]


@pytest.fixture(autouse=True)
def _products(importer: FakeImporter) -> None:
    importer.records(*PRODUCTS, guides=(a_guide(),))


def sweep_changed(staff: Staff) -> sweeps.SweepResult:
    return sweeps.sweep_changed(staff.importer.saleor, SLUGS)


def sweep_all(staff: Staff) -> sweeps.SweepResult:
    return sweeps.sweep_all(staff.importer.saleor, SLUGS)


def check_all(staff: Staff) -> sweeps.SweepResult:
    return sweeps.check_all(staff.importer.saleor, SLUGS)


def read_whole(staff: Staff, start: int = 0) -> list[str]:
    asked = [seen for seen in staff.importer.fake.seen[start:] if "query ProductsById" in seen.query]
    return sorted(id for seen in asked for id in seen.variables["ids"])


def bulk(staff: Staff) -> None:
    """What moves no stamp at all."""
    variant = staff.variant("R-1")
    product = staff.importer.product("R-1").id
    given = [{"id": variant.id, "name": "In bulk"}]
    staff.do(documents.VARIANT_BULK_UPDATE, product=product, variants=given, errorPolicy="REJECT_FAILED_ROWS")


def alt(staff: Staff) -> None:
    [media] = staff.shop.media
    staff.do(documents.MEDIA_UPDATE, id=media.id, input={"alt": "Another word"})


def categorise(staff: Staff) -> None:
    category = staff.shop.categories.first(slug="default-category")
    assert category is not None
    # As it is when its category is deleted: no stamp moves.
    staff.importer.product("R-1").category = category.pk


EDITS: dict[str, Callable[[Staff], None]] = {
    "name": lambda staff: staff.edit(name="Renamed"),
    "price": lambda staff: staff.price("33.00"),
    "stock": lambda staff: staff.stock(0),
    "publication": lambda staff: staff.publish(isPublished=False),
    "variants in bulk": bulk,
    "category": categorise,
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_cheap_sweep_finds_what_changed_and_reads_only_that_whole(staff: Staff, edit: str) -> None:
    EDITS[edit](staff)
    id = staff.importer.product("R-1").id
    start = len(staff.importer.fake.seen)

    swept = sweep_changed(staff)

    assert [one.id for one in swept.differing] == [id]
    assert read_whole(staff, start) == [id]
    assert check_all(staff).is_same
    assert sweep_changed(staff).is_same
    assert read_whole(staff, start).count(id) == 1 + 1, "once by the sweep, once by the check"


def test_a_cheap_sweep_finds_pictures_and_their_words(staff: Staff, tmp_path: Path) -> None:
    staff.add_picture(tmp_path)
    assert len(sweep_changed(staff).differing) == 1

    alt(staff)
    assert len(sweep_changed(staff).differing) == 1

    assert ProductMedia.objects.get().alt == "Another word"


@pytest.mark.parametrize("sweep", [sweep_changed, sweep_all])
def test_a_sweep_finds_new_products_and_deleted_ones(
    staff: Staff, sweep: Callable[[Staff], sweeps.SweepResult]
) -> None:
    staff.make_product("Made by hand")
    staff.delete("R-4")

    swept = sweep(staff)

    assert [one.name for one in swept.differing] == ["Made by hand"]
    assert [one.name for one in swept.gone] == ["Ball 4"]
    assert Product.objects.count() == 4
    assert sweep(staff).is_same


@pytest.mark.parametrize("sweep", [sweep_changed, sweep_all])
def test_a_sweep_of_a_shop_in_which_nothing_changed_writes_nothing(
    staff: Staff, sweep: Callable[[Staff], sweeps.SweepResult]
) -> None:
    sweep(staff)
    before, version = whole_store(), CatalogVersion.objects.get().number

    swept = sweep(staff)

    assert swept.is_same
    assert swept.products == 4
    assert (whole_store(), CatalogVersion.objects.get().number) == (before, version)


def test_a_full_sweep_finds_everything(staff: Staff) -> None:
    """An option that was exchanged in bulk is in no print."""
    for edit in EDITS.values():
        edit(staff)
    staff.rename_value("target-areas:neck", "Nape")
    staff.do(documents.PAGE_UPDATE, id=staff.page("calm-feet"), input={"title": "Calmer"})

    swept = sweep_all(staff)

    assert set(swept.kinds) == {Kind.ATTRIBUTE, Kind.PAGE}
    assert [one.name for one in swept.differing] == ["Renamed"]
    assert sweep_all(staff).is_same


@pytest.mark.parametrize("sweep", [sweep_changed, sweep_all])
def test_a_product_that_is_renamed_while_they_are_listed_is_not_forgotten(
    staff: Staff, sweep: Callable[[Staff], sweeps.SweepResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Products are listed by slug: one whose slug moves to an earlier page is on none."""
    monkeypatch.setattr(transport, "PAGE", 2)
    monkeypatch.setattr(transport.Saleor.pages, "__kwdefaults__", {"size": 2})
    ask = transport.Saleor.ask

    def ask_and_rename(self: transport.Saleor, document: str, variables: Any = None) -> Any:
        found = ask(self, document, variables)
        if "query Prints" in document or "query ProductIds" in document:
            staff.importer.product("R-4").slug = "a-first-slug"
        return found

    monkeypatch.setattr(transport.Saleor, "ask", ask_and_rename)

    swept = sweep(staff)

    assert swept.gone == []
    assert Product.objects.filter(reference="R-4").exists()


def test_a_product_that_cannot_be_read_stops_no_sweep(staff: Staff) -> None:
    staff.edit("R-2", name="Renamed")
    staff.importer.product("R-1").name = None  # type: ignore[assignment]

    swept = sweep_all(staff)

    assert shop_product("R-2").fields.own["name"] == "Renamed"
    assert len(swept.failed) == 1
    assert Change.objects.count() == 1


# --- checks -------------------------------------------------------------------------------------------------


def test_a_check_tells_every_difference_and_keeps_none(
    staff: Staff, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SALEOR_WRITE_PROPOSALS = True
    monkeypatch.setattr(enqueue, "send", never)
    staff.edit("R-1", name="Renamed")
    staff.price("33.00")
    staff.publish("R-2", isPublished=False)
    staff.delete("R-3")
    staff.make_product("Neck roller", description="For a stiff neck.")
    abroad = {"name": "Abroad", "slug": "abroad", "currencyCode": "EUR", "defaultCountry": "DE", "isActive": True}
    staff.do(dashboard.CHANNEL_CREATE, input=abroad)
    staff.publish("R-4", channel="abroad", isPublished=True)
    staff.price("9.00", "R-4", channel="abroad")
    staff.rename_value("target-areas:neck", "Nape")
    staff.do(documents.PAGE_UPDATE, id=staff.page("calm-feet"), input={"title": "Calmer"})
    staff.do(documents.CATEGORY_CREATE, input={"name": "New", "slug": "new"})
    before = every_row()

    swept = check_all(staff)

    assert {one.name: set(one.fields) for one in swept.differing} == {
        "Renamed": {"name", "price: default-channel of R-1"},
        "Ball 2": {"status"},
        "Ball 4": {"price: abroad of R-4"},
        "Neck roller": {"new"},
    }
    assert [one.name for one in swept.gone] == ["Ball 3"]
    assert set(swept.kinds) == {Kind.SHOP, Kind.ATTRIBUTE, Kind.PAGE, Kind.CATEGORY}
    assert swept.failed == []
    assert every_row() == before
    assert Term.objects.filter(name="Neck").exists()


def never(_task: str, id: str) -> None:
    raise AssertionError(f"A check writes nothing, but would write {id}.")


# --- the terminal -------------------------------------------------------------------------------------------


@pytest.fixture
def run(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setenv("SALEOR_API_URL", staff.importer.fake.url)
    monkeypatch.setenv("SALEOR_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://of.the.tests/")
    monkeypatch.setattr(cli, "start_django", lambda: None)
    env.cache_clear()
    monkeypatch.setattr(cli, "PATIENCE_S", 0.2)
    yield lambda *arguments: CliRunner().invoke(cli.app, ["sync", *arguments])
    env.cache_clear()


def test_the_command_says_what_differs_and_takes_it_over(staff: Staff, run: Callable[..., Any]) -> None:
    staff.edit(name="Renamed")

    found = run("--check")
    assert found.exit_code == 3
    assert "differs: Renamed (name)" in found.output

    found = run("--changed")
    assert (found.exit_code, "taken over: Renamed" in found.output) == (0, True)
    assert shop_product().fields.own["name"] == "Renamed"

    found = run("--check")
    assert (found.exit_code, "The store matches Saleor." in found.output) == (0, True)
    assert run().exit_code == 0
    assert run("--check", "--changed").exit_code == 2


def test_the_command_ends_with_4_where_saleor_is_away(staff: Staff, run: Callable[..., Any]) -> None:
    staff.importer.fake.faults.add(Fault(FaultKind.STATUS, times=999))

    assert run("--check").exit_code == 4
    assert run().exit_code == 4


# --- what goes wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sweep", [sweep_changed, sweep_all])
def test_a_kind_that_cannot_be_read_stops_no_sweep(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, sweep: Callable[[Staff], sweeps.SweepResult]
) -> None:
    def broken(*_: object) -> bool:
        raise ValueError("It is odd.")

    monkeypatch.setattr(structure, "REFRESH", {**structure.REFRESH, Kind.MENU: (broken,)})
    staff.edit(name="Walnut ball")

    swept = sweep(staff)

    assert shop_product().fields.own["name"] == "Walnut ball"
    assert swept.failed
    assert not swept.is_same


def test_a_guide_that_is_made_meanwhile_is_linked(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "WHOLE_PAGE", 1)
    calls = iter([lambda: make_and_link(staff)])

    def tick() -> None:
        next(calls, lambda: None)()

    sweeps.sweep_products(staff.importer.saleor, SLUGS, sweeps.SweepResult(), tick, allow_mass_removal=False)

    assert check_all(staff).differing == []


def make_and_link(staff: Staff) -> None:
    """What somebody does while a sweep goes on, and what is followed at once."""
    kind = staff.shop.page_types.first(slug="guide")
    assert kind is not None
    made = {"title": "New", "slug": "new", "pageType": kind.id, "isPublished": True}
    page = staff.do(documents.PAGE_CREATE, input=made)["page"]["id"]
    for number in range(1, 5):
        product = staff.shop.products.first(external_reference=f"R-{number}")
        assert product is not None
        said = [{"id": staff.attribute("guide"), "reference": page}]
        staff.do(documents.PRODUCT_UPDATE, id=product.id, input={"attributes": said})
    staff.arrive()


def test_most_of_a_shop_goes_only_where_somebody_is_sure(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "MOST_REMOVED_AT_ONCE", 1)
    for row in list(staff.shop.products)[1:]:
        staff.do(dashboard.PRODUCT_DELETE, id=row.id)

    for sweep in (sweep_changed, sweep_all):
        with pytest.raises(SaleorRefused, match="storefront saleor sync --yes"):
            sweep(staff)
    assert Product.objects.count() == 4

    assert len(sweeps.sweep_all(staff.importer.saleor, SLUGS, allow_mass_removal=True).gone) == 3
    assert Product.objects.count() == 1


def test_the_schedule_waits_only_after_a_sweep_that_succeeded(staff: Staff, run: Callable[..., Any]) -> None:
    staff.importer.fake.faults.add(Fault(FaultKind.STATUS, times=999))
    assert run().exit_code == 4
    assert not Routine.objects.exists()

    staff.importer.fake.faults.clear()
    assert run("--changed").exit_code == 0
    assert set(Routine.objects.values_list("name", flat=True)) == {sweeps.CHANGED}
    assert run().exit_code == 0
    assert {one.name for one in Routine.objects.filter(next_at__gt=timezone.now())} == {sweeps.CHANGED, sweeps.ALL}


@pytest.mark.usefixtures("staff")
def test_without_a_database_there_is_nothing_to_sync(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    env.cache_clear()

    answer = run()

    assert (answer.exit_code, "DATABASE_URL is not set" in answer.output) == (2, True)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("connection refused"), "cannot be used: connection refused"),
        (ProgrammingError('relation "saleor_choices" does not exist'), "manage migrate"),
    ],
)
@pytest.mark.parametrize("command", ["sync", "rotate"])
@pytest.mark.usefixtures("run")
def test_a_database_that_cannot_be_used_is_told_in_words(
    command: str, error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(sweeps, "sweep_all", fail)
    monkeypatch.setattr(installation, "rotate", fail)

    answer = CliRunner().invoke(cli.app, [command])

    assert (answer.exit_code, said in answer.output) == (4, True)


def test_a_full_sweep_forgets_values_that_nothing_has_any_longer(staff: Staff) -> None:
    firm = a_product(reference="R-9", variants=(a_variant(sku="R-9", options={"Firmness": "Firm"}),))
    staff.importer.records(firm)
    assert AttributeValue.objects.filter(name="Firm").exists()
    staff.delete("R-9")

    sweep_all(staff)

    assert not AttributeValue.objects.filter(name="Firm").exists()
