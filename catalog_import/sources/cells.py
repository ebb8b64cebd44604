"""What a cell says: text → value, or a message for staff on what was found and expected.

`Absent` (no column or an empty cell) leaves a field as it is; `CLEAR` (``-``) empties it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import TypeVar

from rapidfuzz import process

from catalog_import.sources.numbers import (
    CURRENCIES,
    WHOLE,
    Number,
    NumberError,
    has_unit,
    read_grams,
    read_money,
    read_number,
)
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.values.damage import damage_of_code, is_date
from catalog_import.sources.values.picture_lists import split_pictures, with_scheme
from catalog_import.sources.values.words import STATUS, folded_word, yes_or_no
from storefront.catalog.records import Caution, CautionKind, MediaRecord, Status

CLEAR = "-"
MAX_PRICE = Decimal(1_000_000)
MAX_STOCK = 10_000_000
MAX_LISTED = 500
MAX_WORD = 100
MAX_ALT = 250
MAX_LOCATION = 2000
# Without the spaces round it: a pattern that begins with \s* takes forever on a megabyte of spaces.
_LISTED = re.compile(r"(?<!\\);")
_PLAIN_PRICE = re.compile(r"\d{1,6}(?:\.\d{1,2})?", re.ASCII)
SLUG = re.compile(r"[\w-]+")
_MANGLED = re.compile(r"(\d{1,30})(?:[.,](\d{1,30}))?E\+?(\d{1,30})", re.IGNORECASE | re.ASCII)
_AS_A_DATE = " A spreadsheet took the number for a date: format the column as numbers and enter it again."
T = TypeVar("T")
Parser = Callable[[str], T]


class CellError(ValueError):
    """The cell does not say what its column needs; the text is for staff, `code` for machines."""

    def __init__(self, message: str, code: ProblemCode = ProblemCode.INVALID_VALUE) -> None:
        super().__init__(message)
        self.code = code


def shown(cell: str) -> str:
    """The cell as a message quotes it: a megabyte is not repeated in full."""
    return cell if len(cell) <= 100 else cell[:100] + "…"


def text_of(limit: int) -> Parser[str]:
    return partial(require_length, limit=limit)


def require_length(text: str, limit: int) -> str:
    if len(text) > limit:
        message = f"The text has {len(text)} characters, the shop keeps {limit}. Shorten it."
        raise CellError(message, ProblemCode.TOO_LONG)
    return text


def parse_slug(cell: str) -> str:
    if not SLUG.fullmatch(require_length(cell, 255)):
        raise CellError(f'"{shown(cell)}" is not a slug: it may have letters, digits, - and _ only.')
    return cell


def parse_price(cell: str, decimal: str = "") -> Decimal:
    return parse_money(cell, decimal).value


def parse_money(cell: str, decimal: str = "") -> Number:
    """A price and the currencies that its sign or code can mean. `decimal`: the decimal sign of its column."""
    if _PLAIN_PRICE.fullmatch(cell):
        return Number(Decimal(cell))
    try:
        money = read_money(cell, decimal)
    except NumberError as error:
        hint = _AS_A_DATE if is_date(cell) else ""
        raise CellError(f'"{shown(cell)}" {error}. Write it like 12.50.{hint}') from error
    if money.value < 0:
        raise CellError(f'"{cell}" is not a price: it must be 0 or more.')
    if money.value > MAX_PRICE:
        raise CellError(f'"{cell}" is above {MAX_PRICE}, which is probably a mistake. Check the decimal point.')
    if money.value != round(money.value, 2):
        raise CellError(f'"{cell}" has more than two decimals. Round it.')
    return money


def parse_units(cell: str, decimal: str = "") -> int:
    """A number of units. `decimal`: what its column shows of separators."""
    units = whole_number(cell, f'"{shown(cell)}" is not a whole number. Write the units like 25.', decimal)
    if units < 0:
        raise CellError(f'"{cell}" is below 0. Stock counts what can be sold: 0 when there is none.')
    if units > MAX_STOCK:
        raise CellError(f'"{shown(cell)}" is more than {MAX_STOCK:,} units, which is probably a mistake.')
    return units


def parse_grams(cell: str) -> int:
    """A weight in grams; one with a unit beside it is turned into grams."""
    if len(cell) < 8 and cell.isdecimal() and cell.isascii():
        return int(cell)
    message = f'"{shown(cell)}" is not a weight in whole grams. Write it like 450.'
    try:
        grams = read_grams(cell) if has_unit(cell) else whole_number(cell, message, WHOLE)
    except NumberError as error:
        raise CellError(message) from error
    if not 0 <= grams < 10_000_000:
        raise CellError(message)
    return grams


def whole_number(cell: str, message: str, decimal: str = "") -> int:
    if len(cell) < 10 and cell.isdecimal() and cell.isascii():
        return int(cell)
    try:
        value = read_number(cell, decimal).value
    except NumberError as error:
        why = f'"{shown(cell)}" {error}. Write it without separators.' if "may mean" in str(error) else message
        raise CellError(why) from error
    if value != value.to_integral_value():
        raise CellError(message)
    return int(value)


def parse_years(cell: str) -> Decimal:
    try:
        years = read_number(cell).value
    except NumberError:
        years = Decimal(-1)
    if not 0 <= years <= 100:
        raise CellError(f'"{shown(cell)}" is not a number of years. Write it like 2 or 1.5.')
    if years != round(years, 2):
        raise CellError(f'"{cell}" has more than two decimals. Round it.')
    return years


def parse_yes_no(cell: str) -> bool:
    if (value := yes_or_no(cell)) is None:
        raise CellError(f'"{shown(cell)}" is neither yes nor no.')
    return value


def parse_status(cell: str) -> Status:
    try:
        return STATUS.get(folded_word(cell)) or Status(cell.lower())
    except ValueError as error:
        raise CellError(f'"{shown(cell)}" is not a status. It may be active, draft or archived.') from error


def parse_currency(cell: str) -> str:
    if cell.upper() not in CURRENCIES:
        raise CellError(f'"{shown(cell)}" is not a currency. Write its three letters, like USD.')
    return cell.upper()


def parse_code(cell: str) -> str:
    """A reference, a size or another text that a spreadsheet must not have taken for a number or a date."""
    if damage := damage_of_code(cell):
        raise CellError(damage)
    return cell


def parse_barcode(cell: str) -> str:
    """A GTIN-8, -12, -13 or -14 with a right check digit (GS1 General Specifications, 7.9)."""
    digits = cell.replace(" ", "").replace("-", "")
    if mangled := _MANGLED.fullmatch(digits):
        raise CellError(
            f'"{shown(cell)}" is what a spreadsheet makes of a long number, and its last digits are lost '
            f"({mangled[1]}{mangled[2] or ''}… is left). Format the column as text and enter the barcode again.",
            ProblemCode.BAD_BARCODE,
        )
    if len(digits) not in (8, 12, 13, 14) or not (digits.isascii() and digits.isdigit()):
        message = f'"{shown(cell)}" is not a GTIN: it has 8, 12, 13 or 14 digits.{barcode_hint(digits)}'
        raise CellError(message, ProblemCode.BAD_BARCODE)
    expected = check_digit(digits)
    if int(digits[-1]) != expected:
        message = f'The last digit of "{cell}" should be {expected}. Compare the number with the package.'
        raise CellError(message, ProblemCode.BAD_BARCODE)
    return digits


def check_digit(digits: str) -> int:
    """The last digit that a GTIN with these digits must have."""
    return -(sum(map(int, digits[-2::-2])) * 3 + sum(map(int, digits[-3::-2]))) % 10


def barcode_hint(digits: str) -> str:
    """What a barcode of another length may have been before a spreadsheet or program read it as a number."""
    whole = digits.removesuffix(".0").removesuffix(",0")
    if not (whole.isascii() and whole.isdigit()) or len(whole) > 14:
        return ""
    for length in (8, 12, 13, 14):
        code = whole.zfill(length)
        is_near = len(whole) <= length <= len(whole) + 2 and (code != whole or whole != digits)
        if is_near and int(code[-1]) == check_digit(code):
            return f" Read as a number it lost its form; probably it was {code}. Format the column as text."
    return ""


def as_part(text: str) -> str:
    """Return a text as one part of a list that `parse_lines` reads."""
    part = text.replace(";", "\\;")
    # A backslash at its end would mark the semicolon behind it.
    return f"{part} " if part.endswith("\\") else part


def parse_lines(cell: str) -> tuple[str, ...]:
    """The parts of a list; ``\\;`` is a semicolon inside a part."""
    parts = list(dict.fromkeys(part for found in _LISTED.split(cell) if (part := found.strip())))
    if len(parts) > MAX_LISTED:
        message = f"The list has {len(parts)} parts, the shop keeps {MAX_LISTED}. Shorten it."
        raise CellError(message, ProblemCode.TOO_LONG)
    return tuple(part.replace("\\;", ";") for part in parts) if "\\;" in cell else tuple(parts)


def parse_cautions(cell: str) -> tuple[Caution, ...]:
    return tuple(parse_caution(line) for line in parse_lines(cell))


def parse_caution(line: str) -> Caution:
    """A caution with its kind before a colon; without a kind it is a limit."""
    kind, colon, text = line.partition(":")
    name = kind.strip().lower()
    if colon and name in list(CautionKind) and text.strip():
        return Caution(kind=CautionKind(name), text=text.strip())
    return Caution(kind=CautionKind.LIMIT, text=line)


def parse_media(cell: str) -> tuple[MediaRecord, ...]:
    parts = list(dict.fromkeys(split_pictures(cell)))
    if len(parts) > MAX_LISTED:
        message = f"The list has {len(parts)} parts, the shop keeps {MAX_LISTED}. Shorten it."
        raise CellError(message, ProblemCode.TOO_LONG)
    return tuple({media.location: media for media in map(parse_picture, parts)}.values())


def parse_picture(part: str) -> MediaRecord:
    """A location, with an alternative text before a ``|``."""
    alt, bar, location = part.rpartition("|")
    alt, location = alt.strip() if bar else "", with_scheme(location.strip())
    for text, limit in ((alt, MAX_ALT), (location, MAX_LOCATION)):
        require_length(text, limit)
    return MediaRecord(location=location, alt=alt)


def slugs_of(what: str, known: Mapping[str, object]) -> Parser[tuple[str, ...]]:
    return lambda cell: tuple(dict.fromkeys(known_slug(part, what, known) for part in parse_lines(cell)))


def contraindications_of(known: Mapping[str, object]) -> Parser[tuple[str, ...]]:
    return lambda cell: tuple(dict.fromkeys(contraindication(part, known) for part in parse_lines(cell)))


def contraindication(cell: str, known: Mapping[str, object]) -> str:
    """A severity and a situation or place, like ``never:pregnancy``. Raises `CellError`."""
    slug = re.sub(r"[\s_]+", "-", re.sub(r"\s*:\s*", ":", cell.strip().lower())) if len(cell) <= MAX_WORD else cell
    if slug not in known:
        message = (
            f'"{shown(cell)}" is not a known contraindication like never:pregnancy, ask-first:diabetes-or-numb-skin or '
            f"keep-off:neck.{guess(slug, known)} Free text belongs in the column cautions."
        )
        raise CellError(message, ProblemCode.UNKNOWN_SLUG)
    return slug


def slug_of(what: str, known: Mapping[str, object]) -> Parser[str]:
    return partial(known_slug, what=what, known=known)


def known_slug(cell: str, what: str, known: Mapping[str, object]) -> str:
    slug = re.sub(r"[\s_]+", "-", cell.strip().lower()) if len(cell) <= MAX_WORD else cell
    if slug not in known:
        raise CellError(f'"{shown(cell)}" is not {what}.{guess(slug, known)}', ProblemCode.UNKNOWN_SLUG)
    return slug


def guess(word: str, known: Collection[str] | Mapping[str, object], *, alike: int = 60) -> str:
    """What was perhaps meant, as the end of a message; empty where nothing is like the word."""
    near = nearest(word, known, alike=alike)
    return f' Did you mean "{near}"?' if near else ""


def nearest(word: str, known: Collection[str] | Mapping[str, object], *, alike: int = 60) -> str | None:
    """The known word that is most like this one, if any is like it (`alike` of 100)."""
    if len(word) > MAX_WORD:
        return None
    found = process.extractOne(word, list(known), score_cutoff=alike)
    return found[0] if found else None
