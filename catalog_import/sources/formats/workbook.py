"""Excel workbooks → lines of JSON: the program that a workbook is read by, in a process of its own.

    python -m catalog_import.sources.formats.workbook FILE > LINES

The parser is native code that makes room for what a file says of itself, and ends its whole process where there is
not so much. Here that process is this one, and it has little memory and time. A line is a list with the cells of a row,
a text that is the name of the next sheet, or an object: {"damaged": why, "value": what} for a row that cannot be read,
{"hidden": name} for a sheet that is left out, {"refused": why} for the workbook, {"done": true} as the last line.
"""

from __future__ import annotations

import datetime
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import python_calamine
from defusedxml.ElementTree import fromstring

from catalog_import.sources.formats.archive import UnsafeArchive, check_entries

MAX_MEMORY = 2 * 1024**3
MAX_SECONDS = 120
# The parser holds a sheet as one rectangle: a lone cell at the far corner would fill the memory.
MAX_CELLS = 30_000_000
SPARSE_FROM = 500_000
MAX_SPARSE = 20
MAX_CELL_CHARACTERS = 1_000_000
# A text that many cells share stands once in the workbook, and in each of their rows here.
MAX_WRITTEN = 1024**3
_CELL = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{0,7})\$?([0-9]{1,20})["']""")
_COUNT = re.compile(rb"""[cC]ount\s{0,9}=\s{0,9}["']([0-9]{1,40})""")
_SHOWN = re.compile(
    rb"""<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]{0,200})>(?:<f[^>]{0,200}(?:/>|>[^<]{0,8192}</f>))?<v>([^<]{1,40})</v>"""
)
_STYLE = re.compile(rb' s="([0-9]{1,6})"')
_ZEROS = re.compile(r"0{2,20}")
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?(?:E[+-]?\d{1,2})?", re.ASCII)
# [$€-407], [$USD], or a sign or code as it stands.
_CURRENCY = re.compile(r"\[\$([^\]\-]{1,4})(?:-[^\]]*)?\]|(?<!\[)([€£¥$]|\b(?:EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CZK)\b)")
# Excel's own formats of percents.
_PERCENT_IDS = ("9", "10")
_LONGEST_CELL = 10_000
_CHUNK = 1 << 20
_OVERLAP = 64


class BadWorkbook(Exception):
    """The workbook cannot be read; the text is for staff."""


def main() -> None:
    set_limits()
    out = sys.stdout.buffer
    try:
        write_lines(Path(sys.argv[1]), out)
    except BadWorkbook as error:
        out.write(orjson.dumps({"refused": str(error)}) + b"\n")
    else:
        out.write(orjson.dumps({"done": True}) + b"\n")
    out.flush()


