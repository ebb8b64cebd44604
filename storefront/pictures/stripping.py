"""Strip a picture file of all that is not visible: GPS position, camera data, and trailing bytes.

Works on the containers and never on the pixels, so nothing is lost and a file that was stripped is left as it is: its
hash stays its name. What is kept are the parts that change what is seen: colours, transparency, movement, and how the
camera was held.

Formats: JPEG (ITU T.81 annex B), PNG (W3C, section 11), GIF89a, WebP container (RFC 9649), AVIF (ISO 14496-12).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from zlib import crc32

from storefront.pictures.images import DAMAGES, ORIENTATION, PictureError, opened, orientation

# APP0 (JFIF), APP2 (colour profile) and APP14 (how colours are coded); of the other APPn and comments nothing shows.
JPEG_KEPT_APPS = {0xE0, 0xE2, 0xEE}
JPEG_COMMENT = 0xFE
JPEG_SCAN, JPEG_END = 0xDA, 0xD9
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD"),
    *(b"pHYs", b"acTL", b"fcTL", b"fdAT"),
}
WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
# In VP8X: that there are notes of a camera, or of an editor.
WEBP_HAS_EXIF, WEBP_HAS_XMP = 0x08, 0x04
GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
# Notes of a camera that say nothing (an empty directory; decoders refuse zeros alone), and of an editor (spaces).
FILLINGS = {b"Exif": b"\x00\x00\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00", b"mime": b" "}
AVIF_KEPT = {b"ftyp", b"meta", b"mdat", b"moov", b"moof", b"mfra", b"sidx", b"free"}


def strip(content: bytes) -> bytes:
    """Return the picture's file with nothing in it but the picture. Raise `PictureError` where it is damaged."""
    try:
        return stripped(content)
    except DAMAGES as error:
        raise PictureError("The file is damaged. Save the picture again.") from error


def stripped(content: bytes) -> bytes:
    if content.startswith(b"\xff\xd8"):
        return b"".join(jpeg_parts(content))
    if content.startswith(PNG_SIGNATURE):
        return b"".join(png_parts(content))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return webp(content)
    if content.startswith((b"GIF87a", b"GIF89a")):
        return b"".join(gif_parts(content))
    if content[4:8] == b"ftyp":
        return avif(content)
    return content


def orientation_exif(content: bytes) -> bytes:
    """Return notes of a camera that say only how it was held; nothing where it was held upright."""
    with opened(io.BytesIO(content)) as image:
        turned = orientation(image)
    if turned == 1:
        return b""
    # TIFF, big-endian: one directory at 8 with one entry, a short.
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, turned, 0, 0)


def jpeg_parts(content: bytes) -> Iterator[bytes]:
    yield b"\xff\xd8"
    if notes := orientation_exif(content):
        body = b"Exif\x00\x00" + notes
        yield b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    at = 2
    while True:
        # Some programs fill up with zeros, or leave the end out; what shows such pictures does not mind.
        at = content.find(b"\xff", at)
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if at < 0 or at + 1 >= len(content):
            yield b"\xff\xd9"
            return
        marker = content[at + 1]
        if marker == JPEG_END:
            yield b"\xff\xd9"
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(content):
            raise ValueError("a part that is too long")
        is_app = 0xE0 <= marker <= 0xEF
        if not (marker == JPEG_COMMENT or (is_app and marker not in JPEG_KEPT_APPS) or is_index_of_more(content, at)):
            yield content[at:end]
        if marker == JPEG_SCAN:
            at = end_of_scan(content, end)
            yield content[end:at]
        else:
            at = end


def is_index_of_more(content: bytes, at: int) -> bool:
    """Return whether a part says which other pictures hang behind this one."""
    return content[at + 1] == 0xE2 and content[at + 4 : at + 8] == b"MPF\x00"


