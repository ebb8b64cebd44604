"""Staff pages inside Saleor's dashboard: who asks is told by a pass in a header, and by no cookie.

A request with a pass gets no session and sets no cookie, so no form needs a token against forgery: no other site can
send the header. A pass that is not good is refused; the cookies of the request are not looked at in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final

from django.contrib.auth.models import Permission
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.cookie import CookieStorage, MessageDecoder, MessageEncoder
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from redis.exceptions import RedisError

from storefront.saleor.dashboard.claims import Visitor
from storefront.saleor.dashboard.passes import Pass, PassRefused, read_pass
from storefront.saleor.dashboard.views import may_be_framed
from storefront.staff.roles import IMPORTERS, ROLES, VIEWERS

STAFF: Final = "/staff/"
# What is shown in the frame; accounts, passwords and editors are not.
FRAMED: Final = ("/staff/imports/", "/staff/review/")
CATALOGUE: Final = frozenset(
    {
        "MANAGE_PRODUCTS",
        "MANAGE_PAGES",
        "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",
        "MANAGE_PAGE_TYPES_AND_ATTRIBUTES",
    }
)
# What of an importer's permissions is about guides, and what about both guides and products.
OF_PAGES: Final = Q(content_type__app_label="catalog", content_type__model="page")
OF_BOTH: Final = Q(content_type__app_label="catalog_import")
MESSAGES_KEPT_S: Final = 60


class DashboardUser:
    """A person of Saleor's staff. What they may do their pass says alone (`granted`)."""

    is_authenticated = is_active = is_staff = True
    is_anonymous = is_superuser = False
    pk = id = None

    def __init__(self, visitor: Visitor) -> None:
        self.username = self.email = visitor.email
        self.granted = granted(visitor.permissions)

    def __str__(self) -> str:
        return self.email

    def get_username(self) -> str:
        return self.email

    @cached_property
    def permissions(self) -> frozenset[str]:
        found = Permission.objects.filter(self.granted).values_list("content_type__app_label", "codename")
        return frozenset(f"{app}.{codename}" for app, codename in found)

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        return permission in self.permissions

    def has_perms(self, permissions: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(one) for one in permissions)

    def has_module_perms(self, app: str) -> bool:
        return any(one.startswith(f"{app}.") for one in self.permissions)


def granted(said: frozenset[str]) -> Q:
    """Which permissions somebody has here for those in Saleor. Who has none of the catalogue's has none; any of them
    is enough to look. Products are changed by who manages products, guides by who manages pages, and imports, which
    write both, by who manages both."""
    if not said & CATALOGUE:
        return Q(pk__in=())
    found = ROLES[VIEWERS]
    if "MANAGE_PRODUCTS" in said:
        found |= ROLES[IMPORTERS] & ~OF_PAGES & ~OF_BOTH
    if "MANAGE_PAGES" in said:
        found |= ROLES[IMPORTERS] & OF_PAGES
    if said >= {"MANAGE_PRODUCTS", "MANAGE_PAGES"}:
        found |= ROLES[IMPORTERS] & OF_BOTH
    return found


def pass_of(request: HttpRequest) -> Pass | None:
    """The pass that a request was made with; None outside of the dashboard."""
    return getattr(request, "dashboard_pass", None)


class DashboardMiddleware:
    """Stands before sessions: what it takes from a request nobody sees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        scheme, _, said = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not request.path.startswith(STAFF):
            return self.get_response(request)
        try:
            found = read_pass(said.strip())
        except PassRefused:
            return HttpResponse("The pass is no longer valid.", status=401, headers={"WWW-Authenticate": "Bearer"})
        if not request.path.startswith(FRAMED):
            return HttpResponse("This page is not for the dashboard.", status=403)
        request.COOKIES = {}
        request.META.pop("HTTP_COOKIE", None)
        request.dashboard_pass = found  # type: ignore[attr-defined]
        # As Django's own test client says it: nothing that a browser sends by itself lets this request in.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        answer = self.get_response(request)
        answer.cookies.clear()
        may_be_framed(answer)
        return answer

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """After the session's user was set, and before any view."""
        if (found := pass_of(request)) is not None:
            request.user = DashboardUser(found.visitor)  # type: ignore[assignment]


class PassStorage(BaseStorage):
    """Messages from one request of a pass to the next, by the cache; without it they are lost."""

    @property
    def key(self) -> str:
        found = pass_of(self.request)
        return f"dashboard-messages:{found.id}" if found else ""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Any], bool]:
        try:
            kept = cache.get(self.key) if self.key else None
            return (json.loads(kept, cls=MessageDecoder) if kept else [], bool(self.key))
        except (RedisError, OSError):
            return [], True

    def _store(self, messages: list[Any], response: HttpResponseBase, *args: Any, **kwargs: Any) -> list[Any]:
        if not self.key:
            return messages
        try:
            cache.set(self.key, MessageEncoder().encode(list(messages)), MESSAGES_KEPT_S)
        except (RedisError, OSError):
            return []
        return []


class MessageStorage(FallbackStorage):
    """The usual one, and for requests with a pass one without cookies."""

    storage_classes = (PassStorage, CookieStorage, SessionStorage)
