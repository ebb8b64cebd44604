"""What kind of file this is, by its content: a name may say anything."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from catalog_import.sources.formats.archive import is_workbook, is_zip
from catalog_import.sources.formats.encoding import Encoding, UnclearEncoding, encoding_of

_SAMPLE = 1 << 16
_WRAPPER = re.compile(r'"(?:products|items|rows|data|results|catalog|catalogue)"\s*:\s*\[\s*\{')

_ANSWER = re.compile(r'\{\s*"data"\s*:\s*\{')


class FileKind(Enum):
    CSV = "a text table"
    XLSX = "an Excel workbook"
    JSON_ARRAY = "a JSON array"
    JSON_OBJECT = "a JSON object with a list"
    JSON_LINES = "JSON Lines"
    XML = "an XML feed"


class UnknownFile(Exception):
    """The file is of no kind that can be read; the text is for staff."""


# The first bytes of what is brought by mistake (file formats' own specifications), and what to do.
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "It is an old Excel file, or one with a password. Save it as .xlsx without a password."),
    (b"%PDF", "It is a PDF. Ask for the table itself, as CSV or XLSX."),
    (b"\x1f\x8b", "It is packed with gzip. Unpack it first."),
    (b"7z\xbc\xaf", "It is a 7z archive. Unpack it, or pack it as .zip."),
    (b"Rar!", "It is a RAR archive. Unpack it, or pack it as .zip."),
    (b"\x89PNG", "It is a picture."),
    (b"\xff\xd8\xff", "It is a picture."),
    (b"GIF8", "It is a picture."),
    (b"SQLite format 3", "It is a database. Export the table as CSV."),
)


def kind_of(path: Path) -> tuple[FileKind, Encoding]:
    """The kind of a products file and its encoding. Raises `UnknownFile`, or `OSError` when it cannot be read."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for start, message in _REFUSED:
        if sample.startswith(start):
            raise UnknownFile(message)
    if is_zip(path):
        if is_workbook(path):
            return FileKind.XLSX, Encoding("utf-8")
        raise UnknownFile("It is an archive that is damaged or holds no Excel workbook. Unpack it.")
    try:
        encoding = encoding_of(path)
    except UnclearEncoding as error:
        raise UnknownFile(str(error)) from error
    if encoding is None:
        raise UnknownFile("It is not text. Save it as CSV in UTF-8, or as XLSX, and try again.")
    text = sample.decode(encoding.name, errors="replace").lstrip("\ufeff \t\r\n")
    return kind_of_text(text), encoding


def kind_of_text(text: str) -> FileKind:
    if text.startswith("<"):
        if re.match(r"<!doctype html|<html", text, re.IGNORECASE):
            raise UnknownFile("It is a web page, perhaps a sign-in page saved by mistake. Download the file again.")
        return FileKind.XML
    if re.match(r"\[\s*(?:[{\]\[]|$)", text):
        return FileKind.JSON_ARRAY
    if re.match(r'\{\s*(?:["}]|$)', text):
        first = text.partition("\n")[0].rstrip()
        # {"products": [ … ]} may be one line too, and so may the answer of a GraphQL endpoint.
        if not first.endswith("}") or _WRAPPER.search(text[:10_000]) or _ANSWER.match(text):
            return FileKind.JSON_OBJECT
        return FileKind.JSON_LINES
    return FileKind.CSV
