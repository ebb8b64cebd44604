"""GraphQL questions over HTTP, and their answers."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client


def post(body: Any, *, content_type: str = "application/json") -> Any:
    """The response to a body, whatever it is."""
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client(raise_request_exception=False).post("/graphql/", text, content_type=content_type)


def ask(query: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    response = post({"query": query, "variables": variables})
    answer = response.json()
    assert "errors" not in answer, answer["errors"]
    assert response.status_code == 200
    return answer["data"]


def refused(query: str, *, status: int = 200, **variables: Any) -> list[str]:
    """The messages of an answer with errors."""
    response = post({"query": query, "variables": variables})
    assert response.status_code == status, response.content
    return [error["message"] for error in response.json()["errors"]]


def names(connection: Any) -> list[str]:
    """The names (or titles) of a connection's nodes."""
    return [edge["node"].get("name", edge["node"].get("title")) for edge in connection["edges"]]
