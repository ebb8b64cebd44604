"""Knotwise as an app of the fake Saleor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from storefront.saleor.app.jwks import forget_keys
from storefront.saleor.client.installation import PERMISSIONS
from storefront.saleor.models import Change, Choices, Installation, Routine
from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.state import App

APP_TOKEN = "a" * 30
Rows = list[list[dict[str, Any]]]


def rows() -> Rows:
    """All that a webhook, a registration or a token could change."""
    return [list(model.objects.order_by("pk").values()) for model in (Installation, Change, Choices, Routine, User)]


@dataclass
class AppHome:
    """A Knotwise that serves the fake, and what the fake says to it."""

    fake: FakeSaleor
    client: Client

    def register(self, token: str = APP_TOKEN, **headers: str) -> Any:
        return self.client.post(
            "/saleor/register",
            json.dumps({"auth_token": token}),
            content_type="application/json",
            headers={"Saleor-Api-Url": self.fake.url} | headers,
        )

    def deliver(self, event: dict[str, Any] | bytes, **said: Any) -> Any:
        """Send a webhook as Saleor does. `said`: headers in place of the usual ones; None leaves one out."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        headers = {"Saleor-Api-Url": self.fake.url, "Saleor-Signature": self.fake.signer.sign(body)}
        headers |= {name.replace("_", "-"): value for name, value in said.items()}
        return self.client.post(
            "/saleor/webhooks",
            body,
            content_type="application/json",
            headers={name: value for name, value in headers.items() if value is not None},
        )


@pytest.fixture
def home(fake: FakeSaleor, db: None, settings: Any) -> Iterator[AppHome]:
    """One that the app is not installed in yet; the fake has made its token."""
    settings.SALEOR_API_URL = settings.SALEOR_URL = fake.url
    settings.SALEOR_TOKEN, settings.SECRET_KEY_FALLBACKS = "", []
    fake.add_app(APP_TOKEN, PERMISSIONS, identifier="knotwise")
    forget_keys()
    yield AppHome(fake, Client(enforce_csrf_checks=True))
    forget_keys()


@pytest.fixture
def installed(home: AppHome) -> AppHome:
    assert home.register().status_code == 200
    return home


@pytest.fixture
def app(fake: FakeSaleor, home: AppHome) -> App:
    """The app, as the fake has it."""
    return fake.apps[APP_TOKEN]


def an_event(**changes: Any) -> dict[str, Any]:
    return {
        "__typename": "ProductUpdated",
        "issuedAt": datetime.now(UTC).isoformat(),
        "issuingPrincipal": None,
        "product": {"id": "UHJvZHVjdDox"},
    } | changes
