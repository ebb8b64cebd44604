"""Menus in Saleor's dialect. Lines that lead to what may not be shown are not in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene
from django.db.models import Q
from graphql import GraphQLError

from storefront.catalog import navigation
from storefront.catalog.models import Channel
from storefront.catalog.navigation import ShownItem, ShownMenu
from storefront.graphql.base import InChannel, checked_id
from storefront.graphql.categories import Category
from storefront.graphql.collections import Collection
from storefront.graphql.pages import Page


@dataclass(frozen=True, slots=True)
class InMenu:
    """A line of a menu as one channel shows it."""

    item: ShownItem
    channel: Channel | None


class MenuItem(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    level = graphene.Int(required=True)
    url = graphene.String()
    category = graphene.Field(Category)
    collection = graphene.Field(Collection)
    page = graphene.Field(Page)
    children = graphene.List(graphene.NonNull(lambda: MenuItem))

    @staticmethod
    def resolve_id(root: InMenu, info: graphene.ResolveInfo) -> str:
        return root.item.row.public_id

    @staticmethod
    def resolve_name(root: InMenu, info: graphene.ResolveInfo) -> str:
        return root.item.row.name

    @staticmethod
    def resolve_level(root: InMenu, info: graphene.ResolveInfo) -> int:
        return root.item.row.level

    @staticmethod
    def resolve_url(root: InMenu, info: graphene.ResolveInfo) -> str | None:
        return root.item.url or None

    @staticmethod
    def resolve_category(root: InMenu, info: graphene.ResolveInfo) -> Any:
        return root.item.category

    @staticmethod
    def resolve_collection(root: InMenu, info: graphene.ResolveInfo) -> Any:
        return InChannel(root.item.collection, root.channel) if root.item.collection else None

    @staticmethod
    def resolve_page(root: InMenu, info: graphene.ResolveInfo) -> Any:
        return root.item.page

    @staticmethod
    def resolve_children(root: InMenu, info: graphene.ResolveInfo) -> list[InMenu]:
        return [InMenu(item, root.channel) for item in root.item.children]


class Menu(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    items = graphene.List(graphene.NonNull(MenuItem))

    @staticmethod
    def resolve_id(root: tuple[ShownMenu, Channel | None], info: graphene.ResolveInfo) -> str:
        return root[0].public_id

    @staticmethod
    def resolve_name(root: tuple[ShownMenu, Channel | None], info: graphene.ResolveInfo) -> str:
        return root[0].name

    @staticmethod
    def resolve_slug(root: tuple[ShownMenu, Channel | None], info: graphene.ResolveInfo) -> str:
        return root[0].slug

    @staticmethod
    def resolve_items(root: tuple[ShownMenu, Channel | None], info: graphene.ResolveInfo) -> list[InMenu]:
        menu, channel = root
        return [InMenu(item, channel) for item in menu.items]


def find_menu(
    info: graphene.ResolveInfo, id: str | None, name: str | None, slug: str | None, channel: str | None
) -> tuple[ShownMenu, Channel | None] | None:
    """The menu, with the channel whose collections are shown in it: the named one, or the only one."""
    given = {column: value for column, value in (("id", id), ("name", name), ("slug", slug)) if value is not None}
    if len(given) != 1:
        raise GraphQLError("Exactly one of the arguments 'id', 'name', 'slug' is required.")
    if id is not None and checked_id(id, "Menu") is None:
        return None
    place = info.context.channel(channel)
    wanted = {"public_id" if column == "id" else column: value for column, value in given.items()}
    key = (place.pk if place else None, tuple(wanted.items()))
    found = info.context.ask(load_menus, key, lambda: (place, wanted), None)
    return (found, place) if found else None


def load_menus(wanted: Sequence[tuple[Channel | None, dict[str, str]]]) -> list[ShownMenu | None]:
    """Menus by channel and column. A document has few: each is read by itself."""
    return [navigation.menu(place, Q(**columns)) for place, columns in wanted]
