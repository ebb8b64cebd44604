"""Markdown or simple HTML → plain text, one line a block: what evidence offsets count in.

Regular expressions instead of a parser, as tagging reads every product of every import: it needs the words
and the block borders, not the document.
"""

from __future__ import annotations

import html
import re
from itertools import islice

# A text with more headings is none that people read, and each is looked for in all of it.
MAX_PLACES = 500

# Every run below has a bound or ends where another could begin, so that no text takes more than linear time.
_COMMENT = re.compile(r"<!--.{0,2000}?-->|<(script|style)\b[^>]{0,200}>.{0,2000}?</\1\s*>", re.S | re.I)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|hr|ul|ol|dl|h[1-6]|table|thead|tbody|section|article|blockquote|pre)\b[^<>]*>", re.I
)
_LINE_TAG = re.compile(r"<(?:li|br|tr|dt|dd)\b[^<>]*>", re.I)
_CELL_TAG = re.compile(r"</?t[dh]\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_IMAGE = re.compile(r"!\[([^\]]{0,300})\]\([^)\s]{0,500}(?:\s+\"[^\"]{0,200}\")?\)")
_LINK = re.compile(r"\[([^\]]{1,300})\]\([^)\s]{0,500}(?:\s+\"[^\"]{0,200}\")?\)")
_RULE = re.compile(r"^[ \t]*(?:[-*_=][ \t]*){3,}$|^[ \t|:]*-[ \t|:-]*$|^[ \t]*(?:```|~~~).*$", re.M)
_LINE_START = re.compile(r"^[ \t]*(?:>[ \t]?)*(?:#{1,6}[ \t]+|[-*+][ \t]+|\d{1,2}[.)][ \t]+)?", re.M)
_STRONG = re.compile(r"(\*\*|__|~~)(?=\S)(.{1,600}?)(?<=\S)\1", re.S)
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]{1,600}?)(?<=\S)\1(?![\w*])")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HEADING = re.compile(r"^#{1,6}[ \t]++(?P<words>[^\n]+)", re.M)
_LEAD_IN = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+|\d{1,2}[.)][ \t]+)?(\*\*|__|\*|_)(?=\S)(?P<words>[^*_\n]{1,200}?)\1", re.M
)
_EMPHASISED = re.compile(r"(?<![\w*_])(\*\*|__|\*|_)(?=\S)(?P<words>[^*_\n]{1,60}?)\1(?![\w*_])")
_ITEM = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+|\d{1,2}[.)][ \t]+)(?P<words>(?:[^\s.,;:–—()]{1,60} ){0,6}[^\s.,;:–—()]{1,60})", re.M
)
_CELL = re.compile(r"\|[ \t]*(?P<words>[^|\n]{1,60}?)[ \t]*(?=\|)")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000\r\f\v]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0f\ufeff]")
_LINES = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


def plain_text(source: str) -> str:
    """The words of a Markdown or HTML text; blocks on lines of their own, table cells parted by " | "."""
    text = source
    if "<" in text:
        text = _COMMENT.sub(" ", text)
        text = _BLOCK_TAG.sub("\n\n", text)
        text = _LINE_TAG.sub("\n", text)
        text = _CELL_TAG.sub("|", text)
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    if "](" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _RULE.sub("", text)
    text = _LINE_START.sub("", text)
    if "*" in text or "_" in text or "~" in text:
        text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    # The spaces round it are joined below.
    text = text.replace("|", " | ")
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return _BLANK_LINES.sub("\n\n", _LINES.sub("\n", text)).strip()


def headings_of(source: str, plain: str) -> list[tuple[int, int]]:
    """Where the Markdown headings of a text stand in its plain text (start, end)."""
    return _places(_HEADING, source, plain)


def lead_ins_of(source: str, plain: str) -> list[tuple[int, int]]:
    """The same for the emphasised words that begin a paragraph or a list item."""
    return _places(_LEAD_IN, source, plain)


def item_starts_of(source: str, plain: str) -> list[tuple[int, int]]:
    """The same for the first words of list items, up to the first stop."""
    return _places(_ITEM, source, plain)


def cells_of(source: str, plain: str) -> list[tuple[int, int]]:
    """The same for the short cells of tables."""
    return _places(_CELL, source, plain, begins_line=False)


def emphases_of(source: str, plain: str) -> list[tuple[int, int]]:
    """The same for emphasised words anywhere."""
    return _places(_EMPHASISED, source, plain, begins_line=False)


def _places(pattern: re.Pattern[str], source: str, plain: str, *, begins_line: bool = True) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    cursor = 0
    on_lines = f"\n{plain}"
    before = "\n" if begins_line else ""
    for match in islice(pattern.finditer(source), MAX_PLACES):
        words = plain_text(match.group("words").rstrip(" \t#"))
        # One sign further on than in the plain text stands the new line before it.
        begin = on_lines.find(f"{before}{words}", cursor) - (not begins_line)
        if words and begin >= 0:
            cursor = begin + len(words)
            found.append((begin, cursor))
    return found
