"""Markdown or simple HTML → sanitized HTML, and that HTML as tokens.

Both become HTML by CommonMark (which lets HTML through) and a sanitizer. Everything else is read from that HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token as MarkdownToken

from storefront.catalog.richtext.kept import Kept

# A longer text is no text of a shop. Reading one takes some time for each character, and more for odd ones.
MAX_LENGTH = 100_000
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INLINE = frozenset(
    ("a", "b", "strong", "i", "em", "code", "u", "ins", "s", "del", "strike", "mark", "sub", "sup", "span")
)
# Of no meaning of their own here, but where one ends, its words end.
_SECTIONS = {"div", "section", "article", "figure", "figcaption", "dl", "dt", "dd", "center"}
_BLOCKS = {
    "p",
    *HEADINGS,
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    *_SECTIONS,
}
_TAGS = INLINE | _BLOCKS | {"br", "hr"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "*": set[str]()}
_SCHEMES = {"http", "https", "mailto", "tel"}

# In sanitized HTML every tag is well-formed, and < and > stand nowhere else.
_TOKEN = re.compile(r"<(/?)([a-z0-9]+)([^<>]*)>|([^<]+)")
_ATTRIBUTE = re.compile(r'\b([a-z]+)="([^"]*)"')
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(INLINE))})(?: [^<>]*)?>")
_TAG = re.compile(r"<[^<>]*>")
# No part of a text. It is taken out of words only: what is taken out of cleaned HTML could make an address of harm.
_BYTE_ORDER_MARK = "\ufeff"
_HALF_SIGN = re.compile("[\ud800-\udfff]")
_INDENTED_TAG = re.compile(r"^(?: {4}| {0,3}\t)[ \t]*(?=</?[a-zA-Z])", re.MULTILINE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


class Token(NamedTuple):
    """A piece of sanitized HTML: a tag that begins or ends, or a text (then `tag` is empty)."""

    tag: str
    is_end: bool
    attributes: str
    text: str


def to_html(text: str, *, top_level: int = 1) -> str:
    """Return safe HTML of a Markdown or simple HTML text; its highest heading stands no higher than `top_level`.

    What was rendered is kept for the next time.
    """
    return _kept.get(text, top_level, lambda: rendered(text, top_level=top_level))


def rendered(text: str, *, top_level: int = 1) -> str:
    """As `to_html`, for texts that are seen once."""
    html = _rendered_by(_markdown, text)
    highest = next((level for level in range(1, 7) if f"<h{level}>" in html), top_level)
    down = max(top_level - highest, 0)
    for level in range(6, 0, -1) if down else ():
        lower = min(level + down, 6)
        html = html.replace(f"<h{level}>", f"<h{lower}>").replace(f"</h{level}>", f"</h{lower}>")
    return html


def to_plain(text: str) -> str:
    """Return the words alone, for summaries and search engines."""
    return words_of(to_html(text))


def words_of(html: str) -> str:
    """Return the words of sanitized HTML."""
    html = _INLINE_TAG.sub("", html)
    return " ".join(unescape(_TAG.sub(" ", html)).replace(_BYTE_ORDER_MARK, "").split())


def broken_html(text: str) -> str:
    """As `to_html`, but each new line of a paragraph stays a line of its own."""
    return _rendered_by(_broken_markdown, text)


def _rendered_by(markdown: MarkdownIt, text: str) -> str:
    """One that is too long to be read as Markdown is shown as it stands."""
    if len(text) > MAX_LENGTH:
        return f"<p>{clean(escape(text, quote=False))}</p>"
    return clean(markdown.render(_unindented(text)))


def _unindented(text: str) -> str:
    """HTML as a web shop's editor lays it out: after an empty line Markdown would take its indented tags for code."""
    return _INDENTED_TAG.sub("", text) if text.startswith("<") else text


def clean(html: str) -> str:
    """Return the HTML without what could do harm."""
    # Half a sign, as broken JSON can hold, can't be written anywhere.
    html = html if _HALF_SIGN.search(html) is None else _HALF_SIGN.sub("\ufffd", html)
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")


def tokens(html: str) -> Iterator[Token]:
    """Return the pieces of sanitized HTML, in order."""
    for end, tag, attributes, text in _TOKEN.findall(html):
        text = unescape(text) if "&" in text else text
        yield Token(tag, bool(end), attributes, text.replace(_BYTE_ORDER_MARK, ""))


def attribute(token: Token, name: str) -> str:
    return next((unescape(value) for key, value in _ATTRIBUTE.findall(token.attributes) if key == name), "")


def canonical_address(href: str) -> str:
    """Return the address of a link as Markdown's reader leaves it, so that one written in HTML is equal."""
    return _markdown.normalizeLink(href.strip())


def _as_link(self: Any, tokens: Sequence[MarkdownToken], index: int, options: Any, env: Any) -> str:
    """A picture in a text is not shown, but linked: no text may load what lies elsewhere."""
    source = str(tokens[index].attrs.get("src") or "")
    words = self.renderInlineAsText(tokens[index].children or [], options, env)
    return f'<a href="{escape(source)}">{escape(words.strip() or source)}</a>'


def _as_break(self: Any, tokens: Sequence[MarkdownToken], index: int, options: Any, env: Any) -> str:
    """A new line that comes after a written <br> breaks no second time."""
    before = tokens[index - 1] if index else None
    return "\n" if before and before.type == "html_inline" and _BREAK.fullmatch(before.content) else "<br>\n"


def _reader(*, keeps_lines: bool = False) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markdown.add_render_rule("image", _as_link)
    if keeps_lines:
        markdown.add_render_rule("softbreak", _as_break)
    return markdown


_kept = Kept()
_markdown = _reader()
_broken_markdown = _reader(keeps_lines=True)
