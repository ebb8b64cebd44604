"""A stream that stops a reader which takes too much before it gives something."""

from __future__ import annotations

import codecs
from pathlib import Path

MAX_BYTES_OF_ONE = 8 * 1024**2


class TooMuch(Exception):
    """One item of a file is larger than any product; the text is for staff."""


class Bounded:
    """A text file's bytes as UTF-8 without a mark; `took_one` is to be called for each item that was read.

    Whatever a parser keeps in memory for an item it has read here before: so this bounds the memory.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self._file = path.open("rb")
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._is_utf8 = encoding == "utf-8"
        self._since = 0
        self._rest = b""
        self._is_first = True

    def __enter__(self) -> Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def took_one(self) -> None:
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        wanted = size if 0 <= size <= 1 << 18 else 1 << 18
        # A parser reads an unfinished token anew with each part: of a long one, the parts grow with it.
        wanted = max(wanted, min(self._since // 4, 1 << 20))
        while len(self._rest) < wanted:
            content = self._file.read(wanted)
            more = content if self._is_utf8 else self._recoded(content)
            if not content:
                self._rest += more
                break
            self._rest += more
        found, self._rest = self._rest[:wanted], self._rest[wanted:]
        self._since += len(found)
        if self._since > MAX_BYTES_OF_ONE:
            raise TooMuch(f"It is larger than {MAX_BYTES_OF_ONE // 1024**2} MB, which no product is.")
        return found

    def _recoded(self, content: bytes) -> bytes:
        text = self._decoder.decode(content, final=not content)
        if self._is_first and text:
            text, self._is_first = text.removeprefix("\ufeff"), False
        return text.encode("utf-8", errors="replace")