def end_of_scan(content: bytes, at: int) -> int:
    """Return where the coded pixels that begin at `at` end: at a marker that is no restart and no stuffed byte."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        following = content[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def png_parts(content: bytes) -> Iterator[bytes]:
    yield PNG_SIGNATURE
    notes = orientation_exif(content)
    at = len(PNG_SIGNATURE)
    while True:
        length = int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content):
            raise ValueError("a part that is too long")
        if kind == b"IDAT" and notes:
            yield png_part(b"eXIf", notes)
            notes = b""
        if kind in PNG_KEPT:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def png_part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))


def webp(content: bytes) -> bytes:
    notes = orientation_exif(content)
    parts: list[tuple[bytes, bytes]] = []
    at, end_of_file = 12, min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    while at + 8 <= end_of_file:
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + length > end_of_file:
            raise ValueError("a part that is too long")
        if kind in WEBP_KEPT:
            parts.append((kind, content[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    if parts and parts[0][0] == b"VP8X":
        flags = parts[0][1][0] & ~(WEBP_HAS_EXIF | WEBP_HAS_XMP) | (WEBP_HAS_EXIF if notes else 0)
        parts[0] = (b"VP8X", bytes([flags]) + parts[0][1][1:])
        if notes:
            parts.append((b"EXIF", notes))
    body = b"".join(kind + struct.pack("<I", len(piece)) + piece + b"\x00" * (len(piece) % 2) for kind, piece in parts)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def gif_parts(content: bytes) -> Iterator[bytes]:
    at = 13 + table_size(content[10])
    yield content[:at]
    while True:
        kind = content[at] if at < len(content) else 0x3B
        if kind == 0x3B:
            yield b";"
            return
        start = at
        if kind == 0x2C:
            at = end_of_blocks(content, at + 10 + table_size(content[at + 9]) + 1)
            is_kept = True
        elif kind == 0x21:
            label = content[at + 1]
            at = end_of_blocks(content, at + 2)
            # A graphic control or a text is drawn; of what applications note only the loop is.
            is_kept = label in (0xF9, 0x01) or (label == 0xFF and content[start + 3 : start + 14] in GIF_LOOPS)
        else:
            raise ValueError("no block")
        if is_kept:
            yield content[start:at]


def table_size(packed: int) -> int:
    """Return how many bytes the table of colours has that follows."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def end_of_blocks(content: bytes, at: int) -> int:
    while length := content[at]:
        at += 1 + length
    return at + 1


def avif(content: bytes) -> bytes:
    """Blank the notes of camera and editor where they stand, since other parts are found by their place in the
    file; cut off what hangs behind."""
    found = bytearray(content)
    end_of_file = 0
    for kind, start, end in boxes(content, 0, len(content)):
        if kind not in AVIF_KEPT:
            # Its place has to stay, what it says does not.
            found[start + 8 : end] = bytes(end - start - 8)
            found[start + 4 : start + 8] = b"free"
            continue
        end_of_file = end
        if kind == b"meta":
            for place, length, filling in places_of_notes(content, start + 12, end):
                if place + length > len(content):
                    raise ValueError("notes that are nowhere")
                found[place : place + length] = filling[:length].ljust(length, filling[-1:])
    return bytes(found[:end_of_file])


def boxes(content: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Return kind, start and end of each box; what is no box any more ends it."""
    while at + 8 <= end:
        length = int.from_bytes(content[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(content[at + 8 : at + 16], "big")
        elif length == 0:
            length = end - at
        if length < 8 or at + length > end:
            if content[at + 4 : at + 8] in AVIF_KEPT:
                raise ValueError("a part that is too long")
            return
        yield content[at + 4 : at + 8], at, at + length
        at += length


def places_of_notes(content: bytes, at: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Return place and length of each piece of notes that a `meta` box names, and what to write there instead."""
    inside = {kind: (start, stop) for kind, start, stop in boxes(content, at, end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    fillings = {key: FILLINGS[kind] for key, kind in item_kinds(content, *inside[b"iinf"]) if kind in FILLINGS}
    data_start = inside[b"idat"][0] + 8 if b"idat" in inside else 0
    for key, is_in_box, place, length in item_places(Reader(content, inside[b"iloc"][0] + 8)):
        if key in fillings:
            yield place + (data_start if is_in_box else 0), length, fillings[key]


class Reader:
    """Numbers one after the other, the highest byte first."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def number(self, size: int) -> int:
        if self.at + size > len(self.content):
            raise ValueError("a part that is too long")
        found = int.from_bytes(self.content[self.at : self.at + size], "big")
        self.at += size
        return found


def item_kinds(content: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Return the number and the kind of each item that an `iinf` box lists."""
    first = start + 12 + (2 if content[start + 8] == 0 else 4)
    for kind, at, _ in boxes(content, first, end):
        version = content[at + 8]
        if kind == b"infe" and version >= 2:
            reader = Reader(content, at + 12)
            key = reader.number(2 if version == 2 else 4)
            yield key, content[reader.at + 2 : reader.at + 6]


def item_places(reader: Reader) -> Iterator[tuple[int, bool, int, int]]:
    """Return for each piece of an item in an `iloc` box: its number, whether it is in `idat`, its place and length."""
    version = reader.number(1)
    reader.number(3)
    sizes = reader.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> 12 & 15, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15)
    for _ in range(reader.number(2 if version < 2 else 4)):
        key = reader.number(2 if version < 2 else 4)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(base_size)
        for _ in range(reader.number(2)):
            if version:
                reader.number(index_size)
            yield key, method == 1, base + reader.number(offset_size), reader.number(length_size)
