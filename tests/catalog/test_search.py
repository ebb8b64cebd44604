"""Full-text search: what a person types finds what they mean."""

from __future__ import annotations

import pytest

from storefront.catalog.models import Channel
from storefront.catalog.queries.pages import list_pages
from storefront.catalog.queries.products import ProductQuery, ProductSort, list_products
from storefront.catalog.queries.search import search_query
from storefront.catalog.writer import write_products
from tests.builders import a_guide, a_product, a_variant, a_write, open_shop, publish, sell, sell_named, tags

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def channel() -> Channel:
    return open_shop()


def found(channel: Channel, text: str) -> list[str]:
    page = list_products(channel, ProductQuery(search=text, sort=ProductSort.RANK)).page({"first": 20})
    return [product.name for product in page.rows]


@pytest.mark.parametrize(
    "text",
    [
        "trigger point ball",
        "Trigger Point BALL",
        "ball trig",
        "triggers points",
        "tr",
        "quill",
        "cork",
        "spiky firm",
        "TPB-1",
        "shoulders",
        "massage ball",
        "rough",
        "the ball for the shoulders",
        "'ball'",
        "ball & trigger",
        "!ball",
        "ball:*",
        "(ball",
    ],
)
def test_a_product_is_found_by_its_words(channel: Channel, text: str) -> None:
    sell(
        a_product(
            name="Trigger Point Ball",
            brand="Quill",
            material="Cork",
            category="Spiky",
            description="<p>Rough all over.</p>",
            variants=(a_variant(sku="TPB-1", name="Firm"),),
        ),
        tags=tags("shoulders", tool_type="massage-ball"),
    )

    assert found(channel, text) == ["Trigger Point Ball"]


@pytest.mark.parametrize("text", ["gun", "ball gun", "igger", "strong", "p"])
def test_every_word_must_be_there(channel: Channel, text: str) -> None:
    sell_named("Trigger Ball", description="<strong>Round.</strong>", tags=tags())

    assert found(channel, text) == []


@pytest.mark.parametrize("text", ["", "   ", "!?", "&|!()", "''"])
def test_a_text_without_words_is_no_query(text: str) -> None:
    assert search_query(text) is None


def test_a_name_weighs_more_than_a_tag_and_a_tag_more_than_a_description(channel: Channel) -> None:
    sell_named("Third", description="Not for the neck.")
    sell_named("Second", "neck")
    sell_named("Neck first")

    assert found(channel, "neck") == ["Neck first", "Second", "Third"]


def test_words_of_other_scripts_are_found(channel: Channel) -> None:
    sell_named("Größe 按摩球 Ball")

    assert found(channel, "größe") == found(channel, "按摩") == ["Größe 按摩球 Ball"]


def test_a_very_long_search_is_answered(channel: Channel) -> None:
    sell_named("Ball")

    assert found(channel, "ball " * 5000) == ["Ball"]


def test_a_changed_product_is_found_by_its_new_words_alone(channel: Channel) -> None:
    sell(a_product(name="Cork Ball"))

    write_products([a_write(a_product(name="Rubber Ball"), tags=tags("feet"))])

    assert found(channel, "rubber") == found(channel, "feet") == ["Rubber Ball"]
    assert found(channel, "cork") == []


@pytest.mark.parametrize("text", ["calm", "slow", "arch"])
def test_a_guide_is_found_by_title_summary_and_body(text: str) -> None:
    publish(a_guide(title="Calm feet", summary="Slow rolling.", body="Under the arch."))
    publish(a_guide(slug="other", title="Other", summary="", body=""))

    assert [page.title for page in list_pages(search=text).page({"first": 9}).rows] == ["Calm feet"]
