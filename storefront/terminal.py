"""Text on its way to a terminal.

What a file, a shop or a server says may hold signs that a terminal obeys: colours, a cleared screen, a changed title,
words that are shown in another order than they stand in. They are taken out where text is printed.
"""

from __future__ import annotations

import logging
import re

import typer

# C0 but tab and new line, DEL, C1, and the signs that turn the direction of writing (Unicode TR 9).
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Half a sign, as names of files can hold, cannot be written.
_HALF = re.compile("[\ud800-\udfff]")
# The same in UTF-8; JSON escapes C0 by itself.
_OBEYED_BYTES = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")


def visible(text: str) -> str:
    """Return the text without the signs that a terminal would obey; tabs and new lines stay."""
    if text.isascii() and text.isprintable():
        return text
    return _HALF.sub("\ufffd", _OBEYED.sub("", text))


def escaped_json(document: bytes) -> bytes:
    """Return JSON that says the same, with those signs as escapes."""
    return _OBEYED_BYTES.sub(lambda found: f"\\u{ord(found[0].decode()):04x}".encode(), document)


def echo(text: str, *, err: bool = False) -> None:
    """Print a line."""
    typer.echo(visible(text), err=err)


class LineFormatter(logging.Formatter):
    """Formats a line of a log, in which names of files and words of strangers may stand."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))
