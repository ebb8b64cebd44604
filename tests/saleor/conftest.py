"""Saleors for tests: the fake, and a real one where `SALEOR_API_URL` and `SALEOR_TOKEN` are set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storefront.saleor.client import transport
from storefront.saleor.client.transport import Saleor
from storefront.saleor.follow.sweeps import sweep_all
from storefront.saleor.schema.model import Slugs
from tests.builders import open_shop
from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.server import TOKEN
from tests.saleor.importing import FakeImporter, Importer, delete_made, set_up
from tests.saleor.staff import SLUGS, Staff
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


# Imports -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def made_up() -> bytes:
    """What a fake has after it was set up."""
    with FakeSaleor() as running, Saleor(running.url, TOKEN) as saleor:
        set_up(saleor)
        return running.shop.dump()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Saleor that does not answer is asked again at once, and not for long."""
    monkeypatch.setattr(transport, "FIRST_PAUSE_S", 0.005)
    monkeypatch.setattr(transport, "LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr(transport, "ATTEMPTS", 4)


@pytest.fixture
def importer(
    fake: FakeSaleor, made_up: bytes, impatient: None, transactional_db: None, settings: Any, tmp_path: Path
) -> Iterator[FakeImporter]:
    """Imports into a fresh fake that was set up, and an empty store."""
    fake.shop.restore(made_up)
    use(settings, fake.url, TOKEN, tmp_path)
    open_shop()
    with Saleor(fake.url, TOKEN) as saleor:
        yield FakeImporter(saleor, prefix="", fake=fake)


@pytest.fixture
def staff(importer: FakeImporter) -> Staff:
    """Somebody in the dashboard of a fake whose store is in step with it."""
    sweep_all(importer.saleor, SLUGS)
    return Staff(importer)


@pytest.fixture
def real_or_fake(
    real: Real | None, request: pytest.FixtureRequest, transactional_db: None, settings: Any, tmp_path: Path
) -> Iterator[Importer]:
    """Imports into the real Saleor, if there is one, else into a fake; what was made is deleted."""
    if real is None:
        yield request.getfixturevalue("importer")
        return
    use(settings, real.url, real.token, tmp_path)
    open_shop()
    with Saleor(real.url, real.token) as saleor:
        set_up(saleor)
        made = Importer(saleor)
        yield made
        delete_made(made)


def use(settings: Any, url: str, token: str, folder: Path) -> None:
    settings.SALEOR_API_URL = settings.SALEOR_URL = url
    settings.SALEOR_TOKEN, settings.SALEOR_SLUGS, settings.SALEOR_CONNECTIONS = token, Slugs({}), 4
    settings.MEDIA_ROOT = folder / "media"
