"""What was searched is counted without persons; what staff say about searches holds at once, and safely."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from storefront.catalog.models import Channel, SearchCount, SearchOpening, SearchPin, SearchSynonym
from storefront.catalog.search import Answer, answer, report
from storefront.catalog.search.report import count_opening, count_search, read_report
from storefront.catalog.search.understanding import query_key
from storefront.catalog.writer.searches import forget_old_searches
from tests.builders import a_guide, open_shop, publish, sell_named, tags

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def channel() -> Channel:
    return open_shop()


def names(found: Answer) -> list[str]:
    return [hit.name for hit in found.hits]


def counted() -> dict[str, tuple[int, int]]:
    return {row.query: (row.searches, row.empty) for row in SearchCount.objects.all()}


# --- counting ------------------------------------------------------------------------------------------------


def test_searches_and_what_is_opened_from_them_are_counted() -> None:
    sell_named("Cork ball", tags=tags("feet", tool_type="massage-ball"))
    browser = Client()
    address = "/tools/?q=Féet%20!"

    browser.get(address)
    browser.get("/tools/?q=feet")
    browser.get("/tools/?q=feet&sort=price")
    browser.get("/tools/?q=feet&page=2")
    browser.get("/tools/?q=feet", headers={"Sec-Purpose": "prefetch"})
    browser.get("/tools/?q=bicycle+tyre")
    browser.get("/products/cork-ball/", headers={"Referer": f"http://testserver{address}"})
    browser.get("/products/cork-ball/", headers={"Referer": "http://elsewhere.example/tools/?q=feet"})
    browser.get("/products/cork-ball/")

    found = read_report(days=1, most=10)
    assert [(row.query, row.searches, row.empty, row.opened) for row in found.most_searched] == [
        ("feet", 2, 0, 1),
        ("bicycle tyre", 1, 1, 0),
    ]
    assert [row.query for row in found.nothing_found] == ["bicycle tyre"]
    assert [(row.query, row.slug, row.number) for row in found.most_opened] == [("feet", "cork-ball", 1)]


@pytest.mark.parametrize(
    "referer", ["http://[", "http://testserver/tools/?" + "&" * 200, "http://testserver/tools/?q=%00", "\x00"]
)
def test_any_address_that_somebody_comes_from_is_harmless(referer: str) -> None:
    sell_named("Ball")

    assert Client().get("/products/ball/", headers={"Referer": referer}).status_code == 200
    assert not SearchOpening.objects.exists()


@pytest.mark.parametrize("text", ["mia@example.org", "call 0151 234 5678", "!?", "\0", "\ud800", ""])
def test_what_may_be_personal_or_says_nothing_is_not_counted(text: str) -> None:
    count_search(text, is_empty=True)

    assert counted() == {}


def test_a_long_search_is_counted_by_its_beginning() -> None:
    count_search("neck " * 1000, is_empty=False)

    assert max(map(len, counted())) <= 100


def test_only_what_was_searched_can_be_opened_from_a_search() -> None:
    count_opening("never searched", "ball", is_guide=False)

    assert not SearchOpening.objects.exists()


def test_the_rows_of_a_day_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bounded = report._SEARCHED.replace(str(report.MAX_ROWS_A_DAY), "3")
    monkeypatch.setattr(report, "_SEARCHED", bounded)

    for word in ("neck", "back", "feet", "jaw", "neck"):
        count_search(word, is_empty=False)

    assert counted() == {"neck": (2, 0), "back": (1, 0), "feet": (1, 0)}


def test_a_search_is_answered_where_it_cannot_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    sell_named("Ball")
    monkeypatch.setattr(report, "_SEARCHED", "SELECT 1 / 0")

    assert Client().get("/tools/?q=ball").status_code == 200


def test_counting_is_one_statement(django_assert_num_queries: Any) -> None:
    # With the two of a transaction within the test's.
    with django_assert_num_queries(3):
        count_search("neck", is_empty=False)


def test_counting_waits_for_nobody(caplog: pytest.LogCaptureFixture) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            row = "INSERT INTO catalog_searchcount (day, query, searches, empty) VALUES (%s, 'neck', 1, 0)"
            cursor.execute(row, [report.today()])
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM catalog_searchcount FOR UPDATE")
            with connection.cursor() as own:
                # A wait would end as an error, which is told in the log.
                own.execute("SET LOCAL lock_timeout = '1s'")
            count_search("neck", is_empty=False)
            assert counted() == {"neck": (1, 0)}
            assert caplog.records == []
            cursor.execute("ROLLBACK")
            cursor.execute("DELETE FROM catalog_searchcount")
    finally:
        other.close()


def test_nothing_is_counted_where_the_shop_does_not_want_it(settings: Any) -> None:
    settings.SEARCH_REPORT_DAYS = 0
    count_search("neck", is_empty=False)

    assert counted() == {}


def test_old_and_rare_searches_are_forgotten(settings: Any) -> None:
    settings.SEARCH_REPORT_DAYS = 90
    today = timezone.now().date()

    def searched(query: str, days_ago: int, number: int) -> None:
        day = today - timedelta(days=days_ago)
        SearchCount.objects.create(day=day, query=query, searches=number, empty=0)
        SearchOpening.objects.create(day=day, query=query, is_guide=False, slug="ball", number=1)

    searched("old", 90, 50)
    searched("kept", 89, 3)
    searched("rare", 8, 2)
    searched("rare but new", 6, 1)
    for days_ago in (8, 20, 40):
        searched("now and then", days_ago, 1)

    forget_old_searches()

    assert set(counted()) == {"kept", "rare but new", "now and then"}
    assert set(SearchOpening.objects.values_list("query", flat=True)) == {"kept", "rare but new", "now and then"}


# --- what staff say ------------------------------------------------------------------------------------------


def test_a_synonym_is_understood_with_the_next_search(channel: Channel) -> None:
    sell_named("Reef", tags=tags("feet", tool_type="massage-ball"))
    sell_named("Gun", tags=tags("back", tool_type="massage-gun"))
    assert names(answer("zonk doodle", channel)) == []

    SearchSynonym.objects.create(phrase="zonk doodle", vocabulary="tool_type", slug="massage-ball")

    assert names(answer("Zonk Doodles", channel)) == ["Reef"]
    assert names(answer("a zonk-doodle for my feet", channel)) == ["Reef"]
    assert names(answer("zonk", channel)) == []

    SearchSynonym.objects.all().delete()
    assert names(answer("zonk doodle", channel)) == []


def test_a_synonym_obeys_the_rules_of_safety(channel: Channel) -> None:
    sell_named("Pulse", tags=tags("neck", "back", tool_type="massage-gun"))
    SearchSynonym.objects.create(phrase="zonker", vocabulary="tool_type", slug="massage-gun")

    found = answer("zonker for neck", channel)

    assert "Pulse" not in names(found)
    assert [each.tool_type for each in found.keeps_off] == ["massage-gun"]


def test_a_synonym_of_a_word_that_is_no_more_is_left_out(channel: Channel) -> None:
    sell_named("Reef", tags=tags("feet"))
    SearchSynonym.objects.create(phrase="zonk", vocabulary="area", slug="tail")
    SearchSynonym.objects.create(phrase="zonk", vocabulary="colour", slug="red")

    assert names(answer("feet", channel)) == ["Reef"]
    assert names(answer("zonk", channel)) == []


def test_what_is_pinned_comes_first_and_what_is_hidden_does_not_come(channel: Channel) -> None:
    for name in ("Alder", "Birch", "Cedar"):
        sell_named(name, tags=tags("feet", tool_type="massage-ball"))
    sell_named("Stone", tags=tags("hands"))
    publish(a_guide(title="Calm", slug="calm"), "hands")
    SearchPin.objects.create(query="feet", is_guide=False, slug="stone")
    SearchPin.objects.create(query="feet", is_guide=True, slug="calm")
    SearchPin.objects.create(query="feet", is_guide=False, slug="birch", is_hidden=True)
    SearchPin.objects.create(query="feet", is_guide=False, slug="no-more")

    found = answer(" FEET", channel)

    assert names(found) == ["Stone", "Calm", "Alder", "Cedar"]
    assert found.results[0].reasons == ("chosen by the shop",)
    assert found.counts.total == 3
    assert "Birch" in names(answer("massage ball feet", channel))


def test_what_is_pinned_is_found_where_nothing_was(channel: Channel) -> None:
    sell_named("Stone", tags=tags("hands"))
    SearchPin.objects.create(query="bicycle tyre", is_guide=False, slug="stone")

    assert names(answer("bicycle tyre", channel)) == ["Stone"]


def test_a_pin_puts_no_tool_where_it_must_not_be_used(channel: Channel) -> None:
    sell_named("Pulse", tags=tags("back", tool_type="massage-gun"))
    SearchPin.objects.create(query="neck", is_guide=False, slug="pulse")
    SearchPin.objects.create(query="back", is_guide=False, slug="pulse")

    assert names(answer("neck", channel)) == []
    assert names(answer("back", channel)) == ["Pulse"]


def test_what_staff_said_outlives_the_loading_of_the_taxonomy(channel: Channel) -> None:
    SearchSynonym.objects.create(phrase="zonk", vocabulary="area", slug="feet")
    SearchPin.objects.create(query="feet", is_guide=False, slug="stone")

    call_command("load_taxonomy", verbosity=0)

    assert (SearchSynonym.objects.count(), SearchPin.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "key"), [("  Fóam-Roller! ", "foam roller"), ("Runner’s knee", "runner s knee"), ("\0", "")]
)
def test_a_search_is_known_by_its_words(text: str, key: str) -> None:
    assert query_key(text) == key