def set_limits() -> None:
    """Take no more memory and time than a workbook needs, and leave no core file behind."""
    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_SECONDS),
        (resource.RLIMIT_FSIZE, 2 * MAX_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        try:
            resource.setrlimit(kind, (limit, limit))
        except (OSError, ValueError):
            # Not every system can bound a process's memory; its time is bounded all the same.
            continue


def write_lines(path: Path, out: BinaryIO) -> None:
    """Write all sheets of a workbook. Raises `BadWorkbook`."""
    check_workbook(path)
    try:
        workbook = python_calamine.load_workbook(str(path))
        shown = shown_cells(path)
        written = 0
        for sheet in workbook.sheets_metadata:
            name = sheet.name
            if sheet.visible is not python_calamine.SheetVisibleEnum.Visible:
                out.write(orjson.dumps({"hidden": name}) + b"\n")
                continue
            out.write(orjson.dumps(name) + b"\n")
            for line in sheet_lines(workbook.get_sheet_by_name(name), shown.get(name, {})):
                content = orjson.dumps(line) + b"\n"
                written += len(content)
                if written > MAX_WRITTEN:
                    raise BadWorkbook(f"The workbook holds more than {MAX_WRITTEN // 1024**2} MB of text. Split it.")
                out.write(content)
    except BadWorkbook:
        raise
    except BaseException as error:
        # A panic of the parser is no Exception; what stops a program is not held back.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
        raise BadWorkbook(f"The workbook cannot be read ({str(error)[:200]}). Save it again as .xlsx.") from error


def sheet_lines(sheet: Any, shown: Mapping[int, Mapping[int, str]]) -> Iterator[list[str] | dict[str, str]]:
    # Empty rows above the first filled one are given too.
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = ["" if value == "" else text_of(value) for value in values]
        for column, text in shown.get(number, {}).items():
            if column <= len(cells):
                cells[column - 1] = text
        if odd := next((cell for cell in cells if "\0" in cell or len(cell) > MAX_CELL_CHARACTERS), None):
            yield {"damaged": "The row has NUL characters or a cell that is too long. Check it.", "value": odd[:50]}
        else:
            yield cells


def shown_cells(path: Path) -> dict[str, dict[int, dict[int, str]]]:
    """Return sheet → row → column → what Excel shows in cells that the parser gives otherwise: the errors of formulas,
    which it gives as empty, and numbers that their format fills up with zeros (00123), gives a currency (9.90 €), or
    shows as percent (50 %)."""
    found: dict[str, dict[int, dict[int, str]]] = {}
    with zipfile.ZipFile(path) as archive:
        styles = shown_styles(archive)
        for name, entry in sheet_entries(archive).items():
            rows = found.setdefault(name, {})
            for letters, row, attributes, value in marked_cells(archive, entry, has_styles=bool(styles)):
                style = int(found_style[1]) if (found_style := _STYLE.search(attributes)) else 0
                text = value.decode(errors="replace")
                if b't="e"' in attributes:
                    rows.setdefault(int(row), {})[column_number(letters)] = text
                elif style in styles and b" t=" not in attributes and (seen := shown_as(text, styles[style])):
                    rows.setdefault(int(row), {})[column_number(letters)] = seen
    return found


def marked_cells(
    archive: zipfile.ZipFile, entry: str, *, has_styles: bool
) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """(column's letters, row, attributes, value) of the cells of a sheet that may be shown otherwise."""
    rest = b""
    with archive.open(entry) as member:
        while chunk := member.read(_CHUNK):
            text = rest + chunk
            if b't="e"' in text or has_styles:
                yield from ((found[1], found[2], found[3], found[4]) for found in _SHOWN.finditer(text))
            rest = text[-_LONGEST_CELL:]


def sheet_entries(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet's name → its part of the archive."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {
        item.get("Id", ""): item.get("Target", "").removeprefix("/xl/")
        for item in fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    found = {}
    for element in fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            key = next((value for name, value in element.items() if name.endswith("}id")), "")
            entry = f"xl/{targets.get(key, '')}"
            if entry in names:
                found[element.get("name", "")] = entry
    return found


def shown_styles(archive: zipfile.ZipFile) -> dict[int, str]:
    """Number of a style → its format, of those that show a number otherwise than the file holds it."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = fromstring(archive.read("xl/styles.xml"))
    formats = dict.fromkeys(_PERCENT_IDS, "0%") | {
        item.get("numFmtId", ""): code
        for item in styles.iter()
        if item.tag.endswith("}numFmt") and shown_as("1", code := item.get("formatCode", ""))
    }
    used = next((item for item in styles if item.tag.endswith("}cellXfs")), ())
    return {
        place: formats[item.get("numFmtId", "")]
        for place, item in enumerate(used)
        if item.get("numFmtId", "") in formats
    }


def shown_as(number: str, code: str) -> str:
    """Return how a format shows a number; empty where it shows it as it is, or the number is none."""
    if _ZEROS.fullmatch(code):
        return number.zfill(len(code)) if number.isdecimal() else ""
    if not _NUMBER.fullmatch(number):
        return ""
    # What is shown of numbers above zero comes first.
    positive = code.partition(";")[0]
    if "%" in positive:
        return f"{float(number) * 100:.15g} %"
    sign = _CURRENCY.search(positive)
    return f"{text_of(float(number))} {sign[1] or sign[2]}" if sign else ""


def text_of(value: Any) -> str:
    """A cell as people would type it: 12 rather than 12.0, dates as 2026-11-20, yes and no."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Excel itself shows fifteen digits; the sixteenth is noise of binary fractions.
        text = f"{value:.15g}"
        return f"{value:.0f}" if "e+" in text and abs(value) < 1e15 else text
    if isinstance(value, datetime.datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def check_workbook(path: Path) -> None:
    """Refuse what would grow beyond all bounds when it is read. Raises `BadWorkbook`."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_entries(archive.infolist(), path.stat().st_size)
            for entry in archive.infolist():
                # A sheet may have any name, so all but the pictures is looked at.
                if not entry.filename.startswith("xl/media/"):
                    check_counts(archive, entry)
                    check_sheet(archive, entry.filename)
    except UnsafeArchive as error:
        raise BadWorkbook(str(error)) from error
    except Exception as error:
        raise BadWorkbook("The workbook is damaged. Open it in Excel and save it again as .xlsx.") from error


def check_sheet(archive: zipfile.ZipFile, name: str) -> None:
    """Look at every cell's place in the sheet's XML, before the parser makes a rectangle of them."""
    last_row = last_column = cells = 0
    for text in overlapping_chunks(archive, name):
        places = _CELL.findall(text)
        if places:
            cells += len(places)
            last_row = max(last_row, max(int(row) for _, row in places))
            last_column = max(last_column, max(map(column_number, {letters for letters, _ in places})))
    rectangle = last_row * last_column
    if rectangle > MAX_CELLS or rectangle > max(SPARSE_FROM, MAX_SPARSE * cells):
        raise UnsafeArchive(
            f"A sheet reaches to row {last_row:,} and column {last_column:,}, which is too large for what is in it. "
            "Delete the empty rows and columns behind the table, or save it as CSV."
        )


def check_counts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """The parser makes room for as many things as a file says it has; each takes a byte of the file at least."""
    for text in overlapping_chunks(archive, entry.filename):
        if any(len(count) > 9 or int(count) > entry.file_size for count in _COUNT.findall(text)):
            raise UnsafeArchive("The workbook declares more content than it has. Save it again as .xlsx.")


def overlapping_chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    rest = b""
    with archive.open(name) as member:
        while chunk := member.read(_CHUNK):
            yield rest + chunk
            rest = chunk[-_OVERLAP:]


def column_number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


if __name__ == "__main__":
    main()
