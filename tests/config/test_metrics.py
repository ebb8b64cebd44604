"""`/metrics`: numbers for Prometheus, for whoever has the token."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.builders import open_shop, sell

pytestmark = pytest.mark.django_db


def test_the_numbers_are_those_of_the_shop(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a secret"
    open_shop()
    sell()

    answer = client.get("/metrics", headers={"Authorization": "Bearer a secret"})

    assert answer.status_code == 200
    lines = answer.content.decode().splitlines()
    assert 'knotwise_products{status="active"} 1.0' in lines
    assert 'knotwise_import_runs{status="running"} 0.0' in lines
    assert "knotwise_import_batches_pending 0.0" in lines


@pytest.mark.parametrize(("token", "said"), [("", "Bearer "), ("a secret", ""), ("a secret", "Bearer another")])
def test_nobody_else_gets_any(client: Client, settings: Any, token: str, said: str) -> None:
    settings.METRICS_TOKEN = token

    assert client.get("/metrics", headers={"Authorization": said}).status_code == 404
