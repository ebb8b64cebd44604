"""Two texts as one: what goes in <del>, what comes in <ins>, each said in words for those who do not see the lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

# Comparing takes time with the square of the length; longer texts are compared by lines.
MAX_WORDS = 3000
# So many words around a change are shown; what lies further away is left out.
AROUND = 25

_WORDS = re.compile(r"\s+|[^\s]+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")

Piece = tuple[str, str]
"""What becomes of it (`same`, `gone`, `new`), and the text."""


def text_diff(before: str, after: str) -> SafeString:
    """Both texts in one, as safe HTML; long stretches that stay are cut."""
    parts = list(pieces(before, after))
    last = len(parts) - 1
    return mark_safe("".join(shown(*part, index == 0, index == last) for index, part in enumerate(parts)))  # noqa: S308 - each part is escaped


def shown(kind: str, text: str, is_first: bool, is_last: bool) -> str:
    if kind == "gone":
        return format_html('<del><span class="hidden">[removed: </span>{}<span class="hidden">]</span></del>', text)
    if kind == "new":
        return format_html('<ins><span class="hidden">[added: </span>{}<span class="hidden">]</span></ins>', text)
    return conditional_escape(shortened(text, is_first, is_last))


def shortened(text: str, is_first: bool, is_last: bool) -> str:
    """What stays, cut to its ends that touch a change."""
    words = _WORDS.findall(text)
    if len(words) <= 3 * AROUND:
        return text
    head = "" if is_first else "".join(words[:AROUND]) + " "
    tail = "" if is_last else " " + "".join(words[-AROUND:])
    return f"{head}…{tail}"


def pieces(before: str, after: str) -> Iterator[Piece]:
    """The texts in pieces that stay, go and come, in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        old, new = _LINES.findall(before), _LINES.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        yield from whole(old, new)
        return
    for tag, start, stop, from_, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[start:stop])
        else:
            yield from whole(old[start:stop], new[from_:to])


def whole(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if old:
        yield "gone", "".join(old)
    if new:
        yield "new", "".join(new)
