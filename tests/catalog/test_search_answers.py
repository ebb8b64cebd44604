"""Search over products and guides: what was meant is understood, ranked, explained, and bounded."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storefront.catalog.models import Channel
from storefront.catalog.search import Answer, answer
from storefront.catalog.search.understanding import MAX_LENGTH, Understood, normalized, query_language
from tests.builders import TAXONOMY, a_guide, open_shop, publish, sell_named, tags
from tests.effort import tries


@pytest.fixture
def channel(db: None) -> Channel:
    return open_shop()


def understand(text: str) -> Understood:
    return query_language(TAXONOMY).understand(text)


def names(found: Answer) -> list[str]:
    return [hit.name for hit in found.hits]


# --- understanding ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("tech neck", "neck"),
        ("TMJ", "head"),
        ("calfs", "calves"),
        ("my lowerback", "lower-back"),
        ("sholder pain", "shoulders"),
        ("pain in my bum when sitting", "glutes"),
        ("Gastrocnémius", "calves"),
    ],
)
def test_an_area_is_understood(text: str, area: str) -> None:
    assert area in understand(text).areas


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("masage gun", "massage-gun"),
        ("thergun", "massage-gun"),
        ("faom roller", "foam-roller"),
        ("lacrosse ball", "massage-ball"),
        ("backnobber", "massage-cane"),
        ("TENS", "electric-massager"),
        ("gausha", "scraper"),
    ],
)
def test_a_kind_of_tool_is_understood(text: str, tool: str) -> None:
    assert tool in understand(text).tool_types


def test_a_condition_implies_its_areas() -> None:
    assert {"glutes", "lower-back"} <= {*understand("siatica").areas, *understand("siatica").implied_areas}


def test_a_denial_is_no_wish() -> None:
    assert understand("roller, not for the neck").areas == ()
    assert "electric-massager" in understand("foot massager without batteries").unwanted
    assert "electric-massager" not in understand("foot massager not electric").tool_types


@pytest.mark.parametrize(
    "text", ["bicycle tyre", "dog neck collar", "shoulder bag", "running shoes", "should", "back door lock"]
)
def test_another_thing_is_not_understood(text: str) -> None:
    assert not understand(text).is_understood


def test_what_was_corrected_is_said() -> None:
    assert understand("masage gun for calfs").corrected == "massage gun for calfs"
    assert understand("massage gun for calves").corrected is None


# --- answers ------------------------------------------------------------------------------------------------


def test_products_and_guides_stand_in_one_list_with_their_reasons(channel: Channel) -> None:
    sell_named("Yoke", "neck")
    sell_named("Sole Ball", "feet")
    publish(a_guide(slug="ease", title="Ease"), tags_=tags("neck", conditions=["stiff-neck"]))

    found = answer("stif neck", channel)

    assert set(names(found)) == {"Yoke", "Ease"}
    assert found.did_you_mean == "stiff neck"
    assert {hit.name: hit.reasons for hit in found.hits}["Yoke"] == ("tagged Neck",)
    assert "for stiff neck" in found.results[0].reasons


@pytest.mark.parametrize("text", ["AB-12", "ab 12", "ab12", "AB"])
def test_a_sku_is_found_in_any_form(channel: Channel, text: str) -> None:
    sell_named("AB-12")
    sell_named("CD-34")

    assert names(answer(text, channel)) == ["AB-12"]


def test_a_name_comes_first_and_its_slips_are_repaired(channel: Channel) -> None:
    sell_named("Hush Roller", brand="Orrinvale")
    sell_named("Loud Roller", brand="Orrinvale")

    assert names(answer("hush roller", channel))[0] == "Hush Roller"
    assert answer("orinvale hush", channel).did_you_mean == "orrinvale hush"


def test_a_tool_is_not_offered_where_it_is_not_used(channel: Channel) -> None:
    sell_named("Pulse", "neck", tags=tags("neck", tool_type="massage-gun"))
    sell_named("Yoke", tags=tags("neck", tool_type="massage-cane"))
    publish(a_guide(slug="guns", title="Guns"), tags_=tags("calves", tool_type="massage-gun"))

    found = answer("massage gun for my neck", channel)

    assert set(names(found)) == {"Yoke", "Guns"}
    assert [each.tool_type for each in found.keeps_off] == ["massage-gun"]
    assert "Pulse" not in names(answer("neck", channel))
    assert "Pulse" in names(answer("massage gun", channel))


def test_a_tool_that_keeps_off_by_its_technique_or_its_own_word_is_not_found(channel: Channel) -> None:
    percussion = tags("neck", tool_type="electric-massager", techniques=["percussion"])
    sell_named("Hammer", tags=percussion)
    sell_named("Stated", tags=tags("neck", contraindications=["keep-off:neck"]))
    sell_named("Pillow", tags=tags("neck", tool_type="electric-massager", techniques=["kneading"]))

    assert names(answer("neck", channel)) == ["Pillow"]
    # The shoulders are no place that they keep off.
    assert set(names(answer("neck and shoulders", channel))) == {"Hammer", "Stated", "Pillow"}


def test_where_a_tool_must_not_be_used_is_nothing_that_it_is_found_by(channel: Channel) -> None:
    sell_named("Ball", "calves", tags=tags("calves", contraindications=["never:epilepsy"]))

    assert names(answer("epilepsy", channel)) == []


def test_what_means_nothing_here_finds_nothing_and_offers_areas(channel: Channel) -> None:
    sell_named("Sole Ball", "feet", description="Fits a bicycle bag.")

    found = answer("bicycle tyre", channel)

    assert names(found) == []
    assert found.nearest_areas


def test_what_is_hidden_is_not_found(channel: Channel) -> None:
    sell_named("Draft Ball", "feet", status="draft")

    assert names(answer("draft ball for feet", channel)) == []


# --- bounds -------------------------------------------------------------------------------------------------

HOSTILE = [
    "\0",
    "\ud800",
    "🦄" * 300,
    "a" * 200_000,
    "'" * 50,
    "a & | ! <-> b:*",
    "\u202eneck",
    "%s %(x)s",
    "\\",
    "(" * 100,
    "ﬁ ²" * 50,
]


@given(st.one_of(st.text(alphabet=st.characters(), max_size=400), st.sampled_from(HOSTILE)))
@example("neck " * 5000)
@settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered(channel: Channel, text: str) -> None:
    found = answer(text, channel)

    assert len(found.text) <= 2 * MAX_LENGTH
    assert len(normalized(text)) <= MAX_LENGTH


def test_the_number_of_statements_does_not_grow(channel: Channel) -> None:
    def statements(text: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer(text, channel)
        return len(captured)

    sell_named("Ball 0", "feet")
    publish(a_guide(), "feet")
    few = statements("feet")
    for number in range(1, 12):
        sell_named(f"Ball {number}", "feet")

    assert statements("feet") == few
    assert statements("sore feet and calfs after running, massage ball or roler " * 9) <= few
