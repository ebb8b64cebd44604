"""Slugs, and what Saleor makes of EditorJS when it saves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from typing import Any, Final

import nh3
from django.utils.html import strip_tags
from django.utils.text import slugify

SCHEMES: Final = {"http", "https", "mailto", "tel"}

Clean = Callable[[Any], Any]


class BadEditorJs(ValueError):
    """Not a document as Saleor takes it."""


def slug_of(text: str, taken: Container[str] = ()) -> str:
    """A slug from a name, with a number where it is taken."""
    return unique_slug(slugify(text) or "-", taken)


def unique_slug(slug: str, taken: Container[str]) -> str:
    found, number = slug, 1
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found


def clean_text(text: Any) -> str | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise BadEditorJs("a text is no text")
    return nh3.clean(text, url_schemes=SCHEMES, link_rel="noopener noreferrer") if text else text


def clean_url(text: Any) -> str | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise BadEditorJs("a URL is no text")
    if not text:
        return ""
    return text.strip() if text.strip().partition(":")[0].lower() in SCHEMES else "#invalid"


def clean_number(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and value.isnumeric():
        return int(value)
    raise BadEditorJs("a number is none")


def clean_flag(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise BadEditorJs("a flag is none")


def clean_style(value: Any) -> str | None:
    if value not in ("ordered", "unordered", "checklist", None):
        raise BadEditorJs("no style of a list")
    return value  # type: ignore[no-any-return]


def clean_meta(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) > 10:
        raise BadEditorJs("no meta of a list")
    return {str(clean_text(key)): clean_text(part) if isinstance(part, str) else part for key, part in value.items()}


def clean_items(value: Any) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise BadEditorJs("items are no list")
    return [clean_keys(item, ITEM) if isinstance(item, dict) else clean_text(item) for item in value]


def clean_rows(value: Any) -> list[list[str | None]] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise BadEditorJs("no rows of a table")
    return [[clean_text(cell) for cell in row] for row in value]


def clean_file(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadEditorJs("no file of an image")
    return clean_keys(value, {"url": clean_url})


_ALIGN: Final[dict[str, Clean]] = {"alignment": clean_text, "align": clean_text}
_SIZE: Final[dict[str, Clean]] = {"width": clean_number, "height": clean_number}
ITEM: Final[dict[str, Clean]] = {"content": clean_text, "items": clean_items, "meta": clean_meta}
BLOCKS: Final[dict[str, dict[str, Clean]]] = {
    "paragraph": {"text": clean_text, **_ALIGN},
    "header": {"text": clean_text, "level": clean_number, **_ALIGN},
    "list": {"style": clean_style, "items": clean_items, "meta": clean_meta},
    "quote": {"text": clean_text, "caption": clean_text, **_ALIGN, **_SIZE},
    "embed": {"embed": clean_url, "source": clean_url, "caption": clean_text, "service": clean_text, **_SIZE},
    "image": {
        "file": clean_file,
        "url": clean_url,
        "caption": clean_text,
        "withBorder": clean_flag,
        "withBackground": clean_flag,
        "stretched": clean_flag,
        **_SIZE,
    },
    "table": {"withHeadings": clean_flag, "stretched": clean_flag, "content": clean_rows},
}


def clean_keys(found: Mapping[str, Any], allowed: Mapping[str, Clean]) -> dict[str, Any]:
    """What is allowed of an object, cleaned; other keys are dropped."""
    return {key: clean(found[key]) for key, clean in allowed.items() if key in found}


def clean_block(block: Any) -> dict[str, Any]:
    if not isinstance(block, dict) or block.get("type") not in BLOCKS or not isinstance(block.get("data"), dict):
        raise BadEditorJs("no block that is allowed")
    found = clean_keys(block, {"id": clean_text})
    return {"type": block["type"], "data": clean_keys(block["data"], BLOCKS[block["type"]])} | found


def clean_editorjs(document: Any) -> Any:
    """A document as it is saved. Raises `BadEditorJs`."""
    if document is None:
        return None
    if not isinstance(document, dict):
        raise BadEditorJs("no document")
    blocks = document.get("blocks")
    if blocks is not None and not isinstance(blocks, list):
        raise BadEditorJs("no blocks")
    found = clean_keys(document, {"version": clean_text, "time": lambda value: value})
    if "blocks" in document:
        found["blocks"] = None if blocks is None else [clean_block(block) for block in blocks]
    return as_jsonb(found)


def as_jsonb(value: Any) -> Any:
    """With the order of keys that PostgreSQL gives: the shorter first."""
    if isinstance(value, dict):
        return {key: as_jsonb(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key))}
    if isinstance(value, list):
        return [as_jsonb(part) for part in value]
    return value


def editorjs_to_text(document: Any) -> str:
    """The words of a cleaned document."""
    return " ".join(filter(None, (strip_tags(block_text(block)) for block in (document or {}).get("blocks") or ())))


def block_text(block: Mapping[str, Any]) -> str:
    data = block["data"]
    if block["type"] == "list":
        return " ".join(filter(None, map(item_text, data.get("items") or ())))
    if block["type"] == "table":
        return " ".join(cell for row in data.get("content") or () for cell in row if cell)
    if block["type"] == "embed":
        return " ".join(data[key] for key in ("source", "embed", "caption") if data.get(key))
    if block["type"] == "image":
        return " ".join(filter(None, ((data.get("file") or {}).get("url"), data.get("caption"))))
    return data.get("text") or ""


def item_text(item: Any) -> str:
    if isinstance(item, dict):
        return " ".join(filter(None, (item.get("content"), *map(item_text, item.get("items") or ()))))
    return item or ""


def truncated(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def has_control(text: str) -> bool:
    return re.search("\x00", text) is not None
