"""Pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.saleor.fake.fields import check_columns, check_slug_kept, existing, new_slug
from tests.saleor.fake.menus import remove_items_to
from tests.saleor.fake.refusals import Refused, error
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import Page, Shop
from tests.saleor.fake.texts import BadEditorJs, clean_editorjs
from tests.saleor.fake.values import BadValues, Cleaned, check_values, drop_references, save_values

Given = Mapping[str, Any]
Json = dict[str, Any]


@performs("pageCreate", "MANAGE_PAGES")
def page_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    kind = existing(shop, input["page_type"], "PageType", "pageType")
    page = Page(title=input.get("title") or "", slug="", page_type=kind.pk)
    page.slug = new_slug(shop, "Page", {**input, "title": page.title}, "title")
    cleaned = clean_values(shop, input, kind.attributes, creation=True)
    set_page(page, input)
    check_columns(shop, "Page", {**input, "title": page.title, "slug": page.slug})
    shop.pages.add(page)
    save_values(shop, page, cleaned)
    return {"page": page}


@performs("pageUpdate", "MANAGE_PAGES")
def page_update(asked: Asked, id: str, input: Given) -> Json:
    shop = asked.shop
    page = find_page(shop, id)
    check_slug_kept(input)
    cleaned = clean_values(shop, input, shop.page_types[page.page_type].attributes, creation=False)
    check_columns(shop, "Page", input, pk=page.pk)
    if input.get("slug"):
        page.slug = input["slug"]
    set_page(page, input)
    save_values(shop, page, cleaned)
    return {"page": page}


def find_page(shop: Shop, gid: str) -> Page:
    return existing(shop, gid, "Page")  # type: ignore[no-any-return]


def set_page(page: Page, given: Given) -> None:
    if given.get("title") is not None:
        page.title = given["title"]
    if given.get("is_published") is not None:
        page.is_published = given["is_published"]
    if given.get("published_at") is not None:
        page.published_at = given["published_at"]
    if page.is_published and page.published_at is None:
        page.published_at = datetime.now(UTC)
    if "content" in given:
        try:
            page.content = clean_editorjs(given["content"])
        except BadEditorJs:
            raise Refused(error(None, "INVALID", "Invalid EditorJS input")) from None


def clean_values(shop: Shop, given: Given, attributes: Iterable[int], *, creation: bool) -> Cleaned:
    if not given.get("attributes"):
        return []
    try:
        return check_values(shop, given["attributes"], attributes, creation=creation)
    except BadValues as bad:
        faults = [
            error("attributes", problem.code or "INVALID", problem.message, attributes=list(problem.attributes) or None)
            for problem in bad.problems
        ]
        raise Refused(*faults) from None


def delete_pages(shop: Shop, pages: Iterable[Page]) -> None:
    for page in list(pages):
        drop_references(shop, "Page", page.pk)
        remove_items_to(shop, "page", page.pk)
        shop.pages.remove([page])


@performs("pageDelete", "MANAGE_PAGES")
def page_delete(asked: Asked, id: str) -> Json:
    page = find_page(asked.shop, id)
    delete_pages(asked.shop, [page])
    return {"page": page}
