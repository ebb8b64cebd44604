"""Which encoding a file's bytes are in: marks first, then UTF-8, then an older one, where it is beyond doubt.

Any bytes are Windows-1252 to a program. To a person they are where the words that come out of it look like words: what
does not is refused, with the encoding that it probably is in.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
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
# What words of Western European languages have, and what stands between them.
_WESTERN = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœ")
_INSIDE_WORDS = frozenset("’´`·'‘\u00ad")
_SIGNS = frozenset("€‚„…†–—‘’“”•™ £¥§©ª«¬®°±²³´µ¶·¹º»¼½¾¿¡×÷\u00a0\u00ad‹›")
_CENTRAL = frozenset("ĄąĆćĘęŁłŃńÓóŚśŹźŻżÁáČčĎďÉéĚěÍíŇňŘřŠšŤťÚúŮůÝýŽžÄäÖöÜüßŐőŰűÔôĽľĹĺŔŕĂăÂâÎîȘșŞşȚțŢţĐđ")
_HUNGARIAN = (frozenset("õûÕÛ"), frozenset("áíóúÁÍÓÚ"), frozenset("ãçèêàâÃÇÈÊÀÂ"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding that files come in, with the letters that speak for it. Words of another script than the Latin one
    have no Latin letters in them."""

    name: str
    title: str
    is_letter: Callable[[str], bool]
    is_latin: bool = True


def between(*ranges: tuple[str, str]) -> Callable[[str], bool]:
    return lambda sign: any(first <= sign <= last for first, last in ranges)


_IDEOGRAPHS, _KANA, _HANGUL = ("\u4e00", "\u9fff"), ("\u3040", "\u30ff"), ("\uac00", "\ud7a3")
_EASTERN_SIGNS = ("\u3000", "\u303f"), ("\uff00", "\uff65")
_CYRILLIC = between(("\u0400", "\u045f"), ("\u0490", "\u0491"))
_CANDIDATES = (
    Candidate("mac_roman", "Mac Roman", _WESTERN.__contains__),
    Candidate("cp437", "code page 437 (DOS)", _WESTERN.__contains__),
    Candidate("cp850", "code page 850 (DOS)", _WESTERN.__contains__),
    Candidate("cp1250", "Windows-1250 (Central European)", _CENTRAL.__contains__),
    Candidate("iso8859_2", "ISO 8859-2 (Central European)", _CENTRAL.__contains__),
    Candidate("cp1254", "Windows-1254 (Turkish)", lambda sign: sign in _WESTERN or sign in "ğĞıİşŞ"),
    Candidate("cp1251", "Windows-1251 (Cyrillic)", _CYRILLIC, is_latin=False),
    Candidate("koi8_r", "KOI8-R (Cyrillic)", _CYRILLIC, is_latin=False),
    Candidate("cp866", "code page 866 (Cyrillic, DOS)", _CYRILLIC, is_latin=False),
    Candidate("cp1253", "Windows-1253 (Greek)", between(("\u0370", "\u03ff")), is_latin=False),
    Candidate("cp1255", "Windows-1255 (Hebrew)", between(("\u0590", "\u05ff")), is_latin=False),
    Candidate("cp1256", "Windows-1256 (Arabic)", between(("\u0600", "\u06ff")), is_latin=False),
)
_THAI = Candidate("cp874", "Windows-874 (Thai)", between(("\u0e00", "\u0e7f")), is_latin=False)
_EASTERN = (
    Candidate("shift_jis", "Shift JIS (Japanese)", between(_KANA, _IDEOGRAPHS, *_EASTERN_SIGNS)),
    Candidate("euc_kr", "EUC-KR (Korean)", between(_HANGUL, *_EASTERN_SIGNS)),
    Candidate("gb2312", "GBK (simplified Chinese)", between(_IDEOGRAPHS, *_EASTERN_SIGNS)),
    Candidate("big5", "Big5 (traditional Chinese)", between(_IDEOGRAPHS, *_EASTERN_SIGNS)),
    Candidate("gb18030", "GBK (simplified Chinese)", between(_IDEOGRAPHS, *_EASTERN_SIGNS)),
)
# Text that was taken for another encoding and saved so: "FÃ¼ÃŸe", "dâ€™Alger".
_TWICE = re.compile(
    r"Ã[\u00a0-\u00bf\u0178\u0152\u0153\u0160\u0161\u017d\u017e\u2013-\u2122]|â€[™œ\u009d“”˜¦]|Â[\u00a0-\u00bf]"
)


