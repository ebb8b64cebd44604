"""Saleors for tests: the fake, and a real one where `SALEOR_API_URL` and `SALEOR_TOKEN` are set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from storefront.saleor.client import Saleor
from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.server import TOKEN
from tests.saleor.world import World

PATIENCE_S = 5.0


@dataclass(frozen=True)
class Real:
    """The address of a real Saleor."""

    url: str
    token: str


@pytest.fixture(scope="session")
def real() -> Real | None:
    url, token = os.environ.get("SALEOR_API_URL"), os.environ.get("SALEOR_TOKEN")
    return Real(url, token) if url and token else None


@pytest.fixture
def fake() -> Iterator[FakeSaleor]:
    """A fresh fake."""
    with FakeSaleor() as running:
        yield running


@pytest.fixture
def saleor(fake: FakeSaleor) -> Iterator[Saleor]:
    """A client of a fresh fake; it does not wait long."""
    with Saleor(fake.url, TOKEN, patience_s=PATIENCE_S) as client:
        yield client


@pytest.fixture
def fake_world(saleor: Saleor) -> World:
    """A catalogue in a fresh fake, whatever the environment says."""
    return World(saleor)


@pytest.fixture(scope="session")
def real_world(real: Real | None) -> Iterator[World | None]:
    """One catalogue for all tests against the real one, which deletes it at the end."""
    if real is None:
        yield None
        return
    with Saleor(real.url, real.token) as client:
        world = World(client)
        yield world
        world.clean_up()


@pytest.fixture
def world(real_world: World | None, request: pytest.FixtureRequest) -> World:
    """What the contract is tested on: the real Saleor, if there is one, else a fresh fake."""
    if real_world is not None:
        return real_world
    found: World = request.getfixturevalue("fake_world")
    return found
