"""Menus and their items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.saleor.fake.connections import by_slug, page_of
from tests.saleor.fake.fields import check_columns, find, new_slug, set_columns
from tests.saleor.fake.refusals import Refused, error
from tests.saleor.fake.registry import Asked, answers, performs
from tests.saleor.fake.state import Menu, MenuItem, Shop

Given = Mapping[str, Any]
Json = dict[str, Any]

TARGETS = {"category": "Category", "collection": "Collection", "page": "Page"}


@performs("menuCreate", "MANAGE_MENUS")
def menu_create(asked: Asked, input: Given) -> Json:
    slug = new_slug(asked.shop, "Menu", input)
    check_columns(asked.shop, "Menu", {**input, "slug": slug})
    return {"menu": asked.shop.menus.add(Menu(name=input["name"], slug=slug))}


@performs("menuUpdate", "MANAGE_MENUS")
def menu_update(asked: Asked, id: str, input: Given) -> Json:
    menu = find(asked.shop, id, "Menu")
    check_columns(asked.shop, "Menu", input, pk=menu.pk)
    set_columns(menu, input, "name", "slug")
    return {"menu": menu}


@performs("menuDelete", "MANAGE_MENUS")
def menu_delete(asked: Asked, id: str) -> Json:
    menu = find(asked.shop, id, "Menu")
    asked.shop.items.remove(asked.shop.items.where(menu=menu.pk))
    asked.shop.menus.remove([menu])
    return {"menu": menu}


@performs("menuItemCreate", "MANAGE_MENUS")
def menu_item_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    menu = find(shop, input["menu"], "Menu")
    above = find(shop, input["parent"], "MenuItem") if input.get("parent") else None
    item = MenuItem(menu=menu.pk, name=input["name"], parent=above.pk if above else None)
    set_target(shop, item, input)
    item.place = len(list(shop.items.where(menu=menu.pk, parent=item.parent)))
    return {"menuItem": shop.items.add(item)}


@performs("menuItemUpdate", "MANAGE_MENUS")
def menu_item_update(asked: Asked, id: str, input: Given) -> Json:
    item = find(asked.shop, id, "MenuItem")
    set_columns(item, input, "name")
    set_target(asked.shop, item, input)
    return {"menuItem": item}


@performs("menuItemDelete", "MANAGE_MENUS")
def menu_item_delete(asked: Asked, id: str) -> Json:
    item = find(asked.shop, id, "MenuItem")
    remove_items(asked.shop, [item])
    return {"menuItem": item}


@performs("menuItemMove", "MANAGE_MENUS")
def menu_item_move(asked: Asked, menu: str, moves: Sequence[Given]) -> Json:
    """`sortOrder` tells by how many places; an item comes last where it is put into another one."""
    shop = asked.shop
    for move in moves:
        item = find(shop, move["item_id"], "MenuItem")
        if move.get("parent_id"):
            item.parent = find(shop, move["parent_id"], "MenuItem").pk
        beside = sorted(shop.items.where(menu=item.menu, parent=item.parent), key=place_of)
        at = max(0, beside.index(item) + (move.get("sort_order") or 0))
        beside.remove(item)
        beside.insert(at, item)
        for place, found in enumerate(beside):
            found.place = place
    return {"menu": find(shop, menu, "Menu")}


def set_target(shop: Shop, item: MenuItem, given: Given) -> None:
    said = [name for name in ("url", *TARGETS) if given.get(name)]
    if len(said) > 1:
        raise Refused(error(None, "TOO_MANY_MENU_ITEMS", "More than one item provided."))
    if not said:
        return
    url = given.get("url")
    if url and (urlsplit(url).scheme not in ("http", "https", "ftp", "ftps") or not urlsplit(url).netloc):
        raise Refused(error("url", "INVALID", "Enter a valid URL."))
    item.url = url or None
    for name, kind in TARGETS.items():
        setattr(item, name, find(shop, given[name], kind).pk if given.get(name) else None)


def remove_items(shop: Shop, items: Sequence[MenuItem]) -> None:
    """With them go those that lie in them."""
    for item in items:
        remove_items(shop, list(shop.items.where(parent=item.pk)))
        shop.items.remove([item])


def remove_items_to(shop: Shop, target: str, pk: int) -> None:
    """The items that lead to something that is deleted."""
    remove_items(shop, list(shop.items.where(**{target: pk})))


def place_of(item: MenuItem) -> tuple[int, int]:
    return (item.place, item.pk)


# Reading --------------------------------------------------------------------------------------------------------------


@answers("Query", "menus")
def menus(asked: Asked, _: None, channel: str | None = None, **page: Any) -> Json:
    return page_of("menus", asked.shop.menus, by_slug, **page)


@answers("Menu", "items")
def menu_items(asked: Asked, row: Menu) -> list[MenuItem]:
    return sorted(asked.shop.items.where(menu=row.pk, parent=None), key=place_of)


@answers("MenuItem", "children")
def item_children(asked: Asked, row: MenuItem) -> list[MenuItem]:
    return sorted(asked.shop.items.where(parent=row.pk), key=place_of)


@answers("MenuItem", "parent")
def item_parent(asked: Asked, row: MenuItem) -> MenuItem | None:
    return asked.shop.items.get(row.parent)


@answers("MenuItem", "menu")
def item_menu(asked: Asked, row: MenuItem) -> Menu:
    return asked.shop.menus[row.menu]


@answers("MenuItem", "level")
def item_level(asked: Asked, row: MenuItem) -> int:
    return sum(1 for _ in above(asked.shop, row))


def above(shop: Shop, row: MenuItem) -> Iterator[MenuItem]:
    found = shop.items.get(row.parent)
    if found is not None:
        yield found
        yield from above(shop, found)


@answers("MenuItem", "category")
def item_category(asked: Asked, row: MenuItem) -> Any:
    return asked.shop.categories.get(row.category)


@answers("MenuItem", "collection")
def item_collection(asked: Asked, row: MenuItem) -> Any:
    """Whoever may not manage products has none without a channel that it is published in; that is not modelled."""
    asked.require("MANAGE_PRODUCTS")
    return asked.shop.collections.get(row.collection)


@answers("MenuItem", "page")
def item_page(asked: Asked, row: MenuItem) -> Any:
    found = asked.shop.pages.get(row.page)
    return found if found is None or found.is_published or asked.may("MANAGE_PAGES") else None
