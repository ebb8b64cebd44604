"""How fast a run goes, as whoever watches it sees: a run that was gone on with has no one beginning."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

STEP = 25
"""Progress is announced at every so many percent; each second would be noise to a screen reader."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How far the run was when the watching began, and what was announced; it travels in the page's addresses."""

    done: int
    at: float
    said: int = 0

    def query(self, said: int) -> str:
        return urlencode({"done": self.done, "at": f"{self.at:.1f}", "said": said})


def watch_of(said: Mapping[str, str], done: int) -> Watch:
    """The watch that a request goes on with, or one that begins now."""
    now = time.time()
    try:
        watch = Watch(int(said["done"]), float(said["at"]), int(said.get("said", 0)))
    except (KeyError, ValueError):
        return Watch(done, now)
    return watch if 0 <= watch.done <= done and 0 < watch.at <= now else Watch(done, now)


@dataclass(frozen=True, slots=True)
class Pace:
    """Items a second, and the seconds that are left; None before either is known."""

    rate: float | None
    left_s: float | None

    @property
    def words(self) -> str:
        if self.rate is None or self.left_s is None:
            return ""
        rate = f"{self.rate:,.0f} items a second" if self.rate >= 1.5 else f"{self.rate * 60:,.0f} items a minute"
        return f"{rate}, {left_words(self.left_s)}"


def pace_of(watch: Watch, done: int, total: int) -> Pace:
    passed, did = time.time() - watch.at, done - watch.done
    if passed < 0.5 or did <= 0:
        return Pace(None, None)
    rate = did / passed
    return Pace(rate, (total - done) / rate)


def left_words(seconds: float) -> str:
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} seconds left"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes left" if minutes < 90 else f"about {round(minutes / 60)} hours left"


def milestone(done: int, total: int) -> int:
    """The last percentage that is worth announcing."""
    return done * 100 // total // STEP * STEP if total else 0
