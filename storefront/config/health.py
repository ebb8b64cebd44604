"""`/healthz` (this process answers) and `/readyz` (its database and broker answer too).

A middleware before all others, so that a load balancer may ask by any host name and over plain HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """200 when all parts answer, else 503; each part by name with `ok` or what is wrong."""
    parts = {"database": database_state(), "cache": cache_state()}
    is_ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if is_ready else "unavailable"} | parts, status=200 if is_ready else 503)


def database_state() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        log.warning("The database does not answer", exc_info=True)
        return "unreachable"
    return "migrations pending" if pending else "ok"


def cache_state() -> str:
    if not settings.CACHES["default"].get("LOCATION"):
        return "not configured"
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        log.warning("The cache does not answer", exc_info=True)
        return "unreachable"
    return "ok"
