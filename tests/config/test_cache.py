"""What is kept in the cache: JSON alone, and what somebody else wrote there runs nothing."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from redis import Redis

from storefront.config.cache import JsonSerializer

pytestmark = pytest.mark.server


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_a_pickle_in_the_cache_is_never_loaded(tmp_path: Path) -> None:
    with Redis.from_url(settings.CACHE_URL) as client:
        client.set(cache.make_key("poisoned"), pickle.dumps(Evil(tmp_path / "ran")))

    assert cache.get("poisoned", "as if there were nothing") in (None, "as if there were nothing")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("value", [0, 7, -1, True, None, "text", [1, "a", None], {"1": 2}, 1.5, "5"])
def test_what_is_kept_comes_back(value: object) -> None:
    cache.set("a-value", value, 60)

    assert cache.get("a-value") == value
    assert type(cache.get("a-value")) is type(value)


def test_numbers_are_counted_up() -> None:
    cache.set("a-number", 1, 60)

    assert cache.incr("a-number") == 2
    assert cache.get("a-number") == 2


@pytest.mark.parametrize("data", [b"", b"\x80\x04.", b"[" * 100_000, b"nonsense"])
def test_bytes_that_are_not_ours_are_nothing(data: bytes) -> None:
    assert JsonSerializer().loads(data) is None
