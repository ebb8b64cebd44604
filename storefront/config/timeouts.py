"""How long the database may work for one statement of a web process, and what is answered where that was not enough.

Workers and commands never get this limit: it is set where a web server loads the application (`wsgi.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import QueryCanceled

RETRY_S = 10


def limit_statements(database: dict[str, Any], seconds: int) -> None:
    """Have PostgreSQL cancel statements of connections that are made with these settings from now on."""
    if "OPTIONS" not in database:
        return
    options = database["OPTIONS"]
    given = options.get("options", "")
    # What the operator wrote comes last, so that it wins.
    options["options"] = f"-c statement_timeout={seconds * 1000} {given}".strip()


def limit_web_statements() -> None:
    limit_statements(settings.DATABASES["default"], settings.WEB_STATEMENT_TIMEOUT_S)


def is_timeout(error: BaseException | None) -> bool:
    """Whether the database cancelled a statement that took too long."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)


class TimeoutMiddleware:
    """Answers 503 where a page's statement was cancelled."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_timeout(error):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(RETRY_S)
        return response
