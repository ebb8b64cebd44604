"""Menus in Saleor's dialect. Lines that lead to what may not be shown are left out."""

from __future__ import annotations

from typing import Any

import graphene

from storefront.catalog.queries.menus import MenuLookup, ShownItem, ShownMenu, load_menus
from storefront.graphql.lookups import InChannel, WithName, WithPublicId, is_id_of, require_one, row_attribute
from storefront.graphql.types.categories import Category
from storefront.graphql.types.collections import Collection
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata
from storefront.graphql.types.pages import Page
from storefront.graphql.types.translations import MenuItemTranslation, translated


class MenuItem(WithPublicId, graphene.ObjectType):
    name = graphene.String(required=True)
    level = graphene.Int(required=True)
    url = graphene.String()
    category = graphene.Field(Category)
    collection = graphene.Field(Collection)
    page = graphene.Field(Page)
    children = graphene.List(graphene.NonNull(lambda: MenuItem))
    translation = translated(MenuItemTranslation)

    class Meta:
        default_resolver = row_attribute
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_url(root: InChannel[ShownItem], info: graphene.ResolveInfo) -> str | None:
        return root.row.url or None

    @staticmethod
    def resolve_collection(root: InChannel[ShownItem], info: graphene.ResolveInfo) -> Any:
        return InChannel(root.row.collection, root.channel) if root.row.collection else None

    @staticmethod
    def resolve_children(root: InChannel[ShownItem], info: graphene.ResolveInfo) -> list[InChannel[ShownItem]]:
        return [InChannel(item, root.channel) for item in root.row.children]


class Menu(WithName, graphene.ObjectType):
    items = graphene.List(graphene.NonNull(MenuItem))

    class Meta:
        default_resolver = row_attribute
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_items(root: InChannel[ShownMenu], info: graphene.ResolveInfo) -> list[InChannel[ShownItem]]:
        return [InChannel(item, root.channel) for item in root.row.items]


class MenuQueries:
    menu = graphene.Field(
        Menu, channel=graphene.String(), id=graphene.ID(), name=graphene.String(), slug=graphene.String()
    )

    @staticmethod
    def resolve_menu(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        name: str | None = None,
        slug: str | None = None,
        channel: str | None = None,
    ) -> InChannel[ShownMenu] | None:
        require_one({"id": id, "name": name, "slug": slug})
        if id is not None and not is_id_of("Menu", id):
            return None
        place = info.context.channel(channel)
        if id is not None:
            lookup = MenuLookup("public_id", id, place)
        else:
            lookup = MenuLookup("name", name, place) if name is not None else MenuLookup("slug", slug or "", place)
        menu = info.context.ask(load_menus, lookup)
        return InChannel(menu, place) if menu else None
