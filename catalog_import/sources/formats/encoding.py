"""Which encoding a file's bytes are in: marks first, then UTF-8, then the likeliest of the older ones."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

CHUNK = 1 << 18
_SAMPLE = 1 << 16
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {"cp1252": "Windows-1252", "latin_1": "ISO 8859-1", "cp1250": "Windows-1250", "mac_roman": "Mac Roman"}
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_STRANGE_WORD = re.compile(rb"[A-Za-z]{0,20}[\x80-\xff]{1,20}[A-Za-z\x80-\xff]{0,20}")
# Below this many such words any of the older encodings looks as good as another.
ENOUGH_WORDS = 30
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """Python's name of it, and what to tell staff about it (nothing for plain UTF-8).

    `is_damaged`: it is this encoding but for some bytes; those become U+FFFD.
    """

    name: str
    what: str = ""
    is_damaged: bool = False


def encoding_of(path: Path) -> Encoding | None:
    """The encoding of a text file, by all of its bytes; None when they are no text."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if (marked := encoding_by_mark(sample)) is not None:
        return marked
    if b"\0" in sample[:4096]:
        return None
    return encoding_of_bytes(path)


def encoding_by_mark(sample: bytes) -> Encoding | None:
    """The encoding that a byte order mark, or the zero bytes of UTF-16 without one, give away."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return Encoding(name, "" if name == "utf-8-sig" else "the text is UTF-16")
    # Text of Latin letters in UTF-16 has a zero in every second byte.
    pairs = len(sample) // 2
    if pairs >= 2:
        even, odd = sample[: pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
        if odd > 0.6 * pairs and even < 0.05 * pairs:
            return Encoding("utf-16-le", "the text is UTF-16 (little endian)")
        if even > 0.6 * pairs and odd < 0.05 * pairs:
            return Encoding("utf-16-be", "the text is UTF-16 (big endian)")
    return None


def encoding_of_bytes(path: Path) -> Encoding:
    """UTF-8 where all bytes, or nearly all of the letters beyond ASCII, are UTF-8; else the likeliest older one."""
    good = bad = 0
    strange: bytes = b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                found = _MULTIBYTE.findall(chunk)
                good += len(found)
                bad += len(_HIGH.findall(chunk)) - sum(map(len, found))
                strange = strange or chunk
                decoder.reset()
    if not strange:
        return Encoding("utf-8")
    if good > 10 * bad:
        return Encoding("utf-8", "some bytes are not UTF-8 as the rest is", is_damaged=True)
    return older_encoding(strange)


def older_encoding(content: bytes) -> Encoding:
    """The likeliest encoding of text that is not UTF-8: Windows-1252, unless many words speak for another one."""
    # Only the words with letters beyond ASCII tell one encoding from another.
    words = _STRANGE_WORD.findall(content)[:2_000]
    name = "cp1252"
    if len(words) >= ENOUGH_WORDS:
        text = b" ".join(words)
        guess = from_bytes(text, cp_isolation=list(_NAMES)).best()
        if guess and guess.encoding in _NAMES and str(guess) != text.decode(name, errors="replace"):
            name = guess.encoding
    return Encoding(name, f"the text is {_NAMES[name]}, not UTF-8")


def decode(content: bytes) -> str:
    """Bytes of a small text file as text. Raises `UnicodeError` when the bytes are no text."""
    if (marked := encoding_by_mark(content[:_SAMPLE])) is not None:
        return content.decode(marked.name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise
        return content.decode(older_encoding(content).name, errors="replace")
