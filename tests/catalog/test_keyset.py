"""Walking a list: every row once, in both directions, however many rows have the same keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F, QuerySet

from storefront.catalog.keyset import CursorError, Key, Page, Window, take_page
from storefront.catalog.models import Channel, Product
from storefront.catalog.queries.areas import find_area
from storefront.catalog.queries.products import (
    ProductQuery,
    ProductSort,
    list_products,
    products_for_area,
    products_for_groups_above,
)
from tests.builders import open_shop, sell_named

pytestmark = pytest.mark.django_db

Ask = Callable[[Window], Page[Product]]


@pytest.fixture
def channel() -> Channel:
    """A shop of nine products, several of which are equal in each of the keys."""
    channel = open_shop()
    for number in range(9):
        sell_numbered(number)
    return channel


def sell_numbered(number: int) -> Product:
    row = sell_named(
        f"S-{number}",
        *(("lower-back",) if number % 2 else ("back",)),
        price=str(10 + number % 4),
        description="ball " * (number % 3 + 1),
    )
    Product.objects.filter(pk=row.pk).update(name=f"Ball {number % 3}")
    return row


def forwards(ask: Ask, size: int) -> list[int]:
    found: list[int] = []
    after = None
    while True:
        page = ask({"first": size, "after": after})
        found += [row.pk for row in page.rows]
        assert len(page.rows) <= size
        assert page.has_previous == (after is not None)
        assert len(found) <= 20, "The walk does not end."
        if not page.has_next:
            return found
        after = page.end_cursor


def backwards(ask: Ask, size: int) -> list[int]:
    found: list[int] = []
    before = None
    while True:
        page = ask({"last": size, "before": before})
        found = [row.pk for row in page.rows] + found
        assert page.has_next == (before is not None)
        assert len(found) <= 20, "The walk does not end."
        if not page.has_previous:
            return found
        before = page.start_cursor


# Worked out for the products of an area, or of a collection.
OF_OTHERS = ("distance", "place")


def by_sort(channel: Channel, sort: ProductSort, is_descending: bool) -> Ask:
    search = "ball" if sort is ProductSort.RANK else None

    def ask(window: Window) -> Page[Product]:
        query = ProductQuery(search=search, sort=sort, is_descending=is_descending)
        return list_products(channel, query).page(window)

    return ask


@pytest.mark.parametrize("is_descending", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("sort", [sort for sort in ProductSort if sort.value[0].name not in OF_OTHERS])
def test_a_walk_gives_every_row_once_in_both_directions(
    channel: Channel, sort: ProductSort, is_descending: bool
) -> None:
    ask = by_sort(channel, sort, is_descending)
    whole = [row.pk for row in ask({"first": 100}).rows]

    assert len(set(whole)) == 9
    for size in (1, 2, 4, 9, 20):
        assert forwards(ask, size) == whole
        assert backwards(ask, size) == whole


@pytest.mark.parametrize("slug", ["back", "lower-back", "hands"])
def test_an_areas_lists_can_be_walked(channel: Channel, slug: str) -> None:
    area = find_area(slug)
    assert area is not None
    for load in (products_for_area, products_for_groups_above):

        def ask(window: Window, load: Any = load) -> Page[Product]:
            return load(area, channel).page(window)  # type: ignore[no-any-return]

        whole = [row.pk for row in ask({"first": 100}).rows]

        assert forwards(ask, 2) == whole
        assert backwards(ask, 2) == whole


def test_a_descending_list_is_the_ascending_one_turned_round(channel: Channel) -> None:
    up = forwards(by_sort(channel, ProductSort.PRICE, False), 3)
    down = forwards(by_sort(channel, ProductSort.PRICE, True), 3)

    assert down == up[::-1]


def test_a_row_that_is_added_or_goes_meanwhile_does_not_disturb_a_walk(channel: Channel) -> None:
    ask = by_sort(channel, ProductSort.SLUG, False)
    first = ask({"first": 3})
    rest = [row.pk for row in ask({"first": 100}).rows][3:]

    Product.objects.filter(pk=first.rows[2].pk).delete()
    sell_named("A new one before all")

    assert [row.pk for row in ask({"first": 100, "after": first.end_cursor}).rows] == rest


def test_an_empty_list_has_no_cursors(channel: Channel) -> None:
    page = take_page(Product.objects.none(), [Key("name")], first=3)

    assert (page.rows, page.start_cursor, page.end_cursor, page.has_next, page.has_previous) == (
        [],
        None,
        None,
        False,
        False,
    )


def test_the_total_is_that_of_the_whole_list(channel: Channel) -> None:
    ask = by_sort(channel, ProductSort.NAME, False)
    first = ask({"first": 2})

    assert first.total() == ask({"first": 2, "after": first.end_cursor}).total() == 9


def test_a_cursor_is_base64_of_a_json_list_as_in_saleor(channel: Channel) -> None:
    page = by_sort(channel, ProductSort.NAME, False)({"first": 1})

    assert page.end_cursor is not None
    assert json.loads(base64.b64decode(page.end_cursor)) == ["Ball 0", page.rows[0].pk]


def cursor_of(*values: Any) -> str:
    return base64.b64encode(json.dumps(values).encode()).decode()


BROKEN = [
    "",
    "?",
    "nonsense",
    "é",
    base64.b64encode(b"\xff").decode(),
    base64.b64encode(b"[" * 100_000).decode(),
    base64.b64encode(b'{"a": 1}').decode(),
    base64.b64encode(b"3").decode(),
    cursor_of(),
    cursor_of("a"),
    cursor_of("a", 1, 2),
    cursor_of(None, 1),
    cursor_of(True, 1),
    cursor_of(["a"], 1),
    cursor_of("a", "b"),
    cursor_of("a", 1.5e400),
    cursor_of("a\0", 1),
    cursor_of("\ud800", 1),
    base64.b64encode(b'["a", NaN]').decode(),
    base64.b64encode(b'["a", Infinity]').decode(),
]


@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("cursor", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_cursor_is_refused(cursor: str, way: str) -> None:
    with pytest.raises(CursorError, match=r"^Received cursor is invalid\.$"):
        take_page(Product.objects.all(), [Key("name")], **{"first": 1, way: cursor})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        (ProductSort.PRICE, "abc"),
        (ProductSort.PRICE, "NaN"),
        (ProductSort.PRICE, "1e999999"),
        (ProductSort.UPDATED, "yesterday"),
        (ProductSort.UPDATED, "2026-13-01T00:00:00"),
        (ProductSort.UPDATED, 3),
        (ProductSort.RANK, "best"),
    ],
)
def test_a_cursor_with_a_value_of_another_kind_is_refused(sort: ProductSort, value: Any) -> None:
    channel = open_shop()

    with pytest.raises(CursorError, match=r"^Received cursor is invalid\.$"):
        by_sort(channel, sort, False)({"first": 1, "after": cursor_of(value, 1)})


def test_decimal_keys_keep_their_exact_value(channel: Channel) -> None:
    query: QuerySet[Any] = Product.objects.annotate(amount=F("variants__prices__amount")).filter(amount__isnull=False)

    page = take_page(query, [Key("amount")], first=1)

    assert page.end_cursor is not None
    assert Decimal(json.loads(base64.b64decode(page.end_cursor))[0]) == Decimal(10)
