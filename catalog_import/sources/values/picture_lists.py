"""Lists of pictures in one cell, however they are parted: an address ends where a separator stands before another one.

``https://a/w_400,h_400/1.jpg, https://a/2.jpg`` are two pictures, since commas belong to addresses, too.
"""

from __future__ import annotations

import re
from itertools import islice

# A list or an object of a program, or a piece of a web page: the addresses in it are what it says.
_PROGRAM = re.compile(r"\A\s*(?:\[\s*[\[{'\"]|\{|<[a-z])", re.IGNORECASE)
_IN_PROGRAM = re.compile(r"https?:(?:\\?/){2}[^\s\"'<>]+", re.IGNORECASE)
# "a.jpg::https://…", "a.jpghttps://…": other signs between two addresses than the separators.
_ODD_SEPARATOR = re.compile(r"(?<=\.)(jpe?g|png|webp|gif|avif)[\s:#~>=*^+&!]{0,6}(?=https?://)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\r\n]|(?<!\\)[;,|][ \t]*|[ \t](?=(?:https?:)?//)", re.IGNORECASE)
_ADDRESS = re.compile(r"\A\s*(?:https?:)?//[^\s/]", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|svg|bmp|tiff?|heic)(?:[?#]\S*)?\s*\Z", re.IGNORECASE)
# How much of a part its begin and its end are looked for in; a longer one is no address anyway.
_NEAR = 2_500
MAX_SEPARATORS = 5_000


def split_pictures(cell: str) -> list[str]:
    """Return the parts of a cell with pictures, each with its alternative text; ``\\;`` is a semicolon inside one."""
    text = cell.replace("&amp;", "&") if "&amp;" in cell else cell
    if _PROGRAM.match(text) and (addresses := _IN_PROGRAM.findall(text)):
        return [address.replace("\\/", "/") for address in addresses]
    if text.count("://") > 1:
        text = _ODD_SEPARATOR.sub(r"\1\n", text)
    separators = list(islice(_SEPARATOR.finditer(text), MAX_SEPARATORS + 1))
    parts: list[str] = []
    start = 0
    for place, found in enumerate(separators, 1):
        if len(separators) > MAX_SEPARATORS:
            # No list of pictures; as a whole it is refused for its length.
            break
        before = text[max(start, found.start() - _NEAR) : found.start()]
        after = text[found.end() : separators[place].start() if place < len(separators) else len(text)][:_NEAR]
        separator = found[0][0]
        if separator == ";":
            # A part of our own lists may begin with its alternative text: "a.jpg; From the side | b.jpg".
            after = re.split(r"[;\r\n]", text[found.end() : found.end() + _NEAR], maxsplit=1)[0].rpartition("|")[2]
        if separates(before, separator, after):
            parts.append(text[start : found.start()])
            start = found.end()
    parts.append(text[start:])
    return [part.replace("\\;", ";") for part in (part.strip(" \t\r\n,|") for part in parts) if part]


def separates(before: str, separator: str, after: str) -> bool:
    """Return whether a separator ends the address before it, rather than being a part of it or of a text."""
    if separator in "\r\n":
        return True
    location = before.rpartition("|")[2]
    is_address = _ADDRESS.match(location) is not None
    if _ADDRESS.match(after):
        # "Front | https://…": what stands before a bar and is no picture is the alternative text.
        return separator in ";," or is_address or _PICTURE.search(location) is not None
    if separator == ";" and not is_address:
        return True
    return _PICTURE.search(location) is not None and _PICTURE.search(after) is not None


def with_scheme(location: str) -> str:
    """Return an address that begins with ``//``, as pages write it, with its scheme."""
    return f"https:{location}" if _ADDRESS.match(location) and location.startswith("//") else location
