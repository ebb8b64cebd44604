"""`storefront saleor setup`: what it makes, what it leaves alone, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from storefront.cli.saleor import app
from storefront.config import env as environment
from storefront.saleor.client.errors import SaleorRefused
from storefront.saleor.client.transport import Saleor
from storefront.saleor.provision.setup import SetupRefused, setup_plan
from storefront.saleor.read.shop import load_shop
from storefront.saleor.schema.model import ATTRIBUTES, PERMISSIONS, Slugs
from tests.builders import TAXONOMY
from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.server import TOKEN
from tests.saleor.fake.state import Attribute, ProductType, Value
from tests.saleor.importing import saleor_now, set_up


def planned(saleor: Saleor, slugs: Slugs | None = None) -> list[str]:
    return [step.text for step in setup_plan(load_shop(saleor, slugs or Slugs({})), TAXONOMY)]


def test_a_plan_makes_nothing(fake: FakeSaleor, saleor: Saleor) -> None:
    before = saleor_now(fake.shop)

    assert len(planned(saleor)) > len(ATTRIBUTES)
    assert saleor_now(fake.shop) == before


def test_after_it_nothing_is_left_to_do(fake: FakeSaleor, saleor: Saleor) -> None:
    set_up(saleor)

    assert planned(saleor) == []
    ours = fake.shop.product_types.first(slug="massage-tool")
    assert ours is not None
    areas = fake.shop.attributes.first(slug="target-areas")
    assert areas is not None
    assert [row.name for row in fake.shop.values if row.attribute == areas.pk] == [
        area.name for area in TAXONOMY.areas.values()
    ]
    assert {spec.key for spec in ATTRIBUTES} <= {row.slug for row in fake.shop.attributes}


def test_whatever_stopped_it_the_next_one_does_the_rest(fake: FakeSaleor, saleor: Saleor) -> None:
    shop = load_shop(saleor, Slugs({}))
    for step in setup_plan(shop, TAXONOMY)[:5]:
        step.do(saleor, shop)

    set_up(saleor)

    assert planned(saleor) == []
    assert len({row.slug for row in fake.shop.attributes}) == len(fake.shop.attributes) == len(ATTRIBUTES)


def test_what_is_missing_is_added_and_the_rest_stays(fake: FakeSaleor, saleor: Saleor) -> None:
    set_up(saleor)
    fake.shop.values.remove(fake.shop.values.where(external_reference="target-areas:neck"))
    others = len(fake.shop.values)

    done = set_up(saleor)

    assert done == ['add 1 values to the attribute "Target areas": Neck']
    assert len(fake.shop.values) == others + 1


def test_other_types_and_attributes_are_left_alone(fake: FakeSaleor, saleor: Saleor) -> None:
    own = fake.shop.attributes.add(Attribute(name="Colour", slug="colour", type="PRODUCT_TYPE"))
    fake.shop.product_types.add(ProductType(name="Book", slug="book", product_attributes=[own.pk]))

    set_up(saleor)

    book = fake.shop.product_types.first(slug="book")
    assert book is not None
    assert book.product_attributes == [own.pk]
    assert (own.name, own.external_reference) == ("Colour", None)


def test_an_attribute_of_the_shops_own_with_our_slug_is_in_the_way(fake: FakeSaleor, saleor: Saleor) -> None:
    fake.shop.attributes.add(Attribute(name="Brand", slug="brand", type="PRODUCT_TYPE", input_type="PLAIN_TEXT"))
    before = saleor_now(fake.shop)

    with pytest.raises(SetupRefused, match="SALEOR_SLUGS=brand=brand"):
        planned(saleor)

    assert saleor_now(fake.shop) == before


def test_a_mapped_attribute_is_used_and_its_values_are_known_by_their_names(fake: FakeSaleor, saleor: Saleor) -> None:
    zone = fake.shop.attributes.add(
        Attribute(name="Zone", slug="body-zone", type="PRODUCT_TYPE", input_type="MULTISELECT")
    )
    neck = fake.shop.values.add(Value(attribute=zone.pk, name="neck", slug="neck"))
    own = fake.shop.values.add(Value(attribute=zone.pk, name="Elsewhere", slug="elsewhere"))
    slugs = Slugs({"target-areas": "body-zone"})

    set_up(saleor, slugs)

    assert planned(saleor, slugs) == []
    values = {row.pk: row for row in fake.shop.values}
    assert values[neck.pk].external_reference == "target-areas:neck"
    assert (values[own.pk].external_reference, values[own.pk].name) == (None, "Elsewhere")
    assert fake.shop.attributes.first(slug="target-areas") is None


def test_a_mapped_attribute_of_a_wrong_kind_is_refused(fake: FakeSaleor, saleor: Saleor) -> None:
    fake.shop.attributes.add(Attribute(name="Zone", slug="body-zone", type="PRODUCT_TYPE", input_type="DATE"))

    with pytest.raises(SetupRefused, match="of the kind MULTISELECT"):
        planned(saleor, Slugs({"target-areas": "body-zone"}))


def test_a_missing_permission_is_named(fake: FakeSaleor) -> None:
    fake.add_app("weak", set(PERMISSIONS) - {"MANAGE_PAGES"})

    with Saleor(fake.url, "weak") as saleor, pytest.raises(SaleorRefused, match="MANAGE_PAGES"):
        planned(saleor)


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def command(fake: FakeSaleor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs the command; gives its exit code and what it said."""
    monkeypatch.setenv("SALEOR_API_URL", fake.url)
    monkeypatch.setenv("SALEOR_TOKEN", TOKEN)
    environment.env.cache_clear()

    def run(*arguments: str) -> tuple[int, str]:
        environment.env.cache_clear()
        found = CliRunner().invoke(app, ["setup", *arguments])
        return found.exit_code, found.output

    yield run
    environment.env.cache_clear()


def test_a_check_makes_nothing_and_ends_with_3_where_something_is_missing(command: Any, fake: FakeSaleor) -> None:
    before = saleor_now(fake.shop)

    code, said = command("--check")

    assert (code, 'to do: make the product type "Massage tool"' in said) == (3, True)
    assert saleor_now(fake.shop) == before


def test_a_shop_that_has_everything_is_checked_with_0(command: Any, fake: FakeSaleor) -> None:
    assert command("--yes")[0] == 0
    fake.ship("default-channel", "US")
    channel = fake.shop.channels.first(slug="default-channel")
    assert channel is not None
    channel.allow_unpaid_orders = True

    code, said = command("--check")

    assert (code, "missing" in said) == (0, False), said


def test_without_a_yes_nothing_is_made(command: Any, fake: FakeSaleor) -> None:
    code, said = command()

    assert (code, "Nothing was made" in said) == (2, True)
    assert len(fake.shop.attributes) == 0


def test_a_wrong_token_and_a_stopped_saleor_end_with_4(
    command: Any, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    monkeypatch.setenv("SALEOR_TOKEN", "wrong")
    code, said = command("--check")
    assert (code, "does not know the token" in said) == (4, True)

    monkeypatch.setenv("SALEOR_API_URL", "http://127.0.0.1:1/graphql/")
    assert command("--check")[0] == 4


def test_something_in_the_way_ends_with_3(command: Any, fake: FakeSaleor) -> None:
    fake.shop.attributes.add(Attribute(name="Brand", slug="brand", type="PRODUCT_TYPE", input_type="PLAIN_TEXT"))

    code, said = command("--yes")

    assert (code, "SALEOR_SLUGS=brand=brand" in said) == (3, True)
    assert len(fake.shop.attributes) == 1
