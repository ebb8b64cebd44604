"""Resources that tests share. Data is built by `builders.py`."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from storefront.catalog.taxonomy import Taxonomy, load_taxonomy
from storefront.graphql.limits.admission import admission
from tests.effort import IS_QUICK, IS_SAMPLE, sample_of, tries
from tests.shops import ShopProcess, copy_home, start_shop

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


# What starts or asks a server.
SERVED_FOLDERS = {"embedded", "end_to_end", "kills", "saleor", "security"}
SERVED_FIXTURES = {"db", "transactional_db", "sample_home", "browser"}


def pytest_configure() -> None:
    if IS_QUICK or IS_SAMPLE:
        hypothesis.settings.register_profile("fewer", max_examples=tries(100), deadline=None)
        hypothesis.settings.load_profile("fewer")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that need a server where none runs (`make test-quick`), and of sweeps all but a sample where
    that is asked for."""
    left_out = {item for item in items if IS_QUICK and is_served(item)} | (unsampled(items) if IS_SAMPLE else set())
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def is_served(item: pytest.Item) -> bool:
    return bool(
        item.get_closest_marker("django_db")
        or item.get_closest_marker("server")
        or SERVED_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or item.path.relative_to(Path(__file__).parent).parts[0] in SERVED_FOLDERS
    )


def unsampled(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return the cases of sweeps that are not in the sample."""
    sweeps: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sweep") is not None:
            sweeps.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return {
        item
        for name, cases in sweeps.items()
        for place, item in enumerate(sorted(cases, key=lambda case: case.nodeid))
        if place not in sample_of(name, len(cases))
    }


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(autouse=True)
def _own_cache(settings: Any) -> None:
    """Nothing that one test cached is seen by another, here or in a parallel process."""
    prefix = {"KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {name: found | prefix for name, found in settings.CACHES.items()}


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Making an account is not what a test is about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a stopped shop with the sample catalogue, made once a run; tests start copies of it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # The folder above is what all processes of a parallel run have in common.
        folder = folder.parent
    home = folder / "sample" / "home"
    home.parent.mkdir(exist_ok=True)
    with (home.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home.parent / "made").exists():
            running = start_shop(home)
            try:
                running.wait_until_ready()
            finally:
                code = running.interrupt()
            assert code == 0
            (home.parent / "made").touch()
    return home


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, sample_home: Path) -> Iterator[ShopProcess]:
    """One whole shop with the sample catalogue, for the tests that only look at it."""
    running = start_shop(copy_home(sample_home, tmp_path_factory.mktemp("shop") / "home"))
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.interrupt()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one the test is skipped, or fails where REQUIRE_BROWSER is set."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None or not Path(path).exists():
        message = "NO CHROMIUM FOUND: browser tests are skipped. Install it: apt-get install chromium"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=path,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            ],
        )
        yield found
        found.close()


@pytest.fixture(autouse=True)
def _no_spent_budget() -> None:
    """What one test asked for is not charged to the next; all come from one address."""
    admission.forget()
