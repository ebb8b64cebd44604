"""How fast a run goes, for whoever watches it."""

from __future__ import annotations

import time

import pytest

from catalog_import.staff.display.pace import Watch, left_words, milestone, pace_of, watch_of


def test_the_rate_is_that_of_the_time_it_was_watched() -> None:
    """A run that was gone on with had done much of its work before."""
    watch = Watch(done=900, at=time.time() - 10)

    pace = pace_of(watch, 920, 1000)

    assert pace.rate == pytest.approx(2, rel=0.05)
    assert pace.words == "2 items a second, about 40 seconds left"


def test_before_anything_was_done_no_time_is_promised() -> None:
    assert pace_of(Watch(done=5, at=time.time() - 10), 5, 100).words == ""


@pytest.mark.parametrize(
    "said",
    [{}, {"done": "x", "at": "1"}, {"done": "50", "at": "1"}, {"done": "1", "at": "1e300"}, {"done": "1", "at": "nan"}],
    ids=["nothing", "no number", "more than is done", "the future", "no time"],
)
def test_a_watch_that_cannot_be_begins_now(said: dict[str, str]) -> None:
    assert watch_of(said, 10).done == 10


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds left"),
        (48, "about 50 seconds left"),
        (150, "about 2 minutes left"),
        (3 * 3600, "about 3 hours left"),
    ],
)
def test_the_time_left_is_as_exact_as_it_can_be(seconds: float, words: str) -> None:
    assert left_words(seconds) == words


def test_progress_is_announced_by_quarters() -> None:
    assert [milestone(done, 200) for done in (0, 49, 50, 199, 200)] == [0, 0, 25, 75, 100]
    assert milestone(0, 0) == 0