class UnclearEncoding(Exception):
    """The text is in an encoding that cannot be told for sure; the message is for staff."""


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
    """The encoding of text that is not UTF-8: Windows-1252, or one that many words speak for.

    Raises `UnclearEncoding` where the words make no sense in either.
    """
    # Only the words with letters beyond ASCII tell one encoding from another.
    words = _STRANGE_WORD.findall(content)[:2_000]
    text = b" ".join(words)
    name = "cp1252" if is_western(words) else ""
    if len(words) >= ENOUGH_WORDS:
        guess = from_bytes(text, cp_isolation=list(_NAMES)).best()
        if guess and guess.encoding in _NAMES and str(guess) != text.decode("cp1252", errors="replace"):
            name = guess.encoding
    if not name:
        raise UnclearEncoding(unclear(content, words))
    return Encoding(name, f"the text is {_NAMES[name]}, not UTF-8")


def is_western(words: Sequence[bytes]) -> bool:
    """Return whether words look like those of a Western European language in Windows-1252."""
    try:
        texts = [word.decode("cp1252") for word in words]
    except UnicodeDecodeError:
        return False
    there = frozenset("".join(texts))
    odd, sharp, others = _HUNGARIAN
    if there & odd and there & sharp and not there & others:
        # "Gyûrûs" is Hungarian in Windows-1250.
        return False
    return all(looks_right(text, _WESTERN.__contains__, longest=2) for text in texts)


def looks_right(text: str, is_letter: Callable[[str], bool], *, longest: int) -> bool:
    """Return whether the signs beyond ASCII in a word are letters of a language, or signs that stand outside of words.

    `longest`: how many of them may stand side by side.
    """
    run = 0
    for place, sign in enumerate(text):
        if sign.isascii():
            run = 0
            continue
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        if is_letter(sign):
            run += 1
            # A capital stands at a word's begin, or among capitals.
            if run > longest or (sign.isupper() and before.islower() and before.isalpha()):
                return False
        elif sign in _SIGNS:
            run = 0
            if before.isalpha() and after.isalpha() and sign not in _INSIDE_WORDS:
                return False
        else:
            return False
    return True


def unclear(content: bytes, words: Sequence[bytes]) -> str:
    """Say which encoding a text is probably in, with some of it, and what to do."""
    way_out = (
        "Save it as UTF-8: in Excel as “CSV UTF-8 (comma delimited)”, in other programs by choosing UTF-8 as the "
        "character set; or bring it as .xlsx."
    )
    found = next(filter(None, (example(candidate, words) for candidate in _CANDIDATES)), "")
    found = found or next(filter(None, (eastern_example(candidate, content) for candidate in _EASTERN)), "")
    found = found or example(_THAI, words)
    if found:
        return f"The text is not UTF-8; it looks like {found}. {way_out}"
    return f"The text is not UTF-8, and nobody can tell what its letters are. {way_out}"


def example(candidate: Candidate, words: Sequence[bytes]) -> str:
    """Return an encoding's title with the first words in it; empty where they make no sense in it."""
    try:
        texts = [word.decode(candidate.name) for word in words[:200]]
    except UnicodeDecodeError:
        return ""
    longest = 3 if candidate.is_latin else 100
    is_mixed = not candidate.is_latin and any(sign.isascii() and sign.isalpha() for sign in "".join(texts))
    if is_mixed or not all(looks_right(text, candidate.is_letter, longest=longest) for text in texts):
        return ""
    return f"{candidate.title} (“{' '.join(texts[:3])[:60]}”)"


def eastern_example(candidate: Candidate, content: bytes) -> str:
    """The same for encodings of two bytes a sign, whose words cannot be told by their bytes."""
    sample = content[:_SAMPLE]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        signs = [sign for sign in sample.decode(candidate.name) if not sign.isascii()]
    except UnicodeDecodeError:
        return ""
    good = sum(map(candidate.is_letter, signs))
    return f"{candidate.title} (“{''.join(signs[:12])}”)" if good > 0.97 * len(signs) else ""


def garbled(text: str) -> str:
    """Return what is wrong with a text whose letters were lost or converted twice; empty where nothing is."""
    if text.isascii():
        return ""
    if "\ufffd" in text:
        return "The row has letters that were lost when the file was saved (�). Export it again as UTF-8."
    if found := _TWICE.search(text):
        word = text[max(0, found.start() - 10) : found.end() + 10]
        return f"The text was converted twice (“{word}”). Export the file again as UTF-8."
    return ""


def decode(content: bytes) -> str:
    """Bytes of a small text file as text. Raises `UnicodeError` when the bytes are no text."""
    if (marked := encoding_by_mark(content[:_SAMPLE])) is not None:
        return content.decode(marked.name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise
        try:
            return content.decode(older_encoding(content).name, errors="replace")
        except UnclearEncoding as error:
            raise UnicodeError(str(error)) from None
