"""Texts ↔ Editor.js documents.

The way back gives the one form of a text: `from_editorjs(to_editorjs(text)) == normalise(text)`. So a text that went to
Saleor and came back, cleaned, is equal to what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from storefront.catalog.richtext.blocks import CAPTION, MAX_DEPTH, editorjs_block, read_blocks
from storefront.catalog.richtext.html import clean, to_html, words_of
from storefront.catalog.richtext.normal import write

VERSION = "2.30.7"


def to_editorjs(text: str) -> dict[str, Any]:
    """Return the text as an Editor.js document of the blocks that Saleor allows (paragraph, header, list, quote,
    table)."""
    return {"blocks": [editorjs_block(block) for block in read_blocks(to_html(text))], "version": VERSION}


def from_editorjs(document: Mapping[str, Any]) -> str:
    """Return an Editor.js document as canonical Markdown. Pictures and embedded films become links, unknown blocks
    words."""
    html = (block_html(block) for block in _list_of(document.get("blocks")) if isinstance(block, Mapping))
    return write([block for part in html for block in read_blocks(clean(part))])


def block_html(block: Mapping[str, Any]) -> str:
    """Return an Editor.js block as the HTML that it stands for, not yet cleaned."""
    result = block.get("data")
    data: Mapping[str, Any] = result if isinstance(result, Mapping) else {}
    text, caption = _text_of(data.get("text")), _text_of(data.get("caption"))
    match block.get("type"):
        case "paragraph":
            return f"<p>{text}</p>"
        case "header":
            level = data.get("level")
            level = min(max(level, 1), 6) if isinstance(level, int) else 2
            return f"<h{level}>{text}</h{level}>"
        case "quote":
            stated = f"<p>{CAPTION}{caption.removeprefix(CAPTION)}</p>" if words_of(caption) else ""
            return f"<blockquote><p>{text}</p>{stated}</blockquote>"
        case "list":
            return list_html(data.get("items"), data.get("style"), data.get("meta"))
        case "table":
            return table_html(data)
        case "image":
            file = data.get("file")
            return link_html(caption, *(part.get("url") for part in (file, data, block) if isinstance(part, Mapping)))
        case "embed":
            return link_html(caption, data.get("source"), data.get("embed"))
        case _:
            return f"<p>{'<br>'.join(_strings(data))}</p>"


def list_html(items: Any, style: Any, meta: Any, depth: int = 1) -> str:
    tag = "ol" if style == "ordered" else "ul"
    start = meta.get("start") if isinstance(meta, Mapping) else None
    number = f' start="{start}"' if isinstance(start, int) else ""
    parts = []
    for item in _list_of(items):
        if not isinstance(item, Mapping):
            parts.append(f"<li>{_text_of(item)}</li>")
            continue
        inner, inner_meta = _list_of(item.get("items")), item.get("meta")
        below = ""
        if inner and depth < 5 * MAX_DEPTH:
            own = inner_meta.get("style") if isinstance(inner_meta, Mapping) else None
            below = list_html(inner, own or style, inner_meta, depth + 1)
        parts.append(f"<li>{_text_of(item.get('content'))}{below}</li>")
    return f"<{tag}{number}>{''.join(parts)}</{tag}>"


def table_html(data: Mapping[str, Any]) -> str:
    rows = []
    for number, row in enumerate(_list_of(data.get("content"))):
        tag = "th" if data.get("withHeadings") and number == 0 else "td"
        rows.append(f"<tr>{''.join(f'<{tag}>{_text_of(cell)}</{tag}>' for cell in _list_of(row))}</tr>")
    return f"<table>{''.join(rows)}</table>"


def link_html(words: str, *addresses: Any) -> str:
    """Return a link to the first address; without words it shows the address."""
    address = next((address for address in addresses if address and isinstance(address, str)), "")
    return f'<p><a href="{escape(address)}">{words if words_of(words) else escape(address)}</a></p>'


def _text_of(value: Any) -> str:
    """Return a text of a block, cleaned by itself: a tag that is left open must not reach into the next text."""
    if isinstance(value, str):
        return clean(value)
    return "" if value is None else escape(str(value))


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _strings(value: Any) -> Iterator[str]:
    """Return all texts in a block that nobody knows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
