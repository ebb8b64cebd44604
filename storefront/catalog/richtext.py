"""Texts of the catalogue in the forms in which they are shown: sanitized HTML, and Saleor's Editor.js blocks.

Texts are kept as they were written, Markdown or simple HTML. Both become HTML by CommonMark (which
lets HTML through) and a sanitizer; the Editor.js blocks are read from that HTML, so the two agree.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import Any

import nh3
from markdown_it import MarkdownIt

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table"}
_INLINE = {"a", "b", "strong", "i", "em", "code", "u", "s", "mark"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _BLOCKS | _INLINE | {"li", "br", "hr", "thead", "tbody", "tr", "th", "td", "pre", "div", "span"}
_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def to_html(text: str, *, top_level: int = 1) -> str:
    """Safe HTML of a Markdown or simple HTML text; its highest heading stands no higher than `top_level`."""
    html = nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    highest = next((level for level in range(1, 7) if f"<h{level}>" in html), top_level)
    down = max(top_level - highest, 0)
    for level in range(6, 0, -1) if down else ():
        lower = min(level + down, 6)
        html = html.replace(f"<h{level}>", f"<h{lower}>").replace(f"</h{level}>", f"</h{lower}>")
    return html


def to_editorjs(text: str) -> dict[str, Any]:
    """The text as an Editor.js document of the blocks that Saleor allows (paragraph, header, list, quote, table)."""
    reader = _BlockReader()
    reader.feed(to_html(text))
    reader.close()
    reader.end_paragraph()
    return {"blocks": reader.blocks, "version": "2.30.7"}


def to_plain(text: str) -> str:
    """The words alone, for summaries and search engines."""
    reader = _TextReader()
    reader.feed(to_html(text))
    reader.close()
    return " ".join("".join(reader.parts).split())


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.parts.append(" ")


class _BlockReader(HTMLParser):
    """Sanitized HTML → Editor.js blocks. Inline markup stays as HTML inside a block, as Editor.js keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[dict[str, Any]] = []
        self.inline: list[str] = []
        self.lists: list[dict[str, Any]] = []
        self.table: list[list[str]] | None = None
        self.is_headed = False
        self.quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INLINE:
            href = dict(attrs).get("href")
            self.inline.append(f'<{tag} href="{escape(href)}">' if href else f"<{tag}>")
        elif tag == "br":
            self.inline.append("<br>")
        elif self.table is not None and tag not in _TABLE:
            # A cell holds text alone; the blocks in it become its words.
            self.inline.append(" ")
        elif tag in ("ul", "ol"):
            self.end_paragraph()
            items: list[dict[str, Any]] = []
            if self.lists and self.lists[-1]["items"]:
                self.lists[-1]["items"][-1]["items"] = items
            self.lists.append({"style": "ordered" if tag == "ol" else "unordered", "items": items})
        elif tag == "table":
            self.end_paragraph()
            self.table, self.is_headed = [], False
        elif tag == "tr" and self.table is not None:
            self.table.append([])
        elif tag == "th":
            self.is_headed = True
        elif tag == "blockquote":
            self.end_paragraph()
            self.quotes += 1
        elif tag == "li" and self.lists:
            self.inline.clear()
            self.lists[-1]["items"].append({"content": "", "items": []})
        elif tag not in ("td", "thead", "tbody", "span"):
            self.end_paragraph()

    def handle_endtag(self, tag: str) -> None:
        if tag in _INLINE:
            self.inline.append(f"</{tag}>")
        elif self.table is not None and tag not in _TABLE:
            self.inline.append(" ")
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.add("header", text=self.take(), level=int(tag[1]))
        elif tag in ("td", "th") and self.table:
            self.table[-1].append(self.take())
        elif tag == "table" and self.table is not None:
            self.add("table", withHeadings=self.is_headed, content=self.table)
            self.table = None
        elif tag in ("ul", "ol") and self.lists:
            self.end_paragraph()
            done = self.lists.pop()
            if not self.lists:
                self.add("list", **done)
        elif tag == "blockquote":
            self.end_paragraph()
            self.quotes -= 1
        elif tag in ("p", "li", "pre", "div"):
            self.end_paragraph()

    def handle_data(self, data: str) -> None:
        self.inline.append(escape(data, quote=False))

    def take(self) -> str:
        text = " ".join("".join(self.inline).split())
        self.inline.clear()
        return text

    def end_paragraph(self) -> None:
        """What was gathered goes where it belongs: the open list item, the quote, or a paragraph."""
        text = self.take()
        if not text:
            return
        if self.lists and self.lists[-1]["items"]:
            item = self.lists[-1]["items"][-1]
            item["content"] = f"{item['content']}<br>{text}" if item["content"] else text
        elif self.quotes:
            self.add("quote", text=text, caption="", alignment="left")
        else:
            self.add("paragraph", text=text)

    def add(self, kind: str, **data: Any) -> None:
        self.blocks.append({"type": kind, "data": data})
