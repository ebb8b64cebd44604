"""What the tests of the importer that need a shop share."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.builders import open_shop
from tests.staff.people import signed_in


@pytest.fixture
def shop() -> None:
    """A shop with its channel and warehouse, and nothing to sell yet."""
    open_shop()


@pytest.fixture
def importer() -> Client:
    """The browser of a person who may import."""
    return signed_in("Importers")
