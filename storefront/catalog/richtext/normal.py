"""The one form of a text.

The form of a text is what its blocks are written as. It is read as these same blocks again: that is checked, so the
laws (once is enough, the words and blocks stay) don't hang on rules of escaping alone.
"""

from __future__ import annotations

import re
import sys

from storefront.catalog.richtext.blocks import Block, read_blocks
from storefront.catalog.richtext.html import MAX_LENGTH, broken_html, rendered
from storefront.catalog.richtext.markdown import HARD_BREAK, Way, write_block, write_blocks

# Before 3.11.5 (Debian 12 has 3.11.2) possessive groups go wrong where they give something back: CPython gh-106052.
HAS_SOUND_POSSESSIVES = sys.version_info >= (3, 11, 5)
# Lines of single-spaced words in which no sign has a meaning: most descriptions of a supplier's catalogue.
_WORD = r"(?:[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\\`*_\[\]<>&~|]|&(?!\#?\w{1,31};))++"
_LINE = rf"(?![-+=:]|\#{{1,6}}(?:\s|\Z)|\d{{1,9}}[.)](?:\s|\Z)){_WORD}(?:\x20{_WORD})*+"
_PARAGRAPH = rf"{_LINE}(?:(?:\x20\x20)?\n{_LINE})*+"
_LIST = rf"-\x20{_LINE}(?:\n-\x20{_LINE})*+(?!\n\n-)"
_PLAIN = re.compile(rf"(?:{_PARAGRAPH}|{_LIST})(?:\n\n(?:{_PARAGRAPH}|{_LIST}))*+")
_SOFT_BREAK = re.compile(r"(?<![\n ])\n(?![\n-])")
# The same as a web shop's editor writes it.
_PLAIN_HTML = re.compile(rf"(?:<p>{_LINE}</p>|<ul>(?:<li>{_LINE}</li>)++</ul>(?!<ul>))++")
_AS_MARKDOWN = (("<p>", ""), ("</p>", "\n\n"), ("<ul>", ""), ("<li>", "- "), ("</li>", "\n"), ("</ul>", "\n"))


def normalise(text: str, *, keeps_lines: bool = False) -> str:
    """Return the one form of a Markdown or simple HTML text: it means the same, and equal meanings are equal strings.

    `keeps_lines`: each new line of a paragraph is one, as meant by who fills a cell of a table. Without, Markdown's
    rule holds: lines of a paragraph belong together, and only a line that ends in two spaces ends there.
    """
    # One that is longer is left as it is: who takes texts in refuses it.
    if len(text) > MAX_LENGTH:
        return text
    text = text.replace("\r\n", "\n")
    quick = quick_form(text, keeps_lines=keeps_lines)
    return full_form(text, keeps_lines=keeps_lines) if quick is None else quick


def quick_form(text: str, *, keeps_lines: bool) -> str | None:
    """Return the form of a text that is plain beyond doubt; None when it has to be read. Imports have 100,000 texts."""
    if not HAS_SOUND_POSSESSIVES:
        return None
    if _PLAIN.fullmatch(text):
        return _SOFT_BREAK.sub(HARD_BREAK if keeps_lines else " ", text) if "\n" in text else text
    if text.startswith("<") and _PLAIN_HTML.fullmatch(tight := text.replace(">\n<", "><")):
        for tag, sign in _AS_MARKDOWN:
            tight = tight.replace(tag, sign)
        return tight.rstrip("\n")
    return None


def full_form(text: str, *, keeps_lines: bool) -> str:
    """Return the form of any text."""
    return write(read_blocks((broken_html if keeps_lines else rendered)(text)))


def write(blocks: list[Block]) -> str:
    """Return Markdown that is read as these blocks, each as plain as can be."""
    ways = [Way.MARKDOWN] * len(blocks)
    text = write_blocks(blocks, ways)
    if read_again(text) == blocks:
        return text
    for number, block in enumerate(blocks):
        ways[number] = next((way for way in Way if read_again(write_block(block, way)) == [block]), Way.HTML)
    text = write_blocks(blocks, ways)
    return text if read_again(text) == blocks else write_blocks(blocks, [Way.HTML] * len(blocks))


def read_again(text: str) -> list[Block]:
    return read_blocks(rendered(text))
