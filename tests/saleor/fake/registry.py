"""Which function answers which field of the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.saleor.fake.refusals import denied
from tests.saleor.fake.state import App, Shop

Resolver = Callable[..., Any]


@dataclass
class Asked:
    """What a resolver knows of the request: the shop, who asks, and the files that came along."""

    shop: Shop
    app: App | None
    base_url: str
    files: Mapping[str, Any] = field(default_factory=dict)
    # That of the list that is being answered: its rows are asked in this channel.
    channel: str | None = None

    def may(self, *permissions: str) -> bool:
        return self.app is not None and bool(self.app.permissions & set(permissions))

    def require(self, *permissions: str) -> None:
        if not self.may(*permissions):
            raise denied(*permissions)


FIELDS: dict[tuple[str, str], Resolver] = {}
MUTATIONS: dict[str, tuple[Resolver, tuple[str, ...]]] = {}


def answers(kind: str, name: str) -> Callable[[Resolver], Resolver]:
    """The decorated function answers this field: ``f(asked, row, **arguments)``."""

    def register(resolver: Resolver) -> Resolver:
        FIELDS[kind, name] = resolver
        return resolver

    return register


def performs(name: str, *permissions: str) -> Callable[[Resolver], Resolver]:
    """The decorated function does this mutation, ``f(asked, **arguments)``, and gives its payload."""

    def register(resolver: Resolver) -> Resolver:
        MUTATIONS[name] = (resolver, permissions)
        return resolver

    return register
